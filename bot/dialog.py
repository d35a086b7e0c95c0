"""The form engine, pure: a form's answers and what was said in, the next answers and the next question out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar, get_type_hints

from pydantic import BaseModel, TypeAdapter

from bot.lines import fill, means_a_time
from bot.notices import Notice, misread, notice
from bot.questions import Objection, Question, Reading, Reads
from bot.reading import Misread

if TYPE_CHECKING:
    from bot.feature import Answer, Context

M = TypeVar("M", bound=BaseModel)
Answers = dict[str, Any]
YES = ("确认", "对", "对的", "是", "是的", "好", "好的", "可以", "没错", "ok", "OK")
# What people put before the answer that they want instead.
INSTEAD = re.compile(r"^(?:不对|不是|错了)?[，, ]*(?:改成|改为|改到|换成|换到|应该是|我要|要)?[：: ]*")
Look = Callable[[Answers], Reading]


@dataclass(frozen=True)
class Form(Generic[M]):
    """A form: `model`'s fields are its questions, in order, each Annotated with how it is read (bot/questions.py).

    `look` says what is asked now and what a rule objects to; `readback` gives the values of the block `shows`;
    `submit` saves. Without `confirms` it is saved as soon as nothing is left to ask. `cancelled` is the key of what is
    said when it is given up. `about` is what it was opened for. With `anew` a line behind the command's word begins
    another one, and answers nothing of the one that is open: another customer.
    """

    name: str
    model: type[M]
    look: Callable[[Context, Answers, Mapping[str, Any]], Reading]
    submit: Callable[[Context, M, Mapping[str, Any]], Answer]
    readback: Callable[[Context, M, Mapping[str, Any]], Mapping[str, Any]] = lambda _ctx, values, _about: dict(values)
    confirms: bool = True
    cancelled: str = "dialog.cancelled"
    shows: str = "confirm"
    anew: bool = False

    @property
    def stem(self) -> str:
        return self.name.partition(".")[0]

    def key(self, block: str) -> str:
        """The text key of one of the form's own blocks: `leave.ask_span` of `leave.request`."""
        return f"{self.stem}.{block}"

    @cached_property
    def fields(self) -> dict[str, Reads]:
        return {name: info.metadata[0] for name, info in self.model.model_fields.items()}

    @cached_property
    def _adapters(self) -> dict[str, TypeAdapter[Any]]:
        types = get_type_hints(self.model)
        return {name: TypeAdapter(types[name]) for name in self.model.model_fields}

    def stored(self, name: str, value: Any) -> Any:
        """A parsed answer as JSON."""
        return self._adapters[name].dump_python(value, mode="json")

    def value(self, name: str, stored: Any) -> Any:
        return self._adapters[name].validate_python(stored)

    def values(self, answers: Answers, reading: Reading) -> M:
        """All answers, defaults where nothing was said."""
        known = {name: answers.get(name, reading.question(name).default) for name in self.fields}
        return self.model.model_validate({name: value for name, value in known.items() if value is not None})


@dataclass(frozen=True)
class Ask:
    """The open question; `lead` says before it what was wrong."""

    field: str
    question: Question
    lead: Notice | None = None


@dataclass(frozen=True)
class Confirm:
    """Nothing is left to ask: the read-back, perhaps with a word before it."""

    lead: Notice | None = None


@dataclass(frozen=True)
class State:
    """How far a form is: `asked` is the open question ("" at the read-back), `trail` the ones answered before it."""

    answers: Answers
    asked: str = ""
    trail: tuple[str, ...] = ()


Step = tuple[State, Ask | Confirm]


def settle(form: Form[Any], state: State, look: Look, *, lead: Notice | None = None) -> Step:
    """The next thing to ask: what a rule objects to, else the first field without an answer or a default."""
    reading = look(state.answers)
    if reading.objection is not None:
        return _object(form, state, look, reading.objection)
    for name in form.fields:
        question = reading.question(name)
        if question.needed and name not in state.answers and question.default is None:
            return replace(state, asked=name), Ask(name, question, lead)
    return replace(state, asked=""), Confirm(lead)


def _object(form: Form[Any], state: State, look: Look, objection: Objection) -> Step:
    left = {name: value for name, value in state.answers.items() if name != objection.field}
    question = replace(look(left).question(objection.field), ask=objection.why, options=objection.options)
    return replace(state, answers=left, asked=objection.field), Ask(objection.field, question)


