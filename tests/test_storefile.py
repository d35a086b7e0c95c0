"""A store's file: each mistake with its line and a kind sentence, whatever is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import texts
from bot.rules.book import Rulebook
from bot.storefile import Mistake, StoreFile, StoreFileError, read_store
from bot.storemistakes import TEXTS
from tests.test_storefile_sample import models

# Ten lines without a mistake; what a test adds starts on line 11.
GOOD = """\
[store]
key = "south"
name = "城南店"
[[staff]]
key = "liu"
name = "刘总"
roles = [
  "gm_office",
  "client_manager",
]
"""
WANG = '[[staff]]\nkey = "wang"\nname = "王磊"\nroles = ["designer"]\n'
SEASON = '[[calendar.seasons]]\nname = "夏季"\nstarts = "05-01"\nsessions = ["09:00-12:00"]\n'
SICK = '[[leave.kinds]]\nkey = "sick"\nname = "病假"\n'


def mistakes(text: str) -> list[Mistake]:
    """What is wrong with a file; rendered once, because every mistake must have its sentence."""
    try:
        read_store(text)
    except StoreFileError as error:
        return [one for one in error.mistakes if sentence(one)]
    return []


def sentence(one: Mistake) -> str:
    return texts.plain(texts.text(one.key, **one.values))


def found(text: str) -> list[tuple[int, str]]:
    return [(one.line, one.key) for one in mistakes(text)]


def test_a_small_file_is_a_store_with_the_handbooks_rules() -> None:
    file = read_store(GOOD)

    assert (file.store.key, file.store.name) == ("south", "城南店")
    assert [person.name for person in file.staff] == ["刘总"]
    assert file.groups == ()
    assert file.rules == Rulebook()
    assert type(file.rules) is Rulebook


# (added after line 10, line, key) a row.
MISTAKES = [
    # What is missing or unknown.
    ('[[staff]]\nkey = "wang"\nroles = ["designer"]', 11, "store.missing"),
    ("[leaves]\nlongest_days = 3", 11, "store.unknown_key"),
    ("[leave]\n\nlongest_day = 3", 13, "store.unknown_key"),
    (WANG + 'phnoe = "13800000001"', 15, "store.unknown_key"),
    (
        "[calendar]\nrest_weekdays = []\nseasons = [\n  {name = 'x', starts = '01-01', colour = 1}\n]",
        14,
        "store.unknown_key",
    ),
    # Keys, names, roles.
    (WANG.replace('"wang"', '"Wang"'), 12, "store.key_pattern"),
    (WANG.replace('"wang"', '"w' + "x" * 31 + '"'), 12, "store.key_pattern"),
    (WANG.replace('"wang"', '"王磊"'), 12, "store.key_pattern"),
    (WANG.replace('"wang"', '"bot"'), 12, "store.key_reserved"),
    (WANG.replace('"王磊"', '"  "'), 13, "store.text_empty"),
    (WANG.replace('"王磊"', '"' + "王" * 21 + '"'), 13, "store.text_too_long"),
    (WANG.replace('"王磊"', "12"), 13, "store.not_text"),
    (WANG.replace('"王磊"', '"王\\u0000磊"'), 13, "store.invisible"),
    (WANG.replace('"王磊"', '"王\u200b磊"'), 13, "store.invisible"),
    (WANG.replace('["designer"]', "[]"), 14, "store.empty_list"),
    (WANG.replace('["designer"]', '"designer"'), 14, "store.not_a_list"),
    (WANG.replace('["designer"]', '[\n"estimator",\n"desinger",\n]'), 16, "store.not_a_choice"),
    (WANG + 'active = "no"', 15, "store.not_yes_or_no"),
    (WANG + "active = 0", 15, "store.not_yes_or_no"),
    (WANG + 'phone = "12345"', 15, "store.phone_unknown"),
    (WANG + "phone = ['13800000001']", 15, "store.phone_unknown"),
    # One part against another.
    (WANG.replace('"wang"', '"liu"'), 12, "store.key_twice"),
    (WANG.replace('"王磊"', '" 刘总 "'), 13, "store.name_twice"),
    (WANG + 'deputy = "zhou"', 15, "store.unknown_deputy"),
    (WANG + 'deputy = "刘总"', 15, "store.unknown_deputy"),
    (WANG + 'deputy = "wang"', 15, "store.own_deputy"),
    (WANG + '[[customers.designers]]\nkey = "wnag"', 16, "store.unknown_designer"),
    (WANG + '[[customers.designers]]\nkey = "wang"\n' * 2, 18, "store.designer_twice"),
    (
        WANG + 'deputy = "chen"\n[[staff]]\nkey = "chen"\nname = "陈静"\nroles = ["designer"]\nactive = false',
        15,
        "store.deputy_left",
    ),
    ('[[groups]]\nkey = "store"\nname = "甲"\n[[groups]]\nname = "乙"\nkey = "store"', 16, "store.key_twice"),
    ('[[groups]]\nkey = "private"\nname = "甲"', 12, "store.key_reserved"),
    ('[groups]\nkey = "store"', 11, "store.not_a_list"),
    ("groups = [1]", 11, "store.unknown_key"),
    # Working time.
    ('[calendar]\ntime_zone = "Asia/Chengdu"', 12, "calendar.time_zone_unknown"),
    ("[calendar]\nrest_weekdays = [\n'mon',\n'wen']", 14, "store.not_a_choice"),
    ("[calendar]\nclosed_on_holidays = 1", 12, "store.not_yes_or_no"),
    ("[calendar]\nseasons = []", 12, "calendar.seasons_empty"),
    (SEASON + SEASON.replace("05-01", "5-1"), 17, "calendar.seasons_same_start"),
    (SEASON.replace("05-01", "02-29"), 13, "calendar.season_start_unknown"),
    (SEASON.replace('"09:00-12:00"', '\n"09:00-12:00",\n"14:00-25:00"'), 16, "calendar.session_unknown"),
    (SEASON.replace('"09:00-12:00"', '"09:00-12:00", "11:00-13:00"'), 14, "calendar.sessions_overlap"),
    (SEASON.replace('"09:00-12:00"', '"12:00-09:00"'), 14, "calendar.session_backwards"),
    (SEASON.replace('"09:00-12:00"', ""), 14, "calendar.sessions_empty"),
    ("[[calendar.days]]\ndate = '2026-02-30'\nkind = 'open'", 12, "store.not_a_date"),
    ("[[calendar.days]]\ndate = 20260228\nkind = 'open'", 12, "store.not_a_date"),
    ("[[calendar.days]]\ndate = 2026-02-28T08:00:00\nkind = 'open'", 12, "store.not_a_date"),
    ("[[calendar.days]]\ndate = 2026-02-28\nkind = 'opened'", 13, "store.not_a_choice"),
    ("[[calendar.days]]\ndate = 2026-02-28\nkind = 'open'\n" * 2, 15, "calendar.day_twice"),
    ("[deep_clean]\nordinals = [2, 6]", 12, "store.number_too_large"),
    # Leave, approvals, notices.
    ('[leave]\nlongest_days = "30"', 12, "store.not_whole_number"),
    ("[leave]\nlongest_days = 1.5", 12, "store.not_whole_number"),
    ("[leave]\nlongest_days = 0", 12, "store.number_too_small"),
    ("[leave]\nkinds = []", 12, "store.no_kinds"),
    (SICK + "[[leave.kinds]]\nkey = 'ill'\nname = '病了'\nwords = ['病假']", 17, "store.kind_twice"),
    (SICK + SICK, 15, "store.kind_twice"),
    (SICK + "words = ['ok', '']", 14, "store.text_empty"),
    ('[approvals]\nsnooze = "2wd"', 12, "store.not_working_time"),
    ('[approvals]\nsnooze = "1.5h"', 12, "calendar.limit_fraction"),
    ("[approvals]\nsnooze = 30", 12, "calendar.limit_unknown"),
    ("[approvals]\nsnooze = '0m'", 12, "calendar.limit_zero"),
    ('[notices]\nquiet_from = "21点"', 12, "store.time_unknown"),
    ('[notices]\nquiet_from = "7:00"', 12, "store.quiet_hours"),
    ('[notices]\nquiet_from = 21:00:00\nquiet_until = "22:00"', 13, "store.quiet_hours"),
    ("notices = 5", 11, "store.unknown_key"),
]


@pytest.mark.parametrize(("added", "line", "key"), MISTAKES)
def test_a_mistake_is_told_with_its_line(added: str, line: int, key: str) -> None:
    assert (line, key) in found(GOOD + added)


@pytest.mark.parametrize(
    ("role", "key"), [("gm_office", "store.no_gm_office"), ("client_manager", "store.no_client_manager")]
)
def test_a_store_needs_those_who_decide_and_who_are_here(role: str, key: str) -> None:
    without = GOOD.replace(f'"{role}"', '"designer"')
    away = WANG.replace("designer", role) + "active = false"

    assert found(without) == [(4, key)]
    assert found(without + away) == [(4, key)]
    assert found(without + away.replace("false", "true")) == []


# (text, line, key) a row: text that is no TOML is told alone.
NOT_TOML = [
    ("[store]\nkey = “south”", 2, "store.full_width"),
    ('[[staff]]\nroles = ["designer"， "estimator"]', 2, "store.full_width"),
    ("[store]\nname = 城南店", 2, "store.not_quoted"),
    ("[store]\n名字 = 'x'", 2, "store.not_quoted"),
    ('[store]\nkey = "south\nname = "x"', 2, "store.unfinished"),
    ('[[staff]]\nroles = [\n  "designer",\n[[staff]]\n', 2, "store.unfinished"),
    ('[[staff]]\nroles = [\n  "designer"\n  "estimator"\n]', 2, "store.unfinished"),
    ('[store]\nname = """\nx\n\n', 2, "store.unfinished"),
    ("[store]\nkey = 'a'\n[groups]\n[store]", 4, "store.written_twice"),
    ("[store]\nkey = 'a'\nkey = [\n1,\n2]\n", 3, "store.written_twice"),
    ("[store]\nkey", 2, "store.not_toml"),
    ("[store]\nkey = south", 2, "store.not_toml"),
    ("[store]\nkey = 'a' name = 'b'", 2, "store.not_toml"),
    ("[[calendar.days]]\ndate = 2026-02-30", 2, "store.not_toml"),
    ("[store]\nname = 'a\0b'", 2, "store.not_toml"),
    ("[store]\n\nx = " + "9" * 5_000, 3, "store.number_too_long"),
    ("[store]\nx = " + "[" * 100_000, 2, "store.too_deep"),
    ("[store]\nname = '\ud800'", 2, "store.not_utf8"),
    ("# " + "很长" * 200_000, 1, "store.file_too_long"),
]


