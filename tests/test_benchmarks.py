"""The measures still run: each in a tiny size, for what it counts, never for how fast (kills: tests/journeys)."""

from __future__ import annotations

import pytest

from benchmarks import cases, desk, processes, reading, ringing, starting, telegram, wecom, working_time
from benchmarks.__main__ import PARTS, Part, document, replaced
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


def test_wecom_is_measured_by_what_is_acknowledged_and_what_is_opened() -> None:
    figures = wecom.measure(wecom.Size(people=4, seconds=0.1, warming_seconds=0.02, opened=5, rounds=1))

    assert all(value > 0 for value in figures.values())
    assert set(figures) == {
        *("acknowledged_p50_ms_at_100", "acknowledged_p99_ms_at_100"),
        *("opened_per_second", "plain_aes_per_second", "crypto_ratio"),
    }


def test_ringing_is_measured_beside_the_other_scheduler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ringing, "PEOPLE", 20)

    figures = ringing.measure((50, 100), jobs=20, rounds=1)

    assert all(value > 0 for value in figures.values())
    assert set(figures) == {
        *("100_due_of_50_ms", "100_due_of_100_ms", "most_to_fewest_ratio"),
        *("nothing_to_say_100_due_of_50_ms", "apscheduler_job_store_100_due_of_20_ms"),
    }


def test_cases_are_measured_by_what_is_touched() -> None:
    few = cases.Size(stores=2, cases=4, others=3, steps=2, changes=1)

    figures = cases.measure(few, few)

    assert all(value > 0 for value in figures.values())
    assert set(figures) == {
        *("step_done_p50_ms", "step_done_p99_ms", "step_done_ten_times_the_cases_ratio"),
        *("digests_of_2_stores_s", "calendar_change_of_4_cases_ms", "a_deadline_moved_ten_times_the_cases_ratio"),
    }


def test_processes_handle_and_deliver_everything_once(postgres_url: str) -> None:
    figures = processes.measure_on(postgres_url, 2, people=20, times=2)

    assert set(figures) == {"handled", "delivered"}


def test_telegram_is_measured_both_ways_beside_a_bot_that_only_echoes() -> None:
    figures = telegram.measure(telegram.Size(people=2, times=1, rounds=1, calm_seconds=0.2))

    assert set(figures) == {
        *("polling_echo_per_second", "polling_desk_per_second", "polling_ratio"),
        *("webhook_echo_per_second", "webhook_desk_per_second", "webhook_ratio"),
        *("webhook_acknowledged_p50_ms_at_50", "webhook_acknowledged_p99_ms_at_50"),
    }
    assert all(value > 0 for value in figures.values())


def test_a_start_is_measured() -> None:
    figures = starting.measure(rounds=1)

    assert figures["seconds_to_healthy"] > 0


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


def test_one_part_can_be_measured_anew() -> None:
    door, window = (Part(title, "Opened.", lambda: {"openings": 1}) for title in ("The door", "The window"))
    before = document([door, window]).replace("| openings | 1 |", "| openings | 7 |")

    text = replaced(before, [door])

    assert text.count("| openings | 1 |") == text.count("| openings | 7 |") == 1
    assert text.index("## The door") < text.index("| openings | 1 |") < text.index("## The window")
    assert replaced(text, [Part("The roof", "Mended.", lambda: {"tiles": 3})]).endswith("| tiles | 3 |\n")


def test_make_bench_measures_everything_that_is_promised() -> None:
    titles = [part.title for part in PARTS]

    assert titles == [
        *("The desk on SQLite", "The desk on PostgreSQL", "Several processes on PostgreSQL", "Telegram over loopback"),
        *(
            "WeCom over loopback",
            "Reminders",
            "Cases",
            "Starting",
            "Working time",
            "Reading",
            "Killing",
            "Killing on Telegram",
        ),
    ]
