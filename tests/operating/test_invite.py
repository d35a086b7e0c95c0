"""`qiantai invite`: a link to the web chat where there is one, a code to type where Telegram is all there is."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.clock import Clock
from storage import invites
from storage.database import Database
from tests.operating.commands import DEMO, Terminal
from tests.telegram import TOKEN

CODE = re.compile(r"加入 ([2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4})$", re.MULTILINE)
ACCOUNT = TOKEN.partition(":")[0]
ONLY_TELEGRAM = {"QIANTAI_TELEGRAM_TOKEN": TOKEN, "QIANTAI_WEB_CHAT": "off"}


@pytest.fixture
def terminal(tmp_path: Path, migrated: None) -> Terminal:
    """Somebody whose store is loaded, with a bot and without a web chat."""
    made = Terminal(tmp_path, **ONLY_TELEGRAM)
    assert made.types("load", DEMO).code == 0
    return made


def in_the_rows(terminal: Terminal, work: Any) -> Any:
    database = Database(f"sqlite:///{terminal.folder}/data/qiantai.db")
    try:
        return database.write_now(work)
    finally:
        database.close()


def let_in(terminal: Terminal, code: str) -> str | None:
    """Whom the code lets in, by name."""

    def use(session: Any) -> str | None:
        person = invites.use(session, code.replace("-", ""), now=Clock().real(), code=True)
        return person.name if person else None

    found: str | None = in_the_rows(terminal, use)
    return found


def test_where_telegram_is_all_there_is_everybody_gets_a_code_of_their_own(terminal: Terminal) -> None:
    said = terminal.types("invite", "王磊", "chen")

    of_wang, of_chen = CODE.findall(said.text)
    assert "王磊 的加入码" in said.text
    assert "陈静 的加入码" in said.text
    assert "/join/" not in said.text
    assert "https://t.me/" not in said.text
    assert (let_in(terminal, of_wang), let_in(terminal, of_chen)) == ("王磊", "陈静")
    assert let_in(terminal, of_wang) is None


def test_once_the_bots_name_is_known_its_link_carries_the_code(terminal: Terminal) -> None:
    in_the_rows(terminal, partial(invites.put_bot, account=ACCOUNT, username="haorizi_bot"))

    said = terminal.types("invite", "王磊")

    [code] = CODE.findall(said.text)
    assert f"或者点开：https://t.me/haorizi_bot?start={code.replace('-', '')}" in said.text


def test_a_newer_code_makes_the_older_one_void(terminal: Terminal) -> None:
    [older] = CODE.findall(terminal.types("invite", "王磊").text)
    [newer] = CODE.findall(terminal.types("invite", "王磊").text)

    assert let_in(terminal, older) is None
    assert let_in(terminal, newer) == "王磊"


def test_for_a_machine_the_code_and_the_link_have_names(terminal: Terminal) -> None:
    in_the_rows(terminal, partial(invites.put_bot, account=ACCOUNT, username="haorizi_bot"))

    said = terminal.types("invite", "王磊", "--json").json()

    assert list(said) == ["name", "link", "code", "telegram", "expires"]
    assert (said["name"], said["link"]) == ("王磊", None)
    assert said["telegram"] == f"https://t.me/haorizi_bot?start={said['code'].replace('-', '')}"
    assert let_in(terminal, said["code"]) == "王磊"


def test_the_name_of_a_bot_whose_token_is_no_longer_set_is_in_no_link(terminal: Terminal) -> None:
    in_the_rows(terminal, partial(invites.put_bot, account="4711", username="haorizi_old_bot"))

    said = terminal.types("invite", "王磊", "--json").json()

    assert said["telegram"] is None
    assert let_in(terminal, said["code"]) == "王磊"


def test_before_the_bots_name_is_known_there_is_only_the_code(terminal: Terminal) -> None:
    said = terminal.types("invite", "王磊", "--json").json()

    assert said["telegram"] is None
    assert let_in(terminal, said["code"]) == "王磊"


@pytest.mark.parametrize(
    "settings",
    [
        {"QIANTAI_WEB_CHAT": "on"},
        {"QIANTAI_TELEGRAM_TOKEN": ""},
        {"QIANTAI_WEB_CHAT": "on", "QIANTAI_TELEGRAM_TOKEN": ""},
    ],
    ids=["both channels", "neither channel", "only the web chat"],
)
def test_with_the_web_chat_or_without_telegram_it_is_a_link_as_before(
    terminal: Terminal, settings: dict[str, str]
) -> None:
    terminal.settings = {**terminal.settings, **settings}

    said = terminal.types("invite", "王磊", "--json").json()

    assert re.fullmatch(r"http://127\.0\.0\.1:1/join/[\w-]{32}", said["link"])
    assert (said["code"], said["telegram"]) == (None, None)


def test_for_somebody_unknown_nobody_gets_a_code(terminal: Terminal) -> None:
    said = terminal.types("invite", "王磊", "nobody")

    assert said.code == 1
    assert CODE.findall(said.text) == []
    assert "nobody" in said.text
