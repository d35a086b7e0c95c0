"""Wires everything: the only file that knows everything."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import structlog
from sqlmodel import Session
from starlette.applications import Starlette
from starlette.types import ASGIApp

from bot import approvals, cards
from bot.channels import webchat
from bot.clock import Clock, monotonic_seconds
from bot.desk import Desk
from bot.feature import Scene, spelled
from bot.handlers import FEATURES, calendar, files_keeping, people_groups, people_joining, rulebook
from bot.handlers.customers_forgetting import Retention
from bot.notices import as_content
from bot.platforms import House, platforms, robots_group
from bot.reach import Reach
from bot.scheduler.delivery import Delivery
from bot.scheduler.fetching import Fetching
from bot.scheduler.housekeeping import NightlyBackup, look_after, tidy
from bot.scheduler.reminders import Bell
from bot.scheduler.timetable import StillBusy, Timetable
from bot.settings import Settings
from bot.storefile import Loaded, StoreFile, load_store
from bot.stores import open_store
from bot.talk import Channel
from bot.texts import plain
from bot.web.health import health_route
from bot.web.home import home_route
from storage import files, health, invites, keeping, meta, outbox, staff, stores
from storage.database import Database
from storage.staff import Contact, Staff

log = structlog.get_logger()

CLOCK = "clock"
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
# A channel that ran this long was well: when it breaks, that is a new trouble.
HEALTHY_SECONDS = 60.0
SECRET = "web chat secret"


@dataclass
class App:
    """A running front desk: its parts, for the command line and for tests."""

    database: Database
    clock: Clock
    desk: Desk
    delivery: Delivery
    fetching: Fetching
    timetable: Timetable
    web_chat: webchat.WebChat
    channels: tuple[Channel, ...]
    web: ASGIApp
    figures: ASGIApp | None


def scene_at(session: Session, store_id: int, now: datetime) -> Scene:
    return open_store(session, store_id, now, FEATURES)


def load(
    session: Session,
    file: StoreFile,
    now: datetime,
    *,
    since: datetime | None = None,
    demo: bool = False,
    web_chat: bool = True,
) -> Loaded:
    """Stores the store's file; what waits for an answer is looked at again: people and rules may be others now.

    New rules hold from `since` (now, if not given): what is open follows them, whom it concerns is told.
    """
    loaded = load_store(session, file, now=now, since=since, web_chat=web_chat)
    scene = scene_at(session, loaded.store_id, now)
    rulebook.supersede(scene, loaded.superseded)
    if loaded.rules is not None:
        rulebook.begin(scene, loaded.rules)
    approvals.look_again(scene)
    scene.keep_watch()
    if not demo:
        calendar.watch(scene)
    return loaded


def foreseen(
    session: Session, file: StoreFile, now: datetime, *, since: datetime | None = None
) -> tuple[Loaded, list[tuple[str, str]]]:
    """What loading would change, and who would hear what, at the moment from which the rules hold.

    Everything is done and told as it will be: the caller must not commit it.
    """
    at = max(now, since or now)
    loaded = load_store(session, file, now=now, since=since)
    if loaded.rules is not None:
        rulebook.begin(scene_at(session, loaded.store_id, at), loaded.rules)
    rows = outbox.sends_made_at(session, loaded.store_id, at)
    return loaded, [heard for row in rows if (heard := _heard_by(session, row, at))]


def _heard_by(session: Session, row: outbox.Outbox, at: datetime) -> tuple[str, str] | None:
    """Whose chat it is, and what would stand there."""
    shown = cards.show(session, row, at, FEATURES)
    kind, _, key = row.recipient.partition(":")
    reader = staff.get(session, int(key)).name if kind == "staff" else staff.group_name(session, int(key))
    return (reader, plain(shown.message.markup)) if shown else None


@asynccontextmanager
async def running(settings: Settings, database: Database, *, demo: bool) -> AsyncIterator[App]:
    """The front desk at work, until the block ends; what is in hand then waits in the database."""
    clock = Clock(await database.write(partial(demo_ahead, settings))) if demo else Clock()
    app = build(settings, database, clock, demo=demo, secret=await database.write(partial(_secret, settings)))
    await database.write(partial(invites.keep_only_bot, account=settings.telegram_account()))
    await database.write(partial(people_groups.keep_robots_group, to=robots_group(settings), now=clock.now()))
    database.listen(partial(_heard, app))
    if database.dialect == "sqlite":
        # One process has this file, so whatever was in flight died with the one before.
        await database.write(outbox.release_leases)
        await database.write(files.release)
        await database.write(keeping.release)
    working = [asyncio.create_task(app.timetable.run())]
    working += [asyncio.create_task(_listen(channel, app.desk)) for channel in app.channels]
    try:
        yield app
    finally:
        # First, as long as the channels that it sends on are there.
        await app.delivery.close()
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)
        await app.desk.close()
        await app.fetching.close()


async def _listen(channel: Channel, desk: Desk, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
    """Until cancelled; a channel that breaks begins anew, and takes no other with it."""
    pause = FIRST_PAUSE_SECONDS
    while True:
        began = monotonic_seconds()
        try:
            await channel.run(desk.receive)
        except Exception:
            log.exception("channel stopped", channel=channel.name)
        if monotonic_seconds() - began >= HEALTHY_SECONDS:
            pause = FIRST_PAUSE_SECONDS
        await sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


def build(settings: Settings, database: Database, clock: Clock, *, demo: bool, secret: str) -> App:
    """All parts, handed to one another; nothing runs yet."""
    web_chat = webchat.WebChat(database)
    channels: dict[str, Channel] = {web_chat.name: web_chat}
    routes = [health_route(partial(well, database))]
    for channel, called in platforms(House(settings, database, FEATURES, secret, clock, demo)):
        channels[channel.name] = channel
        routes += called
    observe, figures = _figures(settings, database, clock)
    desk = Desk(database, clock, FEATURES, observe)
    reach = Reach(FEATURES)
    delivery = Delivery(
        database,
        clock,
        channels,
        _show,
        lambda session, to: reach.lost(session, to, clock.now()),
        observe,
        lambda session, staff_id: reach.chatless(session, staff_id, clock.now()),
    )
    fetching = _fetching(database, clock, channels)
    nightly = None if demo else partial(look_after, database, clock, _nightly(settings), _store_zone(database, clock))
    timetable = Timetable(
        database,
        clock,
        Bell(database, clock, FEATURES),
        delivery,
        take_up=partial(_take_up, desk, fetching),
        desk_idle=lambda: desk.idle and fetching.idle,
        tidy=partial(tidy, database, clock, Retention(clock, FEATURES)),
        look_after=nightly,
    )
    sessions = webchat.Sessions(secret, demo)
    if demo or settings.web_chat:
        routes += _web_chat_routes(database, clock, desk, timetable, web_chat, sessions)
    else:
        routes.append(home_route())
    web = webchat.Guard(Starlette(routes=routes), settings.public_url)
    return App(database, clock, desk, delivery, fetching, timetable, web_chat, tuple(channels.values()), web, figures)


def _fetching(database: Database, clock: Clock, channels: Mapping[str, Channel]) -> Fetching:
    """Who fetches what people sent; it is kept, or told, as of the moment in which it has come."""
    return Fetching(
        database,
        clock,
        channels,
        keep=lambda *fetched: files_keeping.keep(*fetched, now=clock.now(), features=FEATURES),
        give_up=lambda *failed: files_keeping.give_up(*failed, now=clock.now(), features=FEATURES),
    )


async def _take_up(desk: Desk, fetching: Fetching) -> None:
    """What came in and what was sent for, at the start and whenever another process may have died."""
    await desk.wake_all()
    await fetching.wake_due()


def _figures(
    settings: Settings, database: Database, clock: Clock
) -> tuple[Callable[[str, float], None], ASGIApp | None]:
    """Who counts what happens, and the page where it is shown; nobody and none without a port for it."""
    if not settings.metrics_port:
        return (lambda _what, _seconds: None), None
    from bot.web.metrics import Figures

    figures = Figures(lambda: database.read(partial(health.depths, now=clock.now())), clock.now)
    return figures.observe, webchat.Guard(figures.app())


def _nightly(settings: Settings) -> NightlyBackup | None:
    at = settings.backup_at
    return NightlyBackup(settings.backups(), at, settings.backups_kept) if at else None


def _store_zone(database: Database, clock: Clock) -> Callable[[], Awaitable[ZoneInfo]]:
    return lambda: database.read(partial(_first_zone, clock=clock))


async def well(database: Database) -> None:
    """Both ways to the database are free: reading, and the writer, who has nothing to write."""
    await database.read(_alive)
    await database.write(_alive)


def _web_chat_routes(
    database: Database,
    clock: Clock,
    desk: Desk,
    timetable: Timetable,
    web_chat: webchat.WebChat,
    sessions: webchat.Sessions,
) -> list[webchat.Route]:
    api = webchat.Api(database, clock, web_chat, desk, sessions, zone_of=partial(_zone, clock=clock))
    moving = webchat.ClockApi(
        clock,
        zone=_store_zone(database, clock),
        next_moment=timetable.next_moment,
        move=partial(_move, database, clock, timetable),
        movable=sessions.demo,
    )
    pages = webchat.Pages(database, clock, sessions, partial(_welcome, clock))
    return [*webchat.routes(api), *webchat.clock_routes(moving), *webchat.page_routes(pages, joining=not sessions.demo)]


def _welcome(clock: Clock, session: Session, contact: Contact, person: Staff, invited_by_id: int | None) -> None:
    """Somebody opened their link in the web chat: as when a code is typed, and greeted there."""
    heard = people_joining.let_in(session, contact, person, clock.now(), FEATURES, invited_by_id=invited_by_id)
    outbox.put(
        session,
        store_id=heard.store_id,
        recipient=heard.recipient,
        content=as_content(heard.said),
        now=clock.now(),
        via=spelled(contact),
    )


def _heard(app: App, topics: frozenset[str]) -> None:
    """What a commit, here or in another process, changed: whoever waits for it is woken."""
    for topic in topics:
        kind, _, key = topic.partition(":")
        match kind:
            case "lane":
                app.desk.wake(key)
            case "outbox":
                app.delivery.wake(key)
            case "file":
                app.fetching.wake(int(key))
            case "chat":
                app.web_chat.changed(key)
            case _:
                app.timetable.wake()


def _show(session: Session, row: outbox.Outbox, now: datetime) -> cards.Shown | None:
    return cards.show(session, row, now, FEATURES)


def _alive(session: Session) -> None:
    stores.all_stores(session)


def _zone(session: Session, store_id: int, *, clock: Clock) -> ZoneInfo:
    return scene_at(session, store_id, clock.now()).rules.working.zone


def _first_zone(session: Session, *, clock: Clock) -> ZoneInfo:
    """The zone in which a page without a person shows the time."""
    first = next(iter(stores.all_stores(session)), None)
    return _zone(session, first.id, clock=clock) if first else cards.DEFAULT_ZONE


async def _move(database: Database, clock: Clock, timetable: Timetable, target: datetime) -> bool:
    try:
        await timetable.move(target, remember=partial(_remember, database, clock))
    except StillBusy:
        return False
    return True


async def _remember(database: Database, clock: Clock) -> None:
    await database.write(partial(meta.put, name=CLOCK, value={"ahead_seconds": clock.ahead.total_seconds()}))


def demo_ahead(settings: Settings, session: Session) -> timedelta:
    """How far the demo's time is ahead: kept over restarts, set at its first instant."""
    known = meta.get(session, CLOCK)
    if known is None:
        ahead = settings.demo_now - Clock().real() if settings.demo_now else timedelta()
        known = meta.put_new(session, CLOCK, {"ahead_seconds": ahead.total_seconds()})
    return timedelta(seconds=known["ahead_seconds"])


def _secret(settings: Settings, session: Session) -> str:
    """What signs the web chat's sessions: from the environment, or made once and kept."""
    if settings.secret is not None:
        return settings.secret.get_secret_value()
    known = meta.get(session, SECRET) or meta.put_new(session, SECRET, {"secret": secrets.token_urlsafe(32)})
    return str(known["secret"])
