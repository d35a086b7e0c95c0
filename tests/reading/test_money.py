"""Sums of money as people type them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.reading import Misread, read_money


@pytest.mark.parametrize(
    ("said", "yuan"),
    [
        ("3万5", "35000"),
        ("三万五千", "35000"),
        ("35000元", "35000"),
        ("12.8万", "128000"),
        ("12.8万元", "128000"),
        ("1,200元", "1200"),
        ("1，200元", "1200"),
        ("￥1200", "1200"),
        ("¥1,200.50", "1200.5"),
        ("rmb 800", "800"),
        ("800 RMB", "800"),
        ("人民币五百元整", "500"),
        ("两千块", "2000"),
        ("五千块钱", "5000"),
        ("3块5", "3.5"),
        ("12元5角3分", "12.53"),
        ("5毛", "0.5"),
        ("壹万元整", "10000"),
        ("3w", "30000"),
        ("0", "0"),
        ("99.99", "99.99"),
    ],
)
def test_sums_are_read_in_yuan(said: str, yuan: str) -> None:
    value = read_money(said)

    assert value == Decimal(yuan)
    assert value.as_tuple().exponent in (0, -1, -2)


@pytest.mark.parametrize(
    "said", ["", "元", "3到5万", "三万多", "12.345元", "-5", "很贵", "3块55毛", "5分钱呢", "9" * 50]
)
def test_what_is_not_one_sum_is_asked_back(said: str) -> None:
    with pytest.raises(Misread) as caught:
        read_money(said)

    assert caught.value.key == "reading.not_money"
