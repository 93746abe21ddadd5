"""botbuilder's turn: every kind of activity reaches whom it is for, and its known traps are closed."""

from __future__ import annotations

import logging
import subprocess
import sys
from typing import Any

import pytest

from adapters.bodies import Json
from adapters.teams.turns import Turns
from tests.support.teams_door import CONVERSATION, TENANT, activity

WHERE = f"teams:{TENANT}"


class Listening:
    """Remembers what it is told; `fails` is raised instead."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Json, str]] = []
        self.fails: Exception | None = None

    def __getattr__(self, name: str) -> Any:
        async def told(activity: Json, tenant: str) -> Json:
            self.told.append((name, activity, tenant))
            if self.fails:
                raise self.fails
            return {"answer": {"to": name}}

        return told


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"type": "message"}, "on_message"),
        ({"type": "installationUpdate", "action": "add"}, "on_installed"),
        ({"type": "installationUpdate", "action": "remove"}, "on_installed"),
        ({"type": "installationUpdate", "action": "add-upgrade"}, "on_installed"),
        ({"type": "messageUpdate"}, None),
        ({"type": "messageDelete"}, None),
        ({"type": "messageReaction", "reactionsAdded": [{"type": "like"}]}, None),
        ({"type": "typing"}, None),
        ({"type": "event", "name": "application/vnd.microsoft.readReceipt", "value": {}}, None),
        ({"type": "never-heard-of"}, None),
    ],
)
async def test_each_kind_of_activity_reaches_whom_it_is_for(changed: Json, told: str | None) -> None:
    listener, sent = Listening(), activity(**changed)
    assert await Turns(listener).run(sent, WHERE) is None
    assert listener.told == ([(told, sent, WHERE)] if told else [])


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("adaptiveCard/action", {"action": {"type": "Action.Execute", "verb": "x", "data": {}}}, "on_card"),
        ("composeExtension/fetchTask", {"commandId": "x", "messagePayload": {"id": "1"}}, "on_shortcut"),
        ("composeExtension/submitAction", {"commandId": "x", "data": {}}, "on_dialog"),
        ("composeExtension/query", {"commandId": "x", "parameters": []}, "on_search"),
        ("task/fetch", {"data": {}}, "on_dialog"),
        ("task/submit", {"data": {}}, "on_dialog"),
    ],
)
async def test_an_invoke_is_answered_with_the_body_as_it_is(name: str, value: Json, told: str) -> None:
    # botbuilder 4.17 serializes it twice, and each of these is a 500 with the stock handler (teams-sdk#2547)
    listener = Listening()
    answer = await Turns(listener).run(activity(type="invoke", name=name, value=value, text=None), WHERE)
    assert answer == (200, {"answer": {"to": told}})
    assert [each[0] for each in listener.told] == [told]


@pytest.mark.parametrize("name", ["whatever", "config/fetch", "fileConsent/invoke", "signin/verifyState", ""])
async def test_an_invoke_that_nobody_listens_to_is_told_by_its_status(name: str) -> None:
    answer = await Turns(Listening()).run(activity(type="invoke", name=name, value={}), WHERE)
    assert answer is not None
    assert answer[0] in {400, 501}


async def test_a_large_group_is_not_looked_up_member_by_member() -> None:
    # the stock handler asks the connector for each of them (botbuilder-dotnet#5467)
    listener = Listening()
    added = [{"id": f"29:{number}"} for number in range(500)]
    sent = activity(type="conversationUpdate", membersAdded=added, text=None)
    assert await Turns(listener).run(sent, WHERE) is None
    assert listener.told == []


async def test_the_listener_gets_what_botbuilder_drops() -> None:
    listener = Listening()
    to = {"id": "28:bot", "isTargeted": True}
    await Turns(listener).run(activity(recipient=to), WHERE)
    heard = listener.told[0][1]
    assert heard["conversation"] == {"id": CONVERSATION, "conversationType": "personal", "tenantId": TENANT}
    assert heard["recipient"]["isTargeted"] is True
    assert heard["entities"][0]["timezone"] == "Europe/Lisbon"


async def test_a_permission_error_of_ours_does_not_look_like_a_bad_token() -> None:
    listener = Listening()
    listener.fails = PermissionError("x")
    with pytest.raises(RuntimeError, match="not permitted"):
        await Turns(listener).run(activity(), WHERE)


async def test_other_errors_come_out_as_they_are() -> None:
    listener = Listening()
    listener.fails = KeyError("x")
    with pytest.raises(KeyError):
        await Turns(listener).run(activity(), WHERE)


async def test_nothing_of_an_activity_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    sent = activity(text="family-dinner-mark", **{"family-dinner-field": {"family-dinner": 1}})
    await Turns(Listening()).run(sent, WHERE)
    assert "family-dinner" not in caplog.text


def test_the_front_door_does_not_load_botbuilder() -> None:
    heavy = "[each for each in sys.modules if each.startswith(('botb', 'msrest'))]"
    code = f"import sys, adapters.teams.adapter; print({heavy})"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert found.stdout.strip() == "[]"
