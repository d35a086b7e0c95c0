"""`qiantai wecom-group`: WeCom's app makes the store's group, once, or a sentence says why it cannot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from storage import group_chats, staff, stores
from storage.database import Database
from storage.outbox import Outbox
from storage.staff import Group
from tests.operating.commands import DEMO, Terminal
from tests.operating.test_wecom_settings import APP, KEY
from tests.wecom import FakeWeCom
from tests.wecom.fake import AGENT, CORP, SECRET

ROBOT = {"QIANTAI_WECOM_ROBOT_KEY": KEY}


@pytest.fixture
def fake() -> Iterator[FakeWeCom]:
    with FakeWeCom() as opened:
        yield opened
        assert opened.complaints == []


@pytest.fixture
def terminal(tmp_path: Path, migrated: None, fake: FakeWeCom) -> Terminal:
    """Somebody whose store is loaded, where all but 吴刚 have spoken to WeCom's app."""
    own = {"CORP_ID": CORP, "AGENT_ID": str(AGENT), "SECRET": SECRET, "BASE_URL": fake.base_url}
    made = Terminal(tmp_path, **(APP | {f"QIANTAI_WECOM_{name}": value for name, value in own.items()}))
    assert made.types("load", DEMO).code == 0
    spoke = ("liu", "zhou", "wang", "chen", "zhao", "sun")
    for key in spoke:
        fake.member(key)
    in_the_rows(made, partial(speak, keys=spoke))
    return made


def in_the_rows(terminal: Terminal, work: Any) -> Any:
    database = Database(f"sqlite:///{terminal.folder}/data/qiantai.db")
    try:
        return database.write_now(work)
    finally:
        database.close()


def speak(session: Session, *, keys: Sequence[str]) -> None:
    for person in staff.with_keys(session, keys):
        made = staff.contact(session, channel="wecom", account=f"{CORP}/{AGENT}", address=person.key)
        staff.bind(session, made, person.id)


def another_apps_group(session: Session) -> None:
    [person] = staff.with_keys(session, ["zhou"])
    there = partial(group_chats.take_group, channel="wecom", account="another/1", address="x")
    there(session, person.store_id, name="旧群")


def rows(terminal: Terminal, table: Any) -> list[Any]:
    found: list[Any] = in_the_rows(terminal, lambda session: list(session.exec(select(table).order_by(table.id))))
    return found


def groups(terminal: Terminal) -> list[tuple[str, bool]]:
    """The name of each group in WeCom that ever was the store's, and whether it still is."""
    return [(one.name, one.given_up_at is None) for one in rows(terminal, Group) if one.channel == "wecom"]


def test_the_store_has_a_group_of_those_who_spoke_to_the_app(terminal: Terminal, fake: FakeWeCom) -> None:
    said = terminal.types("wecom-group", "店面群")

    [group] = fake.world.groups.values()
    assert said.code == 0
    assert "✅ 企业微信群“店面群”建好了，归锦上装饰（城南店），里面有 6 位同事。" in said.text
    assert "还没在企业微信里跟前台说过话：吴刚。" in said.text
    assert groups(terminal) == [("店面群", True)]
    assert [one.content["key"] for one in rows(terminal, Outbox)] == ["people.group_of_app"]
    assert (group.owner, len(group.members)) == ("zhou", 6)


def test_said_again_it_renames_the_group_and_takes_in_who_is_missing(terminal: Terminal, fake: FakeWeCom) -> None:
    terminal.types("wecom-group", "店面群")
    fake.member("wu")
    in_the_rows(terminal, partial(speak, keys=["wu"]))

    said = terminal.types("wecom-group", "城南店")

    [group] = fake.world.groups.values()
    assert "锦上装饰（城南店）已经有企业微信群了，没有再建：群名是“城南店”，7 位同事都在里面。" in said.text
    assert (group.name, len(group.members)) == ("城南店", 7)
    assert groups(terminal) == [("城南店", True)]
    assert len(rows(terminal, Outbox)) == 1


def test_another_app_makes_another_group_and_the_one_before_hears_nothing(terminal: Terminal, fake: FakeWeCom) -> None:
    in_the_rows(terminal, another_apps_group)

    terminal.types("wecom-group", "店面群")

    assert groups(terminal) == [("旧群", False), ("店面群", True)]


def test_an_app_that_not_all_of_the_corp_see_is_told_where_that_is_set(terminal: Terminal, fake: FakeWeCom) -> None:
    fake.app.sees_root = False

    said = terminal.types("wecom-group", "店面群")

    assert said.code == 1
    assert "可见范围，选最上面的部门（根部门）" in said.text
    assert groups(terminal) == []


def test_what_else_wecom_refuses_is_said_as_the_doctor_says_it(terminal: Terminal, fake: FakeWeCom) -> None:
    fake.allowed = frozenset()

    said = terminal.types("wecom-group", "店面群")

    assert said.code == 1
    assert "企业微信不让这台机器（127.0.0.1）用这个应用。" in said.text


@pytest.mark.parametrize(
    ("settings", "name", "sentence"),
    [
        ({}, "店面群", "先写上 QIANTAI_WECOM_CORP_ID"),
        (APP | ROBOT, "店面群", "每件事会说两遍"),
        (APP, " ", "群名要 1–50 个字"),
        (APP, "一" * 51, "群名要 1–50 个字"),
    ],
    ids=["no app", "a robot", "no name", "a long name"],
)
def test_what_cannot_be_is_a_sentence(tmp_path: Path, settings: dict[str, str], name: str, sentence: str) -> None:
    said = Terminal(tmp_path, **settings).types("wecom-group", name)

    assert said.code == 2
    assert sentence in said.text


def test_of_two_stores_none_gets_a_group_of_the_app(terminal: Terminal, fake: FakeWeCom) -> None:
    in_the_rows(terminal, partial(stores.put_store, key="renmin", name="人民路店"))

    said = terminal.types("wecom-group", "店面群")

    assert said.code == 1
    assert "这里有 2 家店" in said.text
    assert fake.calls == []


def test_without_a_store_there_is_no_group(tmp_path: Path) -> None:
    said = Terminal(tmp_path, **APP).types("wecom-group", "店面群")

    assert said.code == 1
    assert "还没有店" in said.text
