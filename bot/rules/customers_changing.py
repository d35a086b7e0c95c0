"""What was typed wrongly about a customer, or at a step of their case: what can be corrected, and by whom."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.rules import workflow_clock as clock
from bot.rules.book import Rulebook
from bot.rules.customers import TITLES
from bot.rules.limits import CalendarDays, WorkingDays, WorkingTime
from bot.rules.workflow import Need, Step, StepKey, limit_of
from bot.rules.workflow_record import Fact, Mark
from storage.customers import CaseState
from storage.staff import Role


class Part(StrEnum):
    """What of an entry it is: when it was, a sum, the number of a paper, words."""

    AT = "at"
    AMOUNT = "amount"
    NUMBER = "number"
    WORDS = "words"


@dataclass(frozen=True)
class Recorded:
    """A fact that a step put on record: a `part` of `mark`.

    Besides the managers and whoever recorded it those correct it who have a role of `by` in the case. `starts` are the
    steps whose clocks begin with it. It is corrected while the case is in `state`.
    """

    key: str
    mark: Mark
    part: Part
    by: tuple[Role, ...]
    starts: tuple[StepKey, ...] = ()
    state: CaseState = CaseState.OPEN


RECORDED = (
    Recorded("surveyed_at", Need.SURVEY_RECORDED, Part.AT, (Role.DESIGNER,), starts=(StepKey.FLOOR_PLAN,)),
    Recorded("materials_chosen", Need.MATERIALS_SELECTED, Part.WORDS, (Role.DESIGNER,)),
    Recorded("estimate_total", Fact.ESTIMATE_TOTAL, Part.AMOUNT, (Role.ESTIMATOR,)),
    Recorded("plan_met_at", Need.PLAN_MEETING_HELD, Part.AT, (Role.DESIGNER,), starts=(StepKey.PLAN_ADJUSTMENT,)),
    Recorded("agreement_number", Need.AGREEMENT_SIGNED, Part.NUMBER, (Role.CLIENT_MANAGER,)),
    Recorded("design_fee", Need.FEE_PAID, Part.AMOUNT, (Role.CLIENT_MANAGER,)),
    Recorded("budget_total", Fact.BUDGET_TOTAL, Part.AMOUNT, (Role.ESTIMATOR,)),
    Recorded("budget_met_at", Need.BUDGET_MEETING_HELD, Part.AT, (), starts=(StepKey.BUDGET_ADJUSTMENT,)),
    Recorded("contract_number", Fact.CONTRACT_SIGNED, Part.NUMBER, (), state=CaseState.SIGNED),
    Recorded("contract_value", Fact.CONTRACT_SIGNED, Part.AMOUNT, (), state=CaseState.SIGNED),
)
BY_KEY = {one.key: one for one in RECORDED}
# A yes to totals that are too far apart was a yes to these totals (HANDBOOK W5).
TOTALS = ("estimate_total", "budget_total")

# The customer's own facts, as people call them; the first word is the one on the button.
OWN: Mapping[str, tuple[str, ...]] = {
    "name": ("称呼", "姓名", "名字"),
    "phone": ("电话", "手机", "手机号", "手机号码", "电话号码", "号码"),
    "source": ("来源", "渠道"),
    "estate": ("小区", "楼盘", "地址"),
    "area": ("面积", "平方", "平米"),
    "layout": ("户型",),
    "residents": ("常住人数", "人口", "人数", "几口人", "常住"),
    "style": ("风格",),
    "budget": ("客户预算", "预算"),
    "grade": ("级别", "分类"),
    "dwelling": ("房屋", "房子"),
    "scope": ("承包方式", "承包"),
    "family": ("家里人", "家人"),
    "materials": ("材料",),
    "needs": ("必须有的", "要求"),
    "starts": ("开工", "开工时间", "交房"),
    "referrer": ("介绍人",),
    "compared": ("看过的公司",),
    "decides": ("谁拿主意", "拿主意"),
    "contact_time": ("联系时间",),
    "remarks": ("备注",),
}
# Shown at once; the others a button further.
FIRST = ("name", "phone", "source", "estate", "area", "layout", "residents", "style", "budget")
# A customer has these once, whichever of their homes is meant.
OF_CUSTOMER = ("name", "phone")
OF_CASE = ("source", "estate", "layout", "residents", "grade")
# Intake does not do without these.
NEEDED = ("name", "phone", "source", "estate", "area", "layout", "grade")
# What whoever has the open step works with; the others change nothing for them.
WORKED_WITH = frozenset(
    {
        *("phone", "estate", "area", "layout", "residents", "style", "budget"),
        *("dwelling", "scope", "family", "materials", "needs", "starts", "contact_time"),
    }
)
RECORDED_WORDS: Mapping[str, tuple[str, ...]] = {
    "surveyed_at": ("量房时间", "量房"),
    "materials_chosen": ("选材清单", "选材"),
    "estimate_total": ("估算总价", "估算"),
    "plan_met_at": ("方案讲解时间", "讲解方案的时间", "讲方案时间", "方案讲解"),
    "agreement_number": ("设计协议编号", "协议编号", "协议号"),
    "design_fee": ("设计费",),
    "budget_total": ("预算总价", "预算"),
    "budget_met_at": ("预算讲解时间", "讲解预算的时间", "讲预算时间", "预算讲解"),
    "contract_number": ("合同编号", "合同号"),
    "contract_value": ("合同金额", "合同价", "合同总价"),
}


class Elsewhere(StrEnum):
    """What is not corrected here, because it has a way of its own."""

    DESIGNER = "designer"
    OWNER = "owner"
    MEETING = "meeting"
    OUTCOME = "outcome"
    NUMBER = "number"


ELSEWHERE_WORDS: Mapping[str, tuple[str, ...]] = {
    Elsewhere.DESIGNER: ("设计师",),
    Elsewhere.OWNER: ("客户经理", "预算员", "项目经理", "工程部经理"),
    Elsewhere.MEETING: ("约见", "约见时间", "看方案时间", "看预算时间", "预交底"),
    Elsewhere.OUTCOME: ("客户意见", "客户的意见", "结果"),
    Elsewhere.NUMBER: ("客户编号", "编号"),
}
WORDS = {**OWN, **RECORDED_WORDS, **ELSEWHERE_WORDS}
_ANY = "|".join(map(re.escape, sorted({word for words in WORDS.values() for word in words}, key=len, reverse=True)))
_CALLED = re.compile(rf"改?(?P<word>{_ANY})(?:不对|错了|是|[:：])*")
# Behind a gap, a title (李女士电话) or a number; a piece of another word is none: 阳光小区.
_STANDS = re.compile(rf"(?:^|(?<=[\s，,、；;：:的\d{''.join({title[-1] for title in TITLES})}]))(?:{_ANY})")
_TO = "改成|改为|换成|应该是"
_INTO = re.compile(rf"^\s*(?:不对|错了)?[，,]?\s*(?:{_TO}|是)?\s*[:：]?\s*")
_LEADS = re.compile(rf"^\s*(?:{_TO})\s*[:：]?\s*")


@dataclass(frozen=True)
class Said:
    """A line: whose it is, what of it is wrong (a word for it), and what is right."""

    whose: str
    word: str = ""
    right: str = ""


def taken_apart(line: str) -> Said:
    """李女士 电话 13800000002, 李女士的电话改成13800000002: the customer, the word for the fact, the rest."""
    found = _STANDS.search(line)
    if found is None:
        return Said(line)
    return Said(line[: found.start()].rstrip(" 的"), found[0], _INTO.sub("", line[found.end() :], count=1).strip())


def without_into(right: str) -> str:
    """What is right, without the words that only lead to it: 改成山水花园, 应该是130平."""
    return _LEADS.sub("", right) or right


def fact_called(word: str, known: Collection[str]) -> str | None:
    """The fact that somebody means: one of the known, where the word may be several (an estimator's 预算)."""
    found = _CALLED.fullmatch(word.strip())
    meant = [fact for fact, words in WORDS.items() if found and found["word"] in words]
    return next((fact for fact in meant if fact in known), meant[0] if meant else None)


def word_at_beginning(words: str) -> int:
    """How many characters at the beginning are a word for a fact."""
    found = _CALLED.match(words)
    return found.end() if found else 0


def may_be_none(fact: str) -> bool:
    """Whether it can be left out: at the reception, or at its step the number of a paper."""
    return BY_KEY[fact].part == Part.NUMBER if fact in BY_KEY else fact not in NEEDED


def may_correct(
    one: Recorded, person_id: int, *, manages: bool, recorded_by: int, team: Mapping[Role, int], state: CaseState
) -> bool:
    """While the case is where the fact counts: managers, whoever recorded it, whose work it is in the case."""
    is_theirs = person_id == recorded_by or person_id in (team.get(role) for role in one.by)
    return state == one.state and (manages or is_theirs)


def offered(known: Collection[str], *, more: bool) -> list[str]:
    """Which of the facts are shown: the usual ones and what is on record, or all the rest."""
    first = [fact for fact in known if fact in FIRST or fact in BY_KEY]
    return [fact for fact in known if fact not in first] if more else first


def due_moved(step: Step, due_at: datetime, *, was: datetime, at: datetime, rules: Rulebook) -> datetime:
    """When a step is due whose clock began at another moment than was said, and has stood still in between.

    It is due as much earlier or later as it would be without the pause.
    """
    before, after = clock.due_at(step, was, rules), clock.due_at(step, at, rules)
    if before is None or after is None:
        return due_at
    calendar, day = rules.working, due_at.astimezone(rules.working.zone).date()
    was_day, new_day = before.astimezone(calendar.zone).date(), after.astimezone(calendar.zone).date()
    match limit_of(step, rules.process):
        case CalendarDays():
            return calendar.closes(day + (new_day - was_day))
        case WorkingDays() if due_at == calendar.closes(day):
            first, last = sorted((was_day, new_day))
            days = sum(calendar.is_open(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))
            return calendar.end_of_working_day(day, days if new_day > was_day else -days)
    if after >= before:
        return calendar.add_working(due_at, WorkingTime(calendar.working_between(start=before, end=after)))
    return calendar.subtract_working(due_at, WorkingTime(calendar.working_between(start=after, end=before)))
