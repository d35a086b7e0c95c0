"""代: a manager speaks for a colleague without a phone: 代 王磊 请假 周五下午 家里有事, 代 王磊 外出 两点到四点 …"""

from __future__ import annotations

from collections.abc import Mapping

from bot.colleagues import named, without_name
from bot.feature import MANAGERS, Answer, Command, Context, Feature, Refusal
from bot.reading import Misread, find_time, match_command
from storage.staff import Staff

MARKS = " /"


def speak_for(ctx: Context, word: str, rest: str) -> Answer:
    """Finds the colleague, then what is said for them; a time alone means leave, and not everything can be said."""
    person = named(ctx, rest)
    if person is None:
        raise Refusal("behalf.for_whom", names="、".join(one.name for one in ctx.people() if one.id != ctx.me.id))
    line = without_name(person, rest)
    said = _said(ctx)
    spoken = {known: command for known, command in said.items() if command.behalf}
    found = match_command(line, tuple(spoken))
    if _begins_their_own(line, said) or not (found or _names_a_time(ctx, line)):
        raise Refusal("behalf.what", name=person.name)
    command = spoken[found.word] if found else next(iter(spoken.values()))
    return _act(ctx, command, person, found.word if found else "", found.rest if found else line)


def _act(ctx: Context, command: Command, person: Staff, word: str, rest: str) -> Answer:
    if command.behalf is None:
        raise LookupError(command.name)
    return command.behalf(ctx, person, word, rest)


def _said(ctx: Context) -> dict[str, Command]:
    """Every word that begins something."""
    commands = [command for feature in ctx.features.values() for command in feature.commands]
    return {
        word: command
        for command in commands
        for word in (*command.words, *command.alone, *command.more_words(ctx.rules))
    }


def _begins_their_own(line: str, said: Mapping[str, Command]) -> bool:
    """Whether the line begins with what only the person says: 已出发, 取消外出, whose 外出 is not meant."""
    begun = [word for word in said if line.lstrip(MARKS).startswith(word)]
    return bool(begun) and said[max(begun, key=len)].behalf is None


def _names_a_time(ctx: Context, line: str) -> bool:
    try:
        return find_time(line, now=ctx.now, calendar=ctx.rules.working) is not None
    except Misread:
        # An impossible time is a time all the same; the form says what is wrong with it.
        return True


feature = Feature(
    name="behalf",
    commands=(Command("behalf.speak", ("代",), speak_for, roles=MANAGERS, leads=True),),
)
