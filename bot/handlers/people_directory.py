"""Whom a platform's own directory calls by the name of exactly one of our people is that person, without a code.

Who has another chat there already, or whose chats were given up (停用聊天), brings a code like everybody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from bot.feature import Feature
from bot.handlers.people_joining import Heard, let_in
from bot.handlers.people_lists import subject
from bot.notices import notice
from bot.reach import managers_but
from bot.stores import open_store
from bot.talk import PRIVATE, Incoming
from storage import audit, staff
from storage.staff import Contact, Staff


def recognise(
    session: Session, contact: Contact, incoming: Incoming, now: datetime, features: Mapping[str, Feature]
) -> Heard | None:
    """The person's welcome, if it is one of ours; what they said waits in their lane. The client managers hear it."""
    if not incoming.name or incoming.chat != PRIVATE or contact.staff_id is not None:
        return None
    person = _only_one(session, contact, incoming.name)
    if person is None:
        return None
    heard = let_in(session, contact, person, now, features, invited_by_id=None)
    scene = open_store(session, person.store_id, now, features)
    for manager in managers_but(scene, person):
        scene.tell(manager.id, notice("people.recognised", name=person.name))
    return heard


def _only_one(session: Session, contact: Contact, name: str) -> Staff | None:
    called = [one for one in staff.by_name_or_key(session, name) if one.name == name]
    if len(called) != 1:
        return None
    [person] = called
    known = staff.has_contact(session, person.id, channel=contact.channel, account=contact.account)
    given_up = audit.has(session, person.store_id, subject(person), "people.chats_dropped")
    return None if known or given_up else person
