"""Commands that run the bot: `playground` and `serve`."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Coroutine
from typing import Annotated

import typer

from bot.cli.configuration import Config, read_settings
from bot.cli.output import BAD_INPUT, FINE, stop

_NOT_FREE = (errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL)


def playground(
    host: Annotated[str | None, typer.Option(help="Address to listen on; default BOUNDARY_HOST.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="0 takes a free one; default BOUNDARY_PORT.")
    ] = None,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the page in your browser.")] = False,
    config: Config = None,
) -> None:
    """Try everything: the bot and a local workspace in one process, with a web page. Needs no account."""
    settings = read_settings(config)
    changes = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = settings.model_copy(update=changes)
    from bot.bootstrap.playground import run_playground

    _run(run_playground(settings, open_browser=open_browser), f"{settings.host}:{settings.port}")


def serve(config: Config = None) -> None:
    """Run the bot for a real Slack workspace, for Microsoft Teams, or for both."""
    from bot.settings_serve import check_serve

    settings = read_settings(config)
    findings = check_serve(settings)
    if findings:
        stop(
            BAD_INPUT, *(finding.sentence() for finding in findings), "`boundary-bot doctor` checks the rest."
        )
    from bot.bootstrap.serving import run_serve

    _run(run_serve(settings), f"{settings.host}:{settings.port}")


def _run(work: Coroutine[object, object, object], where: str) -> None:
    """Run until interrupted; what keeps it from starting is told as a sentence."""
    from bot.normsfile import NormsFileError
    from bot.ports import PlatformError, StoreError, VaultError

    try:
        asyncio.run(work)
    except KeyboardInterrupt:
        stop(FINE, "Stopped.")
    except (NormsFileError, PlatformError, StoreError, VaultError) as error:
        stop(BAD_INPUT, str(error))
    except OSError as error:
        if not isinstance(error, socket.gaierror) and error.errno not in _NOT_FREE:
            raise
        stop(BAD_INPUT, f"Cannot listen on {where}: choose another BOUNDARY_PORT or BOUNDARY_HOST.")


COMMANDS = (playground, serve)
