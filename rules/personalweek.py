"""A person's own week in figures, for their eyes only: focus against their plan, evenings to themselves.

Nothing that they do in an evening counts against them: it is lost only to what broke through to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from rules.availability import Frame
from rules.instants import DAY, epoch, interval
from rules.values import Interval, Mode, Person, Said, Team
from rules.weeks import Week, bounds
from rules.windows import Spans, merged, spans, without
from rules.zones import local_day

EVENING = timedelta(hours=12)
"""How long after the last hours of a day its evening lasts, unless hours begin before."""
_AT_WORK = (Mode.AVAILABLE, Mode.FOCUS)


@dataclass(frozen=True, slots=True)
class PersonalWeek:
    """`focus_planned`, `focus_kept` and `focus_lifted` (what of it teams lifted) in whole minutes; `evenings`
    after working days, and how many of them were `evenings_kept`."""

    focus_planned: int
    focus_kept: int
    evenings: int
    evenings_kept: int
    focus_lifted: int = 0


def personal_week(
    person: Person,
    teams: Sequence[Team],
    said: Sequence[Said],
    broken: Sequence[datetime],
    week: Week,
    *,
    until: datetime | None = None,
    told: Sequence[Interval] | None = None,
) -> PersonalWeek:
    """Return the figures of a local `week`, as far as it had gone `until` (UTC; None: all of it).

    `said` is everything the person said for now in it, each `until` when it ended in fact; `broken` are the
    instants (UTC) at which a ping broke through to them; `told` the evenings to count, if not the week's own
    (`evenings_to_tell`). Planned is the focus of their norms, the team's shared focus included; kept is what
    of it no team lifted and they did not give up by saying that they are available. An evening is kept unless
    something broke through in it while they had not said that they are at work.
    """
    whole = bounds(week, person.zone)
    end = whole.end if until is None else min(until, whole.end)
    plain, agreed = replace(person, said=()), [replace(team, lifted=()) for team in teams]
    planned = _in_mode(plain, agreed, Mode.FOCUS, whole.start, end)
    held = _in_mode(plain, teams, Mode.FOCUS, whole.start, end)
    here = _in_mode(replace(person, said=tuple(said)), teams, Mode.AVAILABLE, whole.start, end)
    kept = without(held, here, epoch(whole.start), epoch(end))
    counted = evenings(person, week) if told is None else told
    over = [each for each in counted if until is None or each.end <= until]
    disturbed = [at for at in broken if not _at_work(said, at)]
    quiet = [each for each in over if not any(each.start <= at < each.end for at in disturbed)]
    lifted = _minutes(planned) - _minutes(held)
    return PersonalWeek(_minutes(planned), _minutes(kept), len(over), len(quiet), lifted)


def evenings_to_tell(person: Person, week: Week) -> tuple[Interval, ...]:
    """Return the evenings that the line of a local week tells of. It comes when the last working day ends,
    before that day's evening: so from the last evening of the week before to the last but one of this."""
    return evenings(person, week.before())[-1:] + evenings(person, week)[:-1]


def evenings(person: Person, week: Week) -> tuple[Interval, ...]:
    """Return the evenings of a local week, in UTC: from the end of the last hours that begin on a working
    day for 12 hours, or until hours begin again. None without hours, on leave and on public holidays."""
    if person.hours is None:
        return ()
    whole = bounds(week, person.zone)
    low, high = epoch(whole.start), epoch(whole.end) + 2 * DAY
    blocks = list(zip(*spans(person.hours, person.zone, low, high), strict=True))
    never = max([high, *(end for _, end in blocks)]) + DAY  # no evening of the week reaches that far
    blocks.append((never, never))
    days = [local_day(begin, person.zone) for begin, _ in blocks]
    free = {holiday.on.toordinal() for holiday in person.holidays}
    first = week.first.toordinal()
    return tuple(
        interval(end, min(end + int(EVENING.total_seconds()), following))
        for (day, (_, end)), (later, (following, _)) in pairwise(zip(days, blocks, strict=True))
        if first <= day < first + 7 and day != later and day not in free and not _on_leave(person, day)
    )


def _on_leave(person: Person, day: int) -> bool:
    return any(leave.first.toordinal() <= day <= leave.last.toordinal() for leave in person.leave)


def _in_mode(person: Person, teams: Sequence[Team], mode: Mode, start: datetime, end: datetime) -> Spans:
    frame = Frame(person, tuple(teams))
    causes = frame.norms.causes
    found = frame.walk(epoch(start), epoch(end))
    return merged((begin, finish) for begin, finish, cause in found if causes[cause].mode is mode)


def _at_work(said: Sequence[Said], at: datetime) -> bool:
    """Tell whether the person themself had said that they are at work."""
    return any(each.start <= at < each.until and each.mode in _AT_WORK for each in said)


def _minutes(found: Spans) -> int:
    return (sum(found[1]) - sum(found[0])) // 60
