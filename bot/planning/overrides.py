"""What overrides an agreed quiet time of a team: pings that break through it, stretches that were lifted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot import names
from bot.outlook import ping_of
from bot.planning.rows import teams_of
from bot.ports import Tx
from bot.records import Hold, LedgerEntry, Override, PersonRecord
from rules import Answer, Interval, Person, Team, Urgency, decide, occurrences

_INSTANT = timedelta(seconds=1)
_TODAY = timedelta(days=2)  # no local day is as long
_AHEAD = timedelta(weeks=8)
"""How long before it begins a stretch may have been lifted."""


def broke_for(tx: Tx, hold: Hold, record: PersonRecord, teams: Sequence[Team], now: datetime) -> str:
    """The reason for which an urgent ping passes at `now` although a routine one would be held; "" if a
    routine one would pass too. A key of bot.messages.digest.REASONS."""
    if hold.urgency is not Urgency.URGENT:
        return ""
    person = record.person
    routine = replace(ping_of(hold, names.sender_id(tx, hold.sender, person)), urgency=Urgency.ROUTINE)
    held = decide(routine, person, teams, now).answer is Answer.HOLD
    return hold.reason.partition(":")[0].strip() if held else ""


def focus_at(team: Team, person: Person, at: datetime) -> Interval | None:
    """The shared focus of a team that holds for a person at an instant; None outside it, in a stretch for
    which it was lifted, and for whoever opted out."""
    if team.shared_focus is None or team.id in person.opt_out:
        return None
    if any(each.start <= at < each.end for each in team.lifted):
        return None
    return next(iter(occurrences(team.shared_focus, team.zone, at, at + _INSTANT)), None)


def note_breaks(tx: Tx, holds: Sequence[Hold], record: PersonRecord, now: datetime) -> None:
    """Note in the ledger of each team what has just broken through its shared focus, with the reason. The
    same ping is noted once."""
    breaking = [hold for hold in holds if hold.broke_for]
    for team in teams_of(tx, record.person.id) if breaking else ():
        focus = focus_at(team, record.person, now)
        if focus is not None:
            for hold in breaking:
                tx.ledger.put(_break(hold, team, focus, names.id_of(tx, hold.sender), now))


def _break(hold: Hold, team: Team, focus: Interval, by: str, now: datetime) -> LedgerEntry:
    return LedgerEntry(
        break_id(hold, team),
        team.id,
        now,
        Override.BROKE_THROUGH,
        by,
        focus.start,
        focus.end,
        hold.reason,
        hold.id,
    )


def break_id(hold: Hold, team: Team) -> str:
    """The id in a team's ledger of a ping that broke through."""
    return f"o:{hold.id}:{team.id}"


def judged(entry: LedgerEntry, person: str, fair: bool) -> LedgerEntry:
    """The entry with a person's word on it in place of an earlier one."""
    others = tuple(each for each in entry.verdicts if each[0] != person)
    return replace(entry, verdicts=(*others, (person, fair)))


def without_past(team: Team, now: datetime) -> Team:
    """The team without the lifted stretches that are over; the same object if there are none."""
    kept = tuple(each for each in team.lifted if each.end > now)
    return team if kept == team.lifted else replace(team, lifted=kept)


def with_past(tx: Tx, teams: Sequence[Team], since: datetime) -> tuple[Team, ...]:
    """The teams with the stretches they had lifted that were over after `since` and have been dropped: for
    looking back at what held then."""
    return tuple(_with_past(tx, team, since) for team in teams)


def teams_today(tx: Tx, person: str, now: datetime) -> tuple[Team, ...]:
    """A person's teams as `with_past`, for looking at the whole of the local day that `now` is in."""
    return with_past(tx, teams_of(tx, person), now - _TODAY)


def _with_past(tx: Tx, team: Team, since: datetime) -> Team:
    entries = [each for each in tx.ledger.of(team.id, since - _AHEAD) if each.kind is Override.LIFTED]
    past = {Interval(each.start, each.end) for each in entries if since < each.end and each.start < each.end}
    if past <= set(team.lifted):
        return team
    lifted = sorted(past | set(team.lifted), key=lambda each: (each.start, each.end))
    return replace(team, lifted=tuple(lifted))


def lifted_until(team: Team) -> datetime | None:
    """When the first lifted stretch is over and can be dropped; None without any."""
    return min((each.end for each in team.lifted), default=None)
