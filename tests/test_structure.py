"""The laws that keep the tree from becoming a pile: imports down, one stem a feature, one clock, texts in templates."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterable

import pytest

from bot import texts
from bot.handlers import FEATURES
from tests import laws
from tests.sources import ROOT, Imported, Source, source, sources

PRODUCT = sources("bot", "storage")
BOT = sources("bot")
EVERYTHING = sources("bot", "storage", "tests", "benchmarks")

LONGEST_FILE = 350
LONGEST_FUNCTION = 50
# Longer than the limit, and why that is better than cutting them: "path" or "path:function", reason.
LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}
# A migration is one list of tables and columns from top to bottom.
MIGRATIONS = "storage/migrations/"


def broken(law: laws.Law, files: Iterable[Source]) -> str:
    """What breaks the law, a line each, so that a failing test shows all of it."""
    return "\n".join(line for file in files for line in law(file))


def handler_files() -> list[Source]:
    """The files of features; `leave_form.py` is a part of `leave.py`."""
    files = [file for file in sources("bot/handlers") if file.stem != "__init__"]
    stems = {file.stem for file in files}
    return [file for file in files if file.stem.partition("_")[0] not in stems - {file.stem}]


def keys_of_forms() -> set[str]:
    """What a form shows by its name and its fields (bot/dialog.py)."""
    keys = set()
    for form in (form for feature in FEATURES.values() for form in feature.forms):
        keys |= {form.key("title"), *([form.key(form.shows)] if form.confirms else [])}
        keys |= {form.key(f"{kind}_{field}") for field in form.fields for kind in ("ask", "label")}
    return keys


def names_pinned(lock: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+)==", (ROOT / lock).read_text(encoding="utf-8"), flags=re.MULTILINE))


def names_required(requirements: list[str]) -> set[str]:
    return {re.split(r"[^A-Za-z0-9._-]", requirement)[0].lower().replace("_", "-") for requirement in requirements}


def test_imports_in_the_bot_go_down_only() -> None:
    assert broken(laws.upward, BOT) == ""


def test_every_part_of_the_bot_has_its_layer() -> None:
    parts = {file.unit for file in BOT} - {"__init__"}

    assert parts - laws.MAY_IMPORT.keys() == set()


def test_storage_knows_nothing_of_the_bot() -> None:
    assert broken(laws.importing("bot"), sources("storage")) == ""


def test_the_product_knows_nothing_of_its_tests() -> None:
    assert broken(laws.importing("tests", "benchmarks"), PRODUCT) == ""


def test_telegram_is_known_to_its_own_channel_only() -> None:
    others = [file for file in PRODUCT if not file.path.startswith("bot/channels/telegram")]

    assert broken(laws.importing("telegram"), others) == ""


def test_what_wecom_encrypts_and_writes_is_known_to_its_own_channel_only() -> None:
    others = [file for file in PRODUCT if not file.path.startswith("bot/channels/wecom")]

    assert broken(laws.importing("cryptography", "defusedxml"), others) == ""


def test_the_long_connection_is_known_to_its_own_channel_only() -> None:
    others = [file for file in PRODUCT if not file.path.startswith("bot/channels/wecom_bot/")]

    assert broken(laws.importing("websockets"), others) == ""


def test_what_telegram_and_wecom_have_in_common_stands_above_both() -> None:
    above = [file for file in sources("bot/channels") if file.path.count("/") == 2]
    of_wecom = sources("bot/channels/wecom", "bot/channels/wecom_bot")
    beside = [file for file in of_wecom for other in file.imports() if "telegram" in other.module]

    assert broken(laws.importing("telegram", "httpx"), above) == ""
    assert beside == []


def test_the_database_is_spoken_to_in_storage_only() -> None:
    assert broken(laws.database_words, BOT) == ""


def test_rules_are_pure() -> None:
    assert broken(laws.impure, sources("bot/rules")) == ""


def test_the_system_clock_is_read_in_one_file() -> None:
    others = [file for file in PRODUCT if file.path != laws.CLOCK_FILE]

    assert broken(laws.clock_reads, others) == ""


def test_python_holds_no_chinese_sentence() -> None:
    speaking = [file for file in PRODUCT if not file.path.startswith("bot/reading/")]

    assert broken(laws.chinese_sentences, speaking) == ""


@pytest.mark.parametrize("handler", handler_files(), ids=lambda handler: handler.stem)
def test_a_feature_has_one_stem_in_every_layer(handler: Source) -> None:
    stem, last = handler.stem, handler.tree.body[-1]
    tests = [*(ROOT / "tests").rglob(f"test_{stem}.py"), *(ROOT / "tests").rglob(f"test_{stem}_*.py")]

    assert (texts.TEMPLATES / f"{stem}.j2").is_file()
    assert tests
    assert isinstance(last, ast.Assign | ast.AnnAssign)
    assert ast.unparse(last).startswith("feature")
    assert re.search(rf"\b{stem}\b", (ROOT / "bot/handlers/__init__.py").read_text(encoding="utf-8"))


def test_every_text_that_the_code_names_is_written() -> None:
    assert broken(laws.unwritten(texts.keys()), BOT) == ""


def test_every_text_that_a_template_shows_is_written() -> None:
    assert laws.keys_shown_by_templates() - texts.keys() == set()


def test_every_text_that_is_written_is_used() -> None:
    named = {str(literal.value) for file in PRODUCT for literal in file.literals()}
    named |= {key for file in PRODUCT for _, key in laws.keys_given(file)}
    named |= laws.keys_shown_by_templates() | laws.keys_quoted_in_templates()
    named |= keys_of_forms()
    patterns = [*laws.BUILT_KEYS, *(pattern for file in PRODUCT for pattern in laws.key_patterns(file))]
    made = re.compile("|".join(patterns) or r"(?!)")

    unused = [key for key in sorted(texts.keys() - named) if not made.fullmatch(key)]

    assert "\n".join(unused) == ""


def test_a_file_over_the_limit_owes_a_reason() -> None:
    files = [file for file in EVERYTHING if not file.path.startswith(MIGRATIONS)]

    long = {file.path for file in files if file.text.count("\n") > LONGEST_FILE}

    assert long == LONG_FILES.keys()


def test_a_function_over_the_limit_owes_a_reason() -> None:
    files = [file for file in EVERYTHING if not file.path.startswith(MIGRATIONS)]

    long = {
        f"{file.path}:{function.name}"
        for file in files
        for function in file.functions()
        if file.length(function) > LONGEST_FUNCTION
    }

    assert long == LONG_FUNCTIONS.keys()


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_pins_everything_by_hash_and_names_no_host(lock: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] + (project["optional-dependencies"]["dev"] if "dev" in lock else [])

    text = (ROOT / lock).read_text(encoding="utf-8")

    assert names_required(wanted) - names_pinned(lock) == set()
    assert "://" not in text
    assert all("\\\n    --hash=sha256:" in pin for pin in re.split(r"\n(?=[a-z])", text))


# (law, path, source) a row: each is caught.
BROKEN = [
    (laws.upward, "bot/rules/leave.py", "from bot.clock import Clock"),
    (laws.upward, "bot/channels/webchat.py", "from bot import desk"),
    (laws.upward, "bot/channels/webchat.py", "from bot.settings import Settings"),
    (laws.upward, "bot/scheduler/delivery.py", "import bot.channels.webchat"),
    (laws.upward, "bot/handlers/leave.py", "from ..web import pages"),
    (laws.upward, "bot/desk.py", "if TYPE_CHECKING:\n    from bot.app import App"),
    (laws.database_words, "bot/handlers/leave.py", "from sqlmodel import select"),
    (laws.database_words, "bot/handlers/leave.py", "def save(ctx):\n    ctx.session.add(1)"),
    (laws.database_words, "bot/desk.py", "from sqlmodel import Session\nSession()"),
    (laws.database_words, "bot/web/pages.py", "from sqlmodel import Session"),
    (laws.impure, "bot/rules/leave.py", "from storage import leave"),
    (laws.impure, "bot/rules/leave.py", "from storage.leave import overlapping"),
    (laws.clock_reads, "bot/desk.py", "import datetime as dt\ndt.datetime.now(dt.UTC)"),
    (laws.clock_reads, "bot/desk.py", "from time import monotonic"),
    (laws.clock_reads, "storage/leave.py", "made = Field(default_factory=datetime.now)"),
    (laws.chinese_sentences, "bot/desk.py", "said = f'{name}，您的申请已经提交，请等候答复'"),
]


@pytest.mark.parametrize(("law", "path", "text"), BROKEN)
def test_what_breaks_a_law_is_found(law: laws.Law, path: str, text: str) -> None:
    found = list(law(source(path, text)))

    assert len(found) == 1


# (law, path, source) a row: each is fine.
KEPT = [
    (laws.upward, "bot/rules/leave.py", "from bot.rules.calendar import Calendar"),
    (laws.upward, "bot/handlers/leave.py", "from bot.rules import leave\nfrom storage import staff"),
    (laws.upward, "bot/app.py", "from bot.channels.webchat import WebChat\nfrom bot.settings import Settings"),
    (laws.database_words, "bot/handlers/leave.py", "from sqlmodel import Session\ndef find(session: Session): ..."),
    (laws.impure, "bot/rules/leave.py", "from storage.leave import Leave, LeaveState"),
    (laws.clock_reads, "bot/desk.py", "def handle(clock):\n    return clock.now()"),
    (
        laws.chinese_sentences,
        "bot/desk.py",
        "def handle():\n    '''也可以写：我周五下午想请个假，家里有事'''\nWORDS = ['我想请个假']",
    ),
]


@pytest.mark.parametrize(("law", "path", "text"), KEPT)
def test_what_keeps_a_law_is_left_alone(law: laws.Law, path: str, text: str) -> None:
    found = list(law(source(path, text)))

    assert found == []


def test_a_key_without_its_text_is_found_in_either_branch() -> None:
    file = source(
        "bot/desk.py",
        "Reply('leave.sent' if ok else 'leave.kept')\nctx.tell(liu, notice('leave.card'))\nMisread('lunar')",
    )

    found = list(laws.unwritten({"leave.sent"})(file))

    assert found == ["bot/desk.py:1 leave.kept", "bot/desk.py:2 leave.card", "bot/desk.py:3 reading.lunar"]


def test_an_f_string_stands_for_the_keys_it_can_make() -> None:
    file = source("bot/desk.py", "text(f'leave.kind_{kind}')\ntext(f'{stem}.{block}')")

    patterns = list(laws.key_patterns(file))

    assert len(patterns) == 1
    assert re.fullmatch(patterns[0], "leave.kind_sick")
    assert not re.fullmatch(patterns[0], "leave.sent")


def test_the_imported_part_is_understood() -> None:
    assert Imported("bot", "texts", 1).unit == "texts"
    assert Imported("bot.rules.leave", "Leave", 1).unit == "rules"
    assert Imported("bot.channels.webchat", "", 1).unit == "channels"
