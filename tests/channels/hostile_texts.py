"""Every text of the store with values that nobody should have typed: one stand-in answers whatever a template asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from jinja2 import Environment

from bot import texts
from bot.texts import due, environment, keys, mention, reading_at, text

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
A_NUMBER = 7
# What only the terminal shows is no message.
OF_THE_TERMINAL = {"backup", "check", "cli", "doctor", "init", "staff", "store"}
# They write days, hours and places; here they write what they are given.
WRITING = ("day", "plain_day", "clock", "moment", "span", "amount", "masked", "hour", "month_day", "today_span", "yuan")
VALUES = {
    "markup": '<b>粗</b> & </b></at></time> &lt;i&gt; <a href="x">x</a> <time datetime=\'1\'> <at staff="7">',
    "lines": "一\n\n<b>二\r\n三</b>",
    "emoji": "👨‍👩‍👧‍👦🏳️‍🌈" * 40,
    "long": "很长的一句话&\n" * 150,
    "odd": "a\u200b\u200d\ufeffb \u202e乱\u2066 /start @qiantai_bot #1 https://example.com/?a=1&b=2",
}


class Anything(str):
    """A value of every type: a name, a day, a number, a list of two; true or false as the test wants it."""

    true = True

    def __bool__(self) -> bool:
        return self.true

    def __getattr__(self, name: str) -> Any:
        """Ids are numbers everywhere; whatever else is asked for may be anything."""
        if name.startswith("__"):
            raise AttributeError(name)
        return A_NUMBER if name == "id" or name.endswith("_id") else self

    def __call__(self, *_: Any, **__: Any) -> Anything:
        return self

    def __getitem__(self, _: Any) -> Anything:
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter((self, self))

    def __len__(self) -> int:
        return 2

    def __format__(self, _: str) -> str:
        return str(self)

    def __index__(self) -> int:
        return 1

    def __divmod__(self, _: Any) -> tuple[Any, Any]:
        return self, self

    def __add__(self, more: Any) -> Any:
        return [self, *more] if isinstance(more, list) else str(self) + more

    def _reckon(self, _: Any) -> Any:
        return self

    def _compare(self, _: Any) -> Any:
        return self.true

    items = values = index = title = replace = __call__  # type: ignore[assignment]
    __sub__ = __rsub__ = __mul__ = __rmul__ = __floordiv__ = __mod__ = __radd__ = _reckon
    __lt__ = __le__ = __gt__ = __ge__ = _compare


class Untrue(Anything):
    true = False


def every_key() -> list[str]:
    return sorted(key for key in keys() if key.partition(".")[0] not in OF_THE_TERMINAL)


def every_text(value: Anything) -> dict[str, str]:
    """All of them by their keys, with this value for whatever they show."""
    _forget_templates()
    try:
        with _answering(environment(), value), reading_at(NOW, ZoneInfo("Asia/Shanghai")):
            return {key: text(key) for key in every_key()}
    finally:
        _forget_templates()


def _forget_templates() -> None:
    """A compiled template keeps the filters that it was compiled with."""
    environment.cache_clear()
    texts._template.cache_clear()


@contextmanager
def _answering(templates: Environment, value: Anything) -> Iterator[None]:
    """What a text needs and nobody gave is this value, an id if it is named like one."""

    def missing(*_: Any, name: str | None = None, **__: Any) -> Any:
        return A_NUMBER if name is not None and name.endswith("_id") else value

    filters: dict[str, Any] = dict.fromkeys(
        (*WRITING, "discreet", "safe", "trim", "replace", "join"), lambda one, *_: one
    )
    filters |= {"due": lambda _: due(NOW), "mention": lambda name, _: mention(name, A_NUMBER)}
    filters |= {"t": lambda key: value if isinstance(key, Anything) else text(key)}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(templates, "undefined", missing)
        for name, write in filters.items():
            patched.setitem(templates.filters, name, write)
        yield
