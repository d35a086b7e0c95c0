"""What a bot may ask for once it has subscribed, as the documentation has it: the checks of messages and cards."""

from __future__ import annotations

from tests.wecom import cards
from tests.wecom.refusals import JSON, Refused
from tests.wecom.typed import Typed
from tests.wecom_bot.refusals import UNKNOWN_CODE
from tests.wecom_bot.things import Callback, Chat, Stream
from tests.wecom_bot.world import World

LONGEST_MARKDOWN = 20480
ANSWERABLE_SECONDS = 24 * 3600
EVENT_SECONDS = 5
STREAM_SECONDS = 6 * 60
FILES = ("file", "image", "voice", "video")


def send(world: World, number: str, body: Typed) -> JSON:
    """To a chat in which somebody has spoken."""
    kind = body.text("msgtype")
    body.knows_only("chatid", "chat_type", "msgtype", kind)
    if "chat_type" in body and body.number("chat_type") not in (1, 2):
        body.overlooked.append("chat_type is not 1 or 2")
    chat = world.chat_named(body.text("chatid"))
    _say(world, chat, kind, body)
    return {}


def respond(world: World, number: str, body: Typed) -> JSON:
    """An answer to a message, by its req_id, for a day; that of an event does not do."""
    told = world.callbacks.get(number)
    if told is None or world.clock() - told.at > ANSWERABLE_SECONDS:
        raise Refused(846604, "req_id is unknown or has expired")
    if told.event:
        raise Refused(846605, "req_id is not that of a message")
    kind = body.text("msgtype")
    body.knows_only("msgtype", kind)
    if kind == "stream":
        return _stream(world, told, body.inside("stream"))
    _say(world, told.chat, kind, body)
    return {}


def welcome(world: World, number: str, body: Typed) -> JSON:
    told = _event(world, number, "enter_chat")
    kind = body.text("msgtype")
    body.knows_only("msgtype", kind)
    if kind == "text":
        world.say(told.chat, "text", {"content": _words(body.inside("text"))})
    else:
        _say(world, told.chat, kind, body)
    told.spent = True
    return {}


def update(world: World, number: str, body: Typed) -> JSON:
    """The card that was pressed, within five seconds, once, for everybody or for some of a group."""
    body.knows_only("response_type", "userids", "template_card")
    told = _event(world, number, "template_card_event")
    if body.text("response_type") != "update_template_card":
        raise Refused(40008, "invalid response_type")
    card = body.inside("template_card")
    assert told.card is not None
    if card.text("task_id") != told.card.content["task_id"]:
        raise Refused(UNKNOWN_CODE["another card's task_id"], "task_id does not match")
    _check_card(card, is_new=False)
    world.count(told.chat)
    told.spent = True
    if "userids" in body:
        told.card.looks |= dict.fromkeys(body.texts("userids"), card.held)
    else:
        told.card.content, told.card.looks = card.held, {}
    return {}


def _event(world: World, number: str, kind: str) -> Callback:
    told = world.callbacks.get(number)
    if told is None or told.event != kind or told.spent:
        raise Refused(846605, f"req_id is not that of a {kind}")
    if world.clock() - told.at > EVENT_SECONDS:
        raise Refused(846604, "req_id has expired")
    return told


def _say(world: World, chat: Chat, kind: str, body: Typed) -> None:
    inside = body.inside(kind)
    if kind == "markdown":
        inside.knows_only("content")
        world.say(chat, kind, {"content": _words(inside)})
    elif kind == "template_card":
        _check_card(inside, is_new=True)
        _new_task(world, inside.text("task_id"))
        world.say(chat, kind, inside.held)
    elif kind in FILES:
        media = world.medium(inside.text("media_id"), kind)
        world.say(chat, kind, {"name": media.name, "media_id": inside.text("media_id")})
    else:
        raise Refused(40008, "invalid message type")


def _words(inside: Typed) -> str:
    found = inside.text("content")
    if not found.strip():
        raise Refused(UNKNOWN_CODE["empty content"], "empty content")
    if len(found.encode(errors="surrogatepass")) > LONGEST_MARKDOWN:
        raise Refused(UNKNOWN_CODE["too long"], "content too long")
    return found


def _check_card(card: Typed, *, is_new: bool) -> None:
    """As an app's, but nothing jumps from a button and no file hangs on a line."""
    cards.check(card, is_new=is_new)
    for button in card.each("button_list"):
        button.knows_only("text", "style", "key")
    if any(one.number("type") == 2 for one in card.each("horizontal_content_list")):
        raise Refused(42029, "a bot's card has no files")


def _new_task(world: World, task_id: str) -> None:
    if task_id in world.task_ids:
        raise Refused(UNKNOWN_CODE["task_id used before"], "task_id used before")
    world.task_ids |= {task_id} - {""}


def _stream(world: World, told: Callback, given: Typed) -> JSON:
    """The whole of what was said so far each time; it counts once."""
    given.knows_only("id", "finish", "content", "feedback")
    name, words = given.text("id"), _words(given)
    if name not in world.streams:
        message = world.say(told.chat, "stream", {"content": words})
        world.streams[name] = Stream(told.number, world.clock(), message)
    stream = world.streams[name]
    if stream.number != told.number or stream.finished:
        raise Refused(UNKNOWN_CODE["stream has ended"], "the stream has ended or is another's")
    if world.clock() - stream.began > STREAM_SECONDS:
        raise Refused(846608, "stream has expired")
    stream.message.content = {"content": words}
    stream.finished = given.held.get("finish") is True
    return {}
