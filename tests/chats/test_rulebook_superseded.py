"""Rules that were planned for a later day never hold once other rules were loaded for an earlier one."""

from __future__ import annotations

from functools import partial

from storage.reminders import Reminder
from storage.stores import StoreRules
from tests.chat import Person, StoreAtWork, rows
from tests.chats.steps import verbs
from tests.chats.test_rulebook import ESCALATED_LATER, LATER_AFTERNOON, loads, told

PLANNED = "2026-12-01T00:00:00+08:00"


def rings(store: StoreAtWork) -> list[str]:
    found: list[Reminder] = store.query(partial(rows, table=Reminder))
    return [one.subject for one in found if one.feature == "rulebook"]


def test_what_was_loaded_for_now_is_not_undone_later(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    loads(store, LATER_AFTERNOON, since=PLANNED)
    loads(store, ESCALATED_LATER)
    heard = len(told(zhou))

    store.move_to("2026-12-01T09:00:00+08:00")

    assert (told(wang), len(told(zhou)), heard) == ([], 1, 1)
    assert rings(store) == []
    assert verbs(store).count("rulebook.superseded") == 1


def test_the_same_rules_loaded_again_end_what_was_planned(store: StoreAtWork, wang: Person) -> None:
    loads(store, LATER_AFTERNOON, since=PLANNED)
    loads(store)

    store.move_to("2026-12-01T09:00:00+08:00")

    assert told(wang) == []
    assert len(store.query(partial(rows, table=StoreRules))) == 1


def test_a_later_plan_stands_beside_an_earlier_one(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    loads(store, ESCALATED_LATER, since=PLANNED)
    loads(store, LATER_AFTERNOON, since="2026-12-08T00:00:00+08:00")

    store.move_to("2026-12-01T09:00:00+08:00")
    first = (len(told(wang)), len(told(zhou)))
    store.move_to("2026-12-08T09:00:00+08:00")

    assert first == (0, 1)
    assert (len(told(wang)), len(told(zhou))) == (1, 2)
    assert "rulebook.superseded" not in verbs(store)


def test_rules_that_hold_already_stay_what_held_then(store: StoreAtWork, wang: Person) -> None:
    loads(store, LATER_AFTERNOON, since=PLANNED)
    store.move_to("2026-12-01T09:00:00+08:00")

    loads(store)

    assert len(told(wang)) == 2
    assert "rulebook.superseded" not in verbs(store)
