"""The sample store's staff in the fake Telegram: they write on whether or not the front desk lives."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path

import httpx
from sqlmodel import Session

from bot.channels.telegram import NAME, account_of
from storage import group_chats, staff
from storage.database import Database
from tests.chat import load_sample
from tests.journeys.killing import Front
from tests.journeys.writing import half_days
from tests.telegram import FakeTelegram, Group, Person

PEOPLE = {"liu": "刘总", "zhou": "周敏", "wang": "王磊", "chen": "陈静", "zhao": "赵倩", "sun": "孙强", "wu": "吴刚"}
APPLICANTS = ("wang", "chen", "zhao")
SUPERVISOR = "zhou"
REQUEST = "想调休"
TALKATIVE = "liu"
QUESTION = "谁休假"
PATIENCE_SECONDS = 120
PAUSE_SECONDS = 0.2
ASKING_SECONDS = 1.5
IN_GROUP_EVERY = 3
# Past the first reminder of whoever has not answered a request.
LATER = timedelta(hours=2, minutes=30)


class TelegramFront(Front):
    """A demo whose people are in Telegram; `mode` is polling or webhook."""

    def __init__(self, folder: Path, fake: FakeTelegram, mode: str) -> None:
        super().__init__(folder)
        self._telegram = {
            "QIANTAI_TELEGRAM_TOKEN": fake.token,
            "QIANTAI_TELEGRAM_BASE_URL": fake.base_url,
            "QIANTAI_TELEGRAM_FILE_URL": fake.file_url,
            "QIANTAI_TELEGRAM_MODE": mode,
            "QIANTAI_PUBLIC_URL": self.url,
        }

    def _environment(self, failpoint: str) -> dict[str, str]:
        return super()._environment(failpoint) | self._telegram


class Staff:
    """Who asks for leave and who asks around, and what they were promised.

    `confirmed` are the requests for leave whose read-back was confirmed, by their reasons: who asked;
    `asked` is how often the talkative one has asked something in private, and in the group.
    """

    def __init__(self, fake: FakeTelegram) -> None:
        self.fake = fake
        self.people = {key: fake.user(name) for key, name in PEOPLE.items()}
        self.group = fake.group("店面群", *self.people.values())
        self.confirmed: dict[str, str] = {}
        self.asked = {"private": 0, "group": 0}
        self.going_home = False
        self._busy = asyncio.Event()
        self._busy.set()
        # That the group was made is nothing to hear.
        fake.bot.queue.confirm_before(fake.bot.queue.next_id)
        self._before = fake.confirmed
        # Who has spoken here is answered here, and not on the web.
        for person in self.people.values():
            person.starts()

    def settle_in(self, url: str) -> None:
        """The store holds the sample, and knows where everybody is."""
        database = Database(url)
        load_sample(database)
        database.write_now(partial(_bind, account=account_of(self.fake.token), people=self.people, group=self.group))
        database.close()

    async def write(self) -> None:
        """Everybody at once, until it is time to go home."""
        async with asyncio.TaskGroup() as working:
            for key in APPLICANTS:
                working.create_task(self._asks_for_leave(key))
            working.create_task(self._asks_around())

    async def _asks_for_leave(self, key: str) -> None:
        person = self.people[key]
        for number, half in enumerate(half_days()):
            await self._busy.wait()
            if self.going_home:
                return
            reason = f"家里有事{key}{number}"
            person.says(f"请假 {half} 周敏 {reason}")
            shows = f"事由：{reason} "
            await self.fake.until(lambda shows=shows: _asks(person, shows), PATIENCE_SECONDS)  # type: ignore[misc]
            self.confirmed[reason] = key
            person.presses("确认", on=shows)

    async def _asks_around(self) -> None:
        """No faster than the group may be answered: what waits for its turn at the end is waited for."""
        person = self.people[TALKATIVE]
        for number in count():
            if self.going_home:
                return
            person.says(QUESTION)
            self.asked["private"] += 1
            if number % IN_GROUP_EVERY == 0:
                person.says(f"@{self.fake.bot.username} {QUESTION}", self.group)
                self.asked["group"] += 1
            await asyncio.sleep(ASKING_SECONDS)

    async def let_time_pass(self, front: Front) -> None:
        """Once somebody waits for an answer, until whoever serves the clock has moved it.

        The clock is moved when desk and outbox are idle: nobody asks for leave meanwhile.
        """
        await self.fake.until(lambda: self.people[SUPERVISOR].hears(REQUEST), PATIENCE_SECONDS)
        self._busy.clear()
        try:
            await self._move_clock(front)
        finally:
            self._busy.set()

    async def _move_clock(self, front: Front) -> None:
        async with httpx.AsyncClient(base_url=front.url, timeout=PATIENCE_SECONDS, trust_env=False) as http:
            target = ""
            while True:
                with suppress(httpx.TransportError):
                    now = (await http.get("/api/clock")).json()["now"]
                    target = target or (datetime.fromisoformat(now) + LATER).isoformat()
                    if (await http.post("/api/clock", json={"now": target})).status_code == 200:
                        return
                await asyncio.sleep(PAUSE_SECONDS)

    def said(self) -> Sequence[str]:
        """The numbers of the updates of theirs that Telegram was confirmed."""
        return sorted(map(str, self.fake.confirmed - self._before))


def _asks(person: Person, shows: str) -> bool:
    found = person.hears(shows)
    return found is not None and found.shows("确认")


def _bind(session: Session, *, account: str, people: Mapping[str, Person], group: Group) -> None:
    for key, person in people.items():
        known = staff.by_key(session, key)
        assert known is not None
        contact = staff.contact(session, channel=NAME, account=account, address=str(person.id))
        staff.bind(session, contact, known.id)
        store_id = known.store_id
    group_chats.take_group(session, store_id, name="店面群", channel=NAME, account=account, address=str(group.id))
