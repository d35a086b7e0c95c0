"""What a handler is given, what it returns and what it may raise; what a feature is made of."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from bot.dialog import Form
from bot.notices import Buttons, Notice, as_content, notice
from bot.reading import Span
from bot.rules.book import Rulebook
from bot.talk import Address, File, Incoming
from storage import audit, outbox, reminders, staff
from storage.reminders import Reminder
from storage.staff import Contact, Group, Role, Staff, groups_of, of_store
from storage.stores import Store

EVERYBODY = tuple(Role)
MANAGERS = (Role.CLIENT_MANAGER, Role.GM_OFFICE)

Reply = Notice
A_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True)
class Absence:
    """Somebody who is not in the store, or will not be: from when until they are expected back.

    `told` says it in a few words to everybody, `private` with the reason to those who may know.
    """

    person_id: int
    span: Span
    subject: str
    told: Notice
    private: Notice


@dataclass(frozen=True)
class Change:
    """What new rules change for somebody, as they are told it."""

    person_id: int
    told: Notice


class Refusal(Exception):
    """What a person asked for is not possible: told kindly by a text, with what they can do next.

    Nothing is changed; `audited` is the verb under which an attempt that nobody should make is kept;
    with `ends_form` the form that was open about it has lost its sense and is closed.
    """

    def __init__(
        self, key: str, /, *, buttons: Buttons = (), audited: str = "", ends_form: bool = False, **values: Any
    ) -> None:
        super().__init__(key)
        self.notice = notice(key, buttons=buttons, **values)
        self.audited = audited
        self.ends_form = ends_form


@dataclass(frozen=True)
class Scene:
    """One store at one moment, inside one transaction."""

    session: Session
    store: Store
    rules: Rulebook
    now: datetime
    features: Mapping[str, Feature]

    def today(self) -> date:
        """The store's day."""
        return self.now.astimezone(self.rules.working.zone).date()

    def people(self) -> list[Staff]:
        """Everybody who works in the store."""
        return of_store(self.session, self.store.id)

    def absences(self, span: Span) -> list[Absence]:
        """Everybody's leave, outings and trips that hold and touch the span, in the order of their beginnings."""
        asking = (feature.absences for feature in self.features.values() if feature.absences)
        found = [one for absences in asking for one in absences(self, span)]
        return sorted(found, key=lambda one: (one.span.start, one.subject))

    def keep_watch(self) -> None:
        """What rings of itself is set, for every feature that has something of the kind."""
        for feature in self.features.values():
            if feature.watch:
                feature.watch(self)

    def will_be_away(self, absence: Absence) -> None:
        """An absence holds from now on: every feature that has something to do with that hears of it."""
        for feature in self.features.values():
            if feature.absent:
                feature.absent(self, absence)

    def away_now(self) -> set[int]:
        """The ids of those who are not here at this moment."""
        return {one.person_id for one in self.absences(Span(self.now, self.now + A_MOMENT))}

    def tell(self, person_id: int, told: Notice, *, urgent: bool = False, dedupe: str | None = None) -> None:
        """Lets somebody who works here know, at once or when quiet hours allow; a `dedupe` is told once."""
        person = staff.get(self.session, person_id)
        if not person.active:
            return
        due_at = None if urgent else self.rules.may_go_at(self.now)
        first, *others = self._chats(person)
        if self._queue(f"staff:{person_id}", told, due_at, dedupe, only_in=first):
            for chat in others:
                self._queue(f"staff:{person_id}", told, due_at, None, only_in=chat)

    def tell_group(self, told: Notice, *, urgent: bool = False, dedupe: str | None = None) -> None:
        """Lets the store's groups know; what comes within a minute is gathered into one message."""
        for group in groups_of(self.session, self.store.id):
            self._gather(group, told, urgent=urgent, dedupe=dedupe)

    def refresh(self, subject: str) -> None:
        """Every card about the subject shows the facts as they are now."""
        outbox.refresh(self.session, store_id=self.store.id, subject=subject, now=self.now)

    def unsay(self, subject: str, people_ids: Sequence[int]) -> None:
        """What waits to be said to these people about the subject is not said any more."""
        recipients = [f"staff:{person_id}" for person_id in people_ids]
        outbox.expire_waiting(self.session, store_id=self.store.id, subject=subject, recipients=recipients)

    def remind(self, feature: str, subject: str, at: datetime, *, occurrence: str = "") -> None:
        reminders.put(
            self.session, store_id=self.store.id, feature=feature, subject=subject, occurrence=occurrence, at=at
        )

    def forget(self, feature: str, subject: str) -> None:
        """Nothing rings about the subject any more."""
        reminders.clear(self.session, store_id=self.store.id, feature=feature, subject=subject)

    def record(
        self,
        verb: str,
        subject: str,
        *,
        by: Staff | None = None,
        on_behalf_of_id: int | None = None,
        rule: str = "",
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
    ) -> None:
        """Writes the audit with the fact itself; without `by` the rules did it."""
        audit.record(
            self.session,
            store_id=self.store.id,
            actor_id=by.id if by else None,
            on_behalf_of_id=on_behalf_of_id,
            verb=verb,
            subject=subject,
            rule=rule,
            before=before,
            after=after,
            at=self.now,
        )

    def _chats(self, person: Staff) -> list[str]:
        """Where the person wants to hear of things: each of their chats, or nowhere in particular."""
        if not person.hears_everywhere:
            return [""]
        return [spelled(one) for one in staff.contacts_of(self.session, person.id)] or [""]

    def _gather(self, group: Group, told: Notice, *, urgent: bool, dedupe: str | None) -> None:
        recipient = f"group:{group.id}"
        due_at = None
        if not urgent:
            due_at = outbox.gathering_until(self.session, recipient) or self.rules.gathered_until(self.now)
        self._queue(recipient, told, due_at, dedupe, digest=not urgent)

    def _queue(
        self,
        recipient: str,
        told: Notice,
        due_at: datetime | None,
        dedupe: str | None,
        *,
        digest: bool = False,
        only_in: str = "",
    ) -> bool:
        """False if the same `dedupe` was told before, in whichever chat."""
        made = outbox.put(
            self.session,
            store_id=self.store.id,
            recipient=recipient,
            content=as_content(told),
            now=self.now,
            due_at=due_at,
            subject=told.subject,
            via=f"{outbox.ONLY}{only_in}" if only_in else "",
            digest=digest,
            dedupe=f"{dedupe}|{recipient}" if dedupe else None,
        )
        return made is not None


