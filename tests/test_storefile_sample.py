"""The sample store and the documentation know every key of a store's file, and no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel

from bot.rules.book import Rulebook
from bot.storefile import StoreFile, read_store
from tests.sources import ROOT

DEMO = (ROOT / "stores/demo.toml").read_text(encoding="utf-8")
STORE_MD = (ROOT / "docs/STORE.md").read_text(encoding="utf-8")


def models(model: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    """The tables of a model by name, those inside others as `leave.kinds`."""
    for name, field in model.model_fields.items():
        for inner in tables_in(field.annotation):
            yield name, inner
            yield from ((f"{name}.{below}", deeper) for below, deeper in models(inner))


def tables_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [inner for part in get_args(annotation) for inner in tables_in(part)]


def keys_of_the_model() -> set[str]:
    tables = dict(models(StoreFile))
    return tables.keys() | {f"{table}.{key}" for table, model in tables.items() for key in model.model_fields}


def keys_written(lines: list[str], header: str, key: str) -> set[str]:
    """`table` and `table.key` for every header and key that these patterns find."""
    table, keys = "", set()
    for line in lines:
        if found := re.match(header, line):
            table = found[1]
            keys.add(table)
        elif found := re.match(key, line):
            keys.add(f"{table}.{found[1]}")
    return keys


def test_the_documentation_explains_every_key_and_no_other() -> None:
    documented = keys_written(STORE_MD.splitlines(), r"##+ \[+([a-z_.]+)\]", r"\| `([a-z_]+)` \|")

    assert documented == keys_of_the_model()


def test_the_sample_store_shows_every_key_those_of_examples_too() -> None:
    shown = keys_written(DEMO.splitlines(), r"#?\[+([a-z_.]+)\]", r"#?([a-z_]+) = ")

    assert keys_of_the_model() - shown == set()


def test_the_sample_store_lives_by_the_handbook() -> None:
    file = read_store(DEMO)

    rules = file.rules.model_dump(mode="json")
    default = Rulebook().model_dump(mode="json")
    for season in rules["calendar"]["seasons"] + default["calendar"]["seasons"]:
        del season["name"]
    rules["customers"]["designers"] = []
    assert rules == default


def test_the_examples_in_the_sample_store_can_be_switched_on() -> None:
    switched_on = re.sub(r"^#(?=[\[a-z])", "", DEMO, flags=re.MULTILINE)

    file = read_store(switched_on)

    assert [day.name for day in file.calendar.days] == ["店庆"]


def test_the_sample_people_are_those_of_the_demo() -> None:
    file = read_store(DEMO)

    assert {person.key: (person.name, person.roles[0].value, person.deputy) for person in file.staff} == {
        "liu": ("刘总", "gm_office", "zhou"),
        "zhou": ("周敏", "client_manager", "liu"),
        "wang": ("王磊", "designer", ""),
        "chen": ("陈静", "designer", ""),
        "zhao": ("赵倩", "estimator", ""),
        "sun": ("孙强", "engineering_manager", ""),
        "wu": ("吴刚", "project_manager", ""),
    }
    assert [(group.key, group.name) for group in file.groups] == [("store", "店面群")]
