"""What the playground's page shows beside the chat: everybody's day, what waits, the last decision.

Only the playground asks for this; a real workspace never shows one person's day to another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot import planning
from bot.inbound import Account
from bot.ports import Tx
from bot.records import PersonRecord
from rules import Ping, Team, Urgency, Verdict, availability_at, format_when, rituals, timeline

Json = dict[str, Any]


def instant(at: datetime | None) -> str | None:
    """`2026-11-22T09:00:00Z`, the form of every instant we print as JSON."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def ribbon(record: PersonRecord, teams: Sequence[Team], now: datetime) -> Json:
    """The local day of a person: parts in minutes after local midnight, tiling 0..1440, and where now is."""
    zone = ZoneInfo(record.person.zone)
    local = now.astimezone(zone)
    midnight = datetime.combine(local.date(), time(), zone)
    end = datetime.combine(local.date() + timedelta(days=1), time(), zone)
    segments = timeline(record.person, teams, midnight.astimezone(UTC), end.astimezone(UTC))
    parts = []
    for segment in segments:
        first, last = (_minute(at, local.date(), zone) for at in (segment.start, segment.end))
        if first < last:
            parts.append({"start": first, "end": last, "mode": segment.mode, "because": segment.because})
    return {
        "date": local.date().isoformat(),
        "zone": record.person.zone,
        "parts": parts,
        "now": local.hour * 60 + local.minute,
    }


def _minute(at: datetime, day: object, zone: ZoneInfo) -> int:
    local = at.astimezone(zone)
    return 1440 if local.date() != day else local.hour * 60 + local.minute


def insight(tx: Tx, viewer: Account, accounts: Iterable[Account], now: datetime) -> Json:
    """The page's side panel for `viewer`, with the ribbons of all `accounts`."""
    found = tx.accounts.get(viewer)
    record = tx.people.get(found.person) if found and found.person else None
    holds = tx.holds.waiting_for(record.person.id) if record else []
    return {
        "person": _person(record) if record else None,
        "ribbon": ribbon(record, planning.teams_of(tx, record.person.id), now) if record else None,
        "norms": _norms(record) if record else [],
        "waiting": {
            "total": len(holds),
            "urgent": sum(hold.urgency is Urgency.URGENT for hold in holds),
        },
        "ribbons": [day for account in accounts if (day := _ribbon_of(tx, account, now))],
    }


def _ribbon_of(tx: Tx, account: Account, now: datetime) -> Json | None:
    found = tx.accounts.get(account)
    record = tx.people.get(found.person) if found and found.person else None
    if found is None or record is None:
        return None
    day = ribbon(record, planning.teams_of(tx, record.person.id), now)
    return {"user": account.user, "name": found.name or record.state.name or record.person.id, **day}


def next_change(tx: Tx, accounts: Iterable[Account], now: datetime) -> datetime | None:
    """The next instant at which anybody's segment changes, a digest goes out or a ritual is due."""
    found: list[datetime] = []
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


def decision(at: datetime, ping: Ping, recipient: str, verdict: Verdict) -> Json:
    """A verdict as JSON, trace included; the shape of `boundary-bot decide --json` plus who and when."""
    return {
        "at": instant(at),
        "sender": ping.sender,
        "recipient": recipient,
        "verdict": verdict.answer.value,
        "reason": verdict.reason.value,
        "release_at": instant(verdict.release_at),
        "reply_by": instant(verdict.reply_by),
        "trace": [
            {"rule": step.rule, "applied": step.applied, "because": step.because} for step in verdict.trace
        ],
    }
