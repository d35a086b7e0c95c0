"""停用聊天 王磊: a phone was lost, or a code fell into other hands: the person's chats are nobody's from then on.

Whoever may invite the person may do it, and anybody for themselves; the chat in which it is said stays theirs.
"""

from __future__ import annotations

from bot.feature import Answer, Context, Press, Refusal
from bot.handlers import people_form
from bot.handlers.people_lists import named, pressed, subject
from bot.notices import notice, row
from bot.rules import people as rules
from bot.talk import Button
from storage import inbox, staff
from storage.staff import Contact, Staff


def ask(ctx: Context, word: str, rest: str) -> Answer:
    """What will be nobody's, and the button that does it."""
    person = named(ctx, rest).person if rest.strip() else ctx.me
    _refuse_others(ctx, person)
    chats = _chats(ctx, person)
    if not chats:
        return notice("people.no_other_chats", name=person.name, me=person.id == ctx.me.id)
    return notice(
        "people.drop_chats",
        name=person.name,
        me=person.id == ctx.me.id,
        channels=[chat.channel for chat in chats],
        buttons=row(Button("people.button_drop_chats", f"people:drop_chats:{person.id}")),
    )


def press(ctx: Context, press: Press) -> Answer:
    """Again checked, again the same when it is done already."""
    person = pressed(ctx, press)
    _refuse_others(ctx, person)
    staff.lock(ctx.session, person.id)
    dropped = staff.drop_chats(ctx.session, person.id, but=_kept(ctx, person))
    if dropped:
        ctx.record("people.chats_dropped", subject(person), by=ctx.me, after={"chats": dropped})
    return notice(
        "people.chats_dropped",
        name=person.name,
        me=person.id == ctx.me.id,
        buttons=row(Button("people.button_invite", f"people:invite:{person.id}")),
    )


def _refuse_others(ctx: Context, person: Staff) -> None:
    if person.id != ctx.me.id and not rules.may_change(ctx.me, person):
        raise Refusal("people.only_gm", names=people_form.gm_names(ctx), audited="people.not_allowed")


def _chats(ctx: Context, person: Staff) -> list[Contact]:
    kept = _kept(ctx, person)
    return [chat for chat in staff.contacts_of(ctx.session, person.id) if chat.id != kept]


def _kept(ctx: Context, person: Staff) -> int | None:
    """One's own chat in which one speaks."""
    return inbox.get(ctx.session, ctx.inbox_id).contact_id if person.id == ctx.me.id else None
