"""What every text parser here shares: errors that point at a word, near misses, and the clock times people
type.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

LONGEST_TEXT = 1000
"""Characters a `when` or a length may have: far above any real norm, far below what could make parsing
slow.
"""

CLOCK = re.compile(
    r"(?P<hour>\d{1,4})(?:[:.h](?P<minute>\d{1,3})(?!\d))?(?P<rest>[:.]\d+)?(?:\s*(?P<half>[ap]\.?m\b\.?))?",
    re.IGNORECASE,
)

_DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAYS = {short: day for day, name in enumerate(_DAY_NAMES) for short in (name, name[:3], name + "s")}
"""Every accepted name of a weekday, lower case; 0 is Monday."""
DAYS |= {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}

SHORT_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class WordError(ValueError):
    """Text that cannot be read. `text[start:end]` is the offending word, `advice` says what to write
    instead.
    """

    def __init__(self, text: str, start: int, end: int, advice: str, example: str) -> None:
        self.text = text
        self.start = start
        self.end = max(end, start)
        self.advice = advice
        self.example = example
        super().__init__(self._sentence())

    @property
    def word(self) -> str:
        """The offending word; empty when something is missing at the end."""
        return self.text[self.start : self.end]

    def _sentence(self) -> str:
        where = (
            f'At "{self.word}"'
            if self.word.strip()
            else "At the end"
            if self.text.strip()
            else "Nothing given"
        )
        stop = "" if self.advice.endswith("?") else "."
        return f'{where}: {self.advice}{stop} For example: "{self.example}".'

    def pointer(self) -> str:
        """Two lines: the text on one line, and a caret under each character of the offending word."""
        line = re.sub(r"\s", " ", self.text)
        return f"{line}\n{' ' * self.start}{'^' * max(1, self.end - self.start)}"


def near(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that `word` was probably meant to be, or None."""
    names, wanted = sorted(known), word.lower()
    begun = [name for name in names if len(wanted) > 2 and name.startswith(wanted)]
    found = begun or difflib.get_close_matches(wanted, names, n=1, cutoff=0.6)
    return found[0] if found else None


def clock_minute(found: re.Match[str]) -> int | str:
    """Return a matched clock time as minutes after midnight (`24:00` is 1440), or what is wrong with it as
    a clause.
    """
    hour, minute, half = int(found["hour"]), int(found["minute"] or 0), (found["half"] or "").lower()
    if found["rest"] or len(found["hour"]) > 2 or (found["minute"] and len(found["minute"]) != 2):
        return "write times as hours and two-digit minutes"
    if minute > 59:
        return "minutes go from 00 to 59"
    if half:
        if not 1 <= hour <= 12:
            return "with am or pm, hours go from 1 to 12"
        return (hour % 12 + (12 if half.startswith("p") else 0)) * 60 + minute
    if hour > 24 or (hour == 24 and minute):
        return "the last time of a day is 24:00"
    return hour * 60 + minute


def clock_text(minute: int) -> str:
    """Return minutes after midnight (0..1440) as `HH:MM`."""
    return f"{minute // 60:02d}:{minute % 60:02d}"
