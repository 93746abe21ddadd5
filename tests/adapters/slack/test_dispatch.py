"""What happens when the application is slow, fails, or the way back to the person is gone."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass, field

import pytest

from adapters.playground.faults import Fault, FaultKind
from adapters.slack.surfaces import Surfaces
from bot.inbound import Command, HomeOpened, Inbound, Mentioned, Pressed, Submitted
from bot.messages.model import Actions, Button, Form, Message, TextField
from bot.ports import Reply
from bot.records import AccountRecord
from tests.support.slack_stage import Stage, account, sentence
from tests.support.waiting import until

FORM = Form("why", "Why now?", "Send", (TextField("reason", "Reason"),))
BUTTON = Message("Choose", (Actions((Button("Yes", "yes"),)),))


@dataclass
class Slow:
    """An application that answers when it is let."""

    reply: Reply
    go: asyncio.Event = field(default_factory=asyncio.Event)
    heard: list[Inbound] = field(default_factory=list)

    async def __call__(self, inbound: Inbound) -> Reply:
        self.heard.append(inbound)
        await self.go.wait()
        return self.reply


@pytest.fixture
def slow(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Slow:
    monkeypatch.setattr("adapters.slack.dispatch.ANSWER_WITHIN", 0.3)
    application = Slow(Reply(message=sentence("Done at last.")))
    stage.adapter._dispatcher._handler = application
    return application


def _boom(_: Inbound) -> Reply:
    raise ValueError("family dinner with xoxb-secret")


async def _tried_again(stage: Stage) -> None:
    """Slack's second attempt has been made."""
    await until(lambda: len(stage.slack.delivery.attempts) >= 2)


async def test_a_slow_command_is_acknowledged_and_answered_later(stage: Stage, slow: Slow) -> None:
    seen = await stage.humans.command("U0SAM", "C0PLATFORM", "/boundary", "today")
    assert seen.ok
    assert "takes longer" in seen.text
    slow.go.set()
    await stage.adapter.close()
    assert [message.text for message in stage.workspace.channels["C0PLATFORM"].ephemeral][
        -1
    ] == "Done at last."


async def test_a_slow_form_says_so_and_then_what_came_of_it(stage: Stage, slow: Slow) -> None:
    await stage.know("U0SAM")
    slow.go.set()
    slow.reply = Reply(form=FORM)
    opened = await stage.humans.command("U0SAM", "C0PLATFORM", "/boundary", "urgent")
    assert opened.view is not None
    slow.go.clear()
    slow.reply = Reply(message=sentence("Maya is told at once."))
    waiting = await stage.humans.submit_view("U0SAM", opened.view["id"], {"reason": {"answer": "x"}})
    assert "takes longer" in json.dumps(waiting.view)
    slow.go.set()
    await stage.adapter.close()
    assert "Maya is told at once." in json.dumps(stage.workspace.views[opened.view["id"]])


async def test_a_slow_event_is_refused_so_that_slack_asks_again(stage: Stage, slow: Slow) -> None:
    await stage.humans.say("U0SAM", "C0PLATFORM", "@maya hello")
    await _tried_again(stage)
    slow.go.set()
    assert stage.slack.delivery.attempts[0].outcome == "http_error"
    assert len({inbound.key for inbound in slow.heard}) == 1


async def test_a_failing_event_is_500_and_comes_again_with_the_same_key(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    stage.script.replies[Mentioned] = _boom
    await stage.humans.say("U0SAM", "C0PLATFORM", "@maya secret words")
    await _tried_again(stage)
    assert len(stage.script.heard) == 2
    assert len({heard.key for heard in stage.script.heard}) == 1
    told = "".join(
        record.getMessage() for record in caplog.records if record.name.startswith("adapters.slack")
    )
    assert "ValueError at test_dispatch.py" in told
    assert "dinner" not in caplog.text
    assert "secret words" not in told


@pytest.mark.parametrize("kind", [Command, Pressed, Submitted])
async def test_a_failure_is_told_to_the_person_who_waits(stage: Stage, kind: type[Inbound]) -> None:
    stage.script.replies[Command] = Reply(message=BUTTON, form=FORM)
    stage.script.replies[kind] = _boom
    seen = await stage.humans.command("U0SAM", "C0PLATFORM", "/boundary", "today")
    shown = seen.text
    if kind is Pressed:
        shown = (await stage.humans.press("U0SAM", seen.messages[0].ts, "yes~0", channel="C0PLATFORM")).text
    if kind is Submitted:
        assert seen.view is not None
        sent = await stage.humans.submit_view("U0SAM", seen.view["id"], {"reason": {"answer": "x"}})
        shown = json.dumps(sent.view)
    assert "nothing was changed" in shown


async def test_a_form_that_does_not_open_is_explained(stage: Stage) -> None:
    stage.script.replies[Command] = Reply(form=FORM)
    stage.workspace.faults.add(Fault(FaultKind.ERROR, "views.open", error="expired_trigger_id"))
    seen = await stage.humans.command("U0SAM", "C0PLATFORM", "/boundary", "urgent")
    assert "once more" in seen.text


async def test_without_a_token_a_command_says_who_can_help(stage: Stage) -> None:
    stage.directory.bots.clear()
    seen = await stage.humans.command("U0SAM", "C0PLATFORM", "/boundary", "today")
    assert "not connected to this workspace" in seen.text
    assert stage.script.heard == []


async def test_a_store_that_fails_is_500_not_a_lost_event(stage: Stage) -> None:
    await stage.store.close()
    await stage.humans.say("U0SAM", "C0PLATFORM", "@maya hello")
    assert {attempt.outcome for attempt in stage.slack.delivery.attempts} == {"http_error"}


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/response/1",
        "http://hooks.slack.com/x",
        "https://hooks.slack.com.evil.example/x",
        "https://hooks.slack.com@evil.example/x",
        "https://hooks.slack.com:8443/x",
        "file:///etc/passwd",
        "",
        "//x",
    ],
)
async def test_an_answer_goes_to_slack_and_to_nobody_else(stage: Stage, url: str) -> None:
    surfaces = Surfaces(stage.adapter.chat.api, stage.directory, stage.http)
    assert await surfaces.respond(url, {"text": "private"}) is False


