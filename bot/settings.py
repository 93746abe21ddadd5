"""All settings: one table, read from environment variables or one TOML file, the variable winning.

`BOUNDARY_X` is key `x` of the file's `[boundary]`, `SLACK_X` of `[slack]`, `TEAMS_X` of `[teams]`. An empty
variable counts as unset. The table of them all is in `bot.settings_table`, what keeps `serve` from starting
in `bot.settings_serve`.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict
from typing_extensions import override

from bot.findings import Finding, Level
from bot.settings_table import BY_NAME, SECTIONS, TABLE

CONFIG = "BOUNDARY_CONFIG"
CONFIG_DEFAULT = "boundary.toml"
SQLITE = "sqlite:///"
MAX_CONFIG_BYTES = 256 * 1024
TEAMS_FEATURES = ("presence", "hours", "targeted")
"""What Teams can do with more rights than a plain bot has; each is off until the setting names it."""
# Variables of ours that are no settings: read by tests and by the fault runs only.
OTHER_VARIABLES = frozenset({CONFIG, "BOUNDARY_FAILPOINT", "BOUNDARY_SKIPS_FAIL"})


class SettingsError(Exception):
    """Settings that cannot be read. `findings` say which, and what to write instead; never values."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("\n".join(finding.sentence() for finding in findings))
        self.findings = findings


Secrets = Annotated[tuple[SecretStr, ...], NoDecode]
Words = Annotated[tuple[str, ...], NoDecode]
_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII)
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?", re.ASCII)


