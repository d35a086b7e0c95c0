"""WeCom's app as a channel: what it calls with is kept, what goes out is sent, cards are changed by their codes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import httpx
import structlog
from sqlmodel import Session

from bot.channels.begun import BegunMessages
from bot.channels.called import NotYet
from bot.channels.wecom import group_writing, writing
from bot.channels.wecom.cards import Cards
from bot.channels.wecom.client import Client
from bot.channels.wecom.directory import member
from bot.channels.wecom.errors import WeComError, failure
from bot.channels.wecom.fetching import fetched
from bot.channels.wecom.groups import Groups
from bot.channels.wecom.menu import Menu, spoken
from bot.channels.wecom.pace import Allowance
from bot.channels.wecom.reading import NAME, Me, heard, said_at, unreadable
from bot.channels.wecom.sent import Sent, SentPart, says_the_same
from bot.channels.wecom.writing import Part
from bot.talk import (
    NEWS_OF_CHATS,
    Address,
    Capabilities,
    DeliveryError,
    File,
    Incoming,
    Message,
    Pace,
    Receive,
    Said,
)
from storage import outbox_due, staff
from storage.database import Database

log = structlog.get_logger()

# WeCom bears so many for a member and drops what is more without a word. A notice may take more than one message:
# each of them counts in the `Allowance`.
PACE = Pace(chat_seconds=0, per_minute=30, per_minute_in_group=30, per_second=50, per_hour=1000, spread_seconds=45)
INTRODUCTION_SECONDS = 2.0
# How often a menu that WeCom did not take is tried again, and the people of the groups are looked at.
UPKEEP_SECONDS = 600.0
# What was said longer ago is somebody's copy of it: WeCom tries three times within seconds.
STALE_AFTER = timedelta(days=1)


class WeCom:
    """A self-built app. `home` is what a card without buttons opens; `real` the time that codes and limits live by.

    `pace` says how fast notices go; who moves the clock by hand wants none of them spread.
    """

    name = NAME

    def __init__(
        self,
        client: Client,
        database: Database,
        real: Callable[[], datetime],
        *,
        home: str,
        menu: Menu | None = None,
        pace: Pace = PACE,
    ) -> None:
        self._client = client
        self._menu = menu
        self._database = database
        self._real = real
        self._home = home
        self._me = Me(client.app.corp_id, client.app.agent_id)
        self._groups = Groups(client, database)
        self._cards = Cards(client, database, self._me.account, real)
        self._begun: BegunMessages[SentPart] = BegunMessages(_comes_again)
        self._allowance = Allowance(real, self._went_before)
        self._receive: Receive | None = None
        self._known: set[str] = set()
        # Old cards that are being closed.
        self._closing: set[asyncio.Task[None]] = set()
        self.can = Capabilities(pace=pace)

    @property
    def account(self) -> str:
        return self._me.account

    async def run(self, receive: Receive) -> None:
        """Lets `take` hand on what WeCom calls with, until cancelled."""
        self._receive = receive
        log.info("wecom listening")
        try:
            while True:
                if self._menu is not None:
                    await self._menu.keep(self._client)
                await self._groups.keep()
                await asyncio.sleep(UPKEEP_SECONDS)
        finally:
            self._receive = None
            for task in self._closing:
                task.cancel()
            await asyncio.gather(*self._closing, return_exceptions=True)

    async def take(self, said: Mapping[str, Any]) -> None:
        """What WeCom calls with, see `callback_route`; returns when it is durable. Raises NotYet before `run`.

        The code of a press is kept first: what comes again brings the same one.
        """
        receive = self._receive
        if receive is None:
            raise NotYet
        one = self._heard(said)
        if one is None:
            return
        old_card = await self._code_of_old_card(said)
        await receive(await self._introduced(spoken(one)))
        if old_card:
            # Not waited for, as WeCom waits for us; what was pressed is durable.
            closing = asyncio.create_task(self._cards.close(one.sender, old_card), name="wecom old card")
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)

    async def _code_of_old_card(self, said: Mapping[str, Any]) -> str:
        """The code that a press brought, kept; nothing unless it closes a card beside which something newer stands."""
        code, card = said.get("ResponseCode"), said.get("TaskId")
        if not (isinstance(code, str) and isinstance(card, str) and code and card):
            return ""
        return code if await self._cards.was_pressed(card, code) else ""

    async def _introduced(self, one: Incoming) -> Incoming:
        """Somebody of whom we do not know who they are comes with the name that the corp's directory has for them.

        It is asked for a short while only: what WeCom calls with has to be confirmed within five seconds.
        """
        if one.kind in NEWS_OF_CHATS:
            # Perhaps somebody else is called so from now on.
            self._known.discard(one.sender)
        if one.sender in self._known or one.kind in NEWS_OF_CHATS or one.kind == Said.UNREADABLE:
            return one
        if await self._database.read(partial(self._is_somebodys, one.sender)):
            self._known.add(one.sender)
            return one
        try:
            async with asyncio.timeout(INTRODUCTION_SECONDS):
                found = await member(self._client, one.sender)
        except (WeComError, httpx.HTTPError, TimeoutError) as error:
            log.info("wecom directory not asked", error_type=type(error).__name__)
            return one
        return replace(one, name=found.name) if found is not None and found.active else one

    def _is_somebodys(self, address: str, session: Session) -> bool:
        place = {"channel": NAME, "account": self.account, "address": address}
        return staff.is_somebodys(session, **place)

    def _heard(self, said: Mapping[str, Any]) -> Incoming | None:
        try:
            if said_at(said) < self._real() - STALE_AFTER:
                log.warning("wecom said it long ago")
                return None
            return heard(said, self._me)
        except (KeyError, TypeError, ValueError) as error:
            return unreadable(said, self._me, error)

    async def send(self, to: Address, message: Message, *, at: datetime) -> str:
        """A message of several parts that broke off is taken up where it stopped, unless the process has died since.

        What is for a member of another corp, or at another app, must not reach whoever is called the same here.
        """
        if to.account != self.account:
            raise DeliveryError("a chat with another app", permanent=True)
        with _told(), self._begun.taking_up(to, message, at) as arrived:
            parts = group_writing.in_apps_group(message) if to.group else writing.parts(message)
            for part in parts[len(arrived) :]:
                arrived.append(await self._send_part(to, part))
            # What is said in a group has no number there, so nothing can be done to it later.
            return "" if to.group else str(Sent(tuple(arrived)))

    async def edit(self, to: Address, ref: str, message: Message, *, at: datetime) -> str:
        """Changes the card by a code; what cannot be changed is taken back, and said anew.

        Words cannot be changed, so what says the same stays, and other words come in a message of their own.
        """
        before = Sent.of(ref)
        with _told():
            after = await self._in_place(to, before, message)
            if after is not None:
                return str(after)
            await self._take_back(before.parts)
        return await self.send(to, message, at=at)

    async def fetch(self, file: str) -> File:
        """What somebody sent within the last three days."""
        return await fetched(self._client, file)

    async def _send_part(self, to: Address, part: Part) -> SentPart:
        if not to.group:
            # A group's limits are far away.
            await self._allowance.take(to.chat)
        content = {"media_id": await self._client.upload(part.file)} if part.file else part.content
        if to.group:
            await self._client.tell_group(to.chat, part.kind, content)
            return SentPart.of(part, "")
        arrived = await self._client.send([to.chat], part.kind, content)
        sent = SentPart.of(part, arrived.message)
        if sent.card and arrived.response_code:
            await self._cards.came_with(sent.card, arrived.response_code)
        return sent

    async def _went_before(self, member: str, since: datetime) -> list[datetime]:
        """When each message went to the member; one whose card was changed is called by the same number."""
        address = str(Address(NAME, self.account, member))
        rows = await self._database.read(partial(outbox_due.refs_since, since=since, address=address))
        parts = [(part.number, at) for at, ref in rows for part in Sent.of(ref).parts]
        return sorted(dict(reversed(parts)).values())

    async def _in_place(self, to: Address, before: Sent, message: Message) -> Sent | None:
        """What it is called once it says so where it stands; None if it cannot."""
        card = before.card
        if card is None:
            return before if says_the_same(before.parts, writing.parts(message)) else None
        first, *rest = writing.anew(message, self._home)
        changed = SentPart(card.number, card.card, SentPart.of(first, "").digest)
        if changed != card and not await self._cards.change(to.chat, card.card, first):
            return None
        others = before.but(card)
        if says_the_same(others, rest):
            return Sent((changed, *others))
        await self._take_back(others)
        return Sent((changed, *[await self._send_part(to, part) for part in rest]))

    async def _take_back(self, parts: Sequence[SentPart]) -> None:
        """After a day WeCom does not let us; an old card is closed when it is pressed."""
        for part in parts:
            try:
                await self._client.recall(part.number)
            except WeComError as error:
                if failure(error).unreached:
                    raise
                log.info("message not taken back", code=error.code)
                if part.card:
                    await self._cards.outdate(part.card)


@contextmanager
def _told() -> Iterator[None]:
    """Whatever goes wrong with a delivery is a DeliveryError; what nobody foresaw is counted like a failed try."""
    try:
        yield
    except DeliveryError:
        raise
    except (WeComError, httpx.HTTPError, httpx.InvalidURL) as error:
        raise failure(error) from error
    except Exception as error:
        log.exception("wecom delivery broken")
        raise DeliveryError(type(error).__name__) from error


def _comes_again(error: BaseException) -> bool:
    if isinstance(error, DeliveryError):
        return not (error.permanent or error.refused)
    return isinstance(error, WeComError | httpx.HTTPError) and not (failure(error).permanent or failure(error).refused)
