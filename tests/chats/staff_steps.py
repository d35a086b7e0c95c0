"""Steps of stories about people: somebody new, what is known of somebody, who may not."""

from __future__ import annotations

from functools import partial
from typing import Any

from storage import staff
from storage.audit import Audit
from storage.staff import Staff
from tests.chat import Person, StoreAtWork, rows

NEW = "加员工 李明 设计师 设计部 13800000011"


def entry(store: StoreAtWork, name: str) -> Staff:
    """The newest person called so, who may have left."""
    found: list[Staff] = store.query(partial(rows, table=Staff))
    return [one for one in found if one.name == name][-1]


def adds(store: StoreAtWork, manager: Person, line: str = NEW) -> Person:
    """Somebody new, who has no chat yet; in the web chat they are a stranger until they join."""
    manager.says(line)
    manager.presses("确认")
    return store.person(entry(store, line.split()[1]).key)


def code_for(manager: Person, name: str) -> str:
    """A new code, as the manager reads it."""
    manager.says(f"邀请 {name}")
    return manager.last().text.split()[0]


def joins(store: StoreAtWork, manager: Person, line: str = NEW) -> Person:
    """Somebody new who has joined."""
    new = adds(store, manager, line)
    new.says(f"加入 {code_for(manager, line.split()[1])}")
    return new


def audited(store: StoreAtWork, verb: str) -> list[Audit]:
    found: list[Audit] = store.query(partial(rows, table=Audit))
    return [one for one in found if one.verb == verb]


def make(store: StoreAtWork, key: str, **values: Any) -> None:
    """Somebody is otherwise from now on, by nobody's word."""

    def work(session: Any) -> None:
        person = staff.by_key(session, key)
        assert person is not None
        for name, value in values.items():
            setattr(person, name, value)

    store.write(work)
