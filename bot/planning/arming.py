"""Statuses and snoozes: set in time, as late as the platform's rate lets them be, and ended early when the
person is back.

Slack allows about 50 statuses and 20 snoozes a minute in a whole workspace (docs.slack.dev/apis/web-
api/rate-limits), so a crowded edge is armed up to `LEAD` early, each row as late as its place in the queue
allows. Expiry does the clearing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary
from zlib import crc32

from bot.inbound import Account
from bot.planning.outline import Outline, Stretch
from bot.planning.releasing import lets_us_through
from bot.planning.rows import connectable, row
from bot.ports import Outbox, Tx
from bot.records import AccountRecord, Lane, PersonRecord, PersonState
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
APP_PACE = timedelta(seconds=2 * 30 / 1500)
"""The same where the app sets statuses: Graph takes 1,500 presence requests in 30 seconds for an app in a
tenant, and a row reads before it writes (facts on Teams, presence)."""
LONGEST_SNOOZE = timedelta(hours=24)
"""Slack does not document its longest snooze; longer spans are snoozed again at the end of this."""
SAME = timedelta(seconds=90)
"""Two ends of a snooze that differ by less are the same: platforms take whole minutes."""
EDGES_KEPT = 10_000
DND_KNOWN_FOR = timedelta(hours=24)
"""How long what we read of a person's own notification schedule is believed."""


APP_SETS = "app_sets_status:"
"""Meta, with a platform after it: whether the app itself sets people's statuses there ("yes" or "")."""


def wearers(tx: Tx, record: PersonRecord) -> list[AccountRecord]:
    """The accounts whose status we may set and whose notifications we may pause, in a fixed order."""
    return [known for known in tx.accounts.of(record.person.id) if wears(tx, known)]


def wears(tx: Tx, known: AccountRecord) -> bool:
    """Whether an account wears what we set: its owner connected it, or the app sets statuses there by itself
    and the account has not left us."""
    return known.connected or (not known.unreachable and app_sets(tx, known.account))


def app_sets(tx: Tx, account: Account) -> bool:
    """Whether the app sets statuses on the account's platform without the person's own token."""
    return tx.meta.get(APP_SETS + account.tenant.partition(":")[0]) == "yes"


@dataclass(slots=True)
class Draft:
    """A person being planned: what is noted on the way is written into their record once, at the end."""

    tx: Tx
    record: PersonRecord
    outline: Outline
    now: datetime
    changes: dict[str, Any] = field(default_factory=dict)
    _wearers: list[AccountRecord] | None = None

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

    def wearers(self) -> list[AccountRecord]:
        """The accounts that wear what we set, looked up once."""
        if self._wearers is None:
            self._wearers = wearers(self.tx, self.record)
        return self._wearers

    def state(self) -> PersonState:
        """The state with everything noted."""
        return replace(self.record.state, **self.changes) if self.changes else self.record.state


def arm(draft: Draft, *, asked: bool, changed: bool) -> datetime | None:
    """Add what the status and the snooze need now; returns when there is something to do again, after
    `now`."""
    _arm_status(draft, asked=asked, changed=changed)
    _arm_snooze(draft, asked=asked)
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
    if not draft.wearers():
        _tell_connect(draft)
        return
    effect = SetStatus(draft.record.person.id, stretch.start, stretch.back, asked)
    key = _key(draft, "set_status", stretch.start)
    for place, known in enumerate(draft.wearers()):
        due = edge if asked else _due(draft, known, Lane.STATUS, edge)
        draft.tx.outbox.add(row(Lane.STATUS, known.account, effect, due, _placed(key, place), urgent=asked))
    draft.note(armed_for=stretch.start, armed=stretch.back)


def _end_status(draft: Draft, current: Stretch, upcoming: Stretch | None, *, asked: bool) -> None:
    """The person is available: take down what is still up, unless it was armed for what comes next."""
    if draft.armed[0] is None:
        return
    if upcoming is not None and draft.armed == (upcoming.start, upcoming.back):
        return
    effect = SetStatus(draft.record.person.id, current.start, None, asked)
    key = _key(draft, "end_status", current.start)
    for place, known in enumerate(draft.wearers()):
        if _still_up(draft, known.account):
            to, own = known.account, _placed(key, place)
            draft.tx.outbox.add(row(Lane.STATUS, to, effect, draft.now, own, urgent=asked))
    draft.note(armed_for=None, armed=None)


