"""A store's file: its people, groups and rules as TOML, checked as a whole, then stored (HANDBOOK R4)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, Field, PlainValidator, PrivateAttr, ValidationError
from pydantic_core import PydanticCustomError
from sqlmodel import Session

from bot.reading import Misread, read_phone
from bot.rules.book import Rulebook, Rules, as_stored
from bot.storemistakes import Mistake, StoreFileError, contradictions, mistake, parse_toml, strange_characters, told
from bot.toml_lines import TomlLines
from storage import staff, stores
from storage.staff import Group, Role, Staff
from storage.stores import Store, StoreRules

__all__ = ["Loaded", "Mistake", "StoreFile", "StoreFileError", "load_store", "read_store"]

CHANNEL, ACCOUNT = "webchat", "local"
LARGEST_INTEGER_BITS = 63

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")]
Entry = TypeVar("Entry")


def _phone(value: object) -> str:
    """National digits; a number without quotes is meant as one too."""
    written = str(value).strip()
    try:
        return read_phone(written) if written else ""
    except Misread as error:
        raise PydanticCustomError(
            "store.phone_unknown", "{said} is no phone number, write 13800000001", {"said": error.values["said"]}
        ) from None


def _some(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    if not entries:
        raise PydanticCustomError("store.empty_list", "at least one is needed")
    return entries


class StoreEntry(Rules):
    """What the store is called; the key stays, the name may change."""

    key: Key
    name: str = Field(min_length=1, max_length=40)


class StaffEntry(Rules):
    """A person of the store: `deputy` is the key of the one who decides while this person is away."""

    key: Key
    name: str = Field(min_length=1, max_length=20)
    roles: Annotated[tuple[Role, ...], AfterValidator(_some)]
    phone: Annotated[str, PlainValidator(_phone)] = ""
    department: str = Field(default="", max_length=20)
    deputy: str = ""
    active: bool = True


class GroupEntry(Rules):
    """A group of the store in the web chat."""

    key: Key
    name: str = Field(min_length=1, max_length=40)


class StoreFile(Rulebook):
    """Everything in a store's file; made by `read_store`, which also checks one part against another."""

    store: StoreEntry
    staff: Annotated[tuple[StaffEntry, ...], AfterValidator(_some)]
    groups: tuple[GroupEntry, ...] = ()

    _lines: TomlLines = PrivateAttr(default_factory=lambda: TomlLines(""))

    @property
    def rules(self) -> Rulebook:
        """The store's rules alone."""
        return Rulebook(**{name: getattr(self, name) for name in Rulebook.model_fields})

    def found_in(self, lines: TomlLines) -> StoreFile:
        """Remembers where everything stands, for mistakes that only the database shows."""
        self._lines = lines
        return self

    def held_elsewhere(self, table: str, index: int, key: str) -> Mistake:
        """The mistake that another store uses this entry's key."""
        return mistake(self._lines, (table, index, "key"), "store.other_store", said=key)

    def name_in_use(self, index: int, name: str, key: str) -> Mistake:
        """The mistake that somebody who was entered in the chat is called so, under another key."""
        return mistake(self._lines, ("staff", index, "name"), "store.name_in_use", said=name, known=key)


def read_store(text: str) -> StoreFile:
    """The store that a TOML text describes; StoreFileError with every mistake, in the order of their lines."""
    # Editors on Windows leave a mark at the start of a file.
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    document, lines = parse_toml(text)
    mistakes = [*strange_characters(document, lines), *contradictions(document, lines)]
    try:
        # As strict JSON, so that "10" is no number and 1 is no yes.
        file = StoreFile.model_validate_json(json.dumps(_as_json(document)), strict=True)
    except ValidationError as invalid:
        mistakes += [told(error, StoreFile, lines) for error in invalid.errors()]
    if mistakes:
        raise StoreFileError(tuple(sorted(mistakes, key=lambda one: (one.line, one.where))))
    return file.found_in(lines)


def _as_json(value: Any) -> Any:
    """The document with dates and times as text; a number beyond all measure stays a number that no field takes."""
    if isinstance(value, dict):
        return {key: _as_json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_json(inner) for inner in value]
    if isinstance(value, int) and value.bit_length() > LARGEST_INTEGER_BITS:
        return float("inf")
    return value if isinstance(value, str | int | float) else value.isoformat()


@dataclass(frozen=True)
class Loaded:
    """What loading a file changed: names of people (who came back counts as changed), and the new rules, if any.

    `superseded` are rules that were to hold from a later day on, and will not.
    """

    store_id: int
    added: tuple[str, ...]
    changed: tuple[str, ...]
    deactivated: tuple[str, ...]
    rules_changed: bool
    rules: StoreRules | None = field(default=None, compare=False)
    superseded: tuple[StoreRules, ...] = field(default=(), compare=False)


