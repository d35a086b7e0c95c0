"""How WeCom calls an address of ours: first the proof, then each thing until it is taken, three times at most."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping

import httpx

from tests.wecom.sealing import Sealer, xml

PROOF_SECONDS = 1.0
PATIENCE = 5.0
TRIES = 3


class Caller:
    """`http` reaches the address; `sent` are the address and the body of every call, to be sent once more."""

    def __init__(self, http: httpx.AsyncClient, url: str, sealer: Sealer) -> None:
        self._http = http
        self._url = url
        self._sealer = sealer
        self._numbers = itertools.count(1)
        self.sent: list[tuple[str, bytes]] = []

    async def proves(self, words: str = "1616140317555161061") -> bool:
        """Whether the address answers within a second with these words and nothing else."""
        encrypted = self._sealer.sealed(words, random=self._random())
        query = self._sealer.query(encrypted, nonce=str(next(self._numbers)), echo=True)
        answer = await self._http.get(f"{self._url}?{query}", timeout=PROOF_SECONDS)
        return (answer.status_code, answer.content) == (200, words.encode())

    async def calls(self, said: Mapping[str, object], *, at_once: int = 1) -> list[int]:
        """Until it is answered with 200, `at_once` calls beside each other. The statuses, 0 for no answer in time."""
        first = await asyncio.gather(*(self._call(said) for _ in range(at_once)))
        statuses = list(first)
        while 200 not in statuses and len(statuses) < TRIES:
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
        url = f"{self._url}?{self._sealer.query(encrypted, timestamp=1409659813 + number, nonce=str(number))}"
        body = self._sealer.body(encrypted)
        self.sent.append((url, body))
        try:
            return (await self._http.post(url, content=body, timeout=PATIENCE)).status_code
        except httpx.HTTPError:
            return 0

    def _random(self) -> bytes:
        return f"{next(self._numbers):016x}".encode()
