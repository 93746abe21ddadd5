"""Homes that stay in sight: a card in a chat (Teams) is painted anew when the day goes on, since nothing
tells when somebody looks at it. Slack's Home is painted whenever it is opened and is left alone here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot import names
from bot.inbound import Account
from bot.planning.rows import row, teams_of
from bot.ports import Tx
from bot.records import Conversation, Lane, PersonRecord, PersonState
from rules import Person, PublishHome, Team, availability_at

AFTER_EDGE = timedelta(seconds=2)
"""How long after an edge of the day a Home follows: what waited goes out first."""


def follow_day(
    tx: Tx, person: Person, state: PersonState, teams: Sequence[Team], now: datetime, *, changed: bool
) -> PersonState:
    """Paint the person's standing Homes anew if they are out of date; returns the state with when they will
    be next. Nothing is looked up for whoever has none and has just been swept."""
    until = state.home_until
    if not changed and (until is None or now < until):
        return state
    standing = _standing(tx, person.id)
    if until is not None and until <= now:
        _paint(tx, person.id, standing, f"{int(until.timestamp())}", now)
    return replace(state, home_until=_out_of_date(person, teams, now) if standing else None)


def follow_home(tx: Tx, record: PersonRecord, now: datetime) -> None:
    """A Home has been asked for: from now on it follows the day if it is one that stays in sight."""
    person, teams = record.person, teams_of(tx, record.person.id)
    if record.state.home_until is not None or not _standing(tx, person.id):
        return
    until = _out_of_date(person, teams, now)
    state = replace(record.state, home_until=until)
    tx.people.put(replace(record, state=state, next_at=min(until, record.next_at or until)))


def repaint(tx: Tx, record: PersonRecord, key: str, now: datetime) -> None:
    """What a person's standing Homes say has changed: paint them anew, once for each `key`."""
    if record.state.home_until is not None:
        _paint(tx, record.person.id, _standing(tx, record.person.id), key, now)


def _standing(tx: Tx, person: str) -> list[tuple[Account, Conversation]]:
    """The reachable accounts whose own chat can keep a Home, with that chat."""
    own = [known for known in tx.accounts.of(person) if known.dm and not known.unreachable]
    found = [(known.account, tx.conversations.get(known.account.tenant, known.dm)) for known in own]
    return [(account, chat) for account, chat in found if chat is not None]


def _paint(
    tx: Tx, person: str, standing: Sequence[tuple[Account, Conversation]], key: str, now: datetime
) -> None:
    for account, chat in standing:
        if chat.home:
            own = f"home:{names.outside_id(account)}:{key}"
            tx.outbox.add(row(Lane.HOME, account, PublishHome(person, now), now, own))


def _out_of_date(person: Person, teams: Sequence[Team], now: datetime) -> datetime:
    """Shortly after the segment or the local day ends."""
    zone = ZoneInfo(person.zone)
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    midnight = datetime.combine(tomorrow, time(), zone).astimezone(UTC)
    return min(availability_at(person, teams, now).end, midnight) + AFTER_EDGE
