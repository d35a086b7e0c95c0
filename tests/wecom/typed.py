"""JSON as WeCom reads it: a field of the wrong type is overlooked, and told in the words of a success."""

from __future__ import annotations

from typing import Any, TypeVar

from tests.wecom.refusals import JSON

T = TypeVar("T")


class Typed:
    """`overlooked` names what had the wrong type or is unknown; a test that sends such a thing is wrong."""

    def __init__(self, held: JSON, where: str = "", overlooked: list[str] | None = None) -> None:
        self.held = held
        self.where = where
        self.overlooked: list[str] = [] if overlooked is None else overlooked

    def __contains__(self, name: str) -> bool:
        return name in self.held

    def text(self, name: str) -> str:
        return self._of(name, str, "")

    def number(self, name: str) -> int | None:
        return self._of(name, int, None)

    def decimal(self, name: str) -> float | None:
        found = self.held.get(name)
        return self.number(name) if isinstance(found, int) else self._of(name, float, None)

    def inside(self, name: str) -> Typed:
        return Typed(self._of(name, dict, {}), f"{self.where}{name}.", self.overlooked)

    def texts(self, name: str) -> list[str]:
        found: list[Any] = self._of(name, list, [])
        return [one for one in found if self._is(one, str, name)]

    def each(self, name: str) -> list[Typed]:
        found: list[Any] = self._of(name, list, [])
        return [Typed(one, f"{self.where}{name}[].", self.overlooked) for one in found if self._is(one, dict, name)]

    def knows_only(self, *names: str) -> None:
        self.overlooked += [f"{self.where}{name} is unknown" for name in self.held if name not in names]

    def _of(self, name: str, kind: type[Any], or_else: T) -> Any | T:
        found = self.held.get(name)
        return found if found is not None and self._is(found, kind, name) else or_else

    def _is(self, found: object, kind: type[Any], name: str) -> bool:
        right = isinstance(found, kind) and not (kind is int and isinstance(found, bool))
        if not right:
            self.overlooked.append(f"{self.where}{name} is no {kind.__name__}")
        return right