@pytest.mark.parametrize(("text", "line", "key"), NOT_TOML)
def test_what_is_no_toml_is_told_with_its_line_in_plain_words(text: str, line: int, key: str) -> None:
    assert found(text) == [(line, key)]


def test_an_empty_file_needs_a_store_and_people() -> None:
    assert found("") == [(1, "store.missing"), (1, "store.missing")]
    assert [one.where for one in mistakes("# nothing")] == ["staff", "store"]


def test_all_mistakes_are_told_at_once_in_the_order_of_their_lines() -> None:
    text = GOOD.replace("south", "South").replace('"刘总"', "5") + WANG + 'deputy = "zhou"\nphone = "1"\n[leav]\nx = 1'

    told = mistakes(text)

    assert [(one.line, one.where, one.key) for one in told] == [
        (2, "store.key", "store.key_pattern"),
        (6, "staff[1].name", "store.not_text"),
        (15, "staff[2].deputy", "store.unknown_deputy"),
        (16, "staff[2].phone", "store.phone_unknown"),
        (17, "leav", "store.unknown_key"),
    ]


def test_the_nearest_known_word_is_suggested() -> None:
    text = GOOD.replace('"client_manager"', '"client_manger"') + "[leaves]\nx = 1\n[notices]\nquite_from = '20:00'\n"

    told = {one.where: sentence(one) for one in mistakes(text)}

    assert "是不是想写 client_manager？" in told["staff[1].roles[2]"]
    assert "客户经理" in told["staff[1].roles[2]"]
    assert "是不是想写 leave？" in told["leaves"]
    assert "是不是想写 quiet_from？" in told["notices.quite_from"]


