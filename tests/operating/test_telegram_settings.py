"""What is set for Telegram: a setting that is wrong is a sentence, and the doctor says what Telegram thinks of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.operating.commands import DEMO, Terminal
from tests.services import free_port
from tests.telegram import TOKEN, FakeTelegram

UNKNOWN_TOKEN = "1000002:a-token-that-nobody-has-given-out-0000000"
PUBLIC = "https://qiantai.example.com"
OURS = f"{PUBLIC}/telegram/webhook"
THEIRS = "https://another.example.org/bot"
WEBHOOK = {"QIANTAI_TELEGRAM_MODE": "webhook", "QIANTAI_PUBLIC_URL": PUBLIC}


@pytest.fixture
def fake() -> Iterator[FakeTelegram]:
    with FakeTelegram() as telegram:
        yield telegram
    assert telegram.complaints == []


@pytest.fixture
def terminal(tmp_path: Path, migrated: None, fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Somebody whose store is loaded and whose bot is the fake's; what this machine has set counts for nothing."""
    for name in [name for name in os.environ if name.startswith("QIANTAI_")]:
        monkeypatch.delenv(name)
    made = Terminal(
        tmp_path,
        QIANTAI_TELEGRAM_TOKEN=fake.token,
        QIANTAI_TELEGRAM_BASE_URL=fake.base_url,
        QIANTAI_TELEGRAM_FILE_URL=fake.file_url,
    )
    assert made.types("load", DEMO).code == 0
    return made


def sets(terminal: Terminal, **more: str) -> None:
    terminal.settings = {**terminal.settings, **more}


def calls_at(fake: FakeTelegram, url: str) -> None:
    """The bot's webhook, set by whomever."""
    answer = httpx.post(f"{fake.base_url}{fake.token}/setWebhook", data={"url": url}, trust_env=False)
    assert answer.json() == {"ok": True, "result": True}


def of_telegram(terminal: Terminal) -> dict[str, Any]:
    """The doctor's last line, which is the bot's."""
    checks: list[dict[str, Any]] = terminal.types("doctor", "--json").json()["checks"]
    return checks[-1]


# A setting, and what is no value for it.
WRONG = [
    ("QIANTAI_TELEGRAM_TOKEN", "the-token-without-its-number"),
    ("QIANTAI_TELEGRAM_TOKEN", f"bot{TOKEN}"),
    ("QIANTAI_TELEGRAM_SECRET", "no spaces, no commas"),
    ("QIANTAI_TELEGRAM_SECRET", "x" * 257),
    ("QIANTAI_TELEGRAM_MODE", "pushing"),
    ("QIANTAI_TELEGRAM_PROXY", "127.0.0.1:17890"),
    ("QIANTAI_TELEGRAM_PROXY", "socks5://127.0.0.1:1080"),
    ("QIANTAI_TELEGRAM_PROXY", "http://127.0.0.1:port"),
    ("QIANTAI_TELEGRAM_BASE_URL", "api.example.com/bot"),
    ("QIANTAI_TELEGRAM_BASE_URL", "https://api.example.com"),
    ("QIANTAI_TELEGRAM_BASE_URL", "ftp://api.example.com/bot"),
    ("QIANTAI_TELEGRAM_FILE_URL", "https://api.example.com/bot"),
    ("QIANTAI_TELEGRAM_FILE_URL", "api.example.com/file/bot"),
]


@pytest.mark.parametrize("command", ["serve", "doctor"])
@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_setting_that_telegram_would_not_take_is_named_and_not_shown(
    terminal: Terminal, command: str, name: str, value: str
) -> None:
    sets(terminal, **{name: value})

    said = terminal.types(command)

    assert said.code == 2
    assert f"环境变量写得不对：{name}" in said.text
    assert value not in said.text


def test_a_webhook_without_an_address_of_ours_is_not_served(terminal: Terminal) -> None:
    sets(terminal, QIANTAI_TELEGRAM_MODE="webhook")

    said = terminal.types("serve")

    assert said.code == 2
    assert "环境变量写得不对" in said.text


def test_a_webhook_without_an_address_of_ours_says_which_setting_is_missing(terminal: Terminal) -> None:
    sets(terminal, QIANTAI_TELEGRAM_MODE="webhook")

    said = terminal.types("serve")

    assert "QIANTAI_PUBLIC_URL" in said.text


# A setting, what is no value for it, and what is said to whoever wrote it.
EXPECTED = [
    ("QIANTAI_TELEGRAM_PROXY", "127.0.0.1:7890", "比如 http://127.0.0.1:7890"),
    ("QIANTAI_TELEGRAM_PROXY", "SOCKS5://127.0.0.1:1080", "http 代理的完整地址（不认 socks 代理）"),
    ("QIANTAI_TELEGRAM_BASE_URL", "https://api.example.com", "以 /bot 结尾，比如 https://api.telegram.org/bot"),
    ("QIANTAI_TELEGRAM_FILE_URL", "https://api.example.com", "比如 https://api.telegram.org/file/bot"),
]


