"""The store's group in WeCom that the app makes itself, for stores that want no robot there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlmodel import Session

from bot import loop
from bot.clock import Clock
from bot.notices import as_content, notice
from bot.operating.opening import opened, read_settings
from bot.operating.terminal import USED_WRONG, say, wrong
from bot.platforms import wecom_groups
from bot.questions import cleaned
from bot.settings import Settings
from bot.talk import Address
from storage import group_chats, outbox, staff, stores
from storage.database import Database
from storage.stores import Store

LONGEST_NAME = 50


@dataclass(frozen=True)
class Made:
    """Whether the group became the store's just now, how many of the store are in it, who has yet to say something."""

    is_new: bool
    inside: int
    missing: Sequence[str]


def make_group(name: str) -> None:
    """Once for a store: who says it again renames the group, and takes in who is missing."""
    settings = read_settings()
    name = cleaned(name).strip()
    if not settings.wecom_corp_id:
        raise wrong("cli.wecom_group_no_app", USED_WRONG)
    if settings.wecom_robot_key is not None:
        raise wrong("cli.wecom_group_robot", USED_WRONG)
    if not 1 <= len(name) <= LONGEST_NAME:
        raise wrong("cli.wecom_group_name", USED_WRONG, most=LONGEST_NAME)
    with opened(settings) as database:
        store = _only_store(database)
        made = loop.run(_make(settings, database, store, name))
    say("cli.wecom_group_made" if made.is_new else "cli.wecom_group_known", group=name, store=store.name, made=made)


async def _make(settings: Settings, database: Database, store: Store, name: str) -> Made:
    async with wecom_groups(settings, database) as groups:
        problem = await groups.make(store, name)
        if problem is not None:
            raise wrong(problem.key, **problem.values)
        to = groups.address_of(store)
        is_new = await database.write(partial(_bind, store=store, name=name, to=to, now=Clock().now()))
        inside = {person.id for _, person in await database.read(partial(groups.people, store_id=store.id))}
    everybody = await database.read(partial(staff.of_store, store_id=store.id))
    return Made(is_new, len(inside), [one.name for one in everybody if one.id not in inside])


def _only_store(database: Database) -> Store:
    known = database.read_now(stores.all_stores)
    if len(known) != 1:
        raise wrong("cli.wecom_group_stores", count=len(known))
    return known[0]


def _bind(session: Session, *, store: Store, name: str, to: Address, now: datetime) -> bool:
    """The group is the store's from now on, if it is not yet; what another app made for it hears nothing any more."""
    for known in group_chats.groups_on(session, channel=to.channel):
        if known.store_id == store.id and not known.listed and (known.account, known.address) != (to.account, to.chat):
            outbox.expire_all(session, f"group:{known.id}")
            group_chats.give_up_group(session, known, now=now)
    place = {"channel": to.channel, "account": to.account, "address": to.chat}
    taken = group_chats.take_group(session, store.id, name=name, **place)
    if taken is None:
        there = staff.group_at(session, **place)
        if there is not None:
            there.name = name
            staff.put(session, there)
        return False
    said = as_content(notice("people.group_of_app", store=store.name))
    outbox.put(session, store_id=store.id, recipient=f"group:{taken.id}", content=said, now=now)
    return True