def spelled(contact: Contact) -> str:
    """A chat's address in one word, as the outbox keeps it."""
    return str(Address(contact.channel, contact.account, contact.address))


@dataclass(frozen=True)
class Context(Scene):
    """A scene in which somebody does something: `me`, what was `said`, whether a whole group reads the answer."""

    me: Staff
    said: str = ""
    in_group: bool = False
    inbox_id: int = 0

    def has(self, *roles: Role) -> bool:
        return any(self.me.has(role) for role in roles)


@dataclass(frozen=True)
class Press:
    """A pressed button: `subject_id` is the number in its action, `rest` what follows it."""

    subject_id: int
    rest: str = ""


Answer = Reply | None


@dataclass(frozen=True)
class Command:
    """What people say to begin something. `run(ctx, word, rest)` gets the word that was said and what stood around it.

    `words` find the command, `more_words` adds the store's own, `alone` are words that are the whole message.
    `personal` answers are given in private, also when they are asked for in a group. `behalf` does the same for a
    colleague: 代 王磊 外出 … The words of one that `leads` count only where a line begins with them; `in_any_group` may
    be said in a group that belongs to nobody. The words of a `noun` also begin what people say to each other: where
    the bot was not asked they count only as the whole line. A line that `unless` matches is none of it: 客户说…
    One that `takes_next` asks whom it is about where it is said alone, and what is said next is the answer.
    """

    name: str
    words: tuple[str, ...]
    run: Callable[[Context, str, str], Answer]
    roles: tuple[Role, ...] = EVERYBODY
    personal: bool = True
    in_menu: bool = True
    more_words: Callable[[Rulebook], Sequence[str]] = lambda _rules: ()
    alone: tuple[str, ...] = ()
    leads: bool = False
    in_any_group: bool = False
    noun: bool = False
    unless: re.Pattern[str] | None = None
    takes_next: bool = False
    behalf: Callable[[Context, Staff, str, str], Answer] | None = None

    def label(self) -> str:
        """The text key of its name in menus."""
        return f"{self.name.partition('.')[0]}.command_{self.name.partition('.')[2]}"

    def hint(self) -> str:
        """The text key of what it is good for."""
        return f"{self.name.partition('.')[0]}.hint_{self.name.partition('.')[2]}"