@pytest.mark.parametrize(("name", "value", "hint"), EXPECTED)
def test_a_setting_that_is_wrong_is_told_with_an_example(terminal: Terminal, name: str, value: str, hint: str) -> None:
    sets(terminal, **{name: value})

    assert hint in terminal.types("doctor").text


@pytest.mark.parametrize("url", ["http://qiantai.example.com", "qiantai.example.com", "http://192.0.2.7:8000"])
def test_a_webhook_needs_an_address_that_telegram_calls_over_https(terminal: Terminal, url: str) -> None:
    sets(terminal, QIANTAI_TELEGRAM_MODE="webhook", QIANTAI_PUBLIC_URL=url)

    said = terminal.types("doctor")

    assert said.code == 2
    assert "QIANTAI_PUBLIC_URL：webhook 要 https 地址" in said.text


def test_the_doctor_says_that_all_is_well_and_changes_nothing_at_telegram(
    terminal: Terminal, fake: FakeTelegram
) -> None:
    found = of_telegram(terminal)

    assert found == {"check": "channel", "ok": True, "text": "Telegram 可以用。", "todo": ""}
    assert {call.method for call in fake.calls} == {"getMe", "getWebhookInfo"}


def test_a_webhook_that_is_ours_is_well(terminal: Terminal, fake: FakeTelegram) -> None:
    sets(terminal, **WEBHOOK)
    calls_at(fake, OURS)

    found = of_telegram(terminal)

    assert (found["check"], found["ok"]) == ("channel", True)


def test_a_token_that_telegram_does_not_know_is_said_without_showing_it(terminal: Terminal) -> None:
    sets(terminal, QIANTAI_TELEGRAM_TOKEN=UNKNOWN_TOKEN)

    said = terminal.types("doctor")

    assert said.code == 1
    assert "⚠ Telegram 不认这个机器人的口令（QIANTAI_TELEGRAM_TOKEN）。" in said.text
    assert "找 @BotFather，发 /token" in said.text
    assert UNKNOWN_TOKEN not in said.text


@pytest.mark.parametrize("refuse", [False, True], ids=["answers 502", "breaks off"])
def test_a_telegram_that_is_down_is_not_reached(terminal: Terminal, fake: FakeTelegram, refuse: bool) -> None:
    fake.down(refuse=refuse)

    found = of_telegram(terminal)

    assert (found["check"], found["ok"]) == ("telegram_unreached", False)
    assert "QIANTAI_TELEGRAM_PROXY" in found["todo"]
    assert TOKEN not in found["text"]


def test_a_way_to_telegram_that_is_closed_is_said(terminal: Terminal) -> None:
    sets(terminal, QIANTAI_TELEGRAM_BASE_URL=f"http://127.0.0.1:{free_port()}/bot")

    found = of_telegram(terminal)

    assert found["check"] == "telegram_unreached"
    assert "连不上 Telegram" in found["text"]


def test_a_proxy_that_is_closed_is_said(terminal: Terminal) -> None:
    sets(terminal, QIANTAI_TELEGRAM_PROXY=f"http://127.0.0.1:{free_port()}")

    found = of_telegram(terminal)

    assert found["check"] == "telegram_unreached"


def test_a_webhook_that_was_never_set_is_said(terminal: Terminal) -> None:
    sets(terminal, **WEBHOOK)

    found = of_telegram(terminal)

    assert found["check"] == "telegram_webhook_elsewhere"
    assert found["text"] == f"Telegram 现在把消息送到 （没有地址），不是 {OURS}。"


def test_a_webhook_elsewhere_is_said_with_both_addresses(terminal: Terminal, fake: FakeTelegram) -> None:
    sets(terminal, **WEBHOOK)
    calls_at(fake, THEIRS)

    found = of_telegram(terminal)

    assert found["check"] == "telegram_webhook_elsewhere"
    assert THEIRS in found["text"]
    assert OURS in found["text"]


def test_a_webhook_that_telegram_cannot_reach_is_said_in_its_words(terminal: Terminal, fake: FakeTelegram) -> None:
    closed = f"http://127.0.0.1:{free_port()}"
    sets(terminal, QIANTAI_TELEGRAM_MODE="webhook", QIANTAI_PUBLIC_URL=closed)
    calls_at(fake, f"{closed}/telegram/webhook")
    hook = fake.bot.queue.webhook
    fake.user("王磊").starts()
    fake.wait_for(lambda: hook is not None and hook.last_error)

    found = of_telegram(terminal)

    assert found["check"] == "telegram_webhook_fails"
    assert "它说：Connection failed" in found["text"]
    assert "/telegram/webhook" in found["todo"]


def test_asking_for_updates_while_a_webhook_is_set_is_said(terminal: Terminal, fake: FakeTelegram) -> None:
    calls_at(fake, THEIRS)

    found = of_telegram(terminal)

    assert found["check"] == "telegram_has_webhook"
    assert THEIRS in found["text"]
