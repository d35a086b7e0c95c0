"""The app's menu, set only when it has changed; pressed, its buttons say a command's word."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import httpx
import structlog
from sqlmodel import Session

from bot.channels.wecom.answers import JSON
from bot.channels.wecom.client import Client
from bot.channels.wecom.errors import WeComError
from bot.talk import Incoming, Said
from storage import meta
from storage.database import Database

log = structlog.get_logger()

MOST_AT_TOP, MOST_BELOW = 3, 5
# Bytes, of which a Chinese character takes three.
LONGEST_AT_TOP, LONGEST_BELOW, LONGEST_KEY = 16, 40, 128
# What a key begins with that stands for words; no feature is called like this.
SAYS = "say:"
NO_MENU = hashlib.sha256(b"[]").hexdigest()


class MenuMistake(ValueError):
    """A menu that WeCom does not take: too much of it, or a name that is too long."""


@dataclass(frozen=True)
class Entry:
    """A button that says a `word`, as if the person had typed it."""

    label: str
    word: str


@dataclass(frozen=True)
class Column:
    """A button at the top that opens others."""

    label: str
    entries: Sequence[Entry]


Top = Entry | Column


def buttons(tops: Sequence[Top]) -> list[JSON]:
    """As WeCom has them. Raises MenuMistake."""
    if len(tops) > MOST_AT_TOP:
        raise MenuMistake(f"more than {MOST_AT_TOP} at the top")
    return [_column(one) if isinstance(one, Column) else _button(one, LONGEST_AT_TOP) for one in tops]


def spoken(one: Incoming) -> Incoming:
    """A pressed button of the menu as the words that it stands for; everything else as it is."""
    if one.kind != Said.PRESS or not one.action.startswith(SAYS):
        return one
    return replace(one, kind=Said.TEXT, text=one.action.removeprefix(SAYS), action="", message="")


class Menu:
    """Everybody's menu: WeCom shows all members of the app the same one."""

    def __init__(self, database: Database, tops: Sequence[Top]) -> None:
        self._database = database
        self._buttons = buttons(tops)

    async def keep(self, client: Client) -> None:
        """Sets the menu unless it is as it was set last; one that WeCom refuses is tried the next time."""
        name = f"wecom menu {client.app.corp_id}/{client.app.agent_id}"
        digest = hashlib.sha256(json.dumps(self._buttons).encode()).hexdigest()
        known = await self._database.read(partial(meta.get, name=name))
        if digest == (known["digest"] if known else NO_MENU):
            return
        try:
            await client.set_menu(self._buttons)
        except WeComError as error:
            log.warning("wecom menu not set", code=error.code)
        except httpx.HTTPError as error:
            log.warning("wecom menu not set", error_type=type(error).__name__)
        else:
            await self._database.write(partial(_set, name, digest))


def _column(column: Column) -> JSON:
    if not 1 <= len(column.entries) <= MOST_BELOW:
        raise MenuMistake(f"not 1 to {MOST_BELOW} below {column.label}")
    below = [_button(one, LONGEST_BELOW) for one in column.entries]
    return {"name": _within(column.label, LONGEST_AT_TOP), "sub_button": below}


def _button(entry: Entry, longest: int) -> JSON:
    return {
        "type": "click",
        "name": _within(entry.label, longest),
        "key": _within(f"{SAYS}{entry.word}", LONGEST_KEY),
    }


def _within(words: str, most: int) -> str:
    if not words or len(words.encode()) > most:
        raise MenuMistake(f"not 1 to {most} bytes: {words}")
    return words


def _set(name: str, digest: str, session: Session) -> None:
    meta.put(session, name, {"digest": digest})
