"""Slack over HTTP: `/slack/events` takes events, commands and interactions, each through the front door
first.
"""

from __future__ import annotations

import json
import logging

from aiohttp import web

from adapters.bodies import Refusal, read_body
from adapters.slack.dispatch import Dispatcher
from adapters.slack.front import LARGEST, Entry, FrontDoor

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
        raw = await read_body(request, LARGEST)
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
