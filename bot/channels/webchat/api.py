"""The web chat's API (docs/web-chat.md): what is said is stored with its echo before it is answered 202."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import Annotated, Any, Protocol, TypeVar
from urllib.parse import quote
from zoneinfo import ZoneInfo

from markupsafe import escape
from pydantic import BaseModel, Field, ValidationError
from sqlmodel import Session
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels.webchat.channel import ACCOUNT, NAME, WebChat, group_chat, private_chat
from bot.channels.webchat.guard import Problem, Sessions
from bot.clock import Clock
from bot.failpoints import failpoint
from bot.talk import PRIVATE, Incoming, Said
from bot.texts import plain, text
from storage import inbox, staff, webchat
from storage.database import Database
from storage.inbox import InboxState

MENTION = "@前台"
LONGEST_TEXT_BYTES = 128 * 1024
LARGEST_FILE_BYTES = 20 * 1024 * 1024
LARGEST_JSON_BYTES = 1024 * 1024
LONGEST_WAIT_SECONDS = 25.0
RECEIPTS = {InboxState.WAITING: "pending", InboxState.DONE: "done", InboxState.PARKED: "parked"}

Key = Annotated[str, Field(min_length=1, max_length=64)]
Id = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[\x21-\x7e]+$")]


class Body(BaseModel):
    who: Key = Field(alias="as")
    chat: Key
    id: Id


class Typed(Body):
    text: str = Field(min_length=1)


class Pressed(Body):
    message: Key
    action: str = Field(min_length=1, max_length=200)


AnyBody = TypeVar("AnyBody", bound=BaseModel)


class Intake(Protocol):
    """The desk, as far as this channel needs it: keep an event in a transaction, whose bell lets its lane handle it."""

    def keep(self, incoming: Incoming, session: Session) -> str | None: ...


class SaidBefore(Exception):
    """An event with this id was kept before; nothing is kept again."""

    def __init__(self, *, same: bool) -> None:
        super().__init__("same" if same else "other")
        self.same = same


@dataclass(frozen=True)
class Seat:
    """Somebody at a conversation: the staff key, the chat as the API names it, and its key in the tables."""

    person: str
    chat: str
    table_key: str
    store_id: int


@dataclass(frozen=True)
class Api:
    """The handlers of the routes, and what they need."""

    database: Database
    clock: Clock
    channel: WebChat
    intake: Intake
    sessions: Sessions
    zone_of: Callable[[Session, int], ZoneInfo]

    async def messages(self, request: Request) -> Response:
        if request.method == "POST":
            body = await read_json(request, Typed)
            if len(body.text.encode("utf-8", "surrogatepass")) > LONGEST_TEXT_BYTES:
                raise Problem(413, "text_too_long")
            seat = await self._seat(request, body.who, body.chat)
            return await self._accept(seat, body.id, partial(_say, seat, body, self.clock))
        return await self._read(request)

    async def presses(self, request: Request) -> Response:
        body = await read_json(request, Pressed)
        seat = await self._seat(request, body.who, body.chat)
        return await self._accept(seat, body.id, partial(_press, seat, body))

    async def files(self, request: Request) -> Response:
        if int(request.headers.get("content-length") or 0) > LARGEST_FILE_BYTES + LARGEST_JSON_BYTES:
            raise Problem(413, "file_too_large")
        async with request.form(max_files=1, max_fields=10) as form:
            upload = form.get("file")
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
            if not isinstance(upload, UploadFile):
                raise Problem(400, "bad_request", problem="file")
            content = await upload.read(LARGEST_FILE_BYTES + 1)
            name = PurePosixPath((upload.filename or "file").replace("\\", "/")).name[:120] or "file"
        if len(content) > LARGEST_FILE_BYTES:
            raise Problem(413, "file_too_large")
        body = _parsed(Body, fields)
        seat = await self._seat(request, body.who, body.chat)
        return await self._accept(seat, body.id, partial(_attach, seat, body.id, name, content, self.clock))

    async def file(self, request: Request) -> Response:
        found = await self.database.read(partial(webchat.file, file_id=int(request.path_params["id"])))
        if found is None or not await self.database.read(partial(self._may_read, request, found.chat)):
            raise Problem(404, "unknown_message")
        return Response(
            found.content,
            media_type="application/octet-stream",
            headers={"Content-Disposition": f"attachment; filename*=UTF-8''{_quoted(found.name)}"},
        )

    async def receipt(self, request: Request) -> Response:
        who = request.query_params.get("as", "")
        await self._seat(request, who, PRIVATE)
        event_id = f"{who}:{request.path_params['id']}"
        event = await self.database.read(partial(inbox.find, channel=NAME, account=ACCOUNT, event_id=event_id))
        if event is None:
            raise Problem(404, "unknown_receipt")
        return JSONResponse({"state": RECEIPTS[InboxState(event.state)]})

    async def _read(self, request: Request) -> Response:
        query = request.query_params
        seat = await self._seat(request, query.get("as", ""), query.get("chat", PRIVATE))
        after, wait = _number(query.get("after", "0")), min(_number(query.get("wait", "0")), LONGEST_WAIT_SECONDS)
        with self.channel.listening(seat.table_key) as changed:
            found = await self.database.read(partial(self._page, seat, int(after)))
            if not found and wait and await _happens(changed, wait):
                found = await self.database.read(partial(self._page, seat, int(after)))
        return JSONResponse({"messages": found})

    def _page(self, seat: Seat, after: int, session: Session) -> list[dict[str, Any]]:
        found = webchat.page(session, seat.table_key, after=after)
        if not found:
            return []
        zone = self.zone_of(session, seat.store_id)
        return [
            webchat.as_json(message, webchat.file(session, message.file_id) if message.file_id else None, zone)
            for message in found
        ]

    async def _seat(self, request: Request, who: str, chat: str) -> Seat:
        self.sessions.check(request, who)
        return await self.database.read(partial(self._find_seat, who, chat))

    def _find_seat(self, who: str, chat: str, session: Session) -> Seat:
        person = staff.by_key(session, who)
        if person is None or not person.active:
            raise Problem(404, "unknown_person")
        if chat == PRIVATE:
            return Seat(who, chat, private_chat(who), person.store_id)
        group = staff.group_at(session, channel=NAME, account=ACCOUNT, address=chat)
        if group is None or group.store_id != person.store_id:
            raise Problem(404, "unknown_chat")
        return Seat(who, chat, group_chat(chat), person.store_id)

    def _may_read(self, request: Request, chat: str, session: Session) -> bool:
        if self.sessions.demo:
            return True
        key = self.sessions.person(request)
        person = staff.by_key(session, key) if key else None
        if person is None or not person.active:
            return False
        groups = [group_chat(one.address) for one in staff.groups_of(session, person.store_id) if one.channel == NAME]
        return chat in (private_chat(person.key), *groups)

    async def _accept(self, seat: Seat, event: str, say: Callable[[Session], Incoming]) -> Response:
        """One transaction keeps the event and its echo; then it is answered, then handled."""
        try:
            await self.database.write(partial(self._keep, seat, f"{seat.person}:{event}", say), first=True)
        except SaidBefore as before:
            if not before.same:
                raise Problem(409, "same_id") from None
            return JSONResponse({}, 202)
        failpoint("stored not acknowledged")
        return JSONResponse({}, 202)

    def _keep(self, seat: Seat, event_id: str, say: Callable[[Session], Incoming], session: Session) -> None:
        find = partial(inbox.find, channel=NAME, account=ACCOUNT, event_id=event_id)
        before = find(session)
        incoming = say(session)
        if before is None and self.intake.keep(incoming, session) is not None:
            return
        # Kept before, perhaps by another process in this instant: the echo of what was said is not kept again either.
        before = before or find(session)
        raise SaidBefore(same=before is not None and before.payload == incoming.payload())


async def _happens(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False


def _incoming(seat: Seat, event: str, kind: Said, **said: Any) -> Incoming:
    return Incoming(
        channel=NAME,
        account=ACCOUNT,
        event_id=f"{seat.person}:{event}",
        sender=seat.person,
        chat=seat.chat,
        kind=kind,
        **said,
    )


def _say(seat: Seat, body: Typed, clock: Clock, session: Session) -> Incoming:
    """What was typed, and its echo on the page."""
    said = _storable(body.text)
    webchat.post(session, chat=seat.table_key, sender=seat.person, text=said, html=_escaped(said), at=clock.now())
    addressed = seat.chat == PRIVATE or MENTION in said
    return _incoming(seat, body.id, Said.TEXT, text=said.replace(MENTION, " "), addressed=addressed)


def _press(seat: Seat, body: Pressed, session: Session) -> Incoming:
    shown = webchat.get(session, _message_id(body.message))
    if shown is None or shown.chat != seat.table_key:
        raise Problem(404, "unknown_message")
    return _incoming(seat, body.id, Said.PRESS, action=body.action, message=body.message)


def _attach(seat: Seat, event: str, name: str, content: bytes, clock: Clock, session: Session) -> Incoming:
    kept = webchat.keep_file(session, chat=seat.table_key, name=_storable(name), content=content)
    words = text("webchat.file_message", name=kept.name)
    webchat.post(
        session, chat=seat.table_key, sender=seat.person, text=plain(words), html=words, at=clock.now(), file_id=kept.id
    )
    private = seat.chat == PRIVATE
    # What a group does not say to the bot is not kept.
    called = kept.name if private else ""
    return _incoming(seat, event, Said.FILE, file=kept.sha256, text=kept.name, file_name=called, addressed=private)


async def read_json(request: Request, model: type[AnyBody]) -> AnyBody:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Problem(415, "not_json")
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > LARGEST_JSON_BYTES:
            raise Problem(413, "text_too_long")
    try:
        return model.model_validate_json(bytes(raw))
    except ValidationError as error:
        raise Problem(400, "bad_request", problem=_where(error)) from None


def _parsed(model: type[AnyBody], fields: dict[str, Any]) -> AnyBody:
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise Problem(400, "bad_request", problem=_where(error)) from None


def _where(error: ValidationError) -> str:
    wrong = error.errors(include_url=False, include_context=False, include_input=False)[0]
    return ".".join(str(part) for part in wrong["loc"]) or "JSON"


def _number(written: str) -> float:
    try:
        value = float(written)
    except ValueError:
        raise Problem(400, "bad_request", problem="after, wait") from None
    if not 0 <= value < 2**62:
        raise Problem(400, "bad_request", problem="after, wait")
    return value


def _message_id(written: str) -> int:
    digits = written.removeprefix("m")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else 0


def _storable(said: str) -> str:
    """Without what a database cannot keep (NUL, lone surrogates)."""
    return said.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _escaped(said: str) -> str:
    return str(escape(said)).replace("\n", "<br>")


def _quoted(name: str) -> str:
    return quote(name, safe="")


def answered(handler: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def answered(request: Request) -> Response:
        try:
            return await handler(request)
        except Problem as problem:
            return problem.response()

    return answered


def routes(api: Api) -> list[Route]:
    """The web chat's routes."""
    return [
        Route("/api/chat/messages", answered(api.messages), methods=["GET", "POST"]),
        Route("/api/chat/presses", answered(api.presses), methods=["POST"]),
        Route("/api/chat/files", answered(api.files), methods=["POST"]),
        Route("/api/chat/files/{id:int}", answered(api.file)),
        Route("/api/chat/receipts/{id}", answered(api.receipt)),
    ]
