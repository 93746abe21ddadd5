"""The `when` grammar of norms: weekly patterns as text, read and printed.

    when  = DAYS TIMES {";" DAYS TIMES} ["every" N "weeks from" YYYY-MM-DD]
    DAYS  = "daily" | "weekdays" | "weekends" | days and ranges, with commas: "mon-thu", "tue,thu", "fri-mon"
    TIMES = ranges with commas: "09:00-12:30, 14:00-18:00", "9-17", "9am-5:30pm", "18:00-24:00"

An end equal to or before its start is on the next local day. Case and spaces do not matter, an en dash is a
hyphen. What is read is always in normal form, so two texts that mean the same give equal values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from rules.values import Clause, Moment, TimeRange, When
from rules.wording import CLOCK, DAYS, LONGEST_TEXT, SHORT_DAYS, WordError, clock_minute, clock_text, near

EXAMPLE = "mon-fri 09:00-12:30, 14:00-18:00"
_GROUPS = {
    "daily": range(7),
    "everyday": range(7),
    "weekdays": range(5),
    "weekday": range(5),
    "weekends": (5, 6),
    "weekend": (5, 6),
}
_SPACE = re.compile(r"\s*")
_WORD = re.compile(r"[^\s,;]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_DASH = re.compile(r"\s*[-\u2013\u2014]\s*")
_COMMA = re.compile(r"\s*,\s*")
_SEMICOLON = re.compile(r"\s*;\s*")
_EVERY = re.compile(r"\s*\bevery\s+(?:(?P<count>\d+)\s+)?weeks?\b", re.IGNORECASE)
_FROM = re.compile(r"\s*\bfrom\s+(?P<date>\S+)", re.IGNORECASE)
_LOOKS = re.compile(
    r"\s*(?!until\b|for\b)[^\W\d_]+[\s,\-\u2013\u2014\w]*?\s\d{1,2}([:.]\d+)?\s*([ap]m)?\s*[-\u2013\u2014]\s*\d",
    re.IGNORECASE,
)
_DAY_MINUTES = 1440
_MOST_WEEKS = 52


class WhenError(WordError):
    """A `when` that cannot be read; see WordError for what it carries."""


class _Reader:
    """A cursor over the text. Each `take_…` moves it forward or raises at the word it could not read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def ended(self) -> bool:
        return not self.text[self.at :].strip()

    def wrong(
        self, advice: str, start: int | None = None, end: int | None = None, example: str = EXAMPLE
    ) -> WhenError:
        """Return an error at `start:end`, or at the word under the cursor."""
        if start is None:
            self.take(_SPACE)
            start = self.at
            word = _WORD.match(self.text, start)
            end = word.end() if word else min(start + 1, len(self.text))
        return WhenError(self.text, start, start if end is None else end, advice, example)

    def take_days(self) -> set[int]:
        days = self._take_day_item()
        while self.take(_COMMA):
            days |= self._take_day_item()
        return days

    def _take_day_item(self) -> set[int]:
        self.take(_SPACE)
        first = self._take_day()
        if isinstance(first, set):
            return first
        before = self.at
        if not self.take(_DASH):
            return {first}
        last = self._take_day()
        if isinstance(last, set):
            raise self.wrong("a range runs from one day to another", before, self.at, "mon-fri 09:00-17:00")
        return {day % 7 for day in range(first, first + (last - first) % 7 + 1)}

    def _take_day(self) -> int | set[int]:
        """Return one day, or the days that a word such as `weekdays` stands for."""
        start = self.at
        found = self.take(_LETTERS)
        if not found:
            raise self.wrong("say on which days first")
        word = found.group().lower()
        if word in _GROUPS:
            return set(_GROUPS[word])
        if word not in DAYS:
            guess = near(word, [*DAYS, *_GROUPS])
            advice = (
                f'did you mean "{guess}"?' if guess else "days are mon to sun, daily, weekdays or weekends"
            )
            raise self.wrong(advice, start, self.at)
        return DAYS[word]

    def take_times(self, days_start: int) -> list[TimeRange]:
        self.take(_SPACE)
        if self.ended():
            raise self.wrong("add the times", len(self.text.rstrip()), None, EXAMPLE)
        self._refuse_split_day(days_start)
        times = [self._take_range()]
        while self.take(_COMMA):
            times.append(self._take_range())
        return times

    def _refuse_split_day(self, days_start: int) -> None:
        """Raise with the joined word for "tues day 09:00-11:00"."""
        tail = _LETTERS.match(self.text, self.at)
        if not tail:
            return
        head = self.text[days_start : self.at].split()[-1]
        joined = (head.rpartition(",")[2] + tail.group()).lower()
        guess = near(joined, DAYS)
        if guess and joined in DAYS:
            raise self.wrong(f'did you mean "{guess}"?', self.at - len(head) - 1, tail.end())

    def _take_range(self) -> TimeRange:
        begin = self.at
        start, first = self._take_clock()
        if start == _DAY_MINUTES:
            raise self.wrong(
                "24:00 can only be an end; a start at midnight is 00:00", begin, self.at, "daily 00:00-08:00"
            )
        if not self.take(_DASH):
            raise self.wrong("a time needs an end", begin, self.at)
        end, last = self._take_clock()
        self._refuse_half_halves(first, last, begin)
        return TimeRange(start, end or _DAY_MINUTES)

    def _take_clock(self) -> tuple[int, re.Match[str]]:
        found = self.take(CLOCK)
        if not found:
            raise self.wrong("a range of times belongs here")
        minute = clock_minute(found)
        if isinstance(minute, str):
            raise self.wrong(minute, found.start(), found.end())
        return minute, found

    def _refuse_half_halves(self, first: re.Match[str], last: re.Match[str], begin: int) -> None:
        """Raise for "1-5pm": whether 1 is at night or after lunch is not for us to guess."""
        plain = last if first["half"] else first
        if bool(first["half"]) != bool(last["half"]) and 1 <= int(plain["hour"]) <= 12:
            raise self.wrong("say am or pm on both sides", begin, self.at, "mon-fri 9am-5:30pm")

    def take_repeat(self) -> tuple[int, date | None]:
        """Return (every, anchor) of an `every N weeks from DATE`, (1, None) when there is none."""
        begin = self.at
        found = self.take(_EVERY)
        if not found:
            return 1, None
        every = int(found["count"] or 1)
        begin = found.end() - len(found.group().lstrip())
        example = "fri 09:00-13:00 every 2 weeks from 2026-11-27"
        if not 1 <= every <= _MOST_WEEKS:
            raise self.wrong(f"the number of weeks goes from 1 to {_MOST_WEEKS}", begin, self.at, example)
        start = self.take(_FROM)
        if not start:
            if every > 1:
                raise self.wrong("say from which week on", begin, self.at, example)
            return 1, None
        return every, self._anchor(start, example)

    def _anchor(self, found: re.Match[str], example: str) -> date:
        word = found["date"]
        try:
            if not re.fullmatch(r"\d{4}-\d\d-\d\d", word):
                raise ValueError
            return date.fromisoformat(word)
        except ValueError:
            raise self.wrong(
                "write the date as YYYY-MM-DD", found.start("date"), found.end("date"), example
            ) from None


