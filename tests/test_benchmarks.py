"""The measures still run: each in a tiny size, for what it counts, never for how fast (kills: tests/journeys)."""

from __future__ import annotations

import pytest

from benchmarks import desk, reading, working_time
from benchmarks.__main__ import PARTS, Part, document
from tests.services import Run

TINY = desk.Size(people=4, rounds=1, bare=2, seconds=0.2)
DESK_FIGURES = {
    "bare_transactions_per_second",
    *(f"{name}_{what}" for name in desk.MESSAGES for what in ("per_second", "ratio")),
    "latency_p50_ms_at_50",
    "latency_p99_ms_at_50",
}


def test_the_desk_is_measured_on_sqlite(run: Run) -> None:
    figures = desk.measure_on(desk.sqlite_files(run), TINY)

    assert set(figures) == DESK_FIGURES
    assert all(value >= 0 for value in figures.values())


def test_the_desk_is_measured_on_postgresql(run: Run, postgres_url: str) -> None:
    figures = desk.measure_on(desk.postgresql_databases(postgres_url), TINY)

    assert set(figures) == DESK_FIGURES
    assert all(value >= 0 for value in figures.values())


def test_reading_is_measured() -> None:
    figures = reading.measure(seconds=0.01)

    assert set(figures) == {"agreed_expressions_per_second", "all_expressions_per_second", "sentences_per_second"}
    assert all(value > 0 for value in figures.values())


def test_working_time_is_measured_and_agrees_with_the_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working_time, "OPERATIONS", 200)
    monkeypatch.setattr(working_time, "WALKS", 20)

    figures = working_time.measure()

    assert {"add_working_ratio", "add_half_day_ratio", "working_between_ratio"} <= set(figures)
    assert all(value > 0 for value in figures.values())


def test_the_document_shows_the_machine_and_every_figure() -> None:
    parts = [Part("The door", "Opened and closed.", lambda: {"openings_per_second": 2.5})]

    text = document(parts)

    assert "SQLite" in text
    assert "Python" in text
    assert text.endswith(
        "## The door\n\nOpened and closed.\n\n| figure | value |\n|---|---:|\n| openings_per_second | 2.5 |\n"
    )


def test_make_bench_measures_everything_that_is_promised() -> None:
    titles = [part.title for part in PARTS]

    assert titles == ["The desk on SQLite", "The desk on PostgreSQL", "Working time", "Reading", "Killing"]
