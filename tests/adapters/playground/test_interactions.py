"""Commands, buttons, shortcuts and modals, through the unmodified Bolt."""

import asyncio
from dataclasses import replace

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

BUTTON = {
    "type": "button",
    "action_id": "hold",
    "value": "h1",
    "text": {"type": "plain_text", "text": "Hold"},
}
CARD = [{"type": "actions", "block_id": "card", "elements": [BUTTON]}]
NAME = {"type": "plain_text_input", "action_id": "name", "initial_value": "lunch"}
DAY = {
    "type": "static_select",
    "action_id": "day",
    "options": [{"text": {"type": "plain_text", "text": day}, "value": day} for day in ("mon", "tue")],
}


def form(title: str = "A norm", **more) -> dict:
    def entry(block_id: str, element: dict) -> dict:
        label = {"type": "plain_text", "text": block_id}
        return {"type": "input", "block_id": block_id, "label": label, "element": element}

    return {
        "type": "modal", "callback_id": "norm", "title": {"type": "plain_text", "text": title},
        "submit": {"type": "plain_text", "text": "Save"}, "blocks": [entry("name", NAME), entry("day", DAY)],
        **more,
    }  # fmt: skip


async def test_a_command_arrives_escaped_and_its_answer_is_private(play, bolt):
    @bolt.app.command("/later")
    async def later(ack, command):
        await ack(f"{command['user_id']} in {command['channel_name']}: {command['text']}")

    seen = await play.humans.command("U0SAM", "C0GENERAL", "/later", "@maya <a> & b in #platform")
    assert seen.ok
    text = "&lt;a&gt; &amp; b in <#C0PLATFORM|platform>"
    assert seen.text == f"U0SAM in general: <@U0MAYA|maya> {text}"
    assert [m.viewer for m in seen.messages] == ["U0SAM"]


async def test_without_should_escape_a_mention_stays_as_typed(play, bolt):
    play.workspace.app.commands = tuple(replace(c, should_escape=False) for c in play.workspace.app.commands)

    @bolt.app.command("/later")
    async def later(ack, command):
        await ack(command["text"])

    assert (await play.humans.command("U0SAM", "C0GENERAL", "/later", "@maya & co")).text == "@maya & co"


async def test_an_in_channel_answer_publishes_the_typed_command_too(play, bolt):
    @bolt.app.command("/focus")
    async def focus(ack):
        await ack({"response_type": "in_channel", "text": "Sam is in focus"})

    await play.humans.command("U0SAM", "C0GENERAL", "/focus", "90m")
    shown = [(m.user, m.text) for m in play.workspace.channels["C0GENERAL"].messages.values()][-2:]
    assert shown == [("U0SAM", "/focus 90m"), ("U0BOT", "Sam is in focus")]


async def test_a_late_answer_is_an_operation_timeout(play, bolt):
    @bolt.app.command("/focus")
    async def focus(ack):
        await asyncio.sleep(1)
        await ack("too late")

    seen = await play.humans.command("U0SAM", "C0GENERAL", "/focus", "90m")
    assert (seen.error, seen.messages[0].user) == ("operation_timeout", "USLACKBOT")
    assert "operation_timeout" in seen.text


async def test_an_unhandled_or_unknown_command_says_so(play, bolt):
    assert (await play.humans.command("U0SAM", "C0GENERAL", "/quiet", "")).error == "dispatch_failed"
    assert (await play.humans.command("U0SAM", "C0GENERAL", "/nothing", "")).error == "invalid_command"


async def test_a_response_url_works_five_times(play, bolt):
    urls = []

    @bolt.app.command("/focus")
    async def focus(ack, command):
        urls.append(command["response_url"])
        await ack()

    await play.humans.command("U0SAM", "C0GENERAL", "/focus", "90m")
    hook = AsyncWebhookClient(urls[0], retry_handlers=[], session=play.http)
    answers = [(await hook.send(text=f"note {number}")).status_code for number in range(6)]
    assert answers == [200] * 5 + [404]
    notes = [m.text for m in play.workspace.channels["C0GENERAL"].ephemeral if m.viewer == "U0SAM"]
    assert notes == [f"note {number}" for number in range(5)]


