"""Things that the page watches for changes, and the stream of their versions."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Final

from aiohttp import web

_HEARTBEAT: Final = 15.0


class Watched:
    """Something with a version that grows at each change."""

    def __init__(self) -> None:
        self.version = 0
        self._on_change: list[Callable[[], None]] = []

    def changed(self) -> None:
        """Tell watchers of the page that something is different now."""
        self.version += 1
        for callback in tuple(self._on_change):
            callback()

    def on_change(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` at each change; returns how to stop."""
        self._on_change.append(callback)
        return lambda: self._on_change.remove(callback)


async def stream_versions(request: web.Request, watched: Sequence[Watched]) -> web.StreamResponse:
    """Server-Sent Events: the sum of the versions, at once and after each change; a heartbeat every 15 s."""
    response = web.StreamResponse(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
    response.content_type = "text/event-stream"
    await response.prepare(request)
    changed = asyncio.Event()
    with ExitStack() as stack:
        for one in watched:
            stack.callback(one.on_change(changed.set))
        try:
            await _write_versions(response, watched, changed)
        except (ConnectionError, asyncio.CancelledError):
            return response
    return response


async def _write_versions(
    response: web.StreamResponse, watched: Sequence[Watched], changed: asyncio.Event
) -> None:
    while True:
        version = sum(one.version for one in watched)
        await response.write(f'data: {{"version":{version}}}\n\n'.encode())
        await asyncio.sleep(0.05)  # one message for a burst of changes
        while not changed.is_set():
            try:
                await asyncio.wait_for(changed.wait(), _HEARTBEAT)
            except TimeoutError:
                await response.write(b": still here\n\n")
        changed.clear()
