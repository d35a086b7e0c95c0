"""The web chat of `qiantai serve`: one-time links, a person a session, nobody reads what is another's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import Session

from storage import invites, staff
from storage.audit import Audit
from storage.inbox import Inbox
from tests.channels.wire import HELLO, PRESS, Wire, code_of, wired
from tests.storage.shop import all_rows

PUBLIC = "https://desk.example.com"


@pytest.fixture
def store(sqlite_url: str, tmp_path: Path) -> Iterator[Wire]:
    with wired(sqlite_url, tmp_path / "data", demo=False, web_chat=True, public_url=PUBLIC) as opened:
        yield opened


def invite(store: Wire, key: str, token: str) -> str:
    """The path of a fresh one-time link."""

    def work(session: Session) -> None:
        person = staff.by_key(session, key)
        assert person is not None
        until = store.app.clock.now() + timedelta(days=7)
        invites.put(session, person.id, token, expires_at=until)

    store.write(work)
    return f"/join/{token}"


def join(store: Wire, key: str) -> None:
    """From now on this browser is that person's."""
    assert store.ask("POST", invite(store, key, f"token of {key}")).status_code == 303


def test_without_a_session_nothing_is_said_read_or_shown(store: Wire) -> None:
    answers = [
        store.say(),
        store.ask("GET", "/api/chat/messages", params={"as": "wang"}),
        store.ask("POST", "/api/chat/presses", json=PRESS),
        store.send_file(b"x"),
        store.ask("GET", "/api/chat/receipts/1", params={"as": "wang"}),
    ]

    assert [code_of(answer) for answer in answers] == [(401, "no_session")] * 5
    assert store.ask("GET", "/").status_code == 401
    assert all_rows(store.app.database, Inbox) == []


def test_looking_at_a_link_uses_nothing_up(store: Wire) -> None:
    link = invite(store, "wang", "token")

    looked = [store.ask("GET", link) for _ in range(3)]
    store.ask("HEAD", link)

    assert [answer.status_code for answer in looked] == [200] * 3
    assert all("王磊" in answer.text for answer in looked)
    assert not any("set-cookie" in answer.headers for answer in looked)
    assert store.ask("POST", link).status_code == 303


def test_a_link_makes_one_browser_that_person_once(store: Wire) -> None:
    link = invite(store, "wang", "token")

    joined = store.ask("POST", link)
    spoken = store.say()
    store.http.cookies.clear()
    again = store.ask("POST", link)
    looked = store.ask("GET", link)

    cookie = joined.headers["set-cookie"]
    assert (joined.status_code, joined.headers["location"]) == (303, "/")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert spoken.status_code == 202
    assert (again.status_code, looked.status_code) == (404, 404)
    assert "set-cookie" not in again.headers


def test_a_link_that_is_guessed_or_too_old_opens_nothing(store: Wire) -> None:
    link = invite(store, "wang", "token")
    store.app.clock.move_to(store.app.clock.now() + timedelta(days=8))

    answers = [store.ask(method, path) for method in ("GET", "POST") for path in (link, "/join/guess")]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert not any("set-cookie" in answer.headers for answer in answers)


def test_another_sites_form_cannot_open_a_link(store: Wire) -> None:
    link = invite(store, "wang", "token")

    answer = store.ask("POST", link, headers={"Origin": "https://evil.example"})

    assert code_of(answer) == (403, "foreign_origin")
    assert store.ask("POST", link).status_code == 303


def test_whoever_has_a_session_is_that_person_only(store: Wire) -> None:
    join(store, "wang")

    answers = [
        store.say(**{"as": "zhou"}),
        store.ask("GET", "/api/chat/messages", params={"as": "zhou"}),
        store.ask("POST", "/api/chat/presses", json=PRESS | {"as": "zhou"}),
        store.send_file(b"x", **{"as": "zhou"}),
        store.ask("GET", "/api/chat/receipts/1", params={"as": "zhou"}),
    ]

    assert [code_of(answer) for answer in answers] == [(403, "not_this_person")] * 5
    assert store.say().status_code == 202


