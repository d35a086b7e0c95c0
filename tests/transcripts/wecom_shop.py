"""The sample store with its people in WeCom: at the app, which calls us, or with the AI bot on its long connection."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, func, select

from bot.channels import wecom, wecom_bot
from bot.channels.wecom import pace
from bot.clock import monotonic_seconds
from storage import group_chats, staff
from storage.database import Database
from storage.inbox import Inbox
from tests.chat import START
from tests.journeys.comparing import looking_into
from tests.services import free_port
from tests.transcripts.shop import Served, opened
from tests.transcripts.speakers import Voice
from tests.transcripts.wecom_voices import BotVoice, WeComVoice
from tests.wecom import FakeWeCom, sending
from tests.wecom.fake import AGENT, CORP, SEALER, SECRET
from tests.wecom_bot import FakeWeComBot, things
from tests.wecom_bot import fake as bots

ROBOT = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
PATIENCE_SECONDS = 20
# What the stories say in a second would take people minutes; how fast messages may go has tests of its own.
UNHURRIED = replace(wecom.PACE, per_minute=10_000, per_minute_in_group=10_000, per_second=10_000, per_hour=0)


def app_settings(fake: FakeWeCom, **more: str) -> dict[str, Any]:
    """What whoever runs the store sets for the app, and for a group's robot."""
    return {
        "wecom_corp_id": CORP,
        "wecom_agent_id": AGENT,
        "wecom_secret": SECRET,
        "wecom_token": SEALER.token,
        "wecom_aes_key": SEALER.encoding_key,
        "wecom_base_url": fake.base_url,
        **more,
    }


def join_app(url: str, userids: Mapping[str, str]) -> None:
    """These people have spoken with the app before."""
    _settle_in(url, {"channel": wecom.NAME, "account": f"{CORP}/{AGENT}"}, userids)


@contextmanager
def app_shop(folder: Path, url: str, people: Mapping[str, str]) -> Iterator[tuple[Served, dict[str, Voice]]]:
    """Everybody has spoken with the app before; the group has a robot."""
    with unhurried(), FakeWeCom(time.time) as fake:
        members = {key: fake.member(f"{key.title()}01", name) for key, name in people.items()}
        group = fake.robot(ROBOT, *members.values())
        port = free_port()
        fake.calls_at(f"http://127.0.0.1:{port}{wecom.PATH}")
        join_app(url, {key: one.userid.lower() for key, one in members.items()})
        with opened(folder, url, now=START, port=port, **app_settings(fake, wecom_robot_key=ROBOT)) as served:
            yield served, {key: WeComVoice(served, fake, member, group) for key, member in members.items()}
            assert (fake.complaints, fake.dropped, fake.lost) == ([], [], [])


@contextmanager
def bot_shop(folder: Path, url: str, people: Mapping[str, str]) -> Iterator[tuple[Served, dict[str, Voice]]]:
    """Everybody has spoken with the bot before, in the group too."""
    with unhurried(), FakeWeComBot(time.time) as fake:
        known = {key: fake.person(f"{key.title()}01") for key in people}
        group = fake.group("wrGroup01", *known.values())
        place = {"channel": wecom_bot.NAME, "account": bots.BOT_ID}
        _settle_in(url, place, {key: one.userid for key, one in known.items()}, group.id)
        fake.has_heard_everybody()
        settings: dict[str, Any] = {
            "wecom_bot_id": bots.BOT_ID,
            "wecom_bot_secret": bots.SECRET,
            "wecom_ws_url": fake.url,
        }
        with opened(folder, url, now=START, **settings) as served:
            heard = Heard(url)
            _wait_until(lambda: fake.is_connected)
            yield served, {key: BotVoice(served, one, group, heard) for key, one in known.items()}
            assert fake.complaints == []


@dataclass
class Heard:
    """What was said to the bot is not acknowledged, so whoever said something waits until it is kept."""

    url: str
    said: int = 0

    def one_more(self) -> None:
        self.said += 1
        _wait_until(self._are_kept)

    def _are_kept(self) -> bool:
        with looking_into(self.url) as session:
            kept = session.exec(select(func.count()).where(Inbox.channel == wecom_bot.NAME)).one()
        return kept >= self.said


def _wait_until(happened: Any) -> None:
    until = monotonic_seconds() + PATIENCE_SECONDS
    while not happened():
        assert monotonic_seconds() < until, "it does not happen"
        time.sleep(0.005)


@contextmanager
def unhurried() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(wecom, "PACE", UNHURRIED)
        patched.setattr(pace, "WINDOWS", ((timedelta(minutes=1), 10_000),))
        patched.setattr(sending, "PER_MINUTE", 10_000)
        patched.setattr(sending, "PER_HOUR", 10_000)
        patched.setattr(things, "PER_MINUTE", 10_000)
        patched.setattr(wecom_bot.WeComBot, "can", replace(wecom_bot.WeComBot.can, pace=None))
        yield


def _settle_in(url: str, place: Mapping[str, str], userids: Mapping[str, str], group: str = "") -> None:
    database = Database(url)
    database.write_now(partial(_bind, place=place, userids=userids, group=group))
    database.close()


def _bind(session: Session, *, place: Mapping[str, str], userids: Mapping[str, str], group: str) -> None:
    before = datetime.fromisoformat(START) - timedelta(days=1)
    for key, userid in userids.items():
        known = staff.by_key(session, key)
        assert known is not None
        contact = staff.contact(session, **place, address=userid)
        staff.bind(session, contact, known.id)
        staff.spoke(session, contact.id, now=before)
        store_id = known.store_id
    if group:
        group_chats.take_group(session, store_id, name="店面群", **place, address=group)
