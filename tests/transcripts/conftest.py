"""The sample store with its people on each channel: the web chat, Telegram by polling, Telegram by webhook."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from bot.channels.telegram import NAME, Telegram, account_of
from storage import group_chats, staff
from storage.database import Database
from tests.chat import START
from tests.telegram import FakeTelegram, Group, Limits, Person
from tests.transcripts.shop import Served, opened
from tests.transcripts.speakers import Speaker, TelegramVoice, Voice, WebVoice
from tests.transcripts.wecom_shop import app_shop, bot_shop

WECOM = {"wecom": app_shop, "wecom-bot": bot_shop}
# When everybody last spoke where the story finds them, and not on the web.
BEFORE = datetime.fromisoformat(START) - timedelta(days=1)
CHANNELS = ("webchat", "telegram-polling", "telegram-webhook", *WECOM)
PEOPLE = {"liu": "刘总", "zhou": "周敏", "wang": "王磊", "chen": "陈静", "zhao": "赵倩", "sun": "孙强", "wu": "吴刚"}
# What the stories say in a second would take people minutes; how fast messages may go has tests of its own.
UNHURRIED = Limits(private_burst=10_000, group_per_minute=10_000, per_second=10_000)


@dataclass(frozen=True)
class Shop:
    """The store of a story: its people by name, and its clock."""

    served: Served
    people: dict[str, Speaker]

    def __getattr__(self, key: str) -> Speaker:
        return self.people[key]

    def moves_to(self, moment: str) -> None:
        """`14:00` on the first day, `11-26 14:00` on another."""
        day, _, hour = moment.rpartition(" ")
        self.served.moves_to(f"2026-{day or '11-25'}T{hour}:00+08:00")


@pytest.fixture
def shop(request: pytest.FixtureRequest, sample: Path, tmp_path: Path) -> Iterator[Shop]:
    """It opens on Wednesday 25 November 2026 at 10:00; the parameter is one of CHANNELS."""
    url = f"sqlite:///{tmp_path / 'store.db'}"
    shutil.copyfile(sample, tmp_path / "store.db")
    with ExitStack() as open_until_told:
        if request.param == "webchat":
            served = open_until_told.enter_context(opened(tmp_path, url, now=START))
            yield Shop(served, _speakers({key: WebVoice(served, key) for key in PEOPLE}))
            return
        if request.param in WECOM:
            served, wecom_voices = open_until_told.enter_context(WECOM[request.param](tmp_path, url, PEOPLE))
            yield Shop(served, _speakers(wecom_voices))
            return
        open_until_told.enter_context(unpaced())
        fake = open_until_told.enter_context(FakeTelegram(limits=UNHURRIED))
        people = {key: fake.user(name) for key, name in PEOPLE.items()}
        group = fake.group("店面群", *people.values())
        settle_in(url, fake, people, group)
        settings = telegram_settings(fake, request.param)
        served = open_until_told.enter_context(opened(tmp_path, url, now=START, **settings))
        for person in people.values():
            person.has_started()
        voices = {key: TelegramVoice(served, fake, person, group) for key, person in people.items()}
        yield Shop(served, _speakers(voices))
        assert fake.complaints == []


@dataclass(frozen=True)
class TwoChannels:
    """A store whose people are in the web chat, some of them (also) on Telegram."""

    served: Served
    web: dict[str, Speaker]
    telegram: dict[str, Speaker]
    fake: FakeTelegram
    people: dict[str, Person]

    def settles(self) -> None:
        self.fake.wait_for(lambda: not self.fake.pending)
        self.served.settles()


@pytest.fixture
def two_channels(sample: Path, tmp_path: Path) -> Iterator[TwoChannels]:
    """王磊 and 陈静 are on Telegram too; nobody has said anything yet."""
    url = f"sqlite:///{tmp_path / 'store.db'}"
    shutil.copyfile(sample, tmp_path / "store.db")
    with unpaced(), FakeTelegram(limits=UNHURRIED) as fake:
        people = {key: fake.user(PEOPLE[key]) for key in ("wang", "chen")}
        group = fake.group("店面群", *people.values())
        settle_in(url, fake, people, group)
        with opened(tmp_path, url, now=START, **telegram_settings(fake, "telegram-polling")) as served:
            voices = {key: TelegramVoice(served, fake, person, group) for key, person in people.items()}
            for person in people.values():
                person.starts()
            voices["wang"].settles()
            web = {key: WebVoice(served, key) for key in PEOPLE}
            yield TwoChannels(served, _speakers(web), _speakers(voices), fake, people)
            assert fake.complaints == []


def telegram_settings(fake: FakeTelegram, channel: str) -> dict[str, Any]:
    return {
        "telegram_token": fake.token,
        "telegram_base_url": fake.base_url,
        "telegram_file_url": fake.file_url,
        "telegram_mode": channel.removeprefix("telegram-"),
    }


def _speakers(voices: dict[str, Voice] | dict[str, WebVoice] | dict[str, TelegramVoice]) -> dict[str, Speaker]:
    return {key: Speaker(PEOPLE[key], voice) for key, voice in voices.items()}


@contextmanager
def unpaced() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Telegram, "can", replace(Telegram.can, pace=None))
        yield


def settle_in(url: str, fake: FakeTelegram, people: dict[str, Person], group: Group) -> None:
    """The people's chats and the store's group are known, as if everybody had joined with a code."""
    database = Database(url)
    database.write_now(partial(_bind, account=account_of(fake.token), people=people, group=group))
    database.close()


def _bind(session: Session, *, account: str, people: dict[str, Person], group: Group) -> None:
    for key, person in people.items():
        known = staff.by_key(session, key)
        assert known is not None
        contact = staff.contact(session, channel=NAME, account=account, address=str(person.id))
        staff.bind(session, contact, known.id)
        staff.spoke(session, contact.id, now=BEFORE)
        store_id = known.store_id
    group_chats.take_group(session, store_id, name="店面群", channel=NAME, account=account, address=str(group.id))
