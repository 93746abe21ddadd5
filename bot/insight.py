"""What the playground's page shows beside the chat: everybody's day, what waits, the last decision.

Only the playground asks for this; a real workspace never shows one person's day to another. Even here the
name of a norm stays private: of others one gets the modes, and a name only where its owner shares it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot import names, planning
from bot.inbound import Account
from bot.ports import Tx
from bot.records import PersonRecord
from bot.turn import Decided
from rules import (
    Team,
    Urgency,
    Verdict,
    availability_at,
    format_when,
    rituals,
    summary_at,
    timeline,
    week_of,
)

Json = dict[str, Any]


def instant(at: datetime | None) -> str | None:
    """`2026-11-22T09:00:00Z`, the form of every instant we print as JSON."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def ribbon(record: PersonRecord, teams: Sequence[Team], now: datetime, *, own: bool) -> Json:
    """The local day of a person: parts in minutes after local midnight, tiling 0..1440, and where now is.

    `because` names the cause to its owner (`own`); to others only what is shared, else "".
    """
    zone = ZoneInfo(record.person.zone)
    local = now.astimezone(zone)
    midnight = datetime.combine(local.date(), time(), zone)
    end = datetime.combine(local.date() + timedelta(days=1), time(), zone)
    segments = timeline(record.person, teams, midnight.astimezone(UTC), end.astimezone(UTC))
    parts = []
    for segment in segments:
        first, last = (_minute(at, local.date(), zone) for at in (segment.start, segment.end))
        if first < last:
            because = segment.because if own else segment.public
            parts.append({"start": first, "end": last, "mode": segment.mode, "because": because})
    return {
        "date": local.date().isoformat(),
        "zone": record.person.zone,
        "parts": parts,
        "now": local.hour * 60 + local.minute,
    }


def _minute(at: datetime, day: object, zone: ZoneInfo) -> int:
    local = at.astimezone(zone)
    return 1440 if local.date() != day else local.hour * 60 + local.minute


def insight(
    tx: Tx, viewer: Account, accounts: Iterable[Account], decisions: Sequence[Decided], now: datetime
) -> Json:
    """The page's side panel for `viewer`, everybody's ribbon, and the last decision about the viewer."""
    found = tx.accounts.get(viewer)
    record = tx.people.get(found.person) if found and found.person else None
    holds = tx.holds.waiting_for(record.person.id) if record else []
    return {
        "person": _person(record) if record else None,
        "ribbon": _ribbon(tx, record, now, own=True) if record else None,
        "norms": _norms(record) if record else [],
        "waiting": {
            "total": len(holds),
            "urgent": sum(hold.urgency is Urgency.URGENT for hold in holds),
        },
        "ribbons": _ribbons(tx, viewer, accounts, now),
        "team": _team(planning.teams_of(tx, record.person.id), now) if record else None,
        "decision": _last_decision(tx, viewer, decisions),
    }


def _team(teams: Sequence[Team], now: datetime) -> Json | None:
    """The viewer's first team, with when its next summary comes; None for somebody without a team."""
    if not teams:
        return None
    team = teams[0]
    week = week_of(now.astimezone(ZoneInfo(team.zone)).date())
    summaries = (summary_at(team, each) for each in (week.before().before(), week.before(), week))
    return {
        "id": team.id,
        "name": team.name or team.id,
        "members": len(team.members),
        "zone": team.zone,
        "summary_at": instant(min((at for at in summaries if at and at > now), default=None)),
    }


def _ribbon(tx: Tx, record: PersonRecord, now: datetime, *, own: bool) -> Json:
    return ribbon(record, planning.teams_today(tx, record.person.id, now), now, own=own)


def _ribbons(tx: Tx, viewer: Account, accounts: Iterable[Account], now: datetime) -> list[Json]:
    """One ribbon a person, by the account in the viewer's own tenant if they have several."""
    found = [(tx.accounts.get(each), names.record_of(tx, each)) for each in accounts]
    mine = names.id_of(tx, viewer)
    days: dict[str, Json] = {}
    for known, record in sorted(found, key=lambda one: not one[0] or one[0].account.tenant != viewer.tenant):
        if known and record and record.person.id not in days:
            own = record.person.id == mine
            day = _ribbon(tx, record, now, own=own)
            name = known.name or record.state.name or record.person.id
            days[record.person.id] = {"user": known.account.user, "name": name, **day}
    return list(days.values())


def next_change(tx: Tx, accounts: Iterable[Account], now: datetime) -> datetime | None:
    """The next instant at which anybody's segment changes, a digest goes out, a ritual is due, or something
    must happen for a team."""
    found = [at] if (at := tx.teams.next_at()) else []
    for account in accounts:
        known = tx.accounts.get(account)
        record = tx.people.get(known.person) if known and known.person else None
        if record is None:
            continue
        teams = planning.teams_of(tx, record.person.id)
        found.append(availability_at(record.person, teams, now).end)
        found += [ritual.at for ritual in rituals(record.person, teams, now, now + timedelta(days=2))]
        found += [hold.release_at for hold in tx.holds.waiting_for(record.person.id) if hold.release_at]
    return min((at for at in found if at > now), default=None)


def _person(record: PersonRecord) -> Json:
    person = record.person
    return {"id": person.id, "name": record.state.name, "zone": person.zone, "style": person.style.value}


def _norms(record: PersonRecord) -> list[Json]:
    person = record.person
    rows = [{"name": "hours", "kind": "hours", "when": format_when(person.hours)}] if person.hours else []
    rows += [
        {"name": window.name, "kind": window.kind.value, "when": format_when(window.when)}
        for window in person.windows
    ]
    return rows


def _last_decision(tx: Tx, viewer: Account, decisions: Sequence[Decided]) -> Json | None:
    """The latest decision about a ping that the viewer sent or received, None if there is none.

    The trace names the recipient's norms, so a sender gets its rules without their words.
    """
    me = names.known_as(tx, viewer)
    for at, ping, recipient, verdict in reversed(decisions):
        if ping.sender in me or recipient in me:
            people = {"sender": ping.sender, "recipient": recipient}
            told = {role: _user(tx, person, viewer) for role, person in people.items()}
            return told | _told(at, verdict, own=recipient in me)
    return None


def _user(tx: Tx, person: str, viewer: Account) -> str:
    """The platform's id of a person, which the page knows; the given one where there is none."""
    account = names.account_of(tx, person, viewer.tenant)
    return account.user if account else person


def _told(at: datetime, verdict: Verdict, *, own: bool) -> Json:
    """A verdict as JSON, in the shape of `boundary-bot decide --json` with when; reasons only if `own`."""
    return {
        "at": instant(at),
        "verdict": verdict.answer.value,
        "reason": verdict.reason.value,
        "release_at": instant(verdict.release_at),
        "reply_by": instant(verdict.reply_by),
        "trace": [
            {"rule": step.rule, "applied": step.applied, "because": step.because if own else ""}
            for step in verdict.trace
        ],
    }
