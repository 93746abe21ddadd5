"""The table of all settings: what the docs, the example file and the error messages are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One setting. `default` is how the docs show it, `where` says where to get a value."""

    name: str
    help: str
    default: str = ""
    where: str = ""
    example: str = ""
    secret: bool = False

    @property
    def section(self) -> str:
        """The table of the settings file: "boundary" or "slack"."""
        return self.name.partition("_")[0].lower()

    @property
    def key(self) -> str:
        """The key inside that table."""
        return self.name.partition("_")[2].lower()


_APP = "api.slack.com/apps → your app"
TABLE: tuple[Row, ...] = (
    Row(
        "BOUNDARY_DATABASE_URL",
        "Where everything is kept: `sqlite:///<path>`; four slashes make the path absolute. Other "
        "stores come later.",
        default="an SQLite file in your data folder",
        example="sqlite:////var/lib/boundary-bot/boundary.db",
    ),
    Row(
        "BOUNDARY_NORMS",
        "A norms file, loaded at start. Its people are bound to their Slack accounts.",
        where="`deploy/examples/norms.toml` is one",
        example="norms.toml",
    ),
    Row(
        "BOUNDARY_HOST",
        "The address to listen on. Keep it local behind a reverse proxy.",
        default="127.0.0.1",
    ),
    Row(
        "BOUNDARY_PORT",
        "The port to listen on; 0 takes a free one.",
        default="3000",
    ),
    Row(
        "BOUNDARY_PUBLIC_URL",
        "The https address under which Slack and people reach this bot. Needed for Connect.",
        where="your reverse proxy or tunnel",
        example="https://boundary.example.org",
    ),
    Row(
        "BOUNDARY_SECRET_KEYS",
        "Fernet keys that seal tokens and held texts, comma separated, newest first. Without it, `serve` "
        "makes one and keeps it beside the database; the playground makes its own.",
        where="`boundary-bot doctor --new-key` prints a new one",
        secret=True,
    ),
    Row(
        "BOUNDARY_LOG_LEVEL",
        "How much is logged: debug, info, warning or error.",
        default="info",
    ),
    Row(
        "BOUNDARY_GUARD_SECONDS",
        "How long after its claim a delivery may still be sent; later it is given back.",
        default="5",
    ),
    Row(
        "BOUNDARY_QUARANTINE_SECONDS",
        "How long a delivery with an unclear outcome rests before it is looked up; at least guard and "
        "call timeout together.",
        default="90",
    ),
    Row(
        "BOUNDARY_CALL_TIMEOUT_SECONDS",
        "How long one call to a platform may take.",
        default="10",
    ),
    Row(
        "SLACK_BOT_TOKEN",
        "The token of the bot (xoxb-…).",
        where=f"{_APP} → OAuth & Permissions",
        secret=True,
    ),
    Row(
        "SLACK_SIGNING_SECRET",
        "Proves that a request comes from Slack; several, comma separated, while one is rotated. "
        "Needed for HTTP.",
        where=f"{_APP} → Basic Information → App Credentials",
        secret=True,
    ),
    Row(
        "SLACK_APP_TOKEN",
        "The app-level token (xapp-…) with `connections:write`. Set it for Socket Mode.",
        where=f"{_APP} → Basic Information → App-Level Tokens",
        secret=True,
    ),
    Row(
        "SLACK_CLIENT_ID",
        "With the client secret: offers people Connect, so that statuses and snoozes work.",
        where=f"{_APP} → Basic Information → App Credentials",
    ),
    Row(
        "SLACK_CLIENT_SECRET",
        "Belongs to the client id.",
        where=f"{_APP} → Basic Information → App Credentials",
        secret=True,
    ),
    Row(
        "SLACK_API_URL",
        "Base address of the Web API.",
        default="https://slack.com/api/",
    ),
)
BY_NAME: Mapping[str, Row] = {row.name: row for row in TABLE}
