"""The staff of a store that may be killed at any moment: they write over HTTP and repeat what nobody answered."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import httpx

from bot.clock import monotonic_seconds
from tests.chat import Seen

APPLICANTS = ("wang", "chen", "zhao")
# Who goes out, and the word that says how: an outing is told, a trip waits for the GM office.
GOING_OUT = {"sun": "出城", "wu": "外出"}
SUPERVISOR = "zhou"
TALKATIVE = "liu"
AT_ONCE = 3
# Months without a public holiday, so that only Wednesdays and Saturdays are left out.
MONTHS = ((2026, 12), (2027, 3), (2027, 7), (2027, 8), (2027, 11), (2027, 12))
WITHOUT_LEAVE = (2, 5)
HALVES = ("上午", "下午")
REASON = "人手不够"
PAUSE_SECONDS = 0.02
# Between two tries while nobody answers.
REPEAT_SECONDS = 0.1
CHAT_PAUSE_SECONDS = 0.1
# The clock is moved when desk and outbox are idle: only the talkative one goes on meanwhile, more slowly.
CALM_PAUSE_SECONDS = 0.7
WAIT_SECONDS = 1.0
ANSWER_SECONDS = 60.0
CLOCK_MOVES_BY = timedelta(hours=2, minutes=30)
UNANSWERED_FIRST = 4
DECIDED_MORE = 2


class Unanswered(Exception):
    """Nobody answered, and the request was not to be repeated."""


@dataclass
class Sent:
    """One request of a person; `answered` once a 202 came back."""

    person: str
    id: str
    kind: str
    chat: str
    answered: bool = False

    @property
    def event_id(self) -> str:
        return f"{self.person}:{self.id}"


@dataclass(frozen=True)
class Amount:
    """How much is to have happened in the store: requests answered, requests decided, outings confirmed."""

    answered: int = 0
    decisions: int = 0
    outings: int = 0


NOTHING_AT_LEAST = Amount()


@dataclass
class Conversation:
    """What a person has seen in their private chat, each message in its newest form."""

    messages: dict[str, Seen] = field(default_factory=dict)
    after: int = 0


class Store:
    """The store seen from outside, and the record of what was asked and answered.

    `confirmed` are the requests for leave whose read-back was confirmed, by their reasons: who asked;
    `decided` what the supervisor pressed first about each request for approval; `out` the outings and trips whose
    read-back was confirmed, by their places: who goes.
    """

    def __init__(self, url: str) -> None:
        self.sent: list[Sent] = []
        self.confirmed: dict[str, str] = {}
        self.out: dict[str, str] = {}
        self.decided: dict[int, bool] = {}
        self.applicants_left = len(APPLICANTS)
        self.calm = False
        self._seen: defaultdict[str, Conversation] = defaultdict(Conversation)
        self._http = httpx.AsyncClient(base_url=url, timeout=ANSWER_SECONDS, trust_env=False)
        self._until: float | None = None
        self._progress = asyncio.Condition()
        self._later: list[asyncio.Task[None]] = []

    @property
    def closing(self) -> bool:
        return self._until is not None

    async def close_soon(self, patience: float) -> None:
        """People finish what they have begun, and wait for its answers `patience` seconds at most."""
        self._until = monotonic_seconds() + patience
        await self._happened()

    async def answered(self, number: int) -> None:
        """Until so many requests were answered 202."""
        await self._happens(lambda: sum(sent.answered for sent in self.sent) >= number)

    async def goes_on(self, patience: float, least: Amount) -> None:
        """Until some more requests are decided and there is `least` in all, or for `patience` seconds."""
        decisions = max(len(self.decided) + DECIDED_MORE, least.decisions)
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._happens(lambda: len(self.decided) >= decisions and self._is(least))

    async def thinks(self) -> None:
        """A moment between two requests, longer while the clock is moved."""
        await asyncio.sleep(CHAT_PAUSE_SECONDS)
        await self._happens(lambda: not self.calm or self.closing)

    async def hang_up(self) -> None:
        for task in self._later:
            task.cancel()
        await self._http.aclose()

    def at_the_end(self, task: asyncio.Task[None]) -> None:
        """A request that is still repeated goes on beside the people's; they wait for it before they go."""
        self._later.append(task)

    async def all_done(self) -> None:
        await asyncio.gather(*self._later)

    async def says(self, person: str, text: str, *, chat: str = "private", once: bool = False) -> None:
        await self._post("messages", person, chat, {"text": text}, once=once)

    async def presses(self, person: str, card: Seen, label: str) -> None:
        pressed = {"message": card.id, "action": card.actions[card.buttons.index(label)]}
        await self._post("presses", person, "private", pressed)

    async def sees(self, person: str, wanted: Callable[[Seen], bool], *, enough: Callable[[], bool]) -> Seen | None:
        """The newest message like that, as soon as there is one; None once it is `enough` or closing time."""
        while True:
            done = enough() or self._too_late()
            await self._read(person, wait=0 if self.closing else WAIT_SECONDS)
            found = next((one for one in reversed(self._seen[person].messages.values()) if wanted(one)), None)
            if found is not None or done:
                return found
            await asyncio.sleep(PAUSE_SECONDS)

    async def now(self) -> datetime:
        answer = await self._ask("GET", "/api/clock")
        return datetime.fromisoformat(answer.json()["now"])

    async def moves_clock(self) -> None:
        """Once somebody waits for an answer: past the first reminder, however often the process dies on the way."""
        await self._happens(lambda: len(self.confirmed) >= UNANSWERED_FIRST)
        target, self.calm = await self.now() + CLOCK_MOVES_BY, True
        answer = await self._ask("POST", "/api/clock", json={"now": target.isoformat()})
        # 409: it is later than that already.
        assert answer.status_code in (200, 409), answer.text
        self.calm = False
        await self._happened()

    async def _post(self, what: str, person: str, chat: str, said: dict[str, Any], *, once: bool = False) -> None:
        sent = Sent(person, f"n{len(self.sent) + 1}", what, chat)
        self.sent.append(sent)
        body = {"as": person, "chat": chat, "id": sent.id, **said}
        try:
            answer = await self._ask("POST", f"/api/chat/{what}", json=body, once=once)
        except Unanswered:
            # What comes next is said when somebody answers again.
            await self.now()
            return
        assert answer.status_code == 202, answer.text
        sent.answered = True
        await self._happened()

    def _is(self, least: Amount) -> bool:
        answered = sum(sent.answered for sent in self.sent)
        return answered >= least.answered and len(self.out) >= least.outings

    async def _happens(self, wanted: Callable[[], bool]) -> None:
        async with self._progress:
            await self._progress.wait_for(wanted)

    async def _happened(self) -> None:
        async with self._progress:
            self._progress.notify_all()

    async def _ask(self, method: str, path: str, *, once: bool = False, **request: Any) -> httpx.Response:
        """Asks until there is an answer, always the same; with `once` raises Unanswered if there is none.

        A 5xx is none, as docs/web-chat.md says.
        """
        while True:
            with suppress(httpx.TransportError):
                answer = await self._http.request(method, path, **request)
                if answer.status_code < 500:
                    return answer
            if once:
                raise Unanswered
            await asyncio.sleep(REPEAT_SECONDS)

    async def _read(self, person: str, *, wait: float) -> None:
        chat = self._seen[person]
        query = {"as": person, "chat": "private", "after": chat.after, "wait": wait}
        answer = await self._ask("GET", "/api/chat/messages", params=query)
        for message in map(Seen.of, answer.json()["messages"]):
            chat.messages[message.id] = message
            chat.after = message.seq

    def _too_late(self) -> bool:
        return self._until is not None and monotonic_seconds() > self._until


