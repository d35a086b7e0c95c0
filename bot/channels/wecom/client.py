"""WeCom's API for one app: a token that is renewed once when it dies, and every answer looked at for who was missed."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import PurePosixPath
from types import TracebackType
from typing import Self, TypeVar

import httpx

from bot.channels.wecom.answers import (
    JSON,
    AppAnswer,
    DepartmentsAnswer,
    GroupAnswer,
    GroupInfo,
    SendAnswer,
    TokenAnswer,
    UpdateAnswer,
    User,
    UsersAnswer,
    checked,
    named,
    parsed,
    patience_of,
    uploaded,
)
from bot.channels.wecom.errors import DEAD_TOKEN, NOBODY_REACHED, TOO_LARGE_MEDIA, WeComError
from bot.channels.wecom.tokens import Token, Tokens
from bot.talk import File

BASE_URL = "https://qyapi.weixin.qq.com"
ANSWER_SECONDS = 10
FILE_SECONDS = 30
# More than this WeCom hands out only in pieces.
LARGEST_BYTES = 20 * 1024 * 1024
FILE_NAME = re.compile(r'filename="([^"]+)"')


@dataclass(frozen=True)
class App:
    """A self-built app: its corp, its number there, its secret."""

    corp_id: str
    agent_id: int
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Arrived:
    """What became of a message: its number, the code that changes its card once, who did not get it (small letters)."""

    message: str
    response_code: str
    missed: frozenset[str]


T = TypeVar("T")


class Client:
    """Raises WeComError for what WeCom refuses, httpx's errors for what did not come through."""

    def __init__(self, app: App, real: Callable[[], datetime], *, base_url: str = BASE_URL) -> None:
        self.app = app
        self._http = httpx.AsyncClient(
            base_url=base_url,
            timeout=patience_of(ANSWER_SECONDS),
            # Never by a proxy that the environment names for others.
            trust_env=False,
        )
        self._tokens = Tokens(self._fetch_token, real)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._tokens.close()
        await self._http.aclose()

    async def send(self, users: Sequence[str], kind: str, content: JSON) -> Arrived:
        """`content` as WeCom has it for this `kind`. Raises WeComError if none of the users gets it.

        WeCom calls it a success as long as one of them does.
        """
        body = {"touser": "|".join(users), "msgtype": kind, "agentid": self.app.agent_id, kind: content}
        answer = parsed(await self._ask("message/send", body), SendAnswer)
        missed = named(answer.invaliduser) | named(answer.unlicenseduser)
        if all(user.lower() in missed for user in users):
            raise WeComError(NOBODY_REACHED, "nobody of those whom it was for")
        return Arrived(answer.msgid, answer.response_code, missed)

    async def update_card(self, response_code: str, users: Sequence[str], card: JSON) -> frozenset[str]:
        """Shows another card in place of theirs; who did not get it. A code works once, for three days."""
        return await self._update(response_code, users, {"template_card": card})

    async def close_buttons(self, response_code: str, users: Sequence[str], words: str) -> frozenset[str]:
        """Leaves the card as it is, with `words` in place of its buttons; see `update_card`."""
        return await self._update(response_code, users, {"button": {"replace_name": words}})

    async def upload(self, file: File, kind: str = "file") -> str:
        """The media_id, for three days. A name that WeCom cannot read is given in plain letters."""

        async def ask(files: JSON) -> bytes:
            return await self._ask("media/upload", files=files, type=kind)

        return await uploaded(file, ask)

    async def fetch(self, media_id: str) -> File:
        """What a member sent within the last three days."""
        return await self._with_token(partial(self._fetch_media, media_id))

    async def recall(self, message: str) -> None:
        """Takes a message of the last 24 hours back from everybody."""
        await self._ask("message/recall", {"msgid": message})

    async def make_group(self, chat: str, name: str, users: Sequence[str]) -> None:
        """A group of theirs, called `chat` by us for ever; the first of them owns it."""
        await self._ask("appchat/create", {"chatid": chat, "name": name, "owner": users[0], "userlist": list(users)})

    async def group(self, chat: str) -> GroupInfo:
        return parsed(await self._ask("appchat/get", chatid=chat), GroupAnswer).chat_info

    async def change_group(self, chat: str, change: JSON) -> None:
        """`change` as WeCom has it: the name, who is to come, who is to go."""
        await self._ask("appchat/update", {"chatid": chat, **change})

    async def tell_group(self, chat: str, kind: str, content: JSON) -> None:
        """WeCom gives what is said there no number: nothing can be done to it later."""
        await self._ask("appchat/send", {"chatid": chat, "msgtype": kind, kind: content})

    async def set_menu(self, buttons: Sequence[JSON]) -> None:
        """The app's menu; none of them takes it away."""
        agent = str(self.app.agent_id)
        if buttons:
            await self._ask("menu/create", {"button": buttons}, agentid=agent)
        else:
            await self._ask("menu/delete", agentid=agent)

    async def user(self, userid: str) -> User:
        return parsed(await self._ask("user/get", userid=userid), User)

    async def users_of(self, department: int) -> Sequence[User]:
        """Those whom the app sees, without what they are to WeCom; not those of the departments below."""
        return parsed(await self._ask("user/simplelist", department_id=str(department)), UsersAnswer).userlist

    async def departments(self) -> Sequence[int]:
        """All that the app sees."""
        return [one.id for one in parsed(await self._ask("department/list"), DepartmentsAnswer).department]

    async def is_open(self) -> bool:
        """Whether the app is switched on; asks for nothing else."""
        return not parsed(await self._ask("agent/get", agentid=str(self.app.agent_id)), AppAnswer).close

    async def _update(self, response_code: str, users: Sequence[str], what: JSON) -> frozenset[str]:
        body = {"userids": list(users), "agentid": self.app.agent_id, "response_code": response_code, **what}
        answer = parsed(await self._ask("message/update_template_card", body), UpdateAnswer)
        return frozenset(user.lower() for user in answer.invaliduser or ())

    async def _ask(self, path: str, body: JSON | None = None, *, files: JSON | None = None, **query: str) -> bytes:
        """What WeCom answers, to what has neither a body nor files too."""
        method = "GET" if body is None and files is None else "POST"
        patience = patience_of(FILE_SECONDS if files else ANSWER_SECONDS)

        async def ask(token: str) -> bytes:
            asked = {"access_token": token, **query}
            url = f"/cgi-bin/{path}"
            answer = await self._http.request(method, url, params=asked, json=body, files=files, timeout=patience)
            return checked(path, answer)

        return await self._with_token(ask)

    async def _with_token(self, ask: Callable[[str], Awaitable[T]]) -> T:
        """A dead token is renewed once, and asked with once more: what was asked with it was not carried out."""
        token = await self._tokens.current()
        try:
            return await ask(token)
        except WeComError as error:
            if error.code not in DEAD_TOKEN:
                raise
        try:
            return await ask(await self._tokens.instead_of(token))
        except WeComError as error:
            if error.code in DEAD_TOKEN:
                # It dies as soon as it is born: asking for more of them would only get us blocked.
                self._tokens.refused(error)
            raise

    async def _fetch_media(self, media_id: str, token: str) -> File:
        asked = {"access_token": token, "media_id": media_id}
        way = self._http.stream("GET", "/cgi-bin/media/get", params=asked, timeout=patience_of(FILE_SECONDS))
        async with way as answer:
            content = bytearray()
            async for chunk in answer.aiter_bytes():
                content += chunk
                if len(content) > LARGEST_BYTES:
                    raise WeComError(TOO_LARGE_MEDIA, "more than 20 MB")
        named = FILE_NAME.search(answer.headers.get("content-disposition", ""))
        if named is None:
            # What is no file is a refusal.
            checked("media/get", answer, bytes(content))
            raise httpx.RemoteProtocolError("no file")
        name = PurePosixPath(named[1].replace("\\", "/")).name or media_id
        return File(name, bytes(content), answer.headers.get("content-type", "application/octet-stream"))

    async def _fetch_token(self) -> Token:
        asked = {"corpid": self.app.corp_id, "corpsecret": self.app.secret}
        try:
            answer = checked("gettoken", await self._http.get("/cgi-bin/gettoken", params=asked))
            given = parsed(answer, TokenAnswer)
        except httpx.TransportError as error:
            # Whatever the token was for did not leave.
            raise httpx.ConnectError("no token") from error
        return Token(given.access_token, given.expires_in)
