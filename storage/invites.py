"""Invitations: how a chat becomes a person's, by a link or by a code to type, once and for a while."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import Column, false, update
from sqlmodel import Field, Session, SQLModel, col, select

from storage import meta
from storage.columns import KEY, Moment
from storage.staff import Staff, get

# Slow on purpose: a code is short, and a stolen copy of the rows must not give it away before it ends.
CODE_ROUNDS = 20_000
CODE_SALT = b"qiantai code"


class Invite(SQLModel, table=True):
    """A one-time invitation, a link or a code to type; only a hash is kept. A newer one has `replaced` the older."""

    __tablename__ = "invites"

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    staff_id: int = Field(foreign_key="staff.id", sa_type=KEY, index=True)
    token_hash: str = Field(unique=True)
    expires_at: datetime = Field(sa_type=Moment)
    used_at: datetime | None = Field(default=None, sa_type=Moment)
    invited_by_id: int | None = Field(default=None, foreign_key="staff.id", sa_type=KEY)
    replaced: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


def _hashed(token: str, *, code: bool) -> str:
    """The hash that is kept; a code's is never a link's, so that no link can be guessed by a code."""
    if code:
        return hashlib.pbkdf2_hmac("sha256", token.encode(), CODE_SALT, CODE_ROUNDS).hex()
    return hashlib.sha256(token.encode()).hexdigest()


def put(
    session: Session,
    staff_id: int,
    token: str,
    *,
    expires_at: datetime,
    by_id: int | None = None,
    code: bool = False,
) -> None:
    """A new way in for this person, a link or a `code`; those given before and not used yet open nothing any more."""
    session.connection().execute(
        update(Invite).where(col(Invite.staff_id) == staff_id, col(Invite.used_at).is_(None)).values(replaced=True)
    )
    hashed = _hashed(token, code=code)
    session.add(Invite(staff_id=staff_id, token_hash=hashed, expires_at=expires_at, invited_by_id=by_id))


BOT = "telegram bot"


def put_bot(session: Session, *, account: str, username: str) -> None:
    """What the deployment's Telegram bot is called, for links that open it; "" while Telegram has not said it."""
    bot = {"account": account, "username": username}
    if meta.get(session, BOT) != bot:
        meta.put(session, BOT, bot)


def keep_only_bot(session: Session, *, account: str) -> None:
    """The bot is this one now, or with "" none: what another one was called is forgotten."""
    known = meta.get(session, BOT)
    if known is not None and known.get("account") != account:
        put_bot(session, account=account, username="")


def telegram_link(session: Session, code: str, *, account: str | None = None) -> str:
    """A link that opens the bot and hands it the code; nothing if there is no bot, or it is not this `account`."""
    known = meta.get(session, BOT)
    if known is None or not known["username"] or account not in (None, known.get("account")):
        return ""
    return f"https://t.me/{known['username']}?start={code}"


def find(session: Session, token: str, *, code: bool = False) -> Invite | None:
    """The invitation of this token, whether or not it still opens anything."""
    return session.exec(select(Invite).where(Invite.token_hash == _hashed(token, code=code))).one_or_none()


def still_open(session: Session, token: str, *, now: datetime) -> Invite | None:
    """The invitation that this link's token still opens."""
    found = find(session, token)
    opens = found is not None and found.used_at is None and not found.replaced and found.expires_at > now
    return found if opens else None


def use(session: Session, token: str, *, now: datetime, code: bool = False) -> Staff | None:
    """Uses the invitation up: its person, or None if it was used or replaced, has ended or never was.

    Only one caller wins; somebody who has left is not let in.
    """
    won = session.connection().execute(
        update(Invite)
        .where(col(Invite.token_hash) == _hashed(token, code=code), col(Invite.expires_at) > now)
        .where(col(Invite.used_at).is_(None), ~col(Invite.replaced))
        .where(col(Invite.staff_id).in_(select(Staff.id).where(col(Staff.active))))
        .values(used_at=now)
        .returning(col(Invite.staff_id))
    )
    staff_id = won.scalar_one_or_none()
    return None if staff_id is None else get(session, staff_id)
