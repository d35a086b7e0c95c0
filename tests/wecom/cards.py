"""The template cards of an app as WeCom checks them: each thing that is missing or too much has its own code."""

from __future__ import annotations

import re

from tests.wecom.refusals import UNKNOWN_CODE, Refused
from tests.wecom.typed import Typed

TASK_ID = re.compile(r"[0-9A-Za-z_\-@]{1,128}")
SHARED = (
    *("card_type", "source", "action_menu", "main_title", "quote_area", "sub_title_text"),
    *("horizontal_content_list", "card_action", "task_id", "replace_text"),
)
KNOWN = {
    "button_interaction": (*SHARED, "button_selection", "button_list"),
    "text_notice": (*SHARED, "emphasis_content", "jump_list"),
}
NOT_MODELLED = ("news_notice", "vote_interaction", "multiple_interaction")
LONGEST_KEY = 1024


def check(card: Typed, *, is_new: bool) -> None:
    """Raises Refused. An update needs no task_id: the card keeps the one it has."""
    kind = card.text("card_type")
    if kind not in KNOWN:
        card.overlooked += [f"{kind} is not modelled"] if kind in NOT_MODELLED else []
        raise Refused(42031, "invalid card_type")
    card.knows_only(*KNOWN[kind])
    card.text("sub_title_text")
    _menu(card)
    _fields(card)
    if kind == "button_interaction":
        _title(card)
        _selection(card)
        _buttons(card)
        _action(card, required=False)
    else:
        _notice(card)
    if (is_new and calls_back(card)) or card.text("task_id"):
        _task_id(card)


def calls_back(card: Typed) -> bool:
    """Whether it can be pressed, and changed later."""
    return card.text("card_type") == "button_interaction" or "action_menu" in card


def _task_id(card: Typed) -> None:
    if not TASK_ID.fullmatch(card.text("task_id")):
        raise Refused(42014, "invalid task_id")


def _title(card: Typed) -> None:
    if not card.inside("main_title").text("title"):
        raise Refused(42033, "missing Title")


def _notice(card: Typed) -> None:
    if not card.text("sub_title_text"):
        _title(card)
    _action(card, required=True)
    jumps = card.each("jump_list")
    if len(jumps) > 3:
        raise Refused(42042, "invalid jump_list length")
    for jump in jumps:
        _link(jump)


def _action(card: Typed, *, required: bool) -> None:
    action = card.inside("card_action")
    if required and action.number("type") not in (1, 2):
        raise Refused(42045, "missing card_action")
    _link(action)


def _link(what: Typed) -> None:
    if what.number("type") == 1 and not re.match(r"https?://", what.text("url")):
        raise Refused(42028, "missing Url")
    if what.number("type") == 2 and not what.text("appid"):
        raise Refused(42030, "missing appid")


def _fields(card: Typed) -> None:
    fields = card.each("horizontal_content_list")
    if len(fields) > 6:
        raise Refused(42035, "invalid horizontal_content_list length")
    for one in fields:
        one.knows_only("type", "keyname", "value", "url", "media_id", "userid")
        if not one.text("keyname"):
            raise Refused(42027, "missing keyname")
        needed = {1: ("url", 42028), 2: ("media_id", 42029), 3: ("userid", 42050)}.get(one.number("type") or 0)
        if needed and not one.text(needed[0]):
            raise Refused(needed[1], f"missing {needed[0]}")


def _buttons(card: Typed) -> None:
    buttons = card.each("button_list")
    if not 1 <= len(buttons) <= 6:
        raise Refused(UNKNOWN_CODE["more than six buttons"], "invalid button_list length")
    for one in buttons:
        one.knows_only("type", "text", "style", "key", "url")
        if not one.text("text"):
            raise Refused(42038, "missing button text")
        if one.number("type") == 1:
            _link(one)
        elif not 1 <= len(one.text("key").encode()) <= LONGEST_KEY:
            raise Refused(42039, "invalid button key")
        if "style" in one and one.number("style") not in (1, 2, 3, 4):
            card.overlooked.append("button style is not 1 to 4")
    _unlike([one.text("key") for one in buttons if one.number("type") != 1], 42039, "button key")


def _selection(card: Typed) -> None:
    if "button_selection" not in card:
        return
    selection = card.inside("button_selection")
    if not 1 <= len(selection.text("question_key").encode()) <= LONGEST_KEY:
        raise Refused(42043, "invalid question_key")
    options = selection.each("option_list")
    if not 1 <= len(options) <= 10:
        raise Refused(42037, "invalid option_list length")
    for one in options:
        if not 1 <= len(one.text("id").encode()) <= 128:
            raise Refused(42040, "invalid option id")
        if not one.text("text"):
            raise Refused(42041, "missing option text")
    _unlike([one.text("id") for one in options], 42040, "option id")


def _menu(card: Typed) -> None:
    if "action_menu" not in card:
        return
    actions = card.inside("action_menu").each("action_list")
    keys = [one.text("key") for one in actions]
    if not 1 <= len(actions) <= 3 or not all(1 <= len(key.encode()) <= LONGEST_KEY for key in keys):
        raise Refused(42051, "invalid action_menu")
    _unlike(keys, 42051, "action_menu key")


def _unlike(keys: list[str], code: int, what: str) -> None:
    if len(set(keys)) < len(keys):
        raise Refused(code, f"{what} conflict")
