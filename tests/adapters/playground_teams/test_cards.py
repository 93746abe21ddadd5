"""Pressing what is on cards and in dialogs, and what Teams makes of the bot's answers."""

from typing import Any

import pytest

from adapters.playground.teams import cards
from adapters.playground.teams.human import UNREACHABLE, WENT_WRONG
from tests.support.teams_wire import CARD, CREW, MAYA, Json, Stage, card, paragraph, text

GO = {"type": "Action.Execute", "title": "Go", "verb": "go", "data": {"value": "1", "note": "mine"}}
SEND = {"type": "Action.Submit", "title": "Send", "data": {"value": "2"}}
NOTE = {"type": "Input.Text", "id": "note"}
EMPTY = {"type": "Input.Text", "id": "empty"}
AGREED = {"type": "Input.Toggle", "id": "agreed", "title": "Agreed"}
NAMED = {"type": "Input.Text", "id": "name", "isRequired": True, "errorMessage": "Say a name."}


async def posted(stage: Stage, place: str, *body: Json, actions: tuple[Json, ...] = (GO, SEND)) -> str:
    return str((await stage.send(place, card(*body, actions=actions))).body["id"])


def shows(words: str) -> Json:
    return {"type": "AdaptiveCard", "version": "1.5", "body": [paragraph(words)]}


def answer(kind: str, value: Any, code: int = 200) -> Json:
    return {"statusCode": code, "type": f"application/vnd.microsoft.{kind}", "value": value}


async def test_execute_sends_the_data_with_the_inputs_over_it(stage: Stage) -> None:
    stage.bot.status, stage.bot.body = 200, answer("activity.message", "Done.")
    post = await posted(stage, MAYA, NOTE, EMPTY, AGREED)
    done = await stage.humans.press("29:maya", MAYA, post, "Go", {"note": "typed"})
    heard = stage.bot.heard[0]

    assert (heard["type"], heard["name"], heard["replyToId"]) == ("invoke", "adaptiveCard/action", post)
    assert heard["value"]["action"]["verb"] == "go"
    assert heard["value"]["action"]["data"] == {"value": "1", "note": "typed", "agreed": "false"}
    assert done.toast == "Done."
    assert done.ok


async def test_submit_arrives_as_a_message_without_text(stage: Stage) -> None:
    post = await posted(stage, CREW, NOTE)
    await stage.humans.press("29:kenji", CREW, post, 1, {"note": "typed"})
    heard = stage.bot.heard[0]

    assert heard["type"] == "message"
    assert "text" not in heard
    assert heard["value"] == {"value": "2", "note": "typed"}
    assert (heard["from"]["id"], heard["replyToId"]) == ("29:kenji", post)


async def test_an_answered_card_is_that_person_s_until_the_bot_changes_it(stage: Stage) -> None:
    post = await posted(stage, CREW, NOTE)
    stage.bot.body = answer("card.adaptive", shows("Yours"))
    await stage.humans.press("29:maya", CREW, post, "Go")

    shared = stage.place(CREW).activities[post]
    assert shared.card_for("29:maya") == shows("Yours")
    assert shared.card_for("29:kenji") == shared.card
    await stage.change(CREW, post, card(paragraph("Everybody's")))
    assert shared.card_for("29:maya") == shared.card


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (200, answer("error", {"code": "400", "message": "Not today."}, 400), "Not today."),
        (200, answer("card.adaptive", "no card"), WENT_WRONG),
        (200, {"unexpected": 1}, WENT_WRONG),
        (501, None, UNREACHABLE),
    ],
)
async def test_other_answers_are_errors_and_leave_the_card(
    stage: Stage, status: int, body: Json | None, error: str
) -> None:
    post = await posted(stage, MAYA, NOTE)
    stage.bot.status, stage.bot.body = status, body

    assert (await stage.humans.press("29:maya", MAYA, post, "Go")).error == error
    assert not stage.place(MAYA).activities[post].views


async def test_the_client_checks_required_inputs_itself(stage: Stage) -> None:
    post = await posted(stage, MAYA, NAMED)
    done = await stage.humans.press("29:maya", MAYA, post, "Go")

    assert done.errors == {"name": "Say a name."}
    assert not stage.bot.heard


async def test_a_link_only_opens_and_a_missing_button_says_what_there_is(stage: Stage) -> None:
    link = {"type": "Action.OpenUrl", "title": "Read", "url": "https://example.org/"}
    post = await posted(stage, MAYA, actions=(link,))

    assert (await stage.humans.press("29:maya", MAYA, post, "Read")).url == "https://example.org/"
    with pytest.raises(KeyError, match="it has Read"):
        await stage.humans.press("29:maya", MAYA, post, "Write")
    assert not stage.bot.heard


def test_actions_are_counted_in_the_order_of_the_document() -> None:
    inner = {"type": "AdaptiveCard", "body": [NAMED], "actions": [GO]}
    more = {"type": "Action.ShowCard", "title": "More", "card": inner}
    row = {"type": "ActionSet", "actions": [more]}
    whole = {"type": "AdaptiveCard", "body": [{"type": "Container", "items": [row]}, NOTE], "actions": [SEND]}

    assert [one["title"] for one in cards.actions(whole)] == ["More", "Go", "Send"]
    assert set(cards.inputs(whole, GO)) == {"note", "name"}
    assert set(cards.inputs(whole, SEND)) == {"note"}
    assert cards.complaints(whole, SEND, {}) == {}


