"""Another store's people try every command and every button with this store's ids and names: nothing of it moves."""

from __future__ import annotations

from bot.handlers import FEATURES
from tests.chat import Person, StoreAtWork
from tests.chats.everything import SECRETS, buttons, every_press, picture, tries
from tests.chats.steps import not_done, open_other_store, verbs

NAMES = ("王磊", "周敏")


def heard_of(people: list[Person]) -> str:
    return "\n".join(message.text for person in people for message in person.sees() if message.sender == "bot")


def test_every_button_with_another_stores_ids_changes_nothing(busy: StoreAtWork) -> None:
    open_other_store(busy)
    feng, qian = busy.person("feng"), busy.person("qian")
    feng.says("菜单")
    qian.says("菜单")
    before = picture(busy, 1)

    for who in ("feng", "qian"):
        tries(busy, who, every_press(buttons()))

    assert picture(busy, 1) == before
    assert not_done(busy) == []
    assert [secret for secret in SECRETS if secret in heard_of([feng, qian])] == []


def test_every_command_with_another_stores_names_changes_nothing(busy: StoreAtWork) -> None:
    open_other_store(busy)
    feng, qian = busy.person("feng"), busy.person("qian")
    before = picture(busy, 1)
    words = [word for feature in FEATURES.values() for command in feature.commands for word in command.words[:1]]
    lines = [line for word in words for name in NAMES for line in (f"{word} {name} 周五下午 家里有事", "取消")]

    busy.everybody_says({"feng": lines, "qian": lines})

    assert picture(busy, 1) == before
    assert not_done(busy) == []
    said_themselves = ("王磊", "家里有事")
    assert [one for one in SECRETS if one in heard_of([feng, qian]) and one not in said_themselves] == []


def test_forms_opened_by_others_are_nobody_elses_to_fill(busy: StoreAtWork) -> None:
    open_other_store(busy)
    busy.person("wang").says("请假 12月3日 家里有事")
    feng = busy.person("feng")
    feng.says("菜单")
    before = picture(busy, 1)

    ops = ("ok", "cancel", "change", "show", "skip", "o0")
    tries(busy, "feng", [f"dialog:{op}:{number}:1" for number in range(1, 40) for op in ops])

    assert picture(busy, 1) == before
    assert "desk.forged_button" in verbs(busy)
    assert "12月3日" not in heard_of([feng])
