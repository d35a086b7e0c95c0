"""What the connection brings, as the front desk hears it: who said, sent or pressed what, in private or in a group."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from bot.talk import PRIVATE, Incoming, Said

JSON = Mapping[str, Any]

NAME = "wecom_bot"
LONGEST_EVENT_ID = 64
LONGEST_ADDRESS = 128
LONGEST_FILE_NAME = 120
FILES = ("image", "file", "video")
# These have no name, and are what they are called here.
ENDINGS = {"image": ".jpg", "video": ".mp4"}
# A group speaks to the bot by its name, which nothing tells us; a space of one kind or another ends it.
MENTION = re.compile(r"\s*@\S+\s*")


def heard(body: object, account: str) -> list[Incoming]:
    """What it says to the desk, nothing if nothing; raises KeyError, TypeError or ValueError for what is malformed.

    Of several pictures with one text each is a file of one album, the text goes with the first.
    """
    said = _object(body)
    kind = _words(said, "msgtype")
    if kind == "event":
        return _event(said, account)
    if kind == "text":
        return [_said(said, account, _content(said, "text"))]
    if kind == "voice":
        words = _content(said, "voice")
        return [_said(said, account, words) if words.strip() else _incoming(said, account, kind=Said.OTHER)]
    if kind in FILES:
        return [_file(said, account, kind, _object(said[kind]))]
    return _mixed(said, account) if kind == "mixed" else []


def unreadable(frame: JSON, account: str, error: Exception) -> Incoming:
    """What cannot be understood is kept aside; the error's own words may repeat what somebody said."""
    body = frame.get("body")
    number = _event_id(body) if isinstance(body, dict) and isinstance(body.get("msgid"), str) else _hash(frame)
    return Incoming(
        channel=NAME,
        account=account,
        event_id=number,
        sender="unreadable",
        kind=Said.UNREADABLE,
        text=_storable(str(frame)),
        action=f"{type(error).__name__} in {number}",
    )


def pressed_card(event: JSON) -> str | None:
    """The task_id of the card, which some bring in the event itself."""
    inner = event.get("template_card_event", event)
    card = inner.get("task_id") if isinstance(inner, dict) else None
    return card if isinstance(card, str) else None


def _event(said: JSON, account: str) -> list[Incoming]:
    """A button was pressed; that somebody enters the chat or likes an answer says nothing."""
    event = _object(said["event"])
    if _words(event, "eventtype") != "template_card_event":
        return []
    inner = _object(event.get("template_card_event", event))
    action, card = _words(inner, "event_key"), _words(inner, "task_id")
    return [_incoming(said, account, kind=Said.PRESS, action=action, message=card)]


def _mixed(said: JSON, account: str) -> list[Incoming]:
    parts = [_object(one) for one in _list(_object(said["mixed"])["msg_item"])]
    text = "\n".join(_content(one, "text") for one in parts if one.get("msgtype") == "text")
    files = [(str(one["msgtype"]), _object(one[one["msgtype"]])) for one in parts if one.get("msgtype") in FILES]
    if not files:
        return [_said(said, account, text)] if text else []
    number = _event_id(said)
    return [
        _file(
            said,
            account,
            *file,
            text=_without_mention(said, text) if place == 0 else "",
            album=number if len(files) > 1 else "",
            # The inbox tells one thing from another by this.
            event_id=number if place == 0 else _hash([number, place]),
        )
        for place, file in enumerate(files)
    ]


def _said(said: JSON, account: str, words: str) -> Incoming:
    return _incoming(said, account, text=_without_mention(said, words))


def _file(said: JSON, account: str, kind: str, sent: JSON, **more: Any) -> Incoming:
    """The address holds for five minutes; a file's own name comes with what it holds."""
    where = {"url": _words(sent, "url"), "aeskey": _words(sent, "aeskey")}
    named = PurePosixPath(_words(sent, "filename", or_else="").replace("\\", "/")).name[-LONGEST_FILE_NAME:]
    return _incoming(
        said,
        account,
        kind=Said.FILE,
        file=json.dumps(where),
        file_name=named or (f"{kind}-{_event_id(said)}{ENDINGS[kind]}" if kind in ENDINGS else ""),
        **more,
    )


def _incoming(said: JSON, account: str, **what: Any) -> Incoming:
    """Addresses keep their capitals: WeCom tells chats apart by them."""
    group = _words(said, "chattype", or_else="single") == "group"
    known: dict[str, Any] = {
        "event_id": _event_id(said),
        "sender": _address(_object(said["from"]), "userid"),
        "chat": _address(said, "chatid") if group else PRIVATE,
        # A group is heard only where it speaks to the bot.
        "addressed": True,
        "message": _words(said, "msgid"),
        **what,
    }
    clean: dict[str, Any] = {name: _storable(one) if type(one) is str else one for name, one in known.items()}
    return Incoming(channel=NAME, account=account, **clean)


def _without_mention(said: JSON, words: str) -> str:
    mentioned = MENTION.match(words) if said.get("chattype") == "group" else None
    return (words[mentioned.end() :] if mentioned else words).strip()


def _event_id(said: JSON) -> str:
    number = _words(said, "msgid")
    return number if 0 < len(number) <= LONGEST_EVENT_ID and number.isprintable() else _hash(number)


def _hash(what: object) -> str:
    return f"event-{hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:48]}"


def _address(held: JSON, name: str) -> str:
    found = _words(held, name)
    if not 0 < len(found) <= LONGEST_ADDRESS or not found.isprintable() or found == PRIVATE:
        raise ValueError(name)
    return found


def _content(held: JSON, name: str) -> str:
    return _words(_object(held[name]), "content", or_else="")


def _words(held: JSON, name: str, *, or_else: str | None = None) -> str:
    found = held[name] if or_else is None else held.get(name, or_else)
    if not isinstance(found, str):
        raise TypeError(name)
    return found


def _object(found: object) -> JSON:
    if not isinstance(found, dict):
        raise TypeError("not an object")
    return found


def _list(found: object) -> Sequence[object]:
    if not isinstance(found, list):
        raise TypeError("not a list")
    return found


def _storable(text: str) -> str:
    """Without what a database refuses to hold: half characters and NUL."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\x00", "")
