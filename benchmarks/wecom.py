"""WeCom over loopback: how fast a callback is acknowledged while the desk is busy, and what opening one costs."""

from __future__ import annotations

import asyncio
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from time import perf_counter, time
from typing import Any

import httpx
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from sqlmodel import Session

from benchmarks.front_desk import chats, open_stores
from benchmarks.telegram import folder_for_a_bench, wait_until
from benchmarks.telegram_echo import READY, served
from bot import loop
from bot.app import running
from bot.channels import wecom
from bot.channels.wecom import pace
from bot.channels.wecom.crypto import Crypto, Signed
from bot.operating.memory import keep_what_is_loaded
from bot.settings import Settings
from storage import staff
from storage.database import Database
from tests.services import Run, free_port
from tests.wecom import FakeWeCom, sending
from tests.wecom.fake import AGENT, CORP, SEALER, SECRET
from tests.wecom.sealing import xml

TEXT = "谁休假"
PER_SECOND = 100
OPENED = 2000


@dataclass(frozen=True)
class Size:
    people: int = 100
    seconds: float = 6
    warming_seconds: float = 1
    opened: int = OPENED
    rounds: int = 5


def measure(size: Size = Size()) -> dict[str, float]:
    """From the POST of a callback to its 200 at a hundred a second, and messages opened a second beside plain AES."""
    times = statistics.quantiles(_acknowledged(size), n=100)
    rounds = [(_rate(_opened, size.opened), _rate(_plain, size.opened)) for _ in range(size.rounds)]
    return {
        "acknowledged_p50_ms_at_100": round(1000 * times[49], 1),
        "acknowledged_p99_ms_at_100": round(1000 * times[98], 1),
        "opened_per_second": round(statistics.median(opened for opened, _ in rounds)),
        "plain_aes_per_second": round(statistics.median(plain for _, plain in rounds)),
        "crypto_ratio": round(statistics.median(opened / plain for opened, plain in rounds), 2),
    }


def _acknowledged(size: Size) -> list[float]:
    """Each is handled and answered too before this returns: the desk has all of them to do."""
    with _unlimited(), FakeWeCom(time) as fake, folder_for_a_bench() as folder, _front_desk(fake, folder, size) as url:
        seconds = asyncio.run(_called(url, size))
        wanted = len(seconds) + int(size.warming_seconds * PER_SECOND)
        wait_until(lambda: len(fake.made("message/send")) >= wanted)
    return seconds


async def _called(url: str, size: Size) -> list[float]:
    warming = int(size.warming_seconds * PER_SECOND)
    calls = [_call(number, size) for number in range(warming + int(size.seconds * PER_SECOND))]
    # Ours would be measured too.
    keep_what_is_loaded()
    async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
        begun = perf_counter()
        posts = (_post(http, url, *call, begun + number / PER_SECOND) for number, call in enumerate(calls))
        return (await asyncio.gather(*posts))[warming:]


async def _post(http: httpx.AsyncClient, url: str, query: str, body: bytes, at: float) -> float:
    await asyncio.sleep(max(0.0, at - perf_counter()))
    begun = perf_counter()
    answer = await http.post(f"{url}?{query}", content=body)
    if answer.status_code != 200:
        raise AssertionError(f"a callback was answered with {answer.status_code}")
    return perf_counter() - begun


def _call(number: int, size: Size) -> tuple[str, bytes]:
    encrypted = SEALER.sealed(_message(number, f"member{number % size.people}"), random=f"{number:016}".encode())
    return SEALER.query(encrypted, timestamp=int(time()), nonce=str(number)), SEALER.body(encrypted)


def _message(number: int, member: str) -> str:
    head = {"ToUserName": CORP, "FromUserName": member, "CreateTime": int(time()), "MsgType": "text"}
    return xml({**head, "Content": TEXT, "MsgId": 4_561_255_354_251_340_000 + number, "AgentID": AGENT})


def _rate(work: Callable[[int], None], times: int) -> float:
    begun = perf_counter()
    work(times)
    return times / (perf_counter() - begun)


def _opened(times: int) -> None:
    """As the callback does it: the signature, the base64, the cipher, the pad, the length and the receiver."""
    crypto = Crypto(SEALER.token, SEALER.encoding_key, CORP)
    encrypted = SEALER.sealed(_message(1, "wanglei"))
    given = dict(one.split("=", 1) for one in SEALER.query(encrypted).split("&"))
    signed = Signed(given["msg_signature"], given["timestamp"], given["nonce"])
    for _ in range(times):
        crypto.opened(encrypted, signed)


