"""Working time: a person's hours minus leave and recharge, and deadlines counted in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from rules.availability import Frame, frame_of
from rules.instants import DAY, FAR, epoch, instant, interval
from rules.values import Interval, Person, PingKind, Team, Urgency, WorkingTime
from rules.windows import day_span
from rules.zones import local_day, start_second, zone_of

_FAR = int(FAR.total_seconds())
_STEP = 14 * DAY  # working time is looked up this far at once
_Spans = list[tuple[int, int]]


def working_intervals(
    person: Person, teams: Sequence[Team], start: datetime, end: datetime
) -> tuple[Interval, ...]:
    """Return the working time in `[start, end)`, clipped to it: the hours minus leave, public holidays and
    recharge.

    Someone without hours works whenever none of these holds. What a person said for now changes nothing
    here.
    """
    return tuple(interval(*each) for each in frame_of(person, teams).working(epoch(start), epoch(end)))


def add_working(
    person: Person, teams: Sequence[Team], start: datetime, amount: WorkingTime
) -> datetime | None:
    """Return when `amount` of working time has gone by since `start`; None if that takes more than 400
    days.

    Working days come first, each the same clock time on the next local day with working time, moved into
    that day's hours: before them or in a gap to where they go on, after them to their end. Minutes then
    count inside the hours.
    """
    frame = frame_of(person, teams)
    second: int | None = epoch(start)
    if amount.days:
        second = _add_days(frame, epoch(start), amount.days)
    if second is not None and amount.minutes:
        second = _add_seconds(frame, second, amount.minutes * 60)
    return None if second is None else instant(second)


def _add_seconds(frame: Frame, second: int, left: int) -> int | None:
    limit = second + _FAR
    while second < limit:
        for begin, finish in frame.working(second, second + _STEP):
            if finish - begin >= left:
                return begin + left
            left -= finish - begin
        second += _STEP
    return None


def _add_days(frame: Frame, second: int, days: int) -> int | None:
    zone = frame.norms.zone
    today = local_day(second, zone)
    local = datetime.fromtimestamp(second, zone_of(zone))
    clock = local.hour * 3600 + local.minute * 60 + local.second
    for ordinal in range(today + 1, today + FAR.days + 1):
        hours = frame.working(*day_span(ordinal, ordinal, zone))
        if not hours:
            continue
        days -= 1
        if days == 0:
            return _moved_into(hours, start_second(zone, ordinal, clock))
    return None


def _moved_into(hours: _Spans, second: int) -> int:
    for begin, finish in hours:
        if second <= finish:
            return max(begin, second)
    return hours[-1][1]


def reply_by(
    person: Person, teams: Sequence[Team], kind: PingKind, urgency: Urgency, from_: datetime
) -> datetime | None:
    """Return by when an answer is due to a ping seen at `from_`: the earliest that any of `teams` expects.

    An urgent ping goes by `urgent`, or by its kind where the team says nothing about urgent ones.
    None when no team says anything.
    """
    due = [_due(person, teams, _within(team, kind, urgency), from_) for team in teams]
    return min((each for each in due if each is not None), default=None)


def _within(team: Team, kind: PingKind, urgency: Urgency) -> timedelta | WorkingTime | None:
    if urgency is Urgency.URGENT and team.reply_within.urgent is not None:
        return team.reply_within.urgent
    return team.reply_within.mention if kind is PingKind.MENTION else team.reply_within.direct


def _due(
    person: Person, teams: Sequence[Team], within: timedelta | WorkingTime | None, from_: datetime
) -> datetime | None:
    if within is None or isinstance(within, timedelta):
        return None if within is None else from_ + within
    return add_working(person, teams, from_, within)
