"""One person id in place of another wherever the records of teams name it, or taken out of them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Final

from bot.records.teams import LedgerEntry, Proposal, Publication, TeamRecord, TeamVersion
from rules.values import Team

NAMING: Final = frozenset({"members", "leads", "ask_on_leave"})
"""The fields of a norms file whose text is person ids."""


def swapped(ids: tuple[str, ...], person: str, to: str) -> tuple[str, ...]:
    """The ids with `to` in place of `person`, each once and in order; "" takes the person out."""
    if person not in ids:
        return ids
    return tuple(dict.fromkeys(new for id in ids if (new := to if id == person else id)))


def in_team(team: Team, person: str, to: str) -> Team:
    """A team's norms with another id in a person's place; "" takes them out."""
    ask = (to or None) if team.ask_on_leave == person else team.ask_on_leave
    members, leads = swapped(team.members, person, to), swapped(team.leads, person, to)
    return replace(team, members=members, leads=leads, ask_on_leave=ask)


def in_record(record: TeamRecord, person: str, to: str) -> TeamRecord:
    """The same for what happened to the team: of two ids the one that came first says when, and whoever was
    there before us stays so."""
    state = record.state
    both, since = {person, to}, dict(state.joined)
    was_there = any(id in record.team.members and id not in since for id in both)
    renamed = [(to if id == person else id, at) for id, at in since.items() if not (was_there and id in both)]
    joined = dict(sorted(((id, at) for id, at in renamed if id), key=lambda each: each[1], reverse=True))
    order = dict.fromkeys(id for id, _ in renamed if id)
    shown = [(week, to if id == person else id) for week, id in state.shown]
    state = replace(
        state,
        joined=tuple((id, joined[id]) for id in order),
        shown=tuple(dict.fromkeys((week, id) for week, id in shown if id)),
    )
    return replace(record, team=in_team(record.team, person, to), state=state)


def in_version(version: TeamVersion, person: str, to: str, member: str) -> TeamVersion:
    """A version with `member` ("": nobody) in the person's place in its norms, proposed by `to`."""
    by = to if version.by == person else version.by
    return replace(version, norms=in_team(version.norms, person, member), by=by)


def in_proposal(proposal: Proposal, person: str, to: str, member: str) -> Proposal:
    """A proposal with `to` as who proposed or may vote, and `member` ("": nobody) in its changes."""
    changes = tuple((field, _in_text(field, text, person, member)) for field, text in proposal.changes)
    by = to if proposal.by == person else proposal.by
    return replace(proposal, by=by, changes=changes, electorate=swapped(proposal.electorate, person, to))


def in_entry(entry: LedgerEntry, person: str, to: str) -> LedgerEntry:
    """An entry of the ledger with another id; a verdict that this id has already stays as it is."""
    has = any(id == to for id, _ in entry.verdicts)
    verdicts = tuple(
        (to if id == person else id, fair) for id, fair in entry.verdicts if not (has and id == person)
    )
    return replace(entry, by=to if entry.by == person else entry.by, verdicts=verdicts)


def in_forgotten_entry(entry: LedgerEntry, person: str, mark: str) -> LedgerEntry:
    """That the team's time was overridden stays; whose doing it was, and their words for it, go."""
    if entry.by == person:
        entry = replace(entry, reason="", hold="")
    return in_entry(entry, person, mark)


def in_publication(publication: Publication, person: str, to: str) -> Publication:
    """A publication with another id behind its figures, which stay as they were published."""
    if person not in publication.cohort:
        return publication
    content = publication.content
    if json.dumps(person) in content:
        content = json.dumps(_in_json(json.loads(content), person, to), separators=(",", ":"))
    return replace(publication, cohort=swapped(publication.cohort, person, to), content=content)


def named_in_team(team: Team) -> set[str]:
    """The ids that a team's norms name."""
    return {*team.members, *team.leads, *filter(None, [team.ask_on_leave])}


def named_in_version(version: TeamVersion) -> set[str]:
    """The ids that a version names."""
    return (named_in_team(version.norms) | {version.by}) - {""}


def named_in_proposal(proposal: Proposal) -> set[str]:
    """The ids that a proposal names."""
    told = [id for field, text in proposal.changes if field in NAMING for id in _ids(text)]
    return {proposal.by, *proposal.electorate, *told} - {""}


def _ids(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")]


def _in_text(field: str, text: str, person: str, to: str) -> str:
    if field not in NAMING or person not in _ids(text):
        return text
    return ", ".join(swapped(tuple(_ids(text)), person, to))


def _in_json(value: Any, person: str, to: str) -> Any:
    if isinstance(value, dict):
        return {_in_json(name, person, to): _in_json(each, person, to) for name, each in value.items()}
    if isinstance(value, list):
        return [_in_json(each, person, to) for each in value]
    return to if value == person else value
