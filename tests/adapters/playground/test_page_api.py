"""The JSON API of the workspace's own page."""

import asyncio
import json
from datetime import timedelta

import aiohttp
import pytest
from yarl import URL

from adapters.playground.clock import PlaygroundClock
from adapters.playground.seed import seed
from adapters.playground.server import PlaygroundServer

STATE_KEYS = {
    "now",
    "began",
    "speed",
    "me",
    "bot",
    "version",
    "users",
    "channels",
    "commands",
    "completions",
    "shortcuts",
    "home",
    "modal",
}


async def test_the_state_is_what_one_viewer_may_see(play):
    state = await play.get("/playground/state", **{"as": "U0SAM"})
    assert set(state) == STATE_KEYS
    names = {channel["name"]: channel["kind"] for channel in state["channels"]}
    assert (names["leads"], names["general"], names["Maya Costa"]) == ("private", "public", "im")
    mayas = await play.get("/playground/state", **{"as": "U0MAYA"})
    assert "leads" not in {channel["name"] for channel in mayas["channels"]}
    connected = {user["id"]: user["connected"] for user in state["users"]}
    assert (connected["U0MAYA"], connected["U0LEE"]) == (True, False)


async def test_status_and_snooze_are_shown_beside_the_name(play):
    until = int(play.workspace.epoch()) + 60
    await play.act("U0MAYA", "set_status", text="Lunch", emoji=":stew:", expiration=until)
    await play.act("U0MAYA", "set_snooze", minutes=5)
    maya = {user["id"]: user for user in (await play.get("/playground/state", **{"as": "U0SAM"}))["users"]}[
        "U0MAYA"
    ]
    assert (maya["status"]["text"], maya["status"]["emoji"]) == ("Lunch", ":stew:")
    assert maya["status"]["expires"].endswith("Z")
    assert maya["snoozed_until"].endswith("Z")
    await play.act("U0MAYA", "set_snooze", minutes=0)
    assert play.workspace.users["U0MAYA"].snooze_until == 0


async def test_unread_counts_until_the_conversation_is_read(play):
    await play.act("U0SAM", "say", channel="D0MAYA0SAM", text="hello")

    async def unread(viewer: str) -> int:
        state = await play.get("/playground/state", **{"as": viewer})
        return {channel["id"]: channel["unread"] for channel in state["channels"]}["D0MAYA0SAM"]

    assert (await unread("U0MAYA"), await unread("U0SAM")) == (1, 0)
    await play.get("/playground/messages", **{"as": "U0MAYA", "channel": "D0MAYA0SAM"})
    assert await unread("U0MAYA") == 0


async def test_messages_of_a_foreign_conversation_are_not_found(play):
    answer = await play.get("/playground/messages", **{"as": "U0LEE", "channel": "D0MAYA0SAM"})
    assert answer == {"ok": False, "error": "channel_not_found"}


async def test_a_command_and_a_button_work_from_the_page(play, bolt):
    button = {"type": "button", "action_id": "b", "text": {"type": "plain_text", "text": "B"}}

    @bolt.app.command("/focus")
    async def focus(ack, command):
        await ack(text=command["text"], blocks=[{"type": "actions", "elements": [button]}])

    @bolt.app.action("b")
    async def pressed(ack):
        await ack()

    assert await play.act("U0SAM", "command", channel="C0GENERAL", text="/focus 90m") == {"ok": True}
    note = play.workspace.channels["C0GENERAL"].ephemeral[0]
    assert note.text == "90m"
    assert (await play.act("U0SAM", "press", channel="C0GENERAL", ts=note.ts, action_id="b"))["ok"] is True
    assert (await play.act("U0SAM", "dismiss", channel="C0GENERAL", ts=note.ts))["ok"] is True
    assert play.workspace.channels["C0GENERAL"].ephemeral == []