async def test_a_button_that_takes_no_inputs_sends_its_data_alone(stage: Stage) -> None:
    later = SEND | {"title": "Later", "associatedInputs": "none"}
    post = await posted(stage, MAYA, NAMED, NOTE, actions=(later,))
    done = await stage.humans.press("29:maya", MAYA, post, "Later", {"note": "typed"})

    assert done.ok
    assert stage.bot.heard[0]["value"] == {"value": "2"}


def test_a_choice_must_be_offered_unless_it_is_searched_for() -> None:
    field: Json = {"type": "Input.ChoiceSet", "id": "who", "choices": [{"title": "A", "value": "a"}]}
    searched = field | {"choices.data": {"type": "Data.Query", "dataset": "graph.microsoft.com/users"}}

    def refused(one: Json, value: str) -> bool:
        whole = {"body": [one], "actions": [GO]}
        return bool(cards.complaints(whole, GO, cards.entered(whole, GO, {"who": value})))

    assert refused(field, "b")
    assert not refused(field, "a")
    assert not refused(searched, "b")
    assert refused(field, "a,b")
    assert not refused(field | {"isMultiSelect": True}, "a,a")


def dialog(words: str) -> Json:
    content = shows(words) | {"body": [NAMED], "actions": [SEND]}
    value = {"title": words, "card": {"contentType": CARD, "content": content}}
    return {"task": {"type": "continue", "value": value}}


async def test_an_action_on_a_message_opens_a_dialog_with_that_message(stage: Stage) -> None:
    said = await stage.humans.say("29:kenji", CREW, "Look at this, @Ana")
    stage.bot.body = dialog("Deliver later")
    await stage.humans.message_action("29:maya", CREW, said.id or "")
    heard = stage.bot.heard[0]

    assert (heard["name"], heard["value"]["commandId"]) == (
        "composeExtension/fetchTask",
        "deliver_when_available",
    )
    payload = heard["value"]["messagePayload"]
    assert payload["from"]["user"]["displayName"] == "Kenji Mori"
    assert payload["mentions"][0]["mentioned"]["user"]["id"] == stage.world.users["29:ana"].aad
    assert stage.world.dialogs["29:maya"].title == "Deliver later"


async def test_a_dialog_stays_for_corrections_and_ends_with_a_sentence(stage: Stage) -> None:
    said = await stage.humans.say("29:kenji", CREW, "Look")
    stage.bot.body = dialog("First")
    await stage.humans.message_action("29:maya", CREW, said.id or "")

    assert (await stage.humans.submit_dialog("29:maya")).errors == {"name": "Say a name."}
    stage.bot.body = dialog("Correct it")
    await stage.humans.submit_dialog("29:maya", {"name": "x"})
    assert stage.world.dialogs["29:maya"].title == "Correct it"
    stage.bot.body = {"task": {"type": "message", "value": "Held until Monday."}}
    done = await stage.humans.submit_dialog("29:maya", {"name": "y"})
    assert done.toast == "Held until Monday."
    assert not stage.world.dialogs
    assert stage.bot.heard[-1]["name"] == "composeExtension/submitAction"
    assert stage.bot.heard[-1]["value"]["data"] == {"value": "2", "name": "y"}


async def test_a_dialog_that_cannot_be_sent_says_so_and_stays(stage: Stage) -> None:
    said = await stage.humans.say("29:kenji", CREW, "Look")
    stage.bot.body = dialog("First")
    await stage.humans.message_action("29:maya", CREW, said.id or "")
    stage.bot.status, stage.bot.body = 500, None

    assert (await stage.humans.submit_dialog("29:maya", {"name": "x"})).error == UNREACHABLE
    assert stage.world.dialogs["29:maya"].error == UNREACHABLE


async def test_a_button_can_ask_for_a_dialog(stage: Stage) -> None:
    wish = SEND | {"data": {"value": "3", "msteams": {"type": "task/fetch"}}}
    post = await posted(stage, MAYA, actions=(wish,))
    stage.bot.body = dialog("From a card")
    await stage.humans.press("29:maya", MAYA, post, 0)
    stage.bot.body = {}
    await stage.humans.submit_dialog("29:maya", {"name": "x"})

    assert [one["name"] for one in stage.bot.heard] == ["task/fetch", "task/submit"]
    assert not stage.world.dialogs


async def test_nobody_presses_what_they_do_not_see(stage: Stage) -> None:
    stage.world.app.targeted = True
    private = card(paragraph("For Ana"), actions=(GO,)) | {"recipient": {"id": "29:ana"}}
    sent = (await stage.send(CREW, private, "?isTargetedActivity=true")).body["id"]

    with pytest.raises(Exception, match="ActivityNotFoundInConversation"):
        await stage.humans.press("29:maya", CREW, sent, "Go")
    with pytest.raises(KeyError, match="no card"):
        await stage.humans.press("29:maya", MAYA, (await stage.send(MAYA, text("x"))).body["id"], 0)


async def test_by_its_title_the_button_behind_a_question_is_meant_not_the_one_that_asks(stage: Stage) -> None:
    asking = {"type": "Action.ShowCard", "title": "Go", "card": shows("Sure?") | {"actions": [GO]}}
    alone = {"type": "Action.ShowCard", "title": "More", "card": shows("More")}
    post = await posted(stage, MAYA, actions=(asking, alone))
    stage.bot.body = answer("activity.message", "Done.")
    assert (await stage.humans.press("29:maya", MAYA, post, "Go")).toast == "Done."
    assert (await stage.humans.press("29:maya", MAYA, post, "More")).status is None
