"""A group's robot: whoever has its key speaks as it, without a token, twenty times a minute."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping

from tests.wecom import cards, contents, groups, media
from tests.wecom.refusals import JSON, UNKNOWN_CODE, Refused
from tests.wecom.things import Robot, Upload
from tests.wecom.typed import Typed
from tests.wecom.world import World

LONGEST = {"text": 2048, "markdown": 4096, "markdown_v2": 4096}
LARGEST_PICTURE = 2 * 1024 * 1024


def send(world: World, query: Mapping[str, str], body: Typed) -> JSON:
    robot = _robot(world, query)
    if not body.held:
        raise Refused(93017, "empty body")
    if not robot.pace.may(world.clock()):
        raise Refused(45009, "api freq out of limit")
    kind = body.text("msgtype")
    body.knows_only("msgtype", kind)
    inside = body.inside(kind)
    content = _content(world, robot, inside, kind)
    groups.post(world, robot.group, kind, content, _named(kind, content, inside))
    return {}


def upload_media(world: World, query: Mapping[str, str], given: list[Upload]) -> JSON:
    return media.upload(world, query.get("type", ""), given, _robot(world, query).key)


def _robot(world: World, query: Mapping[str, str]) -> Robot:
    found = world.robots.get(query.get("key", ""))
    if found is None:
        raise Refused(93000, "invalid webhook url")
    return found


def _content(world: World, robot: Robot, inside: Typed, kind: str) -> JSON:
    if kind in LONGEST:
        words = contents.words(world, inside)
        if len(words.encode()) > LONGEST[kind]:
            raise Refused(UNKNOWN_CODE["a robot says too much"], f"{kind}.content exceed max length {LONGEST[kind]}")
        return {"content": words}
    if kind in ("file", "voice"):
        return contents.file(world, inside, kind, robot.key)
    if kind == "image":
        return _picture(inside)
    if kind == "template_card":
        return _card(inside)
    if kind in contents.NOT_MODELLED:
        world.complain(f"{kind} is not modelled")
    raise Refused(40008, "invalid message type")


def _named(kind: str, content: JSON, inside: Typed) -> list[str]:
    """A text has a list, markdown `<@userid>`; markdown_v2 shows such a thing as it is written."""
    if kind == "text":
        inside.knows_only("content", "mentioned_list", "mentioned_mobile_list")
        return inside.texts("mentioned_list")
    if kind in LONGEST:
        inside.knows_only("content")
    return groups.MENTION.findall(content["content"]) if kind == "markdown" else []


def _picture(inside: Typed) -> JSON:
    inside.knows_only("base64", "md5")
    try:
        held = base64.b64decode(inside.text("base64"), validate=True)
    except binascii.Error:
        held = b""
    if len(held) > LARGEST_PICTURE:
        raise Refused(93018, "picture too big")
    if hashlib.md5(held, usedforsecurity=False).hexdigest() != inside.text("md5"):
        raise Refused(301019, "md5 does not match")
    if not held.startswith(media.BEGINS["image"]):
        raise Refused(UNKNOWN_CODE["a robot's picture is none"], "invalid file type")
    return {"name": "image"}


def _card(card: Typed) -> JSON:
    """Nobody can press anything on it."""
    if card.text("card_type") not in cards.NOTICES or "action_menu" in card:
        raise Refused(UNKNOWN_CODE["a robot's card has buttons"], "invalid card_type")
    cards.check(card, is_new=True)
    return card.held
