"""The web chat's API in the demo: ids that are used once, long polls, edits, files, receipts, what is escaped."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.channels.webchat import ACCOUNT, NAME
from storage import inbox
from storage.inbox import Inbox
from storage.webchat import WebMessage
from tests.channels.wire import HELLO, PRESS, Wire, code_of, wired
from tests.storage.shop import all_rows


@pytest.fixture
def store(sqlite_url: str, tmp_path: Path) -> Iterator[Wire]:
    with wired(sqlite_url, tmp_path / "data") as opened:
        yield opened


def test_the_same_id_again_changes_nothing(store: Wire) -> None:
    first = store.ask("POST", "/api/chat/messages", json=HELLO)
    shown = store.messages()

    again = [store.ask("POST", "/api/chat/messages", json=HELLO) for _ in range(3)]

    assert (first.status_code, {answer.status_code for answer in again}) == (202, {202})
    assert store.messages() == shown
    assert len(all_rows(store.app.database, Inbox)) == 1


def test_the_same_id_with_another_body_is_409_and_changes_nothing(store: Wire) -> None:
    store.ask("POST", "/api/chat/messages", json=HELLO)
    shown = store.messages()

    text = store.ask("POST", "/api/chat/messages", json=HELLO | {"text": "别的"})
    press = store.ask("POST", "/api/chat/presses", json=PRESS | {"message": shown[-1]["id"]})
    file = store.send_file(b"x", id="1")

    assert code_of(text) == code_of(press) == code_of(file) == (409, "same_id")
    assert store.messages() == shown


def test_ids_are_each_persons_own(store: Wire) -> None:
    store.ask("POST", "/api/chat/messages", json=HELLO)

    assert store.ask("POST", "/api/chat/messages", json=HELLO | {"as": "chen", "text": "别的"}).status_code == 202
    assert len(all_rows(store.app.database, Inbox)) == 2


def test_a_file_comes_back_byte_for_byte_as_an_attachment(store: Wire) -> None:
    content = b"<svg onload='alert(1)'/>" + bytes(range(256))

    sent = store.send_file(content)

    [own, answer] = store.messages()
    answered = store.ask("GET", own["file"]["url"])
    assert sent.status_code == 202
    assert (own["from"], own["file"]["name"], answer["from"]) == ("wang", "现场.svg", "bot")
    assert answered.content == content
    assert answered.headers["content-type"] == "application/octet-stream"
    assert answered.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E7%8E%B0")
    assert answered.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answered.headers["content-security-policy"]


def test_the_same_file_under_the_same_id_is_kept_once(store: Wire) -> None:
    answers = [store.send_file(b"abc"), store.send_file(b"abc")]
    other = store.send_file(b"abd")

    assert [answer.status_code for answer in answers] == [202, 202]
    assert code_of(other) == (409, "same_id")
    assert len([one for one in store.messages() if one["file"]]) == 1


def test_a_files_name_loses_its_folders(store: Wire) -> None:
    store.send_file(b"abc", name="../../etc\\passwd")

    assert store.messages()[0]["file"]["name"] == "passwd"


def test_a_file_without_a_file_is_400_and_an_unknown_one_404(store: Wire) -> None:
    missing = store.ask("POST", "/api/chat/files", data={"as": "wang", "chat": "private", "id": "1"})
    unknown = store.ask("GET", "/api/chat/files/99")

    assert code_of(missing) == (400, "bad_request")
    assert code_of(unknown) == (404, "unknown_message")


def test_a_long_poll_answers_as_soon_as_something_comes(store: Wire) -> None:
    async def listen_and_speak() -> list[dict[str, Any]]:
        query: dict[str, str | int] = {"as": "wang", "chat": "private", "after": 0, "wait": 20}
        listening = asyncio.create_task(store.http.get("/api/chat/messages", params=query))
        await asyncio.sleep(0.05)
        assert not listening.done()
        await store.http.post("/api/chat/messages", json=HELLO)
        answer = await asyncio.wait_for(listening, 10)
        await store.app.timetable.settle()
        found: list[dict[str, Any]] = answer.json()["messages"]
        return found

    heard = store.run(listen_and_speak())

    assert heard[0]["text"] == "你好"


def test_a_long_poll_ends_empty_when_nothing_comes(store: Wire) -> None:
    assert store.messages(wait=0.05) == []


def test_an_edited_message_comes_again_with_its_id_and_a_higher_seq(store: Wire) -> None:
    wang, zhou = store.person("wang"), store.person("zhou")
    wang.says("请假 周五下午 家里有事")
    wang.presses("确认")
    card = zhou.last()
    seen = store.messages("zhou")[-1]["seq"]

    zhou.presses("同意", on="王磊")

    again = [one for one in store.messages("zhou", after=seen) if one["id"] == card.id]
    assert [(one["edited"], "同意" in str(one["buttons"])) for one in again] == [(True, False)]


def test_a_receipt_says_what_became_of_a_message(store: Wire) -> None:
    store.ask("POST", "/api/chat/messages", json=HELLO)
    store.ask("POST", "/api/chat/messages", json=HELLO | {"id": "2"})

    def park(session: Any) -> None:
        event = inbox.find(session, channel=NAME, account=ACCOUNT, event_id="wang:2")
        assert event is not None
        event.state = inbox.InboxState.PARKED
        session.add(event)

    store.write(park)

    states = [store.ask("GET", f"/api/chat/receipts/{n}", params={"as": "wang"}).json() for n in ("1", "2")]
    assert states == [{"state": "done"}, {"state": "parked"}]


def test_an_action_that_means_nothing_is_answered_kindly(store: Wire) -> None:
    store.person("wang").says("你好")
    shown = store.person("wang").last().id

    for n, action in enumerate(("nonsense", "approvals:approve:99", "dialog:go:99:1", "leave:withdraw:1' OR 1=1")):
        pressed = PRESS | {"id": f"p{n}", "message": shown, "action": action}
        answer = store.ask("POST", "/api/chat/presses", json=pressed)
        assert answer.status_code == 202

    assert len(store.person("wang").heard("这个按钮用不了")) == 4


def test_what_people_type_is_shown_escaped(store: Wire) -> None:
    store.ask("POST", "/api/chat/messages", json=HELLO | {"text": "<img src=x onerror=alert(1)>\n\x00{{ 7 * 7 }}"})

    [own, answer] = store.messages()
    assert own["text"] == "<img src=x onerror=alert(1)>\n{{ 7 * 7 }}"
    assert own["html"] == "&lt;img src=x onerror=alert(1)&gt;<br>{{ 7 * 7 }}"
    assert "<img" not in answer["html"]


def test_an_id_posted_by_two_at_once_is_shown_once(postgres_url: str, tmp_path: Path) -> None:
    with wired(postgres_url, tmp_path / "data") as store:

        async def post_often() -> list[int]:
            answers = await asyncio.gather(*(store.http.post("/api/chat/messages", json=HELLO) for _ in range(6)))
            await store.app.timetable.settle()
            return [answer.status_code for answer in answers]

        assert store.run(post_often()) == [202] * 6
        echoes = [row for row in all_rows(store.app.database, WebMessage) if row.sender == "wang"]
        assert len(echoes) == 1
