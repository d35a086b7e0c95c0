"""绑定本群 and 解绑本群: a manager, in the group itself, makes it the store's or gives it up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from bot.feature import MANAGERS, Answer, Context, Refusal
from bot.notices import as_content, notice
from bot.questions import cleaned
from bot.talk import PRIVATE, Address
from bot.texts import plain, text
from storage import group_chats, inbox, outbox, staff, stores
from storage.staff import Group, Role

LONGEST_NAME = 40
ROBOT = "wecom_robot"
APP = "wecom"


def bind(ctx: Context, word: str, rest: str) -> Answer:
    """The group in which this was said is the store's from now on."""
    _require_manager(ctx)
    event = inbox.get(ctx.session, ctx.inbox_id)
    if event.payload["chat"] == PRIVATE:
        raise Refusal("people.say_in_group")
    at = {"channel": event.channel, "account": event.account, "address": str(event.payload["chat"])}
    name = cleaned(str(event.payload.get("chat_name", ""))).strip()[:LONGEST_NAME] or plain(text("people.group_name"))
    taken = group_chats.take_group(ctx.session, ctx.store.id, name=name, **at)
    if taken is None:
        known = staff.group_at(ctx.session, **at)
        if known is not None and known.store_id == ctx.store.id:
            raise Refusal("people.group_is_yours")
        raise Refusal("people.group_is_taken", audited="people.not_allowed")
    ctx.record("people.group_bound", f"group:{taken.id}", by=ctx.me, after={"name": name, "channel": event.channel})
    return notice("people.group_bound", store=ctx.store.name, by=ctx.me.name)


def keep_robots_group(session: Session, *, to: Address | None, now: datetime) -> None:
    """The group of WeCom's robot is the store's, if there is just one: nobody says 绑定本群 to who hears nothing.

    A robot with another key, or none, is in another group: the one before hears nothing any more, and neither does one
    that the app has made, or everything would be told twice.
    """
    robots = group_chats.groups_on(session, channel=ROBOT)
    _give_up(session, [one for one in robots if to is None or one.account != to.account], now)
    known_stores = stores.all_stores(session)
    if to is not None and len(known_stores) == 1:
        place = {"channel": to.channel, "account": to.account, "address": to.chat}
        if staff.group_at(session, **place) is None:
            group_chats.take_group(session, known_stores[0].id, name=plain(text("people.group_name")), **place)
        made = group_chats.groups_on(session, channel=APP)
        _give_up(session, [one for one in made if not one.listed], now)


def _give_up(session: Session, groups: Iterable[Group], now: datetime) -> None:
    """They hear nothing any more, not even what waits for them."""
    for known in groups:
        outbox.expire_all(session, f"group:{known.id}")
        group_chats.give_up_group(session, known, now=now)


def give_up(ctx: Context, word: str, rest: str) -> Answer:
    """The group is nobody's any more: it hears so, and nothing after that."""
    _require_manager(ctx)
    event = inbox.get(ctx.session, ctx.inbox_id)
    known = staff.group_at(
        ctx.session, channel=event.channel, account=event.account, address=str(event.payload["chat"])
    )
    if known is None or known.store_id != ctx.store.id:
        raise Refusal("people.say_in_group")
    if known.listed:
        raise Refusal("people.group_is_listed")
    outbox.expire_all(ctx.session, f"group:{known.id}")
    outbox.put(
        ctx.session,
        store_id=ctx.store.id,
        recipient=f"group:{known.id}",
        content=as_content(notice("people.group_given_up", by=ctx.me.name)),
        now=ctx.now,
    )
    group_chats.give_up_group(ctx.session, known, now=ctx.now)
    ctx.record("people.group_given_up", f"group:{known.id}", by=ctx.me, before={"name": known.name})
    return None


def _require_manager(ctx: Context) -> None:
    if not ctx.has(*MANAGERS):
        managers = [
            one for role in (Role.CLIENT_MANAGER, Role.GM_OFFICE) for one in staff.with_role(ctx.people(), role)
        ]
        names = "、".join(dict.fromkeys(one.name for one in managers))
        raise Refusal("people.group_by_managers", names=names, audited="people.not_allowed")
