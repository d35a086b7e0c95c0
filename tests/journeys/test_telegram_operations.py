"""docs/TELEGRAM.md is true: whoever types its blocks, and does on the phone what stands between them, has a trip."""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from bot.channels.telegram import PATH
from bot.settings import Settings
from bot.texts import TEMPLATES
from tests.journeys.manual import SHELL, played, script
from tests.journeys.telegram_manual import MANUAL, Cast, blocks, token
from tests.journeys.test_operations import environment
from tests.sources import ROOT
from tests.telegram import FakeTelegram

FOR_THE_STORE = (ROOT / "docs/TELEGRAM.zh-CN.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
UNIT = (ROOT / "deploy/qiantai.service").read_text("utf-8")
USERNAME = "haorizi_bot"
TELEGRAM_FIELDS = [name for name in Settings.model_fields if name.startswith("telegram_")]
pytestmark = pytest.mark.timeout(300)


@dataclass(frozen=True)
class Lived:
    """What the terminal said, and Telegram as it was left."""

    said: str
    fake: FakeTelegram


def lived(folder: Path) -> Lived:
    """Types all blocks of the manual in that folder, and does what its people do in between."""
    with FakeTelegram(token=token(), username=USERNAME) as fake:
        known = environment(QIANTAI_TELEGRAM_BASE_URL=fake.base_url, QIANTAI_TELEGRAM_FILE_URL=fake.file_url)
        said = played(folder, known, blocks(), partial(Cast, fake))
        return Lived(said, fake)


def doctors_findings() -> list[str]:
    """How each of the doctor's sentences about Telegram begins, up to what it fills in."""
    written = (TEMPLATES / "doctor.j2").read_text("utf-8")
    return re.findall(r"{% block telegram_\w+ %}\n([^{（\n]+)", written)


def test_from_botfather_to_a_trip_that_is_agreed_and_seen(tmp_path: Path) -> None:
    told = lived(tmp_path)

    assert told.said.count("的加入码") == 2
    assert "✅ 每位同事都联系得上。" in told.said
    assert token() not in told.said + (tmp_path / "serve.log").read_text("utf-8")
    assert token().encode() not in (tmp_path / "data/qiantai.db").read_bytes()
    assert stat.S_IMODE((tmp_path / "qiantai.env").stat().st_mode) == 0o600
    assert (told.fake.complaints, told.fake.floods, told.fake.pending) == ([], 0, [])


def test_people_act_between_the_blocks_and_the_shell_waits_for_them() -> None:
    kinds = [one.kind for one in blocks()]

    assert (kinds[0], kinds[-1]) == (SHELL, SHELL)
    assert kinds.count("telegram") == script(blocks()).count("\nread -r _\n") > 3


def test_a_line_that_nobody_understands_is_a_mistake_of_the_manual() -> None:
    cast = Cast(FakeTelegram(), lambda: "")

    with pytest.raises(AssertionError, match="nobody understands '王磊 wishes'"):
        cast.acts("王磊 wishes")


def test_every_setting_that_the_manual_names_exists() -> None:
    named_there = set(re.findall(r"QIANTAI_([A-Z_]+)\b", MANUAL + FOR_THE_STORE + UNIT))

    assert named_there - {name.upper() for name in Settings.model_fields} == set()


@pytest.mark.parametrize("page", [MANUAL, README], ids=["docs/TELEGRAM.md", "README.md"])
@pytest.mark.parametrize("name", TELEGRAM_FIELDS)
def test_the_tables_have_every_setting_with_its_default(page: str, name: str) -> None:
    default = str(Settings.model_fields[name].default or "")

    [row] = re.findall(rf"^\|[^|\n]*`QIANTAI_{name.upper()}`.*$", page, flags=re.MULTILINE)

    assert default.removesuffix("None") in row


@pytest.mark.parametrize("finding", doctors_findings())
def test_the_table_has_everything_that_the_doctor_says_of_telegram(finding: str) -> None:
    table = MANUAL.partition("## What the doctor says")[2]

    assert f"| `{finding.strip()}`" in table


def test_the_address_in_the_server_block_is_the_one_that_is_served() -> None:
    assert f"location {PATH} {{" in MANUAL


def test_the_service_does_not_try_a_wrong_setting_again_and_again() -> None:
    wanted = {"EnvironmentFile=-/etc/qiantai.env", "RestartPreventExitStatus=2", "Restart=on-failure"}

    assert wanted - set(UNIT.splitlines()) == set()
