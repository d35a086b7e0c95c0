"""What a message means: an answer to an open form, a pressed button, a command, or something to suggest for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from difflib import SequenceMatcher
from functools import partial
from typing import Any

from bot import filling
from bot.feature import Answer, Command, Context, Press, Refusal
from bot.notices import Buttons, in_rows, notice
from bot.questions import cleaned
from bot.reading import match_command, segments
from bot.talk import Button, Incoming, Said
from storage import dialogs, inbox
from storage.dialogs import Dialog

SUGGESTIONS = 3
SUGGESTION = ("suggestion", "run")
QUOTED = 20
# How long a command that was said alone waits for whom it is about.
STILL_ASKED = timedelta(minutes=10)
MARKS = " /"

Private = bool


def answer(ctx: Context, incoming: Incoming) -> tuple[Private, Answer]:
    """The answer, and whether it is for the person alone; raises Refusal for what a person may not do."""
    match incoming.kind:
        case Said.PRESS:
            return _press(ctx, incoming.action)
        case Said.TEXT:
            return _text(ctx, cleaned(incoming.text).strip())
        case Said.EDITED:
            return _edited(ctx, incoming)
        case Said.FILE:
            answered = _file(ctx, incoming)
            return not ctx.in_group, None if _is_more_of_an_album(ctx, incoming) else answered
    return not ctx.in_group, notice("desk.cannot_read")


def _file(ctx: Context, incoming: Incoming) -> Answer:
    """What the feature that takes files says to it."""
    takes = next((feature.takes_file for feature in ctx.features.values() if feature.takes_file), None)
    return takes(ctx, incoming) if takes else notice("desk.cannot_read")


def _is_more_of_an_album(ctx: Context, incoming: Incoming) -> bool:
    """Its first file was answered for all of them; they come one after another."""
    before = inbox.last_before(ctx.session, ctx.inbox_id, lane=f"staff:{ctx.me.id}") if incoming.album else None
    return before is not None and _album(before.channel, before.payload) == _album(incoming.channel, incoming.payload())


def _album(channel: str, said: Mapping[str, Any]) -> tuple[str, str, str]:
    """What was kept before there were albums names none."""
    return channel, said["chat"], said.get("album", "")


def _press(ctx: Context, action: str) -> tuple[Private, Answer]:
    """What a button does; a group sees only what its suggestion may answer there."""
    name, verb, subject_id, rest = ([*action.split(":", 3), "", "", ""])[:4]
    if not (subject_id.isascii() and subject_id.isdigit() and len(subject_id) <= 18):
        raise Refusal("desk.no_such_button", audited="desk.forged_button")
    if name == "dialog":
        return True, _press_form(ctx, verb, int(subject_id), rest)
    if (name, verb) == SUGGESTION:
        return _run_suggested(ctx, int(subject_id), rest)
    feature = ctx.features.get(name)
    act = feature.buttons.get(verb) if feature else None
    if act is None:
        raise Refusal("desk.no_such_button", audited="desk.forged_button")
    return True, act(ctx, Press(int(subject_id), rest))


def _run_suggested(ctx: Context, inbox_id: int, name: str) -> tuple[Private, Answer]:
    """A suggested command, with what the person had said when it was suggested."""
    command = next((one for one in allowed(ctx) if one.name == name), None)
    if command is None:
        raise Refusal("desk.no_such_button", audited="desk.forged_button")
    said = inbox.text_of(ctx.session, inbox_id, lane=f"staff:{ctx.me.id}")
    return run(ctx, command, command.words[0], without_command(ctx, said))


def _press_form(ctx: Context, op: str, dialog_id: int, version: str) -> Answer:
    opened = dialogs.get(ctx.session, dialog_id)
    if opened is None or opened.staff_id != ctx.me.id:
        raise Refusal("desk.no_such_button", audited="desk.forged_button")
    if op == "show" and opened.open:
        return filling.show_again(ctx, opened)
    return filling.pressed(ctx, opened, int(version) if version.isascii() and version.isdigit() else 0, op)


def _text(ctx: Context, said: str) -> tuple[Private, Answer]:
    if not said:
        return not ctx.in_group, notice("desk.no_words")
    opened = None if ctx.in_group else dialogs.open_of(ctx.session, ctx.me.id)
    if opened is not None and not _leaves_form(ctx, opened, said):
        return True, _to_form(ctx, opened, said)
    if opened is None and said in filling.SPOKEN:
        # In a group a 好 behind the bot's name is a nod, not a question.
        return True, None if ctx.in_group else notice("dialog.nothing_open")
    begun = _command(ctx, said) or _of_the_one_before(ctx, said)
    return begun or (not ctx.in_group, _guess(ctx, said) or _suggest(ctx, said))


def _of_the_one_before(ctx: Context, said: str) -> tuple[Private, Answer] | None:
    """改客户, and on the next line 李女士: what a command that was said alone has asked for."""
    before = None if ctx.in_group else inbox.last_before(ctx.session, ctx.inbox_id, lane=f"staff:{ctx.me.id}")
    if before is None or ctx.now - before.received_at > STILL_ASKED:
        return None
    line = cleaned(str(before.payload.get("text", ""))).strip()
    asking = next((one for one in allowed(ctx) if one.takes_next and line in one.words), None)
    return run(ctx, asking, line, said) if asking else None


def _edited(ctx: Context, incoming: Incoming) -> tuple[Private, Answer]:
    """What was said last, said otherwise: it takes the place of the answer that it gave, while its form is open."""
    opened = dialogs.open_of(ctx.session, ctx.me.id)
    before = inbox.last_before(ctx.session, ctx.inbox_id, lane=f"staff:{ctx.me.id}")
    if (
        opened is None
        or before is None
        or _place(before.channel, before.payload) != _place(incoming.channel, incoming.payload())
    ):
        return True, notice("desk.edited")
    said = cleaned(incoming.text).strip()
    again = _command(ctx, said)
    if again is not None:
        return again
    filling.step_back(ctx, opened)
    return _text(ctx, said)


def _place(channel: str, said: Mapping[str, Any]) -> tuple[str, str, str]:
    """Where a message stands: numbers count within a chat."""
    return channel, said["chat"], said["message"]


def _to_form(ctx: Context, opened: Dialog, said: str) -> Answer:
    return filling.typed(ctx, opened, said, otherwise=partial(_command, ctx, said))


def _leaves_form(ctx: Context, opened: Dialog, said: str) -> bool:
    """Whether the line begins something else: a command that neither answers the form nor is a word of its own."""
    stem = opened.form.partition(".")[0]
    opens = ctx.features[stem].commands[:1] if stem in ctx.features else ()
    own = [word for command, words in _words(ctx) for word in words if command in opens]
    cut = segments(said)
    if cut[1:] and cut[0].text in own and filling.may_begin_anew(ctx, opened):
        return True
    if filling.takes(ctx, opened, said):
        return False
    return is_command_alone(ctx, said) and not (said in own and opened.asked)


def is_command_alone(ctx: Context, said: str) -> bool:
    """Whether the line is a command, or begins with one as a word of its own, which is no plain noun."""
    cut = segments(said)
    return bool(cut) and any(cut[0].text in words and not (one.noun and cut[1:]) for one, words in _words(ctx))


def _commands(ctx: Context) -> Iterator[Command]:
    return (command for feature in ctx.features.values() for command in feature.commands)


def _words(ctx: Context) -> Iterator[tuple[Command, tuple[str, ...]]]:
    for command in _commands(ctx):
        yield command, (*command.words, *command.more_words(ctx.rules))


def may_be_said_in_any_group(ctx: Context, said: str) -> bool:
    """Whether the line begins with a command that a group may hear before it is anybody's."""
    words = [word for command, words in _words(ctx) if command.in_any_group for word in words]
    return cleaned(said).strip().startswith(tuple(words))


