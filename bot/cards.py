"""A queued notice in words, as the facts are when it is sent: for whom, with the buttons that are true for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.feature import Feature, Scene
from bot.notices import Notice, from_content, in_words
from bot.stores import open_store
from bot.talk import File, Message
from bot.texts import reading_at
from storage import dialogs, outbox, staff
from storage.outbox import Kind, Outbox
from storage.staff import Staff

# Somebody who belongs to no store reads no hours; the zone is there because texts have one.
DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Shown:
    """What a channel is to show, and what the subject's card said at that moment (to see later whether it changed)."""

    message: Message
    card: str = ""


def show(session: Session, row: Outbox, now: datetime, features: Mapping[str, Feature]) -> Shown | None:
    """The notice as a message; None if there is nothing left to say."""
    if row.store_id is None:
        return _without_store(row, now)
    scene = open_store(session, row.store_id, now, features)
    with reading_at(now, scene.rules.working.zone):
        if row.subject.startswith("dialog:"):
            return Shown(in_words(_form_card(scene, row)))
        shown = _live(scene, row) if row.subject else Shown(in_words(from_content(row.content)))
        return _with_file(scene, row, shown) if shown and row.content.get("file") else shown


def _with_file(scene: Scene, row: Outbox, shown: Shown) -> Shown:
    """The file that goes with a notice, as its feature makes it now; an edit changes words only."""
    if row.kind == Kind.EDIT:
        return shown
    return replace(shown, message=replace(shown.message, file=_file(scene, row)))


def _file(scene: Scene, row: Outbox) -> File | None:
    stem, verb, number = row.content["file"].split(":")
    return scene.features[stem].files[verb](scene, int(number), _viewer(scene, row))


def _without_store(row: Outbox, now: datetime) -> Shown:
    with reading_at(now, DEFAULT_ZONE):
        return Shown(in_words(from_content(row.content)))


def _live(scene: Scene, row: Outbox) -> Shown | None:
    """A card: its own words when it is new, the subject's words once the subject has changed."""
    said = from_content(row.content, subject=row.subject)
    card = _card(scene, row)
    if card is None:
        return Shown(in_words(replace(said, buttons=()))) if said.key else None
    words = in_words(card)
    original = outbox.get(scene.session, row.target_id) if row.kind == Kind.EDIT and row.target_id else row
    if said.passing:
        own = in_words(replace(said, buttons=()))
        return Shown(own if original is None or original.past else replace(own, buttons=words.buttons), words.markup)
    unchanged = row.kind == Kind.SEND or (original is not None and original.card == words.markup)
    if said.key and unchanged:
        return Shown(replace(in_words(replace(said, buttons=())), buttons=words.buttons), words.markup)
    if said.lead and unchanged:
        return Shown(in_words(replace(card, lead=said.lead)), words.markup)
    return Shown(words, words.markup)


def _card(scene: Scene, row: Outbox) -> Notice | None:
    stem, _, number = row.subject.partition(":")
    draw = scene.features[stem].card
    return draw(scene, int(number), _viewer(scene, row)) if draw else None


def _viewer(scene: Scene, row: Outbox) -> Staff | None:
    """Who reads it; nobody in particular in a group."""
    kind, _, key = row.recipient.partition(":")
    return staff.get(scene.session, int(key)) if kind == "staff" else None


def _form_card(scene: Scene, row: Outbox) -> Notice:
    """A form's question; its buttons are there while it is the newest one."""
    said = from_content(row.content, subject=row.subject)
    dialog_id, _, version = row.subject.removeprefix("dialog:").partition(".")
    opened = dialogs.get(scene.session, int(dialog_id))
    newest = opened is not None and opened.open and opened.version == int(version)
    return said if newest else replace(said, buttons=())