async def test_a_form_is_filled_in_from_the_page(play, bolt):
    @bolt.app.view("f")
    async def save(ack):
        await ack(response_action="errors", errors={"n": "No"})

    text = {"type": "plain_text", "text": "N"}
    entry = {"type": "input", "block_id": "n", "label": text,
             "element": {"type": "plain_text_input", "action_id": "a"}}  # fmt: skip
    view = {"type": "modal", "callback_id": "f", "title": text, "submit": text, "blocks": [entry]}
    await play.bot.views_open(trigger_id=play.workspace.new_trigger("U0SAM"), view=view)
    modal = (await play.get("/playground/state", **{"as": "U0SAM"}))["modal"]
    answer = await play.act("U0SAM", "submit_view", view_id=modal["id"], values={"n": {"a": "x"}})
    assert (answer["ok"], answer["errors"], answer["view"]["id"]) == (False, {"n": "No"}, modal["id"])
    assert (await play.act("U0SAM", "close_view", view_id=modal["id"]))["ok"] is True
    assert (await play.get("/playground/state", **{"as": "U0SAM"}))["modal"] is None


@pytest.mark.parametrize(
    ("act", "details", "error"),
    [
        ("dance", {}, "bad_request"),
        ("say", {"channel": "C0GENERAL"}, "bad_request"),
        ("say", {"channel": "C0NONE", "text": "x"}, "channel_not_found"),
        ("clock", {"speed": -1}, "bad_request"),
        ("clock", {"jump": "2020-01-01T00:00:00Z"}, "bad_request"),
        ("clock", {"next_change": True}, "nothing_changes"),
    ],
)
async def test_what_cannot_be_done_is_refused_with_a_reason(play, act, details, error):
    answer = await play.act("U0SAM", act, **details)
    assert answer["ok"] is False
    assert error in answer["error"]


async def test_the_clock_is_driven_from_the_page(play):
    await play.act("U0SAM", "clock", speed=0)
    assert (await play.get("/playground/state", **{"as": "U0SAM"}))["speed"] == 0
    later = play.clock.now() + timedelta(hours=2)
    assert (await play.act("U0SAM", "clock", jump=later.isoformat()))["ok"] is True
    assert play.clock.now() == later


async def test_the_bot_answers_insight_and_the_next_change():
    from tests.adapters.playground.conftest import ManualTime

    clock = PlaygroundClock(ManualTime())
    at = clock.now() + timedelta(hours=1)

    async def insight(person: str) -> dict:
        return {"person": person}

    async def next_change():
        return at

    server = PlaygroundServer(seed(clock).workspace, insight=insight, next_change=next_change)
    async with server, aiohttp.ClientSession() as http:
        async with http.get(server.url + "/playground/insight?person=U0MAYA") as response:
            assert await response.json() == {"person": "U0MAYA"}
        body = {"as": "U0MAYA", "act": "clock", "next_change": True}
        async with http.post(server.url + "/playground/act", json=body) as response:
            assert await response.json() == {"ok": True}
    assert clock.now() == at


async def test_the_stream_tells_of_each_change(play):
    async with play.http.get(play.server.url + "/playground/stream?as=U0SAM") as response:
        assert response.content_type == "text/event-stream"

        async def version() -> int:
            line = await asyncio.wait_for(response.content.readline(), 5)
            await response.content.readline()
            return json.loads(line.removeprefix(b"data: "))["version"]

        before = await version()
        await play.act("U0SAM", "say", channel="C0GENERAL", text="x")
        assert await version() > before


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Origin": "null"}]
)
async def test_other_hosts_and_origins_are_refused(play, headers):
    async with play.http.get(play.server.url + "/playground/state?as=U0SAM", headers=headers) as response:
        assert response.status == 403


async def test_a_foreign_form_cannot_act(play):
    async with play.http.post(play.server.url + "/playground/act", data={"act": "say"}) as response:
        assert response.status == 415


@pytest.mark.parametrize("path", ["/%2e%2e/server.py", "/..%2fserver.py", "/server.py", "/.hidden.js"])
async def test_only_the_pages_own_files_are_served(play, path):
    async with play.http.get(URL(play.server.url + path, encoded=True)) as response:
        assert response.status == 404


@pytest.mark.parametrize("path", ["/playground/act", "/playground/faults", "/response/T0PLAY/none"])
async def test_a_body_of_endless_depth_is_refused(play, path):
    headers = {"Content-Type": "application/json"}
    async with play.http.post(play.server.url + path, data=b"[" * 100_000, headers=headers) as answer:
        assert answer.status in {400, 404}
