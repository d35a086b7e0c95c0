"""`qiantai load` beside rules that were planned for a later day: what is loaded for an earlier one replaces them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.operating.test_loading import DEMO, LATER_AFTERNOON, folder, kept, qiantai

__all__ = ["folder"]

PLANNED = "原定 周一 2999年12月2日 起的规则作废。"


@pytest.fixture
def planned(folder: Path) -> Path:
    """The demo's rules hold; a later afternoon is planned."""
    qiantai(folder, DEMO)
    qiantai(folder, LATER_AFTERNOON, "--from", "2999-12-02")
    return folder


def test_a_plain_load_takes_the_place_of_what_was_planned_and_says_so(planned: Path) -> None:
    answer = qiantai(planned, DEMO)

    assert "规则没有变化。" in answer.output
    assert answer.output.count(PLANNED) == 2
    assert len(kept(planned)) == 1


def test_an_earlier_day_takes_the_place_of_a_later_one(planned: Path) -> None:
    answer = qiantai(planned, LATER_AFTERNOON, "--from", "2999-11-02")

    assert answer.output.count(PLANNED) == 2
    assert "新的规则从 周六 2999年11月2日 起生效。" in answer.output
    assert [one.valid_from.month for one in kept(planned)[1:]] == [11]


def test_a_later_day_keeps_the_earlier_one(planned: Path) -> None:
    answer = qiantai(planned, DEMO, "--from", "2999-12-20")

    assert "作废" not in answer.output
    assert [one.valid_from.day for one in kept(planned)[1:]] == [1, 19]


def test_a_dry_run_says_it_and_drops_nothing(planned: Path) -> None:
    answer = qiantai(planned, DEMO, "--dry-run")

    assert answer.output.count(PLANNED) == 1
    assert "没有存，什么都没有变" in answer.output
    assert len(kept(planned)) == 2
