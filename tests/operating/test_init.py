"""`qiantai init` asks in Chinese, or takes a small file, and writes a store's file in which everything is explained."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.operating import answers
from bot.operating.asking import Wrong
from bot.storefile import read_store
from storage.staff import Role
from tests.operating.commands import DEMO, Terminal

SAMPLE = DEMO.read_text("utf-8")
# A line an answer: an empty one is Enter.
TYPED = [
    *("好日子装饰（中山路店）", "zhongshan"),
    *("刘芳", "1", "", "", ""),
    *("周敏", "2", "", "138 0000 0002", ""),
    *("王磊", "3", "", "", "无"),
    "",  # nobody else
    *("", "无"),  # deputies
    "",  # the group
    *("8:30—12:00，13:30到17:30", ""),
    *("周一", "周四", "1 3", "六日"),
]
SMALL = """
[store]
key = "zhongshan"
name = "好日子装饰"

[[staff]]
key = "liu"
name = "刘芳"
roles = ["gm_office", "client_manager"]

[[leave.kinds]]
key = "personal"
name = "事假"

[approvals]
remind_after = "3h"

[[calendar.days]]
date = 2027-03-08
kind = "closed"
name = "店庆 # 1"
"""


def settings_explained(toml: str) -> set[str]:
    """The keys behind which an explanation stands."""
    return set(re.findall(r"^([a-z_]+) = .*? # ", toml, flags=re.MULTILINE))


def test_a_store_is_asked_for_one_question_after_the_other(terminal: Terminal, tmp_path: Path) -> None:
    said = terminal.types("init", tmp_path / "store.toml", answers="\n".join(TYPED) + "\n")

    assert said.code == 0, said.text
    file = read_store((tmp_path / "store.toml").read_text("utf-8"))
    assert (file.store.key, file.store.name) == ("zhongshan", "好日子装饰（中山路店）")
    assert [(one.key, one.name, one.roles[0], one.phone, one.department, one.deputy) for one in file.staff] == [
        ("liu", "刘芳", Role.GM_OFFICE, "", "总经办", "zhou"),
        ("zhou", "周敏", Role.CLIENT_MANAGER, "13800000002", "客户部", ""),
        ("wang", "王磊", Role.DESIGNER, "", "", ""),
    ]
    assert [(one.key, one.name) for one in file.groups] == [("zhongshan", "店面群")]
    assert [str(hours) for hours in file.calendar.seasons[0].sessions] == ["08:30-12:00", "13:30-17:30"]
    assert [str(hours) for hours in file.calendar.seasons[1].sessions] == ["09:00-12:00", "14:00-17:30"]
    assert [str(day) for day in file.calendar.rest_weekdays] == ["mon"]
    assert (str(file.deep_clean.weekday), file.deep_clean.ordinals) == ("thu", (1, 3))
    assert [str(day) for day in file.leave.no_leave_weekdays] == ["sat", "sun"]


def test_the_written_file_explains_every_setting_and_passes_the_check(terminal: Terminal, tmp_path: Path) -> None:
    terminal.types("init", tmp_path / "store.toml", answers="\n".join(TYPED) + "\n")

    written = (tmp_path / "store.toml").read_text("utf-8")
    people = {"deputy"}
    assert settings_explained(SAMPLE) - settings_explained(written) - people == set()
    assert f"qiantai load {tmp_path / 'store.toml'}" in written
    assert "王磊" in written
    assert "孙强" not in written
    assert terminal.types("check", tmp_path / "store.toml").code == 0


# The line that is wrong, in place of which line of TYPED, and what is explained.
WRONG = [
    ("", 0, "1 到 40 个字"),
    ("Zhongshan!", 1, "用小写英文字母开头"),
    ("9", 3, "1 到 6 的号码"),
    ("刘芳", 7, "已经有一位 刘芳"),
    ("liu", 9, "代号 liu 已经用了"),
    ("12", 10, "电话看不懂"),
    ("张三", 18, "没有 张三 这位同事"),
    ("早九晚五", 21, "时段看不懂"),
    ("18:00-09:00", 21, "结束早于开始"),
    ("周八", 23, "看不懂：写星期几"),
    ("一二三四五六日", 23, "不能七天都写"),
    ("周一 周二", 24, "只写一天"),
    ("6", 25, "写 1 到 5"),
]


@pytest.mark.parametrize(("typed", "line", "explained"), WRONG)
def test_a_wrong_answer_is_explained_and_asked_again(
    terminal: Terminal, tmp_path: Path, typed: str, line: int, explained: str
) -> None:
    lines = [*TYPED[:line], typed, *TYPED[line:]]

    said = terminal.types("init", tmp_path / "store.toml", answers="\n".join(lines) + "\n")

    assert explained in said.text
    assert said.code == 0, said.text


def test_a_store_in_which_nobody_decides_is_asked_for_one_more(terminal: Terminal, tmp_path: Path) -> None:
    lines = [*TYPED[:7], "", *TYPED[7:]]

    said = terminal.types("init", tmp_path / "store.toml", answers="\n".join(lines) + "\n")

    assert "还缺一位客户经理" in said.text
    assert said.code == 0


@pytest.mark.parametrize("answered", [0, 1, 5, 20, len(TYPED) - 1])
def test_an_input_that_ends_leaves_nothing_behind(terminal: Terminal, tmp_path: Path, answered: int) -> None:
    said = terminal.types("init", tmp_path / "store.toml", answers="".join(f"{line}\n" for line in TYPED[:answered]))

    assert said.code == 1
    assert "什么都没有写" in said.text
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_left_alone(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "store.toml").write_text("mine")

    said = terminal.types("init", tmp_path / "store.toml")

    assert said.code == 1
    assert "没有动它" in said.text
    assert (tmp_path / "store.toml").read_text() == "mine"


def test_answers_come_from_a_small_file_without_a_question(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(SMALL, "utf-8")

    said = terminal.types("init", tmp_path / "store.toml", "--from", tmp_path / "small.toml")

    assert said.code == 0, said.text
    written = read_store((tmp_path / "store.toml").read_text("utf-8"))
    small = read_store(SMALL)
    assert written.staff == small.staff
    assert (written.leave, written.approvals) == (small.leave, small.approvals)
    assert written.calendar.days == small.calendar.days
    assert [one.key for one in written.groups] == ["zhongshan"]


def test_a_store_without_a_group_may_be_written(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text("groups = []\n" + SMALL, "utf-8")

    terminal.types("init", tmp_path / "store.toml", "--from", tmp_path / "small.toml")

    assert read_store((tmp_path / "store.toml").read_text("utf-8")).groups == ()


def test_mistakes_of_the_small_file_are_told_with_their_lines(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(SMALL.replace("client_manager", "manager"), "utf-8")

    said = terminal.types("init", tmp_path / "store.toml", "--from", tmp_path / "small.toml")

    assert said.code == 1
    assert "第 9 行" in said.text
    assert not (tmp_path / "store.toml").exists()


# name, role, taken, the key that is proposed.
PROPOSED = [
    ("王磊", Role.DESIGNER, [], "wang"),
    ("王芳", Role.DESIGNER, ["wang", "wang2"], "wang3"),
    ("欧阳峰", Role.DESIGNER, [], "ouyang"),
    ("Anna", Role.DESIGNER, [], "anna"),
    ("丌官", Role.ESTIMATOR, [], "estimator"),
]


@pytest.mark.parametrize(("name", "role", "taken", "proposed"), PROPOSED)
def test_a_key_is_proposed_by_the_surname(name: str, role: Role, taken: list[str], proposed: str) -> None:
    assert answers.proposed_key(name, role, taken=taken) == proposed


@pytest.mark.parametrize(
    "said", ["9：00-12：00 14:00～17:30", "09:00至12:00、14:00–17:30", "9:00-12:00, 14:00 - 17:30"]
)
def test_hours_may_be_typed_as_people_write_them(said: str) -> None:
    assert answers.sessions(said) == ["09:00-12:00", "14:00-17:30"]


def test_no_hours_at_all_are_explained() -> None:
    with pytest.raises(Wrong):
        answers.sessions("")


def test_ctrl_c_leaves_nothing_behind(terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("builtins.input", interrupted)

    said = terminal.types("init", tmp_path / "store.toml")

    assert said.code == 1
    assert "什么都没有写" in said.text
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_said(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(SMALL, "utf-8")

    said = terminal.types("init", tmp_path / "nowhere" / "store.toml", "--from", tmp_path / "small.toml")

    assert said.code == 1
    assert "写不了" in said.text
