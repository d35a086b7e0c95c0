"""`qiantai check` says every rule of a store in words, and every mistake with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from bot import texts
from bot.operating.checking import in_words
from bot.rules.book import Rulebook
from bot.rules.workflow import STEPS, Step
from bot.storefile import read_store
from bot.texts import text
from tests.operating.commands import DEMO, Terminal

NOW = datetime.fromisoformat("2026-11-25T10:00:00+08:00")
SAMPLE = DEMO.read_text("utf-8")
TEMPLATE = (texts.TEMPLATES / "check.j2").read_text("utf-8")


def words(toml: str = SAMPLE) -> str:
    return "\n".join(in_words(read_store(toml), Path("store.toml"), NOW))


def fields(model: Any) -> Iterator[str]:
    """The names of all settings of a part, those of tables and lists inside it too."""
    if isinstance(model, type) and issubclass(model, BaseModel):
        for name, field in model.model_fields.items():
            yield name
            yield from fields(field.annotation)
    for inner in get_args(model):
        yield from fields(inner)


@pytest.mark.parametrize("part", Rulebook.model_fields)
def test_every_setting_of_every_part_is_said(part: str) -> None:
    block = re.search(rf"{{% block {part} %}}(.*?){{% endblock %}}", TEMPLATE, re.DOTALL)
    assert block is not None, f"bot/templates/check.j2 needs a block {part}"

    unsaid = {
        name for name in fields(Rulebook.model_fields[part].annotation) if not re.search(rf"\.{name}\b", block[1])
    }

    assert unsaid - {"key"} == set()


# What the sample store's check says: season hours, holidays, make-up days, deep cleans, people.
SAID = [
    "冬季，每年 10月1日起：9:00–12:00、14:00–17:30，一天 6 小时 30 分",
    "国庆节 10月1日至10月7日",
    "2026 年补班：周日 1月4日、周六 2月14日",
    "2027 年放假（还没公布，暂按推算）：元旦 1月1日至1月3日",
    "接下来：周三 11月25日、周三 12月9日",
    "周四 2027年2月11日（从 周三 2027年2月10日 顺延）",
    "不休假的日子：周三、周六",
    "病假（也说 生病）：不用批，告诉一声，哪天都可以",
    "2 个工作小时 没答复，提醒批的人；以后每隔 半个工作日 再提醒",
    "3 做估算：预算员，从收到平面方案算 半个工作日，估算表交客户经理，要填交接表",
    "8 出施工图：设计师，从签协议并交设计费算 7 天，施工图纸交预算员",
    "按天算的还提前 2 天和当天早上提醒",
    "过了 1 个工作小时 告诉客户经理，过了 1 个工作日 告诉总经办",
    "刘总（liu）：总经办，总经办，不在时由 周敏 代批",
    "审批人都有代批人",
]


@pytest.mark.parametrize("said", SAID)
def test_the_sample_store_is_said_in_words(said: str) -> None:
    assert said in words()


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.key)
def test_every_step_of_the_process_is_said_with_its_owner(step: Step) -> None:
    name, owner = text(f"process.name_{step.key}"), text(f"staff.role_{step.owner}")

    assert f"· {step.number} {name}：{owner}" in words()


@pytest.mark.parametrize("step", [step for step in STEPS if step.hands], ids=lambda step: step.key)
def test_what_a_step_hands_on_is_said(step: Step) -> None:
    line = next(line for line in words().splitlines() if f" {text(f'process.name_{step.key}')}：" in line)

    assert step.hands is not None
    assert text(f"process.paper_{step.hands.paper}") in line
    assert text(f"staff.role_{step.hands.to}") in line
    assert ("要填交接表" in line) is step.hands.form_required


def test_a_store_that_sets_other_limits_hears_them() -> None:
    toml = SAMPLE.replace('floor_plan = "2wd"', 'floor_plan = "20h"').replace(
        "on_the_morning = true", "on_the_morning = false"
    )

    said = words(toml)

    assert "2 量房、出方案：设计师，从量完房算 20 个工作小时，" in said
    assert "按天算的还提前 2 天提醒" in said


def test_who_has_no_deputy_and_no_phone_and_who_left_is_said() -> None:
    toml = SAMPLE.replace('deputy = "liu"\nactive = true', "active = true", 1)
    toml = toml.replace('phone = "13800000003"\n', "").replace('department = "预算部"\nactive = true', "active = false")

    said = words(toml)

    assert "没有代批人的审批人：周敏" in said
    assert "王磊（wang）：设计师，设计部，没有写电话" in said
    assert "已离开：赵倩" in said


def test_no_phone_number_is_said() -> None:
    assert "1380000" not in words()


def test_a_store_that_does_without_says_so() -> None:
    toml = SAMPLE.replace("ordinals = [2, 4]", "ordinals = []").replace('["wed", "sat"]', "[]")

    said = words(toml.replace("take_back_minutes = 10", "take_back_minutes = 0"))

    assert "【大扫除】不安排" in said
    assert "不休假的日子：没有" in said
    assert "不能撤回" in said


def test_every_mistake_is_told_with_its_line(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "store.toml"
    file.write_text(SAMPLE.replace('"gm_office"]', '"gm_offise"]').replace("longest_days = 30", 'longest_days = "x"'))

    said = terminal.types("check", file)

    assert said.code == 1
    assert len(re.findall(r"第 \d+ 行", said.text)) >= 2
    assert "gm_office" in said.text


def test_a_file_without_mistakes_ends_well(terminal: Terminal) -> None:
    said = terminal.types("check", DEMO)

    assert said.code == 0
    assert "没有写错的地方" in said.text
    assert not (terminal.folder / "data").exists()
