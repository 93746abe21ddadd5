"""The facts of a person's own week, gathered for them alone and kept nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot import planning
from bot.flows import coaching, journal
from bot.messages import weekly as texts
from bot.messages.model import Message
from bot.messages.ritualforms import QUESTIONS
from bot.messages.weekly import Lead, OwnWeek
from bot.ports import Tx, Vault
from bot.records import Hold, HoldState, PersonRecord
from bot.summary import leads
from bot.turn import Turn
from rules import (
    Interval,
    Ritual,
    Urgency,
    Week,
    bounds,
    closes_week,
    evenings_to_tell,
    personal_week,
    week_of,
)

AT_ONCE = timedelta(minutes=5)
"""A message that was delivered sooner than this did not wait for anybody."""
_INSTANT = timedelta(seconds=1)
_MATTERS = QUESTIONS[Ritual.START][0].label


def own_week(tx: Tx, vault: Vault, record: PersonRecord, now: datetime, week: Week) -> OwnWeek:
    """A person's `week` (local, Monday first) as far as it has gone at `now`."""
    person, span = record.person, bounds(week, record.person.zone)
    until = min(now, span.end)
    told = [each for each in evenings_to_tell(person, week) if record.state.knew(each.start)]
    since = min([span.start, *(each.start for each in told)])
    teams = planning.with_past(tx, planning.teams_of(tx, person.id), since)
    said = [each.said for each in tx.said.of(person.id, since)] + list(person.said)
    broken = _broken(tx, record, since, until)
    figures = personal_week(person, teams, said, broken, week, until=until, told=told)
    waited = _waited(tx, person.id, span, until)
    return OwnWeek(
        figures.focus_planned,
        figures.focus_kept,
        figures.evenings,
        figures.evenings_kept,
        len(waited),
        len({hold.recipient for hold in waited}),
        _mattered(tx, vault, person.id, week),
        _lead(tx, record, week, Interval(span.start, until)),
        figures.focus_lifted,
        personal_week(person, teams, (), (), week).focus_planned - figures.focus_planned,
        _since(told, person.zone),
    )


def _since(told: Sequence[Interval], zone: str) -> date | None:
    """The local day whose evening is the first that the line tells of."""
    return (told[0].start - _INSTANT).astimezone(ZoneInfo(zone)).date() if told else None


def _lead(tx: Tx, record: PersonRecord, week: Week, span: Interval) -> Lead | None:
    """What only leads hear: their own messages outside others' hours; None for everybody else."""
    me = record.person.id
    led = [team for team in planning.teams_of(tx, me) if me in team.leads]
    if not led:
        return None
    late = coaching.after_hours(tx, record, span.start, span.end)
    choices = []
    for team in led:
        stored = tx.teams.get(team.id)
        if stored is not None and team.summary is not None:
            shown = leads.is_shown(stored, week, me)
            choices.append((team.name or team.id, leads.choice(team.id, week, shown)))
    return Lead(late.pings, late.people, late.held, tuple(choices))


def _broken(tx: Tx, record: PersonRecord, since: datetime, until: datetime) -> list[datetime]:
    """When something broke through to the person in spite of their norms."""
    reached = tx.holds.reaching([record.person.id, *record.state.aliases], since, until)
    return [hold.delivered_at for hold in reached if hold.broke_for and hold.delivered_at is not None]


def _waited(tx: Tx, person: str, span: Interval, until: datetime) -> list[Hold]:
    """The person's own messages that waited until their recipients were back."""
    accounts = [known.account for known in tx.accounts.of(person)]
    return [hold for hold in tx.holds.sent_between(accounts, span.start, until) if _has_waited(hold)]


def _has_waited(hold: Hold) -> bool:
    if hold.urgency is Urgency.URGENT or hold.broke_for or hold.state is HoldState.CANCELLED:
        return False
    if hold.delivered_at is None:
        return hold.state is HoldState.WAITING
    return hold.delivered_at - hold.created_at >= AT_ONCE


def _mattered(tx: Tx, vault: Vault, person: str, week: Week) -> tuple[str, ...]:
    """What the person wrote about what mattered, in the order of its days."""
    found = []
    for note in journal.read(tx, vault, person, week.first):
        begins = note.kind in (Ritual.START.value, Ritual.RETURN.value)
        if begins and note.text and note.day in week.days:
            found += [text for label, text in journal.answers(note.text) if label == _MATTERS]
    return tuple(text for text in found if text)


def of_day(tx: Tx, vault: Vault, record: PersonRecord, now: datetime, day: date) -> OwnWeek | None:
    """The week that local `day` closes, None if it closes none or the person turned the line off."""
    teams = planning.teams_of(tx, record.person.id)
    if record.state.weekly.muted or not closes_week(record.person, teams, day):
        return None
    return own_week(tx, vault, record, now, week_of(day))


def with_close(turn: Turn, record: PersonRecord, day: date) -> Message | None:
    """The weekly line for somebody who closes the last day of their week before its nudge; None if there is
    none to bring, or it came already."""
    if record.state.weekly.sent == day:
        return None
    week = of_day(turn.tx, turn.world.vault, record, turn.now, day)
    return texts.within(week) if week else None


def now_shown(turn: Turn) -> Message:
    """The acting person's week so far."""
    record = turn.enrolled()
    today = turn.now.astimezone(ZoneInfo(record.person.zone)).date()
    week = own_week(turn.tx, turn.world.vault, record, turn.now, week_of(today))
    return texts.asked_for(week, off=record.state.weekly.muted)