def _standing_in(ctx: Context, said: str) -> dict[str, Command]:
    """The words that can begin something in this line; some only count at its beginning."""
    begun = said.lstrip(MARKS)
    return {
        word: command
        for command, words in _words(ctx)
        if command.unless is None or not command.unless.match(begun)
        for word in words
        if not command.leads or begun.startswith(word)
    }


def _command(ctx: Context, said: str) -> tuple[Private, Answer] | None:
    greeted = next((command for command in _commands(ctx) if said in command.alone), None)
    if greeted is not None:
        return run(ctx, greeted, said, "")
    by_word = _standing_in(ctx, said)
    found = match_command(said, tuple(by_word))
    if found is None:
        return None
    command = by_word[found.word]
    return run(ctx, command, found.word, found.rest)


def run(ctx: Context, command: Command, word: str, rest: str) -> tuple[Private, Answer]:
    """Runs a command that this person may give; personal ones are answered in private."""
    if not ctx.has(*command.roles):
        raise Refusal("desk.not_yours", audited="desk.not_allowed")
    return command.personal or not ctx.in_group, command.run(ctx, word, rest)


def allowed(ctx: Context) -> list[Command]:
    """Everything that this person can do, in the order of the features."""
    return [command for command in _commands(ctx) if ctx.has(*command.roles)]


def _guess(ctx: Context, said: str) -> Answer:
    """An answer to something that a feature asked a while ago."""
    guessing = (feature.guess for feature in ctx.features.values() if feature.guess and not ctx.in_group)
    return next((answer for guess in guessing if (answer := guess(ctx, said))), None)


def _suggest(ctx: Context, said: str) -> Answer:
    """Never silence: the two or three commands that come nearest."""
    offered = [command for command in allowed(ctx) if command.in_menu]
    nearest = sorted(offered, key=lambda command: -max(_likeness(said, word) for word in command.words))
    return notice(
        "desk.not_understood",
        said=said[:QUOTED],
        more=len(said) > QUOTED,
        buttons=buttons_for(ctx, nearest[:SUGGESTIONS]),
    )


def _likeness(said: str, word: str) -> float:
    return SequenceMatcher(None, said[:60], word).find_longest_match().size / len(word)


def buttons_for(ctx: Context, commands: list[Command]) -> Buttons:
    """A button for each command; pressed, it is given the words of this message."""
    made = [Button(command.label(), f"{':'.join(SUGGESTION)}:{ctx.inbox_id}:{command.name}") for command in commands]
    return in_rows(made)


def without_command(ctx: Context, said: str) -> str:
    """What stands around the command word, if there is one."""
    found = match_command(said, tuple(_standing_in(ctx, said)))
    return found.rest if found else said
