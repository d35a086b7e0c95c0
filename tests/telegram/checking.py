"""The parameters of a call: which each method knows (Bot API 10.0), and how Telegram reads their values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.telegram.refusals import bad_request

SENDING = {
    *("business_connection_id", "chat_id", "message_thread_id", "direct_messages_topic_id", "disable_notification"),
    *("protect_content", "allow_paid_broadcast", "message_effect_id", "suggested_post_parameters"),
    *("reply_parameters", "reply_markup", "parse_mode"),
}
EDITED = {"business_connection_id", "chat_id", "message_id", "inline_message_id", "reply_markup"}
CAPTION = {"caption", "caption_entities"}
SCOPE = {"scope", "language_code"}
PARAMETERS: dict[str, set[str]] = {
    "getMe": set(),
    "getUpdates": {"offset", "limit", "timeout", "allowed_updates"},
    "setWebhook": {
        *("url", "certificate", "ip_address", "max_connections", "allowed_updates"),
        *("drop_pending_updates", "secret_token"),
    },
    "deleteWebhook": {"drop_pending_updates"},
    "getWebhookInfo": set(),
    "sendMessage": SENDING | {"text", "entities", "link_preview_options"},
    "sendDocument": SENDING | CAPTION | {"document", "thumbnail", "disable_content_type_detection"},
    "sendPhoto": SENDING | CAPTION | {"photo", "has_spoiler", "show_caption_above_media"},
    "editMessageText": EDITED | {"text", "parse_mode", "entities", "link_preview_options"},
    "editMessageCaption": EDITED | CAPTION | {"parse_mode", "show_caption_above_media"},
    "editMessageReplyMarkup": EDITED,
    "deleteMessage": {"chat_id", "message_id"},
    "answerCallbackQuery": {"callback_query_id", "text", "show_alert", "url", "cache_time"},
    "setMyCommands": {"commands"} | SCOPE,
    "getMyCommands": SCOPE,
    "deleteMyCommands": SCOPE,
    "getFile": {"file_id"},
    "getChat": {"chat_id"},
    "getChatMember": {"chat_id", "user_id"},
    "leaveChat": {"chat_id"},
}
# Known to Telegram, not to this fake: a test that uses one would prove nothing.
NOT_MODELLED = {
    *("business_connection_id", "direct_messages_topic_id", "suggested_post_parameters", "message_effect_id"),
    *("allow_paid_broadcast", "inline_message_id", "certificate", "ip_address", "thumbnail"),
}


class Params:
    """What came with a call, each value as the text that a form holds."""

    def __init__(self, raw: Mapping[str, str]) -> None:
        self._raw = raw

    def __contains__(self, name: str) -> bool:
        return name in self._raw

    def text(self, name: str) -> str:
        return self._raw.get(name, "")

    def number(self, name: str, default: int = 0) -> int:
        try:
            return int(self._raw.get(name, default))
        except ValueError:
            return default

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in {"true", "1", "yes", "t", "y"}

    def data(self, name: str, what: str) -> Any:
        """The JSON value, None if it is not given; `what` is Telegram's name for it."""
        if not self.text(name):
            return None
        try:
            return json.loads(self.text(name))
        except ValueError:
            raise bad_request(f"can't parse {what} JSON object") from None

    def strings(self, name: str, what: str) -> list[str] | None:
        value = self.data(name, what)
        if value is not None and not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
            raise bad_request(f"can't parse {what}")
        return value

    def show(self) -> dict[str, str]:
        return dict(self._raw)


def complaints(method: str, params: Mapping[str, str]) -> list[str]:
    """What Telegram would overlook and no test should: names that it does not know, or this fake does not model."""
    unknown = [f"{method} has no parameter {name!r}" for name in params if name not in PARAMETERS[method]]
    return unknown + [f"{method} with {name!r} is not modelled" for name in params if name in NOT_MODELLED]
