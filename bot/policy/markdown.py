"""A document as Markdown (CommonMark and what GitHub adds). People's words come out as they are: every sign
that could be markup where it stands is escaped, links and addresses included, and no other, so that the file
can be read as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.messages.document import Document
from bot.messages.model import Code, Line, Link, Plain, Span, Strong, Verbatim, Who

_OURS = re.compile(r"([\\`*_\[\]<>&#|~])")
_BEGINS = re.compile(r"^(?:(?=[-+=])|\d{0,9}(?=[.)]))")
"""What makes a list, a rule or a heading of a line that begins with it."""
_WITHIN = re.compile(r"([$]|:(?=[^\s\d])|(?<=\S)@(?=\S)|(?<=www)[.])", re.IGNORECASE)
"""Formulas, `:smile:` and `https://`, addresses of people and of pages."""
_UNSEEN = dict.fromkeys((*range(0x20), 0x7F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)), " ")


def as_markdown(document: Document) -> str:
    """The whole text, ending in a newline."""
    return "\n\n".join(_blocks(document)) + "\n"


def _blocks(document: Document) -> Iterator[str]:
    yield f"# {_line(document.title)}"
    yield from map(_line, document.about)
    for section in document.sections:
        yield f"## {_ours(section.title)}"
        yield from map(_line, section.lines)
        if section.items:
            yield "\n".join(f"- {_line(item)}" for item in section.items)
    yield "---"
    yield from map(_line, document.small)


def _line(spans: Line) -> str:
    """One line. A mark of exclamation before a link of ours would make a picture of it."""
    joined = "".join(map(_span, spans)).strip().replace("![", "\\![")
    return _BEGINS.sub(r"\g<0>\\", joined)


def _span(span: Span) -> str:
    match span:
        case Plain(text):
            return _ours(text)
        case Strong(text):
            inner = text.strip()
            return f"**{_ours(inner)}**{text[len(text.rstrip()) :]}"
        case Code(text):
            return f"`{text.replace('`', '')}`"
        case Link(label, url):
            return f"[{_theirs(label)}](<{url}>)"
        case Verbatim(text):
            return _theirs(text)
        case Who():
            return _theirs(span.name)


def _ours(text: str) -> str:
    return _OURS.sub(r"\\\1", text)


def _theirs(text: str) -> str:
    """Words of a person on one line."""
    return _WITHIN.sub(r"\\\1", _ours(" ".join(text.translate(_UNSEEN).split())))
