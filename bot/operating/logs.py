"""What is logged: what happened and where in the code, never what was said, who it was, or a secret."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from bot.failures import failure

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
        told["failure"] = _failure(raised)
    return told


def _failure(raised: Any) -> str:
    """Of whatever a logging call was given as `exc_info`."""
    if raised is True:
        raised = sys.exc_info()
    error = raised if isinstance(raised, BaseException) else raised[1]
    return LEFT_OUT if error is None else failure(error)


def _told(name: str, value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    known = name in TOLD and (name == "timestamp" or OWN_WORD.fullmatch(str(value)))
    return str(value) if known else LEFT_OUT


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
            event["failure"] = _failure(record.exc_info)
        return json.dumps(event, ensure_ascii=False)
