"""What people do in Slack reaches the application as values, and its replies reach their screens."""

from __future__ import annotations

import json

import pytest

from adapters.playground.modals import home
from bot.inbound import (
    Command,
    Disconnected,
    HomeOpened,
    Mentioned,
    PersonRef,
    Pressed,
    Profile,
    ShortcutUsed,
    StatusChanged,
    Submitted,
)
from bot.messages.model import Actions, Button, Form, Message, Plain, Row, TextField
from bot.ports import Reply
from tests.support.slack_stage import TENANT, Stage, account, sentence

FORM = Form("why", "Why now?", "Send", (TextField("reason", "Reason"),), context="h_1")
BUTTONS = Message("Choose", (Actions((Button("Yes", "yes", "v1"), Button("No", "no"))),))


async def test_a_command_arrives_as_words_and_people_and_its_reply_is_private(stage: Stage) -> None:
    stage.script.replies[Command] = Reply(message=sentence("Held until 19:30."))
    seen = await stage.humans.command("U0SAM", "C0PLATFORM", "/later", "@maya look at <the> draft & reply")
    heard = stage.script.only()
    assert isinstance(heard, Command)
    assert (heard.who, heard.word, heard.channel) == (account("U0SAM"), "later", "C0PLATFORM")
    assert heard.text == (PersonRef("U0MAYA", "maya"), " look at <the> draft & reply")
    assert heard.key.startswith("slack:trigger:")
    assert seen.text == "Held until 19:30."
    assert [message.viewer for message in seen.messages] == ["U0SAM"]


@pytest.mark.parametrize("text", ["about the payload schema", "payload=1", "payload", "a&payload={}"])
async def test_a_command_with_the_word_payload_is_not_lost(stage: Stage, text: str) -> None:
    assert (await stage.humans.command("U0SAM", "C0PLATFORM", "/boundary", text)).ok
    heard = stage.script.only()
    assert isinstance(heard, Command)
    assert "".join(map(str, heard.text)) == text


async def test_a_stranger_comes_with_a_profile_and_an_acquaintance_without_a_call(stage: Stage) -> None:
    await stage.humans.command("U0KENJI", "C0GENERAL", "/boundary", "today")
    await stage.know("U0KENJI", "Asia/Tokyo")
    await stage.humans.command("U0KENJI", "C0GENERAL", "/boundary", "today")
    first, second = stage.script.heard
    assert isinstance(first, Command)
    assert isinstance(second, Command)
    assert first.profile == Profile("Kenji Mori", "Asia/Tokyo", "en-US")
    assert second.profile is None
    assert stage.workspace.audit.arrivals["users.info"] == 1


async def test_a_command_may_open_a_form_and_a_sent_form_says_what_will_happen(stage: Stage) -> None:
    stage.script.replies[Command] = Reply(form=FORM)
    stage.script.replies[Submitted] = Reply(message=sentence("Maya is told at once."))
    opened = await stage.humans.command("U0SAM", "C0PLATFORM", "/boundary", "urgent")
    assert opened.view is not None
    assert opened.view["title"]["text"] == "Why now?"
    values = {"reason": {"answer": "production is down"}}
    sent = await stage.humans.submit_view("U0SAM", opened.view["id"], values)
    heard = stage.script.heard[-1]
    assert isinstance(heard, Submitted)
    assert (heard.form, heard.context, dict(heard.fields)) == ("why", "h_1", {"reason": "production is down"})
    assert sent.view is not None
    assert "Maya is told at once." in json.dumps(sent.view["blocks"])
    assert sent.view["title"]["text"] == "Why now?"


async def test_errors_keep_a_form_open_at_the_field(stage: Stage) -> None:
    stage.script.replies[Command] = Reply(form=FORM)
    stage.script.replies[Submitted] = Reply(errors={"reason": "Say it in a few words.", "gone": "And this."})
    opened = await stage.humans.command("U0SAM", "C0PLATFORM", "/boundary", "urgent")
    assert opened.view is not None
    sent = await stage.humans.submit_view("U0SAM", opened.view["id"], {"reason": {"answer": "x"}})
    assert sent.errors == {"reason": "Say it in a few words. And this."}


