"""reply_markup: the shapes that Telegram takes, and what it says of the others."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from tests.telegram.checking import Params
from tests.telegram.refusals import JSON, Refused, bad_request

LONGEST_DATA = 64
LONGEST_COPY = 256
MOST_IN_A_ROW = 8
MOST_BUTTONS = 100
STYLES = {"primary", "success", "danger"}
MODELLED = {"callback_data", "url", "copy_text"}
ACTIONS = MODELLED | {
    *("web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat"),
    *("switch_inline_query_chosen_chat", "callback_game", "pay"),
}
OTHER_SHAPES = {"keyboard", "remove_keyboard", "force_reply"}


def inline_keyboard(params: Params, complaints: list[str], *, editing: bool = False) -> JSON | None:
    """The inline keyboard that is to hang under the message; None for no markup and for the shapes that do not stay."""
    markup = params.data("reply_markup", "reply keyboard markup")
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        return _inline(markup["inline_keyboard"], complaints)
    if editing:
        raise bad_request("inline keyboard expected")
    if not OTHER_SHAPES & markup.keys():
        complaints.append(f"reply_markup of no known shape: {markup}")
    return None


def _inline(rows: Any, complaints: list[str]) -> JSON | None:
    if not isinstance(rows, list):
        raise bad_request('can\'t parse inline keyboard: Field "inline_keyboard" must be of type Array')
    if not all(isinstance(row, list) for row in rows):
        raise bad_request("can't parse inline keyboard: Expected an Array of Arrays")
    kept = [[_button(button, complaints) for button in row] for row in rows if row]
    if any(len(row) > MOST_IN_A_ROW for row in kept) or sum(map(len, kept)) > MOST_BUTTONS:
        raise bad_request("reply markup is too long")
    return {"inline_keyboard": kept} if kept else None


def _button(button: Any, complaints: list[str]) -> JSON:
    if not isinstance(button, dict):
        raise _unparsable("Expected an Object")
    if "text" not in button:
        raise _unparsable('Can\'t find field "text"')
    if not isinstance(button["text"], str):
        raise _unparsable('Field "text" must be of type String')
    if not button["text"].strip():
        raise bad_request("inline keyboard button text is empty")
    if button.get("style", "primary") not in STYLES:
        raise _unparsable("Invalid button style specified")
    actions = [name for name in ACTIONS & button.keys() if button[name] not in ("", None)]
    if not actions:
        raise _unparsable("Text buttons are unallowed in the inline keyboard")
    complaints += _odd(button, actions)
    _check_action(actions[0], button[actions[0]])
    return button


def _odd(button: JSON, actions: list[str]) -> list[str]:
    """What Telegram lets pass by taking one of several actions, or by overlooking a field."""
    label = button["text"]
    known = ACTIONS | {"text", "style", "icon_custom_emoji_id"}
    odd = [f"button {label!r} has an unknown field {name!r}" for name in sorted(button.keys() - known)]
    odd += [f"button {label!r} does several things: {sorted(actions)}"] if len(actions) > 1 else []
    return odd + [f"button {label!r} with {name!r} is not modelled" for name in sorted(set(actions) - MODELLED)]


def _check_action(name: str, value: Any) -> None:
    if name == "callback_data" and not (isinstance(value, str) and len(value.encode("utf-8")) <= LONGEST_DATA):
        raise bad_request("BUTTON_DATA_INVALID")
    if name == "url":
        _check_url(str(value))
    if name == "copy_text" and not (isinstance(value, dict) and 1 <= len(str(value.get("text", ""))) <= LONGEST_COPY):
        raise bad_request("BUTTON_COPY_TEXT_INVALID")


def _check_url(url: str) -> None:
    address = urlsplit(url)
    if address.scheme not in {"", "http", "https", "tg"}:
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Unsupported URL protocol")
    if not address.scheme and "." not in url:
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def _unparsable(what: str) -> Refused:
    return bad_request(f"can't parse inline keyboard button: {what}")
