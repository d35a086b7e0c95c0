"""What a message holds: words within their bytes, files that were uploaded as what they are sent as."""

from __future__ import annotations

import re

from tests.wecom.refusals import JSON, Refused
from tests.wecom.typed import Typed
from tests.wecom.world import World

LONGEST_TEXT = 2048
LINK = re.compile(r"<a\s", re.IGNORECASE)
FILES = ("image", "voice", "video", "file")
NOT_MODELLED = ("textcard", "news", "mpnews")


def content(world: World, body: Typed, kind: str) -> JSON:
    """What an app sends to a member or into its group."""
    inside = body.inside(kind)
    if kind in ("text", "markdown"):
        return {"content": _cut(world, words(world, inside))}
    if kind in FILES:
        return file(world, inside, kind)
    if kind in NOT_MODELLED:
        world.complain(f"{kind} is not modelled")
    raise Refused(40008, "invalid message type")


def words(world: World, inside: Typed) -> str:
    found = inside.text("content")
    if not found.strip():
        raise Refused(44004, "empty content")
    if LINK.search(found):
        world.complain("a text shows a link")
    return found


def file(world: World, inside: Typed, kind: str, robot: str = "") -> JSON:
    inside.knows_only("media_id", *(("title", "description") if kind == "video" else ()))
    media = world.medium(inside.text("media_id"), robot)
    if media.kind != kind:
        raise Refused(40007, "invalid media_id")
    return {"media_id": media.id, "name": media.name}


def _cut(world: World, found: str) -> str:
    held = found.encode()
    if len(held) <= LONGEST_TEXT:
        return found
    world.complain(f"a text of {len(held)} bytes was cut")
    return held[:LONGEST_TEXT].decode(errors="ignore")
