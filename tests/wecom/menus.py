"""The menu of an app: three buttons, or three with five below each; all lengths are in bytes."""

from __future__ import annotations

from collections.abc import Mapping

from tests.wecom.refusals import JSON, UNKNOWN_CODE, Refused
from tests.wecom.things import App
from tests.wecom.typed import Typed
from tests.wecom.world import World

LONGEST_KEY, LONGEST_URL = 128, 1024
PRESSED = (
    *("click", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin"),
    "location_select",
)


class Level:
    """What is allowed at the top or below it, and the codes of what is not."""

    def __init__(self, most: int, longest_name: int, codes: tuple[int, int, int, int, int]) -> None:
        self.most, self.longest_name = most, longest_name
        self.count, self.kind, self.name, self.key, self.url = codes


TOP = Level(3, 16, (40016, 40017, 40018, 40019, 40020))
BELOW = Level(5, 40, (40023, 40024, 40025, 40026, 40027))


def create(app: App, query: Mapping[str, str], body: Typed) -> JSON:
    of_app(app, query)
    body.knows_only("button")
    buttons = body.each("button")
    _check(buttons, TOP)
    app.menu = [one.held for one in buttons]
    return {}


def get(world: World, app: App, query: Mapping[str, str]) -> JSON:
    of_app(app, query)
    if not app.menu:
        raise Refused(UNKNOWN_CODE["no menu"], "no menu")
    return {"button": app.menu}


def delete(world: World, app: App, query: Mapping[str, str]) -> JSON:
    of_app(app, query)
    app.menu = []
    return {}


def of_app(app: App, query: Mapping[str, str]) -> None:
    number = query.get("agentid", "")
    if not number.isdigit():
        raise Refused(40056, "invalid agentid")
    if int(number) != app.agent:
        raise Refused(301002, "agentid is not of this access_token")


def _check(buttons: list[Typed], level: Level) -> None:
    if not 1 <= len(buttons) <= level.most:
        raise Refused(level.count, "invalid button count")
    for one in buttons:
        if not 1 <= len(one.text("name").encode()) <= level.longest_name:
            raise Refused(level.name, "invalid button name length")
        below = one.each("sub_button")
        if below and level is BELOW:
            raise Refused(40022, "invalid sub button level")
        if below:
            one.knows_only("name", "sub_button")
            _check(below, BELOW)
        else:
            _leaf(one, level)


def _leaf(one: Typed, level: Level) -> None:
    kind = one.text("type")
    one.knows_only("type", "name", "key", "url", "appid", "pagepath", "sub_button")
    if kind in PRESSED:
        if not 1 <= len(one.text("key").encode()) <= LONGEST_KEY:
            raise Refused(level.key, "invalid button key length")
    elif kind == "view":
        if not 1 <= len(one.text("url").encode()) <= LONGEST_URL:
            raise Refused(level.url, "invalid button url length")
    elif kind != "view_miniprogram":
        raise Refused(level.kind, "invalid button type")
