"""文件: a file or photo that somebody sends goes to the step they have in hand, and is kept with its case.

With several steps in hand a button says to which; the case's number in the caption or in the file's name says it too.
What it holds is fetched afterwards (bot/scheduler/fetching.py). 文件 2026-0031 lists what a case has.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.feature import Answer, Command, Context, Feature, Press, Refusal, Scene
from bot.handlers import customers_cards, customers_naming, files_cards
from bot.notices import Buttons, Notice, in_rows, notice
from bot.rules.customers import case_number_in
from bot.talk import Button, File, Incoming
from storage import customers, dialogs, files, handover, workflow
from storage.customers import Case
from storage.files import CaseFile, SentFile, SentState
from storage.staff import Staff
from storage.workflow import LIVE, CaseStep

WORDS = ("文件", "资料", "看文件", "看资料", "查文件", "查资料")
LISTED = 12
FORMS = 6


@dataclass(frozen=True)
class Place:
    """Where a file goes: a case, perhaps one of its steps; which one is asked while neither is known."""

    case_id: int | None = None
    step_id: int | None = None


def take(ctx: Context, incoming: Incoming) -> Answer:
    """Somebody sent a file: it is theirs to have it kept, and an album is answered once."""
    if ctx.in_group:
        return notice("files.in_private")
    first = _first_of_album(ctx, incoming)
    if first is not None:
        _send(ctx, incoming, Place(first.case_id, first.step_id), first.state)
        ctx.refresh(first.subject)
        return None
    place = _place_of(ctx, incoming)
    if place is None:
        return notice("files.no_step", name=incoming.file_name)
    one = _send(ctx, incoming, place, SentState.WAITING if place.case_id else SentState.ASKED)
    return Notice(subject=one.subject)


def _first_of_album(ctx: Context, incoming: Incoming) -> SentFile | None:
    if not incoming.album:
        return None
    so_far = files.album(ctx.session, by_id=ctx.me.id, channel=incoming.channel, album=incoming.album)
    return so_far[0] if so_far else None


def _send(ctx: Context, incoming: Incoming, place: Place, state: SentState) -> SentFile:
    """What comes after the others of its album were placed is fetched too."""
    over = (SentState.ASKED, SentState.DROPPED)
    sent = SentFile(
        store_id=ctx.store.id,
        by_id=ctx.me.id,
        channel=incoming.channel,
        account=incoming.account,
        file=incoming.file,
        name=incoming.file_name,
        album=incoming.album,
        case_id=place.case_id,
        step_id=place.step_id,
        state=state if state in over else SentState.WAITING,
        at=ctx.now,
    )
    return files.send(ctx.session, sent)


def _place_of(ctx: Context, incoming: Incoming) -> Place | None:
    """By its number, by the form that is open, by what the sender has in hand; None where there is nothing."""
    own = workflow.live_of_owner(ctx.session, ctx.me.id)
    named = _named(ctx, f"{incoming.text} {incoming.file_name}")
    if named is not None:
        there = [step for step in own if step.case_id == named.id]
        return Place(named.id, there[0].id if there else None)
    asked = _asked_for(ctx)
    if asked is not None:
        return Place(asked.case_id, asked.id)
    if len(own) == 1:
        return Place(own[0].case_id, own[0].id)
    return Place() if own else None


def _named(ctx: Context, words: str) -> Case | None:
    """The case whose number the words hold, if there is one that the sender may see."""
    number = case_number_in(words)
    case = customers.by_number(ctx.session, ctx.store.id, year=number[0], serial=number[1]) if number else None
    return case if case is not None and customers_cards.may_see(ctx, case, ctx.me) else None


def _asked_for(ctx: Context) -> CaseStep | None:
    """The step whose form is open: what is sent meanwhile belongs to it."""
    opened = dialogs.open_of(ctx.session, ctx.me.id)
    step_id = opened.about.get("step") if opened else None
    step = workflow.get(ctx.session, ctx.store.id, step_id) if isinstance(step_id, int) else None
    return step if step is not None and step.state in LIVE else None


def put(ctx: Context, press: Press) -> Answer:
    """The button with a case and a step: there it goes, with all of its album."""
    one = _asked(ctx, press)
    wanted = int(press.rest) if press.rest.isascii() and press.rest.isdigit() else 0
    step = next((each for each in workflow.live_of_owner(ctx.session, ctx.me.id) if each.id == wanted), None)
    if step is None:
        raise Refusal("files.step_over")
    for each in files.together_with(ctx.session, one):
        files.place(ctx.session, each, case_id=step.case_id, step_id=step.id)
    ctx.refresh(one.subject)
    return None


def drop(ctx: Context, press: Press) -> Answer:
    """The button 不存."""
    one = _asked(ctx, press)
    for each in files.together_with(ctx.session, one):
        files.drop(ctx.session, each)
    ctx.refresh(one.subject)
    return None


def _asked(ctx: Context, press: Press) -> SentFile:
    """The person's own file of which nobody has said where it goes."""
    one = files.sent(ctx.session, ctx.store.id, press.subject_id)
    if one is None or one.by_id != ctx.me.id:
        raise Refusal("desk.no_such_button", audited="desk.forged_button")
    if one.state != SentState.ASKED:
        raise Refusal("files.answered")
    return one


