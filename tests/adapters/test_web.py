"""Health, metrics, and an address that is known before it is served."""

from __future__ import annotations

import aiohttp
import pytest
from aiohttp import web

from adapters.web import Server, operations


async def metrics() -> bytes:
    return b"boundary_people_swept_total 3.0\n"


@pytest.mark.parametrize(("ok", "status"), [(True, 200), (False, 503)])
async def test_health_answers_by_what_the_check_finds(ok: bool, status: int) -> None:
    app, server = web.Application(), Server("127.0.0.1", 0)
    operations(app, lambda: {"ok": ok, "seconds_since_sweep": 1.5}, metrics)
    await server.serve(app)
    try:
        async with aiohttp.ClientSession() as session:
            async with session.get(f"{server.url}/healthz") as answer:
                assert answer.status == status
                assert await answer.json() == {"ok": ok, "seconds_since_sweep": 1.5}
            async with session.get(f"{server.url}/metrics") as answer:
                assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
                assert await answer.read() == await metrics()
    finally:
        await server.stop()


async def test_an_address_in_use_is_an_error_at_once_and_free_after_the_end() -> None:
    server = Server("127.0.0.1", 0)
    port = int(server.url.rpartition(":")[2])
    with pytest.raises(OSError, match="in use"):
        Server("127.0.0.1", port)
    await server.stop()
    again = Server("127.0.0.1", port)
    assert again.url == server.url
    await again.stop()
