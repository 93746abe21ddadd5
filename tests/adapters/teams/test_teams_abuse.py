"""The whole adapter behind its door: nothing comes through that should not, and whatever does is answered."""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.stores.memory import MemoryStore
from adapters.teams.adapter import TeamsAdapter
from tests.support.slack_stage import Script
from tests.support.story import PlainVault
from tests.support.teams_abuse import FORBIDDEN, MALFORMED, UNAUTHORISED
from tests.support.teams_door import TENANT, HandClock, Json, activity, door_settings, issuing, request, token
from tests.support.waiting import until

MARK = "family-dinner-mark"


@dataclass
class House:
    """The whole adapter behind its door; `script` is the application, which must never be reached, `refused`
    are the reasons that were told."""

    url: str
    http: aiohttp.ClientSession
    script: Script
    store: MemoryStore
    adapter: TeamsAdapter
    refused: list[str]

    async def post(self, headers: Mapping[str, str], raw: bytes) -> tuple[int, bytes]:
        async with self.http.post(self.url, data=raw, headers=headers, skip_auto_headers=PLAIN) as answer:
            return answer.status, await answer.read()

    async def is_untouched(self) -> bool:
        """Nobody was asked, and nothing is kept."""
        kept = await self.store.read(lambda tx: (tx.inbox.waiting(), tx.tenants.all()))
        return (self.script.heard, *kept) == ([], [], [])


PLAIN = ("Content-Type", "Accept", "Accept-Encoding")


@asynccontextmanager
async def house() -> AsyncIterator[House]:
    script, store, routes, refused = Script(), MemoryStore(), web.Application(), list[str]()
    fresh = aiohttp.TCPConnector(force_close=True)  # aiohttp hangs up after a broken encoding
    async with issuing() as issuer, aiohttp.ClientSession(connector=fresh) as http:
        adapter = TeamsAdapter(
            clock=HandClock(),
            store=store,
            vault=PlainVault(),
            handler=script,
            session=http,
            settings=door_settings(issuer.url),
            words=(),
            on_refused=refused.append,
        )
        adapter.routes(routes)
        await adapter.start()
        async with TestServer(routes) as server:
            yield House(str(server.make_url("/api/messages")), http, script, store, adapter, refused)
            await adapter.close()
    await store.close()


ROWS = [
    *((401, name, make) for name, make in UNAUTHORISED.items()),
    *((403, name, make) for name, make in FORBIDDEN.items()),
    *((400, name, make) for name, make in MALFORMED.items()),
]


async def test_over_http_every_row_is_answered_without_a_word_and_the_bot_never_runs(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    async with house() as at:
        for status, name, make in ROWS:
            headers, raw = make()
            answer = await at.post(headers, raw.replace(b"focus 90m", MARK.encode()))
            assert answer == (status, b"") or (name, answer[0]) == ("two types", 400), name  # aiohttp's own
        assert await at.is_untouched()
        assert len(at.refused) == len(ROWS) - 1
        headers, raw = request()
        assert await at.post(headers, raw) == (201, b"")
        await until(lambda: len(at.script.heard) == 1)
    ours = [each for each in caplog.records if each.name.startswith("adapters")]
    said = "".join(each.getMessage() for each in ours)
    assert MARK not in said
    assert token()[:40] not in said
    assert not [each for each in ours if each.exc_info]


async def test_only_posts_are_taken_and_a_body_that_never_ends_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("adapters.bodies.READ_WITHIN", 0.05)

    async def dripping() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(5)

    async with house() as at:
        async with at.http.get(at.url) as answer:
            assert answer.status == 405
        with suppress(aiohttp.ClientError):
            async with at.http.post(at.url, data=dripping(), headers=request()[0]) as answer:
                assert answer.status == 400
        assert at.refused == ["too_slow"]
        assert await at.is_untouched()


@pytest.mark.parametrize("seed", range(2))
async def test_a_verified_activity_of_any_shape_is_answered_and_never_quoted(
    seed: int, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr("adapters.teams.people.PROFILE_WITHIN", 0.001)  # there is no connector to ask
    monkeypatch.setattr("adapters.teams.chat.PATIENCE", 0.0)
    chance = random.Random(seed)
    async with house() as at:
        for number in range(150):
            made = spoiled(chance, number)
            status, _ = await at.post(*request(body=made))
            assert status in {200, 201, 400, 401, 403}, made
        await until(lambda: not at.adapter._dispatcher._inbox.waiting)
    ours = "".join(each.getMessage() for each in caplog.records if each.name.startswith("adapters"))
    assert MARK not in ours
    assert "Task exception" not in caplog.text


CHECKED = {"type", "serviceUrl", "channelId", "tenant", "tenantId"}  # the door's own tests are above
ODD: tuple[Any, ...] = (None, 1, True, [], {}, "", MARK, "x" * 300, [None], {"id": None}, 1e308, 10**30, [{}])
KINDS: tuple[Json, ...] = (
    {"type": "message", "text": MARK},
    {"type": "message", "text": None, "value": {"action": "look", "value": MARK}},
    {"type": "message", "text": f"<at>Kenji</at> {MARK}", "conversation": {"id": "19:x", "tenantId": TENANT}},
    {"type": "installationUpdate", "action": "add"},
    {
        "type": "conversationUpdate",
        "membersAdded": [{"id": "29:x"}],
        "channelData": {"tenant": {"id": TENANT}},
    },
    {"type": "messageReaction", "reactionsAdded": [{"type": "like"}]},
    {
        "type": "invoke",
        "name": "adaptiveCard/action",
        "value": {"action": {"type": "Action.Execute", "data": {}}},
    },
    {"type": "invoke", "name": "composeExtension/fetchTask", "value": {"messagePayload": {"id": MARK}}},
    {"type": "invoke", "name": "task/submit", "value": {"data": {"form": "later", "fields": MARK}}},
)


def spoiled(chance: random.Random, number: int) -> Json:
    """An activity of some kind with one to three things gone or replaced by something odd."""
    made: Json = json.loads(json.dumps(activity(id=f"n{number}") | chance.choice(KINDS)))
    for _ in range(chance.randint(1, 3)):
        inner = made
        while True:
            key = chance.choice([each for each in inner if each not in CHECKED] or ["x"])
            found = inner.get(key)
            if not isinstance(found, dict) or chance.random() < 0.4:
                break
            inner = found
        inner[key] = chance.choice(ODD)
    return made
