"""What is set for WeCom: a setting that is wrong is a sentence that names it, and nothing is served half."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import Session

from bot.settings import Settings
from storage import outbox
from storage.database import Database
from storage.outbox import Outbox
from tests.operating.commands import DEMO, Terminal
from tests.services import free_port
from tests.storage.shop import NOW

APP = {
    "QIANTAI_WECOM_CORP_ID": "ww1234567890abcdef",
    "QIANTAI_WECOM_AGENT_ID": "1000002",
    "QIANTAI_WECOM_SECRET": "a-secret-of-the-app",
    "QIANTAI_WECOM_TOKEN": "QDG6eK",
    "QIANTAI_WECOM_AES_KEY": "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
    "QIANTAI_PUBLIC_URL": "https://qiantai.example.com",
}
BOT = {"QIANTAI_WECOM_BOT_ID": "aibxxxx", "QIANTAI_WECOM_BOT_SECRET": "a-secret-of-the-bot"}
KEY = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"


@pytest.fixture(autouse=True)
def nothing_else_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("QIANTAI_")]:
        monkeypatch.delenv(name)


def doctor(folder: Path, **settings: str) -> str:
    """What it says of settings with which nothing can begin."""
    said = Terminal(folder, **settings).types("doctor")
    assert said.code == 2, said.text
    return said.text


# A setting, what is no value for it, and what is said to whoever wrote it.
WRONG = [
    ("QIANTAI_WECOM_AGENT_ID", "my app", "应用 → AgentId，比如 1000002"),
    ("QIANTAI_WECOM_AGENT_ID", "-1000003", "要写 一个数：管理后台"),
    ("QIANTAI_WECOM_TOKEN", "with a space", "接收消息 → 设置API接收 里的 Token"),
    ("QIANTAI_WECOM_TOKEN", "x" * 33, "1–32 个字母、数字"),
    ("QIANTAI_WECOM_AES_KEY", "x" * 42, "正好 43 个字母、数字"),
    ("QIANTAI_WECOM_AES_KEY", "x" * 42 + "=", "里的 EncodingAESKey"),
    ("QIANTAI_WECOM_ROBOT_KEY", "the robot in our group", "群机器人地址里 key= 后面那一串"),
    ("QIANTAI_WECOM_ROBOT_KEY", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=", "群机器人地址里 key="),
    ("QIANTAI_WECOM_BASE_URL", "qyapi.weixin.qq.com", "比如 https://qyapi.weixin.qq.com"),
    ("QIANTAI_WECOM_BASE_URL", "ftp://qyapi.weixin.qq.com", "http(s) 地址"),
    ("QIANTAI_WECOM_WS_URL", "https://openws.work.weixin.qq.com", "比如 wss://openws.work.weixin.qq.com"),
    ("QIANTAI_WECOM_WS_URL", "wss:// whatever", "ws(s) 地址"),
]


@pytest.mark.parametrize(("name", "value", "hint"), WRONG)
def test_a_setting_that_wecom_would_not_take_is_named_and_not_shown(
    tmp_path: Path, name: str, value: str, hint: str
) -> None:
    said = doctor(tmp_path, **(APP | {name: value}))

    assert f"环境变量写得不对：{name}" in said
    assert hint in said
    assert value not in said.replace(hint, "")


@pytest.mark.parametrize("missing", [name for name in APP if name.startswith("QIANTAI_WECOM")])
def test_an_app_that_lacks_a_part_is_not_served(tmp_path: Path, missing: str) -> None:
    said = doctor(tmp_path, **(APP | {missing: ""}))

    assert "企业微信应用要五项都有" in said
    assert missing in said


@pytest.mark.parametrize("url", ["", "qiantai.example.com"])
def test_an_app_is_called_at_a_public_address(tmp_path: Path, url: str) -> None:
    said = doctor(tmp_path, **(APP | {"QIANTAI_PUBLIC_URL": url}))

    assert "企业微信应用需要 QIANTAI_PUBLIC_URL，比如 https://qiantai.example.com" in said


@pytest.mark.parametrize("missing", BOT)
def test_a_bot_that_lacks_a_part_is_not_served(tmp_path: Path, missing: str) -> None:
    said = doctor(tmp_path, **(BOT | {missing: ""}))

    assert "智能机器人要两项都有" in said


@pytest.mark.parametrize("written", [KEY, f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}", f" {KEY} "])
def test_a_robots_key_may_be_written_as_wecom_shows_it(written: str) -> None:
    settings = Settings(wecom_robot_key=written)

    assert settings.wecom_robot_key is not None
    assert settings.wecom_robot_key.get_secret_value() == KEY


@pytest.mark.parametrize(("names", "expected"), [({}, True), (APP, False), (BOT, False)], ids=["none", "app", "bot"])
def test_who_has_wecom_needs_no_web_chat(
    monkeypatch: pytest.MonkeyPatch, names: dict[str, str], expected: bool
) -> None:
    for name, value in names.items():
        monkeypatch.setenv(name, value)

    assert Settings().has_web_chat() is expected


def test_no_secret_is_shown_with_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (APP | BOT | {"QIANTAI_WECOM_ROBOT_KEY": KEY}).items():
        monkeypatch.setenv(name, value)

    shown = repr(Settings())

    secrets = [APP[f"QIANTAI_WECOM_{name}"] for name in ("SECRET", "TOKEN", "AES_KEY")]
    assert [one for one in [*secrets, BOT["QIANTAI_WECOM_BOT_SECRET"], KEY] if one in shown] == []


def test_that_wecom_has_no_address_of_ours_is_said_once_a_card_could_not_go(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, **APP, QIANTAI_WECOM_BASE_URL=f"http://127.0.0.1:{free_port()}")
    assert terminal.types("load", DEMO).code == 0
    database = Database(f"sqlite:///{tmp_path / 'data/qiantai.db'}")
    database.write_now(refused_by_wecom)
    database.close()

    said = terminal.types("doctor")

    assert "应用还没有接收消息的地址，带按钮的消息发不出去。" in said.text


def refused_by_wecom(session: Session) -> None:
    """A notice that is tried again."""
    content = {"key": "desk.stranger", "values": {}, "buttons": []}
    outbox.put(session, store_id=None, recipient="staff:1", content=content, now=NOW)
    session.connection().execute(update(Outbox).values(error="WeCom: 43012 callback url is needed"))
