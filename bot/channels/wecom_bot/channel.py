"""WeCom's AI bot as a channel: what goes out is asked for on the connection, a card is changed while it is pressed."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import structlog

from bot.channels.begun import BegunMessages
from bot.channels.wecom.errors import WeComError
from bot.channels.wecom.writing import Part
from bot.channels.wecom_bot import fetching, writing
from bot.channels.wecom_bot.errors import TOO_LATE, comes_again, failure
from bot.channels.wecom_bot.intake import WS_URL, Account, Intake, Pause
from bot.channels.wecom_bot.presses import Press, Presses
from bot.channels.wecom_bot.reading import NAME
from bot.channels.wecom_bot.uploading import uploaded
from bot.clock import monotonic_seconds
from bot.talk import Address, Capabilities, DeliveryError, File, Message, Pace, Receive
from storage.database import Database

log = structlog.get_logger()

DIGEST_LETTERS = 12
# What a card without buttons opens where there is no page of ours.
HOME = "https://work.weixin.qq.com"


class WeComBot:
    """A bot by its id and secret. `home` is what a card opens that has no buttons any more.

    `pause` waits between connections and between pings, `clock` tells how old a press is.
    """

    name = NAME
    # WeCom counts answers and all else together, and knows no limit over all chats.
    can = Capabilities(
        edit_later=False,
        pace=Pace(chat_seconds=0.1, per_minute=30, per_minute_in_group=30, per_second=20, per_hour=1000),
    )

    def __init__(
        self,
        bot_id: str,
        secret: str,
        database: Database,
        *,
        ws_url: str = WS_URL,
        home: str = HOME,
        pause: Pause = asyncio.sleep,
        clock: Callable[[], float] = monotonic_seconds,
    ) -> None:
        self.account = bot_id
        self._home = home
        self._presses = Presses(clock)
        self._intake = Intake(Account(bot_id, secret, ws_url), database, self._presses, pause)
        self._begun: BegunMessages[str] = BegunMessages(comes_again)

    @property
    def is_connected(self) -> bool:
        """Whether something can be sent at this moment; while another process is connected, never."""
        return self._intake.is_connected

    async def run(self, receive: Receive) -> None:
        """Listens until cancelled."""
        await self._intake.run(receive)

    async def send(self, to: Address, message: Message, *, at: datetime) -> str:
        """The cards that it took, by their task_ids. A long message that broke off is taken up where it stopped."""
        with _told(), self._begun.taking_up(to, message, at) as arrived:
            parts = writing.parts(message)
            for part in parts[len(arrived) :]:
                arrived.append(await self._send(to, part))
            return _ref(message, arrived)

    async def edit(self, to: Address, ref: str, message: Message, *, at: datetime) -> str:
        """Within five seconds of a press the card is shown anew, once; after that it is sent again.

        A card that only loses its buttons then stays as it is: whoever presses one of them hears how things are.
        """
        words, *cards = ref.split()
        press = self._presses.take(cards)
        if press is not None:
            with _told():
                first, *rest = writing.anew(message, self._home, press.card)
                if await self._is_changed(press, first):
                    return _ref(message, [press.card, *[await self._send(to, part) for part in rest]])
        if not message.buttons and words == _digest(message):
            return ref
        return await self.send(to, message, at=at)

    async def fetch(self, file: str) -> File:
        """What somebody sent within the last five minutes, at most 20 MB."""
        return await fetching.fetched(file)

    async def _is_changed(self, press: Press, card: Part) -> bool:
        """False if WeCom finds that it is too late."""
        body = {"response_type": "update_template_card", "template_card": dict(card.content)}
        try:
            await self._intake.ask("aibot_respond_update_msg", body, number=press.number)
        except WeComError as error:
            if error.code not in TOO_LATE:
                raise
            log.info("wecom bot card not changed in time", code=error.code)
            return False
        return True

    async def _send(self, to: Address, part: Part) -> str:
        """The card's task_id, if it is one that has buttons."""
        content = dict(part.content)
        if part.file is not None:
            content = {"media_id": await uploaded(self._intake.ask, part.file)}
        await self._intake.ask("aibot_send_msg", {"chatid": to.chat, "msgtype": part.kind, part.kind: content})
        return str(content.get("task_id", ""))


def _ref(message: Message, cards: list[str]) -> str:
    """A digest of what it says, and its cards."""
    return " ".join([_digest(message), *filter(None, cards)])


def _digest(message: Message) -> str:
    return hashlib.sha256(message.markup.encode()).hexdigest()[:DIGEST_LETTERS]


@contextmanager
def _told() -> Iterator[None]:
    """Whatever goes wrong with a delivery is a DeliveryError; what nobody foresaw is counted like a failed try."""
    try:
        yield
    except DeliveryError:
        raise
    except WeComError as error:
        raise failure(error) from error
    except Exception as error:
        log.exception("wecom bot delivery broken")
        raise DeliveryError(type(error).__name__) from error