async def test_a_response_url_ends_after_half_an_hour(play, bolt):
    url = play.workspace.new_response_url("U0SAM", "C0GENERAL")
    play.time.advance(30 * 60 + 1)
    assert (
        await AsyncWebhookClient(url, retry_handlers=[], session=play.http).send(text="late")
    ).status_code == 404


async def test_a_button_tells_what_was_pressed_and_its_note_can_be_replaced(play, bolt):
    bodies = []

    @bolt.app.action("hold")
    async def hold(ack, body):
        bodies.append(body)
        hook = AsyncWebhookClient(body["response_url"], retry_handlers=[], session=play.http)
        await hook.send(text="Held.", replace_original=True)
        await ack()

    note = await play.bot.chat_postEphemeral(channel="C0GENERAL", user="U0SAM", text="Hold?", blocks=CARD)
    seen = await play.humans.press("U0SAM", note["message_ts"], "hold", channel="C0GENERAL")
    assert seen.ok
    pressed = bodies[0]["actions"][0]
    assert (pressed["action_id"], pressed["block_id"], pressed["value"]) == ("hold", "card", "h1")
    assert bodies[0]["container"]["is_ephemeral"] is True
    assert "message" not in bodies[0]
    notes = play.workspace.channels["C0GENERAL"].ephemeral
    assert [(m.text, m.blocks) for m in notes] == [("Held.", None)]


async def test_a_button_of_a_posted_message_carries_the_message(play, bolt):
    bodies = []

    @bolt.app.action("hold")
    async def hold(ack, body):
        bodies.append(body)
        await ack()

    posted = await play.bot.chat_postMessage(channel="U0MAYA", text="Hold?", blocks=CARD)
    await play.humans.press("U0MAYA", posted["ts"], "hold", channel="D0BOT0MAYA")
    assert bodies[0]["message"]["ts"] == posted["ts"]
    with pytest.raises(Exception, match="no_such_element"):
        await play.humans.press("U0MAYA", posted["ts"], "other", channel="D0BOT0MAYA")


async def test_a_modal_opens_once_per_trigger_within_three_seconds(play, bolt, error_of):
    triggers = []

    @bolt.app.shortcut("deliver_when_available")
    async def deliver(ack, shortcut, client):
        triggers.append(shortcut["trigger_id"])
        await client.views_open(trigger_id=shortcut["trigger_id"], view=form())
        await ack()

    said = await play.humans.say("U0SAM", "C0GENERAL", "please")
    seen = await play.humans.shortcut("U0SAM", "deliver_when_available", "C0GENERAL", said.ts)
    assert seen.view["title"]["text"] == "A norm"
    again = play.bot.views_open(trigger_id=triggers[0], view=form())
    assert await error_of(again) == "exchanged_trigger_id"
    old = play.workspace.new_trigger("U0SAM")
    play.time.advance(3.5)
    assert await error_of(play.bot.views_open(trigger_id=old, view=form())) == "expired_trigger_id"
    assert await error_of(play.bot.views_open(trigger_id="1.2.x", view=form())) == "invalid_trigger_id"


async def test_a_form_checks_required_fields_and_sends_its_state(play, bolt):
    states = []

    @bolt.app.view("norm")
    async def save(ack, view):
        states.append(view["state"]["values"])
        await ack()

    await play.bot.views_open(trigger_id=play.workspace.new_trigger("U0SAM"), view=form())
    view_id = play.workspace.modals["U0SAM"][0]
    empty = await play.humans.submit_view("U0SAM", view_id)
    assert set(empty.errors) == {"day"}
    assert states == []
    done = await play.humans.submit_view("U0SAM", view_id, {"day": {"day": "tue"}})
    assert (done.ok, done.view) == (True, None)
    assert states[0]["name"]["name"] == {"type": "plain_text_input", "value": "lunch"}
    assert states[0]["day"]["day"]["selected_option"]["value"] == "tue"


