"""Slack over Socket Mode, for a bot behind NAT: the SDK's client, our dispatcher, and a watchdog.

Slack sends an envelope again with the same id when it saw no acknowledgement (bolt-js#2487): the second one
waits for the first one's answer. The SDK has been seen stuck after a failed reconnect (python-slack-sdk#1110,
#1701), so silence is watched from outside.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import OrderedDict
from typing import Any, Final

from aiohttp import WSMessage
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from adapters.bodies import cleaned
from adapters.slack.api import SlackApi, silent
from adapters.slack.dispatch import Answered, Dispatcher
from bot.ports import Clock

PING_SECONDS: Final = 5.0
SILENCE_SECONDS: Final = 30.0  # six pings without an answer
REMEMBERED: Final = 1_000  # envelopes

logger = logging.getLogger(__name__)


class SlackSocket:
    """One Socket Mode connection; Slack allows ten for an app."""

    def __init__(
        self,
        *,
        clock: Clock,
        api: SlackApi,
        app_token: str,
        dispatcher: Dispatcher,
        ping: float = PING_SECONDS,
    ) -> None:
        self._clock, self._api, self._dispatcher = clock, api, dispatcher
        self._app_token, self._ping = app_token, ping
        self._client: SocketModeClient | None = None
        self._watchdog: asyncio.Task[None] | None = None
        self._answers: OrderedDict[str, asyncio.Task[Answered]] = OrderedDict()
        self._alive_at = 0.0
        self._pong: float | None = None

    async def start(self) -> None:
        """Connect, and keep connected until `close`."""
        client = SocketModeClient(
            app_token=self._app_token,
            web_client=self._api.client,
            logger=silent,
            ping_interval=self._ping,
            on_message_listeners=[self._heard],
        )
        client.socket_mode_request_listeners.append(self._received)
        self._client = client
        self._alive_at = self._clock.monotonic()
        await client.connect_to_new_endpoint()
        logger.info("Socket Mode is connected.")
        self._watchdog = asyncio.create_task(self._watch(client))

    async def close(self) -> None:
        """Hang up; what is being answered may finish."""
        client, self._client = self._client, None
        if self._watchdog is not None:
            self._watchdog.cancel()
            await asyncio.gather(self._watchdog, return_exceptions=True)
        if client is not None:
            tasks = (client.message_processor, client.current_session_monitor, client.message_receiver)
            await client.close()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped
            await asyncio.gather(*(task for task in tasks if task is not None), return_exceptions=True)
        await asyncio.gather(*self._answers.values(), return_exceptions=True)

    async def reconnect(self) -> None:
        """Drop the connection and make a new one."""
        if self._client is not None:
            self._alive_at = self._clock.monotonic()
            await self._client.connect_to_new_endpoint(force=True)

    # Envelopes ----------------------------------------------------------------------------------------------

    async def _received(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        """Answer one envelope; no acknowledgement means that Slack sends it again."""
        answer = await asyncio.shield(self._answer(request))
        if answer.status != 200:
            self._answers.pop(request.envelope_id, None)
            return
        response = SocketModeResponse(envelope_id=request.envelope_id, payload=_payload(answer))
        try:
            await client.send_socket_mode_response(response)
        except (ConnectionError, RuntimeError, AttributeError) as error:
            logger.warning("An acknowledgement was lost with its connection: %s.", type(error).__name__)

    def _answer(self, request: SocketModeRequest) -> asyncio.Task[Answered]:
        """The one handling of an envelope, however often it comes."""
        task = self._answers.get(request.envelope_id)
        if task is None:
            task = asyncio.create_task(self._dispatcher.dispatch(cleaned(request.payload)))
            self._answers[request.envelope_id] = task
            while len(self._answers) > REMEMBERED:
                self._answers.popitem(last=False)
        return task

    # Watchdog -----------------------------------------------------------------------------------------------

    async def _heard(self, _: WSMessage) -> None:
        self._alive_at = self._clock.monotonic()

    async def _watch(self, client: SocketModeClient) -> None:
        """Reconnect when neither a frame nor the answer to a ping has come for too long."""
        while True:
            await asyncio.sleep(self._ping)
            if client.last_ping_pong_time != self._pong:
                self._pong = client.last_ping_pong_time
                self._alive_at = self._clock.monotonic()
            if self._clock.monotonic() - self._alive_at > SILENCE_SECONDS * self._ping / PING_SECONDS:
                logger.warning("Socket Mode has been silent for too long; connecting again.")
                await self._try_to_reconnect()

    async def _try_to_reconnect(self) -> None:
        try:
            await self.reconnect()
        except Exception as error:  # the next round tries again, whatever it was
            logger.warning("Connecting again failed: %s.", type(error).__name__)


def _payload(answer: Answered) -> dict[str, Any] | None:
    if not answer.body:
        return None
    if answer.content_type != "application/json":
        return {"text": answer.body}
    payload: dict[str, Any] = json.loads(answer.body)
    return payload
