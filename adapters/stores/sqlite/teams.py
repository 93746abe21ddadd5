"""Teams with their versions, votes, ledger and publications in SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from datetime import datetime

from adapters.stores.sqlite import queries as q
from adapters.stores.sqlite import rows
from bot.codec import (
    decode_proposal,
    decode_team,
    decode_team_state,
    decode_version,
    encode_proposal,
    encode_team,
    encode_team_state,
    encode_version,
    to_micros,
)
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


class SqliteTeams:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    def get(self, team: str) -> TeamRecord | None:
        row = self._execute(q.TEAM_GET, (team,)).fetchone()
        if row is None:
            return None
        return TeamRecord(decode_team(row[0]), decode_team_state(row[1]), rows.instant(row[2]), row[3])

    def put(self, record: TeamRecord) -> None:
        team, old = record.team, self.get(record.team.id)
        if old is None or old.team.members != team.members:
            self._execute(q.TEAM_EMPTY, (team.id,))
            for person in team.members:
                self._execute(q.TEAM_JOIN, (person, team.id))
        if old is None or old.team != team:
            name_all(self._execute, named_in_team(team), team.id)
        if old is None or old.state.places != record.state.places:
            self._execute(q.TEAM_UNPLACE, (team.id,))
            for place in record.state.places:
                self._execute(q.TEAM_PLACE, (place.tenant, place.channel, team.id))
        state = encode_team_state(record.state)
        self._execute(q.TEAM_PUT, (team.id, encode_team(team), state, rows.micros(record.next_at)))

    def of(self, person: str) -> list[str]:
        return [row[0] for row in self._execute(q.TEAMS_OF, (person,))]

    def naming(self, person: str) -> list[str]:
        return [row[0] for row in self._execute(q.TEAMS_NAMING, (person,))]

    def ids(self) -> list[str]:
        return [row[0] for row in self._execute(q.TEAM_IDS)]

    def at(self, place: Place) -> list[str]:
        return [row[0] for row in self._execute(q.TEAMS_AT, (place.tenant, place.channel))]

    def due(self, now: datetime, limit: int) -> list[str]:
        return [row[0] for row in self._execute(q.TEAMS_DUE, (to_micros(now), limit))]

    def next_at(self) -> datetime | None:
        return rows.instant(self._execute(q.TEAMS_NEXT).fetchone()[0])

    def remove(self, team: str) -> None:
        for statement in q.TEAM_REMOVE:
            self._execute(statement, (team,))

    def keep(self, version: TeamVersion) -> None:
        self._execute(q.VERSION_PUT, (version.team, version.number, encode_version(version)))
        name_all(self._execute, named_in_version(version), version.team)

    def versions(self, team: str) -> list[TeamVersion]:
        return [decode_version(row[0]) for row in self._execute(q.VERSIONS_OF, (team,))]

    def swap(self, team: str, person: str, to: str, member: str) -> None:
        """Put another id in a person's place in a team and its versions."""
        record = self.get(team)
        if record and (swapped := in_record(record, person, member)) != record:
            self.put(swapped)
        for version in self.versions(team):
            if person in named_in_version(version):
                self.keep(in_version(version, person, to, member))


class SqliteBallots:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    def get(self, proposal: str) -> Proposal | None:
        row = self._execute(q.PROPOSAL_GET, (proposal,)).fetchone()
        return None if row is None else decode_proposal(row[0])

    def put(self, proposal: Proposal) -> None:
        key = (proposal.id, proposal.team, to_micros(proposal.at))
        self._execute(q.PROPOSAL_PUT, (*key, encode_proposal(proposal)))
        name_all(self._execute, named_in_proposal(proposal), proposal.team)

    def of(self, team: str) -> list[Proposal]:
        return [decode_proposal(row[0]) for row in self._execute(q.PROPOSALS_OF, (team,))]

    def vote(self, vote: Vote) -> None:
        self._execute(q.VOTE_PUT, rows.vote_row(vote))

    def votes(self, proposal: str) -> list[Vote]:
        return [rows.vote(row) for row in self._execute(q.VOTES_ON, (proposal,))]

    def votes_of(self, person: str) -> list[Vote]:
        return [rows.vote(row) for row in self._execute(q.VOTES_BY, (person,))]

    def swap(self, team: str, person: str, to: str, member: str) -> None:
        """Put another id in a person's place in every proposal of a team."""
        for proposal in self.of(team):
            if person in named_in_proposal(proposal):
                self.put(in_proposal(proposal, person, to, member))


