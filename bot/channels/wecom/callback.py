"""The address at which WeCom calls: it proves who it is, what it says is kept, then answered with 200 and nothing.

What comes back within five seconds is not sent again; an answer to a pressed button would be ignored anyway.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import structlog
from defusedxml.ElementTree import fromstring
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.channels.called import NotYet, whole_body
from bot.channels.wecom.crypto import LARGEST_ENCRYPTED, Crypto, CryptoError, Signed

log = structlog.get_logger()

PATH = "/wecom/callback"
# The envelope around what is encrypted takes a few hundred.
LARGEST_BYTES = LARGEST_ENCRYPTED + 10_000
DEEPEST = 8
# What tells one event from another: two presses of one person may fall into the same second. The last four tell
# apart what the directory says of its members and departments.
IDENTITY = (
    *("FromUserName", "CreateTime", "Event", "EventKey", "TaskId"),
    *("ChangeType", "UserID", "Id", "TagId"),
)

Take = Callable[[dict[str, Any]], Awaitable[None]]


class Unparsed(Exception):
    """XML that WeCom does not write: broken, with entities or a DTD, too deep, or of another kind."""


def callback_route(crypto: Crypto, take: Take) -> Route:
    """`take` returns once what it was given is durable, or raises NotYet; what comes again changes nothing.

    What it is given is WeCom's XML as a dict, see `fields`.
    """

    async def called(request: Request) -> Response:
        try:
            return await (_verified(request, crypto) if request.method == "GET" else _taken(request, crypto, take))
        except CryptoError as error:
            # Whoever has just written another token or key at WeCom looks for this.
            log.info("wecom callback refused", failure=str(error))
            return PlainTextResponse(f"only WeCom calls here: {error}", 403)
        except Unparsed as error:
            return PlainTextResponse(f"not WeCom's XML: {error}", 400)
        except NotYet:
            return PlainTextResponse("not ready yet", 503)

    return Route(PATH, called, methods=["GET", "POST"])


async def _verified(request: Request, crypto: Crypto) -> Response:
    """The plain words of what WeCom encrypted, without a quote or a line break more."""
    # A proxy that decodes once too often turns each plus into a space, which base64 does not have.
    echo = request.query_params.get("echostr", "").replace(" ", "+")
    return PlainTextResponse(crypto.opened(echo, _signed(request)))


async def _taken(request: Request, crypto: Crypto, take: Take) -> Response:
    body = await whole_body(request, most=LARGEST_BYTES)
    if body is None:
        return PlainTextResponse("too large for a message", 413)
    encrypted = fields(body).get("Encrypt")
    if not isinstance(encrypted, str):
        raise Unparsed("nothing encrypted in it")
    await take(fields(crypto.opened(encrypted, _signed(request))))
    return Response(status_code=200)


def _signed(request: Request) -> Signed:
    given = request.query_params
    return Signed(given.get("msg_signature", ""), given.get("timestamp", ""), given.get("nonce", ""))


def fields(xml: str | bytes) -> dict[str, Any]:
    """WeCom's XML as a dict: texts, dicts, and lists of what stands there more than once. Raises Unparsed."""
    try:
        root = fromstring(xml, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except (ParseError, ValueError, LookupError) as error:
        # Its own words may repeat what somebody said.
        raise Unparsed(type(error).__name__) from None
    if root.tag != "xml":
        raise Unparsed("another root")
    held = _value(root, DEEPEST)
    return held if isinstance(held, dict) else {}


def _value(element: Element, deepest: int) -> str | dict[str, Any]:
    if not len(element):
        return element.text or ""
    if not deepest:
        raise Unparsed("too deep")
    held: dict[str, list[Any]] = {}
    for child in element:
        held.setdefault(child.tag, []).append(_value(child, deepest - 1))
    return {tag: values if len(values) > 1 else values[0] for tag, values in held.items()}


def event_id(said: Mapping[str, Any]) -> str:
    """What is the same when WeCom says it again, within 64 characters: a message's number; of events what they are."""
    number = said.get("MsgId")
    if isinstance(number, str) and number.isascii() and number.isdigit() and len(number) <= 20:
        return number
    same = json.dumps([said.get(name) for name in IDENTITY] if number is None else ["MsgId", number])
    return f"event-{hashlib.sha256(same.encode()).hexdigest()[:48]}"
