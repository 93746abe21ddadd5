"""An answer to the app, and how the network brings it there or spoils it."""

import asyncio
import json
from dataclasses import dataclass, field

from aiohttp import web

from adapters.playground.faults import Fault, FaultKind
from adapters.playground.records import Json


@dataclass(slots=True)
class Answer:
    """An answer before the network has its way with it."""

    body: Json | str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    def encoded(self) -> bytes:
        """The body's bytes."""
        text = self.body if isinstance(self.body, str) else json.dumps(self.body, separators=(",", ":"))
        return text.encode()


async def deliver(request: web.Request, answer: Answer, fault: Fault | None = None) -> web.StreamResponse:
    """Put an answer on the wire, or break the connection as the fault says."""
    kind = fault.kind if fault else None
    content = "application/json" if isinstance(answer.body, dict) else "text/plain"
    if fault is None or kind not in {FaultKind.DROP, FaultKind.RESET, FaultKind.TRUNCATE, FaultKind.TRICKLE}:
        if fault is not None and kind is FaultKind.SLOW_ANSWER:
            await asyncio.sleep(fault.seconds)
        return web.Response(
            body=answer.encoded(), status=answer.status, headers=answer.headers, content_type=content
        )
    if kind in {FaultKind.TRUNCATE, FaultKind.TRICKLE}:
        return await _piecemeal(request, answer, fault, content)
    transport = request.transport
    if transport is not None:
        transport.abort() if kind is FaultKind.RESET else transport.close()
    return web.Response()


async def _piecemeal(request: web.Request, answer: Answer, fault: Fault, content: str) -> web.StreamResponse:
    body = answer.encoded()
    response = web.StreamResponse(status=answer.status, headers=answer.headers)
    response.content_type = content
    response.content_length = len(body)
    await response.prepare(request)
    if fault.kind is FaultKind.TRUNCATE:
        await response.write(body[: len(body) // 2])
        if request.transport is not None:
            request.transport.close()
        return response
    for byte in body:
        await response.write(bytes([byte]))
        await asyncio.sleep(fault.seconds)
    return response
