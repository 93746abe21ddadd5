"""A bot that sends rubbish is told so: no shape of its JSON breaks the tenant or the page."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.teams_wire import CREW, GENERAL, MAYA, FakeBot, Stage, card, paragraph, text

Json = dict[str, Any]
RUBBISH: tuple[Any, ...] = (None, 0, True, "", "x", "\ud800", [], [None], ["x"], [{}], {}, {"x": 1})
MENTION = {"type": "mention", "mentioned": {"id": "29:maya", "name": "Maya"}, "text": "<at>Maya</at>"}
BOX = {"type": "Input.Text", "id": "a", "value": "b", "maxLength": 3, "regex": "[", "isRequired": True}
PICK = {"type": "Input.ChoiceSet", "id": "c", "value": "1", "choices": [{"title": "One", "value": "1"}]}
GO = {"type": "Action.Submit", "title": "Go", "data": {"msteams": {"type": "task/fetch"}}}
EXECUTE = {"type": "Action.Execute", "title": "Do", "verb": "do", "data": {}}
BOXES = {"type": "ColumnSet", "columns": [{"type": "Column", "items": [BOX, PICK]}]}
DESCRIBED = {"summary": "A card", "channelData": {"delivery": "d1"}, "recipient": {"id": "29:maya"}}


def mangled(value: Any) -> Iterator[Any]:
    """The value with each of its parts replaced by each kind of rubbish, one at a time."""
    yield from RUBBISH
    places = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in places:
        for wrong in mangled(inner):
            copy = value.copy()
            copy[key] = wrong
            yield copy


@pytest.fixture(autouse=True)
def roomy(stage: Stage) -> None:
    stage.world.limits.enabled = False
    stage.world.app.targeted = True
    stage.world.app.permissions = frozenset({"Presence.ReadWrite.All"})


async def assert_shown(stage: Stage) -> None:
    """The page can still show everything that was taken."""
    base = f"{stage.server.url}/playground/teams"
    for path in (f"state?as=29:maya&x={MAYA}", f"messages?as=29:maya&conversation={CREW}", "posts", "calls"):
        assert (await stage.ask("GET", f"{base}/{path}")).status == 200


@pytest.mark.parametrize("query", ["", "?isTargetedActivity=true"])
async def test_no_activity_breaks_the_connector(stage: Stage, query: str) -> None:
    for activity in (text("<at>Maya</at>", entities=[MENTION], **DESCRIBED), card(BOXES, actions=(GO,))):
        for wrong in mangled(activity | {"recipient": {"id": "29:maya"}}):
            assert (await stage.send(CREW, wrong, query)).status in {201, 400}, wrong
    await assert_shown(stage)


async def test_no_change_of_a_message_breaks_the_connector(stage: Stage) -> None:
    sent = (await stage.send(CREW, text("Old"))).body["id"]
    for wrong in mangled(text("<at>Maya</at>", entities=[MENTION], **DESCRIBED)):
        assert (await stage.change(CREW, sent, wrong)).status in {200, 400}, wrong
    await assert_shown(stage)


async def test_no_new_conversation_breaks_the_connector(stage: Stage) -> None:
    tenant = {"id": stage.world.tenant_id}
    own = {"isGroup": False, "members": [{"id": "29:maya"}], "channelData": {"tenant": tenant}}
    thread = {"isGroup": True, "channelData": {"tenant": tenant, "channel": {"id": GENERAL}}}
    for wrong in (*mangled(own), *mangled(thread | {"activity": text("Week 48")})):
        answer = await stage.connector("POST", "conversations", wrong)
        assert answer.status in {201, 400} or answer.code == "ConversationNotFound", wrong


@pytest.mark.parametrize(
    ("call", "body"),
    [
        (
            "setStatusMessage",
            {
                "statusMessage": {
                    "message": {"content": "Back soon", "contentType": "text"},
                    "expiryDateTime": {"dateTime": "2026-11-23T18:00:00", "timeZone": "UTC"},
                }
            },
        ),
        (
            "setUserPreferredPresence",
            {"availability": "Busy", "activity": "Busy", "expirationDuration": "PT8H"},
        ),
    ],
)
async def test_no_body_breaks_graph(stage: Stage, call: str, body: Json) -> None:
    for wrong in mangled(body):
        answer = await stage.graph("POST", f"users/{stage.maya.aad}/presence/{call}", wrong)
        assert answer.status in {200, 400}, wrong
    await assert_shown(stage)


@pytest.mark.parametrize(
    "expiry",
    [
        {"dateTime": "0001-01-01T00:00:00", "timeZone": "Asia/Tokyo"},
        {"dateTime": "2026-11-23T18:00:00", "timeZone": "Europe"},
        {"dateTime": "2026-11-23T18:00:00Z", "timeZone": "UTC"},
    ],
)
async def test_an_end_that_is_no_instant_is_refused(stage: Stage, expiry: Json) -> None:
    status = {"message": {"content": "Back soon"}, "expiryDateTime": expiry}
    answer = await stage.graph(
        "POST", f"users/{stage.maya.aad}/presence/setStatusMessage", {"statusMessage": status}
    )

    assert (answer.status, answer.code) == (400, "InvalidArgument")
    assert stage.maya.status_message is None


@pytest.mark.parametrize("lasting", ["P99999999999D", "PT" + "9" * 5000 + "H", "PT", "P0D", "8H"])
async def test_a_length_that_is_none_or_endless_is_refused(stage: Stage, lasting: str) -> None:
    body = {"availability": "Busy", "activity": "Busy", "expirationDuration": lasting}
    answer = await stage.graph("POST", f"users/{stage.maya.aad}/presence/setUserPreferredPresence", body)

    assert (answer.status, answer.code) == (400, "InvalidArgument")


async def test_bytes_that_are_no_text_are_refused(stage: Stage) -> None:
    url = f"{stage.world.service_url}v3/conversations/{CREW}/activities"
    headers = {
        "Authorization": f"Bearer {stage.world.grant('bot').secret}",
        "Content-Type": "application/json; charset=klingon",
    }
    async with stage.http.post(url, data=b'{"type":"message","text":"\xff"}', headers=headers) as response:
        assert response.status == 400


@pytest.mark.parametrize("query", ["pageSize=0", "pageSize=-1", "continuationToken=-1", "pageSize=x"])
async def test_pages_of_members_that_cannot_be_are_refused(stage: Stage, query: str) -> None:
    answer = await stage.connector("GET", f"conversations/{CREW}/pagedmembers?{query}")

    assert (answer.status, answer.code) == (400, "BadArgument")


async def act(stage: Stage, what: str, **details: Any) -> int:
    body = {"as": "29:maya", "what": what, "details": details}
    return (await stage.ask("POST", f"{stage.server.url}/playground/teams/act", body)).status


def answers(bot: FakeBot, body: Any) -> None:
    bot.status, bot.body = 200, body


async def test_no_answer_to_a_button_breaks_the_page(stage: Stage) -> None:
    kind = "application/vnd.microsoft.card.adaptive"
    shown = {"type": "AdaptiveCard", "body": [BOXES], "actions": [GO]}
    for wrong in mangled({"statusCode": 200, "type": kind, "value": shown}):
        sent = (await stage.send(MAYA, card(paragraph("?"), actions=(EXECUTE,)))).body["id"]
        answers(stage.bot, wrong)
        for action in (0, 0):  # the second time on the card that came back, if one did
            status = await act(stage, "press", conversation=MAYA, id=sent, action=action, inputs={})
            assert status in {200, 400}, wrong


async def test_no_dialog_breaks_the_page(stage: Stage) -> None:
    said = await stage.humans.say("29:kenji", CREW, "The draft")
    content = {"type": "AdaptiveCard", "body": [BOXES], "actions": [GO]}
    for wrong in mangled(
        {"task": {"type": "continue", "value": {"title": "T", "card": {"content": content}}}}
    ):
        answers(stage.bot, wrong)
        assert await act(stage, "message_action", conversation=CREW, id=said.id) == 200, wrong
        assert await act(stage, "submit_dialog", inputs={}) in {200, 400}, wrong
        await assert_shown(stage)
        stage.humans.close_dialog("29:maya")


async def test_no_act_of_the_page_breaks_it(stage: Stage) -> None:
    for wrong in mangled({"as": "29:maya", "what": "press", "details": {"id": "1", "inputs": {"a": "b"}}}):
        if isinstance(wrong, dict):
            answer = await stage.ask("POST", f"{stage.server.url}/playground/teams/act", wrong)
            assert answer.status in {200, 400}, wrong
