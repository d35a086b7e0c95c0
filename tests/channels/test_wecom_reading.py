"""What WeCom calls with says to the desk: from its XML to an Incoming, nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from bot.channels.wecom.callback import event_id, fields
from bot.channels.wecom.reading import Me, heard, unreadable
from bot.talk import Incoming, Said
from tests.wecom.sealing import xml

JSON = dict[str, Any]
ME = Me("ww1", 1000002)
NUMBER = "4561255354251345929"


def said(kind: str, **body: Any) -> JSON:
    head = {"ToUserName": "ww1", "FromUserName": "WangLei", "CreateTime": 1409659813, "MsgType": kind}
    return fields(xml({**head, **body, "MsgId": int(NUMBER), "AgentID": 1000002}))


def event(name: str, **body: Any) -> JSON:
    head = {"ToUserName": "ww1", "FromUserName": "WangLei", "CreateTime": 1409659813, "MsgType": "event"}
    return fields(xml({**head, "Event": name, **body, "AgentID": 1000002}))


def hears(what: JSON) -> Incoming:
    found = heard(what, ME)
    assert found is not None
    return found


def test_a_text_names_its_sender_in_small_letters_its_message_and_the_app() -> None:
    assert hears(said("text", Content=" 谁休假\n")) == Incoming(
        channel="wecom", account="ww1/1000002", event_id=NUMBER, sender="wanglei", text="谁休假", message=NUMBER
    )


@pytest.mark.parametrize(
    ("what", "file", "name"),
    [
        (said("image", PicUrl="https://x", MediaId="m1"), "m1", f"image-{NUMBER}.jpg"),
        (said("video", MediaId="m1", ThumbMediaId="m2"), "m1", f"video-{NUMBER}.mp4"),
        # Not in WeCom's documentation, and seen.
        (said("file", MediaId="m1", FileName="报价单.xlsx"), "m1", "报价单.xlsx"),
        (said("file", MediaId="m1", FileName="..\\..\\a/报价单.xlsx"), "m1", "报价单.xlsx"),
        (said("file", MediaId="m1"), "m1", f"file-{NUMBER}"),
        (said("file", MediaId="m1", FileName=""), "m1", f"file-{NUMBER}"),
        (said("file", MediaId="m1", FileName="长" * 300 + ".pdf"), "m1", "长" * 116 + ".pdf"),
    ],
)
def test_what_can_be_fetched_is_a_file_with_a_name(what: JSON, file: str, name: str) -> None:
    incoming = hears(what)

    assert (incoming.kind, incoming.file, incoming.file_name, incoming.message) == (Said.FILE, file, name, NUMBER)


@pytest.mark.parametrize(
    "what",
    [
        said("voice", MediaId="m1", Format="amr"),
        said("location", Location_X="30.1", Location_Y="120.2", Scale=15, Label="店", AppType="wxwork"),
        said("link", Title="看", Description="", Url="https://x", PicUrl=""),
    ],
)
def test_what_the_desk_cannot_read_is_heard_as_such(what: JSON) -> None:
    assert (hears(what).kind, hears(what).text) == (Said.OTHER, "")


@pytest.mark.parametrize(
    ("what", "action", "message"),
    [
        (
            event("template_card_event", EventKey="leave:ok:1", TaskId="t1", CardType="button_interaction"),
            "leave:ok:1",
            "t1",
        ),
        (event("template_card_menu_event", EventKey="leave:ok:1", TaskId="t1"), "leave:ok:1", "t1"),
        # A button of the menu hangs on no message.
        (event("click", EventKey="leave:request"), "leave:request", ""),
    ],
)
def test_a_pressed_button_says_what_it_does_and_on_which_card(what: JSON, action: str, message: str) -> None:
    incoming = hears(what)

    assert (incoming.kind, incoming.action, incoming.message) == (Said.PRESS, action, message)
    assert incoming.event_id == event_id(what)


@pytest.mark.parametrize(("name", "kind"), [("subscribe", Said.LET_IN), ("unsubscribe", Said.SENT_AWAY)])
def test_a_member_who_comes_or_goes_is_heard(name: str, kind: Said) -> None:
    assert (hears(event(name)).kind, hears(event(name)).sender) == (kind, "wanglei")


@pytest.mark.parametrize(
    "what",
    [
        event("enter_agent", EventKey=""),
        event("LOCATION", Latitude="30.1", Longitude="120.2"),
        event("view", EventKey="https://x"),
        event("change_contact", ChangeType="create_user", UserID="x"),
        event("inactive_alert", EffectTime=1),
        event("some_day"),
        said("merged_msg"),
    ],
)
def test_what_says_nothing_to_the_desk_is_left(what: JSON) -> None:
    assert heard(what, ME) is None


@pytest.mark.parametrize(
    "what",
    [
        {},
        {"MsgType": ["text", "text"]},
        {"MsgType": "text", "FromUserName": "x"},
        {"MsgType": "text", "FromUserName": {"a": "b"}, "Content": "", "MsgId": "1"},
        {"MsgType": "event", "FromUserName": "x"},
        {"MsgType": "event", "Event": "click", "FromUserName": "x"},
        {"MsgType": "image", "FromUserName": "x", "MsgId": "1"},
    ],
)
def test_what_is_malformed_is_kept_aside_without_what_it_says_in_its_error(what: JSON) -> None:
    with pytest.raises((KeyError, TypeError)) as error:
        heard(what, ME)
    kept = unreadable(what, ME, error.value)

    assert (kept.kind, kept.text) == (Said.UNREADABLE, str(what))
    assert kept.action.endswith(f"Error in {kept.event_id}")


def test_what_was_said_survives_the_inbox() -> None:
    incoming = hears(said("file", MediaId="m1", FileName="报价单.xlsx"))

    again = Incoming.of(
        channel=incoming.channel,
        account=incoming.account,
        event_id=incoming.event_id,
        sender=incoming.sender,
        payload=incoming.payload(),
    )

    assert again == incoming
