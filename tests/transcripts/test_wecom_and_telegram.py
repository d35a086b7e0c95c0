"""WeCom and Telegram at once: asked in one, decided in the other, and both cards are true."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.channels import wecom
from tests.chat import START
from tests.services import free_port
from tests.telegram import FakeTelegram
from tests.transcripts.conftest import PEOPLE, UNHURRIED, settle_in, telegram_settings, unpaced
from tests.transcripts.shop import opened
from tests.transcripts.speakers import Speaker, TelegramVoice
from tests.transcripts.stories import CARD, FRIDAY
from tests.transcripts.wecom_shop import app_settings, join_app, unhurried
from tests.transcripts.wecom_voices import WeComVoice
from tests.wecom import FakeWeCom


@dataclass(frozen=True)
class Both:
    """王磊 is in WeCom, 周敏 on Telegram."""

    wang: Speaker
    zhou: Speaker


@pytest.fixture
def both(sample: Path, tmp_path: Path) -> Iterator[Both]:
    url, port = f"sqlite:///{tmp_path / 'store.db'}", free_port()
    shutil.copyfile(sample, tmp_path / "store.db")
    with unpaced(), unhurried(), FakeTelegram(limits=UNHURRIED) as telegram, FakeWeCom(time.time) as corp:
        # Whatever is said or pressed in WeCom comes twice, beside each other.
        corp.faults.copies = 2
        zhou, wang = telegram.user(PEOPLE["zhou"]), corp.member("WangLei", PEOPLE["wang"])
        group = telegram.group("店面群", zhou)
        settle_in(url, telegram, {"zhou": zhou}, group)
        join_app(url, {"wang": wang.userid.lower()})
        zhou.has_started()
        corp.calls_at(f"http://127.0.0.1:{port}{wecom.PATH}")
        settings = telegram_settings(telegram, "telegram-polling") | app_settings(corp)
        with opened(tmp_path, url, now=START, port=port, **settings) as served:
            yield Both(
                Speaker(PEOPLE["wang"], WeComVoice(served, corp, wang)),
                Speaker(PEOPLE["zhou"], TelegramVoice(served, telegram, zhou, group)),
            )
            assert (telegram.complaints, corp.complaints, corp.dropped) == ([], [], [])


def test_what_is_asked_in_wecom_is_decided_on_telegram_and_both_cards_are_true(both: Both) -> None:
    both.wang.says("请假 周五下午 家里有事")
    both.wang.presses("确认")
    both.zhou.hears(f"王磊 想调休半天\n{FRIDAY}", buttons=CARD)

    both.zhou.presses("同意")

    both.wang.hears(f"✅ 周敏 同意了：{FRIDAY} 调休。", buttons=["撤回"])
    both.wang.hears("✅ 周敏 已同意（10:00）", buttons=["撤回"])
    both.wang.hears_nothing_of("好，已交给 周敏")
    assert both.wang.times_heard("请假，对吗？") == 1
    both.zhou.hears("✅ 周敏 已同意（10:00）", buttons=["撤回决定"])
    both.zhou.hears_nothing_of("王磊 想调休半天")


def test_what_is_taken_back_in_wecom_changes_the_card_on_telegram(both: Both) -> None:
    both.wang.says("请假 周五下午 家里有事")
    both.wang.presses("确认")
    both.zhou.hears("王磊 想调休半天", buttons=CARD)

    both.wang.presses("撤回")

    both.zhou.hears("已撤回", buttons=[])
