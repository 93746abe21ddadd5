"""Request bodies from outside: read in time and size, parsed strictly, cleaned of what cannot be stored.

Used by every front door, before and after it has verified who is asking; nothing of a body is logged.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from aiohttp import web

Json = dict[str, Any]

READ_WITHIN: Final = 2.0  # seconds for the whole body
CHUNK: Final = 64 * 1024

_ODD: Final = re.compile(r"\\u(?:d[89a-f]|0000)|\x00", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Not let in: an HTTP status and a word for the metrics, never anything of the request."""

    status: int
    why: str


async def read_body(request: web.Request, largest: int) -> bytes | Refusal:
    """The raw bytes, at most `largest` of them, read within two seconds; else a Refusal with status 400."""
    if (request.content_length or 0) > largest:
        return Refusal(400, "too_large")
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(READ_WITHIN):
            while chunk := await request.content.read(CHUNK):
                chunks.append(chunk)
                size += len(chunk)
                if size > largest:
                    return Refusal(400, "too_large")
    except TimeoutError:
        return Refusal(400, "too_slow")
    except Exception:  # a broken chunk, a content encoding that is none: whatever aiohttp makes of it
        return Refusal(400, "unreadable")
    return b"".join(chunks)


def json_object(text: str) -> Json:
    """A JSON object without what cannot be stored. Raises ValueError for anything else, NaN and Infinity
    included, and RecursionError for one that is nested absurdly deep.
    """
    found = json.loads(text, parse_constant=_refuse)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return cleaned(found) if _ODD.search(text) else found  # looked for only where the text has them


def cleaned(body: Mapping[str, Any]) -> Json:
    """Without lone surrogates and NUL, which cannot be stored."""
    return {storable(name): _clean(value) for name, value in body.items()}


def storable(text: str) -> str:
    """A text without lone surrogates and NUL."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def is_deeper(value: object, deepest: int) -> bool:
    """Whether parsed JSON has more than `deepest` levels of objects and lists."""
    level = [value]
    for _ in range(deepest):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return any(isinstance(each, dict | list) for each in level)


def _inside(value: object) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, Mapping):
        return cleaned(value)
    return value


def _refuse(_: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")
