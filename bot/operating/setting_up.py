"""A store's file written for the first time: asked in the terminal, or taken from a small file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from bot.operating import answers
from bot.operating.annotated import annotated, as_document
from bot.operating.asking import Ended, Wrong, ask
from bot.operating.reading import mistakes, read_store_file
from bot.operating.terminal import DEMO_STORE, say, words, wrong
from bot.storefile import StoreFile, StoreFileError, read_store
from storage.staff import Role

NEEDED = (Role.GM_OFFICE, Role.CLIENT_MANAGER)
PART = ".part"

Person = dict[str, Any]


def init(path: Path, given: Path | None) -> None:
    if path.exists():
        raise wrong("init.exists", path=str(path))
    if given is not None:
        file = read_store_file(given)
    else:
        try:
            file = _asked(path)
        except Ended:
            raise wrong("init.ended") from None
    _write(path, annotated(file, DEMO_STORE.read_text("utf-8"), path))
    say("init.written", path=str(path), people=[one.name for one in file.staff])


def _write(path: Path, text: str) -> None:
    """Whole or not at all, and only what the front desk itself can read."""
    read_store(text)
    part = path.with_name(path.name + PART)
    try:
        part.write_text(text, "utf-8")
        part.rename(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise wrong("init.not_written", path=str(path)) from None


def _asked(path: Path) -> StoreFile:
    say("init.hello", path=str(path))
    name = ask("store_name", answers.store_name)
    key = ask("store_key", partial(answers.key, taken=()), default="store")
    people = _people()
    document = {
        "store": {"key": key, "name": name},
        "staff": people,
        "groups": [{"key": key, "name": ask("group_name", answers.store_name, default=words("init.group_name"))}],
        **_rules(),
    }
    try:
        return read_store(as_document(document))
    except StoreFileError as error:
        raise mistakes(path, error) from None


def _people() -> list[Person]:
    say("init.people", roles=list(Role))
    people: list[Person] = []
    while (person := _person(people)) is not None:
        people.append(person)
    _ask_deputies(people)
    return people


def _person(people: Sequence[Person]) -> Person | None:
    """The next person; None when there are no more, which may be once somebody can decide."""
    name = ask("name", partial(_name_or_end, people=people), number=len(people) + 1)
    if name is None:
        return None
    roles = ask("roles", answers.roles, name=name, roles=list(Role))
    taken = [one["key"] for one in people] + ["bot"]
    key = ask("key", partial(answers.key, taken=taken), default=answers.proposed_key(name, roles[0], taken=taken))
    phone = ask("phone", answers.phone)
    department = ask("department", answers.department, default=words(f"init.department_{roles[0].value}"))
    return {"key": key, "name": name, "roles": [role.value for role in roles], "phone": phone, "department": department}


def _name_or_end(said: str, *, people: Sequence[Person]) -> str | None:
    if said:
        return answers.person_name(said, taken=[one["name"] for one in people])
    missing = [role for role in NEEDED if not any(role in one["roles"] for one in people)]
    if missing:
        raise Wrong("init.wrong_nobody_decides", role=missing[0])
    return None


def _ask_deputies(people: Sequence[Person]) -> None:
    for person in people:
        if any(role in person["roles"] for role in NEEDED):
            others = [one for one in people if one is not person]
            deciding = [one for one in others if any(role in one["roles"] for role in NEEDED)]
            proposed = (deciding or others or [{"name": ""}])[0]["name"]
            deputy = ask("deputy", partial(_deputy, others=others), default=proposed, name=person["name"])
            person |= {"deputy": deputy} if deputy else {}


def _deputy(said: str, *, others: Sequence[Person]) -> str:
    if not said or said in answers.NONE:
        return ""
    found = next((one["key"] for one in others if said in (one["name"], one["key"])), None)
    if found is None:
        raise Wrong("init.wrong_deputy", said=said, known=[one["name"] for one in others])
    return str(found)


def _rules() -> dict[str, Any]:
    """Only what stores differ in most; everything else stands in the file, explained."""
    say("init.rules")
    sample = read_store(DEMO_STORE.read_text("utf-8"))
    seasons = []
    for season in sample.calendar.seasons:
        usual = " ".join(str(hours) for hours in season.sessions)
        hours = ask("sessions", answers.sessions, default=usual, season=season)
        seasons.append({"name": season.name, "starts": str(season.starts), "sessions": hours})
    rest = ask("rest_weekdays", answers.weekdays, default=words("init.none"))
    clean = ask("deep_clean_weekday", answers.weekday, default=words("init.weekday", day=sample.deep_clean.weekday))
    which = ask("deep_clean_ordinals", answers.ordinals, default=" ".join(map(str, sample.deep_clean.ordinals)))
    usual = " ".join(words("init.weekday", day=day) for day in sample.leave.no_leave_weekdays)
    return {
        "calendar": {"rest_weekdays": rest, "seasons": seasons},
        "deep_clean": {"weekday": clean, "ordinals": which},
        "leave": {"no_leave_weekdays": ask("no_leave_weekdays", answers.weekdays, default=usual)},
    }