class Settings(BaseSettings):
    """The settings as values, made by `load_settings`. Secrets show as stars in repr and logs."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        env_ignore_empty=True,
        case_sensitive=True,
        populate_by_name=True,
        hide_input_in_errors=True,
        validate_default=False,
    )

    database_url: str = Field(default="", validation_alias="BOUNDARY_DATABASE_URL")
    norms: Path | None = Field(default=None, validation_alias="BOUNDARY_NORMS")
    norms_by: str = Field(default="", max_length=80, validation_alias="BOUNDARY_NORMS_BY")
    host: str = Field(default="127.0.0.1", validation_alias="BOUNDARY_HOST")
    port: int = Field(default=3000, ge=0, le=65535, validation_alias="BOUNDARY_PORT")
    public_url: str | None = Field(default=None, validation_alias="BOUNDARY_PUBLIC_URL")
    secret_keys: Secrets = Field(default=(), validation_alias="BOUNDARY_SECRET_KEYS")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", validation_alias="BOUNDARY_LOG_LEVEL"
    )
    guard_seconds: float = Field(default=5.0, gt=0, le=60, validation_alias="BOUNDARY_GUARD_SECONDS")
    quarantine_seconds: float = Field(
        default=90.0, gt=0, le=3600, validation_alias="BOUNDARY_QUARANTINE_SECONDS"
    )
    call_timeout_seconds: float = Field(
        default=10.0, gt=0, le=60, validation_alias="BOUNDARY_CALL_TIMEOUT_SECONDS"
    )
    slack_bot_token: SecretStr | None = Field(default=None, validation_alias="SLACK_BOT_TOKEN")
    slack_signing_secrets: Secrets = Field(default=(), validation_alias="SLACK_SIGNING_SECRET")
    slack_app_token: SecretStr | None = Field(default=None, validation_alias="SLACK_APP_TOKEN")
    slack_client_id: str | None = Field(default=None, validation_alias="SLACK_CLIENT_ID")
    slack_client_secret: SecretStr | None = Field(default=None, validation_alias="SLACK_CLIENT_SECRET")
    slack_api_url: str = Field(default="https://slack.com/api/", validation_alias="SLACK_API_URL")
    teams_app_id: str = Field(default="", validation_alias="TEAMS_APP_ID")
    teams_app_password: SecretStr | None = Field(default=None, validation_alias="TEAMS_APP_PASSWORD")
    teams_tenant_id: str = Field(default="", validation_alias="TEAMS_TENANT_ID")
    teams_allowed_tenants: Words = Field(default=(), validation_alias="TEAMS_ALLOWED_TENANTS")
    teams_features: Words = Field(default=(), validation_alias="TEAMS_FEATURES")
    teams_auth: Literal["on", "off"] = Field(default="on", validation_alias="TEAMS_AUTH")
    teams_service_hosts: Words = Field(default=(), validation_alias="TEAMS_SERVICE_HOSTS")
    teams_openid_url: str = Field(
        default="https://login.botframework.com/v1/.well-known/openidconfiguration",
        validation_alias="TEAMS_OPENID_URL",
    )
    teams_login_url: str = Field(
        default="https://login.microsoftonline.com", validation_alias="TEAMS_LOGIN_URL"
    )
    teams_graph_url: str = Field(
        default="https://graph.microsoft.com/v1.0", validation_alias="TEAMS_GRAPH_URL"
    )

    @classmethod
    @override
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment beats what the settings file said, which arrives as initial values."""
        return env_settings, init_settings

    @field_validator("secret_keys", "slack_signing_secrets", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("teams_allowed_tenants", "teams_features", "teams_service_hosts", mode="before")
    @classmethod
    def _words(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(dict.fromkeys(part.strip().lower() for part in value.split(",") if part.strip()))
        return value

    @field_validator("teams_app_id", "teams_tenant_id")
    @classmethod
    def _guid(cls, value: str) -> str:
        return guid(value)

    @field_validator("teams_allowed_tenants")
    @classmethod
    def _guids(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(guid(each) for each in value)

    @field_validator("teams_features")
    @classmethod
    def _features(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            if each not in TEAMS_FEATURES:
                close = difflib.get_close_matches(each, TEAMS_FEATURES, 1)
                meant = f"did you mean `{close[0]}`?" if close else "there is no such feature."
                raise ValueError(f"`{each[:40]}`: {meant} Write one or more of `{','.join(TEAMS_FEATURES)}`")
        return value

    @field_validator("teams_service_hosts")
    @classmethod
    def _hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            if not _HOST.fullmatch(each):
                raise ValueError("write hosts, without `https://`: `relay.example.org,127.0.0.1:8080`")
        return value

    @field_validator("log_level", "teams_auth", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("database_url")
    @classmethod
    def _only_sqlite(cls, value: str) -> str:
        if value and (not value.startswith(SQLITE) or value == SQLITE):
            scheme = value.partition(":")[0]
            msg = f"the scheme `{scheme}` is not supported: write `sqlite:////absolute/path/boundary.db`"
            raise ValueError(msg)
        return value

    @field_validator("public_url", "slack_api_url", "teams_openid_url", "teams_login_url", "teams_graph_url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "https://unset.example")
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.username:
            msg = "this is no web address: write it like `https://boundary.example.org`"
            raise ValueError(msg)
        return value and value.rstrip("/")

    @field_validator("teams_openid_url", "teams_login_url", "teams_graph_url")
    @classmethod
    def _private(cls, value: str) -> str:
        """The keys that we trust come from there, and our secret goes there."""
        parts = urlsplit(value)
        if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
            raise ValueError("only https is safe here; http is for a test server on this computer")
        return value

    @field_validator("slack_api_url")
    @classmethod
    def _folder(cls, value: str) -> str:
        """Method names are appended to it."""
        return f"{value}/"

    @property
    def database_path(self) -> Path:
        """The SQLite file; its folder may not exist yet."""
        if not self.database_url:
            return data_folder() / "boundary.db"
        return Path(self.database_url.removeprefix(SQLITE)).expanduser()

    @property
    def key_file(self) -> Path:
        """Where `serve` keeps a key of its own when no secret keys are set: beside the database."""
        return self.database_path.with_name(f"{self.database_path.name}.key")

    @property
    def slack_wanted(self) -> bool:
        """Whether anything that Slack gave the app is set."""
        return bool(
            self.slack_bot_token or self.slack_signing_secrets or self.slack_app_token
            or self.slack_client_id or self.slack_client_secret
        )  # fmt: skip

    @property
    def teams_wanted(self) -> bool:
        """Whether anything that makes a Teams bot is set: an id, the password, a tenant, or no sign-in."""
        return bool(
            self.teams_app_id or self.teams_app_password or self.teams_tenant_id
            or self.teams_allowed_tenants or self.teams_auth == "off"
        )  # fmt: skip

    @property
    def teams_tenants(self) -> tuple[str, ...]:
        """Whose Teams may talk to us: the tenants listed, else the app's own."""
        return self.teams_allowed_tenants or tuple(filter(None, [self.teams_tenant_id]))

    @property
    def socket_mode(self) -> bool:
        """Whether Slack's events come over a websocket rather than HTTP."""
        return self.slack_app_token is not None

    @property
    def connect_enabled(self) -> bool:
        """Whether people can be offered Connect (OAuth for their own token)."""
        return bool(self.slack_client_id and self.slack_client_secret and self.public_url)


def guid(value: str) -> str:
    """An Entra id in small letters; "" stays. Raises ValueError with how one looks."""
    small = value.strip().strip("{}").lower()
    if small and not _GUID.fullmatch(small):
        raise ValueError(
            "this is no id of Microsoft's directory: it looks like `00000000-0000-0000-0000-000000000000`, "
            "with 32 digits and letters from a to f"
        )
    return small


def is_loopback(host: str) -> bool:
    """Whether this address is reached from this computer only."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def data_folder() -> Path:
    """Where programs keep this user's data: XDG, Application Support (macOS) or LOCALAPPDATA (Windows)."""
    home = Path.home()
    bases = {
        "darwin": home / "Library" / "Application Support",
        "win32": Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local"),
    }
    base = bases.get(sys.platform, Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share"))
    return base / "boundary-bot"


def load_settings(config: Path | None = None) -> Settings:
    """Read the environment and the settings file: `config`, else BOUNDARY_CONFIG, else ./boundary.toml.

    Raises SettingsError with every finding at once.
    """
    values = _file_values(_config_path(config))
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise SettingsError(tuple(_findings(error))) from None
    _check_timing(settings)
    return settings


def _config_path(config: Path | None) -> Path | None:
    named = config or (Path(os.environ[CONFIG]) if os.environ.get(CONFIG) else None)
    if named is not None:
        return named
    default = Path(CONFIG_DEFAULT)
    return default if default.is_file() else None


def _file_values(path: Path | None) -> dict[str, Any]:
    """The file's settings by variable name. An empty string counts as unset, as in the environment."""
    if path is None:
        return {}
    findings: list[Finding] = []
    values: dict[str, Any] = {}
    for section, table in _parsed(path).items():
        if section not in SECTIONS or not isinstance(table, dict):
            findings.append(
                _problem(
                    str(path),
                    f"{path}: `{section}` is not a table of the settings file.",
                    "Write settings under `[boundary]`, `[slack]` or `[teams]`.",
                )
            )
            continue
        for key, value in table.items():
            name = f"{section}_{key}".upper()
            if name in BY_NAME:
                values[name] = _plain(value)
            else:
                what = f"{path}: `{key}` in [{section}] is not a setting."
                findings.append(_problem(str(path), what, _meant(section, key)))
    if findings:
        raise SettingsError(tuple(findings))
    return {name: value for name, value in values.items() if value != ""}


def _parsed(path: Path) -> dict[str, Any]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        what = f"The settings file {path} cannot be read ({error.strerror})."
        raise _config_error(what, f"Check the path in {CONFIG} and its permissions.") from None
    if len(raw) > MAX_CONFIG_BYTES:
        what = f"The settings file {path} is larger than 256 KiB."
        raise _config_error(what, "It holds a few dozen lines at most; is this the right file?")
    try:
        return tomllib.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:  # bad TOML, no UTF-8, thousands of digits, deep nesting
        # Only the place is repeated: the line itself may hold a secret.
        place = str(error).rpartition("(at ")[2].rstrip(")") if "(at " in str(error) else "unknown place"
        do = 'Write values like `port = 3000` and `host = "127.0.0.1"`.'
        raise _config_error(f"{path}: this is not valid TOML ({place}).", do) from None


def _config_error(what: str, do: str) -> SettingsError:
    return SettingsError((_problem(CONFIG, what, do),))


def _plain(value: object) -> object:
    """A list of strings in the file is the comma separated form of the variable; true is no number."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return ",".join(value)
    return value


def _meant(section: str, key: str) -> str:
    close = difflib.get_close_matches(key, [row.key for row in TABLE if row.section == section], 1)
    return f"Did you mean `{close[0]}`?" if close else "See the table of settings in the README."


def _findings(error: ValidationError) -> Iterator[Finding]:
    for problem in error.errors(include_input=False, include_url=False):
        name = str(problem["loc"][0]) if problem["loc"] else "settings"
        message = problem["msg"].removeprefix("Value error, ")
        row = BY_NAME.get(name)
        hint = f"The default is {row.default}." if row and row.default else ""
        yield _problem(name, f"{name}: {message}.", hint)


def _check_timing(settings: Settings) -> None:
    """Q ≥ B + D of the delivery protocol: looking a post up too early is as bad as not looking."""
    least = settings.guard_seconds + settings.call_timeout_seconds
    if settings.quarantine_seconds < least:
        name, now = "BOUNDARY_QUARANTINE_SECONDS", f"{settings.quarantine_seconds:g}"
        what = f"{name} is {now}, shorter than guard and call timeout together."
        raise SettingsError((_problem(name, what, f"Set it to at least {least:g}."),))


def _problem(check: str, what: str, do: str) -> Finding:
    return Finding(check, Level.PROBLEM, what, do)
