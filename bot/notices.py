"""What somebody is told: a text key with values, kept as JSON and made into words when it is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from bot.reading import Misread, Span
from bot.talk import Button, Message, Pressable, Tone
from bot.texts import plain, safe, text

Buttons = tuple[tuple[Button, ...], ...]

TONES = {
    "approvals.button_approve": Tone.GOOD,
    "approvals.button_refuse": Tone.BAD,
    "dialog.button_confirm": Tone.GOOD,
}


@dataclass(frozen=True)
class Notice:
    """A text (`key`, `values`), perhaps another before it (`lead`), and rows of buttons.

    A notice about a `subject` (`leave:42`) is a live card: its buttons, and its text when the key is empty,
    are those of the subject as it is when somebody looks. One that is `passing` keeps its words, which were true when
    they were said, and has the subject's buttons as long as nothing newer was said about it. A `file`
    (`meetings:calendar:42`) goes with it; the feature makes it when it is sent.
    """

    key: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    buttons: Buttons = ()
    subject: str = ""
    lead: Notice | None = None
    file: str = ""
    passing: bool = False


def notice(key: str, /, *, buttons: Buttons = (), subject: str = "", file: str = "", **values: Any) -> Notice:
    return Notice(key, values, buttons, subject, file=file)


def passing(key: str, /, *, subject: str, **values: Any) -> Notice:
    """A reminder, or a short answer, about a subject whose card is elsewhere."""
    return Notice(key, values, subject=subject, passing=True)


def misread(error: Misread) -> Notice:
    """What was wrong with an answer, as it is told."""
    return Notice(error.key, error.values)


def in_rows(buttons: Sequence[Button], width: int = 3) -> Buttons:
    """The buttons in rows of at most `width`."""
    return tuple(tuple(buttons[start : start + width]) for start in range(0, len(buttons), width))


def row(*buttons: Button) -> Buttons:
    return (buttons,) if buttons else ()


def _to_json(value: Any) -> Any:
    match value:
        case Notice():
            return {"notice": as_content(value)}
        case Span(start, end):
            return {"span": [start.isoformat(), end.isoformat()]}
        case datetime():
            return {"at": value.isoformat()}
        case date():
            return {"day": value.isoformat()}
        case Mapping():
            return {"map": {str(key): _to_json(inner) for key, inner in value.items()}}
        case list() | tuple():
            return [_to_json(inner) for inner in value]
        case str():
            return str(value)
        case None | bool() | int() | float():
            return value
    raise TypeError(f"a notice cannot hold {type(value).__name__}")


def _from_json(value: Any) -> Any:
    match value:
        case {"span": [start, end]}:
            return Span(datetime.fromisoformat(start), datetime.fromisoformat(end))
        case {"at": at}:
            return datetime.fromisoformat(at)
        case {"day": day}:
            return date.fromisoformat(day)
        case {"notice": content}:
            return from_content(content)
        case {"map": inner}:
            return {key: _from_json(held) for key, held in inner.items()}
        case list():
            return [_from_json(held) for held in value]
    return value


def as_content(told: Notice) -> dict[str, Any]:
    """The notice as the outbox keeps it."""
    lead = {"lead": as_content(told.lead)} if told.lead else {}
    file = {"file": told.file} if told.file else {}
    passing = {"passing": True} if told.passing else {}
    return (
        lead
        | file
        | passing
        | {
            "key": told.key,
            "values": {key: _to_json(value) for key, value in told.values.items()},
            "buttons": [[[b.label, b.action, _to_json(b.values)] for b in row] for row in told.buttons],
        }
    )


def from_content(content: Mapping[str, Any], *, subject: str = "") -> Notice:
    buttons = tuple(
        tuple(Button(label, action, _from_json(values)) for label, action, values in row) for row in content["buttons"]
    )
    values = {key: _from_json(value) for key, value in content["values"].items()}
    lead = from_content(content["lead"]) if "lead" in content else None
    file, passing = content.get("file", ""), content.get("passing", False)
    return Notice(content["key"], values, buttons, subject, lead, file, passing)


def in_words(told: Notice) -> Message:
    """The notice as a channel shows it; call it inside `texts.reading_at`."""
    return Message(_markup(told), tuple(tuple(_pressable(button) for button in row) for row in told.buttons))


def _pressable(button: Button) -> Pressable:
    tone = TONES.get(button.label, Tone.PLAIN)
    values = {name: _spelled(value) for name, value in button.values.items()}
    return Pressable(plain(text(button.label, **values)), button.action, tone)


def _markup(told: Notice) -> str:
    words = text(told.key, **{name: _spelled(value) for name, value in told.values.items()})
    return f"{_markup(told.lead)}\n{words}" if told.lead else words


def _spelled(value: Any) -> Any:
    """Texts inside a text become words first."""
    match value:
        case Notice():
            return safe(_markup(value))
        case list():
            return [_spelled(inner) for inner in value]
        case dict():
            return {name: _spelled(inner) for name, inner in value.items()}
    return value
