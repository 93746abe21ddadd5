"""What a choice in a ritual comes to: what holds now, and who will notice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.messages.actions import Act
from bot.messages.model import Bullets, Button, Line, Message, Part, Verbatim, Who
from bot.messages.ritualforms import NAMES
from bot.messages.words import Watch, buttons, count, known, line, listed, message, say, small
from rules import Ritual


@dataclass(frozen=True, slots=True)
class Moved:
    """A message that lands at another instant than its sender was told (UTC)."""

    who: Who
    before: datetime
    after: datetime


@dataclass(frozen=True, slots=True)
class MoreTime:
    """A boundary that moved to `until`; `back` is when the person is available again after it, `cut` names
    what gave way. Instants in UTC."""

    kind: Ritual
    until: datetime
    back: datetime
    moved: tuple[Moved, ...] = ()
    cut: tuple[str, ...] = ()


def started(*, wrote: bool) -> Message:
    return message(say(f"Good start. What can wait will wait.{_kept(wrote)}"))


def _kept(wrote: bool, when: str = "") -> str:
    if not wrote:
        return ""
    return f" What you wrote {when or 'is in your journal'}; nobody else sees it."


def closed(until: datetime, watch: Watch, *, wrote: bool) -> Message:
    """The day is closed: off until the hours begin again."""
    back = _kept(wrote, "comes back when the next day begins")
    return message(
        say(f"Done for today. You are off until {watch.moment(until)}.{back} /boundary resume takes it back.")
    )


def handed_over(until: datetime, watch: Watch, *, wrote: bool) -> Message:
    """The block is closed: off until the next one begins."""
    back = _kept(wrote, "comes back then")
    return message(
        say(
            f"This block is closed. You are off until {watch.moment(until)}.{back} "
            "/boundary resume takes it back."
        )
    )


def no_block(*, wrote: bool) -> Message:
    """There is nothing to hand over to: the day's hours end with this block."""
    back = _kept(wrote, "comes back when the next day begins")
    return message(
        say(f"No block of hours follows today, so nothing has changed.{back} To end the day: /boundary close")
    )


def landed(name: str, begins: datetime | None, watch: Watch, *, wrote: bool) -> Message:
    """The landing is done; `begins` is when the quiet window begins, None if it is open already."""
    back = _kept(wrote, "comes back when you do")
    if begins is None:
        return message(say(f"Landed.{back}"))
    return message(
        say("Landed: quiet from now on, ", Verbatim(name), f" from {watch.clock(begins)}.{back}"),
        small("/boundary resume takes it back."),
    )


def first_hour(until: datetime, watch: Watch) -> Message:
    return message(
        say(
            f"The first hour is yours: focus until {watch.moment(until)}. What waited comes then; "
            "what is urgent still reaches you."
        )
    )


def skipped() -> Message:
    return message(say("Fine, not today."))


def seen() -> Message:
    return message(say("Have a good weekend, whenever it begins."))


def more_time(time: MoreTime, watch: Watch) -> Message:
    """The boundary has moved: what colleagues see, and whose messages land at another time."""
    until, cut = watch.moment(time.until), listed(list(time.cut))
    if time.kind in (Ritual.START, Ritual.RETURN):
        head = f"Not started yet: off until {until}."
        sees = f"Colleagues who write read that you are back at {until}."
    else:
        then = "quiet" if time.kind is Ritual.LANDING else "off"
        head = f"You are available until {until}, then {then}."
        sees = (
            f"For colleagues you are available until {until}; "
            f"from then on they read that you are back at {watch.moment(time.back)}."
        )
    gave = say("This cuts ", Verbatim(cut), ".") if cut else None
    return message(say(head), gave, say(sees), *_moved(time.moved, watch))


def _moved(moved: Sequence[Moved], watch: Watch) -> list[Part | None]:
    if not moved:
        return [small("No message that waits for you lands at another time because of it.")]
    lines = tuple(_moved_line(each, watch) for each in moved[:8])
    more = small(f"And {count(len(moved) - 8, 'more message')}.") if len(moved) > 8 else None
    return [Bullets(lines), more]


def _moved_line(moved: Moved, watch: Watch) -> Line:
    way = "earlier" if moved.after < moved.before else "later"
    when = f"{watch.moment(moved.after)} instead of {watch.moment(moved.before)}"
    return line("What ", known(moved.who, "a colleague"), f" sent lands {way}: {when}.")


def would_cut(value: str, names: Sequence[str], until: datetime, watch: Watch) -> Message:
    """More time would run into what the person keeps quiet: they say which of the two holds."""
    return message(
        say(
            f"Until {watch.clock(until)} would cut ",
            Verbatim(listed(list(names))),
            ". Nothing has changed.",
        ),
        buttons(
            Button("Cut it this once", Act.RITUAL_MORE, f"{value}:anyway"),
            Button("Keep it and close", Act.RITUAL_DONE, value, tone="primary"),
            Button("Not today", Act.RITUAL_SKIP, value),
        ),
    )


def past(kind: Ritual, day: date, today: date, watch: Watch) -> Message:
    """The answer to a choice that comes hours or days later: nothing is changed by it."""
    which = "from earlier today" if day == today else f"of {day.isoformat()}"
    back = watch.clock(watch.now + timedelta(minutes=30))
    return message(
        say(f"That {NAMES[kind]} nudge {which} is long past. I have changed nothing."),
        small(f"Say what you want now, such as /focus 90m or /boundary back {back}."),
    )
