"""Numbers as people type them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.reading import Misread, read_number


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("120", 120),
        ("120.5", Decimal("120.5")),
        ("１２０", 120),
        ("１２０．５", Decimal("120.5")),
        ("1,200", 1200),
        (" 120 ", 120),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("廿五", 25),
        ("卅", 30),
        ("一百", 100),
        ("一百二", 120),
        ("一百零二", 102),
        ("一百十五", 115),
        ("两百三", 230),
        ("三千", 3000),
        ("两千三", 2300),
        ("一万", 10000),
        ("一万二千三", 12300),
        ("三万五", 35000),
        ("三万零五", 30005),
        ("三千五百万", 35_000_000),
        ("一亿两千万", 120_000_000),
        ("3万5", 35000),
        ("12.8万", 128000),
        ("2千3百5十", 2350),
        ("3.5k", 3500),
        ("2w", 20000),
        ("一点五", Decimal("1.5")),
        ("一点五万", 15000),
        ("二十三点零五", Decimal("23.05")),
        ("一二零", 120),
        ("零五", 5),
        ("俩", 2),
        ("仨", 3),
        ("半", Decimal("0.5")),
        ("兩萬", 20000),
        ("壹万贰仟", 12000),
        ("0", 0),
    ],
)
def test_numbers_are_read_in_figures_and_in_characters(said: str, value: Decimal | int) -> None:
    assert read_number(said) == value


@pytest.mark.parametrize(
    "said",
    [
        "",
        "两三",
        "五六",
        "百",
        "3万50",
        "1.2.3",
        "12a",
        "很多",
        "三个",
        "120平",
        "--5",
        "1,20",
        "十百",
        "9" * 40,
        "٣",
        "½",
    ],
)
def test_what_is_no_number_or_only_about_one_is_asked_back(said: str) -> None:
    with pytest.raises(Misread) as caught:
        read_number(said)

    assert caught.value.key == "reading.not_a_number"


def test_a_unit_that_the_question_names_may_stand_behind_the_number() -> None:
    assert read_number("120平米", units=("平", "平米")) == 120
    assert read_number("120 平", units=("平", "平米")) == 120


def test_a_whole_number_is_an_int() -> None:
    assert isinstance(read_number("12.8万"), int)
    assert isinstance(read_number("12.5"), Decimal)
