"""The web chat's conversations: numbers without gaps or doubles, edits that come again, pages, files."""

from __future__ import annotations

from concurrent.futures import wait
from datetime import timedelta, timezone
from functools import partial

from sqlmodel import Session

from storage import webchat
from storage.database import Database
from storage.webchat import PAGE, WebMessage
from tests.storage.shop import NOW, all_rows

CHAT = "staff:wang"
BUTTONS = [[{"label": "同意", "action": "approvals:approve:1"}]]


def post(database: Database, said: str = "你好", *, chat: str = CHAT) -> int:
    posted = partial(webchat.post, chat=chat, sender="bot", text=said, html=f"<b>{said}</b>", at=NOW, buttons=BUTTONS)
    return database.write_now(posted).id


def edit(database: Database, number: int, said: str, buttons: list[list[dict[str, str]]] | None = None) -> None:
    def work(session: Session) -> None:
        message = webchat.get(session, number)
        assert message is not None
        webchat.edit(
            session, message, text=said, html=f"<b>{said}</b>", buttons=BUTTONS if buttons is None else buttons
        )

    database.write_now(work)


def shown(database: Database, *, after: int = 0, chat: str = CHAT) -> list[tuple[int, str]]:
    return [(one.seq, one.text) for one in database.read_now(partial(webchat.page, chat=chat, after=after))]


def test_numbers_grow_by_one_in_each_conversation_by_itself(database: Database) -> None:
    for said in ("一", "二"):
        post(database, said)
    post(database, "群里", chat="group:store")

    assert shown(database) == [(1, "一"), (2, "二")]
    assert shown(database, chat="group:store") == [(1, "群里")]


def test_many_who_write_at_once_get_numbers_without_gap_or_double(database: Database) -> None:
    posted = [
        database.submit(partial(webchat.post, chat=CHAT, sender="bot", text=str(n), html="", at=NOW)) for n in range(40)
    ]
    wait(posted)

    assert [one.exception() for one in posted] == [None] * 40
    assert [seq for seq, _ in shown(database)] == list(range(1, 41))


def test_no_number_becomes_visible_before_a_lower_one(postgres_url: str) -> None:
    database = Database(postgres_url)
    post(database)
    seen_before: list[list[int]] = []

    def post_and_look(session: Session) -> None:
        webchat.post(session, chat=CHAT, sender="bot", text="x", html="x", at=NOW)
        seen_before.append([seq for seq, _ in shown(database)])

    wait([database.submit(post_and_look) for _ in range(12)])

    assert all(seqs == list(range(1, len(seqs) + 1)) for seqs in seen_before)
    assert len(shown(database)) == 13
    database.close()


def test_an_edit_comes_again_with_a_higher_number_and_its_own_id(database: Database) -> None:
    first = post(database, "请批")
    post(database, "别的")

    edit(database, first, "已同意", buttons=[])

    assert shown(database) == [(2, "别的"), (3, "已同意")]
    assert shown(database, after=2) == [(3, "已同意")]
    [_, edited] = sorted(all_rows(database, WebMessage), key=lambda one: int(one.seq))
    assert (edited.id, edited.edited, edited.buttons, edited.at) == (first, True, [], NOW)


def test_an_edit_that_changes_nothing_does_not_come_again(database: Database) -> None:
    number = post(database, "请批")

    edit(database, number, "请批")

    assert shown(database) == [(1, "请批")]
    assert not all_rows(database, WebMessage)[0].edited


def test_a_long_conversation_comes_in_pages(database: Database) -> None:
    def fill(session: Session) -> None:
        for n in range(PAGE + 5):
            webchat.post(session, chat=CHAT, sender="bot", text=str(n), html="", at=NOW)

    database.write_now(fill)

    first = shown(database)
    second = shown(database, after=first[-1][0])
    assert (len(first), len(second)) == (PAGE, 5)
    assert [seq for seq, _ in first + second] == list(range(1, PAGE + 6))
    assert shown(database, after=second[-1][0]) == []


def test_a_file_is_kept_byte_for_byte_and_shown_as_a_link(database: Database) -> None:
    content = bytes(range(256)) * 40

    def work(session: Session) -> int:
        kept = webchat.keep_file(session, chat=CHAT, name="现场.jpg", content=content)
        webchat.post(session, chat=CHAT, sender="wang", text="文件", html="文件", at=NOW, file_id=kept.id)
        return kept.id

    number = database.write_now(work)

    kept = database.read_now(partial(webchat.file, file_id=number))
    [message] = database.read_now(partial(webchat.page, chat=CHAT, after=0))
    assert kept is not None
    assert (kept.name, kept.content, kept.chat) == ("现场.jpg", content, CHAT)
    assert webchat.as_json(message, kept, timezone(timedelta(hours=8))) == {
        "seq": 1,
        "id": f"m{message.id}",
        "from": "wang",
        "text": "文件",
        "html": "文件",
        "buttons": [],
        "file": {"name": "现场.jpg", "url": f"/api/chat/files/{number}"},
        "edited": False,
        "at": "2026-11-25T10:00:00+08:00",
    }
    assert database.read_now(partial(webchat.file, file_id=4711)) is None


def test_each_new_message_wakes_the_pages_of_its_chat(database: Database) -> None:
    heard: list[str] = []
    database.listen(lambda topics: heard.extend(topics))

    number = post(database)
    edit(database, number, "变了")

    assert heard.count(f"chat:{CHAT}") == 2
