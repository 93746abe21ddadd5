"""The tables of teams, and of what people wrote or said for themselves."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Protocol

from bot.records import (
    Acknowledgement,
    JournalEntry,
    LedgerEntry,
    Place,
    Proposal,
    Publication,
    SaidEntry,
    TeamRecord,
    TeamVersion,
    Vote,
)


class Teams(Protocol):
    """Shared norms by team, with their dated versions."""

    def get(self, team: str) -> TeamRecord | None: ...
    def put(self, record: TeamRecord) -> None:
        """Insert or replace, with who is a member and where the team talks; the stored version grows by
        one."""

    def of(self, person: str) -> list[str]:
        """The norms in force of this person's teams, by team id, as JSON of rules.values.Team (bot.codec):
        the hot path decodes the same text once."""

    def ids(self) -> list[str]: ...
    def at(self, place: Place) -> list[str]:
        """Ids of the teams that talk in a channel, in order."""

    def due(self, now: datetime, limit: int) -> list[str]:
        """Ids of teams whose next_at ≤ now, earliest first."""

    def next_at(self) -> datetime | None: ...
    def naming(self, person: str) -> list[str]:
        """Ids of the teams whose norms, versions, proposals or ledger name a person or outside id, in order;
        there may be some among them that did so once."""

    def remove(self, team: str) -> None:
        """Remove a team with its versions, ballots, ledger and acknowledgements; what was published stays."""

    def keep(self, version: TeamVersion) -> None:
        """Add or replace a version by its team and number."""

    def versions(self, team: str) -> list[TeamVersion]:
        """Newest first."""


class Ballots(Protocol):
    """Proposals and the votes on them."""

    def get(self, proposal: str) -> Proposal | None: ...
    def put(self, proposal: Proposal) -> None: ...
    def of(self, team: str) -> list[Proposal]:
        """All of a team, newest first."""

    def vote(self, vote: Vote) -> None:
        """Note a member's word; it replaces an earlier one."""

    def votes(self, proposal: str) -> list[Vote]:
        """Oldest first, those of one instant by person."""

    def votes_of(self, person: str) -> list[Vote]: ...


class Ledger(Protocol):
    """The overrides of what a team agreed to keep quiet."""

    def get(self, entry: str) -> LedgerEntry | None: ...
    def put(self, entry: LedgerEntry) -> None: ...
    def of(self, team: str, since: datetime) -> list[LedgerEntry]:
        """Entries with `at` ≥ since, newest first."""

    def by(self, person: str) -> list[LedgerEntry]:
        """Entries by a person or outside id, newest first."""

    def purge(self, before: datetime) -> int:
        """Delete entries that were made before `before` and whose stretch had ended by then, too."""


class Publications(Protocol):
    """Team figures as published; never replaced."""

    def add(self, publication: Publication) -> bool:
        """Keep it unless the team's week was published before; True if it is new."""

    def get(self, team: str, week: str) -> Publication | None: ...
    def all(self) -> list[Publication]:
        """Of every team, by week and team."""

    def near(self, people: Collection[str]) -> list[Publication]:
        """Those that these people stand behind, and those that share people with these, and so on, by week
        and team: all that one over these people is compared with."""


class Acknowledgements(Protocol):
    def put(self, acknowledgement: Acknowledgement) -> None: ...
    def of(self, team: str, number: int) -> list[Acknowledgement]: ...
    def by(self, person: str) -> list[Acknowledgement]: ...


class Diary(Protocol):
    """What people wrote for themselves, sealed."""

    def put(self, entry: JournalEntry) -> None:
        """Add or replace by person, day and kind."""

    def of(self, person: str, since: date) -> list[JournalEntry]:
        """Entries of days ≥ since, oldest first."""

    def remove(self, person: str, day: date, kind: str) -> None: ...
    def all(self, after: tuple[str, date, str] | None = None, limit: int = 500) -> list[JournalEntry]:
        """By person, day and kind, a page at a time: what a change of keys must seal anew."""

    def purge(self, before: date) -> int:
        """Delete entries of days before `before`, but not people's own questions ("words:…")."""


class SaidLog(Protocol):
    """What people said for now, after it has ended."""

    def put(self, entry: SaidEntry) -> None:
        """Add or replace by person and the instant it was said."""

    def of(self, person: str, since: datetime) -> list[SaidEntry]:
        """Entries that ended at or after `since`, oldest first."""

    def purge(self, before: datetime) -> int: ...