def _plain(times: int) -> None:
    """The same bytes encrypted and decrypted by cryptography alone."""
    held = _message(1, "wanglei").encode()
    held += b" " * (-len(held) % 32)
    cipher = Cipher(algorithms.AES(bytes(32)), modes.CBC(bytes(16)))
    for _ in range(times):
        encryptor, decryptor = cipher.encryptor(), cipher.decryptor()
        decryptor.update(encryptor.update(held) + encryptor.finalize()) + decryptor.finalize()


@contextmanager
def _unlimited() -> Iterator[None]:
    """A hundred people who write once a second are no matter for a member's limits, which the fake has as WeCom."""
    before = sending.PER_MINUTE, sending.PER_HOUR
    sending.PER_MINUTE = sending.PER_HOUR = 1_000_000
    try:
        yield
    finally:
        sending.PER_MINUTE, sending.PER_HOUR = before


@contextmanager
def _front_desk(fake: FakeWeCom, folder: Path, size: Size) -> Iterator[str]:
    """The address that WeCom calls, of a front desk in a process of its own."""
    url, port = f"sqlite:///{folder / 'store.db'}", free_port()
    _store(folder, url, [fake.member(f"member{number}").userid for number in range(size.people)])
    command = [sys.executable, "-m", "benchmarks.wecom", fake.base_url, str(port), url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            if process.stdout is None or process.stdout.readline().strip() != READY:
                raise AssertionError("the front desk did not start")
            callback = f"http://127.0.0.1:{port}{wecom.PATH}"
            wait_until(lambda: _is_heard(callback))
            yield callback
        finally:
            process.kill()


def _is_heard(callback: str) -> bool:
    """Whether what WeCom says is taken: here that somebody came, which is answered by nobody."""
    came = {"ToUserName": CORP, "FromUserName": "member0", "CreateTime": int(time()), "MsgType": "event"}
    encrypted = SEALER.sealed(xml({**came, "Event": "enter_agent", "EventKey": "", "AgentID": AGENT}))
    try:
        answer = httpx.post(f"{callback}?{SEALER.query(encrypted)}", content=SEALER.body(encrypted), trust_env=False)
    except httpx.TransportError:
        return False
    return answer.status_code == 200


def _store(folder: Path, url: str, userids: Sequence[str]) -> None:
    shutil.copyfile(Run(folder).sqlite(), folder / "store.db")
    database = Database(url)
    database.write_now(partial(open_stores, people=len(userids)))
    database.write_now(partial(_bind, userids=userids))
    database.close()


def _bind(session: Session, userids: Sequence[str]) -> None:
    for key, userid in zip(chats(len(userids)), userids, strict=True):
        known = staff.by_key(session, key)
        if known is not None:
            place = {"channel": wecom.NAME, "account": f"{CORP}/{AGENT}"}
            staff.bind(session, staff.contact(session, **place, address=userid.lower()), known.id)


def _settings(base_url: str, port: int, url: str) -> Mapping[str, Any]:
    return {
        "data": Path(url.removeprefix("sqlite:///")).parent,
        "database_url": url,
        "public_url": f"http://127.0.0.1:{port}",
        "wecom_corp_id": CORP,
        "wecom_agent_id": AGENT,
        "wecom_secret": SECRET,
        "wecom_token": SEALER.token,
        "wecom_aes_key": SEALER.encoding_key,
        "wecom_base_url": base_url,
    }


async def desk(base_url: str, port: int, url: str) -> None:
    """The front desk as it serves, without the limits of a member, which nobody here would keep."""
    wecom.PACE = replace(wecom.PACE, per_minute=1_000_000, per_second=1_000_000, per_hour=0)
    pace.WINDOWS = tuple((window, 1_000_000) for window, _ in pace.WINDOWS)
    database = Database(url)
    async with running(Settings.model_validate(_settings(base_url, port, url)), database, demo=False) as app:
        keep_what_is_loaded()
        await served(app.web, port)


if __name__ == "__main__":
    _, base_url, port, url = sys.argv
    loop.run(desk(base_url, int(port), url))
