"""When a customer is forgotten, and what of other texts goes with them (HANDBOOK 4)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from bot.rules.customers_forgetting import Traces, months_after, months_before, without

LI = Traces(
    number="2026-0031",
    phones=("13900000001", "139****0001"),
    names=("李女士",),
    estates=("锦绣花园 3栋", "锦绣花园"),
    words=("价格谈不拢", "婆婆要住朝南的房间"),
    files=("户型平面图.pdf",),
    shared=frozenset({"李女士", "锦绣花园"}),
)
ALONE = Traces(number="2026-0031", names=("李女士",), estates=("锦绣花园",))

# now, months, so long ago.
MONTHS = [
    ("2027-11-25T03:30", 12, "2026-11-25T03:30"),
    ("2028-02-29T03:30", 12, "2027-02-28T03:30"),
    ("2027-01-31T03:30", 2, "2026-11-30T03:30"),
    ("2031-12-01T03:30", 60, "2026-12-01T03:30"),
]


@pytest.mark.parametrize(("now", "months", "ago"), MONTHS)
def test_months_are_counted_back_by_the_calendar(now: str, months: int, ago: str) -> None:
    assert months_before(datetime.fromisoformat(now), months) == datetime.fromisoformat(ago)


def test_what_is_kept_for_months_goes_on_the_same_day_of_the_calendar() -> None:
    signed_at = datetime.fromisoformat("2026-11-30T10:00")

    assert months_after(signed_at, 60) == datetime.fromisoformat("2031-11-30T10:00")
    assert months_after(signed_at, 3) == datetime.fromisoformat("2027-02-28T10:00")


CORRECTED = Traces(
    number="2026-0031",
    phones=("13900000001", "138****0003"),
    masked=("138****0003",),
    names=("王女士", "李**"),
    cut=("李**",),
    shared=frozenset({"李强"}),
)


def test_what_was_corrected_goes_as_far_as_it_is_known() -> None:
    """The history keeps phones masked and names cut; a colleague of that surname stays."""
    assert without(CORRECTED, "登记 李芳 138-1234-0003", places=True) == "登记 ** **"
    assert without(CORRECTED, "13812340003", places=True) == "**"
    assert without(CORRECTED, "2026-0031 李芳，李强 量房", places=True) == "2026-0031 **，李强 量房"
    assert without(CORRECTED, "李芳 13812340004", places=True) == "李芳 13812340004"


# What stands there, what is left of it.
LEFT = [
    # By number, by phone in any spelling, by name and estate together.
    ("2026-0031 李女士 锦绣花园 · A 类", "2026-0031 ** ** · A 类"),
    ("登记 李女士 139-0000-0001 锦绣花园", "登记 ** ** **"),
    ("李女士 139****0001", "** **"),
    ("李女士锦绣花园的，约周六", "****的，约周六"),
    # A name and an estate that others have too are nobody's alone.
    ("李女士来过", "李女士来过"),
    ("外出 锦绣花园", "外出 锦绣花园"),
    # The door is nobody else's.
    ("外出 锦绣花园 3栋", "外出 **"),
    # Another's line in the same list stays.
    ("2026-0031 李女士 锦绣花园\n2026-0040 李女士 锦绣花园", "2026-0031 ** **\n2026-0040 李女士 锦绣花园"),
    ("2026-0031 李女士<br>原因：价格谈不拢", "2026-0031 **<br>原因：**"),
    # A text that speaks of no other case is about this one in every line.
    ("2026-0031，改称呼：\n李女士 → 李芳", "2026-0031，改称呼：\n** → 李芳"),
    # Short words are anybody's, long ones are not.
    ("价格谈不拢", "价格谈不拢"),
    ("婆婆要住朝南的房间", "**"),
    # Files of other customers are called so, too.
    ("户型平面图.pdf", "户型平面图.pdf"),
    ("2026-0031 户型平面图.pdf", "2026-0031 **"),
    # A form's number is no case's, a longer number no phone.
    ("HO-2026-0031 李女士", "HO-2026-0031 李女士"),
    ("合同 139000000015", "合同 139000000015"),
]


@pytest.mark.parametrize(("said", "left"), LEFT)
def test_what_finds_the_customer_goes_and_what_is_others_stays(said: str, left: str) -> None:
    assert without(LI, said, places=True) == left


def test_an_estate_alone_is_a_place_of_work() -> None:
    said = "锦绣花园量房，李女士在"

    assert [without(ALONE, "锦绣花园量房", places=places) for places in (True, False)] == ["**量房", "锦绣花园量房"]
    assert without(ALONE, said, places=False) == "**量房，**在"


def test_what_was_written_down_about_another_case_stays_in_the_same_words() -> None:
    said = "婆婆要住朝南的房间"

    assert [without(LI, said, places=places) for places in (True, False)] == ["**", said]
    assert without(LI, f"2026-0031 {said}", places=False) == "2026-0031 **"


# A queued notice holds the number beside the name; one about several is looked through text by text.
VALUES: list[tuple[Any, Any]] = [
    ({"number": "2026-0031", "name": "李女士", "at": 1}, {"number": "2026-0031", "name": "**", "at": 1}),
    ({"cases": [["2026-0031 李女士"], ["2026-0040 李女士"]]}, {"cases": [["2026-0031 **"], ["2026-0040 李女士"]]}),
    (None, None),
]


@pytest.mark.parametrize(("said", "left"), VALUES)
def test_a_value_that_speaks_of_one_case_is_one_line(said: Any, left: Any) -> None:
    assert without(LI, said, places=True) == left
