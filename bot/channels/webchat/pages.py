"""The page of the web chat, its files, and the one-time links that bind a browser to a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.channels.webchat.channel import ACCOUNT, NAME
from bot.channels.webchat.guard import COOKIE, SESSION_SECONDS, Sessions
from bot.clock import Clock
from bot.texts import TEMPLATES, environment, plain, text
from storage import invites, staff, stores
from storage.database import Database
from storage.staff import Contact, Staff

# The chat becomes that person's, invited by whom; they are welcomed there.
LetIn = Callable[[Session, Contact, Staff, int | None], None]
STATIC = {"chat.js": "text/javascript", "chat.css": "text/css"}


@dataclass(frozen=True)
class Pages:
    """The handlers of the pages, and what they need."""

    database: Database
    clock: Clock
    sessions: Sessions
    let_in: LetIn

    async def chat(self, request: Request) -> Response:
        me = None if self.sessions.demo else self.sessions.person(request)
        if me is None and not self.sessions.demo:
            return self._page("nobody.html", status=401)
        boot = await self.database.read(partial(self._boot, me))
        return self._page("chat.html", boot=boot) if boot else self._page("nobody.html", status=401)

    async def static(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in STATIC:
            return Response(status_code=404)
        return Response((TEMPLATES / "web" / name).read_bytes(), media_type=STATIC[name])

    async def join(self, request: Request) -> Response:
        """GET shows whose link it is, POST binds; a preview of the link uses nothing up."""
        token = request.path_params["token"]
        if request.method != "POST":
            who = await self.database.read(partial(self._invited, token))
            return self._page("join.html", name=who, status=200 if who else 404)
        person = await self.database.write(partial(self._bind, token))
        if person is None:
            return self._page("join.html", name="", status=404)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(
            COOKIE,
            self.sessions.cookie(person),
            max_age=SESSION_SECONDS,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return answer

    def _page(self, page: str, *, status: int = 200, **values: Any) -> Response:
        return HTMLResponse(environment().get_template(f"web/{page}").render(**values), status)

    def _boot(self, me: str | None, session: Session) -> dict[str, Any] | None:
        person = staff.by_key(session, me) if me else None
        if me and (person is None or not person.active):
            return None
        store = stores.get(session, person.store_id) if person else next(iter(stores.all_stores(session)), None)
        if store is None:
            return None
        everybody = staff.of_store(session, store.id)
        shown = [person] if person else everybody
        groups = [one for one in staff.groups_of(session, store.id) if one.channel == NAME and one.account == ACCOUNT]
        return {
            "store_name": store.name,
            "people": [{"key": one.key, "name": one.name, "role_title": _title(one)} for one in shown],
            "names": {one.key: one.name for one in everybody},
            "groups": [{"key": one.address, "name": one.name} for one in groups],
            "me": me,
            "demo": self.sessions.demo,
        }

    def _invited(self, token: str, session: Session) -> str:
        invite = invites.still_open(session, token, now=self.clock.now())
        return staff.get(session, invite.staff_id).name if invite else ""

    def _bind(self, token: str, session: Session) -> str | None:
        person = invites.use(session, token, now=self.clock.now())
        if person is None:
            return None
        known = invites.find(session, token)
        contact = staff.contact(session, channel=NAME, account=ACCOUNT, address=person.key)
        self.let_in(session, contact, person, known.invited_by_id if known else None)
        return person.key


def _title(person: Staff) -> str:
    return "、".join(plain(text(f"staff.role_{role}")) for role in person.roles)


def page_routes(pages: Pages, *, joining: bool) -> list[Route]:
    """The routes of the page; `joining` where people come by link."""
    links = [Route("/join/{token}", pages.join, methods=["GET", "POST"])] if joining else []
    return [Route("/", pages.chat), Route("/static/{name}", pages.static), *links]
