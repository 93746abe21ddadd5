"""What of the settings keeps `serve` from starting, and variables that nothing reads."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from bot.findings import Finding, Level
from bot.settings import OTHER_VARIABLES, Settings, is_loopback
from bot.settings_table import BY_NAME, SECTIONS


def unknown_variables(environ: Mapping[str, str]) -> list[Finding]:
    """Variables that look like ours but that nothing reads: most likely typing errors.

    SLACK_ variables are left alone: other programs of Slack's have their own.
    """
    known = set(BY_NAME) | OTHER_VARIABLES
    ours = tuple(f"{section.upper()}_" for section in SECTIONS if section != "slack")
    found = []
    for name in sorted(environ):
        if name.startswith(ours) and name not in known:
            close = difflib.get_close_matches(name, known, 1)
            do = f"Did you mean {close[0]}?" if close else "Unset it, or see the settings in the README."
            what = f"The variable {name} is not a setting: nothing reads it."
            found.append(Finding("settings", Level.NOTE, what, do))
    return found


def check_serve(settings: Settings) -> list[Finding]:
    """What keeps `serve` from starting: which setting is missing, where to get it. Empty when all is well."""
    if not settings.slack_wanted and not settings.teams_wanted:
        return [
            _problem(
                "settings",
                "Neither Slack nor Microsoft Teams is set up.",
                "For Slack set SLACK_BOT_TOKEN, and SLACK_APP_TOKEN or SLACK_SIGNING_SECRET; for Teams set "
                "TEAMS_APP_ID, TEAMS_APP_PASSWORD and TEAMS_TENANT_ID. The README has both, step by step.",
            )
        ]
    found: list[Finding] = []
    if settings.slack_wanted:
        found += [*_check_slack(settings), *_check_connect(settings)]
    if settings.teams_wanted:
        found += _check_teams(settings)
    return found


def _check_slack(settings: Settings) -> Iterator[Finding]:
    if settings.slack_bot_token is None:
        yield _missing("SLACK_BOT_TOKEN")
    if not settings.socket_mode and not settings.slack_signing_secrets:
        yield _missing("SLACK_SIGNING_SECRET", " (or set SLACK_APP_TOKEN for Socket Mode)")


def _check_connect(settings: Settings) -> Iterator[Finding]:
    """Connect needs all three or none: client id, client secret and an https address to come back to."""
    if settings.slack_client_id and settings.slack_client_secret is None:
        yield _missing("SLACK_CLIENT_SECRET", ", because SLACK_CLIENT_ID is set")
    if settings.slack_client_secret and not settings.slack_client_id:
        yield _missing("SLACK_CLIENT_ID", ", because SLACK_CLIENT_SECRET is set")
    if (settings.slack_client_id or settings.slack_client_secret) and settings.public_url is None:
        yield _missing("BOUNDARY_PUBLIC_URL", ", because Slack sends people back there after Connect")


def _check_teams(settings: Settings) -> Iterator[Finding]:
    if settings.teams_auth == "off":
        yield from _check_without_auth(settings)
        return
    if not settings.teams_app_id:
        yield _missing("TEAMS_APP_ID", ": without it nobody's requests could be told from a stranger's")
    if settings.teams_app_password is None:
        yield _missing("TEAMS_APP_PASSWORD")
    if not settings.teams_tenants:
        yield _missing("TEAMS_TENANT_ID", ", nor TEAMS_ALLOWED_TENANTS: nobody may talk to the bot")


def _check_without_auth(settings: Settings) -> Iterator[Finding]:
    """TEAMS_AUTH=off is for a test client on this computer: no app, and nobody from outside."""
    if settings.teams_app_id:
        what = "TEAMS_AUTH is off although TEAMS_APP_ID is set: anybody could speak as anybody."
        yield _problem("TEAMS_AUTH", what, "Unset TEAMS_AUTH; or, to try a local test client, TEAMS_APP_ID.")
    if not is_loopback(settings.host):
        what = f"TEAMS_AUTH is off while BOUNDARY_HOST is {settings.host}: others could reach the open door."
        yield _problem("TEAMS_AUTH", what, "Unset TEAMS_AUTH, or set BOUNDARY_HOST to 127.0.0.1.")
    if settings.public_url and not is_loopback(urlsplit(settings.public_url).hostname or ""):
        what = "TEAMS_AUTH is off while BOUNDARY_PUBLIC_URL is set: your proxy would let everybody in."
        yield _problem("TEAMS_AUTH", what, "Unset one of them.")


def _missing(name: str, why: str = "") -> Finding:
    row = BY_NAME[name]
    return _problem(name, f"{name} is not set{why}.", f"Get it here: {row.where}.")


def _problem(check: str, what: str, do: str) -> Finding:
    return Finding(check, Level.PROBLEM, what, do)
