"""Slack over HTTP: `/slack/events` takes events, commands and interactions, each through the front door
first.
"""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Final

from aiohttp import web

from adapters.slack.dispatch import Dispatcher
from adapters.slack.front import LARGEST, Entry, FrontDoor, Refusal

READ_WITHIN: Final = 2.0  # seconds for the whole body
CHUNK: Final = 64 * 1024

logger = logging.getLogger(__name__)


class SlackServer:
    """One path for everything Slack sends. It never answers 500 to what is malformed, and logs no body."""

    def __init__(self, door: FrontDoor, dispatcher: Dispatcher) -> None:
        self._door, self._dispatcher = door, dispatcher

    def routes(self, app: web.Application) -> None:
        """Add `/slack/events`."""
        app.router.add_post("/slack/events", self.handle)

    async def handle(self, request: web.Request) -> web.Response:
        """Check, parse, dispatch, answer."""
        raw = await _body(request)
        found = raw if isinstance(raw, Refusal) else self._door.check(request.headers, raw)
        if isinstance(found, Refusal):
            logger.info("Refused a request to /slack/events: %s.", found.why)
            return web.Response(status=found.status)
        if found.body.get("type") == "url_verification":
            return _challenge(found)
        answer = await self._dispatcher.dispatch(found.body)
        if answer.status >= 500:
            self._door.forget(found.signature)
        return web.Response(status=answer.status, text=answer.body, content_type=answer.content_type)


def _challenge(found: Entry) -> web.Response:
    """Slack asks once, when the address is entered, whether we are who we say."""
    challenge = str(found.body.get("challenge", ""))
    return web.Response(text=json.dumps({"challenge": challenge}), content_type="application/json")


async def _body(request: web.Request) -> bytes | Refusal:
    """The raw bytes, at most `LARGEST` of them, read within two seconds."""
    if (request.content_length or 0) > LARGEST:
        return Refusal(400, "too_large")
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(READ_WITHIN):
            while chunk := await request.content.read(CHUNK):
                chunks.append(chunk)
                size += len(chunk)
                if size > LARGEST:
                    return Refusal(400, "too_large")
    except TimeoutError:
        return Refusal(400, "too_slow")
    except Exception:  # a broken chunk, a content encoding that is none: whatever aiohttp makes of it
        return Refusal(400, "unreadable")
    return b"".join(chunks)
