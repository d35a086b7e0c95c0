"""Customers are forgotten when their time is over: a year after the loss, after the warranty; or on request.

HANDBOOK 4. Housekeeping asks at night which cases that are (`due`), looks where else the customer is named (`find`),
which keeps nobody waiting, and then forgets each case in one transaction (`forget`): all of it, or nothing. The case
stays, with its number, dates and amounts, and says kindly that it is gone (`cleared`). On request: customers_clearing.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlmodel import Session

from bot.clock import Clock
from bot.feature import Context, Feature, Refusal, Scene
from bot.notices import Notice, notice
from bot.rules import customers as names
from bot.rules import customers_forgetting as rules
from bot.rules.customers_forgetting import Traces
from bot.stores import open_store
from bot.texts import discreet, masked, without_numbers
from storage import audit, customers, staff, stores
from storage import customers_forgetting as forgetting
from storage import customers_named as named
from storage.customers import Case, CaseState
from storage.customers_named import Rewritten
from storage.webchat import WebFile

VERB = "customers.anonymised"
ON_REQUEST = "customers.anonymised_on_request"
REASONS = (*names.LOST_REASONS, names.ASKED_TO_BE_FORGOTTEN)
# How a number ends in every spelling.
TAIL = 4


@dataclass(frozen=True)
class Found:
    """A case whose time is over, as it was when it was looked at, and what names its customer."""

    store_id: int
    case_id: int
    closed_at: datetime | None
    customer_id: int
    rows: Sequence[Rewritten]
    web_files: Sequence[int]


@dataclass(frozen=True)
class Retention:
    """How housekeeping has customers forgotten."""

    clock: Clock
    features: Mapping[str, Feature]

    def due(self, session: Session) -> list[int]:
        return due(session, now=self.clock.now(), features=self.features)

    def look(self, session: Session, case_id: int) -> Callable[[Session], bool] | None:
        found = find(session, case_id)
        return partial(forget, found=found, now=self.clock.now(), features=self.features) if found else None


def due(session: Session, *, now: datetime, features: Mapping[str, Feature]) -> list[int]:
    """The ids of the cases, of all stores, whose time is over by their store's rules."""
    found: list[int] = []
    for store in stores.all_stores(session):
        scene = open_store(session, store.id, now, features)
        kept, local = scene.rules.customers, now.astimezone(scene.rules.working.zone)
        found += forgetting.due(
            session,
            store.id,
            lost_before=rules.months_before(local, kept.keep_lost_months),
            signed_before=rules.months_before(local, kept.keep_signed_months),
        )
    return found


def find(session: Session, case_id: int) -> Found | None:
    """Where the customer of the case is named; reads only."""
    case = forgetting.case_of(session, case_id)
    if case is None:
        return None
    traces = _traces(session, case)
    rows: list[Rewritten] = []
    for tables, places in ((named.CHATS, True), (named.FACTS, False)):
        words = _looked_for(traces, places=places)
        for table, columns in tables.items():
            for row_id, said in named.holding(session, case.store_id, table, columns, words):
                left = {name: rules.without(traces, value, places=places) for name, value in said.items()}
                if changed := {name: value for name, value in left.items() if value != said[name]}:
                    rows.append(Rewritten(table, row_id, changed))
    called_so = [one.row_id for one in rows if one.table is WebFile]
    files = {*named.web_files(session, case), *named.with_no_case(session, called_so)}
    return Found(case.store_id, case.id, case.closed_at, case.customer_id, rows, sorted(files))


def _looked_for(traces: Traces, *, places: bool) -> set[str]:
    """What stands in every row that may name the customer; other words count only beside these."""
    own = (one for one in traces.words if places and len(one) >= rules.OWN_WORDS)
    return {traces.number, *traces.names, *traces.estates, *own, *(one[-TAIL:] for one in traces.phones)}


def forget(session: Session, found: Found, *, now: datetime, features: Mapping[str, Feature]) -> bool:
    """The case is nobody's from now on; False if it is another one now: whoever came back is kept."""
    scene = open_store(session, found.store_id, now, features)
    case = customers.lock(session, found.store_id, found.case_id)
    if case is None or (case.closed_at, case.customer_id) != (found.closed_at, found.customer_id):
        return False
    _forget(scene, case, found)
    scene.record(VERB, case.subject, rule="HANDBOOK 4", after={"number": case.number})
    return True


