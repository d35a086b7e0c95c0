"""How customers came, how their names are written, which designer suits, when they are contacted again."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.rules import customers as rules
from bot.rules.calendar import CalendarRules, calendar_for
from bot.rules.customers import Good, Source, Strength, Wishes
from bot.rules.customers_limits import Budget, CustomerRules, DesignerProfile
from storage.customers import Grade
from storage.staff import Role, Staff

CALENDAR = calendar_for(CalendarRules())
RULES = CustomerRules()


def at(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=CALENDAR.zone)


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ("自然到店", Source.WALK_IN),
        ("路过", Source.WALK_IN),
        ("老客户介绍", Source.REFERRAL),
        ("转介绍", Source.REFERRAL),
        ("朋友介绍的", Source.REFERRAL),
        ("朋友介绍来的", Source.REFERRAL),
        ("小区推广", Source.ESTATE),
        ("抖音", Source.WEB),
        ("在抖音上看到的", Source.WEB),
        ("小红书", Source.WEB),
        ("传单", Source.ADVERT),
        ("家博会", Source.FAIR),
        ("建材店推荐的", Source.PARTNER),
        ("来源：员工介绍", Source.STAFF),
        ("其他", Source.OTHER),
        ("锦绣花园", None),
        ("", None),
    ],
)
def test_people_say_in_many_ways_how_they_came(said: str, source: Source | None) -> None:
    assert rules.source_of(said) == source


def test_no_word_means_two_channels() -> None:
    words = [word for many in rules.SOURCE_WORDS.values() for word in many]

    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    ("name", "discreet"),
    [
        ("李女士", "李女士"),
        ("李芳女士", "李女士"),
        ("李芳", "李**"),
        ("欧阳娜", "欧阳**"),
        ("欧阳先生", "欧阳先生"),
        ("王总", "王总"),
        ("Tom Li", "T**"),
    ],
)
def test_others_read_the_surname_only(name: str, discreet: str) -> None:
    assert rules.discreet_name(name) == discreet


@pytest.mark.parametrize(
    ("said", "is_one"),
    [
        ("李女士", True),
        ("欧阳娜", True),
        ("李庭", True),
        ("Tom Li", True),
        ("锦绣花园", False),
        ("翠湖苑", False),
        ("东方一品庭", False),
        ("13900000001", False),
        ("李女士 锦绣花园", False),
        ("李" * 21, False),
    ],
)
def test_what_a_customer_can_be_called(said: str, is_one: bool) -> None:
    assert rules.is_name(said) is is_one


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("2026-0031", (2026, 31)),
        ("2026-31 签了", (2026, 31)),
        ("李女士２０２６—００３１", (2026, 31)),
        ("2026年", None),
        ("12026-0031", None),
    ],
)
def test_a_case_is_named_by_its_number(said: str, number: tuple[int, int] | None) -> None:
    assert rules.case_number_in(said) == number


def designer(number: int, key: str) -> Staff:
    return Staff(id=number, store_id=1, key=key, name=key, roles=[Role.DESIGNER])


WANG, CHEN = designer(3, "wang"), designer(4, "chen")
PROFILES = (
    DesignerProfile(key="wang", styles=("现代简约", "北欧"), strengths=("收纳做得细",), budgets=(Budget.UP_TO_20,)),
    DesignerProfile(key="chen", styles=("新中式",), strengths=("材料讲得清楚",), budgets=(Budget.UP_TO_50,)),
)

# (wishes, open cases, who is away, whom first)
CHOICES = [
    (Wishes(), {}, (), 3),
    (Wishes(style="新中式"), {}, (), 4),
    (Wishes(style="喜欢新中式的"), {3: 0, 4: 5}, (4,), 4),  # the style decides before load and presence
    (Wishes(budget=400_000), {4: 2}, (), 4),
    (Wishes(style="北欧", budget=400_000), {}, (), 3),  # the style before the budget
    (Wishes(), {3: 0, 4: 4}, (3,), 4),  # who is here before who has the time
    (Wishes(), {3: 2, 4: 1}, (), 4),
    (Wishes(style="工业风"), {3: 1, 4: 1}, (), 3),
]


@pytest.mark.parametrize(("wishes", "load", "away", "first"), CHOICES)
def test_who_suits_best_is_recommended_first(
    wishes: Wishes, load: dict[int, int], away: tuple[int, ...], first: int
) -> None:
    found = rules.recommend([WANG, CHEN], wishes, profiles=PROFILES, load=load, away=away)

    assert [one.staff_id for one in found] == [first, 7 - first]


def test_a_designer_is_introduced_with_two_strengths() -> None:
    found = rules.recommend([WANG, CHEN], Wishes("北欧", 150_000), profiles=PROFILES, load={3: 2, 4: 1}, away=())

    assert found[0].strengths == (Strength(Good.STYLE, "北欧"), Strength(Good.BUDGET))
    assert found[1].strengths == (Strength(Good.OWN, "材料讲得清楚"), Strength(Good.FREE))


def test_a_store_that_says_nothing_of_its_designers_recommends_them_all_the_same() -> None:
    found = rules.recommend([WANG, CHEN], Wishes("北欧"), profiles=(), load={3: 1}, away=())

    assert [(one.staff_id, one.strengths) for one in found] == [(4, (Strength(Good.FREE),)), (3, ())]


@pytest.mark.parametrize(
    ("opened", "first"),
    [
        ("2026-11-25 10:00", "2026-11-26 09:00"),
        ("2026-11-25 17:00", "2026-11-26 14:00"),
        ("2026-11-25 08:30", "2026-11-25 14:00"),
        ("2026-09-30 17:00", "2026-10-08 09:00"),  # National Day: the store is closed for a week
    ],
)
def test_a_new_customer_is_contacted_within_a_day(opened: str, first: str) -> None:
    assert rules.first_contact(at(opened), RULES, CALENDAR) == at(first)


@pytest.mark.parametrize(
    ("grade", "then"), [(Grade.A, "2026-11-27 09:00"), (Grade.B, "2026-12-02 09:00"), (Grade.C, "2026-12-25 09:00")]
)
def test_the_grade_says_when_they_are_contacted_again(grade: Grade, then: str) -> None:
    assert rules.next_contact(grade, at("2026-11-25 16:00"), RULES, CALENDAR) == at(then)


@pytest.mark.parametrize(
    ("said", "rings"),
    [
        ("2026-11-26 10:30", "2026-11-26 10:30"),
        ("2026-11-26 12:30", "2026-11-26 14:00"),
        ("2026-11-26 20:00", "2026-11-27 09:00"),
        ("2026-10-03 10:00", "2026-10-08 09:00"),
    ],
)
def test_a_reminder_rings_in_working_hours(said: str, rings: str) -> None:
    assert rules.at_work(at(said), CALENDAR) == at(rings)
