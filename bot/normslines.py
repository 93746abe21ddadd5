"""Where the keys of a TOML text stand: tomllib tells no positions, and people need the line of a slip."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

KeyPath = tuple[str | int, ...]
"""The keys from the top of the file down, e.g. `("people", "maya", "windows", 0, "kind")`."""

_DEEPEST = 8  # no key of ours is deeper; a heading of thousands of parts must not cost their square
_HEADING = re.compile(r"(\[\[?)([^\]]+)\]\]?\s*(?:#.*)?")
_KEY = re.compile(r"\s*((?:[\w-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[\w-]+|\"[^\"]*\"|'[^']*'))*)\s*=")
_PART = re.compile(r"[\w-]+|\"[^\"]*\"|'[^']*'")
_FENCE = re.compile(r'"""|\'\'\'')


def located(text: str) -> Iterator[tuple[KeyPath, int]]:
    """Yield the line of every heading and key of a text that tomllib takes. Reading TOML twice would be
    worse.
    """
    here: KeyPath = ()
    counts: dict[KeyPath, int] = {}
    seen: set[KeyPath] = set()
    fenced = False
    for line, row in enumerate(text.splitlines(), 1):
        was_fenced, fenced = fenced, fenced ^ (len(_FENCE.findall(row)) % 2 == 1)
        if was_fenced:
            continue
        heading, key = _HEADING.fullmatch(row.strip()), _KEY.match(row)
        if heading:
            here = _heading_path(_parts(heading[2]), heading[1] == "[[", counts)
        elif not key:
            continue
        path = (*here, *_parts(key[1])) if key and not heading else here
        for length in range(1, min(len(path), _DEEPEST) + 1):
            if path[:length] not in seen:
                seen.add(path[:length])
                yield path[:length], line


def _parts(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in _PART.findall(dotted)]


def _heading_path(parts: Sequence[str], array: bool, counts: dict[KeyPath, int]) -> KeyPath:
    """Return a heading's path; arrays of tables met on the way get the number of their latest entry."""
    path: KeyPath = ()
    for position, part in enumerate(parts):
        path = (*path, part)
        if array and position == len(parts) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path
