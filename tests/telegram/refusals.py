"""Telegram's refusals: the codes and the words it answers with, as telegram.error maps them."""

from __future__ import annotations

from typing import Any

JSON = dict[str, Any]


class Refused(Exception):
    """A call that is answered with `ok: false`."""

    def __init__(self, code: int, description: str, parameters: JSON | None = None) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.parameters = parameters or {}

    def body(self) -> JSON:
        more = {"parameters": self.parameters} if self.parameters else {}
        return {"ok": False, "error_code": self.code, "description": self.description, **more}


class AnswerLost(Exception):
    """The call was carried out and its answer never arrives."""


class Unreachable(Exception):
    """Nobody takes the connection."""


def bad_request(what: str, **parameters: Any) -> Refused:
    return Refused(400, f"Bad Request: {what}", parameters)


def forbidden(what: str) -> Refused:
    return Refused(403, f"Forbidden: {what}")


def conflict(what: str) -> Refused:
    return Refused(409, f"Conflict: {what}")


def too_many(seconds: int) -> Refused:
    return Refused(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})
