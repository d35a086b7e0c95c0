"""The command line of the front desk; each command imports what it needs when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.operating.memory import look_seldom
from bot.operating.terminal import DEMO_STORE

__all__ = ["DEMO_STORE", "cli", "main"]

cli = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Qiantai: the front desk of a store. Settings come from the environment (QIANTAI_...), see README.md.",
)

StoreFile = Annotated[Path, typer.Argument(metavar="STORE.toml")]
NewStoreFile = Annotated[Path, typer.Argument(metavar="[STORE.toml]")]
StoreOption = Annotated[Path | None, typer.Option("--store", metavar="STORE.toml", help="Whose hours and rules count.")]
Expressions = Annotated[list[str] | None, typer.Argument(help="What is read; without it, lines of standard input.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@cli.command()
def demo() -> None:
    """Open a store with sample people and a web chat at http://127.0.0.1:8000 (QIANTAI_PORT)."""
    from bot.operating import serving

    serving.demo()


@cli.command()
def serve() -> None:
    """Serve the store that was loaded; the web chat is there with QIANTAI_WEB_CHAT=on, behind links."""
    from bot.operating import serving

    serving.serve()


@cli.command()
def init(
    store: NewStoreFile = Path("store.toml"),
    answers: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help="Take the answers from a small TOML file.")
    ] = None,
) -> None:
    """Write a store's file: ask for its people and hours, the rest has the handbook's defaults."""
    from bot.operating import setting_up

    setting_up.init(store, answers)


@cli.command()
def check(store: StoreFile) -> None:
    """Print every rule of a store's file in words, or every mistake with its line."""
    from bot.operating import checking

    checking.check(store)


@cli.command()
def load(
    store: StoreFile,
    since: Annotated[
        str | None, typer.Option("--from", metavar="DAY", help="From which day on the rules hold, 2026-12-01.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change, and for whom.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before storing.")] = False,
) -> None:
    """Check a store's file, show what it changes for whom, then store it."""
    from bot.operating import loading

    loading.load(store, since, dry_run=dry_run, yes=yes)


@cli.command()
def invite(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Names or keys of people.")],
    as_json: AsJson = False,
) -> None:
    """Make a one-time link, or a code where there is no web chat, for each person; good for seven days."""
    from bot.operating import files

    files.invite(names, as_json=as_json)


@cli.command()
def wecom_group(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the group is called in WeCom, such as 店面群.")],
) -> None:
    """Let WeCom's app make the store's group, with everybody who has spoken to it; again, only what differs is done."""
    from bot.operating import wecom_group

    wecom_group.make_group(name)


@cli.command()
def backup(
    target: Annotated[
        Path | None, typer.Argument(metavar="[TARGET]", help="A file or a folder; without it QIANTAI_BACKUP_DIR.")
    ] = None,
) -> None:
    """Copy the database while it is in use; the copy is checked before it gets its name."""
    from bot.operating import safekeeping

    safekeeping.make_backup(target)


@cli.command()
def restore(file: Annotated[Path, typer.Argument(metavar="BACKUP")]) -> None:
    """Bring a backup back, into an empty database only."""
    from bot.operating import safekeeping

    safekeeping.restore(file)


@cli.command()
def doctor(as_json: AsJson = False) -> None:
    """Look at everything that can be wrong and say what to do; exit with 1 if anything is to be done."""
    from bot.operating import doctor

    doctor.examine(as_json=as_json)


@cli.command()
def read(
    said: Expressions = None,
    now: Annotated[str | None, typer.Option(help="The moment from which 明天 is counted, ISO.")] = None,
    store: StoreOption = None,
) -> None:
    """Show how a time is understood, as JSON lines."""
    from bot.operating import understanding

    understanding.read(said, now=now, store=store)


@cli.command()
def deadline(said: Expressions = None, store: StoreOption = None) -> None:
    """Show when something is due, as JSON lines: `2026-11-25T16:00+08:00 0.5wd`."""
    from bot.operating import understanding

    understanding.deadline(said, store=store)


def main() -> None:
    look_seldom()
    cli()


if __name__ == "__main__":
    main()
