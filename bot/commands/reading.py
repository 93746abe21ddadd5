"""Text of a command as it is read: mentions become marks inside the text, so that one parser sees all of it.

A mark is one private-use character of plane 15; such characters in what people type are dropped first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.inbound import PersonRef, Pieces
from bot.messages.model import SOMEBODY

_FIRST_MARK = 0xF0000
_LAST_MARK = 0xFFFFD
_MARKS = re.compile(f"[{chr(_FIRST_MARK)}-{chr(_LAST_MARK)}]")
_LEADING = re.compile(rf"\s*(?:(?:and\b|,|&)\s*)?([{chr(_FIRST_MARK)}-{chr(_LAST_MARK)}])")


@dataclass(frozen=True, slots=True)
class Words:
    """`text` with a mark for each mention, and the people behind the marks in order."""

    text: str
    people: tuple[PersonRef, ...] = ()

    def split(self) -> tuple[str, Words]:
        """The first word in lower case, and the rest."""
        first, _, rest = self.text.strip().partition(" ")
        word, newline, more = first.partition("\n")
        return word.lower(), replace(self, text=f"{more}{newline}{rest}".strip())

    def leading_people(self) -> tuple[tuple[PersonRef, ...], Words]:
        """The mentions that the text begins with ("@maya and @sam hello"), and the rest."""
        found: list[PersonRef] = []
        text = self.text
        while leading := _LEADING.match(text):
            found.append(self._person(leading.group(1)))
            text = text[leading.end() :]
        return tuple(found), replace(self, text=text.strip())

    def all_people(self) -> tuple[tuple[PersonRef, ...], str]:
        """Every mention, and the text without them."""
        marks = _MARKS.findall(self.text)
        return tuple(self._person(mark) for mark in marks), " ".join(_MARKS.sub(" ", self.text).split())

    def plain(self) -> str:
        """The text with names in place of marks, never markup."""
        return _MARKS.sub(lambda mark: _label(self._person(mark.group())), self.text)

    def _person(self, mark: str) -> PersonRef:
        return self.people[ord(mark) - _FIRST_MARK]


def _label(person: PersonRef) -> str:
    return f"@{person.label}" if person.label else SOMEBODY


def read(pieces: Pieces) -> Words:
    """Join pieces into one text with marks. More mentions than there are marks (65,000) read as plain
    names."""
    people: list[PersonRef] = []
    text: list[str] = []
    for piece in pieces:
        if isinstance(piece, str):
            text.append(_MARKS.sub("", piece))
        elif len(people) > _LAST_MARK - _FIRST_MARK:
            text.append(_label(piece))
        else:
            text.append(chr(_FIRST_MARK + len(people)))
            people.append(piece)
    return Words("".join(text).strip(), tuple(people))
