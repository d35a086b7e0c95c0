"""What WeCom calls with, as the front desk hears it: who said or pressed what. An app is spoken to in private only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from bot.channels.wecom.callback import event_id
from bot.talk import Incoming, Said

NAME = "wecom"
LONGEST_FILE_NAME = 120
# WeCom gives these no name of their own, and what they are by their kind.
ENDINGS = {"image": ".jpg", "video": ".mp4", "file": ""}
OTHERS = ("voice", "location", "link")
PRESSES = ("click", "template_card_event", "template_card_menu_event")
COMES_AND_GOES = {"subscribe": Said.LET_IN, "unsubscribe": Said.SENT_AWAY}


@dataclass(frozen=True)
class Me:
    """The app itself: its corp and its number there."""

    corp_id: str
    agent_id: int

    @property
    def account(self) -> str:
        return f"{self.corp_id}/{self.agent_id}"


def heard(said: Mapping[str, Any], me: Me) -> Incoming | None:
    """What it says to the desk, None if nothing; raises KeyError or TypeError for what is malformed.

    What WeCom may say some day and nobody knows yet says nothing.
    """
    kind = _words(said, "MsgType")
    if kind == "event":
        return _event(said, me)
    if kind == "text":
        return _incoming(said, me, text=_words(said, "Content").strip(), message=_words(said, "MsgId"))
    if kind in ENDINGS:
        return _file(said, me, kind)
    if kind in OTHERS:
        return _incoming(said, me, kind=Said.OTHER, message=_words(said, "MsgId"))
    return None


def said_at(said: Mapping[str, Any]) -> datetime:
    """When it was said or pressed. Raises KeyError, TypeError or ValueError for what is malformed."""
    try:
        return datetime.fromtimestamp(int(_words(said, "CreateTime")), UTC)
    except (OverflowError, OSError):
        raise ValueError("CreateTime") from None


def unreadable(said: Mapping[str, Any], me: Me, error: Exception) -> Incoming:
    """What cannot be understood is kept aside; the error's own words may repeat what somebody said."""
    number = event_id(said)
    return Incoming(
        channel=NAME,
        account=me.account,
        event_id=number,
        sender="unreadable",
        kind=Said.UNREADABLE,
        text=str(said),
        action=f"{type(error).__name__} in {number}",
    )


def _event(said: Mapping[str, Any], me: Me) -> Incoming | None:
    """A button of a card or of the menu was pressed, or a member came or went; entering the chat says nothing."""
    event = _words(said, "Event")
    if event in PRESSES:
        return _incoming(
            said, me, kind=Said.PRESS, action=_words(said, "EventKey"), message=_words(said, "TaskId", or_else="")
        )
    if event in COMES_AND_GOES:
        return _incoming(said, me, kind=COMES_AND_GOES[event])
    if event == "change_contact":
        return _changed(said, me)
    return None


def _changed(said: Mapping[str, Any], me: Me) -> Incoming | None:
    """The corp's directory: a member is called otherwise from now on, or has left."""
    member = _words(said, "UserID", or_else="").lower()
    renamed = _words(said, "NewUserID", or_else="").lower()
    match _words(said, "ChangeType", or_else=""):
        case "update_user" if member and renamed not in ("", member):
            return replace(_incoming(said, me, kind=Said.MOVED, text=renamed), sender=member)
        case "delete_user" if member:
            return replace(_incoming(said, me, kind=Said.SENT_AWAY), sender=member)
    return None


def _file(said: Mapping[str, Any], me: Me, kind: str) -> Incoming:
    number = _words(said, "MsgId")
    called = PurePosixPath(_words(said, "FileName", or_else="").replace("\\", "/")).name[-LONGEST_FILE_NAME:]
    return _incoming(
        said,
        me,
        kind=Said.FILE,
        file=_words(said, "MediaId"),
        file_name=called or f"{kind}-{number}{ENDINGS[kind]}",
        message=number,
    )


def _incoming(said: Mapping[str, Any], me: Me, **what: Any) -> Incoming:
    return Incoming(
        channel=NAME, account=me.account, event_id=event_id(said), sender=_words(said, "FromUserName").lower(), **what
    )


def _words(said: Mapping[str, Any], name: str, *, or_else: str | None = None) -> str:
    found = said[name] if or_else is None else said.get(name, or_else)
    if not isinstance(found, str):
        raise TypeError(name)
    return found
