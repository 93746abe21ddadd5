"""Teams with their versions, votes, ledger and publications in memory."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from adapters.stores.memory.tables import Table
from adapters.stores.memory.words import MemoryAcknowledgements, Owned
from bot.codec import encode_team, to_micros
from bot.records import LedgerEntry, Place, Proposal, Publication, TeamRecord, TeamVersion, Vote
from bot.records.identity import (
    in_proposal,
    in_publication,
    in_record,
    in_version,
    named_in_proposal,
    named_in_team,
    named_in_version,
)


class MemoryVersions(Table[tuple[str, int], TeamVersion]):
    """By team and number."""

    def swap(self, person: str, to: str, member: str) -> None:
        """Put another id in a person's place in every version."""
        for key, version in list(self.rows.items()):
            self.set(key, in_version(version, person, to, member))


class MemoryVotes(Owned[tuple[str, str], Vote]):
    """By proposal and person."""

    person_at = 1


class MemoryBallots(Table[str, Proposal]):
    def __init__(self, votes: MemoryVotes) -> None:
        super().__init__(votes.journal)
        self._votes = votes

    def get(self, proposal: str) -> Proposal | None:
        return self.rows.get(proposal)

    def put(self, proposal: Proposal) -> None:
        to_micros(proposal.at)
        self.set(proposal.id, proposal)

    def of(self, team: str) -> list[Proposal]:
        found = [row for row in self.rows.values() if row.team == team]
        return sorted(found, key=lambda row: (row.at, row.id), reverse=True)

    def vote(self, vote: Vote) -> None:
        to_micros(vote.at)
        self._votes.set((vote.proposal, vote.person), vote)

    def votes(self, proposal: str) -> list[Vote]:
        found = [row for row in self._votes.rows.values() if row.proposal == proposal]
        return sorted(found, key=lambda row: (row.at, row.person))

    def votes_of(self, person: str) -> list[Vote]:
        found = [row for row in self._votes.rows.values() if row.person == person]
        return sorted(found, key=lambda row: (row.at, row.proposal))

    def swap(self, person: str, to: str, member: str) -> None:
        """Put another id in a person's place in every proposal."""
        for id, proposal in list(self.rows.items()):
            self.set(id, in_proposal(proposal, person, to, member))

    def remove_team(self, team: str) -> None:
        for proposal in self.of(team):
            for vote in self.votes(proposal.id):
                self._votes.set((vote.proposal, vote.person), None)
            self.set(proposal.id, None)


class MemoryLedger(Table[str, LedgerEntry]):
    def get(self, entry: str) -> LedgerEntry | None:
        return self.rows.get(entry)

    def put(self, entry: LedgerEntry) -> None:
        to_micros(entry.at)
        self.set(entry.id, entry)

    def of(self, team: str, since: datetime) -> list[LedgerEntry]:
        return _newest([row for row in self.rows.values() if row.team == team and row.at >= since])

    def by(self, person: str) -> list[LedgerEntry]:
        return _newest([row for row in self.rows.values() if row.by == person])

    def purge(self, before: datetime) -> int:
        old = [id for id, row in self.rows.items() if max(row.at, row.end) < before]
        for id in old:
            self.set(id, None)
        return len(old)


def _newest(entries: list[LedgerEntry]) -> list[LedgerEntry]:
    return sorted(entries, key=lambda entry: (entry.at, entry.id), reverse=True)


class MemoryPublications(Table[tuple[str, str], Publication]):
    def add(self, publication: Publication) -> bool:
        to_micros(publication.at)
        key = (publication.team, publication.week)
        if key in self.rows:
            return False
        self.set(key, publication)
        return True

    def get(self, team: str, week: str) -> Publication | None:
        return self.rows.get((team, week))

    def all(self) -> list[Publication]:
        return sorted(self.rows.values(), key=lambda row: (row.week, row.team))

    def near(self, people: Collection[str]) -> list[Publication]:
        reach, size = set(people), -1
        while size < len(reach):
            size = len(reach)
            reach.update(*(row.cohort for row in self.rows.values() if not reach.isdisjoint(row.cohort)))
        return [row for row in self.all() if not reach.isdisjoint(row.cohort)]

    def swap(self, person: str, to: str) -> None:
        """Put another id in a person's place in every publication."""
        for key, publication in list(self.rows.items()):
            self.set(key, in_publication(publication, person, to))


class MemoryTeams(Table[str, TeamRecord]):
    def __init__(
        self,
        versions: MemoryVersions,
        ballots: MemoryBallots,
        ledger: MemoryLedger,
        acknowledgements: MemoryAcknowledgements,
    ) -> None:
        super().__init__(versions.journal)
        self._versions = versions
        self._ballots = ballots
        self._ledger = ledger
        self._acknowledgements = acknowledgements

    def get(self, team: str) -> TeamRecord | None:
        return self.rows.get(team)

    def put(self, record: TeamRecord) -> None:
        if record.next_at is not None:
            to_micros(record.next_at)  # refuses naive instants
        old = self.rows.get(record.team.id)
        self.set(record.team.id, replace(record, version=old.version + 1 if old else 1))

    def of(self, person: str) -> list[str]:
        return [encode_team(row.team) for _, row in sorted(self.rows.items()) if person in row.team.members]

    def naming(self, person: str) -> list[str]:
        found = {id for id, row in self.rows.items() if person in named_in_team(row.team)}
        found |= {row.team for row in self._versions.rows.values() if person in named_in_version(row)}
        found |= {row.team for row in self._ballots.rows.values() if person in named_in_proposal(row)}
        named = [row for row in self._ledger.rows.values() if person in (row.by, *dict(row.verdicts))]
        return sorted(found | {row.team for row in named})

    def ids(self) -> list[str]:
        return sorted(self.rows)

    def at(self, place: Place) -> list[str]:
        return sorted(id for id, row in self.rows.items() if place in row.state.places)

    def due(self, now: datetime, limit: int) -> list[str]:
        waiting = sorted((row.next_at, id) for id, row in self.rows.items() if row.next_at)
        return [id for at, id in waiting if at <= now][:limit]

    def next_at(self) -> datetime | None:
        return min((row.next_at for row in self.rows.values() if row.next_at), default=None)

    def remove(self, team: str) -> None:
        self.set(team, None)
        self._ballots.remove_team(team)
        tables: tuple[Table[Any, Any], ...] = (self._versions, self._ledger, self._acknowledgements)
        for table in tables:
            for key in [key for key, row in table.rows.items() if row.team == team]:
                table.set(key, None)

    def keep(self, version: TeamVersion) -> None:
        self._versions.set((version.team, version.number), version)

    def versions(self, team: str) -> list[TeamVersion]:
        found = [version for version in self._versions.rows.values() if version.team == team]
        return sorted(found, key=lambda version: version.number, reverse=True)

    def swap(self, person: str, member: str) -> None:
        """Put another id in a person's place in every team that names them."""
        for record in list(self.rows.values()):
            if (swapped := in_record(record, person, member)) != record:
                self.put(swapped)
