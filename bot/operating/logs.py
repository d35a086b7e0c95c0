"""What is logged: what happened and where in the code, never what was said, who it was, or a secret."""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog

# Text that may stand in a log, because it can only be a word of our own; numbers and yes or no always may.
TOLD = frozenset(
    {
        *("event", "level", "timestamp", "logger", "feature", "channel", "state", "kind", "failure", "error_type"),
        *("mode", "scope"),
    }
)
# No long number, and no run of letters and digits that could be a token.
OWN_WORD = re.compile(r"(?!.*\d{5})(?!.*[\w-]{25})[A-Za-z][A-Za-z0-9 _.,:'<>()\[\]/-]{0,200}", re.ASCII)
LEFT_OUT = "(left out)"
FRAME = re.compile(r'File "([^"]*)", line (\d+), in (\S+)')
RAISED = re.compile(r"(?:\A|\n)([A-Za-z_][\w.]*)(?::|\n|\Z)")
NEAREST_FRAMES = 6

Event = MutableMapping[str, Any]


def configure() -> None:
    """JSON lines on standard error, those of the libraries too."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            without_words,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Calm())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def without_words(_logger: Any, _method: str, event: Event) -> Event:
    """Leaves of a text only what cannot be anybody's; of an error its kind and where it happened, not its message."""
    raised = event.pop("exc_info", None)
    told = {name: _told(name, value) for name, value in event.items()}
    if raised:
        told["failure"] = failure(sys.exc_info()[1] if raised is True else _error(raised))
    return told


def _error(raised: Any) -> BaseException | None:
    return raised if isinstance(raised, BaseException) else raised[1]


def _told(name: str, value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str) and "Traceback (most recent call last)" in value:
        return _places(value)
    known = name in TOLD and (name == "timestamp" or OWN_WORD.fullmatch(str(value)))
    return str(value) if known else LEFT_OUT


def failure(error: BaseException | None) -> str:
    """`ValueError at bot/desk.py:12 in handle < bot/desk.py:99 in _work`."""
    if error is None:
        return LEFT_OUT
    frames = traceback.extract_tb(error.__traceback__)[-NEAREST_FRAMES:]
    places = [f"{_short(frame.filename)}:{frame.lineno} in {frame.name}" for frame in reversed(frames)]
    return f"{type(error).__name__} at {' < '.join(places)}" if places else type(error).__name__


def _places(written: str) -> str:
    """The same of an error that was written out already."""
    frames = list(FRAME.finditer(written))[-NEAREST_FRAMES:]
    kind = RAISED.search(written, frames[-1].end()) if frames else None
    places = " < ".join(f"{_short(found[1])}:{found[2]} in {found[3]}" for found in reversed(frames))
    return f"{kind[1] if kind else 'error'} at {places}"


def _short(filename: str) -> str:
    return "/".join(Path(filename).parts[-2:])


class Calm(logging.Formatter):
    """Lines of libraries: what they say without what they fill in."""

    def format(self, record: logging.LogRecord) -> str:
        first = (str(record.msg).splitlines() or [""])[0].replace("%", "").replace('"', "'")
        event: Event = {
            "event": _told("event", first),
            "level": record.levelname.lower(),
            "timestamp": self.formatTime(record),
            "logger": record.name,
        }
        if record.exc_info:
            event["failure"] = failure(record.exc_info[1])
        return json.dumps(event, ensure_ascii=False)