def test_a_deputy_called_by_name_is_told_the_key() -> None:
    told = mistakes(GOOD + WANG + 'deputy = "刘总"')

    assert "是不是想写 liu？" in sentence(told[0])


def test_a_second_use_names_the_line_of_the_first() -> None:
    told = mistakes(GOOD + WANG.replace("wang", "liu"))

    assert "第 5 行" in sentence(told[0])


def test_somebody_who_left_may_share_a_name_with_a_newcomer() -> None:
    left = WANG + "active = false\n"

    assert found(GOOD + left + WANG.replace('"wang"', '"wang2"')) == []


def test_phones_are_read_however_they_are_written() -> None:
    text = GOOD + WANG + "phone = 13800000003\n" + WANG.replace("wang", "chen").replace("王磊", "陈静")

    file = read_store(text + 'phone = "+86 138-0000-0004"')

    assert [person.phone for person in file.staff] == ["", "13800000003", "13800000004"]


def test_files_from_windows_are_read_as_others() -> None:
    text = "\ufeff" + (GOOD + "[leave]\nlongest_days = 0\n").replace("\n", "\r\n")

    assert found(text) == [(12, "store.number_too_small")]


def test_what_is_written_is_shown_short_and_without_control_characters() -> None:
    told = mistakes(GOOD + '[leave]\n"\\u001b[31m' + "x" * 500 + '" = 1')

    shown = sentence(told[0]) + told[0].where
    assert "\x1b" not in shown
    assert len(shown) < 200


