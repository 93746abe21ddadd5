"""What a signed request may hold: any shape is answered, nothing of it is quoted, nobody is led astray."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from urllib.parse import urlencode

import pytest

from adapters.slack.surfaces import Surfaces
from bot.app import App
from bot.inbound import Command, Mentioned
from bot.messages.actions import Act, FormId
from bot.ports import Reply
from tests.support.slack_stage import Stage, raised_stage, sentence
from tests.support.story import PlainVault, SmallCalendars
from tests.support.waiting import until

MARK = "words-of-somebody"
ROUNDS = 400
Json = dict[str, Any]

TEAM = {"id": "T0PLAY"}
USER = {"id": "U0MAYA", "team_id": "T0PLAY"}
ODD: tuple[Any, ...] = (
    *(None, 1, -1, True, [], {}, "", MARK, "\ud800", "x" * 300, [None], {"id": None}, 1e308, 10**30),
    *([{}], "U0SAM", {"id": "U0SAM"}),
)
MESSAGE = {
    "type": "message",
    "channel": "C0PLATFORM",
    "channel_type": "channel",
    "user": "U0SAM",
    "text": f"<@U0MAYA> {MARK}",
    "ts": "1.2",
    "thread_ts": "1.1",
    "client_msg_id": "m",
    "team": "T0PLAY",
}
PROFILE = {"status_text": MARK, "status_emoji": ":x:", "status_expiration": 0}
EVENTS: tuple[Json, ...] = (
    MESSAGE,
    MESSAGE | {"channel_type": "im", "channel": "D0BOT0SAM", "text": "today"},
    {"type": "app_mention", "channel": "C0PLATFORM", "user": "U0SAM", "text": "<@U0BOT> today", "ts": "1.2"},
    {"type": "app_home_opened", "user": "U0SAM", "tab": "home", "channel": "D1"},
    {"type": "user_change", "user": {"id": "U0SAM", "tz": "Europe/Lisbon", "profile": PROFILE}},
    {"type": "tokens_revoked", "tokens": {"oauth": ["U0LEE"], "bot": []}},
)


def seeds(number: int) -> tuple[Json, ...]:
    """One payload of every kind, as Slack sends it; `number` makes its ids new and picks what it asks for."""
    who = {"team": TEAM, "user": USER, "trigger_id": f"t{number}"}
    acts, forms = list(Act), list(FormId)
    act, form = acts[number % len(acts)], forms[number % len(forms)]
    value = ("", "h_x", "..", "2026-01-01..2026-01-02", "was:", "a:b:c", "x" * 300)[number % 7]
    words = ("", MARK, "2026-01-01", "9", "daily 1:00-2:00", "U0SAM,U0LEE")[number % 6]
    names = ("to", "text", "needs_by", "reason", "hours", "zone", "style", "first", "name", "when", "kind")
    view = {"id": "V1", "hash": "h", "type": "modal", "callback_id": form, "private_metadata": value}
    state = {"values": {name: {"answer": {"value": words}} for name in names}}
    action = {"action_id": f"{act}~1", "value": value, "type": "button", "block_id": "b"}
    message = {"type": "message", "user": "U0SAM", "text": MARK, "ts": "1.2"}
    return (
        {"type": "block_actions", "container": {"type": "message"}, "actions": [action]} | who,
        {"type": "block_actions", "view": {"type": "home", "id": "V1"}, "actions": [action]} | who,
        {"type": "view_submission", "view": view | {"state": state}} | who,
        {
            "type": "message_action",
            "callback_id": "deliver_when_available",
            "channel": {"id": "C0PLATFORM"},
            "message": message,
        }
        | who,
        *(
            {"type": "event_callback", "team_id": "T0PLAY", "event_id": f"Ev{number}", "event": event}
            for event in EVENTS
        ),
    )


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place inside a payload, as the keys that lead there."""
    if at:
        yield at
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        yield from places(each, (*at, key))


def spoiled(payload: Json, chance: random.Random) -> Json:
    """The payload with one to three things gone or replaced by something odd."""
    spoiled = deepcopy(payload)
    for _ in range(chance.randint(1, 3)):
        *way, last = chance.choice(list(places(spoiled)) or [("type",)])
        inner: Any = spoiled
        for key in way:
            inner = inner[key]
        if isinstance(inner, list) or chance.random() < 0.6:
            inner[last] = chance.choice(ODD)
        else:
            inner.pop(last, None)
    return spoiled


async def _post(stage: Stage, raw: bytes, kind: str) -> int:
    headers = stage.slack.delivery.signed(raw) | {"Content-Type": kind}
    async with stage.http.post(f"{stage.bot_url}/slack/events", data=raw, headers=headers) as response:
        return response.status


async def _send(stage: Stage, payload: Json) -> int:
    if payload.get("type") == "event_callback":
        return await _post(stage, json.dumps(payload).encode(), "application/json")
    form = urlencode({"payload": json.dumps(payload)}).encode()
    return await _post(stage, form, "application/x-www-form-urlencoded")


@pytest.mark.parametrize("seed", range(3))
async def test_a_signed_payload_of_any_shape_is_answered_and_never_quoted(
    stage: Stage, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    stage.workspace.limits.enabled = False
    app = App(
        store=stage.store,
        clock=stage.clock,
        vault=PlainVault(),
        calendars=SmallCalendars(),
        poke=lambda: None,
        public_url=stage.bot_url,
        connect_enabled=True,
    )
    await app.begin()
    stage.adapter._dispatcher._handler = app.handle
    chance = random.Random(seed)
    for number in range(ROUNDS):
        payload = chance.choice(seeds(number))
        status = await _send(stage, spoiled(payload, chance) if number % 5 else payload)
        assert status in {200, 400, 401}, (status, payload)  # 401: the same bytes came before
    ours = "".join(record.getMessage() for record in caplog.records if record.name.startswith("adapters"))
    assert MARK not in ours
    assert "Traceback" not in caplog.text
    assert "Task exception" not in caplog.text


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.slack.com.evil.example/x",
        "https://hooks.slack.com@evil.example/x",
        "https://hooks.slack.com\\@evil.example/x",
        "https://hooks.slack.com:8443/x",
        "http://hooks.slack.com/x",
        "https://[hooks.slack.com/x",
        "//hooks.slack.com/x",
        "file:///etc/passwd",
        "http://169.254.169.254/latest",
        "",
    ],
)
async def test_a_private_answer_goes_to_slack_and_to_no_other_host(
    stage: Stage, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    surfaces = Surfaces(stage.adapter.chat.api, stage.directory, stage.http)
    assert await surfaces.respond(url, {"text": MARK}) is False
    assert "leads elsewhere than to Slack" in caplog.text
    assert "slack.com" not in caplog.text
    assert MARK not in caplog.text


async def test_what_cannot_be_stored_is_cleaned_over_the_socket_too() -> None:
    async with raised_stage() as stage:
        stage.workspace.app.request_url = None
        await stage.adapter.start_socket()
        await until(lambda: bool(stage.slack.delivery.sockets))
        stage.script.replies[Command] = Reply(message=sentence("Heard."))
        event = MESSAGE | {"thread_ts": "1.1\ud800\x00"}
        assert await stage.slack.delivery.resend(stage.slack.delivery.envelope(event), retry=0) == "ok"
        heard = stage.script.only()
        assert isinstance(heard, Mentioned)
        assert heard.thread.encode() == "1.1\ufffd".encode()
