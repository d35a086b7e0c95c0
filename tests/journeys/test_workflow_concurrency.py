"""Two people at one step in the same instant, on both databases: one wins, the other hears it, nothing is half done."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlmodel import Session, select

from bot.rules.workflow import Need, StepKey
from storage import customers, staff
from storage.approvals import Approval
from storage.staff import Role
from tests.chat import Person, Seen, StoreAtWork, store_at_work
from tests.chats.case_steps import comes_to, forms, states
from tests.chats.steps import not_done

CASES = 3
WAITED_SECONDS = 10
HELD = (Need.PLAN_MEETING_BOOKED,)
SECOND = "已经完成了这一步。"
ANSWERED = "把这张交接表"
TAKING = ["收下", "退回", "核对过了", "等客户", "转给别人", "怎么做"]


@pytest.fixture
def store(database_url: str, tmp_path: Path) -> Iterator[StoreAtWork]:
    with store_at_work(database_url, tmp_path) as opened:
        yield opened


def press(store: StoreAtWork, who: str, shown: Seen, label: str) -> tuple[str, dict[str, Any]]:
    """The press of a button, to be sent with others."""
    action = shown.actions[shown.buttons.index(label)]
    body = {"as": who, "chat": "private", "id": store.next_id(), "message": shown.id, "action": action}
    return "/api/chat/presses", body


def says(store: StoreAtWork, who: str, text: str) -> tuple[str, dict[str, Any]]:
    return "/api/chat/messages", {"as": who, "chat": "private", "id": store.next_id(), "text": text}


def is_about_to_finish(person: Person, number: str) -> Seen:
    """The read-back of what the customer said at the case's meeting."""
    person.says(f"到哪一步了 {number}")
    person.presses(f"{number} 讲解方案和估算")
    person.presses("完成")
    person.presses("客户同意")
    return person.last()


def is_about_to_hand_over(person: Person, on: str) -> Seen:
    person.presses("交接", on=on)
    for said in ("13万", "跳过", "跳过"):
        person.says(said)
    return person.last()


def test_of_two_who_finish_the_same_step_one_wins(store: StoreAtWork) -> None:
    wang, zhou = store.person("wang"), store.person("zhou")
    for n in range(1, CASES + 1):
        comes_to(store, StepKey.PLAN_MEETING, "wang", *HELD, done=StepKey.PLAN_BOOKING)
        both = {who: is_about_to_finish(store.person(who), f"2026-{n:04}") for who in ("wang", "zhou")}
        store.posts_at_once([press(store, who, shown, "确认") for who, shown in both.items()])

    assert states(store)[1::3] == [("plan_meeting", 1, "done")] * CASES
    assert states(store)[2::3] == [("design_agreement", 1, "open")] * CASES
    assert len(states(store)) == 3 * CASES
    assert len(wang.heard(SECOND)) + len(zhou.heard(SECOND)) == CASES
    assert not_done(store) == []


def manages_too(session: Session, key: str) -> None:
    """Somebody is a client manager besides what they are."""
    person = staff.by_key(session, key)
    assert person is not None
    person.roles = [*person.roles, Role.CLIENT_MANAGER]
    staff.put(session, person)


def test_a_form_is_taken_or_given_back_and_never_both(store: StoreAtWork) -> None:
    """周敏, for whom it is, takes it while 吴刚, who stands in, gives it back."""
    store.write(partial(manages_too, key="wu"))
    wang, zhou, wu = store.person("wang"), store.person("zhou"), store.person("wu")
    wu.says("菜单")
    for n in range(1, CASES + 1):
        comes_to(store, StepKey.PLAN_ADJUSTMENT, "wang", Need.PLAN_MEETING_HELD, done=StepKey.PLAN_MEETING)
        wang.sends_press(*confirm(is_about_to_hand_over(wang, f"2026-{n:04}")))
        wu.sends_press(wu.last().id, f"handover:give_back:{n}")
        takes = press(store, "zhou", zhou.heard(f"2026-{n:04}", buttons=TAKING)[-1], "收下")
        store.posts_at_once([says(store, "wu", "价格表没换"), takes])

    found = [str(one.state) for one in forms(store)]
    assert len(found) == CASES
    assert set(found) <= {"accepted", "returned"}
    assert [one[2] for one in states(store)].count("given_back") == found.count("returned")
    assert len(zhou.heard(ANSWERED)) + len(wu.heard(ANSWERED)) == CASES
    assert not_done(store) == []


def confirm(shown: Seen) -> tuple[str, str]:
    return shown.id, shown.actions[shown.buttons.index("确认")]


def test_forms_that_are_handed_over_in_one_instant_have_numbers_of_their_own(store: StoreAtWork) -> None:
    comes_to(store, StepKey.PLAN_ADJUSTMENT, "wang", Need.PLAN_MEETING_HELD, done=StepKey.PLAN_MEETING)
    comes_to(store, StepKey.PLAN_ADJUSTMENT, "chen", Need.PLAN_MEETING_HELD, done=StepKey.PLAN_MEETING)
    comes_to(store, StepKey.BUDGET, "zhao", done=StepKey.DRAWINGS)
    who = {"wang": "2026-0001", "chen": "2026-0002", "zhao": "2026-0003"}
    read_back = {key: is_about_to_hand_over(store.person(key), on) for key, on in who.items()}

    store.posts_at_once([press(store, key, shown, "确认") for key, shown in read_back.items()])

    assert sorted(one.number for one in forms(store)) == ["HO-2026-0001", "HO-2026-0002", "HO-2026-0003"]
    assert [one[2] for one in states(store)].count("open") == 3
    assert not_done(store) == []


def test_a_decision_takes_hold_of_the_case_before_the_request(postgres_url: str, tmp_path: Path) -> None:
    """As everybody does who changes both; otherwise each would wait for the other."""
    with store_at_work(postgres_url, tmp_path) as store, Session(create_engine(postgres_url)) as other:
        zhou, wang = store.person("zhou"), store.person("wang")
        comes_to(store, StepKey.PLAN_ADJUSTMENT, "wang", Need.PLAN_MEETING_HELD, done=StepKey.PLAN_MEETING)
        wang.presses("需要延期")
        for said in ("下周一中午12点", "客户改了户型", "确认"):
            wang.says(said)
        customers.lock(other, 1, 1)
        pressing = Thread(target=zhou.presses, args=("同意",))
        pressing.start()
        is_waited_for(other)

        free = other.exec(select(Approval).with_for_update(skip_locked=True)).all()
        other.commit()
        pressing.join()

        assert len(free) == 1
        assert zhou.hears("周敏 已同意")


def is_waited_for(holding: Session) -> None:
    """Returns when somebody waits for a lock."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    until = monotonic() + WAITED_SECONDS
    while not holding.connection().execute(waiting).scalar_one():
        assert monotonic() < until
        sleep(0.01)