WRONG_VALUES = [
    "1",
    "-1.5",
    "inf",
    "true",
    "''",
    "'x'",
    "[]",
    "[[]]",
    "{}",
    "{a = 1}",
    "2026-02-28",
    "07:30:00",
    "0x" + "f" * 9_999,
]


@pytest.mark.parametrize("value", WRONG_VALUES)
def test_a_value_of_any_type_in_any_place_is_told_and_never_breaks(value: str) -> None:
    whole = "\n".join(f"{name} = {value}" for name in StoreFile.model_fields)
    tables = "\n".join(
        f"[{name}]\n" + "\n".join(f"{key} = {value}" for key in model.model_fields) for name, model in models(StoreFile)
    )

    assert mistakes(whole)
    assert mistakes(tables.replace("[staff]", "[[staff]]").replace("[groups]", "[[groups]]"))


@given(
    st.lists(
        st.sampled_from([*GOOD.splitlines(), *SEASON.splitlines(), "key = 1", "[", "]]", "'", "\0", "王", "= {", "#"])
    )
)
def test_lines_in_any_order_are_read_or_told(lines: list[str]) -> None:
    told = mistakes("\n".join(lines))

    assert all(1 <= one.line <= len(lines) + 1 for one in told)


def test_every_kind_of_error_has_a_text() -> None:
    keys = {key for _, key in TEXTS} | {"store.refused"}

    assert keys - texts.keys() == set()