def begin(form: Form[Any], answers: Answers, line: str, look: Look) -> Step:
    """Opens a form with what one line says already."""
    filled, lead = fill(form, answers, line, look)
    return settle(form, State(filled), look, lead=lead)


def advance(form: Form[Any], state: State, said: str, look: Look) -> Step:
    """One answer typed to the open question, or a correction typed at the read-back."""
    if not state.asked:
        return _correct(form, state, said, look)
    options = look(state.answers).question(state.asked).options
    if said.strip() in YES and not any(said.strip() in one.names for one in options):
        # Somebody who says yes before the read-back has not answered the question.
        return again(form, state, look, lead=notice("dialog.answer_first"))
    name = state.asked
    try:
        field_read, value = _read(form, name, said, look(state.answers))
    except Misread as error:
        return _several(form, state, said, look, problem=misread(error))
    return put(form, state, field_read, form.stored(field_read, value), look)


def put(form: Form[Any], state: State, name: str, stored: Any, look: Look) -> Step:
    """Takes one answer (as JSON): what depended on the old one is void, and the form goes on."""
    void = form.fields[name].clears
    answers = {key: value for key, value in state.answers.items() if key not in void} | {name: stored}
    trail = state.trail if state.asked in ("", *state.trail) else (*state.trail, state.asked)
    return settle(form, State(answers, state.asked, trail), look)


def is_stuck(before: State, step: Step) -> bool:
    """Whether an answer brought the form no further."""
    return before.answers == step[0].answers and step[1].lead is not None


def skip(form: Form[Any], state: State, look: Look) -> Step:
    """Leaves the open question unanswered, if it may be."""
    if not state.asked or not look(state.answers).question(state.asked).optional:
        return again(form, state, look, lead=notice("dialog.cannot_skip"))
    empty = "" if form.fields[state.asked].free else None
    return put(form, state, state.asked, empty, look)


def back(form: Form[Any], state: State, look: Look) -> Step:
    """To the question before this one; from a single changed answer, to the read-back."""
    if state.asked in state.answers:
        return settle(form, state, look)
    if not state.trail:
        return again(form, state, look, lead=notice("dialog.nothing_before"))
    *before, last = state.trail
    left = {name: value for name, value in state.answers.items() if name != last}
    return ask(form, State(left, last, tuple(before)), look)


def again(form: Form[Any], state: State, look: Look, *, lead: Notice | None = None) -> Step:
    """The same thing once more."""
    if not state.asked:
        return settle(form, state, look, lead=lead)
    return ask(form, state, look, lead=lead)


def ask(form: Form[Any], state: State, look: Look, *, lead: Notice | None = None) -> Step:
    question = look(state.answers).question(state.asked)
    return state, Ask(state.asked, question, lead)


def _read(form: Form[Any], name: str, said: str, reading: Reading) -> tuple[str, Any]:
    rather = form.fields[name].rather
    if rather:
        try:
            return rather, form.fields[rather].read(_meant(said), reading, rather)
        except Misread:
            # Not a change of mind: it answers the question that was asked.
            rather = ""
    return name, form.fields[name].read(said, reading, name)


def _several(form: Form[Any], state: State, said: str, look: Look, *, problem: Notice) -> Step:
    """An answer that says more than was asked (`周五下午 家里有事`), or none at all."""
    if form.fields[state.asked].free:
        return again(form, state, look, lead=problem)
    open_again = {name: value for name, value in state.answers.items() if name != state.asked}
    filled, _ = fill(form, open_again, said, look)
    if state.asked not in filled:
        return again(form, state, look, lead=problem)
    return settle(form, State(filled, state.asked, (*state.trail, state.asked)), look)


def _meant(said: str) -> str:
    """The answer without what people put before it: 改到周日, 不对，周日."""
    return INSTEAD.sub("", said.strip()) or said


def _correct(form: Form[Any], state: State, said: str, look: Look) -> Step:
    """At the read-back a typed time, number or name corrects the answer that it can only mean."""
    reading = look(state.answers)
    said = _meant(said)
    problem = notice("dialog.press_or_change")
    for name, reads in form.fields.items():
        question = reading.question(name)
        if reads.free or not question.needed:
            continue
        if said in question.doubtful:
            problem = question.doubt or problem
            continue
        try:
            value = reads.read(said, reading, name)
        except Misread as error:
            problem = misread(error) if means_a_time(reads, error) else problem
            continue
        return put(form, state, name, form.stored(name, value), look)
    return settle(form, state, look, lead=problem)
