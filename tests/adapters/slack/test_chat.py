"""Answers that Slack gives seldom: odd, half empty, or too much to look through."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.slack.adapter import SlackAdapter, SlackSettings, SlackUnreachable
from adapters.slack.api import RETRY_AFTER
from adapters.slack.chat import HISTORY_PAGES, SlackChat
from adapters.stores.memory import MemoryStore
from bot.messages.model import Chart, Message, Series
from bot.ports import Dnd, Done, Outcome, Refused, Unclear, Wait
from rules.statuses import Status
from tests.support.slack_stage import TENANT, DictDirectory, ManualTime, Script, Stage, account, sentence
from tests.support.story import StoryClock

MAYA = account("U0MAYA")


@dataclass
class OddSlack:
    """A server that answers each method with what a test put there, in `bodies` by what was sent."""

    answers: dict[str, Any] = field(default_factory=dict)
    bodies: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    chat: SlackChat = field(init=False)
    adapter: SlackAdapter = field(init=False)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        self.asked.append(method)
        if method in self.bodies:
            return web.json_response(self.bodies[method](await request.json()))
        answer = self.answers.get(method, {"ok": True})
        return answer() if callable(answer) else web.json_response(answer)


@pytest.fixture
async def odd() -> AsyncIterator[OddSlack]:
    slack, directory, app = OddSlack(), DictDirectory(), web.Application()
    directory.bots[TENANT], directory.people[MAYA] = "xoxb-1", "xoxp-1"
    app.router.add_route("*", "/api/{method}", slack.handle)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        url = str(server.make_url("/api"))
        slack.chat = SlackChat(session, url, directory=directory)
        slack.adapter = SlackAdapter(
            clock=StoryClock(ManualTime().now()),
            store=MemoryStore(),
            directory=directory,
            handler=Script(),
            session=session,
            settings=SlackSettings(api_url=url),
        )
        yield slack


async def test_an_answer_without_what_matters_is_not_taken_for_success(odd: OddSlack) -> None:
    assert isinstance(await odd.chat.post(MAYA, sentence("x"), "d_1"), Wait)
    odd.answers["conversations.open"] = {"ok": True, "channel": {"id": "D1"}}
    assert isinstance(await odd.chat.post(MAYA, sentence("x"), "d_1"), Unclear)
    odd.answers["chat.postMessage"] = {"ok": True, "ts": "1.2"}
    assert await odd.chat.post(MAYA, sentence("x"), "d_1") == Done("D1:1.2")
    assert odd.asked.count("conversations.open") == 2


async def test_a_snooze_that_slack_did_not_set_is_refused(odd: OddSlack) -> None:
    odd.answers["dnd.setSnooze"] = {"ok": True, "snooze_enabled": False, "snooze_is_indefinite": True}
    assert await odd.chat.snooze(MAYA, 30) == Refused("snooze_not_set")


async def test_a_snooze_that_is_always_too_long_ends_the_halving(odd: OddSlack) -> None:
    odd.answers["dnd.setSnooze"] = {"ok": False, "error": "too_long"}
    assert await odd.chat.snooze(MAYA, 1440) == Refused("too_long")
    assert len(odd.asked) == 11


async def test_a_chat_too_long_to_look_through_is_unclear_not_empty(odd: OddSlack) -> None:
    odd.answers["conversations.open"] = {"ok": True, "channel": {"id": "D1"}}
    page = {"ok": True, "messages": [{"ts": "1.1"}], "response_metadata": {"next_cursor": "more"}}
    odd.answers["conversations.history"] = page
    assert isinstance(await odd.chat.find(MAYA, ["d_1"]), Unclear)
    assert odd.asked.count("conversations.history") == HISTORY_PAGES


async def test_a_message_is_found_by_its_block_where_metadata_is_left_out(odd: OddSlack) -> None:
    odd.answers["conversations.open"] = {"ok": True, "channel": {"id": "D1"}}
    stripped = {"ts": "1.2", "blocks": [{"block_id": "d_1"}], "metadata": {"event_type": "boundary_delivery"}}
    odd.answers["conversations.history"] = {"ok": True, "messages": [{"ts": "1.3"}, stripped]}
    assert await odd.chat.find(MAYA, ["d_1"]) == {"d_1": ("D1:1.2",)}


@pytest.mark.parametrize("expires", [10**15, "soon", -(10**18), None, 0])
async def test_a_status_with_an_impossible_end_has_none(odd: OddSlack, expires: object) -> None:
    odd.answers["users.profile.get"] = {
        "ok": True,
        "profile": {"status_text": "x", "status_expiration": expires},
    }
    assert await odd.chat.read_status(MAYA) == Status("x", "", None)


async def test_a_schedule_is_read_and_an_impossible_one_is_none(odd: OddSlack) -> None:
    start, end = datetime(2026, 11, 23, 22, tzinfo=UTC), datetime(2026, 11, 24, 8, tzinfo=UTC)
    times = {"next_dnd_start_ts": int(start.timestamp()), "next_dnd_end_ts": int(end.timestamp())}
    odd.answers["dnd.info"] = {"ok": True, "dnd_enabled": True} | times
    assert await odd.chat.read_dnd(MAYA) == Dnd(start, end)
    odd.answers["dnd.info"] = {"ok": True, "dnd_enabled": True, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}
    assert await odd.chat.read_dnd(MAYA) == Dnd()


async def test_a_limit_without_its_time_waits_a_while(odd: OddSlack) -> None:
    for headers in ({}, {"Retry-After": "soon"}, {"Retry-After": "-1"}):
        odd.answers["users.info"] = lambda headers=headers: web.Response(
            status=429, headers=headers, text="no"
        )
        assert await odd.chat.profile(MAYA) == Wait(RETRY_AFTER, "users.info")


@pytest.mark.parametrize("error", ["ratelimited", "org_login_required"])
async def test_a_limit_told_as_an_error_is_a_limit(odd: OddSlack, error: str) -> None:
    odd.answers["users.info"] = {"ok": False, "error": error}
    assert isinstance(await odd.chat.profile(MAYA), Wait)


@pytest.mark.parametrize("body", ["<html>maintenance</html>", "", "[]", "{"])
@pytest.mark.parametrize("kind", ["text/html", "text/plain", "application/json"])
async def test_a_page_in_place_of_an_answer_is_unclear(odd: OddSlack, body: str, kind: str) -> None:
    odd.answers["users.info"] = lambda: web.Response(text=body, content_type=kind)
    assert isinstance(await odd.chat.profile(MAYA), Unclear)


async def test_who_we_are_is_asked_and_trouble_is_explained(odd: OddSlack) -> None:
    odd.answers["auth.test"] = {"ok": False, "error": "invalid_auth"}
    with pytest.raises(SlackUnreachable, match=r"invalid_auth.*Copy it again"):
        await odd.adapter.identify("xoxb-1")
    odd.answers["auth.test"] = lambda: web.Response(status=503)
    with pytest.raises(SlackUnreachable, match="SLACK_API_URL"):
        await odd.adapter.identify("xoxb-1")


async def test_the_bot_alone_sees_a_schedule_but_no_snooze(stage: Stage) -> None:
    kenji = account("U0KENJI")
    del stage.directory.people[kenji]
    seen = await stage.adapter.chat.read_dnd(kenji)
    assert not isinstance(seen, Outcome)
    assert seen.snoozed_until is None
    assert seen.start is not None
    assert seen.end is not None
    assert seen.end - seen.start == timedelta(hours=10)


WEEK = Message("Week 48", (Chart("Focus kept", ("W48",), (Series("kept", (3,)),), "3 of 4 kept."),))


async def test_where_slack_draws_no_charts_their_words_are_posted(odd: OddSlack) -> None:
    odd.answers["conversations.open"] = {"ok": True, "channel": {"id": "D1"}}
    kinds: list[list[str]] = []

    def answer(body: dict[str, Any]) -> dict[str, Any]:
        kinds.append([block["type"] for block in body["blocks"]])
        refused = {"ok": False, "error": "invalid_blocks"}
        return refused if "data_visualization" in kinds[-1] else {"ok": True, "ts": "1.2"}

    odd.bodies["chat.postMessage"] = answer
    for _ in range(2):
        assert await odd.chat.post(MAYA, WEEK, "d_1") == Done("D1:1.2")
    assert kinds == [["data_visualization", "context"], ["context"], ["context"]]
