"""Inviting people from the terminal."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import typer

from bot.clock import Clock
from bot.operating.opening import opened, read_settings
from bot.operating.terminal import ZONE, say, wrong
from storage import invites, staff
from storage.database import Database
from storage.staff import Staff

INVITE_DAYS = 7


def invite(names: Sequence[str], *, as_json: bool) -> None:
    """A link for each of them, or for nobody if one is not known."""
    settings = read_settings()
    with opened(settings) as database:
        people = [_person(database, name) for name in names]
        until = Clock().now() + timedelta(days=INVITE_DAYS)
        for person in people:
            token = secrets.token_urlsafe(24)
            database.write_now(partial(invites.put, staff_id=person.id, token=token, expires_at=until))
            _show(person.name, f"{settings.base_url()}/join/{token}", until, as_json=as_json)


def _person(database: Database, name: str) -> Staff:
    found = database.read_now(partial(staff.by_name_or_key, wanted=name))
    if len(found) != 1:
        raise wrong("cli.no_such_person" if not found else "cli.several_people", name=name, found=found)
    return found[0]


def _show(name: str, link: str, until: datetime, *, as_json: bool) -> None:
    if as_json:
        expires = until.astimezone(ZONE).isoformat(timespec="seconds")
        typer.echo(json.dumps({"name": name, "link": link, "expires": expires}, ensure_ascii=False))
    else:
        say("cli.invited", name=name, link=link, until=until)
