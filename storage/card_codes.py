"""What changes a card once, where a platform wants a code for it: given with the card, and anew with each press."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Column, Index, UniqueConstraint, delete, false, update
from sqlmodel import Field, Session, SQLModel, col, select

from storage.columns import KEY, Moment, insert_new

# How long a code may be used (real time).
GOOD_FOR = timedelta(hours=72)


class CardCode(SQLModel, table=True):
    """A code for the card of this name on a channel's account; one that was `spent` changes nothing any more.

    A card that is `outdated` could not be changed when something newer took its place.
    """

    __tablename__ = "card_codes"
    __table_args__ = (
        UniqueConstraint("channel", "account", "code"),
        Index("card_codes_card", "channel", "account", "card"),
    )

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    channel: str
    account: str
    card: str
    code: str
    pressed: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    spent: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    outdated: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    given_at: datetime = Field(sa_type=Moment)


def keep(
    session: Session, *, channel: str, account: str, card: str, code: str, pressed: bool, given_at: datetime
) -> None:
    """A code that comes again is the same one, and stays spent."""
    place = {"channel": channel, "account": account, "card": card, "code": code}
    insert_new(session, CardCode, {**place, "pressed": pressed, "spent": False, "given_at": given_at})


def usable(session: Session, *, channel: str, account: str, card: str, real: datetime) -> str | None:
    """A code to change the card with; None if there is none.

    What a press has brought goes first: the one that came with the card is all there is when nobody presses.
    """
    unspent = select(CardCode.code).where(
        CardCode.channel == channel,
        CardCode.account == account,
        CardCode.card == card,
        ~col(CardCode.spent),
        col(CardCode.given_at) > real - GOOD_FOR,
    )
    return session.exec(unspent.order_by(col(CardCode.pressed).desc(), col(CardCode.id).desc()).limit(1)).one_or_none()


def spend(session: Session, *, channel: str, account: str, code: str) -> None:
    """It was used, or the platform takes it no more."""
    known = update(CardCode).where(
        col(CardCode.channel) == channel, col(CardCode.account) == account, col(CardCode.code) == code
    )
    session.connection().execute(known.values(spent=True))


def set_outdated(session: Session, *, channel: str, account: str, card: str, outdated: bool) -> None:
    """Whether something newer stands beside the card, or the card itself is the newest again."""
    known = update(CardCode).where(
        col(CardCode.channel) == channel, col(CardCode.account) == account, col(CardCode.card) == card
    )
    session.connection().execute(known.values(outdated=outdated))


def is_outdated(session: Session, *, channel: str, account: str, card: str) -> bool:
    """Whether something newer took the card's place: then a press of it may close it."""
    found = select(CardCode.id).where(
        CardCode.channel == channel, CardCode.account == account, CardCode.card == card, col(CardCode.outdated)
    )
    return session.exec(found.limit(1)).one_or_none() is not None


def forget_before(session: Session, before: datetime) -> int:
    """Drops the codes that were given before then, which nobody takes any more."""
    return session.connection().execute(delete(CardCode).where(col(CardCode.given_at) < before)).rowcount
