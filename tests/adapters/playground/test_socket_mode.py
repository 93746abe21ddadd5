"""Socket Mode with the unmodified client of slack_sdk."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse


class Connected:
    """A client that keeps every request and acknowledges unless told to stay silent."""

    def __init__(self, client: SocketModeClient) -> None:
        self.client = client
        self.requests: list = []
        self.silent = 0
        self.payload: dict | None = None
        client.socket_mode_request_listeners.append(self._listen)

    async def _listen(self, client, request) -> None:
        self.requests.append(request)
        if self.silent:
            self.silent -= 1
            return
        await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, self.payload))


@pytest.fixture
async def socket(play, eventually) -> AsyncIterator[Connected]:
    client = SocketModeClient(
        app_token=play.seeded.app.secret, web_client=play.client(None), ping_interval=60
    )
    connected = Connected(client)
    await client.connect()
    await eventually(lambda: play.server.delivery.sockets)
    yield connected
    await client.close()


async def test_an_event_arrives_over_the_socket_and_is_acknowledged(play, socket):
    await play.humans.say("U0MAYA", "D0BOT0MAYA", "hello")
    request = socket.requests[0]
    assert (request.type, request.payload["event"]["text"], request.retry_attempt) == (
        "events_api",
        "hello",
        0,
    )
    assert [attempt.outcome for attempt in play.server.delivery.attempts] == ["ok"]


async def test_an_unacknowledged_event_comes_again_in_the_same_envelope(play, socket, eventually):
    socket.silent = 1
    await play.humans.say("U0MAYA", "D0BOT0MAYA", "hello")
    await eventually(lambda: len(socket.requests) == 2)
    first, second = socket.requests
    assert (first.envelope_id, second.retry_attempt) == (second.envelope_id, 1)


async def test_a_command_is_answered_in_the_acknowledgement(play, socket):
    socket.payload = {"text": "Focus until 15:00."}
    seen = await play.humans.command("U0SAM", "C0GENERAL", "/focus", "90m")
    assert (seen.text, socket.requests[0].payload["text"]) == ("Focus until 15:00.", "90m")


async def test_a_silent_app_is_an_operation_timeout(play, socket):
    socket.silent = 1
    assert (await play.humans.command("U0SAM", "C0GENERAL", "/focus", "90m")).error == "operation_timeout"


async def test_the_address_works_once(play):
    opened = await play.client(None).apps_connections_open(app_token=play.seeded.app.secret)
    async with play.http.ws_connect(opened["url"]) as ws:
        hello = await ws.receive_json()
    assert (hello["type"], hello["connection_info"]["app_id"]) == ("hello", "A0BOUNDARY")
    async with play.http.get(opened["url"].replace("ws", "http", 1)) as response:
        assert response.status == 403


async def test_only_an_app_token_with_its_scope_may_connect(play, error_of):
    play.seeded.app.scopes = ()
    call = play.client(None).apps_connections_open(app_token=play.seeded.app.secret)
    assert await error_of(call) == "missing_scope"


async def test_a_client_is_told_to_go_and_http_takes_over_when_none_is_left(play, eventually):
    opened = await play.client(None).apps_connections_open(app_token=play.seeded.app.secret)
    async with play.http.ws_connect(opened["url"]) as ws:
        await ws.receive_json()
        await eventually(lambda: play.server.delivery.sockets)
        leaving = asyncio.create_task(play.server.socket_mode.disconnect_all())
        assert (await ws.receive_json())["reason"] == "refresh_requested"
        await ws.close()
        await leaving
    await eventually(lambda: not play.server.delivery.sockets)


async def test_a_connection_that_breaks_is_a_failed_delivery(play, eventually):
    opened = await play.client(None).apps_connections_open(app_token=play.seeded.app.secret)
    async with play.http.ws_connect(opened["url"]) as ws:
        await ws.receive_json()
        await eventually(lambda: play.server.delivery.sockets)
        waiting = asyncio.create_task(play.humans.command("U0SAM", "C0GENERAL", "/focus", ""))
        await ws.receive_json()
        await ws.close()
        assert (await waiting).error == "dispatch_failed"
