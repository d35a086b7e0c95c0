"""A store opened for one transaction: its row, the rules that hold now, its people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from bot.feature import Feature, Scene
from bot.rules.book import Rulebook
from storage import stores

# Parsed rules by their digest: rules with the same digest are the same rules.
BOOKS_KEPT = 1024
_books: dict[str | None, Rulebook] = {}


def open_store(session: Session, store_id: int, now: datetime, features: Mapping[str, Feature]) -> Scene:
    """The store with that id as it is at `now`; the handbook's defaults if it has no rules of its own yet."""
    store, digest = stores.with_digest(session, store_id, now)
    if digest not in _books:
        if len(_books) >= BOOKS_KEPT:
            _books.clear()
        dated = stores.rules_at(session, store_id, now)
        _books[digest] = Rulebook() if dated is None else Rulebook.model_validate(dated.rules)
    return Scene(session, store, _books[digest], now, features)