@pytest.mark.parametrize(
    ("answer", "title", "depth"),
    [
        ({"response_action": "errors", "errors": {"name": "Too long"}}, "A norm", 2),
        ({"response_action": "update", "view": form("Changed")}, "Changed", 2),
        ({"response_action": "push", "view": form("Third")}, "Third", 3),
        ({"response_action": "clear"}, None, 0),
        ({}, "First", 1),
    ],
)
async def test_a_submission_is_answered_as_slack_documents(play, bolt, answer, title, depth):
    @bolt.app.view("norm")
    async def save(ack):
        await ack(**answer)

    workspace = play.workspace
    await play.bot.views_open(trigger_id=workspace.new_trigger("U0SAM"), view=form("First"))
    await play.bot.views_push(trigger_id=workspace.new_trigger("U0SAM"), view=form())
    view_id = workspace.modals["U0SAM"][-1]
    seen = await play.humans.submit_view("U0SAM", view_id, {"day": {"day": "mon"}})
    assert (seen.view["title"]["text"] if seen.view else None) == title
    assert len(workspace.modals["U0SAM"]) == depth
    assert seen.errors == answer.get("errors", {})


async def test_a_stack_holds_three_views(play, error_of):
    workspace = play.workspace
    await play.bot.views_open(trigger_id=workspace.new_trigger("U0SAM"), view=form())
    for _ in range(2):
        await play.bot.views_push(trigger_id=workspace.new_trigger("U0SAM"), view=form())
    fourth = play.bot.views_push(trigger_id=workspace.new_trigger("U0SAM"), view=form())
    assert await error_of(fourth) == "push_limit_reached"


async def test_a_stale_hash_conflicts(play, error_of):
    first = (await play.bot.views_publish(user_id="U0SAM", view={"type": "home", "blocks": CARD}))["view"]
    await play.bot.views_publish(user_id="U0SAM", view={"type": "home", "blocks": []}, hash=first["hash"])
    stale = play.bot.views_publish(user_id="U0SAM", view={"type": "home", "blocks": []}, hash=first["hash"])
    assert await error_of(stale) == "hash_conflict"


@pytest.mark.parametrize(
    "view",
    [
        {"type": "home", "blocks": []},
        form("A title of more than 24 letters"),
        form(private_metadata="x" * 3001),
        {key: value for key, value in form().items() if key != "submit"},
        form(blocks=[{"type": "divider"}] * 101),
    ],
)
async def test_a_bad_view_is_refused_with_its_reasons(play, view):
    with pytest.raises(SlackApiError) as caught:
        await play.bot.views_open(trigger_id=play.workspace.new_trigger("U0SAM"), view=view)
    answer = caught.value.response
    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"]


async def test_a_closed_view_is_reported_when_it_asks_for_that(play, bolt):
    closed = []

    @bolt.app.view_closed("norm")
    async def gone(ack, body):
        closed.append(body["is_cleared"])
        await ack()

    for wanted in (False, True):
        view = form(notify_on_close=wanted)
        await play.bot.views_open(trigger_id=play.workspace.new_trigger("U0SAM"), view=view)
        await play.humans.close_view("U0SAM", play.workspace.modals["U0SAM"][0])
    assert closed == [False]


async def test_closing_a_modal_that_is_closed_already_changes_nothing(play):
    await play.bot.views_open(trigger_id=play.workspace.new_trigger("U0SAM"), view=form())
    view_id = play.workspace.modals["U0SAM"][0]
    assert (await play.humans.close_view("U0SAM", view_id)).ok
    again = await play.humans.close_view("U0SAM", view_id)
    assert (again.ok, again.view) == (True, None)
    await play.bot.views_open(trigger_id=play.workspace.new_trigger("U0SAM"), view=form())
    other = play.workspace.modals["U0SAM"][0]
    assert (await play.humans.close_view("U0MAYA", other)).ok
    assert play.workspace.modals["U0SAM"] == [other]


async def test_opening_home_tells_the_app_and_shows_what_it_published(play, bolt):
    await play.bot.views_publish(user_id="U0MAYA", view={"type": "home", "blocks": CARD})
    seen = await play.humans.open_home("U0MAYA")
    assert bolt.heard[0]["event"]["view"]["blocks"] == CARD
    assert seen.view["blocks"] == CARD
    assert (await play.get("/playground/state", **{"as": "U0MAYA"}))["home"]["blocks"] == CARD


