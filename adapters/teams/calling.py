"""One HTTP request over the shared session, made once: what the service answered, or why there is no answer.

Never repeated here: aiohttp repeats a GET, PUT or DELETE by itself when a kept connection was dropped, which
the middleware below prevents. No redirects, since the token would go along.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import aiohttp
from yarl import URL

Json = dict[str, Any]

LARGEST: Final = 1_048_576  # bytes of an answer: a page of 500 members has about 200,000
LONGEST_WAIT: Final = 86_400.0
CONNECT: Final = 0.6  # of a call's time


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. `data` is its JSON object ({} if it has none); `retry_after` in seconds, None if it
    does not say."""

    status: int
    data: Json = field(default_factory=dict, repr=False)
    retry_after: float | None = None
    readable: bool = True

    @property
    def fine(self) -> bool:
        return 200 <= self.status < 300

    @property
    def code(self) -> str:
        """The error's name, "" without one. Connector and Graph: {"error": {"code": …}}."""
        error = self.data.get("error")
        code = error.get("code") if isinstance(error, Mapping) else None
        return code if isinstance(code, str) and _is_name(code) else ""


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The request may have been carried out, unless it was not even `sent`."""

    why: str
    sent: bool = True


class _Dropped(aiohttp.ClientError):
    """Stands in for the errors after which aiohttp would repeat a request."""


async def _once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    try:
        return await handler(request)
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise _Dropped(type(error).__name__) from None


async def call(
    session: aiohttp.ClientSession,
    method: str,
    url: URL,
    *,
    token: str,
    seconds: float,
    now: datetime,
    body: Mapping[str, Any] | None = None,
) -> Answer | NoAnswer:
    """Make one request with `token` as bearer ("" sends none); `seconds` cover all of it. `now` is what
    a Retry-After that names a date is counted from."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        async with session.request(
            method,
            url,
            json=body,
            headers=headers,
            allow_redirects=False,
            # a connection that takes long is given up while it is still clear that nothing was sent
            timeout=aiohttp.ClientTimeout(total=seconds, connect=seconds * CONNECT),
            middlewares=(_once,),
        ) as response:
            raw = await _read(response)
            retry_after = _seconds(response.headers.get("Retry-After", ""), now)
            status = response.status
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
        return NoAnswer(type(error).__name__, sent=False)
    except TimeoutError:
        return NoAnswer(f"no answer in {seconds:g} s")
    except (aiohttp.ClientError, OSError, ValueError) as error:
        return NoAnswer(type(error).__name__)
    return _answer(status, raw, retry_after)


async def _read(response: aiohttp.ClientResponse) -> bytes | None:
    """The body; None if it is longer than any that we expect."""
    parts, size = [], 0
    async for part in response.content.iter_chunked(65_536):
        size += len(part)
        if size > LARGEST:
            response.close()
            return None
        parts.append(part)
    return b"".join(parts)


def _answer(status: int, raw: bytes | None, retry_after: float | None) -> Answer:
    if not raw:
        return Answer(status, {}, retry_after, readable=raw is not None)
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        return Answer(status, {}, retry_after, readable=False)
    return Answer(status, data if isinstance(data, dict) else {}, retry_after)


def _seconds(header: str, now: datetime) -> float | None:
    """Seconds of `Retry-After`, which may be a date (RFC 9110), a day at most; None if it makes no sense."""
    try:
        at = None if header.strip().isdecimal() else parsedate_to_datetime(header)
        seconds = float(header) if at is None else (at - now).total_seconds()
    except (TypeError, ValueError):
        return None
    return min(max(0.0, seconds), LONGEST_WAIT)


def _is_name(code: str) -> bool:
    """Error codes may be logged and stored: a short name, nothing that quotes a request."""
    return 0 < len(code) <= 64 and code.isascii() and all(char.isalnum() or char in "._-" for char in code)
