"""The same story without a public address: Socket Mode, its repeats, its reconnects, its silences."""

from __future__ import annotations

import asyncio
import json
import logging

import pytest

from adapters.playground.faults import Fault, FaultKind
from adapters.slack.adapter import SlackSettings, SlackUnreachable
from bot.inbound import Command, Inbound, Mentioned, Submitted
from bot.messages.model import Form, TextField
from bot.ports import Reply
from tests.support.slack_stage import Stage, raised_stage, sentence
from tests.support.waiting import until

FORM = Form("why", "Why now?", "Send", (TextField("reason", "Reason"),))


@pytest.fixture
async def socket(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    stage.workspace.app.request_url = None
    stage.adapter._socket._ping = 0.1
    await stage.adapter.start_socket()
    await until(lambda: bool(stage.slack.delivery.sockets))
    return stage


async def test_commands_forms_and_mentions_work_over_the_socket(socket: Stage) -> None:
    socket.script.replies[Command] = Reply(message=sentence("Your day."), form=FORM)
    socket.script.replies[Submitted] = Reply(errors={"reason": "Say it in a few words."})
    seen = await socket.humans.command("U0SAM", "C0PLATFORM", "/boundary", "about the payload")
    assert seen.text == "Your day."
    assert seen.view is not None
    sent = await socket.humans.submit_view("U0SAM", seen.view["id"], {"reason": {"answer": "x"}})
    assert sent.errors == {"reason": "Say it in a few words."}
    await socket.humans.say("U0SAM", "C0PLATFORM", "@maya hello")
    kinds = [type(heard) for heard in socket.script.heard]
    assert kinds == [Command, Submitted, Mentioned]


async def test_a_repeated_envelope_waits_for_the_first_one_and_is_acknowledged(socket: Stage) -> None:
    event = {"type": "app_home_opened", "user": "U0MAYA", "tab": "home", "event_ts": "1.1"}
    payload = socket.slack.delivery.envelope(event)
    assert [await socket.slack.delivery.resend(payload, retry=number) for number in range(3)] == ["ok"] * 3
    assert len(socket.script.heard) == 1


async def test_a_failed_event_is_not_acknowledged_and_may_come_again(socket: Stage) -> None:
    failures = iter([True, False])

    def once_broken(_: Inbound) -> Reply:
        if next(failures):
            raise OSError("disk full")
        return Reply()

    socket.script.replies[Mentioned] = once_broken
    socket.slack.delivery.deadline = 0.3
    await socket.humans.say("U0SAM", "C0PLATFORM", "@maya hello")
    await until(lambda: len(socket.script.heard) == 2)
    await until(lambda: len(socket.slack.delivery.attempts) == 2)
    assert [attempt.outcome for attempt in socket.slack.delivery.attempts] == ["http_timeout", "ok"]
    assert len({heard.key for heard in socket.script.heard}) == 1


async def test_a_refreshed_connection_is_made_again(socket: Stage) -> None:
    before = socket.slack.delivery.sockets[0]
    await socket.slack.socket_mode.disconnect_all()
    await until(
        lambda: bool(socket.slack.delivery.sockets) and socket.slack.delivery.sockets[0] is not before
    )
    async with asyncio.timeout(5):  # the SDK may replace its connection twice, and lose what came in between
        while not (  # noqa: ASYNC110 -- a person tries again
            await socket.humans.command("U0SAM", "C0PLATFORM", "/boundary", "today")
        ).ok:
            await asyncio.sleep(0.05)
    assert isinstance(socket.script.heard[-1], Command)


async def test_a_silent_connection_is_replaced(socket: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    before = socket.slack.delivery.sockets[0]
    client = socket.adapter._socket._client
    assert client is not None
    client.ping_interval = 60.0  # no ping of the SDK's own any more
    assert client.current_session_monitor is not None
    client.current_session_monitor.cancel()
    await asyncio.sleep(0.3)  # the last answer to a ping has been noticed
    socket.time.advance(3600)
    await until(
        lambda: bool(socket.slack.delivery.sockets) and socket.slack.delivery.sockets[0] is not before
    )
    assert "silent for too long" in caplog.text
    assert "xapp-" not in caplog.text
    assert "ticket=" not in caplog.text


async def test_a_reconnect_that_fails_is_tried_again(socket: Stage) -> None:
    fault = Fault(FaultKind.SERVER_ERROR, "apps.connections.open", times=1)
    socket.workspace.faults.add(fault)
    before = socket.slack.delivery.sockets[0]
    await socket.adapter._socket._try_to_reconnect()
    assert socket.slack.delivery.sockets[0] is before
    await socket.adapter._socket._try_to_reconnect()
    await until(
        lambda: bool(socket.slack.delivery.sockets) and socket.slack.delivery.sockets[0] is not before
    )


async def test_closing_lets_an_answer_under_way_finish(socket: Stage) -> None:
    gate = asyncio.Event()

    async def patient(inbound: Inbound) -> Reply:
        await gate.wait()
        socket.script.heard.append(inbound)
        return Reply()

    socket.adapter._dispatcher._handler = patient
    command = asyncio.create_task(socket.humans.command("U0SAM", "C0PLATFORM", "/boundary", json.dumps({})))
    await asyncio.sleep(0.05)
    closing = asyncio.create_task(socket.adapter.close())
    await asyncio.sleep(0.05)
    gate.set()
    await closing
    assert len(socket.script.heard) == 1
    command.cancel()
    await asyncio.gather(command, return_exceptions=True)


async def test_without_an_app_token_it_says_what_is_missing() -> None:
    async with raised_stage(SlackSettings(signing_secrets=("s",))) as stage:
        with pytest.raises(SlackUnreachable, match="SLACK_APP_TOKEN"):
            await stage.adapter.start_socket()
