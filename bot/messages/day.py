"""A person's own day: the ribbon and its words, `/boundary today`, and why a ping would be held now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.messages.model import Bullets, Heading, Line, Message, Ribbon, RibbonPart
from bot.messages.words import Watch, line, message, say
from rules import Answer, Mode, Person, Reason, Segment, Team, Verdict, text, timeline

_MINUTE = timedelta(minutes=1)
WORDS = {
    Mode.AVAILABLE: "Available",
    Mode.BREAK: "Break",
    Mode.OFF: "Off",
    Mode.FOCUS: "Focus",
    Mode.RECHARGE: "Recharge",
    Mode.QUIET: "Quiet",
    Mode.LEAVE: "On leave",
}


def segments_of_today(person: Person, teams: Sequence[Team], now: datetime) -> tuple[Segment, ...]:
    """The segments of the person's local day that `now` is in, clipped to it."""
    zone = ZoneInfo(person.zone)
    day = now.astimezone(zone).date()
    start, end = (
        datetime.combine(each, time(), zone).astimezone(UTC) for each in (day, day + timedelta(days=1))
    )
    return timeline(person, teams, start, end)


def ribbon(person: Person, segments: Sequence[Segment], now: datetime) -> Ribbon:
    """Today as a picture. Parts tile 0..1440 also on days when the clocks change, so an hour may look
    longer or shorter."""
    zone = ZoneInfo(person.zone)
    local = now.astimezone(zone)
    parts: list[RibbonPart] = []
    segments = _joined(segments, lambda each: each.mode)
    for segment in segments:
        start = parts[-1].end if parts else 0
        end = _minute(segment.end, local, zone)
        if segment is segments[-1]:
            end = 1440
        if end <= start:
            continue
        if parts and parts[-1].mode == segment.mode:  # what was between fell into an hour that is left out
            start = parts.pop().start
        parts.append(RibbonPart(start, end, segment.mode.value))
    return Ribbon(tuple(parts), local.hour * 60 + local.minute, _words(segments, Watch(now, person.zone)))


def _joined(segments: Sequence[Segment], kind: Callable[[Segment], object]) -> list[Segment]:
    """Neighbours of one kind as one; what lasts less than a minute goes to the one before it, or after."""
    found: list[Segment] = []
    for each in segments:
        if found and (kind(found[-1]) == kind(each) or each.end - each.start < _MINUTE):
            found[-1] = replace(found[-1], end=each.end)
        elif found and found[-1].end - found[-1].start < _MINUTE:
            found[-1] = replace(each, start=found[-1].start)
        else:
            found.append(each)
    return found


def _minute(at: datetime, today: datetime, zone: ZoneInfo) -> int:
    local = at.astimezone(zone)
    return 1440 if local.date() > today.date() else local.hour * 60 + local.minute


def _words(segments: Sequence[Segment], watch: Watch) -> str:
    return "; ".join(
        f"{WORDS[each.mode].lower()} {watch.clock(each.start)} to {_end(each.end, watch)}"
        for each in segments
    )


def _end(at: datetime, watch: Watch) -> str:
    return "24:00" if watch.clock(at) == "00:00" else watch.clock(at)


def today(
    person: Person, segments: Sequence[Segment], current: Segment, waiting: str, watch: Watch
) -> Message:
    """`/boundary today`: now, the ribbon, the day in words, what waits, the next change."""
    picture = replace(ribbon(person, segments, watch.now), alt="")  # the words below say it, and why
    told = _joined(segments, lambda each: (each.mode, _why(each)))
    return message(
        Heading(now_line(current, watch)),
        picture,
        Bullets(tuple(_segment_line(each, watch) for each in told)),
        say(waiting),
    )


def now_line(current: Segment, watch: Watch) -> str:
    """`Focus until 15:00`, `Available, nothing planned to change`."""
    if current.end - watch.now > timedelta(days=300):
        return f"{WORDS[current.mode]}, with no change planned"
    return f"{WORDS[current.mode]} until {watch.moment(current.end)}"


def _segment_line(segment: Segment, watch: Watch) -> Line:
    hours = f"{watch.clock(segment.start)}-{_end(segment.end, watch)}"
    return line(f"{hours} {WORDS[segment.mode]}{_why(segment)}")


def _why(segment: Segment) -> str:
    return f" ({cause(segment)})" if segment.mode is not Mode.AVAILABLE else ""


def cause(segment: Segment) -> str:
    """What made a segment, for the person themself: a norm's name, or what they said for now."""
    said, _, name = segment.because.partition(":")
    if said != "said":
        return segment.because
    return "said for now" if name.strip() in {"", segment.mode.value} else f"{name.strip()}, said for now"


def to_you(reason: Reason) -> str:
    """A reason told to the recipient themself."""
    told = text(reason)
    for they, you in (("recipient is", "are"), ("recipient lets", "let"), ("recipient has", "have")):
        told = told.replace(f"The {they}", f"You {you}")
    return told


def why(title: str, verdict: Verdict, watch: Watch) -> Message:
    """A verdict in plain words: what won, what was looked at, and what would change it."""
    if verdict.answer is Answer.DELIVER:
        outcome = "It would reach you now."
    elif verdict.release_at is None:
        outcome = "It would wait; I see no time at which it would go."
    else:
        outcome = f"It would wait until {watch.moment(verdict.release_at)}."
    return message(
        say(f"{title} {outcome} {to_you(verdict.reason)}"),
        Bullets(tuple(_step(step.rule, step.applied, step.because) for step in verdict.trace)),
    )


def _step(rule: str, applied: bool, because: str) -> Line:
    name = rule.replace("_", " ")
    return line(f"{name}, which decides: {because}" if applied else f"{name}: {because}")
