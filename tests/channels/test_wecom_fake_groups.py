"""The fake WeCom's groups: those that an app makes, and those that a robot speaks in."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest

from tests.channels.wecom_in_process import CARD, NEWS, NOTICE, InProcess
from tests.wecom.media import uploads
from tests.wecom.refusals import JSON
from tests.wecom.things import Upload

GROUP: JSON = {"chatid": "shop1", "name": "店面群", "owner": "WangLei", "userlist": ["wanglei", "chenjing"]}
TEXT: JSON = {"chatid": "shop1", "msgtype": "text", "text": {"content": "早"}}
KEY = "a-key-of-a-robot"


@pytest.fixture
def wecom() -> InProcess:
    return InProcess()


def other_app(wecom: InProcess) -> str:
    return wecom.fake.world.token(wecom.fake.add_app(1000003, "another")).value


# Groups that an app makes (check 14).


CREATES: list[tuple[dict[str, Any], int]] = [
    ({}, 0),
    ({"chatid": ""}, 0),
    ({"owner": ""}, 0),
    ({"chatid": "shop-1"}, 86001),
    ({"chatid": "x" * 33}, 86001),
    ({"chatid": "taken"}, 86215),
    ({"name": "店" * 51}, 86004),
    ({"owner": "guest"}, 86005),
    ({"userlist": ["wanglei"]}, 86006),
    ({"userlist": ["wanglei", "WangLei"]}, 86006),
    ({"userlist": ["wanglei", "nobody"]}, 86007),
]


@pytest.mark.parametrize(("other", "code"), CREATES)
def test_a_group_is_made_or_refused_by_its_code(wecom: InProcess, other: dict[str, Any], code: int) -> None:
    wecom.asks("appchat/create", GROUP | {"chatid": "taken"})

    assert wecom.asks("appchat/create", GROUP | other)["errcode"] == code


def test_only_an_app_that_everybody_sees_has_groups(wecom: InProcess) -> None:
    wecom.fake.app.sees_root = False

    assert [wecom.asks(path, GROUP)["errcode"] for path in ("appchat/create", "appchat/send")] == [48002] * 2


def test_a_group_is_known_to_its_own_app_only(wecom: InProcess) -> None:
    wecom.asks("appchat/create", GROUP)

    assert wecom.asks("appchat/send", TEXT, other_app(wecom))["errcode"] == 86008
    assert wecom.asks_for("appchat/get", chatid="shop2")["errcode"] == 86003
    assert wecom.asks_for("appchat/get")["errcode"] == 40050


def test_a_group_is_shown_and_changed(wecom: InProcess) -> None:
    wecom.asks("appchat/create", GROUP)

    codes = [
        wecom.asks("appchat/update", {"chatid": "shop1", "add_user_list": ["guest"], "name": "群"})["errcode"],
        wecom.asks("appchat/update", {"chatid": "shop1", "del_user_list": ["WangLei"]})["errcode"],
        wecom.asks("appchat/update", {"chatid": "shop1", "del_user_list": ["guest"]})["errcode"],
    ]

    assert codes == [0, 0, 86006]
    assert wecom.asks_for("appchat/get", chatid="shop1")["chat_info"] == {
        "chatid": "shop1",
        "name": "群",
        "owner": "chenjing",
        "userlist": ["chenjing", "guest"],
        "chat_type": 0,
    }


def test_a_group_hears_whom_a_message_is_for(wecom: InProcess) -> None:
    wecom.asks("appchat/create", GROUP)
    wecom.asks("appchat/send", TEXT | {"text": {"content": "早", "mentioned_list": ["WANGLEI", "guest"]}})
    wecom.asks("appchat/send", TEXT | {"text": {"content": "早", "mentioned_list": ["@all"]}})
    bold = {"content": "**早** <@ChenJing>", "mentioned_list": ["wanglei"]}
    wecom.asks("appchat/send", {"chatid": "shop1", "msgtype": "markdown", "markdown": bold})

    seen = wecom.wang.sees_in(wecom.fake.group("shop1"))

    assert [one.mentioned for one in seen] == [("wanglei",), ("wanglei", "chenjing"), ("chenjing",)]
    assert wecom.fake.complaints == ["markdown.mentioned_list is unknown"]
    assert wecom.wang.sees() == []


def test_a_group_gets_no_card(wecom: InProcess) -> None:
    wecom.asks("appchat/create", GROUP)

    told = wecom.asks("appchat/send", {"chatid": "shop1", "msgtype": "template_card", "template_card": NOTICE})

    assert told["errcode"] == 40008


def test_the_two_hundred_and_first_message_of_a_minute_is_dropped_silently(wecom: InProcess) -> None:
    wecom.asks("appchat/create", GROUP)

    codes = {wecom.asks("appchat/send", TEXT)["errcode"] for _ in range(201)}

    assert codes == {0}
    assert len(wecom.wang.sees_in(wecom.fake.group("shop1"))) == 200


# Robots (checks 8, 13 and 15).


def picture(content: bytes, md5: str = "") -> JSON:
    return {"base64": base64.b64encode(content).decode(), "md5": md5 or hashlib.md5(content).hexdigest()}


PNG = b"\x89PNG a picture"
SAID: list[tuple[str, JSON, int]] = [
    ("text", {"content": "早"}, 0),
    ("text", {"content": ""}, 44004),
    ("text", {"content": "一" * 682}, 0),
    ("text", {"content": "一" * 683}, 40058),
    ("markdown", {"content": "一" * 1365}, 0),
    ("markdown", {"content": "一" * 1366}, 40058),
    ("markdown_v2", {"content": "*早*"}, 0),
    ("image", picture(PNG), 0),
    ("image", picture(PNG, "0" * 32), 301019),
    ("image", picture(PNG + bytes(2 * 1024 * 1024)), 93018),
    ("image", picture(b"no picture"), 40005),
    ("file", {"media_id": "x"}, 40007),
    ("template_card", NOTICE, 0),
    ("template_card", NEWS, 0),
    ("template_card", NOTICE | {"card_action": {}}, 42045),
    ("template_card", CARD, 42031),
    ("video", {"media_id": "x"}, 40008),
]


@pytest.mark.parametrize(("kind", "content", "code"), SAID, ids=range(len(SAID)))
def test_what_a_robot_says_is_taken_or_refused_by_its_code(
    wecom: InProcess, kind: str, content: JSON, code: int
) -> None:
    group = wecom.fake.robot(KEY, wecom.wang)

    assert wecom.as_robot(KEY, kind, content)["errcode"] == code
    assert len(wecom.wang.sees_in(group)) == (code == 0)


def test_a_robot_that_nobody_knows_says_nothing(wecom: InProcess) -> None:
    wecom.fake.robot(KEY, wecom.wang)

    assert wecom.as_robot("x", "text", {"content": "早"})["errcode"] == 93000
    assert wecom.fake.answer("webhook/send", {"key": KEY}, {})["errcode"] == 93017  # type: ignore[index]


def test_a_robot_mentions_by_a_list_in_a_text_and_by_name_in_markdown_only(wecom: InProcess) -> None:
    group = wecom.fake.robot(KEY, wecom.wang, wecom.chen)
    wecom.as_robot(KEY, "text", {"content": "早 <@wanglei>", "mentioned_list": ["chenjing"]})
    wecom.as_robot(KEY, "markdown", {"content": "早 <@wanglei>"})
    wecom.as_robot(KEY, "markdown_v2", {"content": "早 <@wanglei>"})
    wecom.as_robot(KEY, "markdown", {"content": "早", "mentioned_list": ["wanglei"]})

    assert [one.mentioned for one in wecom.wang.sees_in(group)] == [("chenjing",), ("wanglei",), (), ()]
    assert wecom.fake.complaints == ["markdown.mentioned_list is unknown"]


def test_a_robot_speaks_twenty_times_a_minute_and_is_then_left_out_for_one(wecom: InProcess) -> None:
    group = wecom.fake.robot(KEY, wecom.wang)
    codes = [wecom.as_robot(KEY, "text", {"content": "早"})["errcode"] for _ in range(21)]
    wecom.clock.passes(59)
    codes.append(wecom.as_robot(KEY, "text", {"content": "早"})["errcode"])
    wecom.clock.passes(1)
    codes.append(wecom.as_robot(KEY, "text", {"content": "早"})["errcode"])

    assert codes == [0] * 20 + [45009, 45009, 0]
    assert len(wecom.wang.sees_in(group)) == 21


def part() -> Upload:
    head = b'Content-Disposition: form-data; name="media"; filename="a.txt"\r\n\r\n'
    [found] = uploads("multipart/form-data; boundary=xyz", b"--xyz\r\n" + head + b"what it holds\r\n--xyz--\r\n")
    return found


def test_what_a_robot_uploaded_is_its_own(wecom: InProcess) -> None:
    wecom.fake.robot(KEY, wecom.wang)
    wecom.fake.robot("another", wecom.wang)
    query = {"key": KEY, "type": "file"}
    media: Any = wecom.fake.answer("webhook/upload_media", query, None, [part()])
    of_the_app = wecom.uploads("file", part())["media_id"]

    codes = [
        wecom.as_robot(KEY, "file", {"media_id": media["media_id"]})["errcode"],
        wecom.as_robot("another", "file", {"media_id": media["media_id"]})["errcode"],
        wecom.as_robot(KEY, "file", {"media_id": of_the_app})["errcode"],
        wecom.sends(msgtype="file", text=None, file={"media_id": media["media_id"]})["errcode"],
    ]
    image: Any = wecom.fake.answer("webhook/upload_media", query | {"type": "image"}, None, [part()])

    assert codes == [0, 40007, 40007, 40007]
    assert image["errcode"] == 40004