async def test_a_choice_in_a_menu_carries_the_option_and_the_state(play, bolt):
    bodies = []

    @bolt.app.action("day")
    async def day(ack, body):
        bodies.append(body)
        await ack()

    menu = {
        "type": "section",
        "block_id": "menu",
        "text": {"type": "mrkdwn", "text": "Day"},
        "accessory": DAY,
    }
    published = await play.bot.views_publish(user_id="U0SAM", view={"type": "home", "blocks": [menu]})
    view_id = published["view"]["id"]
    await play.humans.press("U0SAM", view_id, "day", "tue")
    chosen = bodies[0]["actions"][0]["selected_option"]["value"]
    kept = bodies[0]["view"]["state"]["values"]["menu"]["day"]["selected_option"]["value"]
    assert (chosen, kept, bodies[0]["container"]["type"]) == ("tue", "tue", "view")
    with pytest.raises(Exception, match="not_found"):
        await play.humans.press("U0MAYA", view_id, "day", "tue")


async def test_a_global_shortcut_has_no_channel_and_no_response_url(play, bolt):
    bodies = []

    @bolt.app.shortcut("anywhere")
    async def anywhere(ack, body):
        bodies.append(body)
        await ack()

    assert (await play.humans.shortcut("U0SAM", "anywhere")).ok
    assert bodies[0]["type"] == "shortcut"
    assert {"channel", "message", "response_url"}.isdisjoint(bodies[0])


async def test_a_response_can_delete_the_note_or_speak_to_everyone(play):
    note = await play.bot.chat_postEphemeral(channel="C0GENERAL", user="U0SAM", text="Hold?", blocks=CARD)
    url = play.workspace.new_response_url("U0SAM", "C0GENERAL", note["message_ts"])
    hook = AsyncWebhookClient(url, retry_handlers=[], session=play.http)
    await hook.send(text="Sam holds a message", response_type="in_channel")
    await hook.send(delete_original=True)
    general = play.workspace.channels["C0GENERAL"]
    assert (list(general.messages.values())[-1].text, general.ephemeral) == ("Sam holds a message", [])
    assert (await hook.send(blocks=[{"type": "unheard-of"}])).status_code == 400
    assert (await hook.send(text="")).status_code == 400


async def test_a_broken_body_in_an_answer_is_shown_as_slackbots_error(play, bolt):
    @bolt.app.command("/focus")
    async def focus(ack):
        await ack(text="x", blocks=[{"type": "unheard-of"}])

    seen = await play.humans.command("U0SAM", "C0GENERAL", "/focus", "90m")
    assert "invalid_blocks" in seen.text


async def test_a_failing_button_is_shown_as_slackbots_error(play, bolt):
    posted = await play.bot.chat_postMessage(channel="U0MAYA", text="Hold?", blocks=CARD)
    seen = await play.humans.press("U0MAYA", posted["ts"], "hold", channel="D0BOT0MAYA")
    assert (seen.error, "dispatch_failed" in seen.text) == ("dispatch_failed", True)


async def test_a_view_is_found_by_its_external_id_and_keeps_what_was_typed(play, bolt, error_of):
    @bolt.app.action("go")
    async def go(ack):
        await ack()

    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    view = form(external_id="norm-1")
    view["blocks"] = [*view["blocks"], {"type": "actions", "block_id": "more", "elements": [button]}]
    opened = await play.bot.views_open(trigger_id=play.workspace.new_trigger("U0SAM"), view=view)
    typed = {"name": {"name": "late lunch"}}
    await play.humans.press("U0SAM", opened["view"]["id"], "go", state=typed)
    changed = await play.bot.views_update(external_id="norm-1", view=form("Renamed"))
    assert changed["view"]["state"]["values"]["name"]["name"]["value"] == "late lunch"
    assert await error_of(play.bot.views_update(view_id="V0", view=form())) == "not_found"
