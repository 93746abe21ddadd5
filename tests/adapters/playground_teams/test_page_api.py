"""What the page asks about the tenant, and what people do on it."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import pytest

from adapters.playground.clock import PlaygroundClock
from adapters.playground.seed import seed
from adapters.playground.server import PlaygroundServer
from adapters.playground.teams.records import Preferred
from adapters.playground.teams.seed import seed_teams
from tests.support.slack_stage import START, ManualTime
from tests.support.teams_wire import CREW, GENERAL, MAYA, Answer, Stage, card, paragraph, text
from tests.support.waiting import until

STATE, ACT = "/playground/teams/state?as=29:", "/playground/teams/act"


async def read(stage: Stage, path: str) -> Any:
    return (await stage.ask("GET", stage.server.url + path)).body


async def act(stage: Stage, what: str, user: str = "29:maya", **details: Any) -> Answer:
    return await stage.ask("POST", stage.server.url + ACT, {"as": user, "what": what, "details": details})


async def messages(stage: Stage, user: str, conversation: str) -> list[Any]:
    """What the person sees there, without what was said before the test."""
    path = f"/playground/teams/messages?as={user}&conversation={conversation}"
    shown = (await read(stage, path))["messages"]
    return [one for one in shown if datetime.fromisoformat(one["at"]) >= START]


async def test_the_state_is_that_of_the_viewer(stage: Stage) -> None:
    state = await read(stage, STATE + "ana")

    assert (state["me"], state["installed"], state["bot"]) == ("29:ana", False, stage.world.app.bot_id)
    assert [(one["name"], one["kind"], one["team"]) for one in state["conversations"]] == [
        ("General", "channel", "Platform"),
        ("Release crew", "groupChat", ""),
        ("Platform core", "groupChat", ""),
    ]
    people = {one["name"]: one for one in state["users"]}
    assert people["Kenji Mori"]["local_time"] == "18:00"
    assert people["Noor Haddad"]["guest"]
    assert people["Boundary Bot"]["is_bot"]


async def test_targeted_messages_and_views_show_to_their_own_only(stage: Stage) -> None:
    stage.world.app.targeted = True
    private = text("Only Maya", recipient={"id": "29:maya"})
    await stage.send(CREW, private, "?isTargetedActivity=true")
    await stage.send(CREW, text("Everybody"))

    assert [one["text"] for one in await messages(stage, "29:maya", CREW)] == ["Only Maya", "Everybody"]
    assert [one["text"] for one in await messages(stage, "29:kenji", CREW)] == ["Everybody"]


async def test_unread_counts_what_others_wrote_since_the_last_look(stage: Stage) -> None:
    await stage.send(MAYA, text("One"))
    await act(stage, "say", conversation=MAYA, text="mine")

    def unread(state: Any) -> int:
        return next(one["unread"] for one in state["conversations"] if one["id"] == MAYA)

    assert unread(await read(stage, STATE + "maya")) == 1
    await messages(stage, "29:maya", MAYA)
    assert unread(await read(stage, STATE + "maya")) == 0


async def test_people_write_press_and_see_toasts(stage: Stage) -> None:
    go = {"type": "Action.Execute", "title": "Go", "verb": "go", "data": {}}
    post = (await stage.send(MAYA, card(paragraph("Hello"), actions=(go,)))).body["id"]
    stage.bot.body = {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "Ok"}
    pressed = await act(stage, "press", conversation=MAYA, id=post, action="Go")
    said = await act(stage, "say", conversation=GENERAL, text="Hi @Kenji")

    assert pressed.body == {"ok": True, "toast": "Ok", "id": post}
    shown = (await messages(stage, "29:kenji", GENERAL))[0]
    assert (shown["id"], shown["mentions"]) == (said.body["id"], [{"id": "29:kenji", "text": "@Kenji"}])


async def test_presence_and_status_message_are_set_on_the_page(stage: Stage) -> None:
    await act(stage, "set_presence", availability="BeRightBack")
    await act(stage, "set_status_message", text="Back at ten")
    maya = (await read(stage, STATE + "kenji"))["users"][0]

    assert maya["presence"] == {"availability": "BeRightBack", "activity": "BeRightBack"}
    assert maya["status_message"] == {"text": "Back at ten", "expires": None}


@pytest.mark.parametrize(
    ("what", "user", "details", "status"),
    [
        ("fly", "29:maya", {}, 400),
        ("say", "29:nobody", {"conversation": CREW, "text": "x"}, 400),
        ("say", "29:maya", {"text": "x"}, 400),
        ("set_presence", "29:maya", {"availability": "Asleep"}, 400),
        ("say", "29:kenji", {"conversation": MAYA, "text": "x"}, 200),
    ],
)
async def test_what_cannot_be_done_says_why(
    stage: Stage, what: str, user: str, details: dict[str, Any], status: int
) -> None:
    answer = await act(stage, what, user, **details)

    assert answer.status == status
    assert answer.body["ok"] is False
    assert answer.body["error"]


async def test_another_origin_gets_nothing(stage: Stage) -> None:
    elsewhere = {"Origin": "http://evil.example"}
    for path in (STATE + "maya", "/teams/openid/.well-known/keys"):
        async with stage.http.get(stage.server.url + path, headers=elsewhere) as response:
            assert response.status == 403
    async with stage.http.get(
        stage.server.url + STATE + "maya", headers={"Host": "evil.example"}
    ) as response:
        assert response.status == 403
    async with stage.http.post(stage.server.url + ACT, data="{}") as response:
        assert response.status == 415


async def test_faults_and_posts_are_there_for_tests(stage: Stage) -> None:
    url = stage.server.url + "/playground/teams/"
    order = {"add": [{"kind": "error", "error": "BotDisabledByAdmin", "method": "activities.send"}]}
    assert (await stage.ask("POST", url + "faults", order)).body["faults"][0]["error"] == "BotDisabledByAdmin"
    assert (await stage.send(MAYA, text("x"))).code == "BotDisabledByAdmin"
    await stage.ask("POST", url + "faults", {"clear": True})
    await stage.send(MAYA, text("y", channelData={"delivery": "d-1"}))

    posts = await read(stage, "/playground/teams/posts")
    assert [(one["text"], one["delivery"]) for one in posts["posts"][-1:]] == [("y", "d-1")]
    assert posts["arrivals"]["activities.send"] == 2
    assert (await read(stage, "/playground/teams/calls"))["outcomes"]["activities.send"]["ok"] == 1
    assert (await stage.ask("POST", url + "faults", {"add": [{"kind": "no such"}]})).status == 400


@pytest.fixture
async def both() -> AsyncIterator[tuple[PlaygroundServer, aiohttp.ClientSession]]:
    clock = PlaygroundClock(ManualTime())
    async with (
        PlaygroundServer(seed(clock).workspace, teams=seed_teams(clock)) as server,
        aiohttp.ClientSession() as http,
    ):
        yield server, http


async def test_the_page_knows_who_is_the_same_human(
    both: tuple[PlaygroundServer, aiohttp.ClientSession],
) -> None:
    server, http = both
    async with http.get(f"{server.url}/playground/state?as=U0MAYA") as response:
        users = (await response.json())["users"]

    twins = {one["id"]: one["teams"] for one in users}
    assert (twins["U0MAYA"], twins["U0SAM"]) == ("29:maya", None)


async def test_the_page_s_stream_ticks_when_the_tenant_changes(
    both: tuple[PlaygroundServer, aiohttp.ClientSession],
) -> None:
    server, http = both
    async with http.get(f"{server.url}/playground/stream") as response:
        first = await response.content.readline()
        await response.content.readline()
        server.teams_humans.set_presence("29:maya", "Busy")
        assert await response.content.readline() != first


async def test_the_page_offers_what_the_app_declares(stage: Stage) -> None:
    stage.world.app.commands = (("today", "Your day"),)
    state = await read(stage, STATE + "maya")

    assert state["commands"] == [{"title": "today", "description": "Your day"}]
    assert [one["id"] for one in state["actions"]] == ["deliver_when_available"]


async def test_presences_end_by_themselves_and_the_page_hears_of_it(stage: Stage) -> None:
    now = stage.world.now()
    stage.maya.preferred = Preferred("Busy", "Busy", now + timedelta(hours=1), by="app")
    before, clock = stage.world.version, stage.world.clock
    assert isinstance(clock, PlaygroundClock)
    clock.jump(now + timedelta(hours=1))

    await until(lambda: stage.world.version > before)
    assert stage.maya.preferred is None
