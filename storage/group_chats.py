"""The chats of the stores' groups: found, taken, moved to another address, given up."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, cast, or_, update
from sqlmodel import Session, col, select

from storage.columns import insert_new
from storage.rows import the_row
from storage.staff import Group, group_at, put


def groups_in(session: Session, *, channel: str, account: str, address: str) -> list[Group]:
    """The groups there and in its topics (`address/topic`) that belong to somebody."""
    there = or_(col(Group.address) == address, col(Group.address).startswith(f"{address}/", autoescape=True))
    known = select(Group).where(Group.channel == channel, Group.account == account, there)
    return list(session.exec(known.where(col(Group.given_up_at).is_(None)).order_by(col(Group.id))))


def groups_on(session: Session, *, channel: str) -> list[Group]:
    """The groups on the channel that belong to somebody."""
    known = select(Group).where(Group.channel == channel, col(Group.given_up_at).is_(None))
    return list(session.exec(known.order_by(col(Group.id))))


def take_group(session: Session, store_id: int, *, name: str, channel: str, account: str, address: str) -> Group | None:
    """The chat becomes a group of the store; None if it is somebody's. Of two who take it at once one wins.

    One that was given up makes room; it keeps its row, so that nothing said for it reaches the new one.
    """
    _make_room(session, channel=channel, account=account, address=address)
    place = {"channel": channel, "account": account, "address": address}
    made = insert_new(session, Group, {"store_id": store_id, "name": name, "listed": False, **place})
    return None if made is None else the_row(session, Group, made)


def give_up_group(session: Session, known: Group, *, now: datetime) -> None:
    """The chat is nobody's from now on; what was said before is still there."""
    known.given_up_at = now
    put(session, known)


def move_chat(session: Session, *, channel: str, account: str, old: str, new: str, now: datetime) -> bool:
    """A group's chat has another address, which may be said several times; False if no group has moved there.

    A group whose new address was bound anew meanwhile is given up: what is said from now on goes to the new one.
    """
    group = group_at(session, channel=channel, account=account, address=old)
    there = group_at(session, channel=channel, account=account, address=new)
    if group is None:
        return there is not None
    if there is not None:
        give_up_group(session, group, now=now)
        return False
    _make_room(session, channel=channel, account=account, address=new)
    group.address = new
    put(session, group)
    return True


def _make_room(session: Session, *, channel: str, account: str, address: str) -> None:
    """A group there that was given up keeps its row, so that nothing said for it reaches another one."""
    session.connection().execute(
        update(Group)
        .where(col(Group.channel) == channel, col(Group.account) == account, col(Group.address) == address)
        .where(col(Group.given_up_at).is_not(None))
        .values(address=col(Group.address) + "|" + cast(Group.id, String))
    )
