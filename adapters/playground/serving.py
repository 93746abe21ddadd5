"""How the playground's servers start on loopback, and how their clocks make time pass."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack, suppress
from typing import Final

from aiohttp import web

from adapters.playground.clock import PlaygroundClock, TimeSource

MAX_BODY: Final = 4 * 1024 * 1024
_TICK: Final = 0.25


async def serve(stack: AsyncExitStack, app: web.Application, host: str, port: int) -> int:
    """Serve `app` until `stack` closes; gives the port, which is a free one for 0. OSError if it is taken."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError:
        await stack.aclose()  # the address is taken: leave nothing open behind
        raise
    return int(runner.addresses[0][1])


def keep_ticking(stack: AsyncExitStack, clocks: Iterable[TimeSource], work: Callable[[], None]) -> None:
    """Do `work` again and again until `stack` closes, promptly after one of the clocks was moved."""
    moved = asyncio.Event()
    for clock in clocks:
        if isinstance(clock, PlaygroundClock):
            clock.on_change(moved.set)
    stack.push_async_callback(_cancel, asyncio.get_running_loop().create_task(_tick(moved, work)))


async def _tick(moved: asyncio.Event, work: Callable[[], None]) -> None:
    while True:
        work()
        moved.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(moved.wait(), _TICK)


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
