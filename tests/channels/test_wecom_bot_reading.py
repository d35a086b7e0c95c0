"""What the AI bot's connection brings says to the desk: from its JSON to Incoming, nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.channels.wecom_bot.reading import heard, unreadable
from bot.talk import PRIVATE, Incoming, Said

JSON = dict[str, Any]
BOT = "aib1"
FILE: JSON = {"url": "https://x/a?sign=1", "aeskey": "a2V5"}
KEPT = json.dumps(FILE)


def said(kind: str, **more: Any) -> JSON:
    head = {"msgid": "m1", "aibotid": BOT, "chattype": "single", "from": {"userid": "WangLei"}, "msgtype": kind}
    return {**head, **more}


def in_group(kind: str, **more: Any) -> JSON:
    return said(kind, chattype="group", chatid="wrkSFf", **more)


def words(text: str) -> JSON:
    return {"msgtype": "text", "text": {"content": text}}


def picture(number: int) -> JSON:
    return {"msgtype": "image", "image": FILE | {"url": f"https://x/{number}"}}


def event(kind: str, **more: Any) -> JSON:
    return said("event", create_time=1, event={"eventtype": kind, **more})


def hears(body: JSON) -> Incoming:
    [found] = heard(body, BOT)
    return found


def test_a_text_names_its_sender_with_all_capitals_and_its_message() -> None:
    assert hears(said("text", text={"content": " 谁休假\n"})) == Incoming(
        channel="wecom_bot", account=BOT, event_id="m1", sender="WangLei", chat=PRIVATE, text="谁休假", message="m1"
    )


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("@前台 谁休假", "谁休假"),
        ("@前台\u2005谁休假", "谁休假"),
        ("  @前台\n谁休假", "谁休假"),
        ("@前台", ""),
        ("谁休假 @前台", "谁休假 @前台"),
        ("@前台 @陈静 休假吗", "@陈静 休假吗"),
        ("发到 a@b.cn", "发到 a@b.cn"),
        ("", ""),
    ],
)
def test_in_a_group_the_name_in_front_is_left_away(typed: str, text: str) -> None:
    incoming = hears(in_group("text", text={"content": typed}))

    assert (incoming.text, incoming.chat, incoming.addressed) == (text, "wrkSFf", True)


def test_in_private_nobody_is_called_by_name() -> None:
    assert hears(said("text", text={"content": "@陈静 休假吗"})).text == "@陈静 休假吗"


def test_what_is_spoken_is_heard_as_it_was_written_down() -> None:
    assert (
        hears(said("voice", voice={"content": "我要请假"})).kind,
        hears(said("voice", voice={"content": " "})).kind,
    ) == (
        Said.TEXT,
        Said.OTHER,
    )


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (said("image", image=FILE), "image-m1.jpg"),
        (said("video", video=FILE), "video-m1.mp4"),
        # Its own name comes with what it holds.
        (said("file", file=FILE), ""),
        (said("file", file=FILE | {"filename": "..\\..\\a/报价单.xlsx"}), "报价单.xlsx"),
        (said("file", file=FILE | {"filename": "长" * 300 + ".pdf"}), "长" * 116 + ".pdf"),
    ],
)
def test_what_can_be_fetched_is_a_file(body: JSON, name: str) -> None:
    incoming = hears(body)

    assert (incoming.kind, incoming.file, incoming.file_name) == (Said.FILE, KEPT, name)


def test_a_picture_with_words_is_a_file_with_words() -> None:
    incoming = hears(in_group("mixed", mixed={"msg_item": [words("@前台 2026-0031"), picture(1), words("客厅")]}))

    assert (incoming.kind, incoming.text, incoming.album) == (Said.FILE, "2026-0031\n客厅", "")
    assert incoming.event_id == "m1"


def test_several_pictures_are_an_album_and_each_its_own_event() -> None:
    first, second, third = heard(
        said("mixed", mixed={"msg_item": [picture(1), words("客厅"), picture(2), picture(3)]}), BOT
    )

    assert [one.text for one in (first, second, third)] == ["客厅", "", ""]
    assert {one.album for one in (first, second, third)} == {"m1"}
    assert len({one.event_id for one in (first, second, third)} | {"m1"}) == 3
    assert [json.loads(one.file)["url"][-1] for one in (first, second, third)] == ["1", "2", "3"]


def test_words_alone_in_a_mixed_message_are_a_text() -> None:
    assert hears(said("mixed", mixed={"msg_item": [words("一"), words("二")]})).text == "一\n二"


@pytest.mark.parametrize(
    "body",
    [
        event("template_card_event", template_card_event={"event_key": "leave:ok:1", "task_id": "t1"}),
        # As Tencent's own package has it.
        event("template_card_event", event_key="leave:ok:1", task_id="t1"),
    ],
)
def test_a_pressed_button_says_what_it_does_and_on_which_card(body: JSON) -> None:
    incoming = hears(body)

    assert (incoming.kind, incoming.action, incoming.message) == (Said.PRESS, "leave:ok:1", "t1")


@pytest.mark.parametrize(
    "body",
    [
        event("enter_chat"),
        event("feedback_event", feedback_event={"id": "f", "type": 1}),
        event("some_day"),
        said("stream", stream={"id": "1"}),
        said("some_day"),
        said("mixed", mixed={"msg_item": [{"msgtype": "some_day"}]}),
    ],
)
def test_what_says_nothing_to_the_desk_is_left(body: JSON) -> None:
    assert heard(body, BOT) == []


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        said("text"),
        said("text", text="好"),
        said("text", text={"content": ["好"]}),
        said("text", text={"content": "好"}, msgid=7),
        said("text", text={"content": "好"}, **{"from": {}}),
        said("text", text={"content": "好"}, **{"from": {"userid": ""}}),
        said("text", text={"content": "好"}, **{"from": {"userid": "x" * 129}}),
        said("text", text={"content": "好"}, **{"from": {"userid": "a\x00b"}}),
        said("text", text={"content": "好"}, chattype="group"),
        # Nobody speaks in private by being called so.
        said("text", text={"content": "好"}, chattype="group", chatid="private"),
        said("file", file={"url": "https://x"}),
        said("mixed", mixed={"msg_item": "x"}),
        said("event", event="press"),
        event("template_card_event", template_card_event={"task_id": "t1"}),
    ],
)
def test_what_is_malformed_is_kept_aside_without_what_it_says_in_its_error(body: Any) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)) as error:
        heard(body, BOT)
    kept = unreadable({"cmd": "aibot_msg_callback", "body": body}, BOT, error.value)

    assert (kept.kind, kept.sender) == (Said.UNREADABLE, "unreadable")
    assert kept.action.endswith(f"Error in {kept.event_id}")
    assert 0 < len(kept.event_id) <= 64


def test_a_number_that_is_too_long_is_kept_short_and_the_same() -> None:
    first, again, other = (
        hears(said("text", text={"content": "好"}, msgid="m" * 70 + end)).event_id for end in ("1", "1", "2")
    )

    assert (first == again, first == other, len(first) <= 64) == (True, False, True)


def test_half_characters_and_nul_do_not_reach_the_database() -> None:
    assert hears(said("text", text={"content": "a\x00b\ud800c"})).text == "ab�c"
