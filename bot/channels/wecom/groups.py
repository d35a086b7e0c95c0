"""A store's group that the app makes itself: found again by what we call it, its people those of the store."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import partial
from typing import Any

import structlog
from sqlmodel import Session

from bot.channels.wecom.checking import told
from bot.channels.wecom.client import Client
from bot.channels.wecom.errors import ASKED_IN_VAIN, GROUP_EXISTS, NOT_PERMITTED, WeComError
from bot.channels.wecom.reading import NAME, Me
from bot.notices import Notice, notice
from bot.talk import Address
from storage import group_chats, meta, staff
from storage.database import Database
from storage.staff import Contact, Group, Role, Staff
from storage.stores import Store

log = structlog.get_logger()

FEWEST, MOST = 2, 2000
# Letters of what a group is called by us; WeCom takes 32.
CHAT_LETTERS = 32


class Groups:
    """The app's groups, one for a store. Only an app that the whole corp sees may have any."""

    def __init__(self, client: Client, database: Database) -> None:
        self._client = client
        self._database = database
        self._account = Me(client.app.corp_id, client.app.agent_id).account

    def address_of(self, store: Store) -> Address:
        """The same for ever, so that nobody makes the store a second group."""
        called = hashlib.sha256(f"{self._account}/{store.key}".encode()).hexdigest()[:CHAT_LETTERS]
        return Address(NAME, self._account, called, group=True)

    def people(self, session: Session, store_id: int) -> list[tuple[Contact, Staff]]:
        """Those of the store whom the app reaches, client managers first: the first of them owns the group."""
        reached = staff.reached_on(session, channel=NAME, account=self._account)
        here = [(place, person) for place, person in reached if person.store_id == store_id]
        return sorted(here, key=lambda one: not one[1].has(Role.CLIENT_MANAGER))

    async def make(self, store: Store, name: str) -> Notice | None:
        """What is wrong, in words, or None once there is a group of that name, with its people; none is made twice."""
        users = await self._users(store.id)
        if not FEWEST <= len(users) <= MOST:
            return notice("cli.wecom_group_size", count=len(users), fewest=FEWEST, most=MOST)
        chat = self.address_of(store).chat
        try:
            await self._make(chat, name, users)
        except ASKED_IN_VAIN as error:
            unseen = isinstance(error, WeComError) and error.code == NOT_PERMITTED
            return notice("cli.wecom_group_unseen") if unseen else told(error)
        return None

    async def keep(self) -> None:
        """Who came to a store or left it comes to its group or leaves it; what WeCom refuses is tried the next time."""
        for group in await self._database.read(self._ours):
            try:
                await self._settle(group.address, await self._users(group.store_id))
            except ASKED_IN_VAIN as error:
                code = error.code if isinstance(error, WeComError) else None
                log.warning("wecom group not kept", code=code, error_type=type(error).__name__)

    async def _make(self, chat: str, name: str, users: Sequence[str]) -> None:
        try:
            await self._client.make_group(chat, name, users)
        except WeComError as error:
            if error.code != GROUP_EXISTS:
                raise
        await self._settle(chat, users, name)

    async def _settle(self, chat: str, users: Sequence[str], name: str = "") -> None:
        """Whom somebody else took into the group stays: only who was the store's, and is not any more, leaves."""
        there = await self._client.group(chat)
        members = {one.lower() for one in there.userlist}
        fact = f"wecom group {self._account} {chat}"
        known = await self._database.read(partial(meta.get, name=fact))
        gone = set(known["users"] if known else ()) - set(users)
        change = {
            "name": "" if name == there.name else name,
            "add_user_list": [one for one in users if one not in members],
            "del_user_list": sorted(gone & members),
        }
        if any(change.values()):
            await self._client.change_group(chat, {field: value for field, value in change.items() if value})
        now: dict[str, Any] = {"users": sorted(users)}
        if known != now:
            await self._database.write(partial(meta.put, name=fact, value=now))

    async def _users(self, store_id: int) -> list[str]:
        found = await self._database.read(partial(self.people, store_id=store_id))
        return [place.address for place, _ in found]

    def _ours(self, session: Session) -> list[Group]:
        known = group_chats.groups_on(session, channel=NAME)
        return [one for one in known if one.account == self._account and not one.listed]
