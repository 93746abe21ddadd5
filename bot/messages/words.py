"""Small words: instants as people say them, counts, and short cuts for building messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.messages.model import (
    Actions,
    Bullets,
    Button,
    Code,
    Context,
    Heading,
    Line,
    Link,
    Message,
    Paragraph,
    Part,
    Plain,
    Quote,
    Row,
    Span,
    Strong,
    Verbatim,
    Who,
)

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
Piece = str | Span


@dataclass(frozen=True, slots=True)
class Watch:
    """Tells instants to one reader: `zone` is an IANA name, `now` an aware UTC datetime."""

    now: datetime
    zone: str

    def local(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self.zone))

    def clock(self, at: datetime) -> str:
        """`15:00`, whatever the day."""
        return f"{self.local(at):%H:%M}"

    def moment(self, at: datetime) -> str:
        """`15:00` today, `Mon 09:00` within six days either way, else `4 Jan 09:00` (with the year if it
        differs)."""
        day, today = self.local(at).date(), self.local(self.now).date()
        if day == today:
            return self.clock(at)
        if abs((day - today).days) < 7:
            return f"{_DAYS[day.weekday()]} {self.clock(at)}"
        year = "" if day.year == today.year else f" {day.year}"
        return f"{day.day} {_MONTHS[day.month - 1]}{year} {self.clock(at)}"

    def between(self, start: datetime, end: datetime) -> str:
        """`between 15:00 and 15:15`, or `at 15:00` when both are the same minute."""
        if self.moment(start) == self.moment(end):
            return f"at {self.moment(start)}"
        same_day = self.local(start).date() == self.local(end).date()
        return f"between {self.moment(start)} and {self.clock(end) if same_day else self.moment(end)}"


def same_time(first: str, second: str, now: datetime) -> bool:
    """Whether two zones show the same time now and half a year from now: then nobody needs to be told
    which is meant."""
    return all(
        at.astimezone(ZoneInfo(first)).utcoffset() == at.astimezone(ZoneInfo(second)).utcoffset()
        for at in (now, now + timedelta(days=182))
    )


def count(number: int, one: str, many: str = "") -> str:
    """`1 message`, `3 messages`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def listed(words: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def line(*pieces: Piece) -> Line:
    """A line of spans; plain strings become inert text."""
    return tuple(Plain(piece) if isinstance(piece, str) else piece for piece in pieces)


def known(who: Who, otherwise: str) -> Span:
    """A person's name, or `otherwise` where it is not known."""
    return who if who.label else Plain(otherwise)


def say(*pieces: Piece) -> Paragraph:
    """One paragraph of one line."""
    return Paragraph((line(*pieces),))


def small(*pieces: Piece) -> Context:
    """One line of small print."""
    return Context((line(*pieces),))


def buttons(*items: Button | None) -> Actions:
    """A row of buttons; None stands for one that is not offered."""
    return Actions(tuple(item for item in items if item is not None))


def plain(spans: Line) -> str:
    """A line as bare text, for summaries and screen readers."""
    return "".join(_bare(span) for span in spans)


def _bare(span: Span) -> str:
    match span:
        case Link(label, _):
            return label
        case Who():
            return span.name
        case Code(text) | Strong(text) | Plain(text) | Verbatim(text):
            return text


def message(*parts: Part | None, summary: str = "") -> Message:
    """A message; the summary is its first words unless given. None stands for a part that is left out."""
    kept = tuple(part for part in parts if part is not None)
    return Message(summary or next((text for text in map(_first_words, kept) if text), "Boundary Bot"), kept)


def _first_words(part: Part) -> str:
    match part:
        case Heading(text):
            return text
        case Paragraph(lines) | Bullets(lines) | Context(lines):
            return plain(lines[0]) if lines else ""
        case Row(spans, _):
            return plain(spans)
        case _:
            return ""


def joined(first: Message | None, second: Message | None) -> Message | None:
    """Two messages as one, the first one's summary leading; None where there is neither."""
    if first is None or second is None:
        return first or second
    return Message(first.summary, first.parts + second.parts)


__all__ = [
    "Quote",
    "Watch",
    "buttons",
    "count",
    "joined",
    "known",
    "line",
    "listed",
    "message",
    "plain",
    "same_time",
    "say",
    "small",
]
