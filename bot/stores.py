"""A store opened for one transaction: its row, the rules that hold now, its people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from bot.feature import Feature, Scene
from bot.rules.book import Rulebook
from storage import stores
from storage.stores import StoreRules

BOOKS_KEPT = 1024
_books: dict[str, Rulebook] = {}


def open_store(session: Session, store_id: int, now: datetime, features: Mapping[str, Feature]) -> Scene:
    """The store with that id as it is at `now`; the handbook's defaults if it has no rules of its own yet."""
    store = stores.get(session, store_id)
    dated = stores.rules_at(session, store_id, now)
    return Scene(session, store, Rulebook() if dated is None else _book(dated), now, features)


def _book(dated: StoreRules) -> Rulebook:
    """The parsed rules; rules with the same digest are the same rules."""
    if dated.digest not in _books:
        if len(_books) >= BOOKS_KEPT:
            _books.clear()
        _books[dated.digest] = Rulebook.model_validate(dated.rules)
    return _books[dated.digest]