def half_days() -> Iterator[str]:
    """Half days on which leave may be asked for, as people write them."""
    for year, month in MONTHS:
        for number in range(1, 29):
            if date(year, month, number).weekday() not in WITHOUT_LEAVE:
                yield from (f"{year}年{month}月{number}号{half}" for half in HALVES)


async def writing(store: Store) -> None:
    """Everybody at once, until the store closes."""
    async with asyncio.TaskGroup() as people:
        for person in APPLICANTS:
            people.create_task(asks_for_leave(store, person))
        for person, word in GOING_OUT.items():
            people.create_task(goes_out(store, person, word))
        people.create_task(decides(store))
        people.create_task(chats(store))
    await store.all_done()


async def asks_for_leave(store: Store, person: str) -> None:
    """One half day after another: a sentence, its read-back, 确认."""
    for number, half in enumerate(half_days()):
        if store.closing or not await _asks_once(store, person, half, f"家里有事{person}{number}"):
            break
        await store.thinks()
    store.applicants_left -= 1


async def _asks_once(store: Store, person: str, half: str, reason: str) -> bool:
    await store.says(person, f"请假 {half} 周敏 {reason}")
    card = await store.sees(
        person, lambda one: f"事由：{reason} " in one.text and "确认" in one.buttons, enough=lambda: False
    )
    if card is None:
        return False
    store.confirmed[reason] = person
    await store.presses(person, card, "确认")
    return True


async def goes_out(store: Store, person: str, word: str) -> None:
    """One outing or trip after another, each to a place of its own."""
    for number, half in enumerate(half_days()):
        place = f"{person}工地{number}"
        if store.closing or not await _goes_once(store, person, f"{word} {half} {place} 量房", place):
            break
        await store.thinks()


async def _goes_once(store: Store, person: str, sentence: str, place: str) -> bool:
    await store.says(person, sentence)
    card = await store.sees(
        person, lambda one: f"{place} · 量房" in one.text and "确认" in one.buttons, enough=lambda: False
    )
    if card is None:
        return False
    store.out[place] = person
    await store.presses(person, card, "确认")
    return True


async def decides(store: Store) -> None:
    """The supervisor answers the cards as they come, also one that is shown again: yes, no, and not at all."""
    looked_at: set[str] = set()
    while card := await store.sees(
        SUPERVISOR,
        lambda one: "同意" in one.buttons and one.id not in looked_at,
        enough=lambda: store.applicants_left == 0,
    ):
        looked_at.add(card.id)
        request = int(card.actions[card.buttons.index("同意")].rpartition(":")[2])
        await _decide(store, card, request)


async def _decide(store: Store, card: Seen, request: int) -> None:
    match request % 3:
        case 0:
            store.decided.setdefault(request, True)
            await store.presses(SUPERVISOR, card, "同意")
        case 1:
            store.decided.setdefault(request, False)
            await store.presses(SUPERVISOR, card, "不同意")
            await store.says(SUPERVISOR, REASON)


async def chats(store: Store) -> None:
    """Somebody who asks several things at a time, here and in the group, and never repeats what nobody answered."""
    while not store.closing:
        asking = [store.says(TALKATIVE, "谁休假", once=True) for _ in range(AT_ONCE)]
        await asyncio.gather(*asking, store.says(TALKATIVE, "@前台 谁休假", chat="store", once=True))
        await asyncio.sleep(CALM_PAUSE_SECONDS if store.calm else CHAT_PAUSE_SECONDS)