def _still_up(draft: Draft, account: Account) -> bool:
    """Whether a status of ours may show: set and not expired, or asked for and perhaps on its way."""
    ours, armed, now = draft.record.state.marks_on(account).ours, draft.armed[1], draft.now
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
    if not connectable(draft.tx, home):
        return  # said once that it can be done here
    effect = Say(draft.record.person.id, "connect")
    due = lets_us_through(draft.record.person, draft.outline.teams, draft.now)
    draft.tx.outbox.add(row(Lane.MESSAGE, home, effect, due, effect_key(effect)))
    draft.note(told_connect=True)


# Snooze -------------------------------------------------------------------------------------------


def _arm_snooze(draft: Draft, *, asked: bool) -> None:
    span, now = draft.outline.span(draft.now), draft.now
    if span is None or span.start - now > SOON:
        _end_snooze(draft)
        return
    edge, wearing = max(span.start, now), draft.wearers()
    until = min(span.end, edge + LONGEST_SNOOZE)
    said = asked and span.start <= now
    paused = _is_snoozed(draft.snooze_armed, span, now)
    # What is paused already stays. Only a presence may be one set by hand, and ours may stand before it now
    # that its owner asked; nobody sets a snooze by hand instead of ours.
    open_ = [each for each in enumerate(wearing) if not paused or (said and not each[1].connected)]
    open_ = [each for each in open_ if not _own_schedule(draft, each[1].account, span)]
    if wearing and not paused:
        draft.note(snooze_armed=until if open_ else span.end)
    effect, key = Snooze(draft.record.person.id, until, said), _key(draft, "snooze", until)
    for place, known in open_:
        due = _due(draft, known, Lane.SNOOZE, edge)
        draft.tx.outbox.add(row(Lane.SNOOZE, known.account, effect, due, _placed(key, place)))


def _is_snoozed(armed: datetime | None, span: Interval, now: datetime) -> bool:
    """Whether a snooze was asked for that lasts to the span's end, or long enough to be renewed later."""
    if armed is None or armed <= span.start or armed > span.end + SAME:
        return False
    return armed >= span.end - SAME or armed - now > LEAD


def _own_schedule(draft: Draft, account: Account, span: Interval) -> bool:
    known = draft.record.state.marks_on(account).dnd
    if known is None:
        return False
    start, end, read_at = known
    return draft.now - read_at < DND_KNOWN_FOR and dnd_covers(start, end, span)


def _end_snooze(draft: Draft) -> None:
    armed = draft.snooze_armed
    if armed is None:
        return
    if armed > draft.now + SAME:
        key = _key(draft, "end_snooze", armed)
        for place, known in enumerate(draft.wearers()):
            until = draft.record.state.marks_on(known.account).snoozed_until or armed
            effect = EndSnooze(draft.record.person.id, until)
            own = row(Lane.SNOOZE, known.account, effect, draft.now, _placed(key, place))
            draft.tx.outbox.add(own)
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


def _due(draft: Draft, to: AccountRecord, lane: Lane, edge: datetime) -> datetime:
    """The edge, or earlier by one call's time for each row already queued for it; never before `now`."""
    if edge <= draft.now:
        return draft.now
    ahead = _queues.join(draft.tx.outbox, to.account.tenant, lane, edge)
    pace = PACE[lane] if to.connected else APP_PACE
    return max(draft.now, edge - min(LEAD, ahead * pace))


def _placed(key: str, place: int) -> str:
    """A key of its own for each account: those after the first have their place in it."""
    return f"{key}:{place}" if place else key


def _key(draft: Draft, what: str, at: datetime) -> str:
    """Once per version of the record: what was armed is noted there, so deciding twice adds nothing."""
    return f"{int(at.timestamp())}:{what}:{draft.record.person.id}:{draft.record.version}"
