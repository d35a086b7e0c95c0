"""The servers that tests talk to: one PostgreSQL for a whole run, and a Chromium; as a program, it installs them."""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from storage.schema import migrate

POSTGRESQL_HOMES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CHROMIUM_HOMES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1",
)
INITDB_OPTIONS = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
SERVER_SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = off
synchronous_commit = off
full_page_writes = off
shared_buffers = 64MB
max_connections = 300
"""
TEMPLATE = "template_qiantai"
PORT_TRIES = 3
START_SECONDS = 60


class ServiceMissing(Exception):
    """A server that tests need is not on this machine; the text says what to install."""


def _newest(patterns: tuple[str, ...], needed: str) -> Path | None:
    """The folder holding `needed`, of the highest version that the patterns find."""
    found = [folder for pattern in patterns for folder in Path("/").glob(pattern[1:]) if (folder / needed).exists()]
    return max(found, key=lambda folder: [int(part) for part in _digits(str(folder))], default=None)


def _digits(name: str) -> list[str]:
    return "".join(character if character.isdigit() else " " for character in name).split()


def postgresql_binaries() -> Path:
    """The folder that holds initdb and pg_ctl. Raises ServiceMissing."""
    on_path = shutil.which("pg_ctl")
    if on_path and shutil.which("initdb"):
        return Path(on_path).parent
    folder = _newest(POSTGRESQL_HOMES, "pg_ctl")
    if folder is None:
        raise ServiceMissing("PostgreSQL tests (no server found: install postgresql)")
    return folder


def chromium() -> str:
    """The browser's executable. Raises ServiceMissing."""
    found = [path for path in map(shutil.which, CHROMIUM_NAMES) if path]
    found += [path for path in CHROMIUM_HOMES if Path(path).exists()]
    if not found:
        raise ServiceMissing("browser tests (no Chromium found: install chromium)")
    return found[0]


def _server_account() -> pwd.struct_passwd | None:
    """Whom PostgreSQL runs as: it refuses root; anybody else starts it as themselves."""
    if os.geteuid() != 0:
        return None
    accounts = {account.pw_name: account for account in pwd.getpwall()}
    return accounts.get("postgres") or accounts["nobody"]


def _as_server(command: list[str], cwd: Path, log: Path) -> None:
    account = _server_account()
    with log.open("ab") as output:
        subprocess.run(
            command,
            cwd=cwd,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            timeout=START_SECONDS,
            user=account and account.pw_uid,
            group=account and account.pw_gid,
            extra_groups=account and [],
        )


def free_port() -> int:
    """A loopback port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Run:
    """One test run's folder, shared by its workers: whoever needs a server first makes it, under the folder's lock."""

    folder: Path

    @contextmanager
    def locked(self, name: str) -> Iterator[None]:
        with (self.folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @property
    def cluster(self) -> Path:
        return self.folder / "postgresql"

    def postgresql(self) -> str:
        """The URL of the run's migrated template database; started and migrated once. Raises ServiceMissing."""
        with self.locked("postgresql"):
            server = self._once("server.url", lambda: self._start(postgresql_binaries()))
            return self._once("template.url", lambda: _migrated_template(server))

    def _once(self, name: str, make: Callable[[], str]) -> str:
        """What `make` answered the first time, in whichever worker that was."""
        known = self.folder / name
        if not known.exists():
            known.write_text(make())
        return known.read_text()

    def sqlite(self) -> Path:
        """A migrated SQLite file to copy from, made once."""
        template = self.folder / "template.db"
        with self.locked("sqlite"):
            if not template.exists():
                fresh = self.folder / "fresh.db"
                fresh.unlink(missing_ok=True)
                migrate(f"sqlite:///{fresh}")
                fresh.rename(template)
            return template

    def _start(self, binaries: Path) -> str:
        """Makes the cluster and starts it on loopback; another port is tried when somebody took the first meanwhile."""
        home = self.cluster
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(mode=0o700)
        if account := _server_account():
            self.folder.chmod(0o711)
            os.chown(home, account.pw_uid, account.pw_gid)
        data, log = home / "data", self.folder / "postgresql.log"
        _as_server([str(binaries / "initdb"), "-D", str(data), *INITDB_OPTIONS], home, log)
        with (data / "postgresql.conf").open("a") as settings:
            settings.write(SERVER_SETTINGS)
        start = [str(binaries / "pg_ctl"), "start", "-w", "-D", str(data), "-l", str(home / "log")]
        for tries_left in reversed(range(PORT_TRIES)):
            port = free_port()
            try:
                _as_server([*start, "-o", f"-p {port}"], home, log)
            except subprocess.CalledProcessError:
                if not tries_left:
                    raise
            else:
                break
        return f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"

    def close(self) -> None:
        """Stops the run's own server, if one was started, and removes the folder."""
        data = self.cluster / "data"
        if (data / "postmaster.pid").exists():
            stop = [str(postgresql_binaries() / "pg_ctl"), "stop", "-w", "-m", "immediate", "-D", str(data)]
            # A server that died before has failed the tests that used it; there is nothing left to stop.
            with suppress(subprocess.CalledProcessError):
                _as_server(stop, self.cluster, self.folder / "postgresql.log")
        shutil.rmtree(self.folder)


def _migrated_template(server: str) -> str:
    with administration(server) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {TEMPLATE}")
        admin.execute(f"CREATE DATABASE {TEMPLATE}")
    template = named(server, TEMPLATE)
    migrate(template)
    return template


def named(url: str, database: str) -> str:
    """The same server, another database."""
    return make_url(url).set(database=database).render_as_string(hide_password=False)


@contextmanager
def administration(url: str) -> Iterator[psycopg.Connection]:
    """A connection to the server's own database, where databases are made and dropped."""
    address = make_url(url).set(drivername="postgresql", database="postgres")
    with psycopg.connect(address.render_as_string(hide_password=False), autocommit=True) as connection:
        yield connection


@contextmanager
def postgresql_copy(template: str, name: str) -> Iterator[str]:
    """The URL of a copy of the template, dropped afterwards, whoever is still connected."""
    with administration(template) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    try:
        yield named(template, name)
    finally:
        with administration(template) as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _install(*packages: str) -> None:
    apt = shutil.which("apt-get")
    if os.geteuid() != 0 or apt is None:
        return
    print(f"installing {', '.join(packages)}", flush=True)
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([apt, "update", "-qq"], check=False, env=quiet, stdout=subprocess.DEVNULL)
    subprocess.run([apt, "install", "-y", "-qq", *packages], check=False, env=quiet, stdout=subprocess.DEVNULL)


def install_missing() -> None:
    """Before the tests: root with apt-get gets what is missing, for anybody else the tests in question are left out."""
    try:
        postgresql_binaries()
    except ServiceMissing:
        _install("postgresql")
    try:
        chromium()
    except ServiceMissing:
        _install("chromium", "fonts-noto-cjk")


if __name__ == "__main__":
    install_missing()
