"""The command line: demo, serve, load, invite, and two commands that answer "how am I understood?"."""

from __future__ import annotations

import asyncio
import fcntl
import json
import secrets
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer
import uvicorn
from pydantic import ValidationError

from bot.app import demo_ahead, open_database, running
from bot.app import load as store_loaded
from bot.cards import DEFAULT_ZONE
from bot.clock import Clock
from bot.reading import describe
from bot.rules.book import Rulebook
from bot.rules.limits import LimitError, parse_limit, why
from bot.settings import Settings
from bot.storefile import StoreFile, StoreFileError, read_store
from bot.texts import plain, reading_at, text
from storage import staff
from storage.database import Database

DEMO_STORE = Path(__file__).parents[1] / "stores" / "demo.toml"
INVITE_DAYS = 7
LONGEST_LINE = 10_000
FOUND_WRONG, USED_WRONG = 1, 2

cli = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)


def say(key: str, *, error: bool = False, **values: Any) -> None:
    """A sentence for whoever types at the terminal."""
    with reading_at(Clock().now(), DEFAULT_ZONE):
        typer.echo(plain(text(key, **values)), err=error)


def wrong(key: str, code: int = FOUND_WRONG, **values: Any) -> typer.Exit:
    say(key, error=True, **values)
    return typer.Exit(code)


@cli.command()
def demo() -> None:
    """Opens a store with sample people and a web chat at http://127.0.0.1:8000 (QIANTAI_PORT)."""
    settings = _settings()
    with _alone(settings), _opened(settings) as database:
        now = Clock(database.write_now(partial(demo_ahead, settings))).now()
        database.write_now(partial(store_loaded, file=read_store(DEMO_STORE.read_text("utf-8")), now=now, demo=True))
        asyncio.run(_serve(settings, database, demo=True))


@cli.command()
def serve() -> None:
    """Serves the store that was loaded; the web chat is there with QIANTAI_WEB_CHAT=on, behind links."""
    settings = _settings()
    with _alone(settings), _opened(settings) as database:
        asyncio.run(_serve(settings, database, demo=False))


@cli.command()
def load(store: Annotated[Path, typer.Argument(metavar="STORE.toml")]) -> None:
    """Checks a store's file, every mistake with its line, then stores it."""
    file = _read_store(store)
    with _opened(_settings()) as database:
        try:
            loaded = database.write_now(partial(store_loaded, file=file, now=Clock().now()))
        except StoreFileError as error:
            raise _mistakes(store, error) from None
    say("cli.loaded", name=file.store.name, loaded=loaded)


@cli.command()
def invite(
    name: Annotated[str, typer.Argument(help="A person's name or key.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the link as JSON.")] = False,
) -> None:
    """Makes a one-time link for a person, good for seven days."""
    settings = _settings()
    with _opened(settings) as database:
        found = database.read_now(partial(staff.by_name_or_key, wanted=name))
        if len(found) != 1:
            raise wrong("cli.no_such_person" if not found else "cli.several_people", name=name, found=found)
        token, until = secrets.token_urlsafe(24), Clock().now() + timedelta(days=INVITE_DAYS)
        database.write_now(partial(staff.put_invite, staff_id=found[0].id, token=token, expires_at=until))
    link = f"{settings.base_url()}/join/{token}"
    if as_json:
        typer.echo(
            json.dumps(
                {
                    "name": found[0].name,
                    "link": link,
                    "expires": until.astimezone(DEFAULT_ZONE).isoformat(timespec="seconds"),
                },
                ensure_ascii=False,
            )
        )
    else:
        say("cli.invited", name=found[0].name, link=link, until=until)


Expressions = Annotated[list[str] | None, typer.Argument(help="What is read; without it, lines of standard input.")]
StoreOption = Annotated[Path | None, typer.Option("--store", metavar="STORE.toml", help="Whose hours and rules count.")]


@cli.command()
def read(
    said: Expressions = None,
    now: Annotated[str | None, typer.Option(help="The moment from which 明天 is counted, ISO.")] = None,
    store: StoreOption = None,
) -> None:
    """How a time is understood, as JSON lines."""
    calendar = _rules(store).working
    moment = _moment(now).astimezone(calendar.zone) if now else Clock().now().astimezone(calendar.zone)
    _answer(said, partial(_describe, now=moment, calendar=calendar))


@cli.command()
def deadline(said: Expressions = None, store: StoreOption = None) -> None:
    """When something is due: `2026-11-25T16:00+08:00 0.5wd`, as JSON lines."""
    _answer(said, partial(_deadline, rules=_rules(store)))


