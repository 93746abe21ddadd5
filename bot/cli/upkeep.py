"""Commands for whoever runs the bot: `doctor`, `migrate`, `export`, `forget`."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from bot.cli.configuration import Config, read_settings
from bot.cli.output import BAD_INPUT, FINE, NO, AsJson, say, stop, write_findings, write_json

if TYPE_CHECKING:
    from bot.ports import Store
    from bot.settings import Settings

T = TypeVar("T")
PersonId = Annotated[
    str, typer.Argument(metavar="PERSON", help="A person id; `/boundary export` shows one's own.")
]


def doctor(
    config: Config = None,
    new_key: Annotated[
        bool, typer.Option("--new-key", help="Print a key for BOUNDARY_SECRET_KEYS and stop.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check settings, keys, database, clock, tokens and scopes, and say what to do about each finding."""
    from bot.bootstrap.parts import new_key as make_key
    from bot.bootstrap.parts import probes
    from bot.doctor import examine, healthy

    if new_key:
        write_json({"key": make_key()}) if as_json else say(make_key())
        return
    settings = read_settings(config, "Nothing else was checked: mend this first, then run doctor again.")
    findings = asyncio.run(examine(settings, os.environ, probes(settings)))
    if as_json:
        write_json({"ok": healthy(findings), "findings": [finding.as_json() for finding in findings]})
    else:
        write_findings(findings)
    raise typer.Exit(FINE if healthy(findings) else NO)


def migrate(
    config: Config = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be applied.")] = False,
    as_json: AsJson = False,
) -> None:
    """Create the database or bring its schema up to date."""
    from bot.bootstrap.parts import migrate_database, pending_migrations
    from bot.ports import StoreError

    settings = read_settings(config)
    try:
        names = pending_migrations(settings) if dry_run else migrate_database(settings)
    except StoreError as error:
        stop(BAD_INPUT, str(error))
    if as_json:
        write_json({"database": str(settings.database_path), "pending" if dry_run else "applied": names})
        return
    verb = "To apply" if dry_run else "Applied"
    done = f"{verb}: {', '.join(names)}." if names else "The schema is current."
    say(f"{settings.database_path}: {done}")


def export(person: PersonId, config: Config = None, as_json: AsJson = False) -> None:
    """Print everything kept about a person. It is JSON with and without --json."""
    from bot.bootstrap.parts import vault
    from bot.export import export as exported

    settings = read_settings(config)
    sealed = bool(settings.secret_keys) or settings.key_file.exists()

    def everything(store: Store) -> Awaitable[dict[str, Any] | None]:
        return exported(store, vault(settings) if sealed else None, person)

    found = with_store(settings, everything)
    if found is None:
        stop(NO, _nobody(person))
    write_json(found)


def forget(
    person: PersonId,
    config: Config = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete everything kept about a person: norms, holds, history, tokens, accounts."""
    if not yes and not typer.confirm(f"Delete everything about {person}? This cannot be undone.", err=True):
        stop(NO, "Nothing was deleted.")
    from bot.bootstrap.parts import clock
    from bot.forget import forget as forget_all

    now = clock().now()
    if not with_store(read_settings(config), lambda store: forget_all(store, person, now)):
        stop(NO, _nobody(person))
    write_json({"person": person, "forgotten": True}) if as_json else say(f"{person} is forgotten.")


def _nobody(person: str) -> str:
    return f'Nobody with the id "{person}" is kept here.'


def with_store(settings: Settings, work: Callable[[Store], Awaitable[T]]) -> T:
    """Run `work` with the store open; exit code 2 with a sentence if it cannot be opened."""
    from bot.bootstrap.parts import open_store
    from bot.ports import StoreError, VaultError

    async def run() -> T:
        store = open_store(settings)
        try:
            return await work(store)
        finally:
            await store.close()

    try:
        return asyncio.run(run())
    except (StoreError, VaultError) as error:
        stop(BAD_INPUT, str(error))


COMMANDS = (doctor, migrate, export, forget)
