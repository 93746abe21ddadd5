"""Statuses and snoozes: set in time, as late as the platform's rate lets them be, and ended early when the
person is back.

Slack allows about 50 statuses and 20 snoozes a minute in a whole workspace (docs.slack.dev/apis/web-
api/rate-limits), so a crowded edge is armed up to `LEAD` early, each row as late as its place in the queue
allows. Expiry does the clearing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.inbound import Account
from bot.planning.outline import Outline, Stretch
from bot.planning.rows import row
from bot.ports import Tx
from bot.records import Lane, PersonRecord
from rules import EndSnooze, Interval, Say, SetStatus, Snooze, dnd_covers, effect_key

LEAD = timedelta(minutes=5)
"""How early arming may run."""
PACE = {Lane.STATUS: timedelta(seconds=60 / 49), Lane.SNOOZE: timedelta(seconds=60 / 19)}
"""What one row adds to the queue of its workspace: Slack's limit less the one call that a full bucket
holds."""
LONGEST_SNOOZE = timedelta(hours=24)
"""Slack does not document its longest snooze; longer spans are snoozed again at the end of this."""
SAME = timedelta(seconds=90)
"""Two ends of a snooze that differ by less are the same: platforms take whole minutes."""
DND_KNOWN_FOR = timedelta(hours=24)
"""How long what we read of a person's own notification schedule is believed."""


def connected(tx: Tx, record: PersonRecord) -> Account | None:
    """The account whose status and snooze we may set: where we talk to the person if they connected it."""
    accounts = [known.account for known in tx.accounts.of(record.person.id) if known.connected]
    home = record.state.home
    return home if home in accounts else accounts[0] if accounts else None


def arm(
    tx: Tx, record: PersonRecord, outline: Outline, now: datetime, *, asked: bool, changed: bool
) -> PersonRecord:
    """Add what the status and the snooze need now; returns the record with what was armed noted."""
    record = _arm_status(tx, record, outline, now, asked=asked, changed=changed)
    return _arm_snooze(tx, record, outline, now)


def next_arming(record: PersonRecord, outline: Outline, now: datetime) -> datetime | None:
    """When arming has something to do again, always after `now`; None if never within the outline."""
    edges = [outline.next_away(now + LEAD), outline.next_span(now + LEAD)]
    found = [edge.start - LEAD for edge in edges if edge is not None]
    span, armed = outline.span(now), record.state.snooze_armed
    if armed is not None and span is not None and span.start <= armed < span.end - SAME:
        found.append(armed - LEAD)
    return min((at for at in found if at > now), default=None)


# Status -------------------------------------------------------------------------------------------


def _arm_status(
    tx: Tx, record: PersonRecord, outline: Outline, now: datetime, *, asked: bool, changed: bool
) -> PersonRecord:
    current = outline.stretch(now)
    if current.available:
        record = _end_status(tx, record, outline, now, asked=asked)
    elif asked or not _is_armed(record, current, outline, now, exactly=changed):
        record = _set_status(tx, record, current, now, now, asked=asked)
    upcoming = outline.next_away(now)
    if (
        upcoming is None
        or upcoming.start - now > LEAD
        or _is_armed(record, upcoming, outline, now, exactly=True)
    ):
        return record
    return _set_status(tx, record, upcoming, upcoming.start, now, asked=False)


def _is_armed(
    record: PersonRecord, stretch: Stretch, outline: Outline, now: datetime, *, exactly: bool
) -> bool:
    """Whether `stretch` needs nothing: it was armed, or the one after it was, which is only done after it."""
    armed_for, armed = record.state.armed_for, record.state.armed
    if armed_for is None:
        return False
    if (armed_for, armed) == (stretch.start, stretch.back):
        return True
    if armed_for <= stretch.start:
        return False
    upcoming = outline.next_away(now)
    after = upcoming is not None and (armed_for, armed) == (upcoming.start, upcoming.back)
    return after or not exactly


def _set_status(
    tx: Tx, record: PersonRecord, stretch: Stretch, edge: datetime, now: datetime, *, asked: bool
) -> PersonRecord:
    to = connected(tx, record)
    if to is None:
        return _tell_connect(tx, record, now)
    effect = SetStatus(record.person.id, stretch.start, stretch.back, asked)
    due = edge if asked else _due(tx, to, Lane.STATUS, edge, now)
    tx.outbox.add(row(Lane.STATUS, to, effect, due, f"{effect_key(effect)}:{record.version}", urgent=asked))
    return _noted(record, armed_for=stretch.start, armed=stretch.back)