def main() -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    cli()


class Announcing(uvicorn.Server):
    """A server that says its address once it listens, and says plainly when the port is taken."""

    def __init__(self, config: uvicorn.Config, key: str, url: str) -> None:
        super().__init__(config)
        self._key, self._url = key, url

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Ctrl+C and SIGTERM end the serving only (uvicorn would die of them again): what is in hand is put away."""
        loop = asyncio.get_running_loop()
        for ending in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(ending, self.handle_exit, ending, None)
        try:
            yield
        finally:
            for ending in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(ending)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            say(self._key, url=self._url)
            sys.stdout.flush()


async def _serve(settings: Settings, database: Database, *, demo: bool) -> None:
    with _listening(settings) as listening:
        await _serve_on(listening, settings, database, demo=demo)


@contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    """The port, taken before anything is started."""
    try:
        listening = socket.create_server((settings.host, settings.port), backlog=512)
    except OSError:
        raise wrong("cli.port_taken", port=settings.port) from None
    with listening:
        yield listening


async def _serve_on(listening: socket.socket, settings: Settings, database: Database, *, demo: bool) -> None:
    async with running(settings, database, demo=demo) as app:
        config = uvicorn.Config(
            app.web,
            host=settings.host,
            port=settings.port,
            log_level="warning",
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
        await Announcing(config, "cli.demo" if demo else "cli.serving", settings.base_url()).serve([listening])


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        names = "、".join("QIANTAI_" + "_".join(str(part) for part in one["loc"]).upper() for one in error.errors())
        raise wrong("cli.bad_settings", USED_WRONG, names=names) from None


@contextmanager
def _opened(settings: Settings) -> Iterator[Database]:
    database = open_database(settings)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """One process serves a SQLite file; a second one is told so."""
    settings.data.mkdir(parents=True, exist_ok=True)
    with (settings.data / "serving.lock").open("w") as lock:
        if settings.database().startswith("sqlite"):
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise wrong("cli.already_serving", data=str(settings.data)) from None
        yield


def _read_store(path: Path) -> StoreFile:
    try:
        return read_store(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        raise wrong("cli.no_such_file", USED_WRONG, path=str(path)) from None
    except StoreFileError as error:
        raise _mistakes(path, error) from None


def _mistakes(path: Path, error: StoreFileError) -> typer.Exit:
    for mistake in error.mistakes:
        say(
            "cli.mistake", error=True, path=str(path), mistake=mistake, words=plain(text(mistake.key, **mistake.values))
        )
    return typer.Exit(FOUND_WRONG)


def _rules(store: Path | None) -> Rulebook:
    return _read_store(store or DEMO_STORE).rules


def _moment(written: str) -> datetime:
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        raise wrong("cli.not_a_moment", USED_WRONG, said=written) from None
    return at if at.tzinfo else at.replace(tzinfo=DEFAULT_ZONE)


def _describe(said: str, *, now: datetime, calendar: Any) -> dict[str, object]:
    return describe(said, now=now, calendar=calendar)


def _deadline(said: str, *, rules: Rulebook) -> dict[str, object]:
    written, _, limit = said.strip().rpartition(" ")
    try:
        at = datetime.fromisoformat(written.strip())
        due = rules.working.deadline(at if at.tzinfo else at.replace(tzinfo=rules.working.zone), parse_limit(limit))
    except LimitError as error:
        return {"text": said, "error": _words(error.key, rules, said=error.said, example=error.example)}
    except ValueError:
        return {"text": said, "error": _words("cli.not_a_deadline", rules)}
    reason = why(due)
    with reading_at(at if at.tzinfo else at.replace(tzinfo=rules.working.zone), rules.working.zone):
        return {"text": said, "due": due.due.isoformat(), "why": plain(text(reason.key, **reason.values))}


def _words(key: str, rules: Rulebook, **values: Any) -> str:
    with reading_at(Clock().now(), rules.working.zone):
        return plain(text(key, **values))


def _answer(said: list[str] | None, answer: Callable[[str], dict[str, object]]) -> None:
    """One JSON line for each line; exits with 1 if any of them could not be read."""
    lines = [" ".join(said)] if said else (line.rstrip("\r\n") for line in sys.stdin)
    failed = False
    for line in lines:
        answered = answer(line[:LONGEST_LINE])
        failed = failed or "error" in answered
        typer.echo(json.dumps(answered, ensure_ascii=False))
    if failed:
        raise typer.Exit(FOUND_WRONG)


if __name__ == "__main__":
    main()