def of_case(ctx: Context, word: str, rest: str) -> Answer:
    """文件 2026-0031: what the case has, the newest first."""
    return _list(ctx, customers_naming.named_case(ctx, rest, action="files:of"))


def show(ctx: Context, press: Press) -> Answer:
    """The same by a button; behind it, from which file on backwards."""
    before = int(press.rest) if press.rest.isascii() and press.rest.isdigit() and len(press.rest) <= 18 else None
    return _list(ctx, customers_naming.pressed(ctx, press), before=before)


def _list(ctx: Context, case: Case, *, before: int | None = None) -> Answer:
    has = [one for one in reversed(files.of_case(ctx.session, case.id)) if before is None or one.id < before]
    open_to_me = [one for one in has if files_cards.may_have(ctx, case, one, ctx.me)]
    shown = open_to_me[:LISTED]
    forms = handover.of_case(ctx.session, case.id)[-FORMS:] if before is None else []
    return notice(
        "files.of_case",
        **customers_cards.facts(ctx, case),
        lines=[files_cards.line(ctx, one) for one in shown],
        withheld=len(has) - len(open_to_me),
        buttons=(*_file_buttons(case, shown, more=len(open_to_me) > LISTED), *_form_buttons(forms)),
    )


def _file_buttons(case: Case, shown: list[CaseFile], *, more: bool) -> Buttons:
    each = [Button("files.button_get", f"files:get:{one.id}", files_cards.label(one)) for one in shown]
    older = [Button("files.button_older", f"files:of:{case.id}:{shown[-1].id}")] if more else []
    return in_rows([*each, *older], width=1)


def _form_buttons(forms: list[handover.HandoverForm]) -> Buttons:
    return in_rows(
        [Button("files.button_form", f"handover:show:{one.id}", {"number": one.number}) for one in forms], width=2
    )


def get(ctx: Context, press: Press) -> Answer:
    """A file of a case, sent again."""
    one = files.get(ctx.session, ctx.store.id, press.subject_id)
    case = customers.get(ctx.session, ctx.store.id, one.case_id) if one else None
    if one is None or case is None:
        raise Refusal("desk.no_such_button", audited="desk.forged_button")
    customers_naming.require_visible(ctx, case)
    if not files_cards.may_have(ctx, case, one, ctx.me):
        raise Refusal("files.priced", audited="files.not_allowed")
    sent = f"files:content:{one.id}"
    return notice("files.here", file=sent, number=case.number, name=one.name, version=one.version)


def content(scene: Scene, file_id: int, viewer: Staff | None) -> File:
    """What goes with the message; who may have it was decided when it was asked for, and is again."""
    one = files.get(scene.session, scene.store.id, file_id)
    case = customers.get(scene.session, scene.store.id, one.case_id) if one else None
    if one is None or case is None or viewer is None or not files_cards.may_have(scene, case, one, viewer):
        raise LookupError(f"file {file_id} of store {scene.store.id}")
    return File(one.name, one.content)


feature = Feature(
    name="files",
    commands=(Command("files.of_case", WORDS, of_case, leads=True, noun=True, takes_next=True),),
    buttons={"put": put, "drop": drop, "of": show, "get": get},
    card=files_cards.card,
    files={"content": content},
    takes_file=take,
)