def _end_status(
    tx: Tx, record: PersonRecord, outline: Outline, now: datetime, *, asked: bool
) -> PersonRecord:
    """The person is available: take down what is still up, unless it was armed for what comes next."""
    state = record.state
    if state.armed_for is None:
        return record
    upcoming = outline.next_away(now)
    if upcoming is not None and (state.armed_for, state.armed) == (upcoming.start, upcoming.back):
        return record
    to = connected(tx, record)
    if to is not None and _still_up(record, now):
        effect = SetStatus(record.person.id, outline.stretch(now).start, None, asked)
        tx.outbox.add(
            row(Lane.STATUS, to, effect, now, f"{effect_key(effect)}:{record.version}", urgent=asked)
        )
    return _noted(record, armed_for=None, armed=None)


def _still_up(record: PersonRecord, now: datetime) -> bool:
    """Whether a status of ours may show: set and not expired, or asked for and perhaps on its way."""
    ours, armed = record.state.ours, record.state.armed
    if ours is not None and (
        ours.before is not None or ours.status.expires is None or ours.status.expires > now
    ):
        return True
    return armed is not None and armed > now


def _tell_connect(tx: Tx, record: PersonRecord, now: datetime) -> PersonRecord:
    """Without a connection there is no status; the person hears once what connecting adds."""
    home = record.state.home
    if home is None or record.state.told_connect:
        return record
    effect = Say(record.person.id, "connect")
    tx.outbox.add(row(Lane.MESSAGE, home, effect, now, effect_key(effect)))
    return _noted(record, told_connect=True)


# Snooze -------------------------------------------------------------------------------------------


def _arm_snooze(tx: Tx, record: PersonRecord, outline: Outline, now: datetime) -> PersonRecord:
    span = outline.span(now)
    if span is None or span.start - now > LEAD:
        return _end_snooze(tx, record, now)
    if _is_snoozed(record, span, now):
        return record
    if _own_schedule(record, span, now):
        return _noted(record, snooze_armed=span.end)
    to = connected(tx, record)
    if to is None:
        return record
    edge = max(span.start, now)
    until = min(span.end, edge + LONGEST_SNOOZE)
    effect = Snooze(record.person.id, until)
    due = _due(tx, to, Lane.SNOOZE, edge, now)
    tx.outbox.add(row(Lane.SNOOZE, to, effect, due, f"{effect_key(effect)}:{record.version}"))
    return _noted(record, snooze_armed=until)


def _is_snoozed(record: PersonRecord, span: Interval, now: datetime) -> bool:
    """Whether a snooze was asked for that lasts to the span's end, or long enough to be renewed later."""
    armed = record.state.snooze_armed
    if armed is None or armed <= span.start or armed > span.end + SAME:
        return False
    return armed >= span.end - SAME or armed - now > LEAD


def _own_schedule(record: PersonRecord, span: Interval, now: datetime) -> bool:
    if record.state.dnd is None:
        return False
    start, end, read_at = record.state.dnd
    return now - read_at < DND_KNOWN_FOR and dnd_covers(start, end, span)


def _end_snooze(tx: Tx, record: PersonRecord, now: datetime) -> PersonRecord:
    armed = record.state.snooze_armed
    if armed is None:
        return record
    to = connected(tx, record)
    if to is not None and armed > now + SAME:
        effect = EndSnooze(record.person.id, record.state.snoozed_until or armed)
        tx.outbox.add(row(Lane.SNOOZE, to, effect, now, f"{effect_key(effect)}:{record.version}"))
    return _noted(record, snooze_armed=None)


# Both ---------------------------------------------------------------------------------------------


def _due(tx: Tx, to: Account, lane: Lane, edge: datetime, now: datetime) -> datetime:
    """The edge, or earlier by one call's time for each row already queued for it; never before `now`."""
    if edge <= now:
        return now
    ahead = tx.outbox.armed(to.tenant, lane, edge - LEAD, edge)
    return max(now, edge - min(LEAD, ahead * PACE[lane]))


def _noted(record: PersonRecord, **changes: datetime | bool | None) -> PersonRecord:
    return replace(record, state=replace(record.state, **changes))  # type: ignore[arg-type]
