"""Settings for commands: read them or stop with what is wrong with them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.output import BAD_INPUT, stop

if TYPE_CHECKING:
    from bot.settings import Settings

Config = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Settings file; default BOUNDARY_CONFIG or ./boundary.toml."),
]


def read_settings(config: Path | None, then: str = "") -> Settings:
    """The settings, or exit code 2 with every finding on standard error, and `then` what follows from it."""
    from bot.settings import SettingsError, load_settings

    try:
        return load_settings(config)
    except SettingsError as error:
        stop(BAD_INPUT, *(finding.sentence() for finding in error.findings), *((then,) if then else ()))