@pytest.mark.parametrize("cookie", ["", "wang", "IndhbmciLg.ZZZZZZ.forged-signature"])
def test_a_forged_session_is_none(store: Wire, cookie: str) -> None:
    store.http.cookies.set("qiantai", cookie)

    assert code_of(store.say()) == (401, "no_session")


def test_the_page_shows_oneself_and_no_clock_to_move(store: Wire) -> None:
    join(store, "wang")

    page = store.ask("GET", "/")
    moved = store.ask("POST", "/api/clock", json={"advance": "PT1H"})

    assert page.status_code == 200
    assert "王磊" in page.text
    assert code_of(moved) == (403, "clock_fixed")


def the_file(store: Wire) -> str:
    """Where the file of the conversation is."""
    return next(str(one["file"]["url"]) for one in store.messages() if one["file"])


def test_who_opens_their_link_is_welcomed_and_it_is_in_the_audit(store: Wire) -> None:
    join(store, "wang")

    [welcome] = store.messages(wait=5)

    assert "王磊，欢迎来到" in welcome["text"]
    assert [one.verb for one in all_rows(store.app.database, Audit)] == ["people.joined"]


def test_a_file_is_for_those_of_its_conversation_only(store: Wire) -> None:
    join(store, "wang")
    store.send_file(b"secret")
    link = the_file(store)

    own = store.ask("GET", link)
    store.http.cookies.clear()
    nobodys = store.ask("GET", link)
    join(store, "chen")
    anothers = store.ask("GET", link)

    assert (own.status_code, own.content) == (200, b"secret")
    assert code_of(nobodys) == code_of(anothers) == (404, "unknown_message")


def test_a_file_in_the_group_is_for_the_whole_store(store: Wire) -> None:
    join(store, "wang")
    store.send_file(b"for all", chat="store")
    query = {"as": "wang", "chat": "store", "after": "0"}
    link = store.ask("GET", "/api/chat/messages", params=query).json()["messages"][0]["file"]["url"]
    store.http.cookies.clear()

    join(store, "chen")

    assert store.ask("GET", link).content == b"for all"


def test_who_has_left_the_store_is_let_in_no_more(store: Wire) -> None:
    join(store, "wang")
    store.send_file(b"secret")
    link = the_file(store)

    def leave(session: Session) -> None:
        person = staff.by_key(session, "wang")
        assert person is not None
        person.active = False

    store.write(leave)

    assert code_of(store.say(id="2")) == (404, "unknown_person")
    assert code_of(store.ask("GET", link)) == (404, "unknown_message")
    assert store.ask("GET", "/").status_code == 401


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("desk.example.com", PUBLIC, 202),
        ("desk.example.com", "null", 403),
        ("desk.example.com", "https://desk.example.com.evil.example", 403),
        ("evil.example", "https://evil.example", 403),
    ],
)
def test_the_public_address_is_served_and_no_other(store: Wire, host: str, origin: str, status: int) -> None:
    join(store, "wang")

    answer = store.ask("POST", "/api/chat/messages", json=HELLO, headers={"Host": host, "Origin": origin})

    assert answer.status_code == status


def test_without_the_setting_there_is_no_web_chat(sqlite_url: str, tmp_path: Path) -> None:
    with wired(sqlite_url, tmp_path / "data", demo=False) as store:
        paths = ["/api/chat/messages?as=wang", "/api/clock", "/join/x", "/static/chat.js"]

        assert [store.ask("GET", path).status_code for path in paths] == [404] * 4
        assert store.ask("GET", "/healthz").status_code == 200


def test_without_a_web_chat_whoever_opens_a_card_reads_where_the_front_desk_is(sqlite_url: str, tmp_path: Path) -> None:
    with wired(sqlite_url, tmp_path / "data", demo=False) as store:
        page = store.ask("GET", "/")

    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "请回到和前台的聊天" in page.text
    assert "王磊" not in page.text


def test_a_session_outlives_a_restart(sqlite_url: str, tmp_path: Path) -> None:
    serving = partial(wired, sqlite_url, tmp_path / "data", demo=False, web_chat=True)
    with serving() as store:
        join(store, "wang")
        cookie = store.http.cookies["qiantai"]

    with serving() as store:
        store.http.cookies.set("qiantai", cookie)

        assert store.say().status_code == 202