def _read(reader: _Reader) -> When:
    if len(reader.text) > LONGEST_TEXT:
        raise WhenError(reader.text[:60], 0, 60, f"this is longer than {LONGEST_TEXT} characters", EXAMPLE)
    clauses = []
    while True:
        start = reader.at
        days = reader.take_days()
        clauses.append(Clause(tuple(sorted(days)), tuple(reader.take_times(start))))
        if not reader.take(_SEMICOLON):
            break
        if reader.ended():  # a trailing semicolon harms nobody
            break
    every, anchor = reader.take_repeat()
    return normal(When(tuple(clauses), every, anchor))


def parse_when(text: str) -> When:
    """Read a `when`, all of it. Raises WhenError, which points at the first word that does not fit."""
    reader = _Reader(text)
    when = _read(reader)
    if not reader.ended():
        raise reader.wrong("this does not belong to a time; put nothing after it")
    return when


def split_when(text: str) -> tuple[When, str]:
    """Read the longest `when` that `text` begins with; the rest, stripped, is the name. Raises WhenError."""
    reader = _Reader(text)
    when = _read(reader)
    rest = text[reader.at :]
    if rest and not rest[0].isspace() and rest[0] not in "\"'“(":
        raise reader.wrong("leave a space between the times and the name")
    return when, rest.strip()


def starts_like_when(text: str) -> bool:
    """Tell whether the text means to begin with DAYS: `tue,thu 09:00-11:30 deep work`, not `90m` or `until
    fri`.
    """
    first = _LETTERS.match(text.lstrip())
    if first and (first.group().lower() in DAYS or first.group().lower() in _GROUPS):
        return True
    return _LOOKS.match(text[:LONGEST_TEXT]) is not None  # a misspelt day, for the sake of a good error


