"""Health, metrics, and an address that is known before it is served."""

from __future__ import annotations

import asyncio
import logging

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


MARK = b"words-of-somebody"
MALFORMED = {
    "no HTTP at all": MARK * 20 + b"\r\n\r\n",
    "a length that is none": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + MARK + b"\r\n\r\n",
    "a broken chunk": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + MARK + b"\r\n",
    "a huge header": b"POST / HTTP/1.1\r\nHost: a\r\nX: " + MARK * 2000 + b"\r\n\r\n",
}


@pytest.mark.parametrize("request_bytes", MALFORMED.values(), ids=MALFORMED)
async def test_nothing_of_a_malformed_request_reaches_the_log(
    request_bytes: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    app, server = web.Application(), Server("127.0.0.1", 0)
    operations(app, lambda: {"ok": True}, metrics)
    await server.serve(app)
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(server.url.rpartition(":")[2]))
        writer.write(request_bytes)
        assert b" 400 " in await reader.readline()
        writer.close()
    finally:
        await server.stop()
    assert MARK.decode() not in caplog.text
    assert "Traceback" not in caplog.text
    assert [record for record in caplog.records if record.levelno > logging.INFO] == []


async def test_a_handler_that_fails_is_reported_by_type_and_place(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(_: web.Request) -> web.Response:
        raise RuntimeError(MARK.decode())

    app, server = web.Application(), Server("127.0.0.1", 0)
    app.router.add_get("/", broken)
    await server.serve(app)
    try:
        async with aiohttp.ClientSession() as session, session.get(server.url) as answer:
            assert answer.status == 500
            assert MARK.decode() not in await answer.text()
    finally:
        await server.stop()
    assert "An HTTP request failed: RuntimeError at test_web.py:" in caplog.text
    assert MARK.decode() not in caplog.text
