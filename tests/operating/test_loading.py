"""`qiantai load`: what would change is shown first, for whom; it holds from a day that can be named."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import Session, select
from typer.testing import CliRunner, Result

from bot.__main__ import DEMO_STORE, cli
from storage.database import Database
from storage.stores import StoreRules

DEMO = DEMO_STORE.read_text("utf-8")
LATER_AFTERNOON = DEMO.replace('"14:00-17:30"', '"14:30-18:00"')


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QIANTAI_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("QIANTAI_DATABASE_URL", raising=False)
    return tmp_path


def qiantai(folder: Path, toml: str, *options: str) -> Result:
    path = folder / "store.toml"
    path.write_text(toml, "utf-8")
    return CliRunner().invoke(cli, ["load", str(path), *options])


def kept(folder: Path) -> list[StoreRules]:
    database = Database(f"sqlite:///{folder / 'data' / 'qiantai.db'}")
    try:
        return database.read_now(_rules)
    finally:
        database.close()


def _rules(session: Session) -> list[StoreRules]:
    return list(session.exec(select(StoreRules)))


def test_a_first_file_is_stored_and_nobody_is_told_of_a_change(folder: Path) -> None:
    answer = qiantai(folder, DEMO)

    assert answer.exit_code == 0
    assert "锦上装饰（城南店） 已载入。新来：刘总、周敏、王磊" in answer.output
    assert "会收到" not in answer.output


def test_what_changes_is_shown_with_the_names_of_all_who_will_read_it(folder: Path) -> None:
    qiantai(folder, DEMO)

    answer = qiantai(folder, LATER_AFTERNOON)

    assert "刘总、周敏、王磊、陈静、赵倩、孙强、吴刚 会收到：" in answer.output
    assert "冬季（10月1日 起）上班时间 09:00–12:00、14:30–18:00" in answer.output
    assert len(kept(folder)) == 2


def test_a_dry_run_stores_nothing(folder: Path) -> None:
    qiantai(folder, DEMO)

    answer = qiantai(folder, LATER_AFTERNOON, "--dry-run")

    assert "会收到：" in answer.output
    assert "没有存，什么都没有变" in answer.output
    assert len(kept(folder)) == 1


def test_people_who_come_and_go_are_shown_before_anything_is_stored(folder: Path) -> None:
    qiantai(folder, DEMO)

    answer = qiantai(folder, DEMO.replace('key = "wu"', 'key = "wujun"').replace('"吴刚"', '"吴军"'), "--dry-run")

    assert "新来：吴军。已离开：吴刚。" in answer.output


def test_rules_may_hold_from_a_later_day(folder: Path) -> None:
    qiantai(folder, DEMO)

    answer = qiantai(folder, LATER_AFTERNOON, "--from", "2999-12-02")

    assert answer.exit_code == 0
    assert "新的规则从 周一 2999年12月2日 起生效" in answer.output
    assert kept(folder)[1].valid_from.isoformat() == "2999-12-01T16:00:00+00:00"


@pytest.mark.parametrize(
    ("day", "says"),
    [
        ("2020-01-01", "已经过去了，规则只能从今天或以后的日子起生效"),
        ("明天", "“明天”不是日子，请这样写：2026-12-01"),
        ("2026-13-01", "“2026-13-01”不是日子"),
    ],
)
def test_a_day_that_cannot_be_is_explained(folder: Path, day: str, says: str) -> None:
    answer = qiantai(folder, DEMO, "--from", day)

    assert answer.exit_code == 2
    assert says in answer.output
    assert not (folder / "data" / "qiantai.db").exists()


def test_a_file_with_mistakes_changes_nothing(folder: Path) -> None:
    qiantai(folder, DEMO)

    answer = qiantai(folder, DEMO.replace('deputy = "liu"', 'deputy = "nobody"'))

    assert answer.exit_code == 1
    assert "store.toml 第" in answer.output
    assert len(kept(folder)) == 1
