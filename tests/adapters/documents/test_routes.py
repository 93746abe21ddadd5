"""Fetching a document over HTTP: once, as a file, and nothing kept by the browser."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from adapters.documents.routes import Fetched, documents
from adapters.web import Server

MARKDOWN = ("policy-x-v1.md", "text/markdown; charset=utf-8", "# Ünal\n".encode())


@pytest.fixture
async def url() -> AsyncIterator[str]:
    tickets: dict[str, Fetched] = {"good": MARKDOWN}

    async def fetch(ticket: str) -> Fetched | None:
        return tickets.pop(ticket, None)

    app = web.Application()
    documents(app, "/v1/policies", fetch)
    server = Server("127.0.0.1", 0)
    await server.serve(app)
    yield f"{server.url}/v1/policies/good/policy-x-v1.md"
    await server.stop()


async def test_a_ticket_is_good_for_one_download_and_a_link_checker_does_not_use_it_up(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.head(url) as checked:
            assert checked.status == 405
        async with session.get(url) as first:
            assert (first.status, await first.read()) == (200, MARKDOWN[2])
            assert first.headers["Content-Disposition"] == 'attachment; filename="policy-x-v1.md"'
            assert first.headers["Content-Type"] == MARKDOWN[1]
            assert first.headers["Cache-Control"] == "no-store"
        async with session.get(url) as second:
            assert second.status == 404
            assert "Say /boundary team policy" in await second.text()
