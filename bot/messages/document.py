"""A document to keep: what is written out as Markdown and PDF, platform-neutral like messages.

Lines are those of messages: people's words stand only in `Verbatim` and `Who`, and are never markup.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.messages.model import Line


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part: paragraphs, then items of a list."""

    title: str
    lines: tuple[Line, ...] = ()
    items: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """`about` stands below the title, `small` at the end and, in its first line, at the foot of each page.
    `file` names it without an ending, in plain ASCII."""

    title: Line
    about: tuple[Line, ...]
    sections: tuple[Section, ...]
    small: tuple[Line, ...]
    file: str