async def test_a_form_without_anything_to_say_closes(stage: Stage) -> None:
    stage.script.replies[Command] = Reply(form=FORM)
    opened = await stage.humans.command("U0SAM", "C0PLATFORM", "/boundary", "urgent")
    assert opened.view is not None
    sent = await stage.humans.submit_view("U0SAM", opened.view["id"], {"reason": {"answer": "x"}})
    assert sent.ok
    assert sent.view is None


async def test_a_button_in_a_private_answer_replaces_it(stage: Stage) -> None:
    stage.script.replies[Command] = Reply(message=BUTTONS)
    stage.script.replies[Pressed] = Reply(message=sentence("Done."), replace=True)
    seen = await stage.humans.command("U0SAM", "C0PLATFORM", "/boundary", "today")
    ts = seen.messages[0].ts
    await stage.humans.press("U0SAM", ts, "yes~0", channel="C0PLATFORM")
    heard = stage.script.heard[-1]
    assert isinstance(heard, Pressed)
    assert (heard.action, heard.value, heard.surface) == ("yes", "v1", "private")
    shown = stage.workspace.channels["C0PLATFORM"].ephemeral
    assert [message.text for message in shown] == ["Done."]


async def test_a_button_in_the_bots_chat_is_answered_beside_it(stage: Stage) -> None:
    await stage.adapter.chat.post(account("U0MAYA"), BUTTONS, "d_1")
    stage.script.replies[Pressed] = Reply(message=sentence("Good night."))
    posted = stage.workspace.audit.posts[-1]
    seen = await stage.humans.press("U0MAYA", posted.ts, "no~1", channel=posted.channel)
    heard = stage.script.heard[-1]
    assert isinstance(heard, Pressed)
    assert (heard.action, heard.surface) == ("no", "message")
    assert seen.text == "Good night."
    assert stage.workspace.channels[posted.channel].messages[posted.ts].text == "Choose"


async def test_home_is_opened_and_its_buttons_answer_in_a_modal(stage: Stage) -> None:
    page = Message("Home", (Row((Plain("Dinner"),), (Button("Remove", "remove", "dinner"),)),))
    await stage.adapter.chat.publish_home(account("U0MAYA"), page)
    await stage.humans.open_home("U0MAYA")
    opened = stage.script.only()
    assert isinstance(opened, HomeOpened)
    assert opened.profile == Profile("Maya Costa", "Europe/Lisbon", "en-US")
    stage.script.replies[Pressed] = Reply(message=sentence("Removed."))
    view = home(stage.workspace, "U0MAYA")
    assert view is not None
    seen = await stage.humans.press("U0MAYA", view["id"], "remove~0")
    heard = stage.script.heard[-1]
    assert isinstance(heard, Pressed)
    assert (heard.action, heard.value, heard.surface) == ("remove", "dinner", "home")
    assert seen.view is not None
    assert seen.view["type"] == "modal"
    assert "Removed." in json.dumps(seen.view)


async def test_a_form_on_top_of_a_modal_is_pushed(stage: Stage) -> None:
    stage.script.replies[Command] = Reply(form=FORM)
    stage.script.replies[Submitted] = Reply(message=BUTTONS)
    stage.script.replies[Pressed] = Reply(form=FORM)
    opened = await stage.humans.command("U0SAM", "C0PLATFORM", "/boundary", "urgent")
    assert opened.view is not None
    done = await stage.humans.submit_view("U0SAM", opened.view["id"], {"reason": {"answer": "x"}})
    assert done.view is not None
    pushed = await stage.humans.press("U0SAM", done.view["id"], "yes~0")
    assert pushed.view is not None
    assert pushed.view["callback_id"] == "why"
    assert len(stage.workspace.modals["U0SAM"]) == 2


async def test_a_mention_carries_people_and_a_link_but_no_text(stage: Stage) -> None:
    seen = await stage.humans.say("U0SAM", "C0PLATFORM", "@maya @lee @maya secret words")
    heard = stage.script.only()
    assert isinstance(heard, Mentioned)
    assert heard.people == ("U0MAYA", "U0LEE")
    assert (heard.who, heard.channel, heard.message) == (account("U0SAM"), "C0PLATFORM", seen.ts)
    digits = str(seen.ts).replace(".", "")
    assert heard.link == f"{stage.slack.url}/archives/C0PLATFORM/p{digits}"
    assert heard.twin.startswith("slack:client_msg:")
    assert "secret" not in repr(heard)


