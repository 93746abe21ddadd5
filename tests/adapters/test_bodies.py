"""Bodies from outside: no more of one is read than may be, and no longer."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.bodies import Refusal, is_deeper, json_object, read_body

LIMIT = 1000


@pytest.fixture
async def url() -> AsyncIterator[str]:
    """A server that says what it made of the body it read."""

    async def handle(request: web.Request) -> web.Response:
        found = await read_body(request, LIMIT)
        return web.Response(text=found.why if isinstance(found, Refusal) else str(len(found)))

    app = web.Application()
    app.router.add_post("/", handle)
    async with TestServer(app) as server:
        yield str(server.make_url("/"))


async def sent(url: str, headers: str, body: bytes) -> bytes:
    """The answer to a request put together by hand, which stays open."""
    host = url.removeprefix("http://").rstrip("/")
    reader, writer = await asyncio.open_connection(*host.split(":"))
    try:
        writer.write(f"POST / HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n\r\n".encode() + body)
        head = await reader.readuntil(b"\r\n\r\n")
        (length,) = (int(line[16:]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length: "))
        return await reader.readexactly(length)
    finally:
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize(("size", "said"), [(0, "0"), (LIMIT, "1000"), (LIMIT + 1, "too_large")])
async def test_a_body_may_be_as_long_as_the_limit(url: str, size: int, said: str) -> None:
    async with aiohttp.ClientSession() as http, http.post(url, data=b"x" * size) as answer:
        assert await answer.text() == said


async def test_a_body_that_says_it_is_too_long_is_not_waited_for(url: str) -> None:
    assert await sent(url, f"Content-Length: {LIMIT + 1}", b"x") == b"too_large"


async def test_a_body_that_does_not_say_how_long_it_is_is_not_read_to_its_end(url: str) -> None:
    chunk = b"7d0\r\n" + b"x" * 2000 + b"\r\n"
    assert await sent(url, "Transfer-Encoding: chunked", chunk) == b"too_large"


async def test_a_body_that_never_ends_is_given_up(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.bodies.READ_WITHIN", 0.05)
    assert await sent(url, "Content-Length: 9", b"x") == b"too_slow"


async def test_a_small_body_that_unpacks_to_a_large_one_is_given_up(url: str) -> None:
    packed = gzip.compress(b"x" * 500_000)
    assert len(packed) < LIMIT
    headers = {"Content-Encoding": "gzip"}
    async with aiohttp.ClientSession() as http, http.post(url, data=packed, headers=headers) as answer:
        assert await answer.text() == "too_large"


@pytest.mark.parametrize("text", ["", "[]", "1", "NaN", '{"a": NaN}', '{"a": Infinity}', "{", '{"a": 1}x'])
def test_only_an_object_is_taken(text: str) -> None:
    with pytest.raises(ValueError, match=r"not an object|NaN|Expecting|Extra data"):
        json_object(text)


def test_what_cannot_be_stored_is_left_out_everywhere() -> None:
    found = json_object('{"a\\u0000": ["\\ud800x", {"b": "\\u0000"}], "c": "\\ud83d\\ude00"}')
    assert found == {"a": ["\ufffdx", {"b": ""}], "c": "\U0001f600"}


def test_levels_are_counted_to_the_limit() -> None:
    assert not is_deeper({"a": [{"b": 1}]}, 3)
    assert is_deeper({"a": [{"b": []}]}, 3)
