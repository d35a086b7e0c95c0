"""The fake WeCom refuses what the real one refuses, with its codes; each row is one that a client could run into."""

from __future__ import annotations

from typing import Any

import pytest

from tests.channels.wecom_in_process import HOUR, InProcess
from tests.wecom.fake import AGENT
from tests.wecom.world import MOST_GETTOKENS


@pytest.fixture
def wecom() -> InProcess:
    return InProcess()


# Tokens (checks 1 to 3).


def test_a_token_is_the_same_until_it_ends(wecom: InProcess) -> None:
    first = wecom.gets_token()
    wecom.clock.passes(7000)
    again = wecom.gets_token()
    wecom.clock.passes(200)

    assert (first["expires_in"], again["expires_in"]) == (7200, 200)
    assert first["access_token"] == again["access_token"]
    assert wecom.gets_token()["access_token"] != first["access_token"]


@pytest.mark.parametrize(("other", "code"), [({"corpid": "x"}, 40013), ({"corpsecret": "x"}, 40001)])
def test_a_wrong_secret_gets_no_token(wecom: InProcess, other: dict[str, str], code: int) -> None:
    assert wecom.gets_token(**other)["errcode"] == code


def test_a_token_that_is_missing_unknown_revoked_or_old_has_a_code_each(wecom: InProcess) -> None:
    old = wecom.token
    wecom.clock.passes(7200)
    revoked = wecom.token
    wecom.fake.revoke()

    assert [wecom.asks("message/send", {}, token)["errcode"] for token in ("", "x", old, revoked)] == [
        *(41001, 40014, 42001, 40014)
    ]


def test_who_asks_for_tokens_again_and_again_is_shut_out_and_told_of(wecom: InProcess) -> None:
    codes = [wecom.gets_token()["errcode"] for _ in range(MOST_GETTOKENS + 1)]
    wecom.clock.passes(HOUR)

    assert codes == [0] * MOST_GETTOKENS + [45009]
    assert wecom.gets_token()["errcode"] == 0
    assert wecom.fake.complaints == ["gettoken is called again and again"]


def test_an_address_that_is_not_allowed_is_told_its_address(wecom: InProcess) -> None:
    wecom.fake.allowed = frozenset({"10.0.0.1"})

    told = wecom.sends()

    assert told["errcode"] == 60020
    assert "from ip: 127.0.0.1, more info at https://open.work.weixin.qq.com/devtool/query?e=60020" in told["errmsg"]


# Messages (checks 4 to 8, 16).


SENDS: list[tuple[dict[str, Any], int]] = [
    ({}, 0),
    ({"agentid": str(AGENT)}, 40056),
    ({"agentid": None}, 40056),
    ({"agentid": 1}, 301002),
    ({"touser": ""}, 82001),
    ({"touser": ["wanglei"]}, 82001),
    ({"touser": "nobody"}, 81013),
    ({"touser": "guest"}, 81013),
    ({"touser": "@all"}, 0),
    ({"touser": "|".join("x" * 1001)}, 40032),
    ({"toparty": "|".join("x" * 101)}, 82002),
    ({"totag": "|".join("x" * 101)}, 82003),
    ({"msgtype": "markdown_v2"}, 40008),
    ({"text": {"content": " "}}, 44004),
    ({"text": None}, 44004),
    ({"msgtype": "file", "text": None, "file": {"media_id": "x"}}, 40007),
    ({"enable_duplicate_check": 1, "duplicate_check_interval": 14401}, 40058),
]


@pytest.mark.parametrize(("other", "code"), SENDS)
def test_a_message_is_taken_or_refused_by_its_code(wecom: InProcess, other: dict[str, Any], code: int) -> None:
    assert wecom.sends(**other)["errcode"] == code


def test_a_success_names_in_small_letters_who_was_missed(wecom: InProcess) -> None:
    told = wecom.sends(touser="WANGLEI|Nobody|Guest")

    assert (told["errcode"], told["invaliduser"]) == (0, "nobody|guest")
    assert len(wecom.wang.sees()) == 1


@pytest.mark.parametrize(("words", "complaints"), [("一" * 682, []), ("一" * 683, ["a text of 2049 bytes was cut"])])
def test_what_is_too_long_is_cut_between_characters_and_told(
    wecom: InProcess, words: str, complaints: list[str]
) -> None:
    assert wecom.sends(text={"content": words})["errcode"] == 0

    assert wecom.wang.sees()[0].text == words[:682]
    assert wecom.fake.complaints == complaints


def test_a_field_of_the_wrong_type_is_overlooked_and_told(wecom: InProcess) -> None:
    told = wecom.sends(text={"content": "好"}, safe="0", tosuer="x")

    assert told["errcode"] == 0
    assert told["errmsg"].startswith("Warning: wrong json format")
    assert wecom.fake.complaints == ["tosuer is unknown"]


def test_the_same_json_again_is_a_success_that_nobody_gets(wecom: InProcess) -> None:
    codes = [wecom.sends(enable_duplicate_check=1)["errcode"] for _ in range(2)]
    wecom.clock.passes(1800)
    codes.append(wecom.sends(enable_duplicate_check=1)["errcode"])

    assert codes == [0, 0, 0]
    assert len(wecom.wang.sees()) == 2


def test_the_thirty_first_message_of_a_minute_is_a_success_that_nobody_gets(wecom: InProcess) -> None:
    codes = {wecom.sends()["errcode"] for _ in range(31)}
    wecom.sends(touser="chenjing")
    wecom.clock.passes(60)
    wecom.sends()

    assert codes == {0}
    assert (len(wecom.wang.sees()), len(wecom.chen.sees()), len(wecom.fake.dropped)) == (31, 1, 1)


def test_the_thousand_and_first_message_of_an_hour_is_one_too(wecom: InProcess) -> None:
    for _ in range(1001):
        wecom.sends()
        wecom.clock.passes(2.1)

    assert (len(wecom.wang.sees()), len(wecom.fake.dropped)) == (1000, 1)
