"""Text on its way to Teams: sizes as Teams counts them, and words that no client reads as markup.

A TextRun shows its text as it is, with one exception: `{{DATE(…)}}` and `{{TIME(…)}}` become a date in every
element (adaptivecards.io, text features). `inert` cuts between the two braces, so that they stay text.
Everything else with words in it (fallbackText, the titles of choices, a TextBlock) may render Markdown: only
our own words go there, or what `bare` left.

Teams has no slash commands of ours: what our sentences call `/boundary today` is typed there as `today`.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from adapters.fitting import clip

Json = dict[str, Any]

_DATES: Final = re.compile(r"(?<=\{)(?=\{(?:DATE|TIME)\()", re.IGNORECASE)
_MARKS: Final = re.compile(r"[^\w ,;:.'\u2019?·…\u2013-]|(?<=\w)[:.](?=\w*[^\W\d])|_")
_HARMLESS: Final = re.compile(r"[^\W_](?:[^\W_]|[ ,;:'\u2019·…-])*")
_QUOTED: Final = re.compile(r'(“[^”]*”|"[^"]*"|\([^()]*\))')
"""Where our sentences have names of norms, and what people typed, in the middle."""
_SLASH: Final = r"(?<![\w/.])/"
_ALONE: Final = re.compile(
    rf"{_SLASH}boundary ([a-z-]+(?: [a-z]+)??)(?= (?:shows|takes|brings|lists|links|tells)\b)"
    rf"|(?<=\b[Ss]ay )/boundary ([a-z-]+)(?= for\b)|{_SLASH}boundary ([a-z-]+)(?=[.;] |[.;]? *$)"
)
"""A command that is a word of our sentence, not an example after a colon: it gets quotes."""
_GREETING: Final = re.compile(rf"{_SLASH}boundary\b(?= (?:to|whenever)\b| *$|\W*$)")
_COMMAND: Final = re.compile(rf"{_SLASH}(?:boundary\b ?|(?=(?:focus|quiet|later)\b))")


def spoken(text: str) -> str:
    """A sentence of ours with its commands as they are typed in Teams; what is in quotes or brackets stays.

    "Say /boundary to set up." is "Say hello to set up.", "/boundary help shows more" is "“help” shows more".
    """
    parts = _QUOTED.split(text)
    parts[::2] = [typed(_ALONE.sub(_in_quotes, part)) for part in parts[::2]]
    return "".join(parts)


def typed(text: str) -> str:
    """A command of ours, or its usage, as it is typed in Teams: the words alone."""
    return _COMMAND.sub("", _GREETING.sub("hello", text))


def _in_quotes(found: re.Match[str]) -> str:
    return f"“{found[1] or found[2] or found[3]}”"


def inert(text: str) -> list[str]:
    """The whole text in pieces none of which a client replaces by a date; [] for no text."""
    return [piece for piece in _DATES.split(text) if piece]


def bare(text: str, longest: int) -> str:
    """One line of plain words: what could be Markdown, HTML, a mention or a link is a space; never empty."""
    return clip(" ".join(_MARKS.sub(" ", text).split()), longest).lstrip(" -.") or "Boundary Bot"


def is_harmless(text: str) -> bool:
    """Whether no Markdown renderer can read anything but words into the text."""
    return _HARMLESS.fullmatch(text) is not None


def size(value: object) -> int:
    """Bytes of a value as JSON in UTF-16, which is how Teams counts a message."""
    return len(json.dumps(value, ensure_ascii=False).encode("utf-16-le", "surrogatepass"))
