"""`boundary-bot doctor`: what is wrong with this installation, how bad it is, and what to do about it.

The checks are here; what they look at comes through `Probes`, so that a test can be any installation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from bot import doctor_teams
from bot.findings import Finding, Level
from bot.normsfile import NormsFileError, load_norms
from bot.probes import DatabaseFacts, Probes, SlackFacts
from bot.settings import Settings, is_loopback
from bot.settings_serve import check_serve, unknown_variables

# A signed request is refused when the clocks differ by five minutes (Slack, verifying requests).
CLOCK_NOTE = timedelta(seconds=30)
CLOCK_PROBLEM = timedelta(minutes=4)


async def examine(settings: Settings, environ: Mapping[str, str], probes: Probes) -> list[Finding]:
    """Every finding, in the order in which to mend them."""
    found = [*_settings(settings, environ), *_keys(settings, probes), *_database(probes.database())]
    found += [*_clock(probes), *_address(settings)]
    if settings.slack_bot_token is not None:
        bot = await probes.slack_bot()
        found += [*_token("SLACK_BOT_TOKEN", bot), *_scopes(bot), *_skew(bot, probes.now())]
    if settings.slack_app_token is not None:
        found += _token("SLACK_APP_TOKEN", await probes.slack_app())
    if settings.teams_wanted:
        found += await doctor_teams.examine(settings, probes.teams())
    return found


def healthy(findings: Sequence[Finding]) -> bool:
    """Whether nothing found keeps the bot from working."""
    return all(finding.level is not Level.PROBLEM for finding in findings)


def _settings(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    yield from unknown_variables(environ)
    missing = check_serve(settings)
    yield from missing
    if not missing:
        yield _fine("settings", f"Complete for {' and for '.join(_platforms(settings))}.")
    if settings.norms is not None:
        yield _norms(settings.norms)


def _platforms(settings: Settings) -> Iterator[str]:
    if settings.slack_wanted:
        mode = "Socket Mode" if settings.socket_mode else "HTTP"
        yield f"Slack over {mode}, {'with' if settings.connect_enabled else 'without'} Connect"
    if settings.teams_wanted:
        yield "a Teams test client" if settings.teams_auth == "off" else "Teams"


def _norms(path: Path) -> Finding:
    if not path.is_file():
        do = "Check the path, or unset BOUNDARY_NORMS."
        return _problem("BOUNDARY_NORMS", f"There is no norms file at {path}.", do)
    try:
        found = load_norms(path)
    except NormsFileError as error:
        do = f"`boundary-bot check {path}` shows all there is to mend; until then `serve` does not start."
        return _problem("BOUNDARY_NORMS", error.problems[0].told(), do)
    return _fine("BOUNDARY_NORMS", f"{path} can be used: {len(found.people)} people.")


def _keys(settings: Settings, probes: Probes) -> Iterator[Finding]:
    keys = [key.get_secret_value() for key in settings.secret_keys]
    bad = [number for number, key in enumerate(keys, 1) if not probes.key_works(key)]
    if bad:
        places = ", ".join(map(str, bad))
        do = "Put one from `boundary-bot doctor --new-key` there; keep old keys after it, they still open."
        yield _problem("BOUNDARY_SECRET_KEYS", f"Key number {places} is no Fernet key.", do)
    elif settings.secret_keys:
        yield _fine("secret keys", f"{len(settings.secret_keys)} usable; the first seals.")
    else:
        what = f"Not set: `serve` keeps a key in {settings.key_file}, beside what it seals."
        do = "Safer elsewhere: set it to one from `boundary-bot doctor --new-key`, then the file's, if any."
        yield Finding("BOUNDARY_SECRET_KEYS", Level.NOTE, what, do)


def _database(facts: DatabaseFacts) -> Iterator[Finding]:
    if facts.error:
        do = "Check the path in BOUNDARY_DATABASE_URL, its permissions and the free space."
        yield _problem("database", f"{facts.path} cannot be opened: {facts.error}.", do)
    elif not facts.exists:
        yield _fine("database", f"{facts.path} does not exist yet; the first start makes it.")
    elif facts.pending:
        do = "Make a copy of the file, then run `boundary-bot migrate`."
        yield _problem("database", f"{len(facts.pending)} changes of the schema are not applied yet.", do)
    else:
        yield _fine("database", f"{facts.path} opens and its schema is current.")
    if facts.warning:
        do = "Run one bot per file, and copy it only with SQLite's own backup command."
        yield Finding("SQLite", Level.NOTE, facts.warning, do)


def _clock(probes: Probes) -> Iterator[Finding]:
    if probes.boottime():
        yield _fine("clock", "Time spent asleep counts (CLOCK_BOOTTIME).")
    else:
        do = "Nothing on a server. On a laptop a message may be looked up too early after sleep."
        yield Finding("clock", Level.NOTE, "This system has no clock that counts time spent asleep.", do)


def _skew(facts: SlackFacts, now: datetime) -> Iterator[Finding]:
    if facts.date is None:
        return
    seconds = (now - facts.date).total_seconds()
    off, side = timedelta(seconds=abs(seconds)), "ahead of" if seconds > 0 else "behind"
    if off < CLOCK_NOTE:
        yield _fine("clock", "It agrees with Slack's.")
        return
    level = Level.PROBLEM if off >= CLOCK_PROBLEM else Level.NOTE
    do = "Set it by NTP: signed requests are refused at five minutes, and boundaries come at the wrong time."
    yield Finding(
        "clock", level, f"This machine's clock is {off.total_seconds():.0f} seconds {side} Slack's.", do
    )


_TOKEN_ADVICE = {
    "invalid_auth": "Copy the token again; an allow-list of addresses in the app refuses others too.",
    "not_authed": "Copy the token again.",
    "token_revoked": "Install the app to the workspace again and copy the new token.",
    "account_inactive": "Install the app to the workspace again and copy the new token.",
    "not_allowed_token_type": "Bot tokens begin with xoxb-, app-level ones with xapp-.",
    "missing_scope": "Give the token the scope connections:write.",
    "ratelimited": "Wait a minute and run doctor again.",
}


def _token(name: str, facts: SlackFacts) -> Iterator[Finding]:
    if facts.ok:
        who = f" as {facts.user} in {facts.team}" if facts.team else ""
        yield _fine(name, f"Slack accepts it{who}.")
        return
    do = _TOKEN_ADVICE.get(facts.error, "Check SLACK_API_URL and whether this machine reaches it.")
    yield _problem(name, f"Slack does not accept it: {facts.error}.", do)


def _scopes(facts: SlackFacts) -> Iterator[Finding]:
    if not facts.ok:
        return
    missing, extra = sorted(facts.needed - facts.granted), sorted(facts.granted - facts.needed)
    if missing:
        do = "Update the app from deploy/slack/manifest.yaml and install it to the workspace again."
        yield _problem("scopes", f"The bot token lacks {', '.join(missing)}.", do)
    else:
        yield _fine("scopes", "The bot token has all it needs.")
    if extra:
        do = "Remove them from the app: less is safer."
        yield Finding(
            "scopes", Level.NOTE, f"The bot token may do more than the bot uses: {', '.join(extra)}.", do
        )


def _address(settings: Settings) -> Iterator[Finding]:
    if settings.public_url is None:
        return
    parts = urlsplit(settings.public_url)
    if parts.scheme == "https" or is_loopback(parts.hostname or ""):
        yield _fine("BOUNDARY_PUBLIC_URL", settings.public_url)
        return
    do = "Put a reverse proxy with a certificate in front and use its https address: others are refused."
    yield _problem("BOUNDARY_PUBLIC_URL", f"{settings.public_url} is not https.", do)


def _fine(check: str, what: str) -> Finding:
    return Finding(check, Level.FINE, what)


def _problem(check: str, what: str, do: str) -> Finding:
    return Finding(check, Level.PROBLEM, what, do)