async def test_a_mention_in_a_thread_keeps_the_thread(stage: Stage) -> None:
    first = await stage.humans.say("U0ANA", "C0PLATFORM", "a topic")
    await stage.humans.say("U0SAM", "C0PLATFORM", "@maya what do you think?", thread_ts=first.ts)
    heard = stage.script.only()
    assert isinstance(heard, Mentioned)
    assert heard.thread == first.ts
    assert heard.link.endswith(f"?thread_ts={first.ts}&cid=C0PLATFORM")


async def test_words_to_the_bot_in_its_chat_are_answered_there(stage: Stage) -> None:
    stage.script.replies[Command] = Reply(message=sentence("Focus until 15:00."))
    chat = stage.workspace.direct("U0MAYA", "U0BOT")
    await stage.humans.say("U0MAYA", chat.id, "focus 90m")
    heard = stage.script.only()
    assert isinstance(heard, Command)
    assert (heard.word, heard.text) == ("boundary", ("focus 90m",))
    assert [post.text for post in stage.workspace.audit.posts if post.channel == chat.id][
        -1
    ] == "Focus until 15:00."


async def test_words_after_the_bots_name_are_answered_privately(stage: Stage) -> None:
    stage.script.replies[Command] = Reply(message=sentence("Three are waiting."))
    seen = await stage.humans.say("U0MAYA", "C0PLATFORM", "@boundary waiting for @sam")
    heard = stage.script.only()
    assert isinstance(heard, Command)
    assert heard.text == ("waiting for ", PersonRef("U0SAM"))
    assert heard.channel == "C0PLATFORM"
    ephemeral = stage.workspace.channels["C0PLATFORM"].ephemeral
    assert [(message.viewer, message.text) for message in ephemeral] == [("U0MAYA", "Three are waiting.")]
    assert seen.ok


async def test_the_shortcut_carries_the_messages_text_and_link(stage: Stage) -> None:
    said = await stage.humans.say("U0MAYA", "C0PLATFORM", "could you look, @sam?")
    stage.script.heard.clear()
    stage.script.replies[ShortcutUsed] = Reply(form=FORM)
    seen = await stage.humans.shortcut("U0SAM", "deliver_when_available", "C0PLATFORM", said.ts)
    heard = stage.script.only()
    assert isinstance(heard, ShortcutUsed)
    assert (heard.author, heard.text) == ("U0MAYA", ("could you look, ", PersonRef("U0SAM"), "?"))
    assert heard.link.startswith(f"{stage.slack.url}/archives/C0PLATFORM/p")
    assert seen.view is not None


async def test_only_statuses_of_people_we_know_matter(stage: Stage) -> None:
    await stage.know("U0MAYA")
    await stage.humans.set_status_by_hand("U0MAYA", "Tea & cake", ":tea:")
    await stage.humans.set_status_by_hand("U0SAM", "Out", ":tea:")
    texts = {heard.text for heard in stage.script.heard if isinstance(heard, StatusChanged)}
    assert texts == {"Tea & cake"}
    assert {heard.who for heard in stage.script.heard} == {account("U0MAYA")}


async def test_a_revoked_token_and_an_uninstalled_app_are_reported(stage: Stage) -> None:
    await stage.humans.revoke("U0MAYA")
    assert stage.script.only() == Disconnected(stage.script.only().key, account(""), users=("U0MAYA",))
    await stage.humans.uninstall()
    last = [heard for heard in stage.script.heard[1:] if isinstance(heard, Disconnected)]
    assert any(heard.uninstalled for heard in last)
    assert any(heard.bot for heard in last)
    assert {heard.who.tenant for heard in last} == {TENANT}


async def test_the_bot_does_not_hear_itself_or_other_bots(stage: Stage) -> None:
    await stage.adapter.chat.post(account("U0MAYA"), sentence("<@U0SAM> hello"), "d_1")
    await stage.slack.delivery.first_attempts()
    assert stage.script.heard == []
