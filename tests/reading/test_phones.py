"""Phone numbers as people type them."""

from __future__ import annotations

import pytest

from bot.reading import Misread, read_phone


@pytest.mark.parametrize(
    "said",
    [
        "13800000001",
        "138 0000 0001",
        "138-0000-0001",
        "+86 13800000001",
        "+86-138-0000-0001",
        "0086 138 0000 0001",
        "１３８０００００００１",
        " 13800000001 ",
        "电话13800000001",
        "手机号：13800000001",
    ],
)
def test_a_mobile_number_is_kept_as_its_eleven_digits(said: str) -> None:
    assert read_phone(said) == "13800000001"


@pytest.mark.parametrize("said", ["028-85551234", "(028) 8555 1234", "（028）85551234", "02885551234"])
def test_a_landline_is_kept_with_its_area_code(said: str) -> None:
    assert read_phone(said) == "02885551234"


@pytest.mark.parametrize(
    "said",
    [
        "",
        "1380000000",
        "138000000012",
        "12345678901",
        "85551234",
        "400-800-1234",
        "+1 212 555 0100",
        "abc",
        "110",
        "九" * 11,
    ],
)
def test_what_nobody_in_china_can_be_called_at_is_asked_back(said: str) -> None:
    with pytest.raises(Misread) as caught:
        read_phone(said)

    assert caught.value.key == "reading.not_a_phone"
