"""From November on the client managers hear that next year's holidays are only estimated, once a week."""

from __future__ import annotations

from functools import partial

import pytest

from bot.__main__ import DEMO_STORE
from bot.app import load
from bot.storefile import read_store
from tests.chat import Person, StoreAtWork

UNPUBLISHED = "2027 年的放假安排还没公布"


def opens_its_file(store: StoreAtWork) -> None:
    file = read_store(DEMO_STORE.read_text("utf-8"))
    store.write(partial(load, file=file, now=store.app.clock.now()))


def test_the_manager_hears_each_week_that_next_year_is_not_published(
    store: StoreAtWork, zhou: Person, wang: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.handlers.calendar.is_published", lambda year: False)
    opens_its_file(store)

    store.move(days=15)

    assert len(zhou.heard(UNPUBLISHED)) == 2
    assert not wang.heard(UNPUBLISHED)


def test_nobody_hears_anything_once_it_is_published(
    store: StoreAtWork, zhou: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.handlers.calendar.is_published", lambda year: True)
    opens_its_file(store)

    store.move(days=15)

    assert not zhou.heard("放假安排")
