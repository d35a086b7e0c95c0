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
from bot.channels.wecom import writing
from bot.channels.wecom.client import Client
from bot.channels.wecom.directory import member
from bot.channels.wecom.errors import WeComError, failure, is_spent
from bot.channels.wecom.fetching import fetched
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
from storage import card_codes, staff
from storage.database import Database

log = structlog.get_logger()

# WeCom bears 30 a minute and 1000 an hour for a member and drops what is more without a word. A notice may take more
# than one message, so fewer of them go.
PACE = Pace(chat_seconds=0, per_minute=20, per_minute_in_group=20, per_second=50, per_hour=700, spread_seconds=45)
INTRODUCTION_SECONDS = 2.0
# How often a menu that WeCom did not take is tried again.
MENU_SECONDS = 600.0
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
        self._begun: BegunMessages[SentPart] = BegunMessages(_comes_again)
        self._allowance = Allowance(real)
        self._receive: Receive | None = None
        self._known: set[str] = set()
        # Codes that may have been used: nobody answered.
        self._unsure: set[str] = set()
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
                await asyncio.sleep(MENU_SECONDS)
        finally:
            self._receive = None

    async def take(self, said: Mapping[str, Any]) -> None:
        """What WeCom calls with, see `callback_route`; returns when it is durable. Raises NotYet before `run`.

        The code of a press is kept first: what comes again brings the same one.
        """
        if self._receive is None:
            raise NotYet
        one = self._heard(said)
        if one is None:
            return
        code, card = said.get("ResponseCode"), said.get("TaskId")
        if isinstance(code, str) and isinstance(card, str) and code and card:
            await self._keep_code(card, code, pressed=True)
        await self._receive(await self._introduced(spoken(one)))

    async def _introduced(self, one: Incoming) -> Incoming:
        """Somebody of whom we do not know who they are comes with the name that the corp's directory has for them.

        It is asked for a short while only: what WeCom calls with has to be confirmed within five seconds.
        """
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
        """A message of several parts that broke off is taken up where it stopped, unless the process has died since."""
        with _told(), self._begun.taking_up(to, message, at) as arrived:
            parts = writing.parts(message)
            for part in parts[len(arrived) :]:
                arrived.append(await self._send_part(to, part))
            return str(Sent(tuple(arrived)))

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
        self._allowance.take(to.chat)
        content = {"media_id": await self._client.upload(part.file)} if part.file else part.content
        arrived = await self._client.send([to.chat], part.kind, content)
        sent = SentPart.of(part, arrived.message)
        if sent.card and arrived.response_code:
            await self._keep_code(sent.card, arrived.response_code, pressed=False)
        return sent

    async def _in_place(self, to: Address, before: Sent, message: Message) -> Sent | None:
        """What it is called once it says so where it stands; None if it cannot."""
        card = before.card
        if card is None:
            return before if says_the_same(before.parts, writing.parts(message)) else None
        first, *rest = writing.anew(message, self._home)
        changed = SentPart(card.number, card.card, SentPart.of(first, "").digest)
        if changed != card and not await self._change(to, card.card, first):
            return None
        others = before.but(card)
        if says_the_same(others, rest):
            return Sent((changed, *others))
        await self._take_back(others)
        return Sent((changed, *[await self._send_part(to, part) for part in rest]))

    async def _change(self, to: Address, card: str, part: Part) -> bool:
        """Whether the card says it now; False when there is no code for it."""
        while (code := await self._database.read(partial(self._usable, card))) is not None:
            try:
                await self._client.update_card(code, [to.chat], part.content)
            except WeComError as error:
                if not is_spent(error):
                    raise
                await self._spend(code)
                if code in self._unsure:
                    # Nobody had answered, but the card was changed.
                    self._unsure.discard(code)
                    return True
                continue
            except httpx.HTTPError:
                self._unsure.add(code)
                raise
            await self._spend(code)
            return True
        return False

    async def _take_back(self, parts: Sequence[SentPart]) -> None:
        """After a day WeCom does not let us; what stands there then answers for itself when it is pressed."""
        for part in parts:
            try:
                await self._client.recall(part.number)
            except WeComError as error:
                if failure(error).unreached:
                    raise
                log.info("message not taken back", code=error.code)

    def _usable(self, card: str, session: Session) -> str | None:
        return card_codes.usable(session, channel=NAME, account=self.account, card=card, real=self._real())

    async def _keep_code(self, card: str, code: str, *, pressed: bool) -> None:
        kept = partial(
            card_codes.keep,
            channel=NAME,
            account=self.account,
            card=card,
            code=code,
            pressed=pressed,
            given_at=self._real(),
        )
        await self._database.write(kept)

    async def _spend(self, code: str) -> None:
        await self._database.write(partial(card_codes.spend, channel=NAME, account=self.account, code=code))


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
