"""What was sent has come, or never will: it is kept with its case, and whoever sent it hears what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from bot.feature import Feature, Scene
from bot.notices import notice
from bot.stores import open_store
from bot.talk import DeliveryError, File
from storage import customers, files, staff
from storage.files import CaseFile, SentFile, SentState


def keep(session: Session, sent_id: int, file: File, *, now: datetime, features: Mapping[str, Feature]) -> None:
    """It is there: the next version of its name, or what the case had already."""
    one = files.waiting(session, sent_id)
    if one is None or one.case_id is None:
        return
    scene = open_store(session, one.store_id, now, features)
    customers.lock(session, scene.store.id, one.case_id)
    known = files.holding(session, one.case_id, files.digest(file.content))
    kept = known or _kept(scene, one, one.case_id, file)
    files.settle(session, one, SentState.KNOWN if known else SentState.KEPT, kept_id=kept.id)
    _refresh(scene, one)


def _kept(scene: Scene, one: SentFile, case_id: int, file: File) -> CaseFile:
    kept = files.keep(
        scene.session,
        store_id=scene.store.id,
        case_id=case_id,
        step_id=one.step_id,
        name=one.name or file.name,
        content=file.content,
        by_id=one.by_id,
        at=one.at,
    )
    after = {"name": kept.name, "version": kept.version, "sha256": kept.sha256}
    sender = staff.get(scene.session, one.by_id)
    scene.record("files.kept", f"customers:{case_id}", by=sender, rule="HANDBOOK W3", after=after)
    return kept


def give_up(
    session: Session, sent_id: int, error: DeliveryError, *, now: datetime, features: Mapping[str, Feature]
) -> None:
    """Its platform will never hand it out: whoever sent it is told, to send it again."""
    one = files.waiting(session, sent_id)
    if one is None:
        return
    scene = open_store(session, one.store_id, now, features)
    files.settle(session, one, SentState.LOST, error=str(error))
    told = notice("files.too_large" if error.too_large else "files.lost", name=one.name)
    scene.tell(one.by_id, told, urgent=True, dedupe=one.subject)
    _refresh(scene, one)


def _refresh(scene: Scene, one: SentFile) -> None:
    """The card is about the first of what came together."""
    scene.refresh(files.together_with(scene.session, one)[0].subject)
