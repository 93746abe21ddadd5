"""`boundary-bot import`: bring a norms file in beside a running bot, or before its first start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.configuration import Config, read_settings
from bot.cli.output import BAD_INPUT, AsJson, say, stop, write_json
from bot.cli.upkeep import with_store

if TYPE_CHECKING:
    from bot.ports import Store
    from bot.roster import Loaded
    from bot.settings import Settings


def import_norms(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A norms file; `check` tells what is wrong.")],
    by: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="The administrator who stands for it; default BOUNDARY_NORMS_BY. Without one, teams vote.",
        ),
    ] = "",
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Load a norms file: people at once; what teams agreed on by their vote, or in the name of an
    administrator."""
    from bot.normsfile import NormsFileError

    settings = read_settings(config)
    name = " ".join((by or settings.norms_by).split())
    if len(name) > 80:
        stop(BAD_INPUT, "A name has at most 80 characters.")
    try:
        loaded = with_store(settings, lambda store: _load(store, settings, file, name))
    except (NormsFileError, ValueError) as error:
        stop(BAD_INPUT, str(error))
    if as_json:
        write_json({"file": str(file), "by": name, **asdict(loaded)})
    else:
        say("\n".join(_told(loaded, file, name)))


async def _load(store: Store, settings: Settings, file: Path, by: str) -> Loaded:
    from bot.bootstrap.parts import calendars, clock
    from bot.roster import load_file

    tenants = await _tenants(store, settings)
    return await load_file(store, file, tenants, calendars(), clock().now(), by=by)


async def _tenants(store: Store, settings: Settings) -> Mapping[str, str]:
    """The tenant of each platform that the file speaks of: the one that this bot has served."""
    known = await store.read(lambda tx: tx.tenants.all())
    own = f"teams:{settings.teams_tenant_id}"
    found: dict[str, str] = {}
    for tenant in sorted(known, key=lambda each: each.id != own):
        found.setdefault(tenant.platform, tenant.id)
    return found


def _told(loaded: Loaded, file: Path, by: str) -> Iterator[str]:
    if not loaded.changed:
        yield f"{file}: nothing to do, it was loaded before and has not changed."
        return
    teams = "1 team" if loaded.teams == 1 else f"{loaded.teams} teams"
    people = "1 person" if loaded.people == 1 else f"{loaded.people} people"
    yield f"{file}: {people}, {teams}."
    for team in loaded.taken.changed:
        yield f"{team}: its norms hold from now on, set by {by}."
    for team in loaded.taken.proposed:
        yield f"{team}: what differs is up for the team's vote. To set it at once: --by NAME"
    for team in loaded.taken.without_voters:
        yield f"{team}: nobody in it has set up yet, so nobody can vote. To set its norms at once: --by NAME"


import_norms.__name__ = "import"  # the command's name, which Python keeps for itself
COMMANDS = (import_norms,)
