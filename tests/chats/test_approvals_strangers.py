"""Whoever may not decide does not: forged buttons, designers, other stores, strangers; refused kindly and audited."""

from __future__ import annotations

from functools import partial

import pytest
from sqlmodel import Session

from bot.desk import Desk
from bot.talk import Incoming, Said
from storage.leave import LeaveState
from storage.outbox import Outbox
from tests.chat import Person, StoreAtWork, rows
from tests.chats.steps import asks, is_granted, not_done, open_other_store, states, verbs

FRIDAY = "请假 周五下午 家里有事"

FORGED = [
    "approvals:approve:999",
    "approvals:approve:0",
    "approvals:approve:-1",
    "approvals:approve:1.0",
    "approvals:approve:1e3",
    "approvals:approve:１",  # a full-width digit
    "approvals:approve:٣",  # an Arabic one
    "approvals:approve:99999999999999999999",
    "approvals:approve:9223372036854775807",
    "approvals:approve:",
    "approvals:approve: 1",
    "approvals:approve:1 OR 1=1",
    "approvals:approve:1;DROP TABLE staff",
    "approvals:__init__:1",
    "approvals:decide:1",
    "approvals::1",
    "approvals",
    ":",
    ":::",
    "::::::::::",
    "leave:approve:1",
    "leave:decided:1",
    "nothing:approve:1",
    "dialog:ok:1:1",
    "dialog:ok:999:1",
    "dialog:ok:1:99999999999999999999",
    "dialog:cancel:1:x",
    "dialog:o0:1:2",
    "dialog:o999:1:2",
    "dialog:f0:1:2",
    "dialog:show:1",
    "dialog:__class__:1:1",
    "help:run:1:approvals.waiting",
    "help:run:1:leave.for_colleague",
    "help:run:999:leave.request:x",
    "help:run:1:{{7*7}}",
    "{{7*7}}",
    "{% include 'leave.j2' %}",
    "<script>alert(1)</script>",
    "同意",
    "\u202eapprovals:approve:1",
    "a" * 200,
]


def private_message(person: Person) -> str:
    """Something in that person's chat to press on."""
    person.says("菜单")
    return person.last().id


@pytest.fixture(scope="module")
def waiting(long_day: StoreAtWork) -> StoreAtWork:
    """王磊's request waits, and 陈静 has a message to press on."""
    asks(long_day.person("wang"), FRIDAY)
    long_day.person("chen").says("菜单")
    return long_day


@pytest.mark.parametrize("action", FORGED)
def test_a_forged_button_changes_nothing_and_is_answered_kindly(waiting: StoreAtWork, action: str) -> None:
    chen = waiting.person("chen")
    before = chen.last()

    chen.sends_press(before.id, action)

    assert states(waiting) == [LeaveState.PENDING]
    assert chen.last().id != before.id
    assert chen.last().text
    assert "王磊" not in chen.last().text
    assert not_done(waiting) == []


@pytest.mark.parametrize("verb", ["approve", "refuse", "snooze", "take_back", "show"])
def test_a_designer_decides_nothing(store: StoreAtWork, wang: Person, chen: Person, verb: str) -> None:
    asks(wang, FRIDAY)

    chen.sends_press(private_message(chen), f"approvals:{verb}:1")

    assert states(store) == [LeaveState.PENDING]
    assert verbs(store)[-1] == "approvals.not_allowed"
    assert "王磊" not in chen.last().text


def test_a_designer_hears_who_decides(wang: Person, chen: Person) -> None:
    asks(wang, FRIDAY)

    chen.sends_press(private_message(chen), "approvals:approve:1")

    assert chen.last().text in ("这件事由周敏或刘总决定。", "这件事由刘总或周敏决定。")


@pytest.mark.parametrize("verb", ["approve", "refuse", "snooze"])
def test_nobody_decides_their_own_request(store: StoreAtWork, zhou: Person, verb: str) -> None:
    zhou.says("请假 周五下午 看病人")
    zhou.says("陈静")
    zhou.presses("确认")

    zhou.sends_press(private_message(zhou), f"approvals:{verb}:1")

    assert states(store) == [LeaveState.PENDING]
    assert verbs(store)[-1] == "approvals.not_allowed"
    assert "刘总" in zhou.last().text


