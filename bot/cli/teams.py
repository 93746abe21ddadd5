"""The command for Microsoft Teams: `teams-package`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.configuration import Config, read_settings
from bot.cli.output import BAD_INPUT, AsJson, say, stop, write_json
from bot.version import VERSION

PACKAGE = Path("boundary-bot-teams.zip")


def teams_package(
    *,
    config: Config = None,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write it.")] = PACKAGE,
    app_id: Annotated[
        str, typer.Option("--app-id", metavar="GUID", help="The app registration; default TEAMS_APP_ID.")
    ] = "",
    developer: Annotated[
        str, typer.Option("--developer", metavar="NAME", help="Who runs the bot, as Teams shows it.")
    ] = "Boundary Bot",
    website: Annotated[
        str, typer.Option("--website", metavar="URL", help="Their https page; default BOUNDARY_PUBLIC_URL.")
    ] = "",
    privacy: Annotated[
        str, typer.Option("--privacy", metavar="URL", help="Their privacy statement; default the website.")
    ] = "",
    terms: Annotated[
        str, typer.Option("--terms", metavar="URL", help="Their terms of use; default the website.")
    ] = "",
    package_version: Annotated[
        str,
        typer.Option("--package-version", metavar="X.Y.Z", help="Raise it to replace an uploaded package."),
    ] = VERSION,
    read_mentions: Annotated[
        bool,
        typer.Option("--read-mentions", help="Ask owners to let it see mentions of people who are away."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write the app package to upload to Microsoft Teams, for the features that the settings switch on."""
    from bot.bootstrap.parts import teams_package as made

    settings = read_settings(config)
    try:
        data, manifest = made(
            settings,
            app_id=app_id or settings.teams_app_id,
            version=package_version,
            developer=(developer, website or settings.public_url or "", privacy, terms),
            read_mentions=read_mentions,
        )
        out.write_bytes(data)
    except ValueError as error:
        stop(BAD_INPUT, str(error))
    except OSError as error:
        stop(BAD_INPUT, f"{out} cannot be written: {error.strerror}. Name another file with --out.")
    if as_json:
        write_json({"file": str(out), "manifest": manifest})
        return
    say(f"{out}: version {package_version} for the app {manifest['id']}.")
    say("Upload it at https://admin.teams.microsoft.com: Teams apps, Manage apps, Upload new app.")
    if read_mentions:
        say("Owners of teams and chats are asked to consent when they add it; without them it reads nothing.")


COMMANDS = (teams_package,)
