"""One server, several workspaces, and the ways around HTTP."""

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.playground.clock import PlaygroundClock
from adapters.playground.faults import Fault, FaultKind
from adapters.playground.records import User
from adapters.playground.seed import empty, install
from adapters.playground.server import PlaygroundServer
from tests.adapters.playground.conftest import ManualTime


async def test_the_token_says_which_workspace_a_call_is_for():
    clock = PlaygroundClock(ManualTime())
    spaces = [empty(clock, team_id=f"T{number}", team_name=f"Team {number}") for number in range(3)]
    bots = [install(space)[0] for space in spaces]
    for space in spaces:
        space.add_user(User("U0MAYA", "maya", "Maya", "Europe/Lisbon"))
    async with PlaygroundServer(*spaces) as server, aiohttp.ClientSession() as http:
        for space, bot in zip(spaces, bots, strict=True):
            client = AsyncWebClient(bot.secret, base_url=server.api_url, session=http, retry_handlers=[])
            assert (await client.auth_test())["team_id"] == space.team_id
            for _ in range(3):
                await client.chat_postMessage(channel="U0MAYA", text=space.team_id)
    assert [{post.text for post in space.audit.posts} for space in spaces] == [{"T0"}, {"T1"}, {"T2"}]
    assert [space.calls_over_limit() for space in spaces] == [0, 0, 0]


async def test_a_direct_call_obeys_limits_and_is_audited(play):
    arguments = {"channel": "U0MAYA", "text": "x"}
    statuses = [
        play.server.api.direct("chat.postMessage", play.seeded.bot.secret, arguments).status for _ in range(4)
    ]
    assert statuses == [200, 200, 200, 429]
    assert play.workspace.audit.outcomes["chat.postMessage", "ratelimited"] == 1
    assert play.workspace.calls_over_limit() == 1


async def test_a_fault_strikes_a_response_url_too(play):
    play.workspace.faults.add(Fault(FaultKind.SERVER_ERROR, "response_url", times=1))
    url = play.workspace.new_response_url("U0SAM", "C0GENERAL")
    for expected in (503, 200):
        async with play.http.post(url, json={"text": "hello"}) as response:
            assert response.status == expected
    assert len(play.workspace.channels["C0GENERAL"].ephemeral) == 1


async def test_the_consent_page_knows_who_is_looking(play):
    async with play.http.get(play.server.url + "/playground/state?as=U0ANA") as response:
        cookie = response.cookies["playground_as"]
    assert (cookie.value, cookie["path"], cookie["samesite"]) == ("U0ANA", "/oauth", "Lax")
    query = {
        "client_id": play.workspace.app.client_id,
        "user_scope": "dnd:read",
        "redirect_uri": "http://127.0.0.1/",
    }
    headers = {"Cookie": "playground_as=U0ANA"}
    url = play.server.url + "/oauth/v2/authorize"
    async with play.http.get(url, params=query, headers=headers) as response:
        assert 'value="U0ANA" selected' in await response.text()


async def test_the_page_is_served_with_a_strict_policy(play):
    async with play.http.get(play.server.url + "/") as response:
        assert (response.status, response.content_type) == (200, "text/html")
        policy = response.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(("host", "shown"), [("::", "[::1]"), ("::1", "[::1]"), ("localhost", "localhost")])
def test_its_address_can_be_opened_wherever_it_listens(host, shown):
    server = PlaygroundServer(empty(PlaygroundClock(ManualTime())), host=host)
    assert server.url.startswith(f"http://{shown}:")


async def test_listening_everywhere_it_is_reached_on_this_machine():
    everywhere = "0.0.0.0"  # noqa: S104 -- that is the point
    async with PlaygroundServer(empty(PlaygroundClock(ManualTime())), host=everywhere) as server:
        assert server.url.startswith("http://127.0.0.1:")
        async with aiohttp.ClientSession() as http, http.get(f"{server.url}/") as response:
            assert response.status == 200
