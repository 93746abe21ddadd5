"""Statuses and snoozes: set in time, as late as the platform's rate lets them be, and ended early when the
person is back.

Slack allows about 50 statuses and 20 snoozes a minute in a whole workspace (docs.slack.dev/apis/web-
api/rate-limits), so a crowded edge is armed up to `LEAD` early, each row as late as its place in the queue
allows. Expiry does the clearing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal
from weakref import WeakKeyDictionary
from zlib import crc32

from bot.inbound import Account
from bot.planning.outline import Outline, Stretch
from bot.planning.releasing import lets_us_through
from bot.planning.rows import CONNECTABLE, row
from bot.ports import Outbox, Tx
from bot.records import Lane, PersonRecord, PersonState
from rules import EndSnooze, Interval, Say, SetStatus, Snooze, dnd_covers, effect_key

LEAD = timedelta(minutes=5)
"""How early arming may run."""
EARLIER = 60
"""Seconds before that over which people who share an edge are planned, so that not all are planned at once.
"""
SOON = LEAD + timedelta(seconds=EARLIER)
PACE = {Lane.STATUS: timedelta(seconds=60 / 49), Lane.SNOOZE: timedelta(seconds=60 / 19)}
"""What one row adds to the queue of its workspace: Slack's limit less the one call that a full bucket
holds."""
LONGEST_SNOOZE = timedelta(hours=24)
"""Slack does not document its longest snooze; longer spans are snoozed again at the end of this."""
SAME = timedelta(seconds=90)
"""Two ends of a snooze that differ by less are the same: platforms take whole minutes."""
EDGES_KEPT = 10_000
DND_KNOWN_FOR = timedelta(hours=24)
"""How long what we read of a person's own notification schedule is believed."""


def connected(tx: Tx, record: PersonRecord) -> Account | None:
    """The account whose status and snooze we may set: where we talk to the person if they connected it."""
    home = record.state.home
    known = tx.accounts.get(home) if home is not None else None
    if known is not None and known.connected:
        return home
    return next((other.account for other in tx.accounts.of(record.person.id) if other.connected), None)


@dataclass(slots=True)
class Draft:
    """A person being planned: what is noted on the way is written into their record once, at the end."""

    tx: Tx
    record: PersonRecord
    outline: Outline
    now: datetime
    changes: dict[str, Any] = field(default_factory=dict)
    _account: Account | Literal["unasked"] | None = "unasked"

    @property
    def armed(self) -> tuple[datetime | None, datetime | None]:
        """For which stretch a status was armed last: its start, and when the person is back."""
        state = self.record.state
        return self.changes.get("armed_for", state.armed_for), self.changes.get("armed", state.armed)

    @property
    def snooze_armed(self) -> datetime | None:
        """Until when a snooze was asked for last."""
        found: datetime | None = self.changes.get("snooze_armed", self.record.state.snooze_armed)
        return found

    def note(self, **changes: datetime | bool | None) -> None:
        """Remember these fields of the state."""
        self.changes.update(changes)

    def account(self) -> Account | None:
        """The connected account, looked up once."""
        if self._account == "unasked":
            self._account = connected(self.tx, self.record)
        return self._account

    def state(self) -> PersonState:
        """The state with everything noted."""
        return replace(self.record.state, **self.changes) if self.changes else self.record.state


def arm(draft: Draft, *, asked: bool, changed: bool) -> datetime | None:
    """Add what the status and the snooze need now; returns when there is something to do again, after
    `now`."""
    _arm_status(draft, asked=asked, changed=changed)
    _arm_snooze(draft)
    return _next_arming(draft)


def _next_arming(draft: Draft) -> datetime | None:
    now = draft.now
    lead = LEAD + timedelta(seconds=crc32(draft.record.person.id.encode()) % EARLIER)
    found = draft.outline.next_edge(now + lead)
    first = None if found is None else found - lead
    armed = draft.snooze_armed
    if armed is None or armed - LEAD <= now:
        return first
    span = draft.outline.span(now)
    if span is None or not span.start <= armed < span.end - SAME:
        return first
    return armed - LEAD if first is None else min(first, armed - LEAD)


# Status -------------------------------------------------------------------------------------------


def _arm_status(draft: Draft, *, asked: bool, changed: bool) -> None:
    current = draft.outline.stretch(draft.now)
    upcoming = draft.outline.next_away(draft.now, draft.now + SOON)
    if current.available:
        _end_status(draft, current, upcoming, asked=asked)
    elif asked or not _is_armed(draft, current, upcoming, exactly=changed):
        _set_status(draft, current, draft.now, asked=asked)
    if upcoming is not None and draft.armed != (upcoming.start, upcoming.back):
        _set_status(draft, upcoming, upcoming.start, asked=False)


def _is_armed(draft: Draft, current: Stretch, upcoming: Stretch | None, *, exactly: bool) -> bool:
    """Whether `current` needs nothing: it was armed, or the one after it was, which is only done after it."""
    armed_for = draft.armed[0]
    if armed_for is None:
        return False
    if draft.armed == (current.start, current.back):
        return True
    if armed_for <= current.start:
        return False
    return not exactly or (upcoming is not None and draft.armed == (upcoming.start, upcoming.back))


