"""Statuses: what others may read, and how ours live beside the ones people set by hand.

A status set by hand is never overwritten, and what we set is always put back or left to expire. Platforms
offer no compare-and-set, so a plan is made against the status just read and names what to remember.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from rules.availability import frame_of, holds_routine
from rules.instants import DAY, epoch, interval
from rules.values import Interval, Mode, Person, Segment, Team
from rules.zones import zone_of

LONGEST_TEXT = 100
"""Slack refuses longer status texts with `too_long` (users.profile.set)."""
PUT_BACK = timedelta(minutes=10)
"""How long ours outlives its end when something must be put back, so that we can still see that it is ours.
"""
SNOOZE_CAP = timedelta(hours=24)
"""Slack does not document the longest snooze; longer runs are snoozed again."""

_SAME = timedelta(seconds=60)
_LINGERS = timedelta(minutes=2)
"""How long a platform may show a presence past its end."""
_ENDLESS = timedelta(days=370)
_WEEK = timedelta(days=6)
_EMOJI = {
    Mode.BREAK: ":coffee:",
    Mode.OFF: ":house:",
    Mode.FOCUS: ":dart:",
    Mode.RECHARGE: ":battery:",
    Mode.QUIET: ":no_bell:",
    Mode.LEAVE: ":palm_tree:",
}
_WORDS = {
    Mode.BREAK: "On a break",
    Mode.OFF: "Off",
    Mode.FOCUS: "Focusing",
    Mode.RECHARGE: "Recharging",
    Mode.QUIET: "",
    Mode.LEAVE: "Away",
}
_INERT = str.maketrans("<>", "\u2039\u203a")
"""Platforms read markup in angle brackets; a name says nothing but itself, and is read back as it was set."""
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Status:
    """A platform status: plain `text`, `emoji` as ":name:", and when it clears itself (UTC; None: never)."""

    text: str
    emoji: str
    expires: datetime | None


@dataclass(frozen=True, slots=True)
class Ours:
    """A status that we set, and the one by hand that stood there `before`."""

    status: Status
    before: Status | None
    set_at: datetime


@dataclass(frozen=True, slots=True)
class StatusPlan:
    """What to do: `status` is what to set or restore; `ours` is what to remember afterwards (None:
    nothing).
    """

    action: Literal["set", "clear", "restore", "leave"]
    status: Status | None
    ours: Ours | None
    because: str


def desired_status(
    person: Person, segment: Segment, until: datetime | None = None, reply_by: datetime | None = None
) -> Status | None:
    """Return the status for a segment, None when available.

    `until` is the end of the unbroken run of segments that are not available: when the person is back;
    `reply_by` when an answer to what is written now is due, said where it fits. The private name of a norm is
    never in it; a shared one is.
    """
    if segment.mode is Mode.AVAILABLE:
        return None
    end = segment.end if until is None else until
    back = _back(person, segment, end)
    name = " ".join(segment.public.split()).translate(_INERT)
    if name:
        room = LONGEST_TEXT - len(f" · {back}")
        text = f"{name if len(name) <= room else name[: room - 1] + '…'} · {back}"
    else:
        text = ", ".join(part for part in (_WORDS[segment.mode], back) if part)
    due = _due(person, segment, end, reply_by)
    text = text + due if len(text + due) <= LONGEST_TEXT else text
    return Status(text[0].upper() + text[1:] if not name else text, _EMOJI[segment.mode], end)


def _due(person: Person, segment: Segment, end: datetime, reply_by: datetime | None) -> str:
    """`, replies by 16:00`, with the day unless it is the one on which the person is back."""
    if reply_by is None or end - segment.start > _ENDLESS:
        return ""
    back, begun, local = (each.astimezone(zone_of(person.zone)) for each in (end, segment.start, reply_by))
    if local.date() - begun.date() > _WEEK:
        return f", replies by {local.day} {_MONTHS[local.month - 1]}"
    day = "" if local.date() == back.date() else f"{_DAYS[local.weekday()]} "
    return f", replies by {day}{local:%H:%M}"


def _back(person: Person, segment: Segment, end: datetime) -> str:
    if end - segment.start > _ENDLESS:
        return "back later"
    local, begun = (each.astimezone(zone_of(person.zone)) for each in (end, segment.start))
    if local.date() == begun.date():
        return f"back at {local:%H:%M}"
    if local.date() - begun.date() > _WEEK:
        return f"back {local.day} {_MONTHS[local.month - 1]}"
    return f"back {_DAYS[local.weekday()]} {local:%H:%M}"


def plan_status(
    current: Status, ours: Ours | None, desired: Status | None, asked: bool, now: datetime
) -> StatusPlan:
    """Plan what to do about the status just read (`current`; text and emoji empty: none).

    `asked`: the person said it just now, so it may stand before a status set by hand, which is put back
    afterwards.
    """
    epoch(now)  # refuses a naive datetime
    empty = not current.text and not current.emoji
    shown = ours is not None and same(current, ours.status)
    if desired is None:
        return _plan_end(empty, shown, ours, now)
    if empty or shown:
        return _plan_set(current, desired, ours, now)
    if same(current, desired):
        return StatusPlan("leave", None, Ours(desired, None, now), "it already says this")
    if not asked:
        return StatusPlan("leave", None, None, "a status was set by hand")
    return _set(desired, current, now, "the person asked for it; what was there is put back afterwards")


def with_expiry(current: Status, ours: Ours | None, desired: Status | None) -> Status:
    """Return a status read from a platform that does not tell when it ends, with the end that we know.

    One that says what ours says is ours, and so is one that says what we are about to say: its text tells
    when the person is back, so nobody else wrote it.
    """
    for known in (ours.status if ours else None, desired):
        if known and (known.text, known.emoji) == (current.text, current.emoji):
            return replace(current, expires=known.expires)
    return current


def presence_with_expiry(current: Status, ours: Ours | None, now: datetime) -> Status:
    """Return a presence read from a platform that does not tell when it ends, with the end that we know.

    A presence is one of a few words, which people choose by hand as well: it is ours only while ours has not
    ended, or ended so lately that the platform may still show it.
    """
    if ours is None or current.text != ours.status.text:
        return current
    ends = ours.status.expires
    return replace(current, expires=ends) if ends is None or ends + _LINGERS > now else current


def _plan_set(current: Status, desired: Status, ours: Ours | None, now: datetime) -> StatusPlan:
    before = _alive(ours.before if ours else None, now)
    wanted = _outliving(desired, before)
    if ours is not None and same(current, wanted):
        return StatusPlan("leave", None, replace(ours, status=wanted, before=before), "it already says this")
    return _set(desired, before, now, "no status set by hand stands in the way")


def _set(desired: Status, before: Status | None, now: datetime, because: str) -> StatusPlan:
    wanted = _outliving(desired, before)
    return StatusPlan("set", wanted, Ours(wanted, before, now), because)


def _plan_end(empty: bool, shown: bool, ours: Ours | None, now: datetime) -> StatusPlan:
    before = _alive(ours.before if ours else None, now)
    if shown and before:
        return StatusPlan("restore", before, None, "this stood there before ours")
    if shown:
        return StatusPlan("clear", None, None, "ours has had its time")
    if empty and before and ours and _alive(ours.status, now) is None:
        return StatusPlan("restore", before, None, "ours has expired, and this stood there before")
    because = "nothing is shown" if empty else "a status was set by hand"
    return StatusPlan("leave", None, None, because)


def _alive(status: Status | None, now: datetime) -> Status | None:
    """Return the status unless it has expired."""
    return status if status and (status.expires is None or status.expires > now) else None


def _outliving(desired: Status, before: Status | None) -> Status:
    if before is None or desired.expires is None:
        return desired
    return replace(desired, expires=desired.expires + PUT_BACK)


def same(one: Status, other: Status) -> bool:
    """Tell whether two statuses are the same one, allowing for a minute of rounding in the expiry."""
    if (one.text, one.emoji) != (other.text, other.emoji):
        return False
    if one.expires is None or other.expires is None:
        return one.expires is other.expires
    return abs(one.expires - other.expires) <= _SAME


def snooze_span(person: Person, teams: Sequence[Team], now: datetime) -> Interval | None:
    """Return the unbroken run of segments that hold routine pings, around `now` or next within 24 hours.

    It spans adjacent windows, so that one snooze serves them all, and ends at most 24 hours after `now`.
    """
    frame = frame_of(person, teams)
    second = epoch(now)
    cap = second + DAY
    start = frame.first(second, holds_routine)
    if start is None or start >= cap:
        return None
    end = frame.first(start, lambda cause: not holds_routine(cause))
    if start == second:
        start = frame.last_start(second, holds_routine)
    return interval(start, cap if end is None else min(end, cap))


def dnd_covers(schedule_start: datetime | None, schedule_end: datetime | None, span: Interval) -> bool:
    """Tell whether the person's own do-not-disturb schedule covers the span, so that no snooze is needed."""
    if schedule_start is None or schedule_end is None:
        return False
    return schedule_start <= span.start and span.end <= schedule_end
