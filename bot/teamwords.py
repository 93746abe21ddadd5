"""What people write for a norm of a team, read into its value. Everything here raises WordError with what to
write instead."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from rules import WordError, near_zone, parse_when, zone_names
from rules.values import When
from rules.wording import DAYS

WHOLE_DAY = " 00:00-24:00"
_UNSEEN = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0x20), 0x7F), " ")
"""Control characters, and those that turn the direction of what follows."""
_PLACE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


def _wrong(text: str, advice: str, example: str) -> WordError:
    return WordError(text, 0, len(text), advice, example)


def number(least: int, most: int, example: str, units: str = "") -> Callable[[str], int]:
    """Reads a whole number from `least` to `most`, perhaps with one of `units` (a pattern) behind it."""
    pattern = re.compile(rf"(\d{{1,6}})\s*(?:{units or '(?!)'})?", re.IGNORECASE)

    def read(text: str) -> int:
        found = pattern.fullmatch(text.strip())
        if not found or not least <= int(found[1]) <= most:
            raise _wrong(text, f"write a whole number from {least} to {most}", example)
        return int(found[1])

    return read


def read_no_meetings(text: str) -> When:
    """Read the time without meetings; days alone ("fri", "tue and thu") are whole days."""
    if re.search(r"\d", text):
        return parse_when(text)
    days = re.sub(r"\s*(?:\band\b|&)\s*", ",", text.strip(), flags=re.IGNORECASE)
    days = re.sub(r"\s*,\s*", ",", days)
    days = ",".join(day.removesuffix("s") if day.lower() not in DAYS else day for day in days.split(","))
    try:
        return parse_when(days + WHOLE_DAY)
    except WordError as error:
        raise WordError(text, error.start, min(error.end, len(text)), error.advice, "fri") from None


def zone(text: str) -> str:
    """Read the name of an IANA time zone."""
    if text in zone_names():
        return text
    guess = near_zone(text)
    advice = f'did you mean "{guess}"?' if guess else "write the name of a time zone"
    raise _wrong(text, advice, "zone Europe/Lisbon")


def day(text: str) -> date:
    """Read a date as YYYY-MM-DD."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text.strip()):
            return date.fromisoformat(text.strip())
    except ValueError:
        pass
    raise _wrong(text, "write the date as YYYY-MM-DD", "review 2027-02-01")


def place(text: str) -> str:
    """Read a country, perhaps with its region: PT, DE-BY. Whether its holidays are known is not asked."""
    if not _PLACE.fullmatch(text.strip().upper()):
        raise _wrong(text, "write a country, with a region if it has its own holidays", "holidays PT")
    return text.strip().upper()


def own_words(most: int, example: str) -> Callable[[str], str]:
    """Reads people's own words on one line, at most `most` characters."""

    def read(text: str) -> str:
        said = " ".join(text.translate(_UNSEEN).split())
        if len(said) > most:
            raise WordError(said, most, len(said), f"at most {most} characters fit", example)
        if not said:
            raise WordError("", 0, 0, "say it in your words", example)
        return said

    return read


def person(text: str) -> str:
    """Read one person id or outside id."""
    if not text or any(letter.isspace() for letter in text) or len(text) > 200:
        raise _wrong(text, "name one person", "ask @ana on leave")
    return text


def people(text: str) -> tuple[str, ...]:
    """Read ids with commas between them, each once."""
    return tuple(dict.fromkeys(person(each.strip()) for each in text.split(",") if each.strip()))
