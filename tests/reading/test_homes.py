"""Homes as customers describe them: areas, rooms, who lives there, what it may cost."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.reading import (
    Misread,
    find_area,
    find_layout,
    find_residents,
    read_area,
    read_budget,
    read_layout,
    read_residents,
)


@pytest.mark.parametrize(
    ("said", "square_metres"),
    [
        ("120平", "120"),
        ("120", "120"),
        ("120平方米", "120"),
        ("89.5㎡", "89.5"),
        ("89.5m2", "89.5"),
        ("120 M²", "120"),
        ("１２０平", "120"),
        ("一百二十平", "120"),
        ("一百二", "120"),
        ("九十八个平方", "98"),
        ("120方", "120"),
        ("面积大概120平左右", "120"),
        ("套内89平", "89"),
        ("120多平", "120"),
    ],
)
def test_areas_are_read_in_square_metres(said: str, square_metres: str) -> None:
    assert read_area(said) == Decimal(square_metres)


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("很大", "not_an_area"),
        ("三室两厅", "not_an_area"),
        ("", "not_an_area"),
        ("3平", "area_unlikely"),
        ("13800000001", "area_unlikely"),
        ("-120", "not_an_area"),
    ],
)
def test_what_is_no_area_is_asked_back(said: str, key: str) -> None:
    with pytest.raises(Misread) as caught:
        read_area(said)

    assert caught.value.key == f"reading.{key}"


@pytest.mark.parametrize(
    ("said", "layout"),
    [
        ("三室两厅", "三室两厅"),
        ("3室2厅1卫", "三室两厅一卫"),
        ("3 室 2 厅", "三室两厅"),
        ("三房两厅两卫一厨", "三室两厅两卫一厨"),
        ("三居室", "三室"),
        ("两居", "两室"),
        ("二室一厅一阳台", "两室一厅一阳台"),
        ("户型：四室两厅复式", "四室两厅复式"),
        ("别墅", "别墅"),
        ("LOFT", "loft"),
    ],
)
def test_layouts_are_spelled_in_one_way(said: str, layout: str) -> None:
    assert read_layout(said) == layout


@pytest.mark.parametrize("said", ["", "大房子", "三室两厅朝南的那套", "99室2厅", "半室一厅", "120平"])
def test_what_is_no_layout_is_asked_back(said: str) -> None:
    with pytest.raises(Misread) as caught:
        read_layout(said)

    assert caught.value.key == "reading.not_a_layout"


@pytest.mark.parametrize(
    ("said", "people"),
    [
        ("4口人", 4),
        ("4人", 4),
        ("四个人", 4),
        ("一家三口", 3),
        ("一家五口人", 5),
        ("三口之家", 3),
        ("常住4人", 4),
        ("两口子", 2),
        ("我们俩", 2),
        ("就我一个人", 1),
        ("两大一小", 3),
        ("2个大人2个小孩", 4),
        ("6", 6),
        ("十二口人", 12),
    ],
)
def test_residents_are_counted(said: str, people: int) -> None:
    assert read_residents(said) == people


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("", "not_residents"),
        ("好多人", "not_residents"),
        ("0人", "residents_unlikely"),
        ("120人", "residents_unlikely"),
    ],
)
def test_what_is_no_number_of_residents_is_asked_back(said: str, key: str) -> None:
    with pytest.raises(Misread) as caught:
        read_residents(said)

    assert caught.value.key == f"reading.{key}"


@pytest.mark.parametrize(
    ("said", "yuan"),
    [
        ("20万", 200_000),
        ("20万左右", 200_000),
        ("15到20万", 200_000),
        ("15-20万", 200_000),
        ("二十万以内", 200_000),
        ("预算大概十五万", 150_000),
        ("12.5万", 125_000),
        ("200000", 200_000),
        ("20", 200_000),
    ],
)
def test_budgets_are_read_at_their_upper_end(said: str, yuan: int) -> None:
    assert read_budget(said) == yuan


@pytest.mark.parametrize("said", ["", "看情况", "5000", "不知道"])
def test_what_is_no_budget_is_asked_back(said: str) -> None:
    with pytest.raises(Misread) as caught:
        read_budget(said)

    assert caught.value.key == "reading.not_a_budget"


def test_what_stands_in_words_without_spaces_is_found() -> None:
    said = "锦绣花园120平三室两厅4口人"

    found = [place and said[place.start : place.end] for place in (find_area(said), find_layout(said))]
    people = find_residents(said)

    assert found == ["120平", "三室两厅"]
    assert people
    assert said[people.start : people.end] == "4口人"


@pytest.mark.parametrize("said", ["锦绣花园", "东方一品", "万方家园", "一号公馆"])
def test_names_of_estates_hold_no_area_no_rooms_no_people(said: str) -> None:
    assert (find_area(said), find_layout(said), find_residents(said)) == (None, None, None)
