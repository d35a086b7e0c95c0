"""message/send, update_template_card and recall, as the documentation has them."""

from __future__ import annotations

import json

from tests.wecom import cards, contents
from tests.wecom.pace import HOUR, MINUTE
from tests.wecom.refusals import JSON, UNKNOWN_CODE, Refused
from tests.wecom.things import App, Code, Message
from tests.wecom.typed import Typed
from tests.wecom.world import CODE_SECONDS, World

PER_MINUTE, PER_HOUR = 30, 1000
SENDING = (
    *("touser", "toparty", "totag", "msgtype", "agentid", "safe", "enable_id_trans"),
    *("enable_duplicate_check", "duplicate_check_interval"),
)
UPDATING = (
    *("userids", "partyids", "tagids", "atall", "agentid", "response_code", "enable_id_trans"),
    *("button", "template_card"),
)


def send(world: World, app: App, body: Typed) -> JSON:
    _right_app(app, body)
    kind = body.text("msgtype")
    body.knows_only(*SENDING, kind)
    wanted = _wanted(world, body)
    is_card = kind == "template_card"
    content = _card(world, app, body.inside(kind)) if is_card else contents.content(world, body, kind)
    receivers = tuple(key for key in map(str.lower, wanted) if _reached(world, key))
    if not receivers:
        raise Refused(81013, "user & party & tag all invalid")
    missed = "|".join(user.lower() for user in wanted if not _reached(world, user.lower()))
    number = f"msg-{world.number():06}"
    message = Message(number, app, kind, content, receivers, world.clock())
    said = {"invaliduser": missed, "invalidparty": "", "invalidtag": "", "unlicenseduser": "", "msgid": number}
    if is_card and cards.calls_back(Typed(content)):
        said["response_code"] = world.code(message)
    if not _sent_before(world, body):
        _deliver(world, message)
    return said


def _right_app(app: App, body: Typed) -> None:
    number = body.number("agentid")
    if number is None:
        raise Refused(40056, "invalid agentid")
    if number != app.agent:
        raise Refused(301002, "agentid is not of this access_token")


def _wanted(world: World, body: Typed) -> list[str]:
    """The members; departments and tags are counted and not modelled."""
    users = [one for one in body.text("touser").split("|") if one]
    for name, most, code in (("toparty", 100, 82002), ("totag", 100, 82003)):
        given = [one for one in body.text(name).split("|") if one]
        if len(given) > most:
            raise Refused(code, f"too many in {name}")
        if given:
            world.complain(f"{name} is not modelled")
    if len(users) > 1000:
        raise Refused(40032, "invalid userid list length")
    if not users:
        raise Refused(82001, "touser & toparty & totag all empty")
    return sorted(one.userid for one in world.members.values()) if users == ["@all"] else users


def _reached(world: World, key: str) -> bool:
    return key in world.members and world.members[key].visible


def _card(world: World, app: App, card: Typed) -> JSON:
    cards.check(card, is_new=True)
    if cards.calls_back(card):
        if not app.calls_back:
            raise Refused(43012, "app needs a callback url")
        named = (app.agent, card.text("task_id"))
        if named in world.task_ids:
            raise Refused(UNKNOWN_CODE["task_id used before"], "task_id used before")
        world.task_ids.add(named)
    return card.held


def _sent_before(world: World, body: Typed) -> bool:
    """The very same JSON within the interval: a success, and nobody gets it."""
    seconds = 1800 if body.number("duplicate_check_interval") is None else body.number("duplicate_check_interval")
    if body.number("enable_duplicate_check") != 1:
        return False
    if seconds is None or not 0 <= seconds <= 14400:
        raise Refused(40058, "invalid duplicate_check_interval")
    same = json.dumps(body.held, sort_keys=True)
    before = world.same.get(same)
    if before is not None and world.clock() - before < seconds:
        return True
    world.same[same] = world.clock()
    return False


def _deliver(world: World, message: Message) -> None:
    """Too many for a member are dropped, and nobody is told."""
    kept = tuple(key for key in message.receivers if _may_get(world, message.app, key))
    lost = tuple(key for key in message.receivers if key not in kept)
    if lost:
        world.dropped += [Message(message.number, message.app, message.kind, message.content, lost, message.at)]
    message.receivers = kept
    world.messages.append(message)


def _may_get(world: World, app: App, key: str) -> bool:
    ages = [world.clock() - one.at for one in world.messages if one.app is app and key in one.receivers]
    return sum(age < MINUTE for age in ages) < PER_MINUTE and sum(age < HOUR for age in ages) < PER_HOUR


def update(world: World, app: App, body: Typed) -> JSON:
    _right_app(app, body)
    body.knows_only(*UPDATING)
    users, everybody = [one.lower() for one in body.texts("userids")], body.number("atall") == 1
    if len(users) > 1000:
        raise Refused(40032, "invalid userid list length")
    if not users and not everybody:
        raise Refused(82101, "update target empty")
    look = _new_look(body)
    code = _code(world, app, body.text("response_code"))
    message = code.message
    changed = list(message.receivers) if everybody else [one for one in users if one in message.receivers]
    if not changed:
        raise Refused(82102, "update target not in the message")
    if "replaced" in look and message.look(changed[0]).get("card_type") in cards.NOTICES:
        raise Refused(42031, "a notice has no buttons to replace")
    code.spent = True
    for key in changed:
        message.looks[key] = {**message.look(key), **look} if "replaced" in look else look
    return {"invaliduser": [one for one in users if one not in message.receivers]}


def _new_look(body: Typed) -> JSON:
    if "template_card" in body:
        card = body.inside("template_card")
        cards.check(card, is_new=False)
        return card.held
    words = body.inside("button").text("replace_name")
    if not words:
        raise Refused(UNKNOWN_CODE["no new look given"], "empty parameter")
    return {"replaced": words}


def _code(world: World, app: App, value: str) -> Code:
    code = world.codes.get(value)
    if code is not None and code.message.app is not app:
        raise Refused(42015, "the card is another app's")
    if code is None or code.spent or world.clock() - code.at > CODE_SECONDS:
        raise Refused(60140, "invalid response_code, maybe expired")
    return code


def recall(world: World, app: App, body: Typed) -> JSON:
    body.knows_only("msgid")
    message = next((one for one in world.messages if one.number == body.text("msgid")), None)
    if message is not None and message.app is not app:
        raise Refused(40058, "the message is another app's")
    if message is None or world.clock() - message.at > 24 * HOUR:
        raise Refused(42052, "msgid too old")
    message.recalled = True
    return {}
