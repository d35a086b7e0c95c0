"""Five hundred people in twenty stores write at once: each is answered, and nothing crosses between stores."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import partial

import pytest
from sqlmodel import Session, select

from bot.storefile import load_store, read_store
from storage.outing import Outing
from storage.staff import Staff
from storage.webchat import WebMessage
from tests.chat import StoreAtWork, rows, store_at_work
from tests.services import Run

STORES = 20
PEOPLE = 25
pytestmark = pytest.mark.timeout(300)


def toml(store: int) -> str:
    """A store whose people's names and keys say which it is."""
    roles = ["gm_office", "client_manager", *["designer"] * (PEOPLE - 2)]
    people = [
        f'[[staff]]\nkey = "{key(store, n)}"\nname = "{name(store, n)}"\nroles = ["{role}"]\n'
        for n, role in enumerate(roles)
    ]
    group = f'[[groups]]\nkey = "g{store:02d}"\nname = "群{store:02d}"\n'
    return f'[store]\nkey = "s{store:02d}"\nname = "店{store:02d}"\n' + "".join(people) + group


def key(store: int, n: int) -> str:
    return f"p{store:02d}x{n:02d}"


def name(store: int, n: int) -> str:
    return f"店{store:02d}人{n:02d}"


def place(store: int, n: int) -> str:
    return f"小区{store:02d}号楼{n:02d}"


@pytest.fixture(scope="module")
def stores(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreAtWork]:
    folder = tmp_path_factory.mktemp("stores")
    shutil.copyfile(run.sqlite(), folder / "stores.db")
    with store_at_work(f"sqlite:///{folder / 'stores.db'}", folder, toml=toml(0)) as opened:
        for store in range(1, STORES):
            opened.write(partial(load_store, file=read_store(toml(store)), now=opened.app.clock.now()))
        yield opened


EVERYBODY = [(store, n) for store in range(STORES) for n in range(PEOPLE)]


def messages(session: Session) -> list[WebMessage]:
    return list(session.exec(select(WebMessage).where(WebMessage.sender == "bot")))


def test_five_hundred_people_in_twenty_stores_write_at_once(stores: StoreAtWork) -> None:
    stores.posts_at_once(
        [
            (
                "/api/chat/messages",
                {"as": key(*who), "chat": "private", "id": "a", "text": f"外出 {place(*who)} 量房 下午两点到四点"},
            )
            for who in EVERYBODY
        ]
    )
    confirm = {message.chat: message for message in stores.query(messages) if message.buttons}
    stores.posts_at_once(
        [
            ("/api/chat/presses", {"as": key(*who), "chat": "private", "id": "b"} | pressed(confirm, key(*who)))
            for who in EVERYBODY
        ]
    )
    stores.move(minutes=2)

    people = {person.id: person for person in stores.query(partial(rows, table=Staff))}
    outings = stores.query(partial(rows, table=Outing))
    assert len(outings) == STORES * PEOPLE
    assert {people[out.staff_id].key for out in outings} == {key(*who) for who in EVERYBODY}
    assert all(out.store_id == people[out.staff_id].store_id for out in outings)
    assert all(out.place[2:4] == people[out.staff_id].key[1:3] for out in outings)
    said = stores.query(messages)
    assert len([one for one in said if one.chat.startswith("group:")]) >= STORES
    strangers = [f"店{store:02d}人" for store in range(STORES)]
    for one in said:
        own = f"店{store_of(one.chat)}人"
        assert [stranger for stranger in strangers if stranger in one.text and stranger != own] == [], one.text
        assert not any(f"小区{store:02d}号" in one.text for store in range(STORES) if f"店{store:02d}人" != own)


def pressed(confirm: dict[str, WebMessage], who: str) -> dict[str, str]:
    card = confirm[f"staff:{who}"]
    action = next(button["action"] for row in card.buttons for button in row if button["label"] == "确认")
    return {"message": f"m{card.id}", "action": action}


def store_of(chat: str) -> str:
    """`03` of `staff:p03x11` and of `group:g03`."""
    return chat.partition(":")[2][1:3]


def test_each_store_sees_its_own_list_of_who_is_out(stores: StoreAtWork) -> None:
    for store in (3, 4):
        person = stores.person(key(store, 5))
        person.says(f"外出 {place(store, 5)} 量房 两小时")
        person.presses("确认")

    stores.person(key(3, 1)).says("谁在外面")

    assert name(3, 5) in stores.person(key(3, 1)).last().text
    assert name(4, 5) not in stores.person(key(3, 1)).last().text
