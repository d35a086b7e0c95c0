"""代: a manager speaks for a colleague without a phone: 代 王磊 请假 周五下午 家里有事, 代 王磊 外出 两点到四点 …"""

from __future__ import annotations

from bot.colleagues import named, without_name
from bot.feature import MANAGERS, Answer, Command, Context, Feature, Refusal
from bot.reading import match_command


def speak_for(ctx: Context, word: str, rest: str) -> Answer:
    """Finds the colleague, then what is said for them; leave is meant when nothing else is named."""
    person = named(ctx, rest)
    if person is None:
        raise Refusal("behalf.for_whom", names="、".join(one.name for one in ctx.people() if one.id != ctx.me.id))
    line = without_name(person, rest)
    by_word = {
        said: command
        for feature in ctx.features.values()
        for command in feature.commands
        if command.behalf is not None
        for said in (*command.words, *command.more_words(ctx.rules))
    }
    found = match_command(line, tuple(by_word))
    act = by_word[found.word].behalf if found else next(iter(by_word.values())).behalf
    if act is None:
        raise LookupError(word)
    return act(ctx, person, found.word if found else "", found.rest if found else line)


feature = Feature(
    name="behalf",
    commands=(Command("behalf.speak", ("代",), speak_for, roles=MANAGERS),),
)