def normal(when: When) -> When:
    """Return the one value that stands for all patterns with the same meaning.

    Ranges of a day that touch or overlap become one where one range can say it, days with equal times share a
    clause, clauses stand in the order of their first day. Raises ValueError for what no text can say.
    """
    _check(when)
    times: dict[int, list[TimeRange]] = {}
    for clause in when.clauses:
        for day in clause.days:
            times.setdefault(day, []).extend(clause.times)
    alike: dict[tuple[TimeRange, ...], list[int]] = {}
    for day in sorted(times):
        alike.setdefault(_joined(times[day]), []).append(day)
    clauses = tuple(Clause(tuple(days), ranges) for ranges, days in alike.items())
    return When(clauses, when.every, when.anchor)


def _check(when: When) -> None:
    if not when.clauses or not all(clause.days and clause.times for clause in when.clauses):
        raise ValueError("A when needs at least one clause with days and times.")
    for clause in when.clauses:
        if not all(0 <= day <= 6 for day in clause.days):
            raise ValueError("Days go from 0 (Monday) to 6 (Sunday).")
        if not all(0 <= span.start < _DAY_MINUTES and 1 <= span.end <= _DAY_MINUTES for span in clause.times):
            raise ValueError("A range starts at minute 0..1439 and ends at minute 1..1440.")
    if not 1 <= when.every <= _MOST_WEEKS or (when.every > 1 and when.anchor is None):
        raise ValueError(f"`every` goes from 1 to {_MOST_WEEKS} and, above 1, needs an `anchor`.")


def last_minute(span: TimeRange) -> int:
    """Return the end of a range in minutes after the midnight its start day began with: above 1440 is the
    next day.
    """
    return span.end if span.end > span.start else span.end + _DAY_MINUTES


def _joined(times: list[TimeRange]) -> tuple[TimeRange, ...]:
    """Join ranges of one day. The union of joined ranges is exact under the clock-change rules too, see
    windows.
    """
    kept: list[tuple[int, int]] = []
    for span in sorted(times, key=lambda each: (each.start, last_minute(each))):
        start, end = span.start, last_minute(span)
        if kept and start <= kept[-1][1] and max(end, kept[-1][1]) - kept[-1][0] <= _DAY_MINUTES:
            earlier = kept.pop()
            start, end = earlier[0], max(end, earlier[1])
        kept.append((start, end))
    return tuple(TimeRange(start, end if end <= _DAY_MINUTES else end - _DAY_MINUTES) for start, end in kept)


def format_when(when: When) -> str:
    """Print a pattern in its one canonical form; `parse_when(format_when(w))` equals `normal(w)`."""
    return " ".join(_parts(normal(when)))


def _parts(when: When) -> Iterator[str]:
    yield "; ".join(f"{_days_text(clause.days)} {_times_text(clause.times)}" for clause in when.clauses)
    if when.every > 1:
        yield f"every {when.every} weeks from {when.anchor}"
    elif when.anchor:
        yield f"every week from {when.anchor}"


def _times_text(times: tuple[TimeRange, ...]) -> str:
    return ", ".join(f"{clock_text(span.start)}-{clock_text(span.end)}" for span in times)


def _days_text(days: tuple[int, ...]) -> str:
    named = {tuple(range(7)): "daily", tuple(range(5)): "weekdays", (5, 6): "weekends"}
    if days in named:
        return named[days]
    starts = [day for day in days if (day - 1) % 7 not in days]
    return ",".join(_run_text(start, days) for start in starts)


def _run_text(start: int, days: tuple[int, ...]) -> str:
    """Print the run of days from `start` on, which may go round the end of the week."""
    run = [start]
    while (run[-1] + 1) % 7 in days:
        run.append((run[-1] + 1) % 7)
    if len(run) > 2:
        return f"{SHORT_DAYS[run[0]]}-{SHORT_DAYS[run[-1]]}"
    return ",".join(SHORT_DAYS[day] for day in run)


def parse_moment(text: str) -> Moment:
    """Read one moment of the week, "mon 09:30". Raises WhenError."""
    reader = _Reader(text[:LONGEST_TEXT])
    example = "mon 09:30"
    reader.take(_SPACE)
    start = reader.at
    day = reader._take_day()
    if isinstance(day, set):
        raise reader.wrong("name one day", start, reader.at, example)
    reader.take(_SPACE)
    if reader.ended():
        raise reader.wrong("add the time", len(text.rstrip()), None, example)
    begin = reader.at
    minute, _ = reader._take_clock()
    if minute == _DAY_MINUTES:
        raise reader.wrong("midnight is 00:00 of the next day", begin, reader.at, example)
    if not reader.ended():
        raise reader.wrong("one moment is enough", example=example)
    return Moment(day, minute)


def format_moment(moment: Moment) -> str:
    """Print a moment of the week as `mon 09:30`."""
    return f"{SHORT_DAYS[moment.day]} {clock_text(moment.minute)}"