def _set_status(draft: Draft, stretch: Stretch, edge: datetime, *, asked: bool) -> None:
    to = draft.account()
    if to is None:
        _tell_connect(draft)
        return
    effect = SetStatus(draft.record.person.id, stretch.start, stretch.back, asked)
    due = edge if asked else _due(draft, to, Lane.STATUS, edge)
    key = _key(draft, "set_status", stretch.start)
    draft.tx.outbox.add(row(Lane.STATUS, to, effect, due, key, urgent=asked))
    draft.note(armed_for=stretch.start, armed=stretch.back)


def _end_status(draft: Draft, current: Stretch, upcoming: Stretch | None, *, asked: bool) -> None:
    """The person is available: take down what is still up, unless it was armed for what comes next."""
    if draft.armed[0] is None:
        return
    if upcoming is not None and draft.armed == (upcoming.start, upcoming.back):
        return
    to = draft.account()
    if to is not None and _still_up(draft):
        effect = SetStatus(draft.record.person.id, current.start, None, asked)
        key = _key(draft, "end_status", current.start)
        draft.tx.outbox.add(row(Lane.STATUS, to, effect, draft.now, key, urgent=asked))
    draft.note(armed_for=None, armed=None)


def _still_up(draft: Draft) -> bool:
    """Whether a status of ours may show: set and not expired, or asked for and perhaps on its way."""
    ours, armed, now = draft.record.state.ours, draft.armed[1], draft.now
    if ours is not None:
        expires = ours.status.expires
        if ours.before is not None or expires is None or expires > now:
            return True
    return armed is not None and armed > now


def _tell_connect(draft: Draft) -> None:
    """Without a connection there is no status; the person hears once what connecting adds, when they are
    back."""
    home = draft.record.state.home
    if home is None or draft.changes.get("told_connect", draft.record.state.told_connect):
        return
    if not draft.tx.meta.get(CONNECTABLE):
        return  # said once that it can be done here
    effect = Say(draft.record.person.id, "connect")
    due = lets_us_through(draft.record.person, draft.outline.teams, draft.now)
    draft.tx.outbox.add(row(Lane.MESSAGE, home, effect, due, effect_key(effect)))
    draft.note(told_connect=True)


# Snooze -------------------------------------------------------------------------------------------


def _arm_snooze(draft: Draft) -> None:
    span, now = draft.outline.span(draft.now), draft.now
    if span is None or span.start - now > SOON:
        _end_snooze(draft)
        return
    if _is_snoozed(draft.snooze_armed, span, now):
        return
    if _own_schedule(draft.record, span, now):
        draft.note(snooze_armed=span.end)
        return
    to = draft.account()
    if to is None:
        return
    edge = max(span.start, now)
    until = min(span.end, edge + LONGEST_SNOOZE)
    effect = Snooze(draft.record.person.id, until)
    due = _due(draft, to, Lane.SNOOZE, edge)
    draft.tx.outbox.add(row(Lane.SNOOZE, to, effect, due, _key(draft, "snooze", until)))
    draft.note(snooze_armed=until)


def _is_snoozed(armed: datetime | None, span: Interval, now: datetime) -> bool:
    """Whether a snooze was asked for that lasts to the span's end, or long enough to be renewed later."""
    if armed is None or armed <= span.start or armed > span.end + SAME:
        return False
    return armed >= span.end - SAME or armed - now > LEAD


def _own_schedule(record: PersonRecord, span: Interval, now: datetime) -> bool:
    if record.state.dnd is None:
        return False
    start, end, read_at = record.state.dnd
    return now - read_at < DND_KNOWN_FOR and dnd_covers(start, end, span)


def _end_snooze(draft: Draft) -> None:
    armed = draft.snooze_armed
    if armed is None:
        return
    to = draft.account()
    if to is not None and armed > draft.now + SAME:
        effect = EndSnooze(draft.record.person.id, draft.record.state.snoozed_until or armed)
        key = _key(draft, "end_snooze", armed)
        draft.tx.outbox.add(row(Lane.SNOOZE, to, effect, draft.now, key))
    draft.note(snooze_armed=None)


# Both ---------------------------------------------------------------------------------------------


class Queues:
    """How many rows wait for each crowded edge: counted once per store and edge, then kept up by adding.

    Only how early a row is armed hangs on it, so being a little off does no harm.
    """

    def __init__(self) -> None:
        self._by_outbox: WeakKeyDictionary[Outbox, dict[tuple[str, Lane, datetime], int]] = (
            WeakKeyDictionary()
        )

    def join(self, outbox: Outbox, tenant: str, lane: Lane, edge: datetime) -> int:
        """How many stand before us; we stand there too from now on."""
        counts = self._by_outbox.setdefault(outbox, {})
        place = tenant, lane, edge
        if place not in counts:
            if len(counts) >= EDGES_KEPT:
                counts.clear()
            counts[place] = outbox.armed(tenant, lane, edge - LEAD, edge)
        counts[place] += 1
        return counts[place] - 1


_queues = Queues()


def _due(draft: Draft, to: Account, lane: Lane, edge: datetime) -> datetime:
    """The edge, or earlier by one call's time for each row already queued for it; never before `now`."""
    if edge <= draft.now:
        return draft.now
    ahead = _queues.join(draft.tx.outbox, to.tenant, lane, edge)
    return max(draft.now, edge - min(LEAD, ahead * PACE[lane]))


def _key(draft: Draft, what: str, at: datetime) -> str:
    """Once per version of the record: what was armed is noted there, so deciding twice adds nothing."""
    return f"{int(at.timestamp())}:{what}:{draft.record.person.id}:{draft.record.version}"
