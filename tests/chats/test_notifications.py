"""通知设置: who has several chats chooses where they hear of things; answers go where the question was asked."""

from __future__ import annotations

from functools import partial

from sqlmodel import Session

from storage import staff
from storage.outbox import Outbox
from tests.chat import Person, StoreAtWork, rows
from tests.chats.staff_steps import audited
from tests.chats.steps import asks

FRIDAY = "请假 周五下午 家里有事"
BOTH = ["发到我最近说话的地方", "每个聊天都发"]
CHOSEN = "好，以后通知每个聊天都发。您问我的事，还是在哪里问就在哪里答。"


def _second_chat(session: Session) -> None:
    person = staff.by_key(session, "wang")
    assert person is not None
    home = staff.contact(session, channel="webchat", account="local", address="wang-home")
    staff.bind(session, home, person.id)


def told(store: StoreAtWork) -> list[str]:
    """Where 王磊 was told of the decision."""
    sent: list[Outbox] = store.query(partial(rows, table=Outbox))
    return sorted(one.address for one in sent if one.content["key"] == "leave.approved" and one.recipient == "staff:3")


def decided(store: StoreAtWork, wang: Person, zhou: Person) -> list[str]:
    asks(wang, FRIDAY)
    zhou.presses("同意")
    return told(store)


def test_with_one_chat_there_is_nothing_to_choose(wang: Person) -> None:
    wang.says("通知设置")

    assert wang.last().text == "您只有这一个聊天，通知都发到这里。想在别处也收到，请找前台要一个加入码。"


def test_without_a_choice_a_notice_goes_where_the_person_spoke_last(
    store: StoreAtWork, wang: Person, zhou: Person
) -> None:
    store.write(_second_chat)

    assert decided(store, wang, zhou) == ["webchat|local|wang"]


def test_who_chooses_so_is_told_in_every_chat_once(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    store.write(_second_chat)
    wang.says("通知设置")
    assert wang.hears("您有 2 个聊天：网页聊天、网页聊天。\n通知现在发到您最近说话的那个聊天。", buttons=BOTH)
    wang.presses("每个聊天都发")

    assert wang.last().text == CHOSEN
    assert decided(store, wang, zhou) == ["webchat|local|wang", "webchat|local|wang-home"]


def test_the_choice_is_kept_in_the_audit_once_and_can_be_undone(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    store.write(_second_chat)
    wang.says("通知设置")
    wang.presses("每个聊天都发")
    wang.presses("每个聊天都发")
    wang.presses("发到我最近说话的地方")

    assert [one.after for one in audited(store, "notifications.chosen")] == [
        {"everywhere": True},
        {"everywhere": False},
    ]
    assert decided(store, wang, zhou) == ["webchat|local|wang"]


def test_a_chat_that_was_blocked_gets_nothing_and_the_other_gets_it_once(
    store: StoreAtWork, wang: Person, zhou: Person
) -> None:
    store.write(_second_chat)
    wang.says("通知设置")
    wang.presses("每个聊天都发")
    asks(wang, FRIDAY)
    store.write(
        lambda session: staff.block(
            session, staff.contact(session, channel="webchat", account="local", address="wang-home").id
        )
    )

    zhou.presses("同意")

    assert told(store) == ["webchat|local|wang"]
