"""What an update of Telegram says to the desk: from its JSON to an Incoming, nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from bot.channels.telegram.reading import Me, heard, unreadable
from bot.talk import Incoming, Said

JSON = dict[str, Any]

ME = Me(1000001, "qiantai_bot", {"leave_request": "请假", "help_menu": "菜单"})
WANG: JSON = {"id": 6000000001, "is_bot": False, "first_name": "王磊"}
BOT: JSON = {"id": 1000001, "is_bot": True, "first_name": "前台", "username": "qiantai_bot"}
OTHER_BOT: JSON = {"id": 1000002, "is_bot": True, "first_name": "天气"}
IN_PRIVATE: JSON = {"id": 6000000001, "type": "private", "first_name": "王磊"}
IN_GROUP: JSON = {"id": -1002000000001, "type": "supergroup", "title": "店面群"}
IN_SMALL_GROUP: JSON = {"id": -5000000001, "type": "group", "title": "店面群"}
SIZES = [{"file_id": "small"}, {"file_id": "medium"}, {"file_id": "large"}]


def message(chat: JSON = IN_PRIVATE, sender: JSON | None = WANG, **body: Any) -> JSON:
    by = {} if sender is None else {"from": sender}
    return {"message_id": 42, "date": 1795600000, "chat": chat, **by, **body}


def said(chat: JSON = IN_PRIVATE, sender: JSON | None = WANG, **body: Any) -> JSON:
    return {"update_id": 7, "message": message(chat, sender, **body)}


def pressed(on: JSON, **more: Any) -> JSON:
    query = {"id": "8", "from": WANG, "chat_instance": "1", "data": "approvals:approve:1", "message": on, **more}
    return {"update_id": 7, "callback_query": query}


def standing(chat: JSON, before: str, after: str) -> JSON:
    states = {"old_chat_member": {"user": BOT, "status": before}, "new_chat_member": {"user": BOT, "status": after}}
    return {"update_id": 7, "my_chat_member": {"chat": chat, "from": WANG, "date": 1, **states}}


def hears(update: JSON) -> Incoming:
    found = heard(update, ME)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("请假 周五下午", "请假 周五下午"),
        ("/start", "帮助"),
        ("/start 7Kp2", "加入 7Kp2"),
        ("/START 7Kp2", "加入 7Kp2"),
        ("/start@qiantai_bot 7Kp2", "加入 7Kp2"),
        ("/leave_request 周五下午", "请假 周五下午"),
        ("/leave_request", "请假"),
        ("/leave_request@qiantai_bot 周五下午", "请假 周五下午"),
        # A second line stays one.
        ("/leave_request 周五下午\n家里有事", "请假 周五下午\n家里有事"),
        # What the menu does not hold is said as it stands.
        ("/weather 上海", "/weather 上海"),
        ("@qiantai_bot 请假", "请假"),
        ("请假 @Qiantai_Bot 周五下午", "请假 周五下午"),
        ("请假 周五下午 @qiantai_bot", "请假 周五下午"),
        ("请假\n@qiantai_bot 周五下午", "请假\n 周五下午"),
        # Another one's name begins like ours.
        ("问 @qiantai_bot2", "问 @qiantai_bot2"),
        # No database holds these.
        ("家里\x00有事\ud800", "家里有事�"),
    ],
)
def test_what_was_typed_becomes_the_words_it_stands_for(typed: str, words: str) -> None:
    incoming = hears(said(text=typed))

    assert incoming.kind == Said.TEXT
    assert incoming.text == words


def test_a_private_text_names_its_sender_its_message_and_the_bot() -> None:
    incoming = hears(said(text="谁休假"))

    assert incoming == Incoming(
        channel="telegram", account="1000001", event_id="7", sender="6000000001", text="谁休假", message="42"
    )


@pytest.mark.parametrize(
    ("body", "addressed"),
    [
        ({"text": "谁休假"}, False),
        ({"text": "@qiantai_bot 谁休假"}, True),
        ({"text": "谁休假 @QIANTAI_BOT"}, True),
        ({"text": "@qiantai_bot2 谁休假"}, False),
        ({"text": "/leave_request 周五"}, True),
        ({"text": "/start"}, True),
        ({"text": "/LEAVE_REQUEST@Qiantai_Bot 周五"}, True),
        # Whatever the command is, it was said to us.
        ({"text": "/weather@qiantai_bot"}, True),
        ({"text": "/leave_request@other_bot 周五"}, False),
        # A command of nobody in particular that we do not have is another bot's.
        ({"text": "/weather 上海"}, False),
        ({"text": "好的", "reply_to_message": message(IN_GROUP, BOT, text="几号？")}, True),
        ({"text": "好的", "reply_to_message": message(IN_GROUP, WANG, text="几号？")}, False),
        ({"text": "好的", "reply_to_message": {"message_id": 3, "date": 0, "chat": IN_GROUP}}, False),
        ({"photo": SIZES, "caption": "@qiantai_bot 看"}, True),
        ({"photo": SIZES, "caption": "看"}, False),
        ({"voice": {"file_id": "v"}}, False),
    ],
)
def test_a_group_is_heard_where_it_speaks_to_the_bot(body: JSON, addressed: bool) -> None:
    assert hears(said(IN_GROUP, **body)).addressed is addressed


@pytest.mark.parametrize(
    ("chat", "more", "address"),
    [
        (IN_PRIVATE, {}, "private"),
        (IN_SMALL_GROUP, {}, "-5000000001"),
        (IN_GROUP, {}, "-1002000000001"),
        (IN_GROUP, {"message_thread_id": 7, "is_topic_message": True}, "-1002000000001/7"),
        # The general topic is the group itself.
        (IN_GROUP, {"message_thread_id": 1, "is_topic_message": True}, "-1002000000001"),
        # A reply in a group without topics has a thread too.
        (IN_GROUP, {"message_thread_id": 7}, "-1002000000001"),
    ],
)
def test_where_it_was_said(chat: JSON, more: JSON, address: str) -> None:
    assert hears(said(chat, text="谁休假", **more)).chat == address


def test_a_group_says_what_it_is_called() -> None:
    assert hears(said(IN_GROUP, text="/start")).chat_name == "店面群"
    assert hears(said(text="/start")).chat_name == ""


@pytest.mark.parametrize(
    ("body", "file"),
    [
        ({"photo": SIZES}, "large"),
        ({"document": {"file_id": "d", "file_name": "报价.xlsx"}}, "d"),
        ({"audio": {"file_id": "a"}}, "a"),
        ({"video": {"file_id": "v"}}, "v"),
    ],
)
def test_a_file_comes_with_its_caption(body: JSON, file: str) -> None:
    incoming = hears(said(**body, caption="@qiantai_bot 样板间报价"))

    assert (incoming.kind, incoming.file, incoming.text) == (Said.FILE, file, "样板间报价")


@pytest.mark.parametrize("kind", ["voice", "video_note", "sticker", "location", "contact", "poll", "dice"])
def test_what_the_desk_cannot_read_is_still_heard(kind: str) -> None:
    assert hears(said(**{kind: {"file_id": "x"}})).kind == Said.OTHER


def test_a_corrected_message_is_heard_as_one() -> None:
    incoming = hears({"update_id": 7, "edited_message": message(text="/leave_request 周四")})

    assert (incoming.kind, incoming.text, incoming.message) == (Said.EDITED, "请假 周四", "42")


@pytest.mark.parametrize(
    "edited",
    [message(IN_GROUP, text="@qiantai_bot 周四"), message(photo=SIZES, caption="新的")],
    ids=["in a group", "a caption"],
)
def test_corrections_that_concern_nobody_are_not_heard(edited: JSON) -> None:
    assert heard({"update_id": 7, "edited_message": edited}, ME) is None


@pytest.mark.parametrize(
    ("on", "chat"),
    [
        (message(sender=BOT, text="同意吗？"), "private"),
        (message(IN_GROUP, BOT, text="开会", message_thread_id=7, is_topic_message=True), "-1002000000001/7"),
        # A message that Telegram does not show any more.
        ({"chat": IN_PRIVATE, "message_id": 42, "date": 0}, "private"),
        ({"chat": IN_GROUP, "message_id": 42, "date": 0}, "-1002000000001"),
    ],
)
def test_a_press_brings_what_hangs_on_the_button(on: JSON, chat: str) -> None:
    incoming = hears(pressed(on))

    assert (incoming.kind, incoming.action, incoming.message) == (Said.PRESS, "approvals:approve:1", "42")
    assert (incoming.sender, incoming.chat) == ("6000000001", chat)


@pytest.mark.parametrize(
    ("chat", "before", "after", "kind"),
    [
        (IN_PRIVATE, "member", "kicked", Said.SENT_AWAY),
        (IN_PRIVATE, "kicked", "member", Said.LET_IN),
        (IN_GROUP, "member", "kicked", Said.SENT_AWAY),
        (IN_GROUP, "administrator", "left", Said.SENT_AWAY),
        (IN_GROUP, "left", "member", Said.LET_IN),
    ],
)
def test_the_bot_is_sent_away_and_let_in(chat: JSON, before: str, after: str, kind: Said) -> None:
    incoming = hears(standing(chat, before, after))

    assert incoming.kind == kind
    assert (incoming.chat == "private") == (chat is IN_PRIVATE)


@pytest.mark.parametrize(("before", "after"), [("member", "administrator"), ("left", "kicked")])
def test_another_rank_is_no_news(before: str, after: str) -> None:
    assert heard(standing(IN_GROUP, before, after), ME) is None


@pytest.mark.parametrize(
    ("sender", "who"),
    [(WANG, "6000000001"), ({"id": 1087968824, "is_bot": True}, "1087968824"), (None, "-5000000001")],
    ids=["by somebody", "in the group's name", "by nobody"],
)
def test_a_group_that_moves_says_where_to_whoever_does_it(sender: JSON | None, who: str) -> None:
    incoming = hears(said(IN_SMALL_GROUP, sender, migrate_to_chat_id=-1002000000009))

    assert (incoming.kind, incoming.chat, incoming.text) == (Said.MOVED, "-5000000001", "-1002000000009")
    assert incoming.sender == who


def test_the_supergroup_that_a_group_became_says_which_one_it_was() -> None:
    incoming = hears(said(IN_GROUP, migrate_from_chat_id=-5000000001))

    assert (incoming.kind, incoming.chat, incoming.text) == (Said.MOVED, "-5000000001", "-1002000000001")


def test_the_pictures_of_an_album_name_it() -> None:
    assert hears(said(photo=SIZES, media_group_id="13579")).album == "13579"
    assert hears(said(photo=SIZES)).album == ""


@pytest.mark.parametrize(
    "update",
    [
        said(IN_GROUP, OTHER_BOT, text="@qiantai_bot 请假"),
        said({"id": -1003, "type": "channel", "title": "公告"}, WANG, text="@qiantai_bot 请假"),
        said(IN_GROUP, None, text="@qiantai_bot 请假"),
        said(IN_GROUP, new_chat_members=[WANG]),
        {"update_id": 7, "poll": {"id": "1"}},
        {"update_id": 7, "message_reaction": {"chat": IN_PRIVATE}},
        {"update_id": 7, "a_kind_of_next_year": {"text": "请假"}},
        {"update_id": 7},
    ],
    ids=["a bot", "a channel", "nobody", "somebody joins", "poll", "reaction", "unknown", "nothing"],
)
def test_what_concerns_nobody_is_not_heard(update: JSON) -> None:
    assert heard(update, ME) is None


@pytest.mark.parametrize(
    "update",
    [
        {"update_id": 7, "message": None},
        {"update_id": 7, "message": "请假"},
        {"update_id": 7, "message": {"from": WANG}},
        {"update_id": 7, "message": {"message_id": 1, "from": WANG, "chat": {"id": 1}}},
        {"update_id": 7, "message": {"message_id": 1, "from": "王磊", "chat": IN_PRIVATE, "text": "请假"}},
        said(text=5),
        said(photo=[]),
        said(document={}),
        {"update_id": 7, "edited_message": {"text": "请假", "chat": IN_PRIVATE}},
        {"update_id": 7, "callback_query": {"id": "8", "from": WANG, "data": "x"}},
        pressed({"message_id": 42}),
        {"update_id": 7, "my_chat_member": {"chat": IN_GROUP}},
    ],
)
def test_what_is_malformed_raises_and_is_kept_aside_with_the_reason(update: JSON) -> None:
    with pytest.raises((KeyError, TypeError, AttributeError, IndexError)) as caught:
        heard(update, ME)
    kept = unreadable(update, ME, caught.value)

    assert (kept.kind, kept.event_id) == (Said.UNREADABLE, "7")
    assert kept.action == f"{caught.type.__name__} in update 7"
    assert kept.text == str(update)
