"""The bot's own HTTP surface beside the platforms: health, metrics, and serving on a port."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from typing_extensions import override

from adapters.traces import where

Check = Callable[[], Mapping[str, object]]


def operations(app: web.Application, health: Check, metrics: Callable[[], Awaitable[bytes]]) -> None:
    """Add `/healthz` (200 or 503 with a JSON reason) and `/metrics` (Prometheus text)."""

    async def healthz(_: web.Request) -> web.Response:
        found = health()
        return web.Response(
            text=json.dumps(dict(found)),
            status=200 if found.get("ok") else 503,
            content_type="application/json",
        )

    async def prometheus(_: web.Request) -> web.Response:
        return web.Response(
            body=await metrics(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
        )

    app.router.add_get("/healthz", healthz)
    app.router.add_get("/metrics", prometheus)


_THEIRS = (HttpProcessingError, web.RequestPayloadError)
"""A request that is none: no trouble of ours."""

logger = logging.getLogger(__name__)


class _WithoutData(logging.Filter):
    """aiohttp reports malformed requests with a traceback that quotes them, and anybody can send one: what
    is left is the sentence, the type of the error and the line it comes from.
    """

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        found = record.exc_info
        error = found[1] if isinstance(found, tuple) else None
        if isinstance(error, _THEIRS):
            record.levelno, record.levelname = logging.INFO, "INFO"
        what = record.msg if isinstance(record.msg, str) and error is None else "An HTTP request failed"
        record.msg, record.args = f"{what}: {where(error)}." if error else what, ()
        record.exc_info = record.exc_text = record.stack_info = None
        return logger.isEnabledFor(record.levelno)


def _wire_logger() -> logging.Logger:
    found = logging.getLogger("adapters.web.wire")
    if not found.filters:
        found.addFilter(_WithoutData())
    return found


class Server:
    """One address, taken at once and served later: its URL is known before the application is built.

    `port` 0 picks a free one. Raises OSError when the address is not free.
    """

    def __init__(self, host: str, port: int) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family, backlog=128)
        shown = f"[{host}]" if ":" in host else host
        self.url = f"http://{shown}:{self._socket.getsockname()[1]}"
        self._runner: web.AppRunner | None = None

    async def serve(self, app: web.Application) -> None:
        """Answer requests from now on."""
        # no access log: query strings carry one-time tickets
        self._runner = web.AppRunner(
            app, logger=_wire_logger(), access_log=None, handle_signals=False, shutdown_timeout=3.0
        )
        await self._runner.setup()
        await web.SockSite(self._runner, self._socket).start()

    async def stop(self) -> None:
        """Finish the requests under way and give the address back."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        self._socket.close()
