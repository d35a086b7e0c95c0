"""The text or caption of a call: parsed, trimmed and measured as Telegram does it."""

from __future__ import annotations

from typing import Any

from tests.telegram import markup, utf16
from tests.telegram.call import Call
from tests.telegram.refusals import JSON, bad_request

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
ENTITY_KINDS = {
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "code",
    "pre",
    "text_link",
    "text_mention",
} | {
    *("blockquote", "expandable_blockquote", "custom_emoji", "date_time"),
    *("mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number"),
}


def text_of(call: Call) -> JSON:
    """`text` and `entities` of a message; empty and too long ones are refused."""
    text, entities = _formatted(call, "text", "entities")
    if not text:
        raise bad_request("message text is empty")
    if utf16.length(text) > LONGEST_TEXT:
        raise bad_request("message is too long")
    return {"text": text, **({"entities": entities} if entities else {})}


def caption_of(call: Call) -> JSON:
    """`caption` and `caption_entities`; nothing if there is none."""
    text, entities = _formatted(call, "caption", "caption_entities")
    if utf16.length(text) > LONGEST_CAPTION:
        raise bad_request("message caption is too long")
    body = {"caption": text} if text else {}
    return body | ({"caption_entities": entities} if text and entities else {})


def _formatted(call: Call, name: str, entities_name: str) -> tuple[str, list[JSON]]:
    source, mode = call.params.text(name), call.params.text("parse_mode").lower()
    if mode == "html":
        parsed = markup.parse(source, lambda number: _mentioned(call, number))
        call.complain(*parsed.complaints)
        text, entities = utf16.trimmed(parsed.text, parsed.entities)
    elif not mode:
        entities = _given(source, call.params.data(entities_name, "entities") or [])
        text, entities = utf16.trimmed(source, entities)
    elif mode in {"markdown", "markdownv2"}:
        call.complain(f"parse_mode {mode!r} is not modelled")
        text, entities = utf16.trimmed(source, [])
    else:
        raise bad_request("unsupported parse_mode")
    return text, utf16.merged(text, entities)


def _given(text: str, entities: Any) -> list[JSON]:
    """Entities that came beside the text, once they are found to fit it."""
    end = utf16.length(text)
    for entity in entities:
        if entity.get("type") not in ENTITY_KINDS:
            raise bad_request("can't parse MessageEntity: Unsupported type specified")
        start, stop = entity["offset"], entity["offset"] + entity["length"]
        if start < 0:
            raise bad_request(f"receive an entity with incorrect offset {start}")
        if start >= end:
            raise bad_request(f"entity begins after the end of the text at UTF-16 offset {start}")
        if stop > end:
            raise bad_request(
                f"entity beginning at UTF-16 offset {start} ends after the end of the text at UTF-16 offset {stop}"
            )
    return list(entities)


def _mentioned(call: Call, number: int) -> JSON | None:
    """A person can be mentioned who wrote to the bot or is with it in a group."""
    account, bot = call.world.accounts.get(number), call.bot
    shared = any(number in chat.members and chat.has(bot) for chat in call.world.groups.values())
    met = (bot.id, number) in call.world.privates or shared
    return account.wire() if account is not None and met else None
