"""Socket Mode: `apps.connections.open` and its websocket (docs.slack.dev/apis/events-api)."""

import asyncio
import json
import secrets
from typing import Final

from aiohttp import WSMsgType, web

from adapters.playground.call import Call
from adapters.playground.errors import SlackError
from adapters.playground.events import Delivery
from adapters.playground.records import Json

MAX_CONNECTIONS: Final = 10


class SocketConnection:
    """One connected client: sends envelopes, matches acknowledgements by envelope id."""

    def __init__(self, ws: web.WebSocketResponse) -> None:
        self._ws = ws
        self._waiting: dict[str, asyncio.Future[Json | None]] = {}

    async def send(
        self, kind: str, payload: Json, *, retry: int = 0, envelope_id: str | None = None
    ) -> Json | None:
        """See `events.Socket.send`."""
        own_id = envelope_id or secrets.token_hex(16)
        acknowledged: asyncio.Future[Json | None] = asyncio.get_running_loop().create_future()
        self._waiting[own_id] = acknowledged
        frame: Json = {"envelope_id": own_id, "payload": payload, "type": kind}
        frame["accepts_response_payload"] = kind != "events_api"
        if kind == "events_api":
            frame |= {"retry_attempt": retry, "retry_reason": "timeout" if retry else ""}
        try:
            await self._ws.send_str(json.dumps(frame))
            return await acknowledged
        finally:
            self._waiting.pop(own_id, None)

    async def hello(self, app_id: str, connections: int) -> None:
        """The first frame."""
        debug = {"host": "applink-playground", "build_number": 1, "approximate_connection_time": 18060}
        await self._ws.send_str(
            json.dumps(
                {
                    "type": "hello",
                    "num_connections": connections,
                    "debug_info": debug,
                    "connection_info": {"app_id": app_id},
                }
            )
        )

    async def disconnect(self, reason: str) -> None:
        """Ask the client to reconnect (`warning`, `refresh_requested`, `link_disabled`) and close."""
        await self._ws.send_str(
            json.dumps({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-playground"}})
        )
        await self._ws.close()

    async def listen(self) -> None:
        """Read acknowledgements until the client goes."""
        async for message in self._ws:
            if message.type is WSMsgType.TEXT:
                self._acknowledge(str(message.data))
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(ConnectionError("The Socket Mode client has gone."))

    def _acknowledge(self, text: str) -> None:
        try:
            frame = json.loads(text)
        except ValueError:
            return
        waiting = self._waiting.get(frame.get("envelope_id", "")) if isinstance(frame, dict) else None
        if waiting is not None and not waiting.done():
            payload = frame.get("payload")
            waiting.set_result(
                payload if isinstance(payload, dict) else {"text": payload} if payload else None
            )


class SocketMode:
    """Hands out websocket addresses and serves them."""

    def __init__(self, deliveries: dict[str, Delivery]) -> None:
        self._deliveries = deliveries
        self._tickets: dict[str, str] = {}
        self._open: dict[web.WebSocketResponse, SocketConnection] = {}

    def open_connection(self, call: Call) -> Json:
        """`apps.connections.open`: a one-time websocket address."""
        if len(self._deliveries[call.workspace.team_id].sockets) >= MAX_CONNECTIONS:
            raise SlackError("too_many_websockets")
        ticket = secrets.token_hex(16)
        self._tickets[ticket] = call.workspace.team_id
        address = call.workspace.base_url.replace("http", "ws", 1)
        return {"url": f"{address}/socket/{ticket}?ticket={ticket}&app_id={call.workspace.app.app_id}"}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one websocket."""
        team = self._tickets.pop(request.match_info["ticket"], None)
        if team is None:
            raise web.HTTPForbidden(text="This address was used already; call apps.connections.open again.")
        delivery = self._deliveries[team]
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        connection = SocketConnection(ws)
        self._open[ws] = connection
        await connection.hello(delivery.workspace.app.app_id, len(delivery.sockets) + 1)
        delivery.sockets.append(connection)
        try:
            await connection.listen()
        finally:
            delivery.sockets.remove(connection)
            del self._open[ws]
        return ws

    async def disconnect_all(self, reason: str = "refresh_requested") -> None:
        """Send everybody away, as Slack does every few hours."""
        for connection in tuple(self._open.values()):
            await connection.disconnect(reason)
