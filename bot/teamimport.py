"""Teams of a norms file. Who is in a team, who leads it and where it talks come from the file; what the team
agreed on does not: where the file differs, that is proposed to the team, unless an administrator stands for
it, whose name is kept with the version."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.flows.teams import deciding
from bot.flows.teams.due import plan_team
from bot.flows.teams.proposals import label_of, opened
from bot.normsfile import NormsFile
from bot.planning.teaming import members_of
from bot.ports import Calendars, Tx
from bot.records import Origin, Place, Proposal, ProposalState, TeamRecord, TeamState, TeamVersion
from bot.teamnorms import Changes, applied, difference, effective, with_holidays
from rules.values import Team

_log = logging.getLogger(__name__)

SOURCE = "norms file"
"""`Proposal.source` of what a file proposes."""


@dataclass(frozen=True, slots=True)
class Importing:
    """What an import goes by: `tenants` by platform, `by` the administrator's name ("": the teams decide)."""

    tenants: Mapping[str, str]
    calendars: Calendars
    now: datetime
    by: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the file's teams: ids of those with a new proposal, those with a new version, and those
    in which nobody can vote yet."""

    proposed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    without_voters: tuple[str, ...] = ()

    def __add__(self, other: Taken) -> Taken:
        return Taken(
            self.proposed + other.proposed,
            self.changed + other.changed,
            self.without_voters + other.without_voters,
        )


NOTHING = Taken()


def take_in(tx: Tx, norms: NormsFile, how: Importing) -> Taken:
    """Bring every team of a checked file in, after its people. Teams that it does not name stay as they are.

    Raises ValueError for a place whose public holidays nobody knows.
    """
    taken = Taken()
    for team in norms.teams.values():
        places = tuple(
            Place(how.tenants[platform], channel)
            for platform, channel in norms.places.get(team.id, ())
            if platform in how.tenants
        )
        known = tx.teams.get(team.id)
        taken += _founded(tx, team, places, how) if known is None else _met(tx, known, team, places, how)
    return taken


def _founded(tx: Tx, team: Team, places: tuple[Place, ...], how: Importing) -> Taken:
    """A new team: with its norms if an administrator stands for them, else without any, to be voted on."""
    bare = Team(team.id, team.zone, team.members, team.leads, name=team.name)
    norms = with_holidays(team, how.calendars, how.now.year) if how.by else bare
    record = TeamRecord(norms, TeamState(places=_free(tx, team.id, places)))
    origin, label = Origin.FOUNDED, "The team was founded by a norms file"
    if how.by:
        origin, label = Origin.ADMIN, label_of(difference(bare, team)) or "Nothing is agreed yet"
    record = deciding.enact(tx, record, _version(record, norms, how, label, origin), how.now)
    if how.by:
        return _planned(tx, record, how, Taken(changed=(team.id,)))
    return _proposed(tx, record, difference(bare, team), how)


def _met(tx: Tx, known: TeamRecord, team: Team, places: tuple[Place, ...], how: Importing) -> Taken:
    record = _with_people(tx, deciding.with_first_version(tx, known, how.now), team, places, how)
    changes = effective(record.team, difference(replace(record.team, leads=team.leads), team))
    if not changes:
        return Taken()
    _take_back_others(tx, record, changes, how)
    if not how.by:
        return _proposed(tx, record, changes, how)
    norms = applied(record.team, changes, how.calendars, how.now.year)
    version = _version(record, norms, how, label_of(changes), Origin.ADMIN)
    record = deciding.enact(tx, record, version, how.now)
    return _planned(tx, record, how, Taken(changed=(team.id,)))


def _with_people(
    tx: Tx, known: TeamRecord, team: Team, places: tuple[Place, ...], how: Importing
) -> TeamRecord:
    """Members and leads of the file; who joined in chat stays, and so does where the team said it talks."""
    joined = [person for person, _ in known.state.joined if person in known.team.members]
    members = tuple(dict.fromkeys((*team.members, *joined)))
    new = [id for id in team.members if id not in known.team.members and id not in joined]
    since = (*known.state.joined, *((id, how.now) for id in new))
    all_places = tuple(dict.fromkeys((*known.state.places, *_free(tx, team.id, places))))
    state = replace(known.state, joined=since, places=all_places)
    changed = replace(known, team=replace(known.team, members=members, leads=team.leads), state=state)
    if changed == known:
        return known
    stored = deciding.put(tx, changed)
    gone = [id for id in known.team.members if id not in members]
    key = f"{team.id}:file:{stored.version}"
    deciding.replan_members(tx, stored.team, key, how.now, also=gone)
    if gone:
        deciding.settle_all(tx, stored, how.now)
    return stored


def _free(tx: Tx, team: str, places: tuple[Place, ...]) -> tuple[Place, ...]:
    """Those of the places in which no other team talks already."""
    return tuple(place for place in places if not [id for id in tx.teams.at(place) if id != team])


def _version(record: TeamRecord, norms: Team, how: Importing, label: str, origin: Origin) -> TeamVersion:
    number = record.state.number + 1
    return TeamVersion(record.team.id, number, how.now, how.now, norms, label, origin, how.by)


def _proposed(tx: Tx, record: TeamRecord, changes: Changes, how: Importing) -> Taken:
    """Put the file's norms to the vote, unless the same was put to it before and came to nothing."""
    id = record.team.id
    if not changes or any(_is_same(each, changes) for each in tx.ballots.of(id)):
        return _planned(tx, record, how, Taken())
    if not members_of(tx, record.team):
        _log.warning("Nobody in the team %s can vote yet: its norms in the file wait for that.", id)
        return Taken(without_voters=(id,))
    opened(tx, record, changes, how.now, source=SOURCE)
    return _planned(tx, record, how, Taken(proposed=(id,)))


def _is_same(proposal: Proposal, changes: Changes) -> bool:
    is_over = proposal.state is ProposalState.IN_FORCE
    return proposal.source == SOURCE and proposal.changes == changes and not is_over


def _take_back_others(tx: Tx, record: TeamRecord, changes: Changes, how: Importing) -> None:
    """What an earlier version of the file proposed and nobody has decided yet is withdrawn."""
    for each in tx.ballots.of(record.team.id):
        is_same = not how.by and each.changes == changes
        if each.source == SOURCE and each.state is ProposalState.OPEN and not is_same:
            withdrawn = replace(each, state=ProposalState.WITHDRAWN, decided_at=how.now)
            deciding.shown_anew(tx, record, withdrawn, how.now)


def _planned(tx: Tx, record: TeamRecord, how: Importing, taken: Taken) -> Taken:
    plan_team(tx, record, how.now, how.calendars)
    return taken
