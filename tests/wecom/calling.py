"""How WeCom calls an address of ours: first the proof, then each thing until it is taken, three times at most."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING

import httpx

from tests.wecom.sealing import Sealer, xml
from tests.wecom.things import Delivered

if TYPE_CHECKING:
    from tests.wecom.fake import FakeWeCom

PROOF_SECONDS = 1.0
PATIENCE = 5.0
TRIES = 3
# How long WeCom waits before it tries again is not told.
PAUSE = 0.05


class Caller:
    """`http` reaches the address, `url`; `sent` are the address and the body of every call, to be sent once more.

    `unread` is what stood in answers: a card's press is not answered there, and for all else there are messages.
    """

    def __init__(self, http: httpx.AsyncClient, url: str, sealer: Sealer) -> None:
        self._http = http
        self.url = url
        self._sealer = sealer
        self._numbers = itertools.count(1)
        self.sent: list[tuple[str, bytes]] = []
        self.unread: list[bytes] = []

    async def proves(self, words: str = "1616140317555161061") -> bool:
        """Whether the address answers within a second with these words and nothing else."""
        encrypted = self._sealer.sealed(words, random=self._random())
        query = self._sealer.query(encrypted, nonce=str(next(self._numbers)), echo=True)
        answer = await self._http.get(f"{self.url}?{query}", timeout=PROOF_SECONDS)
        return (answer.status_code, answer.content) == (200, words.encode())

    async def calls(self, said: Mapping[str, object], *, at_once: int = 1) -> list[int]:
        """Until it is answered with 200, `at_once` calls beside each other. The statuses, 0 for no answer in time."""
        first = await asyncio.gather(*(self._call(said) for _ in range(at_once)))
        statuses = list(first)
        while 200 not in statuses and len(statuses) < TRIES:
            await asyncio.sleep(PAUSE)
            statuses.append(await self._call(said))
        return statuses

    async def repeats(self, number: int = -1) -> int:
        """What was sent before, to the byte: whoever saw it on its way can do that."""
        url, body = self.sent[number]
        return (await self._http.post(url, content=body)).status_code

    async def _call(self, said: Mapping[str, object]) -> int:
        """The same message in another envelope every time."""
        encrypted = self._sealer.sealed(xml(said), random=self._random())
        number = next(self._numbers)
        url = f"{self.url}?{self._sealer.query(encrypted, timestamp=1409659813 + number, nonce=str(number))}"
        body = self._sealer.body(encrypted)
        self.sent.append((url, body))
        try:
            answer = await self._http.post(url, content=body, timeout=PATIENCE)
        except httpx.HTTPError:
            return 0
        if answer.status_code == 200 and answer.content:
            self.unread.append(answer.content)
        return answer.status_code

    def _random(self) -> bytes:
        return f"{next(self._numbers):016x}".encode()


class Postman:
    """Delivers what the members do: one thing after another for each of them, all members beside each other."""

    def __init__(self, fake: FakeWeCom) -> None:
        self._fake = fake
        self._world = fake.world
        self._under_way: set[str] = set()
        self._changed = asyncio.Event()

    async def run(self) -> None:
        """Until it is cancelled."""
        loop = asyncio.get_running_loop()
        listening = self._world.listening(lambda: loop.call_soon_threadsafe(self._changed.set))
        with listening:
            async with httpx.AsyncClient(trust_env=False) as http, asyncio.TaskGroup() as tasks:
                caller = Caller(http, "", self._fake.sealer)
                while True:
                    self._changed.clear()
                    for member in self._waiting():
                        self._under_way.add(member)
                        tasks.create_task(self._deliver(caller, member))
                    await self._changed.wait()

    def _waiting(self) -> list[str]:
        with self._world.changed:
            return [key for key, queue in self._world.outgoing.items() if queue and key not in self._under_way]

    async def _deliver(self, caller: Caller, member: str) -> None:
        """Takes each off once it is taken or given up."""
        queue = self._world.outgoing[member]
        while queue:
            said = queue[0]
            caller.url = self._world.callback
            statuses = await caller.calls(said, at_once=self._fake.faults.copies)
            with self._world.change():
                queue.popleft()
                self._world.delivered.append(Delivered(said, tuple(statuses)))
                self._world.complaints += [f"nobody reads this answer: {one!r}" for one in caller.unread]
                caller.unread.clear()
        self._under_way.discard(member)