@pytest.mark.parametrize("verb", ["withdraw", "change", "come_back"])
def test_nobody_touches_a_colleagues_leave(
    store: StoreAtWork, wang: Person, zhou: Person, chen: Person, verb: str
) -> None:
    is_granted(wang, zhou, FRIDAY)

    chen.sends_press(private_message(chen), f"leave:{verb}:1")

    assert states(store) == [LeaveState.APPROVED]
    assert chen.last().text == "这是别人的假，您改不了。"
    assert verbs(store)[-1] == "leave.not_allowed"


def test_nobody_presses_in_a_colleagues_form(store: StoreAtWork, wang: Person, chen: Person) -> None:
    wang.says(FRIDAY)

    chen.sends_press(private_message(chen), wang.last().actions[0])

    assert states(store) == []
    assert chen.last().text == "这个按钮用不了，请看最新的消息，或者说“菜单”。"
    assert verbs(store) == ["desk.forged_button"]


@pytest.mark.parametrize("verb", ["approve", "refuse", "snooze", "take_back", "show"])
def test_a_manager_of_another_store_decides_nothing_here(store: StoreAtWork, wang: Person, verb: str) -> None:
    open_other_store(store)
    feng = store.person("feng")
    asks(wang, FRIDAY)

    feng.sends_press(private_message(feng), f"approvals:{verb}:1")

    assert states(store) == [LeaveState.PENDING]
    assert feng.last().text == "这个按钮用不了，请看最新的消息，或者说“菜单”。"
    assert verbs(store)[-1] == "desk.forged_button"


@pytest.mark.parametrize("verb", ["withdraw", "change", "come_back"])
def test_leave_of_another_store_is_as_good_as_none(store: StoreAtWork, wang: Person, zhou: Person, verb: str) -> None:
    open_other_store(store)
    feng = store.person("feng")
    is_granted(wang, zhou, FRIDAY)

    feng.sends_press(private_message(feng), f"leave:{verb}:1")

    assert states(store) == [LeaveState.APPROVED]
    assert "王磊" not in feng.transcript()


def test_another_store_sees_nothing_of_this_one(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    open_other_store(store)
    feng = store.person("feng")
    is_granted(wang, zhou, FRIDAY)

    feng.says("谁休假")
    feng.says("待我审批")
    feng.says("代 王磊 请假 周五")

    assert "今天和往后六天没有人休假。" in feng.transcript()
    assert "现在没有等您答复的申请。" in feng.transcript()
    assert "要代谁登记？" in feng.last().text


@pytest.mark.parametrize("kind", [Said.TEXT, Said.PRESS, Said.FILE])
def test_a_stranger_gets_one_polite_sentence_and_is_audited(store: StoreAtWork, wang: Person, kind: Said) -> None:
    asks(wang, FRIDAY)
    incoming = Incoming("webchat", "local", "x:1", "nobody", kind=kind, text="菜单", action="approvals:approve:1")

    store.write(partial(_hear, store.app.desk, incoming))

    told: list[Outbox] = store.query(partial(rows, table=Outbox))
    assert told[-1].content["key"] == "desk.stranger"
    assert states(store) == [LeaveState.PENDING]
    assert verbs(store)[-1] == "desk.stranger"


def _hear(desk: Desk, incoming: Incoming, session: Session) -> None:
    lane = desk.keep(incoming, session)
    assert lane is not None
    desk.handle_next(lane, session)


def test_a_button_pressed_in_somebody_elses_chat_is_no_message(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks(wang, FRIDAY)
    card = zhou.last()
    body = {"as": "chen", "chat": "private", "id": "f1", "message": card.id, "action": card.actions[0]}

    answer = store.post("/api/chat/presses", body)

    assert answer.status_code == 404
    assert states(store) == [LeaveState.PENDING]


def test_nobody_speaks_as_somebody_whom_the_store_does_not_know(store: StoreAtWork, wang: Person) -> None:
    asks(wang, FRIDAY)

    answer = store.post("/api/chat/messages", {"as": "nobody", "chat": "private", "id": "f1", "text": "菜单"})

    assert answer.status_code == 404
