"""Stays connected for one bot: what comes in is kept in order, and whatever ends a connection, another one follows.

WeCom gives a bot one connection, throws the older one out, and sends everything once.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum

import structlog
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import WebSocketException

from bot.channels.wecom.errors import MISCONFIGURED_SECONDS, WeComError
from bot.channels.wecom_bot import reading
from bot.channels.wecom_bot.errors import NOT_SUBSCRIBED, REFUSED, SOON_SECONDS, not_connected
from bot.channels.wecom_bot.line import JSON, Line, connection
from bot.channels.wecom_bot.presses import Presses
from bot.channels.wecom_bot.reading import NAME
from bot.talk import DeliveryError, Incoming, Receive
from storage.database import Database
from storage.turns import Turn

log = structlog.get_logger()

WS_URL = "wss://openws.work.weixin.qq.com"
PING_SECONDS = 30.0
MISSED_PINGS = 2
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
# Somebody else has the bot: whoever comes back at once throws them out, and is thrown out.
TAKEN_SECONDS = 600.0
# Whoever asks again and again with a wrong secret is blocked.
REFUSED_SECONDS = 600.0
LONGEST_REFUSED_SECONDS = 3600.0
# WeCom does not want to be asked now.
BUSY_SECONDS = 60.0
# How often a process that is not connected looks whether it is its turn.
TURN_SECONDS = 3.0
# How long what came in waits for the database, at first and at most.
KEEP_PAUSES = (0.5, 10.0)
# How long the end waits for what came in.
CLOSE_SECONDS = 5.0

Pause = Callable[[float], Awaitable[None]]


class End(StrEnum):
    """How a connection ended; `HELD` for long enough, so that the next trouble is a new one."""

    LOST = "lost"
    HELD = "held"
    BUSY = "busy"
    TAKEN = "taken"
    REFUSED = "refused"


# How long what is to go out waits for the next connection.
RETRIES = {
    End.LOST: SOON_SECONDS,
    End.HELD: SOON_SECONDS,
    End.BUSY: SOON_SECONDS,
    End.TAKEN: MISCONFIGURED_SECONDS,
    End.REFUSED: MISCONFIGURED_SECONDS,
}


@dataclass(frozen=True)
class Account:
    """A bot of WeCom's and where it connects."""

    bot_id: str
    secret: str = field(repr=False)
    url: str = WS_URL


class Rests:
    """How long to stay away after a connection ended, a little different each time so that not all come at once."""

    def __init__(self) -> None:
        self._lost = 0
        self._refused = 0

    def after(self, end: End) -> float:
        self._lost = 0 if end == End.HELD else self._lost + 1
        self._refused = self._refused + 1 if end == End.REFUSED else 0
        longest = _doubled(FIRST_PAUSE_SECONDS, self._lost, LONGEST_PAUSE_SECONDS)
        if end == End.TAKEN:
            longest = TAKEN_SECONDS
        elif end == End.REFUSED:
            longest = _doubled(REFUSED_SECONDS, self._refused, LONGEST_REFUSED_SECONDS)
        elif end == End.BUSY:
            longest = max(longest, BUSY_SECONDS)
        return longest * random.uniform(0.75, 1.0)


def _doubled(first: float, times: int, longest: float) -> float:
    """From the second time on twice as long each time."""
    return min(first * float(2 ** min(max(times - 1, 0), 20)), longest)


