"""A Telegram update as the front desk hears it: who said or pressed what, where, and whether it was meant for us."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from bot.talk import PRIVATE, Incoming, Said

JOIN = "加入"
HELLO = "帮助"
START = "start"
GENERAL_TOPIC = 1
LONGEST_FILE_NAME = 120
GONE = ("kicked", "left")
MOVED_TO, MOVED_FROM = "migrate_to_chat_id", "migrate_from_chat_id"
FILES = ("document", "photo", "audio", "video")
OTHERS = (
    *("voice", "video_note", "sticker", "animation", "location", "venue", "contact", "poll", "dice", "story"),
    *("checklist", "paid_media", "game", "invoice"),
)


@dataclass(frozen=True)
class Me:
    """The bot itself: its number and its name, and the words that its menu's commands stand for."""

    id: int
    username: str
    words: Mapping[str, str]


@dataclass(frozen=True)
class _Where:
    """A chat as an update names it: `private`, or a group's address, and what the group is called."""

    chat: str
    name: str = ""


def heard(update: Mapping[str, Any], me: Me) -> Incoming | None:
    """What the update says to the desk, None if nothing; raises KeyError or TypeError for one that is malformed."""
    for kind, read in _KINDS.items():
        if kind in update:
            return read(update[kind], str(update["update_id"]), me)
    return None


def unreadable(update: Mapping[str, Any], me: Me, error: Exception) -> Incoming:
    """An update that cannot be understood is kept aside; the error's own words may repeat what somebody said."""
    number = str(update["update_id"])
    problem = f"{type(error).__name__} in update {number}"
    return _incoming(me, number, sender="unreadable", kind=Said.UNREADABLE, text=str(update), action=problem)


def group_address(chat_id: int, topic: int | None) -> str:
    """`-100123`, or `-100123/7` for a topic; the general topic is the group itself."""
    return f"{chat_id}/{topic}" if topic is not None and topic != GENERAL_TOPIC else str(chat_id)


def _incoming(me: Me, update_id: str, **said: Any) -> Incoming:
    clean: dict[str, Any] = {name: _storable(one) if isinstance(one, str) else one for name, one in said.items()}
    return Incoming(channel="telegram", account=str(me.id), event_id=update_id, **clean)


def _storable(text: str) -> str:
    """Without what a database refuses to hold: half characters and NUL; a kind of `Said` stays one."""
    if isinstance(text, Said):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\x00", "")


def _where(message: Mapping[str, Any]) -> _Where:
    chat = message["chat"]
    if chat["type"] == "private":
        return _Where(PRIVATE)
    topic = message.get("message_thread_id") if message.get("is_topic_message") else None
    return _Where(group_address(chat["id"], topic), chat.get("title", ""))


def _message(message: Mapping[str, Any], update_id: str, me: Me) -> Incoming | None:
    sender = message.get("from")
    where = _where(message)
    if MOVED_TO in message or MOVED_FROM in message:
        return _moved(message, update_id, me)
    said = {"chat": where.chat, "chat_name": where.name, "message": _id(message)}
    if sender is None or sender.get("is_bot") or message["chat"]["type"] == "channel":
        return None
    said["sender"] = str(sender["id"])
    addressed = where.chat == PRIVATE or _meant_for(message, me)
    if "text" in message:
        return _incoming(me, update_id, **said, text=_words(message["text"], me), addressed=addressed)
    for kind in FILES:
        if kind in message:
            return _incoming(
                me,
                update_id,
                **said,
                kind=Said.FILE,
                file=_file(message[kind]),
                # What a group does not say to the bot is not kept.
                file_name=_file_name(message[kind], kind, _id(message)) if addressed else "",
                album=message.get("media_group_id", ""),
                text=_words(message.get("caption", ""), me),
                addressed=addressed,
            )
    if any(kind in message for kind in OTHERS):
        return _incoming(me, update_id, **said, kind=Said.OTHER, addressed=addressed)
    return None


