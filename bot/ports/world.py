"""What surrounds the application: time, wake-ups, encryption, calendars, and where people are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

from bot.inbound import Account
from rules.values import Holiday


class Clock(Protocol):
    """The only way to know the time."""

    def now(self) -> datetime:
        """The wall clock, aware UTC. The playground's may be paused, sped up or moved."""

    def monotonic(self) -> float:
        """Real seconds on CLOCK_BOOTTIME: comparable between processes on one host until it reboots."""

    def delay_until(self, at: datetime) -> float | None:
        """Real seconds until the wall clock shows `at` (≤ 0 if it has passed); None while the clock is
        paused.
        """

    def on_change(self, callback: Callable[[], None]) -> None:
        """Call back whenever pausing, speeding up or jumping makes earlier delays wrong."""


class Engine(Protocol):
    """Carries wake-ups and nothing else: may lose, double or delay them without harm."""

    async def start(self, handler: Callable[[str], Awaitable[None]]) -> None:
        """Begin; `handler(key)` is awaited for each wake-up."""

    def wake(self, key: str, at: datetime) -> None:
        """Ask for a wake-up of `key` at `at`; idempotent per key, the earliest wins."""

    async def stop(self) -> None: ...


class Vault(Protocol):
    """Encryption at rest with rotating keys; `about` (tenant, purpose) is bound into the plaintext and
    checked.
    """

    def seal(self, text: str, about: str) -> bytes: ...
    def open(self, sealed: bytes, about: str) -> str:
        """Raises VaultError when the keys do not fit or `about` differs."""

    def rotate(self, sealed: bytes) -> bytes: ...


class VaultError(Exception):
    """The sealed value cannot be opened: wrong or missing key in BOUNDARY_SECRET_KEYS."""


class Calendars(Protocol):
    def holidays(self, place: str, first_year: int, last_year: int) -> tuple[Holiday, ...]:
        """Public holidays of "PT" or "DE-BY"; raises ValueError with a suggestion for an unknown place."""


class Directory(Protocol):
    """Who is reachable how. Tokens leave it only towards a platform client."""

    async def bot_token(self, tenant: str) -> str | None: ...
    async def person_token(self, account: Account) -> str | None: ...
    async def dm(self, account: Account) -> str:
        """The bot's own chat with this account, "" if not opened yet."""

    async def keep_dm(self, account: Account, channel: str) -> None: ...