def forget_on_request(ctx: Context, case: Case) -> None:
    """The customer wants it so; call it with the case locked, and over.

    Who writes meanwhile waits for the search, too: about a second where 200,000 messages and entries are kept.
    """
    found = find(ctx.session, case.id)
    if found is None:
        raise LookupError(case.id)
    _forget(ctx, case, found)
    ctx.record(ON_REQUEST, case.subject, by=ctx.me, rule="HANDBOOK 4", after={"number": case.number})


def _forget(scene: Scene, case: Case, found: Found) -> None:
    named.rewrite(scene.session, found.rows)
    forgetting.forget(scene.session, case, reasons=REASONS, web_files=found.web_files)


def _traces(session: Session, case: Case) -> Traces:
    """Also what the customer was called, and where they lived, before that was corrected."""
    customer = customers.get_customer(session, case.customer_id)
    before = _corrected(session, case)
    called = _with_short(_each([customer.name, *before["name"]]), names.discreet_name)
    estates = _with_short(_each([case.estate, *before["estate"]]), discreet)
    phones = tuple(_each([customer.phone, *before["phone"]]))
    others = named.others_called(session, case, [one[:1] for one in called])
    lived = named.others_living_at(session, case, estates)
    written = [one for one in named.free_words(session, case) if one not in REASONS]
    whole = Traces(
        number=case.number,
        phones=(*phones, *(masked(one) for one in phones)),
        masked=tuple(one for one in before["phone"] if not named.others_reached_at(session, case, one)),
        names=called,
        cut=tuple(one for one in before["name"] if one.endswith(names.HIDDEN)),
        estates=estates,
        files=_spelled(named.file_names(session, case)),
        words=_spelled([*written, *(without_numbers(one) for one in written)]),
        gone=frozenset(named.forgotten_numbers(session, case.store_id)) - {case.number},
        shared=frozenset((*_with_short(others, names.discreet_name), *_with_short(lived, discreet))),
    )
    is_known = named.is_kept_for_another(session, case)
    return replace(whole, phones=(), masked=(), names=(), cut=()) if is_known else whole


def _corrected(session: Session, case: Case) -> dict[str, list[str]]:
    """As the history keeps them: names and addresses cut, phones masked."""
    known: dict[str, list[str]] = {"name": [], "phone": [], "estate": []}
    for entry in named.history(session, case):
        for field, values in known.items():
            values += [said[field] for said in (entry.before, entry.after) if said and isinstance(said.get(field), str)]
    return {field: _each(values) for field, values in known.items()}


def _each(said: Sequence[str]) -> list[str]:
    return [one for one in dict.fromkeys(said) if one]


def _with_short(words: Sequence[str], shorten: Any) -> tuple[str, ...]:
    return _spelled([*words, *(shorten(one) for one in words)])


def _spelled(words: Sequence[str]) -> tuple[str, ...]:
    """Each once, also as the web chat's pages have it."""
    return tuple(dict.fromkeys(one for word in words for one in (word, html.escape(word)) if one))


def is_cleared(scene: Scene, case: Case) -> bool:
    return not customers.get_customer(scene.session, case.customer_id).phone


def cleared(scene: Scene, case: Case) -> Notice:
    """What is told of a case that was forgotten: since when, and why."""
    return notice("customers.cleared", **_facts(scene, case))


def require_kept(scene: Scene, case: Case) -> None:
    """Nothing can be done with a case that was forgotten."""
    if is_cleared(scene, case):
        raise Refusal("customers.cleared", ends_form=True, **_facts(scene, case))


def _facts(scene: Scene, case: Case) -> dict[str, Any]:
    history = audit.of_subject(scene.session, scene.store.id, case.subject)
    done = next((one for one in reversed(history) if one.verb in (VERB, ON_REQUEST)), None)
    asked_by = done.actor_id if done and done.verb == ON_REQUEST else None
    return {
        "number": case.number,
        "since": done.at if done else None,
        "closed_at": case.closed_at,
        "is_lost": case.state == CaseState.LOST,
        "by": staff.get(scene.session, asked_by).name if asked_by else "",
    }