async def test_a_used_up_response_url_is_no_error_for_the_person(stage: Stage) -> None:
    surfaces = Surfaces(stage.adapter.chat.api, stage.directory, stage.http)
    assert await surfaces.respond(f"{stage.slack.url}/response/T0PLAY/unknown", {"text": "x"}) is False


async def test_the_messages_tab_is_not_home(stage: Stage) -> None:
    stage.workspace.emit({"type": "app_home_opened", "user": "U0MAYA", "tab": "messages", "event_ts": "1.1"})
    await stage.slack.delivery.first_attempts()
    stage.workspace.emit({"type": "app_home_opened", "user": "U0MAYA", "tab": "home", "event_ts": "1.2"})
    await stage.slack.delivery.first_attempts()
    assert isinstance(stage.script.only(), HomeOpened)


@pytest.mark.parametrize(
    "more",
    [
        {"subtype": "message_changed"},
        {"subtype": "channel_join"},
        {"bot_id": "B1"},
        {"user": "USLACKBOT"},
        {"user": None},
        {"user": "U0BOT"},
        {"user_team": "T0OTHER"},
        {"team": "T0OTHER"},
        {"hidden": True},
        {"text": "nobody is named"},
        {"text": "<@U0SAM> <@U0BOT> only the writer and the bot"},
        {"text": "<@U0BOT> later <@U0MAYA> words for the bot"},
    ],
)
async def test_what_is_no_ping_by_a_colleague_is_passed_over(stage: Stage, more: dict[str, object]) -> None:
    message = {
        "type": "message",
        "channel": "C0PLATFORM",
        "channel_type": "channel",
        "user": "U0SAM",
        "ts": "1.1",
    }
    stage.workspace.emit(message | {"text": "<@U0MAYA> hi"} | more)
    await stage.slack.delivery.first_attempts()
    assert stage.script.heard == []
    assert {attempt.outcome for attempt in stage.slack.delivery.attempts} == {"ok"}


async def test_who_presses_and_where_never_mix(stage: Stage) -> None:
    await asyncio.gather(
        *(
            stage.adapter.chat.post(account(user), BUTTON, f"d_{user}")
            for user in ("U0MAYA", "U0SAM", "U0ANA")
        )
    )
    stage.script.replies[Pressed] = lambda pressed: Reply(message=sentence(f"for {pressed.who.user}"))
    posts = {post.channel: post for post in stage.workspace.audit.posts if post.text == "Choose"}
    people = ("U0MAYA", "U0SAM", "U0ANA")
    chats = {user: stage.workspace.direct(user, "U0BOT").id for user in people}
    presses = (
        stage.humans.press(user, posts[chats[user]].ts, "yes~0", channel=chats[user]) for user in people
    )
    assert [seen.text for seen in await asyncio.gather(*presses)] == [f"for {user}" for user in people]


async def test_a_button_in_a_modal_may_replace_what_it_shows(stage: Stage) -> None:
    stage.script.replies[Command] = Reply(form=FORM)
    stage.script.replies[Submitted] = Reply(message=BUTTON)
    stage.script.replies[Pressed] = Reply(message=sentence("Replaced."), replace=True)
    opened = await stage.humans.command("U0SAM", "C0PLATFORM", "/boundary", "urgent")
    assert opened.view is not None
    done = await stage.humans.submit_view("U0SAM", opened.view["id"], {"reason": {"answer": "x"}})
    assert done.view is not None
    seen = await stage.humans.press("U0SAM", done.view["id"], "yes~0")
    assert seen.view is not None
    assert seen.view["id"] == done.view["id"]
    assert "Replaced." in json.dumps(seen.view)


async def test_what_takes_the_place_of_a_delivery_is_still_found_as_one(stage: Stage) -> None:
    chat, who = stage.adapter.chat, account("U0SAM")
    await chat.post(who, BUTTON, "d_urgent")
    place = stage.workspace.direct("U0SAM", "U0BOT")
    (post,) = place.messages.values()
    stage.script.replies[Pressed] = Reply(message=sentence("Noted: fair."), replace=True)
    await stage.humans.press("U0SAM", post.ts, "yes~0", channel=place.id)
    assert (post.text, post.blocks[0]["block_id"]) == ("Noted: fair.", "d_urgent")
    post.metadata = None
    assert await chat.find(who, ("d_urgent",)) == {"d_urgent": (f"{place.id}:{post.ts}",)}


