"""Who may talk to the web chat: hosts, origins, sessions, and whose person somebody is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.texts import plain, text

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
COOKIE = "qiantai"
SESSION_SECONDS = 180 * 24 * 3600
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
}


class Problem(Exception):
    """A request that cannot be answered: an HTTP status and a text key, which is the error's code too."""

    def __init__(self, status: int, code: str, **values: object) -> None:
        super().__init__(code)
        self.status, self.code, self.values = status, code, values

    def response(self) -> Response:
        words = plain(text(f"webchat.{self.code}", **self.values))
        return JSONResponse({"error": {"code": self.code, "text": words}}, self.status)


def _host(netloc: str) -> str:
    name, colon, port = netloc.rpartition(":")
    return (name if colon and port.isdigit() else netloc).lower()


class Guard:
    """Refuses foreign hosts (DNS rebinding) and foreign origins (other sites' pages) before anything is read."""

    def __init__(self, app: ASGIApp, public_url: str = "") -> None:
        self._app = app
        public = urlsplit(public_url).netloc
        self._hosts = LOOPBACK | ({_host(public)} if public else frozenset())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        try:
            self._check(request)
        except Problem as problem:
            await problem.response()(scope, receive, send)
            return
        await self._app(scope, receive, partial(_with_headers, send))

    def _check(self, request: Request) -> None:
        host = request.headers.get("host", "")
        if _host(host) not in self._hosts:
            raise Problem(403, "foreign_host")
        origin = request.headers.get("origin")
        if (
            request.method not in ("GET", "HEAD")
            and origin is not None
            and urlsplit(origin).netloc.lower() != host.lower()
        ):
            raise Problem(403, "foreign_origin")


async def _with_headers(send: Send, message: dict[str, object]) -> None:
    if message["type"] == "http.response.start":
        headers = message.setdefault("headers", [])
        known = {name.lower() for name, _ in headers}  # type: ignore[attr-defined]
        added = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
        headers.extend(pair for pair in added if pair[0] not in known)  # type: ignore[attr-defined]
    await send(message)


@dataclass(frozen=True)
class Sessions:
    """Whose session a request is; in the demo anybody may be anybody."""

    secret: str
    demo: bool

    def _signer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.secret, salt="web chat session")

    def cookie(self, staff_key: str) -> str:
        return str(self._signer().dumps(staff_key))

    def person(self, request: Request) -> str | None:
        """The staff key that this session belongs to."""
        try:
            return str(self._signer().loads(request.cookies.get(COOKIE, ""), max_age=SESSION_SECONDS))
        except BadSignature:
            return None

    def check(self, request: Request, wanted: str) -> None:
        """Raises Problem unless the request may speak and read as `wanted`."""
        if self.demo:
            return
        person = self.person(request)
        if person is None:
            raise Problem(401, "no_session")
        if person != wanted:
            raise Problem(403, "not_this_person")
