"""The template cards of an app as WeCom checks them: each thing that is missing or too much has its own code."""

from __future__ import annotations

import re

from tests.wecom.refusals import UNKNOWN_CODE, Refused
from tests.wecom.typed import Typed

TASK_ID = re.compile(r"[0-9A-Za-z_\-@]{1,128}")
COMMON = ("card_type", "source", "main_title", "card_action", "task_id", "replace_text")
SHARED = (*COMMON, "action_menu", "quote_area", "sub_title_text", "horizontal_content_list")
KNOWN = {
    "button_interaction": (*SHARED, "button_selection", "button_list"),
    "text_notice": (*SHARED, "emphasis_content", "jump_list"),
    "news_notice": (*SHARED, "card_image", "image_text_area", "vertical_content_list", "jump_list"),
    "vote_interaction": (*COMMON, "checkbox", "submit_button"),
    "multiple_interaction": (*COMMON, "select_list", "submit_button"),
}
NOTICES = ("text_notice", "news_notice")
LONGEST_KEY = 1024


def check(card: Typed, *, is_new: bool) -> None:
    """Raises Refused. An update needs no task_id: the card keeps the one it has."""
    kind = card.text("card_type")
    if kind not in KNOWN:
        raise Refused(42031, "invalid card_type")
    card.knows_only(*KNOWN[kind])
    card.text("sub_title_text")
    _menu(card)
    _fields(card)
    OF_KIND[kind](card)
    _action(card, required=kind in NOTICES)
    if (is_new and calls_back(card)) or card.text("task_id"):
        _task_id(card)


def calls_back(card: Typed) -> bool:
    """Whether it can be pressed, and changed later."""
    return card.text("card_type") not in NOTICES or "action_menu" in card


def _task_id(card: Typed) -> None:
    if not TASK_ID.fullmatch(card.text("task_id")):
        raise Refused(42014, "invalid task_id")


def _title(card: Typed) -> None:
    if not card.inside("main_title").text("title"):
        raise Refused(42033, "missing Title")


def _text_notice(card: Typed) -> None:
    if not card.text("sub_title_text"):
        _title(card)
    _jumps(card)


def _news_notice(card: Typed) -> None:
    _title(card)
    image, area = card.inside("card_image"), card.inside("image_text_area")
    if not _is_address(image.text("url")) and not _is_address(area.text("image_url")):
        raise Refused(42044, "missing card_image.url")
    ratio = image.decimal("aspect_ratio")
    if ratio is not None and not 1.3 < ratio < 2.25:
        card.overlooked.append("aspect_ratio is not between 1.3 and 2.25")
    _link(area)
    lines = card.each("vertical_content_list")
    if len(lines) > 4:
        raise Refused(42036, "invalid vertical_content_list length")
    if not all(one.text("title") for one in lines):
        raise Refused(42033, "missing Title")
    _jumps(card)


def _buttons_card(card: Typed) -> None:
    _title(card)
    if "button_selection" in card:
        _selection(card.inside("button_selection"), most=10)
    _buttons(card)


def _vote(card: Typed) -> None:
    _title(card)
    box = card.inside("checkbox")
    _selection(box, most=20)
    if "mode" in box and box.number("mode") not in (0, 1):
        card.overlooked.append("mode is not 0 or 1")
    _submit(card)


def _multiple(card: Typed) -> None:
    _title(card)
    lists = card.each("select_list")
    if not 1 <= len(lists) <= 3:
        raise Refused(42047, "invalid select_list length")
    for one in lists:
        _selection(one, most=10)
    _unlike([one.text("question_key") for one in lists], 42043, "question_key")
    _submit(card)


def _submit(card: Typed) -> None:
    """An update may leave it away."""
    if "submit_button" not in card and not card.text("task_id"):
        return
    button = card.inside("submit_button")
    if not button.text("text"):
        raise Refused(42049, "missing submit_button text")
    if not 1 <= len(button.text("key").encode()) <= LONGEST_KEY:
        raise Refused(42046, "invalid submit_button key")


def _jumps(card: Typed) -> None:
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
    if what.number("type") == 1 and not _is_address(what.text("url")):
        raise Refused(42028, "missing Url")
    if what.number("type") == 2 and not what.text("appid"):
        raise Refused(42030, "missing appid")


def _is_address(url: str) -> bool:
    return re.match(r"https?://", url) is not None


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


def _selection(selection: Typed, *, most: int) -> None:
    if not 1 <= len(selection.text("question_key").encode()) <= LONGEST_KEY:
        raise Refused(42043, "invalid question_key")
    options = selection.each("option_list")
    if not 1 <= len(options) <= most:
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


OF_KIND = {
    "button_interaction": _buttons_card,
    "text_notice": _text_notice,
    "news_notice": _news_notice,
    "vote_interaction": _vote,
    "multiple_interaction": _multiple,
}
