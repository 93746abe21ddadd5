"""The form in which a change is proposed: only what differs from what it showed becomes the proposal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot import names
from bot.commands.proposing import check_review, read_proposal, read_start
from bot.commands.reading import Words
from bot.flows.teams import proposals
from bot.flows.teams.seeing import is_visible
from bot.inbound import Account
from bot.ports import Reply
from bot.records import TeamRecord
from bot.teamnorms import FIELDS, PEOPLE, Changes, TeamField
from bot.turn import Refusal, Turn
from rules import WordError
from rules.values import Team

Fields = Mapping[str, str]


def proposed(turn: Turn, context: str, fields: Fields) -> Reply:
    """Put what was changed to the vote; what cannot be read is said beside its field, and nothing is proposed
    then. `context` is the team and the version that the form showed."""
    id, _, number = context.partition(":")
    record = turn.tx.teams.get(id)
    turn.enrolled()
    if record is None or not is_visible(turn.tx, record, turn.who):
        raise Refusal("That team is gone. /boundary team shows the one of this channel.")
    errors: dict[str, str] = {}
    changes = _changes(turn, _shown(turn, record, number), fields, errors)
    effective_at = _start(turn, record.team, fields.get("from", ""), errors)
    if errors:
        return Reply(errors=errors)
    if not changes:
        return Reply(errors={"core": "Nothing is changed yet. Change what you want to propose."})
    try:
        return Reply(proposals.propose(turn, record, changes, effective_at))
    except (Refusal, WordError) as refused:
        key = next((key for key, _ in changes if key in fields), "core")
        return Reply(errors={key: str(refused)})


def _shown(turn: Turn, record: TeamRecord, number: str) -> Team:
    """The norms that the form was filled in with."""
    versions = turn.tx.teams.versions(record.team.id)
    return next((each.norms for each in versions if str(each.number) == number), record.team)


def _changes(turn: Turn, shown: Team, fields: Fields, errors: dict[str, str]) -> Changes:
    found = []
    for field in FIELDS:
        if field.key not in fields:
            continue
        said, before = fields[field.key].strip(), field.text(shown)
        if field.key in PEOPLE:
            said = names.id_of(turn.tx, Account(turn.who.tenant, said)) if said else ""
            text = before if not said and _is_elsewhere(turn, before) else said
        else:
            text = _read(field, said, errors, turn.now)
        if field.key not in errors and text != before:
            found.append((field.key, text))
            if field.key == "review_by" and text:
                _check_review(text, shown.zone, turn.now, errors)
    return tuple(found)


def _is_elsewhere(turn: Turn, person: str) -> bool:
    """Whether a person could not be shown in the form, since they are on another platform only."""
    account = names.account_of(turn.tx, person, turn.who.tenant) if person else None
    return account is not None and account.tenant != turn.who.tenant


def _read(field: TeamField, said: str, errors: dict[str, str], now: datetime) -> str:
    """The canonical text of what was typed into a field."""
    if not said and not field.fixed:
        return field.text(field.put(_NOBODYS, None))
    try:
        return field.text(field.put(_NOBODYS, field.read(said)))
    except WordError as wrong:
        [(_, example)] = read_proposal(Words(field.example), _NOBODYS, now, str).changes
        shown = WordError(wrong.text, wrong.start, wrong.end, wrong.advice, field.filled(example))
        errors[field.key] = str(shown)
        return ""


_NOBODYS = Team("team", "UTC")


def _check_review(text: str, zone: str, now: datetime, errors: dict[str, str]) -> None:
    try:
        check_review(text, text, zone, now)
    except WordError as wrong:
        example = wrong.example.removeprefix("review ")
        errors["review_by"] = str(WordError(wrong.text, wrong.start, wrong.end, wrong.advice, example))


def _start(turn: Turn, team: Team, said: str, errors: dict[str, str]) -> datetime | None:
    if not said.strip():
        return None
    try:
        return read_start(said, team.zone, turn.now)
    except WordError as wrong:
        errors["from"] = f"{wrong.advice[:1].upper()}{wrong.advice[1:]}. For example: 2026-12-01"
        return None