@dataclass(frozen=True)
class Feature:
    """A feature: its commands and forms, its buttons (`leave:withdraw:42` is `buttons["withdraw"]` of `leave`),

    what rings (`rings`), and its card: `card(scene, subject_id, viewer)` is the subject as `viewer` may see it now.
    `files` are made when they are sent; `absences` tells who is away over a span, as far as this feature knows;
    `watch` sets what rings of itself, and changes nothing when it is done again;
    `absent(scene, absence)` acts when it becomes known that somebody will be away;
    `gone` closes what is open of somebody who has left the store; `rules_changed(scene, before)` moves what is open to
    the scene's new rules and says what that changes for whom; `guess` answers words that no command took, where
    something of the person's waits for just such an answer; `takes_file` answers a file that somebody sent.
    """

    name: str
    commands: tuple[Command, ...] = ()
    forms: tuple[Form[Any], ...] = ()
    buttons: Mapping[str, Callable[[Context, Press], Answer]] = field(default_factory=dict)
    rings: Callable[[Scene, Reminder], None] | None = None
    watch: Callable[[Scene], None] | None = None
    card: Callable[[Scene, int, Staff | None], Notice | None] | None = None
    approvable: Approvable | None = None
    files: Mapping[str, Callable[[Scene, int, Staff | None], File]] = field(default_factory=dict)
    absences: Callable[[Scene, Span], Sequence[Absence]] | None = None
    absent: Callable[[Scene, Absence], None] | None = None
    rules_changed: Callable[[Scene, Rulebook], Sequence[Change]] | None = None
    guess: Callable[[Context, str], Answer] | None = None
    gone: Callable[[Context, Staff], None] | None = None
    takes_file: Callable[[Context, Incoming], Answer] | None = None


@dataclass(frozen=True)
class Approvable:
    """What the approvals mechanism asks a feature about its subjects.

    `locks` takes hold of the subject, which comes before the request about it for everybody who changes both.
    `decided(scene, subject_id, approved, reason)` acts once all have said yes or one no; `reopened` undoes it;
    `expired` acts when nobody answered in time; `confirming` is what 同意 must confirm explicitly first, if anything;
    `reversible` whether a decision can still be taken back, as far as the subject goes. `requested` is false where
    the person whom the decision is about did not ask for it, and so hears of it from the feature alone; `rule` is the
    handbook's row that wants a yes. `never` are the ids of those who are left out: neither asked nor allowed to decide.
    What is `unhurried` is reminded of once a working day, whatever the store's rhythm is.
    """

    locks: Callable[[Scene, int], object]
    title: Callable[[Scene, int], Notice]
    decided: Callable[[Scene, int, Decision], None]
    reopened: Callable[[Scene, int], None]
    expired: Callable[[Scene, int], None]
    confirming: Callable[[Scene, int], Notice | None] = lambda _scene, _id: None
    reversible: Callable[[Scene, int], bool] = lambda _scene, _id: True
    requested: bool = True
    rule: str = "HANDBOOK A9"
    never: Callable[[Scene, int], frozenset[int]] = lambda _scene, _id: frozenset()
    unhurried: bool = False


@dataclass(frozen=True)
class Decision:
    """A decision that stands: by whom, perhaps on whose behalf, when, and why."""

    approved: bool
    by: Staff
    on_behalf_of: Staff | None
    at: datetime
    reason: str = ""
