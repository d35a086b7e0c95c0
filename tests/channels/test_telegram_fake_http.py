"""The fake Telegram behind its port: long polls, webhooks, files and lost answers, over real connections."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections import deque
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
import pytest_asyncio
from telegram import Bot
from telegram.error import Conflict, InvalidToken, NetworkError

from tests.telegram import FakeTelegram, Person

SECRET = "a-secret_42"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


@pytest.fixture
def fake() -> Iterator[FakeTelegram]:
    with FakeTelegram() as telegram:
        yield telegram
    assert telegram.complaints == []


@pytest_asyncio.fixture
async def bot(fake: FakeTelegram) -> AsyncIterator[Bot]:
    async with Bot(fake.token, base_url=fake.base_url, base_file_url=fake.file_url) as opened:
        yield opened


@pytest.fixture
def wang(fake: FakeTelegram) -> Person:
    return fake.user("王磊")


@dataclass(frozen=True)
class Post:
    secret: str | None
    body: bytes


class Receiver(ThreadingHTTPServer):
    """A bot's webhook: answers with the planned statuses, then 200; keeps the senders waiting while it is `shut`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.posts: list[Post] = []
        self.statuses: deque[int] = deque()
        self.at_once = self.most_at_once = 0
        self.open = threading.Event()
        self.open.set()
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/telegram"

    def take(self, post: Post) -> int:
        with self.lock:
            self.posts.append(post)
            self.at_once += 1
            self.most_at_once = max(self.at_once, self.most_at_once)
            status = self.statuses.popleft() if self.statuses else 200
        self.open.wait(10)
        with self.lock:
            self.at_once -= 1
        return status


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.server.take(Post(self.headers[SECRET_HEADER], body)))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *values: Any) -> None:
        """Tests keep quiet."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.open.set()
        server.shutdown()


async def open_poll(fake: FakeTelegram, bot: Bot) -> asyncio.Task[Any]:
    """A long poll that has arrived at Telegram and waits there."""
    before = len(fake.made("getUpdates"))
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await fake.until(lambda: len(fake.made("getUpdates")) > before)
    return poll


async def test_a_long_poll_ends_when_something_comes(fake: FakeTelegram, bot: Bot, wang: Person) -> None:
    poll = await open_poll(fake, bot)

    wang.starts()

    (update,) = await asyncio.wait_for(poll, 5)
    assert update.message.text == "/start"
    assert fake.confirmed == set()


async def test_what_was_not_confirmed_comes_again(fake: FakeTelegram, bot: Bot, wang: Person) -> None:
    wang.starts()
    wang.says("一")
    first, second = await bot.get_updates()

    again = await bot.get_updates(offset=second.update_id)
    nothing = await bot.get_updates(offset=second.update_id + 1)

    assert [update.update_id for update in again] == [second.update_id]
    assert nothing == ()
    assert fake.confirmed == {first.update_id, second.update_id}


async def test_a_second_poll_ends_the_first(fake: FakeTelegram, bot: Bot, wang: Person) -> None:
    older = await open_poll(fake, bot)
    async with Bot(fake.token, base_url=fake.base_url) as second:
        newer = await open_poll(fake, second)
        wang.starts()
        updates = await newer

    with pytest.raises(Conflict, match="terminated by other getUpdates request; make sure that only one bot"):
        await older
    assert len(updates) == 1


async def test_setting_a_webhook_ends_the_poll(fake: FakeTelegram, bot: Bot) -> None:
    poll = await open_poll(fake, bot)

    await bot.set_webhook("https://desk.example.com/telegram")

    with pytest.raises(Conflict, match="terminated by setWebhook request"):
        await poll


async def test_a_poll_of_a_killed_bot_takes_nothing_with_it(fake: FakeTelegram, bot: Bot, wang: Person) -> None:
    wanted = f"{fake.base_url}{fake.token}/getUpdates?timeout=30"
    program = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1]).read()"
    before = len(fake.made("getUpdates"))
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, wanted)
    await fake.until(lambda: len(fake.made("getUpdates")) > before)
    process.kill()
    await process.wait()

    wang.starts()

    assert len(await bot.get_updates()) == 1


async def test_a_webhook_gets_the_secret_and_confirms_by_its_answer(
    fake: FakeTelegram, bot: Bot, wang: Person, receiver: Receiver
) -> None:
    wang.starts()
    await bot.set_webhook(receiver.url, secret_token=SECRET)
    wang.says("请假 周五下午")

    await fake.until(lambda: len(fake.confirmed) == 2)

    assert [post.secret for post in receiver.posts] == [SECRET, SECRET]
    assert sorted(delivery.update_id for delivery in fake.deliveries) == sorted(fake.confirmed)
    assert all(0 < delivery.seconds < 5 for delivery in fake.deliveries)
    assert fake.pending == []


async def test_a_webhook_that_fails_is_asked_again(
    fake: FakeTelegram, bot: Bot, wang: Person, receiver: Receiver
) -> None:
    receiver.statuses.extend([500, 503])
    await bot.set_webhook(receiver.url)
    wang.starts()

    await fake.until(lambda: fake.confirmed)

    assert [delivery.attempts for delivery in fake.deliveries] == [3]
    assert len({post.body for post in receiver.posts}) == 1
    assert (await bot.get_webhook_info()).last_error_message == (
        "Wrong response from the webhook: 503 Service Unavailable"
    )


async def test_a_webhook_is_asked_in_parallel_but_not_beyond_its_limit(
    fake: FakeTelegram, bot: Bot, wang: Person, receiver: Receiver
) -> None:
    receiver.open.clear()
    wang.starts()
    wang.says("一")
    wang.says("二")
    await bot.set_webhook(receiver.url, max_connections=2)
    await asyncio.to_thread(lambda: wait_until(receiver, at_once=2))

    receiver.open.set()
    await fake.until(lambda: len(fake.confirmed) == 3)

    assert receiver.most_at_once == 2


def wait_until(receiver: Receiver, *, at_once: int) -> None:
    pause = threading.Event()
    while receiver.at_once < at_once:
        pause.wait(0.005)


async def test_what_was_not_delivered_by_webhook_can_be_polled(
    fake: FakeTelegram, bot: Bot, wang: Person, receiver: Receiver
) -> None:
    receiver.statuses.extend([500] * 1000)
    await bot.set_webhook(receiver.url)
    wang.starts()
    await fake.until(lambda: fake.bot.queue.webhook and fake.bot.queue.webhook.last_error)

    await bot.delete_webhook()

    assert len(await bot.get_updates()) == 1


async def test_while_telegram_is_down_its_webhooks_are_silent(
    fake: FakeTelegram, bot: Bot, wang: Person, receiver: Receiver
) -> None:
    await bot.set_webhook(receiver.url)
    fake.down()
    wang.starts()
    with pytest.raises(NetworkError, match="Bad Gateway"):
        await bot.send_message(wang.id, "一")
    silent = len(receiver.posts)

    fake.up()
    await fake.until(lambda: fake.confirmed)

    assert silent == 0
    assert len(receiver.posts) == 1


async def test_a_poll_that_is_open_when_telegram_goes_down_ends(fake: FakeTelegram, bot: Bot) -> None:
    poll = await open_poll(fake, bot)

    fake.down(refuse=True)

    with pytest.raises(NetworkError, match="RemoteProtocolError"):
        await poll


async def test_a_file_goes_up_in_parts_and_comes_down_whole(fake: FakeTelegram, bot: Bot, wang: Person) -> None:
    wang.starts()
    content = bytes(range(256)) * 8192

    sent = await bot.send_document(
        wang.id, content, filename="11 月考勤.xlsx", caption="<b>考勤</b>", parse_mode="HTML"
    )

    assert sent.document is not None
    file = await sent.document.get_file()
    assert bytes(await file.download_as_bytearray()) == content
    assert (wang.last().document, wang.last().marked("bold")) == ("11 月考勤.xlsx", ["考勤"])
    assert file.file_path is not None
    assert file.file_path.startswith(f"{fake.file_url}{fake.token}/documents/")


async def test_an_answer_that_gets_lost_leaves_the_message(fake: FakeTelegram, bot: Bot, wang: Person) -> None:
    wang.starts()
    fake.lose_answer("sendMessage", chat=wang)

    with pytest.raises(NetworkError, match="RemoteProtocolError"):
        await bot.send_message(wang.id, "已提交")

    assert wang.last().text == "已提交"


async def test_refusals_have_telegrams_shape(fake: FakeTelegram) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        unknown = await http.post(f"{fake.base_url}{fake.token}/sendRichMessage")
        lower = await http.get(f"{fake.base_url}{fake.token}/getme")
        stranger = await http.post(f"{fake.base_url}{fake.token}x/getMe")
        as_json = await http.post(f"{fake.base_url}{fake.token}/sendMessage", json={"chat_id": 7, "text": "a"})

    assert unknown.json() == {"ok": False, "error_code": 404, "description": "Not Found"}
    assert lower.json()["result"]["username"] == "qiantai_bot"
    assert (stranger.status_code, stranger.json()["description"]) == (401, "Unauthorized")
    assert as_json.json() == {"ok": False, "error_code": 400, "description": "Bad Request: chat not found"}


async def test_a_wrong_token_cannot_fetch_a_file(fake: FakeTelegram, bot: Bot, wang: Person) -> None:
    wang.starts()
    wang.sends_file("图纸.pdf", b"drawing")
    message = (await bot.get_updates())[-1].message
    assert message is not None
    assert message.document is not None
    file = await message.document.get_file()
    assert file.file_path is not None

    async with httpx.AsyncClient(trust_env=False) as http:
        stolen = await http.get(file.file_path.replace(fake.token, f"{fake.token}x"))

    assert bytes(await file.download_as_bytearray()) == b"drawing"
    assert stolen.status_code == 401


async def test_people_may_write_from_many_threads(fake: FakeTelegram, bot: Bot, wang: Person) -> None:
    wang.starts()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: wang.says(f"第 {number} 句"), range(60)))

    updates = await bot.get_updates()

    ids = [update.update_id for update in updates]
    assert ids == list(range(ids[0], ids[0] + 61))
    assert [update.message.message_id for update in updates if update.message] == list(range(1, 62))


async def test_a_bot_with_another_token_is_not_let_in(fake: FakeTelegram) -> None:
    stranger = Bot(f"{fake.token}x", base_url=fake.base_url)

    with pytest.raises(InvalidToken, match="was rejected by the server"):
        await stranger.initialize()
