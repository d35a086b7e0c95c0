"""邀请 and 加入: a manager gives a one-time code, whoever types it in a private chat is that person from then on.

Who tries without knowing one hears little and seldom: so many tries an hour, counted from the audit.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot import hearing
from bot.feature import Answer, Context, Feature, Press, Refusal, spelled
from bot.handlers import people_form
from bot.handlers.people_lists import named, pressed, subject
from bot.notices import Notice, as_content, notice
from bot.rules import people as rules
from bot.stores import open_store
from bot.talk import PRIVATE, Incoming, Said
from storage import audit, inbox, invites, outbox, staff
from storage.staff import Contact, Staff


@dataclass(frozen=True)
class Heard:
    """What a stranger, or whoever was one, is answered."""

    recipient: str
    said: Notice
    store_id: int | None = None


def invite(ctx: Context, word: str, rest: str) -> Answer:
    """邀请 王磊: a code for 王磊; the ones given before open nothing any more."""
    return _invite(ctx, named(ctx, rest).person)


def press_invite(ctx: Context, press: Press) -> Answer:
    return _invite(ctx, pressed(ctx, press))


def _invite(ctx: Context, person: Staff) -> Answer:
    """A code lets its bearer be that person, so it is given by those who may change them (and to oneself)."""
    if not rules.may_change(ctx.me, person):
        raise Refusal("people.only_gm", names=people_form.gm_names(ctx), audited="people.not_allowed")
    code = "".join(secrets.choice(rules.ALPHABET) for _ in range(rules.CODE_LENGTH))
    until = ctx.now + rules.CODE_LASTS
    invites.put(ctx.session, person.id, code, expires_at=until, by_id=ctx.me.id, code=True)
    ctx.record("people.invited", subject(person), by=ctx.me, after={"until": until.isoformat()})
    known = staff.has_chat(ctx.session, person.id)
    link = invites.telegram_link(ctx.session, code)
    return notice("people.invited", name=person.name, code=rules.grouped(code), until=until, known=known, link=link)


def joined_already(ctx: Context, word: str, rest: str) -> Answer:
    """加入 by somebody whose chat this is already; the code is not looked at."""
    return notice("people.already_here", name=ctx.me.name)


def is_joining(incoming: Incoming) -> bool:
    """Whether this is 加入 typed in a private chat."""
    return incoming.kind == Said.TEXT and incoming.chat == PRIVATE and rules.code_in(incoming.text) is not None


def hear_stranger(
    session: Session,
    contact: Contact,
    incoming: Incoming,
    inbox_id: int,
    now: datetime,
    features: Mapping[str, Feature],
) -> Heard | None:
    """What somebody is answered whom no store knows (or who has left one); mostly nothing, and never at length."""
    lane, code = f"contact:{contact.id}", rules.code_in(incoming.text) if is_joining(incoming) else None
    if not code:
        key = "desk.stranger" if code is None else "people.join_how"
        return Heard(lane, notice(key)) if _now_and_then(session, lane, key, now) else None
    if audit.count_since(session, lane, "people.join_failed", since=now - rules.TRIES_WITHIN) >= rules.TRIES:
        held = _now_and_then(session, lane, "people.join_held", now)
        return Heard(lane, notice("people.join_too_often")) if held else None
    person = invites.use(session, code, now=now, code=True)
    if person is None:
        _record(session, lane, "people.join_failed", now)
        return Heard(lane, notice("people.join_failed", why=_why(session, code, now)))
    known = invites.find(session, code, code=True)
    return let_in(
        session, contact, person, now, features, invited_by_id=known.invited_by_id if known else None, inbox_id=inbox_id
    )


def _now_and_then(session: Session, lane: str, verb: str, now: datetime) -> bool:
    """Whether it is time for this answer; if so it is recorded."""
    if audit.count_since(session, lane, verb, since=now - rules.GREETED_EVERY):
        return False
    _record(session, lane, verb, now)
    return True


def _record(session: Session, lane: str, verb: str, now: datetime) -> None:
    audit.record(session, store_id=None, actor_id=None, verb=verb, subject=lane, at=now)


def _why(session: Session, code: str, now: datetime) -> str:
    """Why a code opens nothing: used, ended, or never one."""
    known = invites.find(session, code, code=True)
    if known is None:
        return "wrong"
    if known.used_at is not None:
        return "used"
    return "ended" if known.replaced or known.expires_at <= now else "wrong"


def let_in(
    session: Session,
    contact: Contact,
    person: Staff,
    now: datetime,
    features: Mapping[str, Feature],
    *,
    invited_by_id: int | None,
    inbox_id: int = 0,
) -> Heard:
    """The chat is the person's, and what waits in it too; the person's other chats and who invited them hear of it.

    `inbox_id` is the message that brought the code; a link is opened without one.
    """
    before = inbox.lane_of(contact)
    others = [one for one in staff.contacts_of(session, person.id) if one.id != contact.id]
    staff.bind(session, contact, person.id)
    staff.spoke(session, contact.id, now=now)
    inbox.move_lane(session, contact, old=before, after=inbox_id)
    scene = open_store(session, person.store_id, now, features)
    ctx = Context(**vars(scene), me=person, inbox_id=inbox_id)
    ctx.record("people.joined", subject(person), by=person, after={"contact": contact.id})
    for other in others:
        outbox.put(
            session,
            store_id=person.store_id,
            recipient=f"staff:{person.id}",
            content=as_content(notice("people.new_chat")),
            now=now,
            via=spelled(other),
        )
    if invited_by_id is not None and invited_by_id != person.id:
        ctx.tell(invited_by_id, notice("people.joined", name=person.name))
    commands = [command for command in hearing.allowed(ctx) if command.in_menu]
    said = notice("people.welcome", name=person.name, store=ctx.store.name, buttons=hearing.buttons_for(ctx, commands))
    return Heard(f"staff:{person.id}", said, person.store_id)
