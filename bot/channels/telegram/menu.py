"""The commands that Telegram's menu shows, in private and in groups, set only when they have changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import structlog
from sqlmodel import Session
from telegram import BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats, BotCommandScopeChat
from telegram.error import BadRequest, TelegramError

from bot.channels.telegram.client import Client, account_of, is_shut
from storage import meta, staff
from storage.database import Database
from storage.staff import Role

log = structlog.get_logger()

LONGEST_HINT = 256
NO_MENU = hashlib.sha256(b"[]").hexdigest()
Scope = BotCommandScopeAllPrivateChats | BotCommandScopeAllGroupChats | BotCommandScopeChat


@dataclass(frozen=True)
class Entry:
    """A command of the menu: its Telegram name (a-z 0-9 _), the word that it stands for, what it is good for."""

    name: str
    word: str
    hint: str
    roles: tuple[Role, ...]
    in_groups: bool

    def everybodys(self) -> bool:
        return set(self.roles) == set(Role)


class Menu:
    """Everybody's commands in private chats, few in groups, the managers' own in theirs."""

    def __init__(self, database: Database, entries: Sequence[Entry]) -> None:
        self._database = database
        self._entries = entries
        self._words = {entry.name: entry.word for entry in entries}

    def words(self) -> Mapping[str, str]:
        return self._words

    async def keep(self, client: Client) -> None:
        """Sets every scope's menu that is not as it was set last; one that Telegram refuses holds up no other."""
        account = account_of(client.token)
        for scope, entries in await self._database.read(partial(self._scopes, account)):
            try:
                await self._keep_scope(client, scope, entries, account)
            except TelegramError as error:
                log.warning("menu not set", scope=str(scope.type), error_type=type(error).__name__)

    async def _keep_scope(self, client: Client, scope: Scope, entries: Sequence[Entry], account: str) -> None:
        chat = int(scope.chat_id) if isinstance(scope, BotCommandScopeChat) else None
        name = f"telegram menu {account} {scope.type} {'' if chat is None else chat}".strip()
        digest = hashlib.sha256(json.dumps([[one.name, one.hint] for one in entries]).encode()).hexdigest()
        known = await self._database.read(partial(meta.get, name=name))
        if digest == (known["digest"] if known else NO_MENU):
            return
        if entries:
            await client.set_my_commands([BotCommand(one.name, one.hint[:LONGEST_HINT]) for one in entries], scope)
        else:
            await _delete(client, scope)
        await self._database.write(partial(_set, account, name, digest, chat))

    def _scopes(self, account: str, session: Session) -> list[tuple[Scope, list[Entry]]]:
        everybody = [one for one in self._entries if one.everybodys()]
        scopes: list[tuple[Scope, list[Entry]]] = [
            (BotCommandScopeAllPrivateChats(), everybody),
            (BotCommandScopeAllGroupChats(), [one for one in everybody if one.in_groups]),
        ]
        here: set[int] = set()
        for contact, person in staff.reached_on(session, channel="telegram", account=account):
            own = [one for one in self._entries if any(person.has(role) for role in one.roles)]
            more = own if len(own) > len(everybody) else []
            here.add(int(contact.address))
            scopes.append((BotCommandScopeChat(int(contact.address)), more))
        left = [chat for chat in _chats_with_a_menu(session, account) if chat not in here]
        return [*scopes, *((BotCommandScopeChat(chat), []) for chat in left)]


async def _delete(client: Client, scope: Scope) -> None:
    """A chat that is closed to the bot shows no menu of it."""
    try:
        await client.delete_my_commands(scope)
    except BadRequest as error:
        if not is_shut(error):
            raise


def _set(account: str, name: str, digest: str, chat: int | None, session: Session) -> None:
    """What is set now, and which chats have a menu of their own: who leaves the store is not to keep it."""
    meta.put(session, name, {"digest": digest})
    if chat is not None:
        others = [one for one in _chats_with_a_menu(session, account) if one != chat]
        meta.put(session, _list_of(account), {"chats": others if digest == NO_MENU else [*others, chat]})


def _chats_with_a_menu(session: Session, account: str) -> list[int]:
    known = meta.get(session, _list_of(account))
    return [int(one) for one in known["chats"]] if known else []


def _list_of(account: str) -> str:
    return f"telegram menus {account}"
