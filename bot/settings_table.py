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
        """The table of the settings file: "boundary", "slack" or "teams"."""
        return self.name.partition("_")[0].lower()

    @property
    def key(self) -> str:
        """The key inside that table."""
        return self.name.partition("_")[2].lower()


_APP = "api.slack.com/apps → your app"
_ENTRA = "entra.microsoft.com → App registrations → your app"
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
        "A norms file, loaded at start. Its people are bound to the accounts that it names.",
        where="`deploy/examples/norms.toml` is one",
        example="norms.toml",
    ),
    Row(
        "BOUNDARY_NORMS_BY",
        "The name of an administrator who stands for what the norms file says about teams: it holds at once, "
        "and the team's history names them. Unset: the file proposes, and the team votes.",
        where="whoever agreed it with the teams",
        example="Ana Reis",
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
        "The https address under which Slack, Teams and people reach this bot. Needed for Connect.",
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
    Row(
        "TEAMS_APP_ID",
        "The application (client) id of the bot in Teams.",
        where=f"{_ENTRA} → Overview",
        example="11111111-2222-3333-4444-555555555555",
    ),
    Row(
        "TEAMS_APP_PASSWORD",
        "A client secret of that app: its value, not its id.",
        where=f"{_ENTRA} → Certificates & secrets",
        secret=True,
    ),
    Row(
        "TEAMS_TENANT_ID",
        "The directory (tenant) id of your organisation, where the app is registered.",
        where=f"{_ENTRA} → Overview",
        example="66666666-7777-8888-9999-aaaaaaaaaaaa",
    ),
    Row(
        "TEAMS_ALLOWED_TENANTS",
        "Whose Teams may talk to the bot, as tenant ids, comma separated. Without it, only your own.",
        where="the Overview page of each organisation's directory",
        example="66666666-7777-8888-9999-aaaaaaaaaaaa",
    ),
    Row(
        "TEAMS_FEATURES",
        "What needs more rights than a plain bot has, comma separated: `presence` sets presence and status "
        "message, `hours` offers the calendar's working hours, `targeted` answers privately inside a "
        "channel. Without it, none.",
        where="the README says which right each needs and who grants it",
        example="presence,hours,targeted",
    ),
    Row(
        "TEAMS_AUTH",
        "`off` lets everybody in without a token: only for a test client on this computer, without an app.",
        default="on",
    ),
    Row(
        "TEAMS_SERVICE_HOSTS",
        "Hosts besides Microsoft's to which answers may go, comma separated, with a port if it is unusual.",
        where="whoever runs your relay or test client",
        example="127.0.0.1:56150",
    ),
    Row(
        "TEAMS_OPENID_URL",
        "Where the keys are published that sign Teams' requests. In Microsoft's cloud for the US government "
        "(GCC High, DoD) this and the next two are its own addresses below `.us`; untried.",
        default="https://login.botframework.com/v1/.well-known/openidconfiguration",
    ),
    Row(
        "TEAMS_LOGIN_URL",
        "Where the bot gets its tokens.",
        default="https://login.microsoftonline.com",
    ),
    Row(
        "TEAMS_GRAPH_URL",
        "Base address of Microsoft Graph.",
        default="https://graph.microsoft.com/v1.0",
    ),
)
SECTIONS = tuple(dict.fromkeys(row.section for row in TABLE))
"""The tables of the settings file."""
BY_NAME: Mapping[str, Row] = {row.name: row for row in TABLE}