def load_store(
    session: Session, file: StoreFile, *, now: datetime, since: datetime | None = None, web_chat: bool = True
) -> Loaded:
    """Stores the file: people by key at once, rules from `since` (or `now`) on. Who left it is deactivated.

    With a `web_chat` everybody has a chat there, and the store its groups; otherwise they join where they are.

    Rules that were loaded before for a later moment than these never come to hold. Loading the same file again
    changes nothing. Raises StoreFileError, with nothing stored, for keys of another store.
    """
    # Of two who load it at once the second waits here, and then sees whom the first has entered.
    store = stores.put_store(session, key=file.store.key, name=file.store.name)
    _refuse_keys_of_others(session, file)
    _refuse_names_in_use(session, file)
    rules = stores.put_rules(session, store.id, valid_from=since or now, rules=as_stored(file.rules))
    superseded = tuple(stores.drop_rules_after(session, store.id, max(now, since or now)))
    before = {person.key: person.model_dump() for person in staff.everybody(session, store.id)}
    people = _put_people(session, file, store)
    if web_chat:
        _put_contacts(session, file, people)
        _put_groups(session, file, store)
    return replace(_compared(before, people, store.id, rules), superseded=superseded)


def _refuse_keys_of_others(session: Session, file: StoreFile) -> None:
    store = stores.by_key(session, file.store.key)
    own = store.id if store else None
    people = staff.with_keys(session, [entry.key for entry in file.staff])
    theirs = {
        "staff": {person.key for person in people if person.store_id != own},
        "groups": {group.address for group in _known_groups(session, file) if group.store_id != own},
    }
    entries: list[tuple[str, Sequence[StaffEntry | GroupEntry]]] = [("staff", file.staff), ("groups", file.groups)]
    held = [
        file.held_elsewhere(table, index, entry.key)
        for table, written in entries
        for index, entry in enumerate(written)
        if entry.key in theirs[table]
    ]
    if held:
        raise StoreFileError(tuple(held))


def _refuse_names_in_use(session: Session, file: StoreFile) -> None:
    """The front desk finds people by name: somebody entered in the chat is named by their key, or called otherwise."""
    store = stores.by_key(session, file.store.key)
    keys = {entry.key for entry in file.staff}
    everybody = staff.everybody(session, store.id) if store else []
    staying = {one.name: one.key for one in everybody if one.active and not one.listed and one.key not in keys}
    held = [
        file.name_in_use(index, entry.name, staying[entry.name])
        for index, entry in enumerate(file.staff)
        if entry.active and entry.name in staying
    ]
    if held:
        raise StoreFileError(tuple(held))


def _known_groups(session: Session, file: StoreFile) -> list[Group]:
    return staff.groups_at(session, channel=CHANNEL, account=ACCOUNT, addresses=[one.key for one in file.groups])


def _put_people(session: Session, file: StoreFile, store: Store) -> dict[str, Staff]:
    """Everybody the store ever had, by key, as the file says they are now."""
    people = {person.key: person for person in staff.everybody(session, store.id)}
    for left in people.keys() - {entry.key for entry in file.staff}:
        # Who was entered in the chat is not the file's to remove.
        people[left].active = people[left].active and not people[left].listed
    for entry in file.staff:
        person = people.setdefault(entry.key, Staff(store_id=store.id, key=entry.key, name=entry.name, roles=[]))
        _describe(person, entry)
        staff.put(session, person)
    for entry in file.staff:
        people[entry.key].deputy_id = _deputy_id(people, entry)
    return people


def _put_contacts(session: Session, file: StoreFile, people: Mapping[str, Staff]) -> None:
    for entry in file.staff:
        if entry.active:
            contact = staff.contact(session, channel=CHANNEL, account=ACCOUNT, address=entry.key)
            contact.staff_id = people[entry.key].id


def _deputy_id(people: Mapping[str, Staff], entry: StaffEntry) -> int | None:
    """The deputy that the file names; without one, somebody who was entered in the chat may stay it."""
    if entry.deputy:
        return people[entry.deputy].id
    kept = people[entry.key].deputy_id
    unlisted = {person.id for person in people.values() if person.active and not person.listed}
    return kept if kept in unlisted else None


def _describe(person: Staff, entry: StaffEntry) -> None:
    person.name, person.phone, person.department = entry.name, entry.phone, entry.department
    person.roles = [role.value for role in dict.fromkeys(entry.roles)]
    person.active, person.listed = entry.active, True


def _put_groups(session: Session, file: StoreFile, store: Store) -> None:
    """A group that is not in the file any more stays: what was said in it is still there."""
    known = {group.address: group for group in _known_groups(session, file)}
    for entry in file.groups:
        new = Group(store_id=store.id, name=entry.name, channel=CHANNEL, account=ACCOUNT, address=entry.key)
        group = known.get(entry.key, new)
        group.name = entry.name
        staff.put(session, group)


def _compared(
    before: Mapping[str, dict[str, Any]], people: Mapping[str, Staff], store_id: int, rules: StoreRules | None
) -> Loaded:
    known = [(before[key], person) for key, person in people.items() if key in before]
    gone = [person.key for was, person in known if was["active"] and not person.active]
    changed = [person.key for was, person in known if was != person.model_dump() and person.key not in gone]
    return Loaded(
        store_id=store_id,
        added=tuple(person.name for key, person in people.items() if key not in before),
        changed=tuple(people[key].name for key in changed),
        deactivated=tuple(people[key].name for key in gone),
        rules_changed=rules is not None,
        rules=rules,
    )
