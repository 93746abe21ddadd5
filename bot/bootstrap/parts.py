"""The parts that a single command may need: clock, store, vault, calendars, what doctor looks at.

Imports of adapters stay inside functions, so that `boundary-bot check` does not load a chat SDK.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from pydantic import SecretStr

from bot.ports import Calendars, Clock, Store, StoreError, Typesetter, Vault
from bot.probes import Probes
from bot.settings import Settings

if TYPE_CHECKING:
    from adapters.slack.adapter import SlackSettings
    from adapters.teams.adapter import TeamsSettings

logger = logging.getLogger(__name__)


def clock() -> Clock:
    """Real time."""
    from adapters.clock import SystemClock

    return SystemClock()


def calendars() -> Calendars:
    """Public holidays of places."""
    from adapters.calendars import PublicHolidays

    return PublicHolidays()


def typesetter() -> Typesetter:
    """Sets documents for print."""
    from adapters.documents.pdf import ReportlabTypesetter

    return ReportlabTypesetter()


def new_key() -> str:
    """A fresh key for BOUNDARY_SECRET_KEYS."""
    from adapters.vault import new_key as make

    return make()


def vault(settings: Settings) -> Vault:
    """Encryption with the keys of the settings or, without any, with one kept beside the database."""
    from adapters.vault import FernetVault, kept_key

    keys = [key.get_secret_value() for key in settings.secret_keys]
    if not keys:
        logger.warning("BOUNDARY_SECRET_KEYS is not set: using the key in %s.", settings.key_file)
        keys = [kept_key(settings.key_file)]
    return FernetVault(keys)


def migrate_database(settings: Settings) -> list[str]:
    """Create the database or bring it up to date; names of the migrations applied now."""
    from adapters.stores.sqlite import migrate

    folder = settings.database_path.parent
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        why = f"The folder {folder} cannot be made: {error.strerror}. Check BOUNDARY_DATABASE_URL."
        raise StoreError(why) from error
    return migrate(settings.database_path)


def pending_migrations(settings: Settings) -> list[str]:
    """Migrations that `migrate_database` would apply."""
    from adapters.stores.sqlite import pending

    return pending(settings.database_path)


def open_store(settings: Settings) -> Store:
    """The embedded store; raises StoreError with what to do when it is missing or out of date."""
    from adapters.stores.sqlite import SqliteStore

    path = settings.database_path
    if not path.exists():  # opening it would leave an empty file wherever somebody mistyped
        raise StoreError(
            f"There is no database at {path}. If the bot's is elsewhere, name it: BOUNDARY_DATABASE_URL or "
            "--config FILE. `boundary-bot migrate` makes a new one."
        )
    return SqliteStore(path)


def probes(settings: Settings) -> Probes:
    """What doctor looks at."""
    from adapters.inspection import Inspection
    from adapters.slack.scopes import BOT_SCOPES
    from adapters.stores.sqlite import library_warning, pending
    from adapters.teams.inspection import TeamsInspection
    from adapters.vault import is_key

    return Inspection(
        clock=clock(),
        path=settings.database_path,
        api_url=settings.slack_api_url,
        timeout=settings.call_timeout_seconds,
        pending=pending,
        warning=library_warning,
        works=is_key,
        scopes=BOT_SCOPES,
        microsoft=TeamsInspection(teams_settings(settings), clock()),
        bot_token=revealed(settings.slack_bot_token),
        app_token=revealed(settings.slack_app_token),
    )


def teams_package(
    settings: Settings,
    *,
    app_id: str,
    version: str,
    developer: tuple[str, str, str, str],
    read_mentions: bool,
) -> tuple[bytes, dict[str, object]]:
    """The app package for Microsoft Teams and the manifest in it; `developer` is a name and the addresses of
    website, privacy statement and terms. Raises ValueError with what to give instead.
    """
    from adapters.teams.package import Developer, Offered, Wanted, manifest, package
    from bot.commands import COMMANDS

    wanted = Wanted(
        app_id,
        version,
        Developer(*developer),
        tuple(Offered(each.word, each.summary, each.example) for each in COMMANDS),
        targeted="targeted" in settings.teams_features,
        read_mentions=read_mentions,
    )
    return package(wanted), manifest(wanted)


def revealed(secret: SecretStr | None) -> str:
    """The secret itself, "" without one."""
    return secret.get_secret_value() if secret else ""


def slack_settings(settings: Settings) -> SlackSettings:
    """What the Slack adapter needs of the settings."""
    from adapters.slack.adapter import SlackSettings

    return SlackSettings(
        signing_secrets=[secret.get_secret_value() for secret in settings.slack_signing_secrets],
        api_url=settings.slack_api_url,
        client_id=settings.slack_client_id or "",
        client_secret=revealed(settings.slack_client_secret),
        public_url=settings.public_url or "",
        app_token=revealed(settings.slack_app_token),
        timeout=settings.call_timeout_seconds,
    )


def teams_settings(settings: Settings) -> TeamsSettings:
    """What the Teams adapter needs of the settings."""
    from adapters.teams.adapter import TeamsSettings

    return TeamsSettings(
        app_id=settings.teams_app_id,
        app_password=revealed(settings.teams_app_password),
        tenant_id=settings.teams_tenant_id,
        openid_url=settings.teams_openid_url,
        login_url=settings.teams_login_url,
        graph_url=settings.teams_graph_url,
        allowed_tenants=frozenset(settings.teams_tenants),
        service_hosts=frozenset(settings.teams_service_hosts),
        auth=settings.teams_auth == "on",
        features=frozenset(settings.teams_features),
        timeout=settings.call_timeout_seconds,
    )
