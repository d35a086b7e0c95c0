"""Steps of the stories about outings, trips, sanctions and missed punches."""

from __future__ import annotations

from functools import partial
from zoneinfo import ZoneInfo

from storage.missed_punch import MissedPunch
from storage.outing import Outing, OutingState
from storage.sanctions import Sanction, SanctionState
from tests.chat import Person, Seen, StoreAtWork, rows
from tests.chats.steps import asks

GROUP = "store"
DAY = "2026-11-25"
TRIP = "出城 周四 8点半 成都 看材料"
OUTING = "外出 锦绣花园量房 下午两点到四点"
OWN_AHEAD = ["晚点回来", "取消外出"]
OWN_OUT = ["回来了", "晚点回来", "已直接下班"]
OWN_LATE = ["回来了", "再等一会", "已直接下班"]


def at(moment: str) -> str:
    """`14:00` is on the first day, `11-26 14:00` on another."""
    day, _, clock = moment.rpartition(" ")
    return f"{f'2026-{day}' if day else DAY}T{clock}:00+08:00"


def outings(store: StoreAtWork) -> list[Outing]:
    found: list[Outing] = store.query(partial(rows, table=Outing))
    return found


def out_states(store: StoreAtWork) -> list[OutingState]:
    return [OutingState(one.state) for one in outings(store)]


def hours(store: StoreAtWork) -> list[str]:
    """From when to when each is, on the store's clock: `25 14:00-16:00`."""
    zone = ZoneInfo("Asia/Shanghai")
    spans = [(one.starts_at.astimezone(zone), one.ends_at.astimezone(zone)) for one in outings(store)]
    return [f"{start:%d %H:%M}-{end:%H:%M}" for start, end in spans]


def drafts(store: StoreAtWork) -> list[Sanction]:
    found: list[Sanction] = store.query(partial(rows, table=Sanction))
    return found


def draft_states(store: StoreAtWork) -> list[SanctionState]:
    return [SanctionState(one.state) for one in drafts(store)]


def punches(store: StoreAtWork) -> list[MissedPunch]:
    found: list[MissedPunch] = store.query(partial(rows, table=MissedPunch))
    return found


def group_hears(store: StoreAtWork, person: Person) -> list[str]:
    """What the group has heard, after what is gathered for a minute has gone out."""
    store.move(seconds=70)
    return [one.text for one in person.sees(chat=GROUP) if one.sender == "bot"]


def is_agreed(applicant: Person, approver: Person, line: str = TRIP) -> None:
    """A trip asked for in one line and agreed to."""
    asks(applicant, line)
    approver.presses("同意")


def leaves_unapproved(person: Person) -> None:
    """The person leaves although nobody agreed, and says so."""
    person.says("已出发")
    person.presses("确认")


def the_card(person: Person, label: str, on: str = "") -> Seen:
    """The newest message with that button, to be pressed again later."""
    return next(one for one in reversed(person.sees()) if label in one.buttons and on in one.text)


def press_again(person: Person, card: Seen, label: str) -> None:
    person.sends_press(card.id, card.actions[card.buttons.index(label)])


def can_press(person: Person) -> set[str]:
    """The labels that stand under any message of somebody's private chat."""
    return {label for one in person.sees() for label in one.buttons}
