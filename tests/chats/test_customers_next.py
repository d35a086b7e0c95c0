"""改客户, then on the next line 李女士: a command that asked whom it is about takes what is said next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chat import Person, Prepared, StoreAtWork, going_on, prepared
from tests.chats.customer_steps import LI, registers

WHICH = "哪位客户？"
NOT_UNDERSTOOD = "没听懂"


def two_customers(store: StoreAtWork) -> None:
    registers(store.person("zhou"), LI)
    registers(store.person("zhou"), "登记 李女士 13800000052 老客户介绍 云锦里 80平 两室一厅 2人")


@pytest.fixture(scope="module")
def with_two(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepared(sample, tmp_path_factory.mktemp("two"), two_customers)


@pytest.fixture
def store(with_two: Prepared, tmp_path: Path) -> Iterator[StoreAtWork]:
    with going_on(with_two, tmp_path) as opened:
        yield opened


@pytest.fixture
def zhou(store: StoreAtWork) -> Person:
    return store.person("zhou")


@pytest.mark.parametrize(
    ("command", "answer"),
    [("改客户", "哪一项不对？"), ("清除客户", "清除 2026-0001"), ("跟进", "聊了什么"), ("到哪一步了", "2026-0001")],
)
def test_a_command_that_asked_takes_the_next_line(zhou: Person, command: str, answer: str) -> None:
    zhou.says(command)
    asked = zhou.last().text
    zhou.says("2026-0001")

    assert WHICH in asked
    assert answer in zhou.last().text


def test_of_several_of_that_name_the_button_goes_on_with_the_same_command(zhou: Person) -> None:
    zhou.says("跟进")
    zhou.says("李女士 电话聊了，还在考虑")
    zhou.presses(next(label for label in zhou.last().buttons if "云锦里" in label))

    assert "2026-0002" in zhou.last().text
    assert "电话聊了，还在考虑" in zhou.last().text


def test_what_comes_a_quarter_of_an_hour_later_is_no_answer(store: StoreAtWork, zhou: Person) -> None:
    zhou.says("改客户")
    store.move(minutes=15)
    zhou.says("2026-0001 吧")

    assert NOT_UNDERSTOOD in zhou.last().text


def test_another_command_is_that_command(zhou: Person) -> None:
    zhou.says("改客户")
    zhou.says("谁休假")

    assert "休假" in zhou.last().text
    assert WHICH not in zhou.last().text
