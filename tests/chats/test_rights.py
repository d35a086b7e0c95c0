"""Rights as tables: which role may say which command, and whose button is whose."""

from __future__ import annotations

import pytest

from bot.handlers import FEATURES
from tests.chat import StoreAtWork
from tests.chats.everything import MOST_IDS, buttons, every_press, picture, tries
from tests.chats.steps import not_done

GM, MANAGER, DESIGNER, ESTIMATOR, ENGINEER, PROJECT = "liu", "zhou", "wang", "zhao", "sun", "wu"
EVERYBODY = (GM, MANAGER, DESIGNER, ESTIMATOR, ENGINEER, PROJECT)
MANAGERS = (GM, MANAGER)
REFUSAL = "这件事不归您办"
# Buttons that anybody who was shown them may press, about a meeting to which they are asked.
OF_EVERYBODY = {("notifications", "set")} | {
    ("meetings", verb) for verb in ("yes", "no", "late", "agenda", "calendar", "show", "read_minutes")
}
# Buttons that are one person's own: managers have none of their rights.
OF_THE_PERSON = [
    ("leave", "withdraw"),
    ("leave", "come_back"),
    ("leave", "change"),
    ("outing", "back"),
    ("outing", "home"),
    ("outing", "later"),
    ("outing", "call_off"),
    ("trip", "depart"),
    ("trip", "back"),
    ("trip", "home"),
    ("trip", "later"),
    ("trip", "call_off"),
    ("missed_punch", "take_back"),
    ("sanctions", "say"),
    ("sanctions", "nothing"),
    ("sanctions", "object"),
    ("handover", "take"),
    ("handover", "give_back"),
    ("extension", "withdraw"),
]
# Buttons with which managers decide about others or lead a meeting; whom that concerns has none of them.
OF_MANAGERS = [
    ("sanctions", "coach"),
    ("meetings", "change"),
    ("meetings", "cancel"),
    ("meetings", "roll"),
    ("meetings", "tick"),
    ("meetings", "minutes"),
    ("meetings", "action"),
    ("customers", "designer"),
    ("customers", "lose"),
    ("customers", "reopen"),
    ("customers_clearing", "clear"),
]

# Every command and who may say it, one person a role.
COMMANDS = {
    "leave.request": EVERYBODY,
    "leave.mine": EVERYBODY,
    "leave.who": EVERYBODY,
    "outing.tell": EVERYBODY,
    "outing.back": EVERYBODY,
    "outing.later": EVERYBODY,
    "outing.home": EVERYBODY,
    "outing.mine": EVERYBODY,
    "outing.who": EVERYBODY,
    "trip.ask": EVERYBODY,
    "trip.depart": EVERYBODY,
    "missed_punch.tell": EVERYBODY,
    "approvals.waiting": MANAGERS,
    "approvals.mine": EVERYBODY,
    "approvals.take_back": MANAGERS,
    "sanctions.mine": EVERYBODY,
    "sanctions.draft": MANAGERS,
    "behalf.speak": MANAGERS,
    "help.help": EVERYBODY,
    "help.thanks": EVERYBODY,
    "help.menu": EVERYBODY,
    "meetings.call": EVERYBODY,
    "meetings.ahead": EVERYBODY,
    "meetings.round": EVERYBODY,
    "meetings.item": EVERYBODY,
    "meetings.roll": EVERYBODY,
    "meetings.minutes": EVERYBODY,
    "meetings.action": EVERYBODY,
    "meetings.my_actions": EVERYBODY,
    "meetings.cancel": EVERYBODY,
    "meetings.change": EVERYBODY,
    "morning.show": EVERYBODY,
    "workflow.mine": EVERYBODY,
    "workflow.of_case": EVERYBODY,
    "process.show": EVERYBODY,
    "customers.register": (MANAGER,),
    "customers.mine": EVERYBODY,
    "customers.show": EVERYBODY,
    "customers.lose": (MANAGER,),
    "customers.reopen": (MANAGER,),
    "follow_up.log": (MANAGER, DESIGNER),
    "customers_changing.change": (GM, MANAGER, DESIGNER, ESTIMATOR),
    "customers_changing.correct": (GM, MANAGER, DESIGNER, ESTIMATOR),
    "customers_clearing.clear": (MANAGER,),
    "files.of_case": EVERYBODY,
    "people.list": MANAGERS,
    "people.add": MANAGERS,
    "people.change": MANAGERS,
    "people.deputy": MANAGERS,
    "people.leave": MANAGERS,
    "people.come_back": MANAGERS,
    "people.invite": MANAGERS,
    "notifications.show": EVERYBODY,
    "people.drop_chats": EVERYBODY,
    "people.join": EVERYBODY,
    "people.bind_group": EVERYBODY,
    "people.give_up_group": EVERYBODY,
}


def commands() -> list[tuple[str, str]]:
    """Every command with a word that says it."""
    found = [command for feature in FEATURES.values() for command in feature.commands]
    return [(command.name, (*command.words, *command.alone)[0]) for command in found]


def test_the_table_names_every_command() -> None:
    assert {name for name, _ in commands()} == set(COMMANDS)


@pytest.mark.parametrize(("name", "word"), commands())
def test_a_command_is_refused_to_whom_it_does_not_belong(long_day: StoreAtWork, name: str, word: str) -> None:
    long_day.everybody_says({key: ["取消", word] for key in EVERYBODY})

    refused = [key for key in EVERYBODY if REFUSAL in long_day.person(key).last().text]
    assert refused == [key for key in EVERYBODY if key not in COMMANDS[name]]


def test_every_number_of_what_is_under_way_is_tried(busy: StoreAtWork) -> None:
    numbers = [row.id for rows in picture(busy, 1).values() for row in rows]

    assert max(numbers) == MOST_IDS - 1


def test_nobody_presses_what_belongs_to_others(busy: StoreAtWork) -> None:
    """吴刚 has nothing under way, asked for nothing and decides nothing."""
    busy.person("wu").says("菜单")
    before = picture(busy, 1)

    tries(busy, "wu", every_press(button for button in buttons() if button not in OF_EVERYBODY))

    assert picture(busy, 1) == before
    assert not_done(busy) == []


def test_who_decides_cannot_act_in_somebodys_place(busy: StoreAtWork) -> None:
    """A manager decides, but withdraws, answers or leaves for nobody else."""
    busy.person("liu").says("菜单")
    before = picture(busy, 1)

    tries(busy, "liu", every_press(OF_THE_PERSON))

    assert picture(busy, 1) == before


@pytest.mark.parametrize("who", ["wang", "chen"])
def test_whom_a_decision_or_a_meeting_concerns_does_not_lead_it(busy: StoreAtWork, who: str) -> None:
    """王磊 and 陈静 have slips that wait and are asked to the meeting."""
    busy.person(who).says("菜单")
    before = picture(busy, 1)

    tries(busy, who, every_press(OF_MANAGERS))

    assert picture(busy, 1) == before
    assert not_done(busy) == []


def test_the_managers_buttons_are_there() -> None:
    assert set(OF_MANAGERS) <= set(buttons())