def _moved(message: Mapping[str, Any], update_id: str, me: Me) -> Incoming:
    """A group has another address: the old chat says so, and so does the new one.

    Whoever did it is heard: an administrator who acts in the group's name is a bot here.
    """
    here = message["chat"]["id"]
    old, new = (here, message[MOVED_TO]) if MOVED_TO in message else (message[MOVED_FROM], here)
    return _incoming(
        me,
        update_id,
        sender=str((message.get("from") or message["chat"])["id"]),
        chat=group_address(old, None),
        chat_name=message["chat"].get("title", ""),
        message=_id(message),
        kind=Said.MOVED,
        text=str(new),
    )


def _edited(message: Mapping[str, Any], update_id: str, me: Me) -> Incoming | None:
    """Only words can be corrected, and only in a private chat: a group need not hear of it."""
    if "text" not in message or message["chat"]["type"] != "private":
        return None
    return _incoming(
        me,
        update_id,
        sender=str(message["from"]["id"]),
        kind=Said.EDITED,
        text=_words(message["text"], me),
        message=_id(message),
    )


def _press(query: Mapping[str, Any], update_id: str, me: Me) -> Incoming | None:
    """A pressed button; the message it hangs on may be one that Telegram does not show any more."""
    message = query["message"]
    where = _where(message)
    return _incoming(
        me,
        update_id,
        sender=str(query["from"]["id"]),
        chat=where.chat,
        chat_name=where.name,
        kind=Said.PRESS,
        action=query["data"],
        message=_id(message),
    )


def _membership(change: Mapping[str, Any], update_id: str, me: Me) -> Incoming | None:
    """Somebody blocked the bot or let it in again; a group sent it away or took it in."""
    before, after = change["old_chat_member"]["status"] in GONE, change["new_chat_member"]["status"] in GONE
    if before == after:
        return None
    where = _where(change)
    return _incoming(
        me,
        update_id,
        sender=str(change["from"]["id"]),
        chat=where.chat,
        chat_name=where.name,
        kind=Said.SENT_AWAY if after else Said.LET_IN,
    )


def _id(message: Mapping[str, Any]) -> str:
    return str(message["message_id"])


def _file(sent: Any) -> str:
    """The file's name there; a photo comes in several sizes, the largest last."""
    return str((sent[-1] if isinstance(sent, list) else sent)["file_id"])


def _file_name(sent: Any, kind: str, number: str) -> str:
    """As its sender called it, without any folder; one that has no name, as photos have none, gets one."""
    if isinstance(sent, list):
        return f"{kind}-{number}.jpg"
    name = PurePosixPath(str(sent.get("file_name", "")).replace("\\", "/")).name[-LONGEST_FILE_NAME:]
    return name or f"{kind}-{number}{mimetypes.guess_extension(str(sent.get('mime_type', ''))) or ''}"


def _meant_for(message: Mapping[str, Any], me: Me) -> bool:
    """A group spoke to the bot: by its name, by a command, or as an answer to something it said."""
    answered = message.get("reply_to_message", {}).get("from", {}).get("id")
    text = message.get("text", message.get("caption", ""))
    command = re.match(r"/([A-Za-z0-9_]+)(?:@(\w+))?", text)
    if command and command[2]:
        return command[2].lower() == me.username.lower()
    known = command is not None and command[1].lower() in {START, *me.words}
    return known or answered == me.id or _name(me).search(text) is not None


def _name(me: Me) -> re.Pattern[str]:
    return re.compile(rf"[^\S\n]*@{re.escape(me.username)}(?!\w)[^\S\n]*", re.IGNORECASE)


def _words(text: str, me: Me) -> str:
    """What was said, without the bot's name; `/start CODE` and the menu's commands become the words they stand for."""
    said = _name(me).sub(" ", text).strip()
    command = re.match(r"/([A-Za-z0-9_]+)\s*(.*)", said, re.DOTALL)
    if command is None:
        return said
    name, rest = command[1].lower(), command[2]
    if name == START:
        return f"{JOIN} {rest}" if rest else HELLO
    word = me.words.get(name)
    return f"{word} {rest}".strip() if word else said


_KINDS = {
    "message": _message,
    "edited_message": _edited,
    "callback_query": _press,
    "my_chat_member": _membership,
}
