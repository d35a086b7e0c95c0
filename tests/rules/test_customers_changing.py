"""What is corrected: how a line is taken apart, whose it is, what becomes of a clock."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pytest

from bot.rules import customers_changing as rules
from bot.rules.book import Rulebook
from bot.rules.customers import WISHES
from bot.rules.customers_changing import Said
from bot.rules.workflow import BY_KEY, StepKey
from bot.texts import text
from storage.customers import CaseState
from storage.staff import Role

BOOK = Rulebook()
DAYS = Rulebook.model_validate({"process": {"floor_plan": "3d"}})
HOURS = Rulebook.model_validate({"process": {"floor_plan": "4h"}})
TUESDAY, WEDNESDAY = "11-24 16:00", "11-25 09:30"


def at(moment: str) -> datetime:
    return datetime.strptime(f"2026-{moment}", "%Y-%m-%d %H:%M").replace(tzinfo=BOOK.working.zone)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("李女士 电话 13800000003", Said("李女士", "电话", "13800000003")),
        ("李女士的电话改成13800000003", Said("李女士", "电话", "13800000003")),
        ("2026-0031面积：130平", Said("2026-0031", "面积", "130平")),
        ("阳光小区 小区 翠湖苑", Said("阳光小区", "小区", "翠湖苑")),  # a piece of a name is no word for a fact
        ("李女士 预算总价 12万", Said("李女士", "预算总价", "12万")),  # the longest word counts
        ("李女士 预算 12万", Said("李女士", "预算", "12万")),
        ("李女士，备注 是老客户", Said("李女士，", "备注", "老客户")),
        ("李女士 130平", Said("李女士 130平")),
        ("电话 13800000003", Said("", "电话", "13800000003")),
    ],
)
def test_a_line_is_whose_what_and_what_is_right(line: str, said: Said) -> None:
    assert rules.taken_apart(line) == said


def test_a_word_for_two_facts_means_the_one_that_somebody_may_correct() -> None:
    called = [rules.fact_called("预算", known) for known in (["budget", "budget_total"], ["budget_total"], [])]

    assert called == ["budget", "budget_total", "budget"]


def test_every_fact_has_words_of_its_own_and_the_first_is_on_its_button() -> None:
    words = [word for known in rules.WORDS.values() for word in known]
    buttons = {fact: text(f"customers.label_{fact}") for fact in rules.OWN}
    buttons |= {fact: text(f"customers_changing.label_{fact}") for fact in rules.BY_KEY}

    assert [word for word, often in Counter(words).items() if often > 1] == ["预算"]
    assert {fact: rules.WORDS[fact][0] for fact in buttons} == buttons


def test_everything_of_the_reception_can_be_corrected() -> None:
    of_home = {*rules.OF_CUSTOMER, *rules.OF_CASE, "area"}

    assert set(rules.OWN) == of_home | set(WISHES)


@pytest.mark.parametrize(
    ("person", "manages", "state", "may"),
    [
        (7, True, CaseState.OPEN, True),
        (3, False, CaseState.OPEN, True),  # the designer of the case
        (4, False, CaseState.OPEN, True),  # who recorded it
        (5, False, CaseState.OPEN, False),
        (7, True, CaseState.SIGNED, False),
        (3, False, CaseState.LOST, False),
    ],
)
def test_the_survey_is_corrected_by_whose_it_was(person: int, manages: bool, state: CaseState, may: bool) -> None:
    team = {Role.DESIGNER: 3, Role.ESTIMATOR: 5}

    assert (
        rules.may_correct(rules.BY_KEY["surveyed_at"], person, manages=manages, recorded_by=4, team=team, state=state)
        is may
    )


@pytest.mark.parametrize(
    ("book", "due", "was", "now", "moved"),
    [
        (BOOK, "12-02 17:30", WEDNESDAY, TUESDAY, "12-01 17:30"),
        (BOOK, "12-01 17:30", TUESDAY, WEDNESDAY, "12-02 17:30"),
        (BOOK, "12-02 17:30", WEDNESDAY, "11-25 08:00", "12-02 17:30"),  # the same day
        (BOOK, "12-02 11:00", WEDNESDAY, TUESDAY, "12-01 11:00"),  # the last day had begun before the pause
        (DAYS, "12-03 17:30", WEDNESDAY, TUESDAY, "12-02 17:30"),
        (HOURS, "12-02 15:00", WEDNESDAY, "11-25 10:30", "12-02 16:00"),
    ],
)
def test_a_clock_that_stood_still_is_due_as_much_earlier_or_later(
    book: Rulebook, due: str, was: str, now: str, moved: str
) -> None:
    step = BY_KEY[StepKey.FLOOR_PLAN]

    assert rules.due_moved(step, at(due), was=at(was), at=at(now), rules=book) == at(moved)
