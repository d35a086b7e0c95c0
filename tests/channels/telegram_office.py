"""A store whose people are in the fake Telegram: the real channel, desk and delivery on one clock that stands."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from sqlmodel import Session

from bot import cards
from bot.channels.telegram import NAME, Client, Entry, Menu, Telegram
from bot.desk import Desk
from bot.feature import EVERYBODY, Answer, Command, Context, Feature, Scene
from bot.notices import Notice, notice, row
from bot.reach import Reach
from bot.scheduler.delivery import Delivery
from bot.scheduler.reminders import Bell
from bot.scheduler.timetable import Timetable
from bot.stores import open_store
from bot.talk import Address, Button, Message, Pressable
from storage import meta, outbox, staff
from storage.database import Database
from storage.inbox import Inbox
from storage.outbox import Outbox
from storage.staff import Role, Staff
from tests.scheduler.office import StoodClock, lanes_are_woken, words
from tests.storage.shop import Shop, all_rows, open_shop
from tests.telegram import FakeTelegram, Group, Limits, Person

# One message a second in a private chat and no burst: what Telegram promises, and no more.
STRICT = Limits(private_burst=1)
PARCEL = "parcel:1"
YES = ((Pressable("同意", "approvals:approve:1"),),)
URL, SECRET = "https://example.com/telegram/webhook", "a-secret_42"
MENU = (
    Entry("help_menu", "菜单", "您能办什么", EVERYBODY, True),
    Entry("leave_request", "请假", "请假 周五下午", EVERYBODY, False),
    Entry("people_invite", "邀请", "邀请同事", (Role.CLIENT_MANAGER,), False),
)


def repeat(ctx: Context, word: str, rest: str) -> Answer:
    return words(rest.strip())


def break_down(ctx: Context, word: str, rest: str) -> Answer:
    raise LookupError("a command that is broken")


def parcel(scene: Scene, number: int, viewer: Staff | None) -> Notice | None:
    """A card that says what the rows say; one that waits has a button."""
    found = meta.get(scene.session, f"parcel:{number}")
    if found is None:
        return None
    waits = row(Button("approvals.button_approve", f"parcel:take:{number}")) if found["waits"] else ()
    return notice("desk.in_private", name=found["said"], buttons=waits)


FEATURES = {
    "test": Feature(
        "test",
        commands=(
            Command("test.repeat", ("跟读",), repeat, in_menu=False, personal=False),
            Command("test.broken", ("坏了",), break_down, in_menu=False),
        ),
    ),
    "parcel": Feature("parcel", card=parcel),
}


class TelegramOffice:
    """The parts of a front desk on one database, and the people in Telegram."""

    def __init__(self, database: Database, fake: FakeTelegram, clock: StoodClock, **how: Any) -> None:
        self.database, self.fake, self.clock = database, fake, clock
        token = how.pop("token", fake.token)
        self.client = Client(token, request=fake.request(), get_updates_request=fake.request())
        self.channel = Telegram(self.client, Menu(database, MENU), database, pause=self._pause, **how)
        self.desk = Desk(database, clock, FEATURES)
        reach = Reach(FEATURES)
        self.delivery = Delivery(
            database,
            clock,
            {NAME: self.channel},
            partial(cards.show, features=FEATURES),
            lambda session, to: reach.lost(session, to, clock.now()),
        )
        self.timetable = Timetable(
            database,
            clock,
            Bell(database, clock, FEATURES),
            self.delivery,
            take_up=self.desk.wake_all,
            desk_idle=lambda: self.desk.idle,
            tidy=_nothing,
        )
        # What happens between the parts of a long message, the last one first.
        self.between_parts: list[Callable[[], None]] = []
        self.wang, self.chen, self.zhou, self.liu = map(fake.user, ("王磊", "陈静", "周敏", "刘总"))
        self.people = {"wang": self.wang, "chen": self.chen, "zhou": self.zhou, "liu": self.liu}

    def opens(self, group: Group | None = None, *, topic: int | None = None) -> None:
        """Everybody has started the bot and is known; what they wrote for it is heard and forgotten."""
        self.group = group or self.fake.group("店面群", *self.people.values())
        place = f"{self.group.id}/{topic}" if topic else str(self.group.id)
        for person in self.people.values():
            person.starts()
        self.fake.bot.queue.confirm_before(self.fake.bot.queue.next_id)
        self.shop = self.database.write_now(partial(self._bind, place=place))

    def _bind(self, session: Session, *, place: str) -> Shop:
        shop = open_shop(session)
        for key, person in self.people.items():
            contact = staff.contact(session, channel=NAME, account=self.channel.account, address=str(person.id))
            staff.bind(session, contact, getattr(shop, key))
        group = staff.group(session, shop.group)
        assert group is not None
        group.channel, group.account, group.address = NAME, self.channel.account, place
        staff.put(session, group)
        return shop

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """The channel runs; whatever Telegram has for it comes in."""
        lanes_are_woken(self.database, self.desk)
        running = asyncio.create_task(self.channel.run(self.desk.receive))
        try:
            yield
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def works(self) -> None:
        """Until everything that may be done at this moment is done; whoever listens has heard all before."""
        await asyncio.wait_for(self.timetable.settle(), 20)

    async def hears(self) -> None:
        """The same, once the bot has confirmed everything that was said to it."""
        await self.fake.until(lambda: not self.fake.pending)
        await self.works()

    def passes(self, seconds: float) -> None:
        self.clock.passes(seconds)

    async def _pause(self, seconds: float) -> None:
        self.passes(seconds)
        if self.between_parts:
            self.between_parts.pop()()

    async def let_pass(self, seconds: float, *, step: float = 1.0) -> None:
        for _ in range(int(seconds / step)):
            await self.works()
            self.passes(step)
        await self.works()

    def in_store(self, work: Callable[[Scene], None]) -> None:
        def inside(session: Session) -> None:
            work(open_store(session, self.shop.store_id, self.clock.now(), FEATURES))

        self.database.write_now(inside)

    def tell(self, key: str, *said: str, notice: Notice | None = None) -> None:
        """Tells somebody each of these at once."""

        def work(scene: Scene) -> None:
            for one in [notice] if notice else map(words, said):
                scene.tell(getattr(self.shop, key), one, urgent=True)

        self.in_store(work)

    def tell_group(self, *said: str, urgent: bool = True) -> None:
        def work(scene: Scene) -> None:
            for one in said:
                scene.tell_group(words(one), urgent=urgent)

        self.in_store(work)

    def parcel(self, said: str, *, waits: bool = True) -> None:
        """The fact changes, and whoever saw its card is to see it."""

        def work(scene: Scene) -> None:
            meta.put(scene.session, PARCEL, {"said": said, "waits": waits})
            scene.refresh(PARCEL)

        self.in_store(work)

    def show_parcel(self, key: str) -> None:
        self.tell(key, notice=Notice(subject=PARCEL))

    def at(self, person: Person | Group) -> Address:
        return Address(NAME, self.channel.account, str(person.id), group=isinstance(person, Group))

    def inbox(self) -> Sequence[Inbox]:
        return all_rows(self.database, Inbox)

    def outbox(self) -> Sequence[Outbox]:
        return all_rows(self.database, Outbox)

    def failed(self) -> list[str]:
        return [one.error for one in self.outbox() if one.state == outbox.OutboxState.FAILED]

    def tries(self, method: str, to: Person | Group) -> int:
        """How often it was called for that chat, refused or not."""
        return sum(call.params["chat_id"] == str(to.id) for call in self.fake.made(method))


@asynccontextmanager
async def telegram_office(url: str, *, limits: Limits = STRICT, **how: Any) -> AsyncIterator[TelegramOffice]:
    """An office on a new database, where nobody is known yet."""
    clock = StoodClock()
    database, fake = Database(url), FakeTelegram(limits=limits, clock=lambda: clock.real().timestamp())
    office = TelegramOffice(database, fake, clock, **how)
    yield office
    await office.desk.close()
    await office.delivery.close()
    database.close()
    assert fake.complaints == []


def heard(person: Person | Group) -> list[str]:
    """What the bot said there, in order, as `shown` writes it."""
    return [one.text for one in person.sees() if one.sender == "前台"]


async def sent(office: TelegramOffice, message: Message, *, to: Group | None = None) -> str:
    """What the channel calls it; it was said a while before anything else is."""
    ref = await office.channel.send(office.at(to or office.wang), message, at=office.clock.now())
    office.passes(5)
    return ref


async def edited(office: TelegramOffice, ref: str, message: Message, *, to: Group | None = None) -> str:
    new = await office.channel.edit(office.at(to or office.wang), ref, message, at=office.clock.now())
    office.passes(5)
    return new


def newest(person: Person) -> tuple[str, list[str], bool]:
    """What the newest message says, the labels of its buttons, whether it was edited."""
    seen = person.last()
    return seen.text, seen.labels, seen.edited


def said_by(person: Person, text: str) -> dict[str, Any]:
    """An update without its number."""
    chat = {"id": person.id, "type": "private", "first_name": person.name}
    return {"message": {"message_id": 900, "date": 1, "chat": chat, "from": person.account.wire(), "text": text}}


async def _nothing() -> None:
    """No housekeeping in these tests."""
