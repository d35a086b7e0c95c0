"""What WeCom answers: a failure only if it says so, and what each answer holds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

import httpx
import structlog
from pydantic import BaseModel, ValidationError

from bot.channels.wecom.errors import EMPTY_MEDIA, WeComError
from bot.talk import File

log = structlog.get_logger()

JSON = Mapping[str, Any]
Model = TypeVar("Model", bound=BaseModel)

CONNECT_SECONDS = 5
# In an answer that is no failure: a field had the wrong type and was overlooked.
OVERLOOKED = "Warning: wrong json format"


class Answer(BaseModel):
    errcode: int = 0
    errmsg: str = ""


class TokenAnswer(BaseModel):
    access_token: str
    expires_in: int


class SendAnswer(BaseModel):
    msgid: str = ""
    response_code: str = ""
    invaliduser: str | None = ""
    unlicenseduser: str | None = ""


class UpdateAnswer(BaseModel):
    invaliduser: Sequence[str] | None = ()


class UploadAnswer(BaseModel):
    media_id: str


class User(BaseModel):
    """A member as the app sees them; `status` is 1 active, 2 disabled, 4 not activated, 5 left."""

    userid: str
    name: str = ""
    status: int = 1


class UsersAnswer(BaseModel):
    userlist: Sequence[User] = ()


class Department(BaseModel):
    id: int


class DepartmentsAnswer(BaseModel):
    department: Sequence[Department] = ()


class AppAnswer(BaseModel):
    close: int = 0


class GroupInfo(BaseModel):
    """A group that the app made; its name may have been changed there, and its people."""

    name: str = ""
    userlist: Sequence[str] = ()


class GroupAnswer(BaseModel):
    chat_info: GroupInfo


async def uploaded(file: File, ask: Callable[[JSON], Awaitable[bytes]]) -> str:
    """The media_id that `ask` is answered with; a name that WeCom cannot read is given in plain letters."""
    try:
        return await _uploaded_as(file.name, file, ask)
    except WeComError as error:
        if error.code != EMPTY_MEDIA or file.name.isascii():
            raise
    return await _uploaded_as(_plain_name(file.name), file, ask)


async def _uploaded_as(name: str, file: File, ask: Callable[[JSON], Awaitable[bytes]]) -> str:
    return parsed(await ask({"media": (name, file.content, file.media_type)}), UploadAnswer).media_id


def patience_of(seconds: float) -> httpx.Timeout:
    return httpx.Timeout(seconds, connect=CONNECT_SECONDS, pool=CONNECT_SECONDS)


def checked(path: str, answer: httpx.Response, content: bytes | None = None) -> bytes:
    """The answer's body, which may have been read already, unless it is a failure."""
    answer.raise_for_status()
    content = answer.content if content is None else content
    said = parsed(content, Answer)
    if said.errcode:
        raise WeComError(said.errcode, said.errmsg)
    if OVERLOOKED in said.errmsg:
        log.error("wecom overlooked a part of a request", kind=path)
    return content


def parsed(answer: bytes, model: type[Model]) -> Model:
    try:
        return model.model_validate_json(answer)
    except ValidationError:
        # As with an answer that broke off, nobody knows what was done.
        raise httpx.RemoteProtocolError("not an answer of WeCom's") from None


def named(users: str | None) -> frozenset[str]:
    return frozenset(user for user in (users or "").lower().split("|") if user)


def _plain_name(name: str) -> str:
    """`file.xlsx` for 报价单.xlsx."""
    stem, dot, ending = name.rpartition(".")
    plain = "".join(one for one in (stem if dot else name) if one.isascii() and (one.isalnum() or one in "-_ "))
    return f"{plain.strip() or 'file'}.{ending}" if dot and ending.isascii() and ending.isalnum() else plain or "file"
