"""docs/WECOM.md is true: whoever types its blocks, and does in WeCom what stands between them, has a trip."""

from __future__ import annotations

import re
import stat
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from bot.channels import wecom
from bot.channels.wecom_bot import WeComBot
from bot.settings import Settings
from bot.talk import Capabilities
from bot.texts import TEMPLATES
from tests.journeys.manual import page, played
from tests.journeys.test_operations import environment
from tests.journeys.wecom_manual import MANUAL, Cast, blocks, corp, settings
from tests.sources import ROOT
from tests.wecom import FakeWeCom

FOR_THE_STORE = page("WECOM.zh-CN.md")
README = (ROOT / "README.md").read_text("utf-8")
README_IN_CHINESE = (ROOT / "README.zh-CN.md").read_text("utf-8")
FIELDS = [name for name in Settings.model_fields if name.startswith("wecom_")]
SECRETS = [value for name, value in settings().items() if name.endswith(("secret", "token", "key"))]
# In the order of the manual's table.
WAYS = [Capabilities(pace=wecom.PACE), wecom.Robot.can, WeComBot.can]
pytestmark = pytest.mark.timeout(300)


@dataclass(frozen=True)
class Lived:
    """What the terminal said, and WeCom as it was left."""

    said: str
    fake: FakeWeCom


def lived(folder: Path) -> Lived:
    """Types all blocks of the manual in that folder, and does what its people do in between."""
    with corp(time.time) as fake:
        known = environment(QIANTAI_WECOM_BASE_URL=fake.base_url)
        reached_at = f"http://127.0.0.1:{known['QIANTAI_PORT']}"
        said = played(folder, known, blocks(), partial(Cast, fake, reached_at))
        return Lived(said, fake)


def readable_here(told: Lived, folder: Path, secrets: Iterable[str]) -> list[str]:
    """Those that whoever cannot read the settings may read on this machine all the same."""
    kept = (folder / "data/qiantai.db").read_bytes().decode("latin-1")
    readable = told.said + (folder / "serve.log").read_text("utf-8") + kept
    return [secret for secret in secrets if secret in readable]


def row(page: str, begins: str) -> list[str]:
    """The cells behind the first of the one row that begins so."""
    [found] = re.findall(rf"^\| {re.escape(begins)} \|(.*)\|$", page, flags=re.MULTILINE)
    return [cell.strip() for cell in str(found).split("|")]


def beginnings(cells: list[str]) -> list[str]:
    return [re.split(r"[ ,]", cell)[0] for cell in cells]


def changes(can: Capabilities) -> str:
    return ("yes" if can.edit_later else "only") if can.edit else "no"


def doctors_findings() -> list[str]:
    """How each of the doctor's sentences about WeCom begins, up to what it fills in."""
    written = (TEMPLATES / "doctor.j2").read_text("utf-8")
    return re.findall(r"{% block wecom_\w+ %}\n([^{（。，\n]+)", written)


def test_from_an_empty_corp_to_a_trip_that_is_agreed_and_seen(tmp_path: Path) -> None:
    told = lived(tmp_path)

    assert "⚠ 企业微信不让这台机器（127.0.0.1）用这个应用。" in told.said
    assert "✅ 每位同事都联系得上。" in told.said
    assert len(SECRETS) == 4
    assert readable_here(told, tmp_path, SECRETS) == []
    assert stat.S_IMODE((tmp_path / "qiantai.env").stat().st_mode) == 0o600
    assert (told.fake.complaints, told.fake.dropped, told.fake.lost, told.fake.pending) == ([], [], [], [])


def test_a_line_that_nobody_understands_is_a_mistake_of_the_manual() -> None:
    cast = Cast(FakeWeCom(), "", lambda: "")

    with pytest.raises(AssertionError, match="nobody understands '王磊 wishes'"):
        cast.acts("王磊 wishes")


def test_every_setting_that_the_manual_names_exists() -> None:
    named_there = set(re.findall(r"QIANTAI_([A-Z_]+)\b", MANUAL + FOR_THE_STORE))

    assert named_there - {name.upper() for name in Settings.model_fields} == set()


@pytest.mark.parametrize("page", [MANUAL, README], ids=["docs/WECOM.md", "README.md"])
@pytest.mark.parametrize("name", FIELDS)
def test_the_tables_have_every_setting_with_its_default(page: str, name: str) -> None:
    default = str(Settings.model_fields[name].default or "")

    [found] = re.findall(rf"^\|[^|\n]*`QIANTAI_{name.upper()}`.*$", page, flags=re.MULTILINE)

    assert default in found


@pytest.mark.parametrize("page", [FOR_THE_STORE, README_IN_CHINESE], ids=["docs/WECOM.zh-CN.md", "README.zh-CN.md"])
@pytest.mark.parametrize("name", FIELDS)
def test_the_chinese_pages_have_every_setting(page: str, name: str) -> None:
    assert f"`QIANTAI_{name.upper()}`" in page


def test_the_table_of_the_three_ways_says_what_the_channels_say_of_themselves() -> None:
    paces = [way.pace for way in WAYS if way.pace]

    assert row(MANUAL, "messages a minute in a chat") == [str(pace.per_minute) for pace in paces]
    assert row(MANUAL, "messages an hour in a chat") == [str(pace.per_hour or "no limit") for pace in paces]
    assert beginnings(row(MANUAL, "buttons")) == ["yes" if way.buttons else "no" for way in WAYS]
    assert beginnings(row(MANUAL, "changes a card")) == [changes(way) for way in WAYS]
    assert beginnings(row(MANUAL, "calls people by @ in a group")) == ["yes" if way.names_of else "no" for way in WAYS]
    assert f"over the first {wecom.PACE.spread_seconds} seconds" in MANUAL


@pytest.mark.parametrize("finding", doctors_findings())
def test_the_table_has_everything_that_the_doctor_says_of_wecom(finding: str) -> None:
    table = MANUAL.partition("## What the doctor says")[2]

    assert f"| `{finding.strip()}" in table


@pytest.mark.parametrize("finding", doctors_findings())
def test_the_page_of_the_store_has_them_too(finding: str) -> None:
    assert finding.strip() in FOR_THE_STORE


def test_the_address_in_the_server_block_is_the_one_that_is_served_as_it_came() -> None:
    assert f"location {wecom.PATH} {{\n        proxy_pass http://127.0.0.1:8000; " in MANUAL
