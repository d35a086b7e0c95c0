"""A form being filled in: its row, its cards and their buttons, from the first question to the saved fact."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from pydantic import BaseModel

from bot import dialog
from bot.dialog import Answers, Ask, Form, Look, State, Step
from bot.feature import Answer, Context, Feature, Refusal, Reply, Scene
from bot.notices import Buttons, Notice, in_rows, notice, row
from bot.questions import Option, Reading
from bot.talk import Button
from bot.texts import text
from storage import dialogs
from storage.dialogs import Dialog
from storage.reminders import Reminder

LEFT_AFTER = timedelta(days=1)
SPOKEN = {
    "取消": "cancel",
    "不填了": "cancel",
    "算了": "cancel",
    "上一步": "back",
    "跳过": "skip",
    "修改": "change",
    "接着填": "go",
    **dict.fromkeys(dialog.YES, "ok"),
}
ONLY_AT_READ_BACK = {"ok", "change"}


class Nothing(BaseModel):
    """What a form holds that asks nothing but a confirmation."""


def plain_reading(ctx: Context, answers: Answers, about: Mapping[str, Any]) -> Reading:
    """The questions of a form just as they are: no defaults, no rules."""
    return Reading(ctx.now, ctx.rules.working)


def open_form(
    ctx: Context,
    form: Form[Any],
    *,
    line: str = "",
    answers: Answers | None = None,
    about: Mapping[str, Any] | None = None,
) -> Answer:
    """Opens a form with what is known already; the form that was open is put aside."""
    leave_open_form(ctx)
    opened = dialogs.start(
        ctx.session,
        store_id=ctx.store.id,
        staff_id=ctx.me.id,
        form=form.name,
        answers={},
        about=dict(about or {}),
        now=ctx.now,
    )
    step = dialog.begin(form, answers or {}, line, _look(ctx, form, opened))
    return _go_on(ctx, form, opened, step)


def typed(ctx: Context, opened: Dialog, said: str, *, otherwise: Callable[[], tuple[bool, Answer] | None]) -> Answer:
    """What was typed while the form is open; `otherwise` is tried when it answers nothing that was asked."""
    form = _form(ctx, opened)
    op = SPOKEN.get(said.strip())
    if op in ("go", "cancel"):
        return _do(ctx, form, opened, op)
    if ctx.now - opened.touched_at > LEFT_AFTER and not opened.held:
        return _do(ctx, form, opened, "go") if op else _ask_to_go_on(ctx, form, opened, said)
    if op and not (op in ONLY_AT_READ_BACK and opened.asked):
        return _do(ctx, form, opened, op)
    if (place := _button_called(opened, said)) is not None:
        return _choose(ctx, form, opened, f"o{place}")
    state, look = _state(opened), _look(ctx, form, opened)
    step = dialog.advance(form, state, said, look)
    instead = otherwise() if dialog.is_stuck(state, step) else None
    return instead[1] if instead else _go_on(ctx, form, opened, step)


def takes(ctx: Context, opened: Dialog, said: str) -> bool:
    """Whether what was said answers just what the form asks now: `年假` to the question which kind of leave."""
    form = _form(ctx, opened)
    if opened.asked and form.fields[opened.asked].free:
        return False
    state = _state(opened)
    if _button_called(opened, said) is not None:
        return True
    return not dialog.is_stuck(state, dialog.advance(form, state, said, _look(ctx, form, opened)))


def may_begin_anew(ctx: Context, opened: Dialog) -> bool:
    """Whether the same command with something behind it means another form of the kind."""
    return _form(ctx, opened).anew


def pressed(ctx: Context, opened: Dialog, version: int, op: str) -> Answer:
    """A button of one of the form's cards; only the newest card's buttons still mean something."""
    if not opened.open or opened.version != version:
        raise Refusal("dialog.past", buttons=_reopen(opened)) if opened.open else Refusal("dialog.done")
    return _do(ctx, _form(ctx, opened), opened, op)


def leave_open_form(ctx: Context) -> None:
    """Closes the form that is open, if one is: what it was about has been settled otherwise."""
    opened = dialogs.open_of(ctx.session, ctx.me.id)
    if opened is not None:
        leave(ctx, opened)


def step_back(ctx: Context, opened: Dialog) -> None:
    """The question before is open again, for what is said next."""
    form = _form(ctx, opened)
    _go_on(ctx, form, opened, dialog.back(form, _state(opened), _look(ctx, form, opened)))


def show_again(ctx: Context, opened: Dialog) -> Answer:
    form = _form(ctx, opened)
    return _go_on(ctx, form, opened, dialog.again(form, _state(opened), _look(ctx, form, opened)))


def _do(ctx: Context, form: Form[Any], opened: Dialog, op: str) -> Answer:
    look, state = _look(ctx, form, opened), _state(opened)
    match op:
        case "cancel":
            leave(ctx, opened)
            return notice(form.cancelled, title=form.key("title"))
        case "back":
            return _go_on(ctx, form, opened, dialog.back(form, state, look))
        case "skip":
            return _go_on(ctx, form, opened, dialog.skip(form, state, look))
        case "change" if not opened.asked:
            return _offer_fields(ctx, form, opened)
        case "ok" if not opened.asked:
            return _save(ctx, form, opened)
        case "go":
            return _resume(ctx, form, opened)
    return _choose(ctx, form, opened, op)


def _choose(ctx: Context, form: Form[Any], opened: Dialog, op: str) -> Answer:
    look, state = _look(ctx, form, opened), _state(opened)
    found = re.fullmatch(r"([of])(\d{1,3})", op)
    names = list(form.fields)
    if found and found[1] == "f" and not opened.asked and int(found[2]) < len(names):
        changed = State(state.answers | _effective(form, state, look), names[int(found[2])], state.trail)
        return _go_on(ctx, form, opened, dialog.ask(form, changed, look))
    if not found or found[1] == "f" or int(found[2]) >= len(opened.offered):
        raise Refusal("dialog.past", buttons=_reopen(opened))
    offer = opened.offered[int(found[2])]
    if offer.get("asks"):
        step = dialog.ask(form, state, look)
        return _go_on(ctx, form, opened, step, instead=offer["asks"])
    return _go_on(ctx, form, opened, dialog.put(form, state, offer["field"], offer["value"], look))


def _effective(form: Form[Any], state: State, look: Look) -> Answers:
    """The defaults that the read-back showed; changing one answer must not silently change another."""
    reading = look(state.answers)
    shown = {name: reading.question(name).default for name in form.fields if reading.question(name).needed}
    return {name: value for name, value in shown.items() if value is not None and name not in state.answers}


def _save(ctx: Context, form: Form[Any], opened: Dialog) -> Answer:
    look, state = _look(ctx, form, opened), _state(opened)
    step = dialog.settle(form, state, look)
    if isinstance(step[1], Ask):
        # The world went on since the read-back: another leave, a new rule.
        return _go_on(ctx, form, opened, step)
    values = form.values(state.answers, look(state.answers))
    answer = form.submit(ctx, values, opened.about)
    leave(ctx, opened)
    return answer


def leave(scene: Scene, opened: Dialog) -> None:
    """Closes the form, whoever was at it."""
    card = _card(opened)
    dialogs.close(scene.session, opened)
    scene.forget("dialog", f"dialog:{opened.id}")
    scene.refresh(card)


def _go_on(ctx: Context, form: Form[Any], opened: Dialog, step: Step, *, instead: str = "") -> Answer:
    state, ahead = step
    before = _card(opened)
    opened.answers, opened.asked, opened.trail = dict(state.answers), state.asked, list(state.trail)
    opened.version += 1
    opened.touched_at, opened.held = ctx.now, ""
    if not isinstance(ahead, Ask) and not form.confirms:
        ctx.refresh(before)
        return _save(ctx, form, opened)
    reply = (
        _asking(form, opened, ahead, instead)
        if isinstance(ahead, Ask)
        else _reading_back(ctx, form, opened, ahead.lead)
    )
    dialogs.save(ctx.session, opened)
    ctx.refresh(before)
    ctx.remind("dialog", f"dialog:{opened.id}", ctx.now + LEFT_AFTER)
    return reply


def _asking(form: Form[Any], opened: Dialog, ahead: Ask, instead: str) -> Reply:
    question = ahead.question
    said = notice(instead) if instead else question.ask or notice(form.key(f"ask_{ahead.field}"))
    opened.offered = [] if instead else [_offer(option, ahead.field) for option in question.options]
    options = () if instead else _option_rows(opened, question.options)
    controls = _controls(opened, skip=question.optional, back=bool(opened.trail) or ahead.field in opened.answers)
    return Notice(said.key, said.values, options + said.buttons + controls, _card(opened), ahead.lead)


def _offer(option: Option, asked: str) -> dict[str, Any]:
    label = "" if option.values else option.label
    asks, names = (option.asks.key, list(option.names)) if option.asks else ("", [])
    return {"field": option.sets or asked, "value": option.value, "asks": asks, "label": label, "names": names}


def _button_called(opened: Dialog, said: str) -> int | None:
    """The place of the button on which these words stand, or which asks for more by such a name: typing is pressing."""
    for place, one in enumerate(opened.offered):
        label = one.get("label")
        if said.strip() in one.get("names", ()) or (label and text(label) == said.strip()):
            return place
    return None


def _option_rows(opened: Dialog, options: tuple[Option, ...]) -> Buttons:
    buttons = [
        Button(option.label, _action(opened, f"o{index}"), dict(option.values)) for index, option in enumerate(options)
    ]
    return in_rows(buttons)


def _controls(opened: Dialog, *, skip: bool, back: bool) -> Buttons:
    names = [name for name, shown in (("skip", skip), ("back", back), ("cancel", True)) if shown]
    return row(*(Button(f"dialog.button_{name}", _action(opened, name)) for name in names))


def _reading_back(ctx: Context, form: Form[Any], opened: Dialog, lead: Notice | None) -> Reply:
    reading = _look(ctx, form, opened)(opened.answers)
    values = form.values(opened.answers, reading)
    can_change = any(reading.question(name).needed for name in form.fields)
    names = ("ok", "change", "cancel") if can_change else ("ok", "cancel")
    buttons = row(*(Button(f"dialog.button_{name}", _action(opened, name)) for name in names))
    opened.offered = []
    return Notice(form.key(form.shows), dict(form.readback(ctx, values, opened.about)), buttons, _card(opened), lead)


def _offer_fields(ctx: Context, form: Form[Any], opened: Dialog) -> Answer:
    before = _card(opened)
    opened.version += 1
    dialogs.save(ctx.session, opened)
    ctx.refresh(before)
    reading = _look(ctx, form, opened)(opened.answers)
    buttons = [
        Button(form.key(f"label_{name}"), _action(opened, f"f{index}"))
        for index, name in enumerate(form.fields)
        if reading.question(name).needed
    ]
    return notice(
        "dialog.change_what", buttons=in_rows(buttons) + _controls(opened, skip=False, back=True), subject=_card(opened)
    )


def _ask_to_go_on(ctx: Context, form: Form[Any], opened: Dialog, said: str) -> Answer:
    opened.held = said
    dialogs.save(ctx.session, opened)
    return _left(form, opened)


def _left(form: Form[Any], opened: Dialog) -> Notice:
    buttons = row(
        Button("dialog.button_go", _action(opened, "go")), Button("dialog.button_drop", _action(opened, "cancel"))
    )
    return notice(
        "dialog.left", buttons=buttons, title=form.key("title"), since=opened.touched_at, subject=_card(opened)
    )


def _resume(ctx: Context, form: Form[Any], opened: Dialog) -> Answer:
    held, opened.touched_at = opened.held, ctx.now
    if not held:
        return show_again(ctx, opened)
    if (place := _button_called(opened, held)) is not None:
        return _choose(ctx, form, opened, f"o{place}")
    return _go_on(ctx, form, opened, dialog.advance(form, _state(opened), held, _look(ctx, form, opened)))


def _ring(scene: Scene, reminder: Reminder) -> None:
    """A form that was left for a day asks whether to go on."""
    opened = dialogs.get(scene.session, int(reminder.subject.partition(":")[2]))
    if opened is not None and opened.open and scene.now - opened.touched_at >= LEFT_AFTER:
        form = _form(scene, opened)
        scene.tell(opened.staff_id, _left(form, opened), dedupe=f"left|{opened.id}|{opened.version}")


def _form(scene: Scene, opened: Dialog) -> Form[Any]:
    stem = opened.form.partition(".")[0]
    return next(form for form in scene.features[stem].forms if form.name == opened.form)


def _look(ctx: Context, form: Form[Any], opened: Dialog) -> Look:
    """What the form asks by the answers; looked up once for the same ones, since nothing changes while it is filled."""
    seen: dict[str, Reading] = {}

    def look(answers: Answers) -> Reading:
        said = json.dumps(answers, sort_keys=True)
        if said not in seen:
            seen[said] = form.look(ctx, answers, opened.about)
        return seen[said]

    return look


def _state(opened: Dialog) -> State:
    return State(dict(opened.answers), opened.asked, tuple(opened.trail))


def _card(opened: Dialog) -> str:
    return f"dialog:{opened.id}.{opened.version}"


def _action(opened: Dialog, op: str) -> str:
    return f"dialog:{op}:{opened.id}:{opened.version}"


def _reopen(opened: Dialog) -> Buttons:
    return row(Button("dialog.button_open", f"dialog:show:{opened.id}"))


feature = Feature(name="dialog", rings=_ring)
