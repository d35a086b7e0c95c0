"""The fake WeCom's corp: who is in it, the app's menu, the pages it opens, and how often it may be asked."""

from __future__ import annotations

from typing import Any

import pytest

from tests.channels.wecom_in_process import InProcess
from tests.wecom.fake import AGENT
from tests.wecom.refusals import JSON

LEAVE: JSON = {"type": "click", "name": "请假", "key": "say:请假"}
PAGE: JSON = {"type": "view", "name": "页面", "url": "https://example.com"}


@pytest.fixture
def wecom() -> InProcess:
    return InProcess()


# Menus (check 17).


def below(*buttons: JSON, name: str = "更多") -> JSON:
    return {"name": name, "sub_button": list(buttons)}


MENUS: list[tuple[list[JSON], int]] = [
    ([LEAVE, PAGE, below(LEAVE, PAGE)], 0),
    ([], 40016),
    ([LEAVE] * 4, 40016),
    ([LEAVE | {"type": "tap"}], 40017),
    ([{"name": "请假"}], 40017),
    ([LEAVE | {"name": "一二三四五"}], 0),
    ([LEAVE | {"name": "一二三四五六"}], 40018),
    ([LEAVE | {"name": ""}], 40018),
    ([LEAVE | {"key": "x" * 128}], 0),
    ([LEAVE | {"key": "x" * 129}], 40019),
    ([PAGE | {"url": "x" * 1025}], 40020),
    ([below(below(LEAVE))], 40022),
    ([below(*[LEAVE] * 5)], 0),
    ([below(*[LEAVE] * 6)], 40023),
    ([below(LEAVE | {"type": "tap"})], 40024),
    ([below(LEAVE | {"name": "一" * 13})], 0),
    ([below(LEAVE | {"name": "一" * 14})], 40025),
    ([below(LEAVE | {"key": "x" * 129})], 40026),
    ([below(PAGE | {"url": ""})], 40027),
    ([below(LEAVE, name="一二三四五六")], 40018),
]


@pytest.mark.parametrize(("buttons", "code"), MENUS, ids=range(len(MENUS)))
def test_a_menu_is_taken_or_refused_by_its_code(wecom: InProcess, buttons: list[JSON], code: int) -> None:
    assert wecom.sets_menu(*buttons)["errcode"] == code


@pytest.mark.parametrize(("agent", "code"), [(str(AGENT), 0), ("1", 301002), ("x", 40056)])
def test_a_menu_is_the_apps_own(wecom: InProcess, agent: str, code: int) -> None:
    assert wecom.sets_menu(LEAVE, agent=agent)["errcode"] == code


def test_a_menu_is_shown_and_taken_away(wecom: InProcess) -> None:
    wecom.sets_menu(LEAVE, below(LEAVE | {"name": "我的假"}))
    shown = wecom.asks_for("menu/get", agentid=str(AGENT))["button"]
    seen = wecom.wang.menu()
    wecom.asks_for("menu/delete", agentid=str(AGENT))

    assert [one["name"] for one in shown] == ["请假", "更多"]
    assert seen == {"请假": "say:请假", "我的假": "say:请假"}
    assert wecom.wang.menu() == {}
    assert wecom.asks_for("menu/get", agentid=str(AGENT))["errcode"] == 46003


# The directory.


def test_a_member_is_told_without_a_number_to_call(wecom: InProcess) -> None:
    wecom.fake.member("zhaoqian", "赵倩")

    told = wecom.asks_for("user/get", userid="ZhaoQian")

    assert (told["userid"], told["name"], told["status"], told["department"]) == ("zhaoqian", "赵倩", 1, [1])
    assert not {"mobile", "email", "avatar"} & told.keys()


@pytest.mark.parametrize(("userid", "code"), [("", 40003), ("nobody", 60111), ("guest", 60011)])
def test_who_is_not_there_has_a_code(wecom: InProcess, userid: str, code: int) -> None:
    assert wecom.asks_for("user/get", userid=userid)["errcode"] == code


def test_a_department_lists_its_own_members_whom_the_app_sees(wecom: InProcess) -> None:
    wecom.fake.world.departments[2] = "设计"
    wecom.chen.member.departments = (2,)

    assert [one["userid"] for one in wecom.asks_for("user/simplelist", department_id="1")["userlist"]] == ["WangLei"]
    assert [one["userid"] for one in wecom.asks_for("user/simplelist", department_id="2")["userlist"]] == ["chenjing"]
    assert [one["id"] for one in wecom.asks_for("department/list")["department"]] == [1, 2]
    assert wecom.asks_for("user/simplelist", department_id="3")["errcode"] == 60123


def test_an_app_learns_what_it_is_and_where_it_is_called_from(wecom: InProcess) -> None:
    assert wecom.asks_for("agent/get", agentid=str(AGENT))["agentid"] == AGENT
    assert wecom.asks_for("agent/get", agentid="1")["errcode"] == 301002
    assert wecom.asks_for("getcallbackip")["ip_list"][0] == "101.226.103.*"


# Pages (check 18).


def test_a_page_is_told_once_who_opened_it(wecom: InProcess) -> None:
    code = wecom.wang.opens_page()

    told = [wecom.asks_for("auth/getuserinfo", code=one) for one in (code, code, "x", "")]

    assert told[0]["userid"] == "WangLei"
    assert [one["errcode"] for one in told] == [0, 40029, 40029, 40029]


def test_a_page_is_told_within_five_minutes(wecom: InProcess) -> None:
    code = wecom.wang.opens_page()
    wecom.clock.passes(301)

    assert wecom.asks_for("auth/getuserinfo", code=code)["errcode"] == 42022


def test_who_is_no_member_has_no_userid(wecom: InProcess) -> None:
    told = wecom.asks_for("auth/getuserinfo", code=wecom.fake.outsiders_code())

    assert "userid" not in told
    assert told["openid"]


# How often, and from where (checks 3 and 8).


LIMITED: list[tuple[str, bool]] = [("getcallbackip", True), ("message/send", False)]


@pytest.mark.parametrize(("path", "is_limited"), LIMITED)
def test_an_api_is_asked_so_often_and_is_then_shut_for_a_minute(wecom: InProcess, path: str, is_limited: bool) -> None:
    wecom.fake.world.most_calls = 3

    codes = [wecom.asks(path, {})["errcode"] for _ in range(5)]
    wecom.clock.passes(60)
    codes.append(wecom.asks(path, {})["errcode"])

    assert [code == 45009 for code in codes] == [False] * 3 + [is_limited] * 2 + [False]
    assert wecom.fake.complaints == [f"{path} is called again and again"] * 2 * is_limited


def test_an_address_that_is_on_the_list_may_call_and_a_robot_is_called_from_anywhere(wecom: InProcess) -> None:
    wecom.fake.allowed = frozenset({"10.0.0.1"})
    wecom.fake.robot("a-key", wecom.wang)
    asked = {"access_token": wecom.token}
    robot: Any = {"msgtype": "text", "text": {"content": "早"}}

    told: Any = [wecom.fake.answer("getcallbackip", asked, address=one) for one in ("10.0.0.1", "10.0.0.2")]
    heard: Any = wecom.fake.answer("webhook/send", {"key": "a-key"}, robot, address="10.0.0.2")

    assert [one["errcode"] for one in (*told, heard)] == [0, 60020, 0]
    assert "from ip: 10.0.0.2" in told[1]["errmsg"]
