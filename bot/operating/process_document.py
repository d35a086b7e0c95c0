"""docs/PROCESS.md, made from the table: `python -m bot.operating.process_document > docs/PROCESS.md`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import typer

from bot.rules.book import Rulebook
from bot.rules.limits import CalendarDays, HalfWorkingDay, Limit, Since, WorkingDays, WorkingTime
from bot.rules.workflow import BY_KEY, LOOPS, STEPS, Handover, Loop, Need, Step, StepKey, limit_of
from bot.rules.workflow_clock import due_at, reminders_of
from bot.texts import text

HEAD = """\
# The process, from the door to the contract

Made from `bot/rules/workflow.py` by `python -m bot.operating.process_document > docs/PROCESS.md`; a test holds them
equal. `流程` shows it in the chat, `qiantai check` with a store's own limits. The limits here are the handbook's
defaults; each is a setting ([STORE.md](STORE.md), `[process]`).
"""
CLOCKS = """\
Working days and calendar days end at the close of the last one, and the day of the event is not counted; a time within
a day is working time only. While the customer is waited for the clock stands still, and what was left goes on: the days
that were left are counted again from the day on which it goes on, on the last day the working time that was left.
"""
REMINDERS = """\
Before a limit in working days is due the owner hears of it one working day before, at the same hour, and two working
hours before; of a limit in calendar days also two days before and on its morning; of one within a day only one working
hour before. At the due moment the owner hears of it, one working hour after it the client manager, and at the close of
the first working day after it the GM office. What would come before the step began is left out. Where the store is
closed on the day a step is due, the due moment stays, and what is said until then counts from the last hour worked.
"""
LOOPS_HEAD = """\
After a meeting the customer may want changes, as often as they like. Each round is counted and has a clock of its own.
"""
SINCE = {
    Since.START: "-",
    Since.RECEIVED: "received 收到",
    Since.SURVEYED: "site survey ended 量完房",
    Since.MET: "meeting ended 见完客户",
    Since.SIGNED: "agreement signed and fee paid 签约付款",
}
# A start of each clock, in winter 2026; the 25th of November is a Wednesday.
EXAMPLES = (
    (StepKey.FLOOR_PLAN, "2026-11-25T11:00"),
    (StepKey.ESTIMATE, "2026-11-25T10:00"),
    (StepKey.ESTIMATE, "2026-11-25T12:30"),
    (StepKey.ESTIMATE, "2026-11-25T16:00"),
    (StepKey.ESTIMATE, "2026-11-25T17:30"),
    (StepKey.PLAN_ADJUSTMENT, "2026-11-25T16:00"),
    (StepKey.DRAWINGS, "2026-11-25T11:00"),
    (StepKey.DRAWINGS, "2026-09-28T11:00"),
    (StepKey.BUDGET, "2026-11-25T11:00"),
    (StepKey.REVIEW, "2026-11-25T11:45"),
)

Row = Sequence[str]


def document(rules: Rulebook) -> str:
    """The whole file, by these rules."""
    steps = _table(
        ("row", "step", "owner", "with", "clock starts", "limit", "hands over", "form", "books"),
        (_step(step, rules) for step in STEPS),
    )
    needs = _table(("row", "step", "before it may be done"), (_needs(step) for step in STEPS if step.needs))
    loops = _table(("step", "after", "then again", "limit of a round"), (_loop(loop, rules) for loop in LOOPS))
    examples = _table(
        ("step", "clock starts", "due", "before and at it, the owner", "client manager", "GM office"),
        (_example(BY_KEY[key], datetime.fromisoformat(at), rules) for key, at in EXAMPLES),
    )
    parts = (HEAD, steps, "## Needed first\n", needs, "## Rounds\n", LOOPS_HEAD, loops)
    return "\n".join((*parts, "## Clocks and reminders\n", CLOCKS, REMINDERS, examples))


def _table(head: Row, rows: Iterable[Row]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, ("---",) * len(head), *rows))


def _step(step: Step, rules: Rulebook) -> Row:
    limit = limit_of(step, rules.process)
    return (
        f"W{step.number}",
        _name(step.key),
        _role(step.owner),
        ", ".join(map(_role, step.joined_by)),
        SINCE[step.since] if limit else "",
        _limit(limit) if limit else "",
        _handover(step.hands) if step.hands else "",
        ("required" if step.hands.form_required else "offered") if step.hands else "",
        _english(step.books) if step.books else "",
    )


def _needs(step: Step) -> Row:
    return f"W{step.number}", _name(step.key), ", ".join(map(_need, step.needs))


def _loop(loop: Loop, rules: Rulebook) -> Row:
    limit = limit_of(BY_KEY[loop.adjusting], rules.process)
    return _name(loop.adjusting), _name(loop.after), _name(loop.back_to), _limit(limit) if limit else ""


def _example(step: Step, at: datetime, rules: Rulebook) -> Row:
    started_at = at.replace(tzinfo=rules.working.zone)
    due = due_at(step, started_at, rules)
    assert due is not None
    told = reminders_of(step, started_at, due, rules)
    owner = [one.at for one in told if one.to == step.owner]
    later = [one.at for one in told if one.to != step.owner]
    return _english(step.key), _moment(started_at), _moment(due), ", ".join(map(_moment, owner)), *map(_moment, later)


def _name(key: StepKey) -> str:
    return f"{_english(key)} {text(f'process.name_{key}')}"


def _role(role: str) -> str:
    return f"{_english(role)} {text(f'staff.role_{role}')}"


def _handover(hands: Handover) -> str:
    return f"{_english(hands.paper)} {text(f'process.paper_{hands.paper}')} to {_role(hands.to)}"


def _need(need: Need) -> str:
    return "budget within 10 % of the estimate, or overridden" if need == Need.WITHIN_TEN_PERCENT else _english(need)


def _english(key: str) -> str:
    return key.replace("_", " ").replace("gm office", "GM office")


def _limit(limit: Limit) -> str:
    match limit:
        case WorkingDays(days):
            return f"{days} working {_days(days)}"
        case CalendarDays(days):
            return f"{days} calendar {_days(days)}"
        case HalfWorkingDay():
            return "half a working day"
        case WorkingTime(minutes):
            return f"{minutes} working minutes"


def _days(days: int) -> str:
    return "day" if days == 1 else "days"


def _moment(at: datetime) -> str:
    return f"{at:%a} {at.day} {at:%b %H:%M}"


def main() -> None:
    typer.echo(document(Rulebook()), nl=False)


if __name__ == "__main__":
    main()
