"""The real probes of doctor: the database file, and one question to Slack per token."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import aiohttp

from bot.ports import Clock, StoreError
from bot.probes import DatabaseFacts, SlackFacts, TeamsProbes


@dataclass(frozen=True, slots=True)
class Inspection:
    """Implements `bot.probes.Probes`. `pending` and `warning` are the store's, `works` the vault's,
    `scopes` what the Slack adapter needs of a bot token, `microsoft` asks about Teams. `timeout` is in
    seconds, for one whole call."""

    clock: Clock
    path: Path
    api_url: str
    timeout: float
    pending: Callable[[Path], list[str]]
    warning: Callable[[], str | None]
    works: Callable[[str], bool]
    scopes: Collection[str]
    microsoft: TeamsProbes
    bot_token: str = field(default="", repr=False)
    app_token: str = field(default="", repr=False)

    def now(self) -> datetime:
        """The wall clock."""
        return self.clock.now()

    def boottime(self) -> bool:
        """Whether this system has CLOCK_BOOTTIME."""
        return hasattr(time, "CLOCK_BOOTTIME")

    def database(self) -> DatabaseFacts:
        """Look at the file without creating or changing it."""
        path, warning = str(self.path), self.warning() or ""
        if not self.path.exists():
            return DatabaseFacts(path, exists=False, error=_cannot_be_made(self.path), warning=warning)
        try:
            return DatabaseFacts(path, exists=True, pending=tuple(self.pending(self.path)), warning=warning)
        except StoreError as error:
            return DatabaseFacts(path, exists=True, error=str(error).rstrip("."), warning=warning)

    def teams(self) -> TeamsProbes:
        """The Teams adapter's own."""
        return self.microsoft

    def key_works(self, key: str) -> bool:
        """Whether the vault takes this key."""
        return self.works(key)

    async def slack_bot(self) -> SlackFacts:
        """auth.test with the bot token: its answer carries the granted scopes and Slack's time."""
        return await self._ask("auth.test", self.bot_token)

    async def slack_app(self) -> SlackFacts:
        """apps.connections.open with the app-level token; the address it gives is not used and expires."""
        return await self._ask("apps.connections.open", self.app_token)

    async def _ask(self, method: str, token: str) -> SlackFacts:
        headers = {"Authorization": f"Bearer {token}"}
        timeout = aiohttp.ClientTimeout(total=self.timeout)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(f"{self.api_url}{method}", headers=headers) as answer,
            ):
                body = await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            # Only the kind of failure: the text of an HTTP error may quote the request.
            return SlackFacts(ok=False, error=f"unreachable: {type(error).__name__}")
        return self._facts(body if isinstance(body, dict) else {}, answer)

    def _facts(self, body: dict[str, object], answer: aiohttp.ClientResponse) -> SlackFacts:
        granted = answer.headers.get("x-oauth-scopes", "")
        return SlackFacts(
            ok=body.get("ok") is True,
            error=str(body.get("error", "" if body.get("ok") is True else f"status {answer.status}")),
            team=str(body.get("team", "")),
            user=str(body.get("user", "")),
            date=_date(answer.headers.get("Date")),
            granted=frozenset(scope.strip() for scope in granted.split(",") if scope.strip()),
            needed=frozenset(self.scopes),
        )


def _cannot_be_made(path: Path) -> str:
    """Why a file cannot come into being: the nearest folder that exists takes none; empty if it does."""
    folder = next(each for each in path.absolute().parents if each.exists())
    if not folder.is_dir():
        return f"{folder} is no folder"
    return "" if os.access(folder, os.W_OK | os.X_OK) else f"nothing may be written in {folder}"


def _date(header: str | None) -> datetime | None:
    """An HTTP date in UTC (RFC 9110, 5.6.7); None if it is missing or odd."""
    try:
        return parsedate_to_datetime(header or "").astimezone(UTC)
    except ValueError:
        return None
