"""The laws of the tree: what breaks them in a source file. The tables on top are the one place to extend."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from bot import texts
from tests.sources import Source, dotted

LOWEST = {"talk", "clock", "loop", "failpoints", "failures"}
MIDDLE = {
    *(
        "hearing",
        "colleagues",
        "cards",
        "reach",
        "approvals",
        "approvals_asking",
        "filling",
        "dialog",
        "lines",
        "questions",
        "measures",
        "feature",
        "stores",
        "notices",
    ),
    *("rules", "reading", "texts", "documents"),
}
BELOW_HANDLERS = MIDDLE | LOWEST
# What each part of bot/ may import from bot/, besides the files of its own folder. A new part needs a row here.
MAY_IMPORT: dict[str, set[str]] = {
    "__main__": {"operating"},
    "operating": {"app", "platforms", "sample_cases", "storefile", "toml_lines", "settings"} | BELOW_HANDLERS,
    "sample_cases": {"handlers"} | BELOW_HANDLERS,
    "app": {"settings", "storefile", "desk", "platforms", "channels", "scheduler", "web", "handlers"} | BELOW_HANDLERS,
    "platforms": {"settings", "channels"} | BELOW_HANDLERS,
    "storefile": {"storemistakes", "toml_lines", "rules", "reading", "texts"},
    "storemistakes": {"toml_lines"},
    "toml_lines": set(),
    "settings": set(),
    "desk": {"handlers"} | BELOW_HANDLERS,
    "hearing": BELOW_HANDLERS,
    "cards": BELOW_HANDLERS,
    "reach": BELOW_HANDLERS,
    "colleagues": BELOW_HANDLERS,
    "approvals": BELOW_HANDLERS,
    "approvals_asking": BELOW_HANDLERS,
    "channels": BELOW_HANDLERS,
    "scheduler": BELOW_HANDLERS,
    "web": BELOW_HANDLERS,
    "handlers": BELOW_HANDLERS,
    "documents": BELOW_HANDLERS,
    "filling": BELOW_HANDLERS,
    "stores": BELOW_HANDLERS,
    "feature": BELOW_HANDLERS,
    "dialog": BELOW_HANDLERS,
    "lines": BELOW_HANDLERS,
    "questions": BELOW_HANDLERS,
    "measures": BELOW_HANDLERS,
    "notices": {"texts", "rules", "reading"} | LOWEST,
    "texts": {"rules", "reading"} | LOWEST,
    "reading": {"rules", "texts"},
    "rules": {"reading"},
    "talk": set(),
    "clock": set(),
    "loop": set(),
    "failpoints": set(),
    "failures": set(),
}
DATABASE_PACKAGES = {"sqlalchemy", "sqlmodel", "alembic", "psycopg", "sqlite3"}
SESSION_AS_ARGUMENT = {
    *(
        "sample_cases",
        "app",
        "desk",
        "handlers",
        "feature",
        "stores",
        "storefile",
        "cards",
        "reach",
        "channels",
        "scheduler",
    ),
    "operating",
}

# The calls that are given text keys.
KEY_TAKERS = {
    *("Refusal", "Reply", "Notice", "notice", "Button", "Option", "tell", "text"),
    *("Misread", "LimitError", "Reason", "PydanticCustomError", "mistake", "_whole"),
    *("say", "wrong", "words", "Wrong", "well", "ill"),
}
# Those whose keys are of one template, so that its stem may be left away.
STEM_OF = {"Misread": "reading"}
KEY = re.compile(r"[a-z_]+\.[a-z_]+")
QUOTED_KEY = re.compile(rf"[\"']({KEY.pattern})[\"']")
SHOWN_KEY = re.compile(rf"{QUOTED_KEY.pattern}\s*\|\s*t\b")
CALLED_BLOCK = re.compile(r"\bself\.([a-z0-9_]+)\(")
# Keys that the code puts together other than by an f-string, which is understood without a row here: pattern, reason.
BUILT_KEYS: dict[str, str] = {}

CLOCK_FILE = "bot/clock.py"
CLOCKS = {
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "func.now", "func.current_timestamp"),
    *("time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.ctime"),
    *("time.monotonic", "time.monotonic_ns", "time.perf_counter", "time.perf_counter_ns"),
}

CHINESE_SENTENCE = re.compile(r"[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]{9,}")

Law = Callable[[Source], Iterator[str]]


def importing(*packages: str) -> Law:
    """The law that a file imports nothing of these packages."""

    def imports(file: Source) -> Iterator[str]:
        for imported in file.imports():
            if imported.package in packages:
                yield file.at(imported.line, f"imports {imported.full}")

    return imports


def upward(file: Source) -> Iterator[str]:
    """The imports of a file of bot/ that its row does not allow."""
    allowed = MAY_IMPORT.get(file.unit, set()) | ({file.unit} if file.path.count("/") > 1 else set())
    for imported in file.imports():
        if imported.package == "bot" and imported.unit not in allowed:
            yield file.at(imported.line, f"imports {imported.full}")


def database_words(file: Source) -> Iterator[str]:
    """What a file of bot/ does with the database besides handing a Session on."""
    for imported in file.imports():
        session = imported.name == "Session" and file.unit in SESSION_AS_ARGUMENT
        if (imported.package in DATABASE_PACKAGES or imported.name == "Session") and not session:
            yield file.at(imported.line, f"imports {imported.full}")
    opens = any(imported.name == "Session" for imported in file.imports())
    for call in file.calls():
        called = dotted(call.func)
        if (called == "Session" and opens) or re.search(r"(^|\.)session\.\w+$", called):
            yield file.at(call.lineno, f"calls {called}")


def impure(file: Source) -> Iterator[str]:
    """What a rule may not know: of storage it takes classes and constants as plain data, nothing that acts."""
    for imported in file.imports():
        acts = imported.package == "storage" and not imported.name[:1].isupper()
        if acts or imported.name == "Session" or imported.package in DATABASE_PACKAGES | {"asyncio", "threading"}:
            yield file.at(imported.line, f"imports {imported.full}")


def clock_reads(file: Source) -> Iterator[str]:
    for imported in file.imports():
        if imported.full in CLOCKS and imported.package == "time":
            yield file.at(imported.line, f"imports {imported.full}")
    for node in file.nodes:
        if isinstance(node, ast.Attribute) and ".".join(dotted(node).split(".")[-2:]) in CLOCKS:
            yield file.at(node.lineno, f"reads {dotted(node)}")


def chinese_sentences(file: Source) -> Iterator[str]:
    for literal in file.literals():
        if found := CHINESE_SENTENCE.search(str(literal.value)):
            yield file.at(literal.lineno, found.group())


def keys_given(file: Source) -> Iterator[tuple[int, str]]:
    """The text keys that are written out in calls which take one, with their lines."""
    for call in file.calls():
        called = dotted(call.func).split(".")[-1]
        if called in KEY_TAKERS:
            given = [*call.args, *(word.value for word in call.keywords if word.arg in {"key", "label"})]
            for literal in (literal for argument in given for literal in branches(argument)):
                value = str(literal.value)
                stem = "" if "." in value else STEM_OF.get(called, "")
                key = f"{stem}.{value}".lstrip(".")
                if KEY.fullmatch(key):
                    yield literal.lineno, key


def unwritten(written: set[str]) -> Law:
    """The law that a file gives no text key but these."""

    def keys(file: Source) -> Iterator[str]:
        return (file.at(line, key) for line, key in sorted(set(keys_given(file))) if key not in written)

    return keys


def branches(argument: ast.expr) -> list[ast.Constant]:
    """The strings that an argument can be, in either branch of a condition."""
    if isinstance(argument, ast.IfExp):
        return [*branches(argument.body), *branches(argument.orelse)]
    return [argument] if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else []


def key_patterns(file: Source) -> Iterator[str]:
    """`f"leave.kind_{kind}"` as the pattern of the keys it can make; an f-string that says nothing fixed makes none."""
    for node in file.nodes:
        if isinstance(node, ast.JoinedStr):
            fixed = "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
            if "." in fixed and re.search("[a-z]", fixed):
                yield "".join(
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[a-z0-9_]+"
                    for part in node.values
                )


def templates() -> Iterator[tuple[str, str]]:
    """The stem and the source of every template for chats."""
    return ((path.stem, path.read_text(encoding="utf-8")) for path in texts.TEMPLATES.glob("*.j2"))


def keys_shown_by_templates() -> set[str]:
    """The texts that templates show inside others: `"leave.title"|t`, `self.since()`."""
    called = {f"{stem}.{block}" for stem, template in templates() for block in CALLED_BLOCK.findall(template)}
    return called | {key for _, template in templates() for key in SHOWN_KEY.findall(template)}


def keys_quoted_in_templates() -> set[str]:
    return {key for _, template in templates() for key in QUOTED_KEY.findall(template)}
