"""What senders learn in private about the hour: a sentence in a note that is shown anyway, and a lead's own
figures about what reached others outside their hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot import names, planning
from bot.messages.contract import Tip
from bot.ports import Tx
from bot.records import Hold, HoldState, PersonRecord
from bot.turn import Turn
from rules import Person, Team, Urgency, on_call_open, working_intervals

_INSTANT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class AfterHours:
    """One person's own pings outside their recipients' hours: how many `pings`, to how many `people`, and how
    many of them were `held` until these were back."""

    pings: int = 0
    people: int = 0
    held: int = 0


def is_outside_hours(person: Person, teams: Sequence[Team], at: datetime) -> bool:
    """Whether an instant is outside a person's working time: their hours without leave, holidays and
    recharge. Whoever has no hours set is never outside them."""
    return not working_intervals(person, teams, at, at + _INSTANT)


def coach(turn: Turn, held: Sequence[Hold]) -> bool:
    """Whether the acting person is told today how their message may read at this hour: once a day, about the
    first of these holds that comes outside its recipient's hours. Remembers that they are."""
    record = turn.me()
    if record is None or tip(turn.tx, held, turn.now) is None:
        return False
    today = turn.now.astimezone(ZoneInfo(record.person.zone)).date()
    if record.state.coached == today:
        return False
    turn.tx.people.put(replace(record, state=replace(record.state, coached=today)))
    return True


def tip(tx: Tx, held: Sequence[Hold], now: datetime) -> Tip | None:
    """What to tell the sender of these holds about the hour; None if none of them is outside its recipient's
    hours. One to a team that the sender leads comes first."""
    found = [each for hold in held if (each := _tip(tx, hold, now)) is not None]
    return next((each for each in found if each.lead), found[0] if found else None)


def _tip(tx: Tx, hold: Hold, now: datetime) -> Tip | None:
    record = tx.people.get(hold.recipient)
    if record is None:
        return None
    teams = planning.teams_of(tx, record.person.id)
    if not is_outside_hours(record.person, teams, now):
        return None
    sender = names.id_of(tx, hold.sender)
    led = next((team for team in teams if sender in team.leads and sender in team.members), None)
    return Tip((led.name or led.id) if led else "", hold.reply_by, hold.text is None)


def after_hours(tx: Tx, record: PersonRecord, start: datetime, end: datetime) -> AfterHours:
    """A person's own pings in `[start, end)` (UTC) that reached others outside their hours, or would have if
    they had not been held; taken back ones do not count. For that person's eyes only; without names."""
    accounts = names.accounts_of_person(tx, record.person.id)
    sent = [
        hold
        for hold in tx.holds.sent_between(accounts, start, end)
        if hold.state is not HoldState.CANCELLED and _was_outside(tx, hold)
    ]
    return AfterHours(len(sent), len({hold.recipient for hold in sent}), sum(map(_waited, sent)))


def _was_outside(tx: Tx, hold: Hold) -> bool:
    """By the recipient's norms as they are today: earlier ones are not kept. Whoever is on call agreed to be
    reached for something urgent."""
    recipient = tx.people.get(names.resolved(tx, hold.recipient))
    if recipient is None:
        return False
    person, at = recipient.person, hold.created_at
    if hold.urgency is Urgency.URGENT and on_call_open(person, at) is not None:
        return False
    return is_outside_hours(person, planning.teams_of(tx, person.id), at)


def _waited(hold: Hold) -> bool:
    """Whether it waited for its recipient, and did not break through."""
    return not hold.broke_for and hold.release_at != hold.created_at
