"""The handover form as a file to be printed: the rows of HANDBOOK 2.6, and no total, whoever prints it (E6).

Whether a breakdown is attached is nowhere on record, and not said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.documents import pdf, sheet
from bot.documents.paper import Line, Listing, Paper
from bot.feature import Answer, Context, Press, Refusal, Scene
from bot.handlers import customers_forgetting, customers_naming
from bot.handlers import handover_cards as cards
from bot.notices import Notice, in_words, notice
from bot.rules.workflow import BY_KEY, StepKey
from bot.talk import File
from bot.texts import plain, without_numbers
from storage import customers, handover, staff, workflow
from storage.handover import HandoverForm
from storage.staff import Staff

BEFORE = ("number", "case", "customer", "estate", "stage")
COLUMNS = ("item", "name", "version", "pages", "form", "remarks")
AFTER = (
    *("attached", "materials", "remarks", "giver", "receiver", "answer", "next"),
    *("signed_giver", "signed_receiver"),
)


def press_sheet(ctx: Context, press: Press) -> Answer:
    """The button 表格."""
    return _sent(ctx, press, "sheet")


def press_pdf(ctx: Context, press: Press) -> Answer:
    """The button PDF."""
    return _sent(ctx, press, "pdf")


def show(ctx: Context, press: Press) -> Answer:
    """The form's card, from the list of a case's files."""
    return Notice(subject=_visible(ctx, press).subject)


def _sent(ctx: Context, press: Press, kind: str) -> Answer:
    form = _visible(ctx, press)
    return notice("handover.paper_sent", file=f"handover:{kind}:{form.id}", **cards.facts(ctx, form))


def _visible(ctx: Context, press: Press) -> HandoverForm:
    """The form that a button is about, if the person may see it; buttons can be forged."""
    form = handover.get(ctx.session, ctx.store.id, press.subject_id)
    case = customers.get(ctx.session, ctx.store.id, form.case_id) if form else None
    if form is None or case is None:
        raise Refusal("desk.no_such_button", audited="desk.forged_button")
    if not cards.may_see(ctx, form, case, ctx.me):
        customers_naming.require_visible(ctx, case)
    customers_forgetting.require_kept(ctx, case)
    return form


def make_sheet(scene: Scene, form_id: int, viewer: Staff | None) -> File:
    paper = _paper(scene, form_id, viewer)
    return File(f"{paper.number}.xlsx", sheet.written(paper), sheet.MEDIA_TYPE)


def make_pdf(scene: Scene, form_id: int, viewer: Staff | None) -> File:
    paper = _paper(scene, form_id, viewer)
    return File(f"{paper.number}.pdf", pdf.written(paper), pdf.MEDIA_TYPE)


def _paper(scene: Scene, form_id: int, viewer: Staff | None) -> Paper:
    """The form as it is now; call it where texts are read."""
    form = handover.get(scene.session, scene.store.id, form_id)
    case = customers.get(scene.session, scene.store.id, form.case_id) if form else None
    if form is None or case is None or viewer is None or not cards.may_see(scene, form, case, viewer):
        raise LookupError(f"handover form {form_id} of store {scene.store.id}")
    known = _facts(scene, form)
    return Paper(
        title=_said("handover.print_title"),
        number=form.number,
        store=scene.store.name,
        before=_lines(BEFORE, known),
        listing=_listing(form),
        after=_lines(AFTER, known),
        as_of=form.answered_at or form.handed_at,
    )


def _facts(scene: Scene, form: HandoverForm) -> dict[str, Any]:
    signed_by = form.handed_by_id or form.from_id
    return cards.facts(scene, form) | {
        **_roles(scene, form),
        "attached": sum(1 for one in form.items if one.get("version")),
        "signed_by": staff.get(scene.session, signed_by).name,
        "answered_by": staff.get(scene.session, form.answered_by_id).name if form.answered_by_id else "",
    }


def _roles(scene: Scene, form: HandoverForm) -> dict[str, Notice]:
    """Whose part of the process goes over to whose, as the table of the process has it."""
    step = workflow.get(scene.session, scene.store.id, form.step_id)
    row = BY_KEY[StepKey(step.step)] if step else None
    if row is None or row.hands is None:
        raise LookupError(f"step {form.step_id} of handover form {form.id}")
    return {"by_role": notice(f"staff.role_{row.owner}"), "to_role": notice(f"staff.role_{row.hands.to}")}


def _lines(rows: tuple[str, ...], known: Mapping[str, Any]) -> tuple[Line, ...]:
    return tuple(Line(_said(f"handover.print_label_{one}"), _said(f"handover.print_{one}", **known)) for one in rows)


def _listing(form: HandoverForm) -> Listing:
    columns = tuple(_said(f"handover.print_column_{one}") for one in COLUMNS)
    rows = tuple(_row(number, one) for number, one in enumerate(form.items, start=1))
    return Listing(columns, rows or (("",) * len(COLUMNS),))


def _row(number: int, item: Mapping[str, Any]) -> tuple[str, ...]:
    """A file of the case is electronic and has a version; what the giver wrote stands as it was written."""
    is_file = item.get("version") is not None
    return (
        str(number),
        without_numbers(str(item["name"])),
        _said("handover.print_version", version=item["version"]) if is_file else "",
        str(item.get("pages", "")),
        str(item.get("form", _said("handover.print_electronic") if is_file else "")),
        without_numbers(str(item.get("remarks", ""))),
    )


def _said(key: str, **values: Any) -> str:
    return plain(in_words(notice(key, **values)).markup)
