"""The decision about one ping: an ordered list of named rules, the first that answers wins, all are
explained.

The same code, in the same order, serves a real ping, `/boundary why`, `boundary-bot decide` and
simulations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rules.availability import Frame, OpenNorm, frame_of, open_window
from rules.causes import SAID_RANK, Cause, lifted_now
from rules.instants import FAR, epoch, instant
from rules.values import Mode, Passes, Person, Ping, Segment, Team, Urgency, Window
from rules.windows import spans
from rules.working import add_working, reply_by, working_intervals
from rules.zones import zone_of

__all__ = [
    "RULES",
    "Answer",
    "Reason",
    "Step",
    "Verdict",
    "add_working",
    "decide",
    "reply_by",
    "text",
    "working_intervals",
]

_FAR = int(FAR.total_seconds())


class Answer(StrEnum):
    """What happens to a ping now."""

    DELIVER = "deliver"
    HOLD = "hold"


class Reason(StrEnum):
    """Why: a closed set, used as message text, log field and metric label."""

    NOT_ENROLLED = "not_enrolled"
    ON_CALL = "on_call"
    AVAILABLE = "available"
    EVERYONE_PASSES = "everyone_passes"
    SENDER_PASSES = "sender_passes"
    URGENT_PASSES = "urgent_passes"
    HELD_BY_BREAK = "held_by_break"
    HELD_BY_OFF = "held_by_off"
    HELD_BY_FOCUS = "held_by_focus"
    HELD_BY_RECHARGE = "held_by_recharge"
    HELD_BY_QUIET = "held_by_quiet"
    HELD_BY_LEAVE = "held_by_leave"


_TEXT = {
    Reason.NOT_ENROLLED: "The recipient does not use Boundary Bot.",
    Reason.ON_CALL: "The recipient is on call, so urgent pings pass.",
    Reason.AVAILABLE: "The recipient is available.",
    Reason.EVERYONE_PASSES: "The recipient lets everyone through right now.",
    Reason.SENDER_PASSES: "The recipient lets this sender through right now.",
    Reason.URGENT_PASSES: "The recipient lets urgent pings through right now.",
    Reason.HELD_BY_BREAK: "The recipient is on a break.",
    Reason.HELD_BY_OFF: "The recipient is outside working hours.",
    Reason.HELD_BY_FOCUS: "The recipient is focusing.",
    Reason.HELD_BY_RECHARGE: "The recipient is recharging.",
    Reason.HELD_BY_QUIET: "The recipient has quiet time.",
    Reason.HELD_BY_LEAVE: "The recipient is on leave.",
}


def text(reason: Reason) -> str:
    """Return the reason as a sentence that names no norm, fit for the sender."""
    return _TEXT[reason]


@dataclass(frozen=True, slots=True)
class Step:
    """One rule that was looked at: whether it answered, and why or why not. For the recipient's eyes."""

    rule: str
    applied: bool
    because: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What happens to a ping, and why.

    `release_at` is the first instant, `now` included, at which the same decision delivers (without any
    spread); None if none comes within 400 days. `reply_by` is when the team's norm says an answer is due.
    `segment` and `trace` are for the recipient only. `stand_in` is a person id, on leave. `too_late`: the
    sender needs an answer before release.
    """

    answer: Answer
    reason: Reason
    release_at: datetime | None
    reply_by: datetime | None = None
    segment: Segment | None = None
    trace: tuple[Step, ...] = ()
    stand_in: str | None = None
    too_late: bool = False


@dataclass(frozen=True, slots=True)
class _Case:
    """A ping at an instant, with all that the rules may look at."""

    ping: Ping
    urgent: bool
    cause: Cause
    named: str
    second: int
    end: int
    until: str
    on_call: Window | None


_Said = tuple[Reason | None, str]
"""What a rule answers (None: nothing) and why."""


def _rule_on_call(case: _Case) -> _Said:
    if case.on_call is None:
        return None, "no on-call window is open"
    if not case.urgent:
        return None, f'"{case.on_call.name}" is open, but the ping is routine'
    return Reason.ON_CALL, f'"{case.on_call.name}" is open, so urgent pings pass everything'


def _rule_available(case: _Case) -> _Said:
    if case.cause.mode is Mode.AVAILABLE:
        return Reason.AVAILABLE, f"available until {case.until} ({case.cause.because})"
    return None, f"in {case.named} until {case.until}"


def _rule_everyone(case: _Case) -> _Said:
    if case.cause.passes.everyone:
        return Reason.EVERYONE_PASSES, f"{case.named} lets everyone through"
    return None, f"{case.named} lets {_who(case.cause.passes)} through"


def _rule_sender(case: _Case) -> _Said:
    if case.ping.sender in case.cause.passes.people:
        return Reason.SENDER_PASSES, f"{case.ping.sender} is let through"
    return None, f"{case.ping.sender} is not on its list"


def _rule_urgent(case: _Case) -> _Said:
    if not case.urgent:
        return None, "the ping is routine"
    if case.cause.passes.urgent:
        return Reason.URGENT_PASSES, "the ping is urgent, and urgent pings pass"
    return None, "the ping is urgent, but urgent pings do not pass either"


def _rule_held(case: _Case) -> _Said:
    because = f"{case.named} holds it until it may be delivered"
    if case.cause.stand_in:
        because += f"; {case.cause.stand_in} stands in"
    return Reason(f"held_by_{case.cause.mode.value}"), because


RULES: tuple[tuple[str, Callable[[_Case], _Said]], ...] = (
    ("on_call", _rule_on_call),
    ("available", _rule_available),
    ("everyone", _rule_everyone),
    ("sender", _rule_sender),
    ("urgent", _rule_urgent),
    ("held", _rule_held),
)
"""The order of decision. Before it, someone who has not enrolled gets everything."""

_DELIVERS = {
    Reason.NOT_ENROLLED,
    Reason.ON_CALL,
    Reason.AVAILABLE,
    Reason.EVERYONE_PASSES,
    Reason.SENDER_PASSES,
    Reason.URGENT_PASSES,
}


def decide(ping: Ping, recipient: Person | None, teams: Sequence[Team], now: datetime) -> Verdict:
    """Decide about a ping. `teams` are those the recipient is a member of; `recipient` None has not
    enrolled.
    """
    second = epoch(now)
    if recipient is None:
        step = Step(
            "not_enrolled", True, "the recipient has no norms here, and nobody is told anything about them"
        )
        return Verdict(Answer.DELIVER, Reason.NOT_ENROLLED, now, trace=(step,))
    frame = frame_of(recipient, teams)
    start, end, number = frame.at(second)
    cause = frame.norms.causes[number]
    urgent = ping.urgency is Urgency.URGENT and bool(ping.reason.strip())
    on_call = open_window(frame.norms, second) if frame.norms.on_call else None
    until = _local(end, second, frame)
    case = _Case(ping, urgent, cause, _named(cause), second, end, until, on_call)
    reason, steps = _judge(case)
    delivers = reason in _DELIVERS
    release = now if delivers else _release(frame, ping, urgent, second)
    return Verdict(
        answer=Answer.DELIVER if delivers else Answer.HOLD,
        reason=reason,
        release_at=release,
        reply_by=None if release is None else _due(ping, recipient, teams, urgent, release),
        segment=cause.segment(start, end),
        trace=(
            *_mode_steps(frame, case, number),
            *steps,
            _otherwise(frame, case, release, delivers),
        ),
        stand_in=cause.stand_in,
        too_late=ping.needs_by is not None and (release is None or release > ping.needs_by),
    )


def _judge(case: _Case) -> tuple[Reason, list[Step]]:
    steps = []
    rules = iter(RULES)
    while True:  # the last rule always answers
        name, rule = next(rules)
        reason, because = rule(case)
        steps.append(Step(name, reason is not None, because))
        if reason is not None:
            return reason, steps


def _release(frame: Frame, ping: Ping, urgent: bool, second: int) -> datetime | None:
    """Return the first instant at which the rules deliver the ping: a segment that lets it pass, or being
    on call.
    """

    def passes(cause: Cause) -> bool:
        rules = cause.passes
        return (
            cause.mode is Mode.AVAILABLE
            or rules.everyone
            or ping.sender in rules.people
            or (urgent and rules.urgent)
        )

    found = [frame.first(second, passes)]
    if urgent and frame.norms.on_call:
        found.append(_next_on_call(frame, second, found[0]))
    return min((instant(each) for each in found if each is not None), default=None)


def _next_on_call(frame: Frame, second: int, before: int | None) -> int | None:
    """Return when the next on-call window opens, looking no further than `before`."""
    end = second + _FAR if before is None else before
    starts = (spans(window.when, frame.norms.zone, second, end)[0][:1] for window in frame.norms.on_call)
    return min((each[0] for each in starts if each), default=None)


def _due(
    ping: Ping, recipient: Person, teams: Sequence[Team], urgent: bool, release: datetime
) -> datetime | None:
    """Go by the teams that sender and recipient share, if they say anything, else by all of the
    recipient's.
    """
    urgency = Urgency.URGENT if urgent else Urgency.ROUTINE
    shared = [team for team in teams if ping.sender in team.members]
    due = reply_by(recipient, shared, ping.kind, urgency, release)
    return due if due is not None else reply_by(recipient, teams, ping.kind, urgency, release)


def _mode_steps(frame: Frame, case: _Case, number: int) -> Iterator[Step]:
    """Say which norm won the mode, and which others are open and why they lost."""
    yield Step("mode", True, f"{case.named} decides the mode: {case.cause.mode.value}")
    open_ = frame.open_norms(case.second)
    for each in sorted(open_, reverse=True):
        if each[3] != number:
            loser = frame.norms.causes[each[3]]
            why = _why_beaten(loser, case.cause, each, max(open_))
            yield Step("passed_over", False, f"{_named(loser)} is open too, but {why}")
    for because, end in lifted_now(frame.norms, case.second):
        yield Step("lifted", False, f"{because} is lifted until {_local(end, case.second, frame)}")
    if case.ping.urgency is Urgency.URGENT and not case.urgent:
        yield Step("urgency", False, "urgent without a reason counts as routine")


def _why_beaten(loser: Cause, winner: Cause, lost: OpenNorm, won: OpenNorm) -> str:
    if won[0] == SAID_RANK:
        return "what was said last wins" if lost[0] == SAID_RANK else "what was said for now beats every norm"
    if won[0] != lost[0]:
        return f"{winner.mode.value} beats {loser.mode.value}"
    if won[1] != lost[1]:
        return "among equals the one that ends later wins"
    return "among equals that end together a person's own wins, then the first by name"


def _otherwise(frame: Frame, case: _Case, release: datetime | None, delivers: bool) -> Step:
    """Say what would change the answer."""
    if delivers:
        following = frame.norms.causes[frame.at(case.end)[2]]
        return Step("otherwise", False, f"from {case.until} on, {_named(following)} decides")
    when = "not within 400 days" if release is None else f"at {_local(epoch(release), case.second, frame)}"
    passing = case.cause.passes
    others = f"right now it lets {_who(passing)} through"
    if passing.urgent and not case.urgent:
        others = "an urgent ping with a reason would pass now"
    return Step("otherwise", False, f"it would be delivered {when}; {others}")


def _named(cause: Cause) -> str:
    return f'"{cause.because}" ({cause.mode.value})'


def _who(passes: Passes) -> str:
    """Return whom a window lets through that does not let everyone through."""
    return " and ".join([*(["urgent pings"] if passes.urgent else []), *sorted(passes.people)]) or "nobody"


def _local(second: int, now: int, frame: Frame) -> str:
    """Return an instant in the recipient's local time, with the date unless it is the day of `now`."""
    zone = zone_of(frame.norms.zone)
    local, today = datetime.fromtimestamp(second, zone), datetime.fromtimestamp(now, zone)
    if local.date() == today.date():
        return f"{local.hour:02d}:{local.minute:02d}"
    return f"{local.date()} {local.hour:02d}:{local.minute:02d}"