class Intake:
    """Listens for one bot, and asks WeCom for things on the connection that there is."""

    def __init__(self, account: Account, database: Database, presses: Presses, pause: Pause) -> None:
        self._account = account
        self._database = database
        self._presses = presses
        self._pause = pause
        self._rests = Rests()
        self._line: Line | None = None
        self._held = False
        self._trouble = ""
        self._ended = End.LOST
        self._came: asyncio.Queue[JSON] = asyncio.Queue()

    @property
    def is_connected(self) -> bool:
        return self._line is not None

    async def ask(self, command: str, body: JSON, *, number: str = "", seconds: float | None = None) -> JSON:
        """The body of WeCom's answer. Raises WeComError, or DeliveryError if there was none."""
        line = self._line
        if line is None:
            raise not_connected(f"the wecom bot is not connected: {self._ended}", seconds=RETRIES[self._ended])
        try:
            return await line.ask(command, body, number=number, seconds=seconds)
        except WeComError as error:
            if error.code == NOT_SUBSCRIBED:
                # It looks alive and is not.
                await line.hang_up()
            raise

    async def run(self, receive: Receive) -> None:
        """Until cancelled; then what has come in is kept first."""
        keeping = asyncio.create_task(self._keep(receive), name="wecom bot keeping")
        try:
            async with Turn(self._database, f"connect {NAME} {self._account.bot_id}") as turn:
                while True:
                    await self._wait_for(turn)
                    self._ended = await self._connected(turn)
                    await self._pause(self._rests.after(self._ended))
        finally:
            await self._keep_the_rest()
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

    async def _connected(self, turn: Turn) -> End:
        """Whatever happens on a connection ends only this one."""
        try:
            async with connection(self._account.url) as socket:
                return await self._talk(socket, turn)
        except (OSError, TimeoutError, WebSocketException) as error:
            if self._is_news(f"not connected: {type(error).__name__}"):
                log.warning("wecom bot does not connect", error_type=type(error).__name__)
        except Exception:
            log.exception("wecom bot connection broken")
        return End.LOST

    async def _talk(self, socket: ClientConnection, turn: Turn) -> End:
        """Subscribed, until it ends; nothing is asked on it before, nor after."""
        line = Line(socket)
        listening = asyncio.create_task(line.listen(self._take), name="wecom bot listening")
        beating = None
        try:
            refused = await self._subscribe(line)
            if refused:
                return refused
            self._line, self._held, self._trouble = line, False, ""
            log.info("wecom bot connected")
            beating = asyncio.create_task(self._beat(line, turn), name="wecom bot pings")
            await asyncio.wait((listening, beating), return_when=asyncio.FIRST_COMPLETED)
            return await self._how(listening, turn)
        finally:
            self._line = None
            tasks = [task for task in (listening, beating) if task is not None]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _how(self, listening: asyncio.Task[bool], turn: Turn) -> End:
        """Who was thrown out by another process of ours waits for its turn, and no longer."""
        if listening.done() and listening.result():
            ours = await turn.take()
            log.error("wecom bot taken by another connection", by_one_of_ours=not ours)
            return End.TAKEN if ours else End.LOST
        return End.HELD if self._held else End.LOST

    async def _subscribe(self, line: Line) -> End | None:
        """What WeCom says of a wrong secret may repeat it, so only the code is told."""
        try:
            await line.ask("aibot_subscribe", {"bot_id": self._account.bot_id, "secret": self._account.secret})
        except WeComError as error:
            if error.code in REFUSED:
                log.error("wecom bot refused", code=error.code)
                return End.REFUSED
            log.warning("wecom bot not subscribed", code=error.code)
            return End.BUSY
        except DeliveryError as error:
            if self._is_news(f"not subscribed: {error}"):
                log.warning("wecom bot not subscribed", error=str(error))
            return End.LOST
        return None

    async def _beat(self, line: Line, turn: Turn) -> None:
        """Returns when nobody answers any more, or when it is not our turn any more."""
        missed = 0
        while missed < MISSED_PINGS and await turn.take():
            await self._pause(PING_SECONDS)
            try:
                await line.ask("ping")
                missed, self._held = 0, True
            except (WeComError, DeliveryError) as error:
                missed += 1
                log.info("wecom bot ping not answered", error=str(error))

    def _take(self, frame: JSON) -> None:
        """In order, and without holding up the answers to what we asked."""
        self._presses.heard(frame)
        self._came.put_nowait(frame)

    async def _keep(self, receive: Receive) -> None:
        while True:
            frame = await self._came.get()
            try:
                heard = self._heard(frame)
                if heard:
                    await self._insistently(receive, heard)
            except Exception:
                # What cannot even be put aside stops nothing behind it.
                log.exception("wecom bot message lost")
            finally:
                self._came.task_done()

    def _heard(self, frame: JSON) -> list[Incoming]:
        try:
            return reading.heard(frame.get("body"), self._account.bot_id)
        except (KeyError, TypeError, AttributeError, ValueError, IndexError) as error:
            log.error("wecom bot message not understood", error_type=type(error).__name__)
            return [reading.unreadable(frame, self._account.bot_id, error)]

    async def _insistently(self, receive: Receive, heard: list[Incoming]) -> None:
        """WeCom sends nothing again, so it is tried until it is kept."""
        pause, longest = KEEP_PAUSES
        while True:
            try:
                await receive(*heard)
                return
            except Exception:
                log.exception("wecom bot message not kept")
            await asyncio.sleep(pause)
            pause = min(2 * pause, longest)

    async def _keep_the_rest(self) -> None:
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._came.join()
        except TimeoutError:
            log.error("wecom bot messages not kept", count=self._came.qsize() + 1)

    async def _wait_for(self, turn: Turn) -> None:
        """Until the process that is connected has ended, if there is one; it is said once."""
        told = False
        while not await turn.take():
            if not told:
                log.info("wecom bot connected by another process")
                told = True
            await self._pause(TURN_SECONDS)

    def _is_news(self, trouble: str) -> bool:
        """It is told once, and once more when it is another thing."""
        told, self._trouble = self._trouble, trouble
        return trouble != told
