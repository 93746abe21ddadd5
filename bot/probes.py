"""What doctor looks at: a port of its own, so that the application can be examined without running it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """The database as found. `exists` is False before the first start; `pending` are migrations not yet
    applied; `error` says why it cannot be opened, `warning` what to know about the library."""

    path: str
    exists: bool
    pending: tuple[str, ...] = ()
    error: str = ""
    warning: str = ""


@dataclass(frozen=True, slots=True)
class SlackFacts:
    """What Slack said to one token. `error` is Slack's error name or "unreachable: …"; `date` is the server's
    clock (its Date header); `needed` and `granted` are scopes."""

    ok: bool
    error: str = ""
    team: str = ""
    user: str = ""
    date: datetime | None = None
    granted: frozenset[str] = frozenset()
    needed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TeamsFacts:
    """What Microsoft answered to one question. `error` is "" if all is well, else its error name
    ("invalid_client"), "status 403" or "unreachable: …"; `count` is how many things were found."""

    error: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class Right:
    """A permission of Microsoft Graph, why the bot wants it, and for whom it has it: `error` as in
    `TeamsFacts`, where "status 403" means that nobody has consented."""

    name: str
    why: str
    error: str = ""


class TeamsProbes(Protocol):
    """What doctor looks at for Teams. Nobody's data is changed, and no person is asked about."""

    async def token(self) -> TeamsFacts:
        """Ask for a token of the bot."""

    async def keys(self) -> TeamsFacts:
        """Fetch the keys that sign Teams' requests; `count` is how many can be used."""

    def needs(self, feature: str) -> tuple[Right, ...]:
        """Which permissions of Graph a feature needs; () if it needs none."""

    async def rights(self, feature: str) -> tuple[Right, ...]:
        """The same, each tried once."""

    def sdk(self) -> tuple[str, str]:
        """The botbuilder-core that is installed ("" if none), and the one that the work-arounds are for."""


class Probes(Protocol):
    """What doctor looks at; `bot.bootstrap.parts` has the real ones."""

    def now(self) -> datetime: ...
    def boottime(self) -> bool:
        """Whether time spent asleep counts in the guard and the quarantine (CLOCK_BOOTTIME)."""

    def database(self) -> DatabaseFacts: ...
    def key_works(self, key: str) -> bool:
        """Whether this is a Fernet key."""

    async def slack_bot(self) -> SlackFacts: ...
    async def slack_app(self) -> SlackFacts:
        """The app-level token, tried by asking for a Socket Mode address without using it."""

    def teams(self) -> TeamsProbes: ...
