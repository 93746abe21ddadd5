"""Making text fit the limits of a platform."""

from __future__ import annotations

from collections.abc import Iterator


def clip(text: str, longest: int) -> str:
    """At most `longest` characters, the last an ellipsis if something had to go."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def chunks(text: str, longest: int) -> Iterator[str]:
    """The whole text in pieces of at most `longest` characters, cut at spaces or line ends where there are
    any.
    """
    while len(text) > longest:
        cut = max(text.rfind(" ", 0, longest), text.rfind("\n", 0, longest)) + 1
        cut = cut if cut > longest // 2 else longest
        yield text[:cut]
        text = text[cut:]
    if text:
        yield text