async def _opened_from_a_note(stage: Stage) -> str:
    """Sam has a note in the channel and opens its form; the form's view id."""
    await stage.adapter.chat.note(account("U0SAM"), "C0PLATFORM", BUTTON, "d_note")
    note = stage.workspace.channels["C0PLATFORM"].ephemeral[-1]
    stage.script.replies[Pressed] = Reply(form=FORM)
    opened = await stage.humans.press("U0SAM", note.ts, "yes~0", channel="C0PLATFORM")
    assert opened.view is not None
    return str(opened.view["id"])


def _notes(stage: Stage) -> list[str]:
    return [message.text for message in stage.workspace.channels["C0PLATFORM"].ephemeral]


async def test_a_note_says_what_its_form_came_to(stage: Stage) -> None:
    view = await _opened_from_a_note(stage)
    stage.script.replies[Submitted] = Reply(errors={"reason": "Write why."})
    await stage.humans.submit_view("U0SAM", view, {"reason": {"answer": "x"}})
    assert _notes(stage) == ["Choose"]
    stage.script.replies[Submitted] = Reply(message=sentence("On its way."), replace=True)
    done = await stage.humans.submit_view("U0SAM", view, {"reason": {"answer": "x"}})
    assert "On its way." in json.dumps(done.view)
    await stage.adapter.close()
    assert _notes(stage) == ["On its way."]


async def test_a_note_that_its_form_does_not_settle_stays(stage: Stage) -> None:
    view = await _opened_from_a_note(stage)
    stage.script.replies[Submitted] = Reply(message=sentence("Noted."))
    await stage.humans.submit_view("U0SAM", view, {"reason": {"answer": "x"}})
    await stage.adapter.close()
    assert _notes(stage) == ["Choose"]


async def test_a_profile_that_does_not_come_in_time_is_done_without(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.dispatch.PROFILE_WITHIN", 0.05)
    stage.workspace.faults.add(Fault(FaultKind.SLOW_ANSWER, "users.info", seconds=0.5))
    assert (await stage.humans.command("U0SAM", "C0PLATFORM", "/boundary", "today")).ok
    heard = stage.script.only()
    assert isinstance(heard, Command)
    assert heard.profile is None


async def test_a_vault_that_does_not_open_is_500_and_its_reason_stays_here(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Locked(type(stage.directory)):  # type: ignore[misc]  # the class of a value
        async def bot_token(self, tenant: str) -> str | None:
            raise ValueError("xoxb-secret")

    monkeypatch.setattr(stage.directory, "__class__", Locked)
    await stage.humans.say("U0SAM", "C0PLATFORM", "@maya hello")
    assert {attempt.outcome for attempt in stage.slack.delivery.attempts} == {"http_error"}
    assert "xoxb-secret" not in caplog.text


async def test_typed_words_whose_answer_is_lost_are_not_asked_again(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.script.replies[Command] = Reply(message=sentence("Focus until 15:00."))
    stage.workspace.faults.add(Fault(FaultKind.SERVER_ERROR, "chat.postMessage"))
    chat = stage.workspace.direct("U0MAYA", "U0BOT")
    await stage.humans.say("U0MAYA", chat.id, "focus 90m")
    assert {attempt.outcome for attempt in stage.slack.delivery.attempts} == {"ok"}
    assert "was not delivered: Unclear" in caplog.text


def _looked_up(stage: Stage) -> int:
    return stage.workspace.audit.arrivals["users.info"]


async def test_whoever_mentions_somebody_who_uses_us_is_looked_up_once(stage: Stage) -> None:
    await stage.humans.say("U0SAM", "C0PLATFORM", "@maya hello")
    assert _looked_up(stage) == 0  # nobody there uses us
    enrolled = AccountRecord(account("U0MAYA"), person="p_maya", name="Maya")
    await stage.store.write(lambda tx: tx.accounts.put(enrolled))
    await stage.humans.say("U0SAM", "C0PLATFORM", "@maya hello again")
    assert _looked_up(stage) == 1
    heard = stage.script.heard[-1]
    assert {user: known.name for user, known in heard.profiles.items()} == {"U0SAM": "Sam Rivera"}
    sam = AccountRecord(account("U0SAM"), name="Sam Rivera")
    await stage.store.write(lambda tx: tx.accounts.put(sam))
    await stage.humans.say("U0SAM", "C0PLATFORM", "@maya hello once more")
    assert _looked_up(stage) == 1


async def test_people_named_in_a_command_are_looked_up(stage: Stage) -> None:
    await stage.know("U0SAM")
    await stage.humans.command("U0SAM", "C0PLATFORM", "/later", "@kenji hello")
    told = stage.script.only().profiles
    assert {user: known.name for user, known in told.items()} == {"U0KENJI": "Kenji Mori"}