class SqliteLedger:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    def get(self, entry: str) -> LedgerEntry | None:
        row = self._execute(q.LEDGER_GET, (entry,)).fetchone()
        return None if row is None else self._entry(row)

    def put(self, entry: LedgerEntry) -> None:
        self._execute(q.LEDGER_PUT, rows.ledger_row(entry))
        self._execute(q.VERDICTS_REMOVE, (entry.id,))
        for place, (person, fair) in enumerate(entry.verdicts):
            self._execute(q.VERDICT_ADD, (entry.id, place, person, fair))

    def of(self, team: str, since: datetime) -> list[LedgerEntry]:
        found = self._execute(q.LEDGER_OF, (team, to_micros(since))).fetchall()
        return [self._entry(row) for row in found]

    def by(self, person: str) -> list[LedgerEntry]:
        return [self._entry(row) for row in self._execute(q.LEDGER_BY, (person,)).fetchall()]

    def purge(self, before: datetime) -> int:
        self._execute(q.VERDICTS_PURGE, (to_micros(before),))
        return self._execute(q.LEDGER_PURGE, (to_micros(before),)).rowcount

    def naming(self, person: str) -> list[LedgerEntry]:
        """Entries by a person, or with their verdict."""
        judged = [self.get(row[0]) for row in self._execute(q.LEDGER_JUDGED, (person,)).fetchall()]
        return list({entry.id: entry for entry in (*self.by(person), *judged) if entry}.values())

    def _entry(self, row: rows.Row) -> LedgerEntry:
        verdicts = self._execute(q.VERDICTS_OF, (row[0],))
        return rows.ledger_entry(row, tuple((person, bool(fair)) for person, fair in verdicts))


class SqlitePublications:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    def add(self, publication: Publication) -> bool:
        new = self._execute(q.PUBLICATION_ADD, rows.publication_row(publication)).rowcount == 1
        if new:
            name_all(self._execute, publication.cohort, publication.team)
        return new

    def get(self, team: str, week: str) -> Publication | None:
        row = self._execute(q.PUBLICATION_GET, (team, week)).fetchone()
        return None if row is None else rows.publication(row)

    def all(self) -> list[Publication]:
        return [rows.publication(row) for row in self._execute(q.PUBLICATIONS_ALL)]

    def near(self, people: Collection[str]) -> list[Publication]:
        reach, asked, teams = set(people), set[str](), set[str]()
        apart, found = list[Publication](), list[Publication]()
        while new := reach - asked:
            asked |= new
            named = {row[0] for id in new for row in self._execute(q.NAMED_TEAMS, (id,))} - teams
            teams |= named
            apart += [
                rows.publication(row) for id in named for row in self._execute(q.PUBLICATIONS_OF, (id,))
            ]
            touching = [each for each in apart if not reach.isdisjoint(each.cohort)]
            apart = [each for each in apart if reach.isdisjoint(each.cohort)]
            found += touching
            reach.update(*(each.cohort for each in touching))
        return sorted(found, key=lambda each: (each.week, each.team))

    def swap(self, team: str, person: str, to: str) -> None:
        """Put another id in a person's place in every publication of a team."""
        for row in self._execute(q.PUBLICATIONS_OF, (team,)).fetchall():
            old = rows.publication(row)
            new = in_publication(old, person, to)
            if new != old:
                self._execute(q.PUBLICATION_REPLACE, rows.publication_row(new))
                name_all(self._execute, new.cohort, team)


def name_all(execute: rows.Execute, people: Iterable[str], team: str) -> None:
    """Note that a team's norms, versions, proposals or publications name these people."""
    for person in people:
        execute(q.NAMED_ADD, (person, team))
