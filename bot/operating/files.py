"""Inviting people from the terminal: a link to the web chat, or a code for Telegram where that is all there is."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import typer
from sqlmodel import Session

from bot.clock import Clock
from bot.operating.opening import opened, read_settings
from bot.operating.terminal import ZONE, say, wrong
from bot.rules import people as rules
from bot.settings import Settings
from storage import invites, staff
from storage.database import Database
from storage.staff import Staff

INVITE_DAYS = 7


@dataclass(frozen=True)
class Invited:
    """A person's way in: `link` into the web chat, or `code` to type and, if the bot's name is known, `telegram`."""

    name: str
    until: datetime
    link: str = ""
    code: str = ""
    telegram: str = ""


def invite(names: Sequence[str], *, as_json: bool) -> None:
    """A link or a code for each of them, or for nobody if one is not known."""
    settings = read_settings()
    with opened(settings) as database:
        people = [_person(database, name) for name in names]
        until = Clock().now() + timedelta(days=INVITE_DAYS)
        for person in people:
            _show(database.write_now(partial(_invite, settings, person=person, until=until)), as_json=as_json)


def _person(database: Database, name: str) -> Staff:
    found = database.read_now(partial(staff.by_name_or_key, wanted=name))
    if len(found) != 1:
        raise wrong("cli.no_such_person" if not found else "cli.several_people", name=name, found=found)
    return found[0]


def _invite(settings: Settings, session: Session, *, person: Staff, until: datetime) -> Invited:
    """One of them only: a newer invitation makes the one before void."""
    if settings.has_web_chat():
        token = secrets.token_urlsafe(24)
        invites.put(session, person.id, token, expires_at=until)
        return Invited(person.name, until, link=f"{settings.base_url()}/join/{token}")
    code = "".join(secrets.choice(rules.ALPHABET) for _ in range(rules.CODE_LENGTH))
    invites.put(session, person.id, code, expires_at=until, code=True)
    telegram = invites.telegram_link(session, code, account=settings.telegram_account())
    return Invited(person.name, until, code=rules.grouped(code), telegram=telegram)


def _show(invited: Invited, *, as_json: bool) -> None:
    if not as_json:
        say("cli.invited", **vars(invited))
        return
    told = {
        "name": invited.name,
        "link": invited.link or None,
        "code": invited.code or None,
        "telegram": invited.telegram or None,
        "expires": invited.until.astimezone(ZONE).isoformat(timespec="seconds"),
    }
    typer.echo(json.dumps(told, ensure_ascii=False))
