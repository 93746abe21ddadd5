"""The inbound turn, through botbuilder: which kind of activity is whose, after our own front door.

botbuilder 4.17.1 is the last release there will be; its traps that matter here are worked around in place
(each named). It only decides what an activity is: whoever listens gets the JSON as Teams sent it, since the
models drop the tenant id, `recipient.isTargeted` and the mentions. Loading it takes most of a second, so this
module is imported in a thread, and by nobody else at import time.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from botbuilder.core import BotAdapter, InvokeResponse, TurnContext
from botbuilder.core.teams import TeamsActivityHandler
from botbuilder.schema import Activity, ResourceResponse
from typing_extensions import override

from adapters.bodies import Json

NEEDED: Final = ("type", "id", "name", "action", "value", "channelId", "conversation", "from", "recipient")
"""All that deciding takes: botbuilder refuses an activity over an unknown shape in any other field."""
RAW: Final = "boundary.activity"
TENANT: Final = "boundary.tenant"

for _name in ("msrest", "msrest.serialization"):  # it logs the names of unknown fields: nobody's business
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)


class Listener(Protocol):
    """Who acts on turns. Activities are as Teams sent them; the tenant is "teams:<tenant id>"."""

    async def on_message(self, activity: Json, tenant: str) -> None: ...
    async def on_installed(self, activity: Json, tenant: str) -> None: ...
    async def on_card(self, activity: Json, tenant: str) -> Json:
        """`adaptiveCard/action`: the answer is a card, a sentence or an error."""

    async def on_shortcut(self, activity: Json, tenant: str) -> Json:
        """`composeExtension/fetchTask`: the answer opens a dialog."""

    async def on_dialog(self, activity: Json, tenant: str) -> Json:
        """A sent dialog (`composeExtension/submitAction`, `task/submit`) or one asked for by a button."""

    async def on_search(self, activity: Json, tenant: str) -> Json:
        """`composeExtension/query`: the answer is a list of results."""


class Turns:
    """Runs one activity at a time through botbuilder; any number side by side."""

    def __init__(self, listener: Listener) -> None:
        self._adapter = _Adapter()
        self._handler = _Handler(listener)

    async def run(self, activity: Json, tenant: str) -> tuple[int, object] | None:
        """Status and body of an invoke's answer; None for everything else. What a listener raises, and what
        botbuilder makes of an odd shape, is raised."""
        needed = {name: activity[name] for name in NEEDED if name in activity}
        context = TurnContext(self._adapter, Activity().deserialize(needed))
        context.turn_state[RAW], context.turn_state[TENANT] = activity, tenant
        await self._adapter.run_pipeline(context, self._handler.on_turn)
        answer = context.turn_state.get(BotAdapter._INVOKE_RESPONSE_KEY)
        return None if answer is None else (int(answer.value.status), answer.value.body)


class _Adapter(BotAdapter):  # type: ignore[misc]  # botbuilder has no types
    """Keeps the answer of an invoke. Everything else is sent by our own connector client, never by a turn."""

    @override
    async def send_activities(self, context: TurnContext, activities: Sequence[Activity]) -> list[Any]:
        for activity in activities:
            if activity.type == "invokeResponse":
                context.turn_state[BotAdapter._INVOKE_RESPONSE_KEY] = activity
        return [ResourceResponse(id="") for _ in activities]

    @override
    async def update_activity(self, context: TurnContext, activity: Activity) -> None:
        raise NotImplementedError("updates go through adapters.teams.connector")

    @override
    async def delete_activity(self, context: TurnContext, reference: object) -> None:
        raise NotImplementedError("deletions go through adapters.teams.connector")


class _Handler(TeamsActivityHandler):  # type: ignore[misc]  # botbuilder has no types
    """Hands each kind of activity to the listener."""

    def __init__(self, listener: Listener) -> None:
        super().__init__()
        self._listener = listener

    @override
    async def on_turn(self, turn_context: TurnContext) -> None:
        """A PermissionError of ours must not look like a bad token, which stock adapters answer 401 to."""
        try:
            await super().on_turn(turn_context)
        except PermissionError as error:
            raise RuntimeError("not permitted") from error

    @override
    async def on_message_activity(self, turn_context: TurnContext) -> None:
        await self._listener.on_message(*_said(turn_context))

    @override
    async def on_installation_update(self, turn_context: TurnContext) -> None:
        """Not its halves: stock code takes an update of the app ("add-upgrade") for neither."""
        await self._listener.on_installed(*_said(turn_context))

    @override
    async def on_conversation_update_activity(self, turn_context: TurnContext) -> None:
        """Nothing: the reference is renewed already. Stock code looks up each new member, and a large group
        is answered 429 (botbuilder-dotnet#5467)."""

    @override
    async def on_adaptive_card_invoke(self, turn_context: TurnContext, invoke_value: object) -> Json:
        return await self._listener.on_card(*_said(turn_context))

    @override
    async def on_teams_messaging_extension_fetch_task(
        self, turn_context: TurnContext, action: object
    ) -> Json:
        return await self._listener.on_shortcut(*_said(turn_context))

    @override
    async def on_teams_messaging_extension_submit_action(
        self, turn_context: TurnContext, action: object
    ) -> Json:
        return await self._listener.on_dialog(*_said(turn_context))

    @override
    async def on_teams_messaging_extension_query(self, turn_context: TurnContext, query: object) -> Json:
        return await self._listener.on_search(*_said(turn_context))

    @override
    async def on_teams_task_module_fetch(
        self, turn_context: TurnContext, task_module_request: object
    ) -> Json:
        return await self._listener.on_dialog(*_said(turn_context))

    @override
    async def on_teams_task_module_submit(
        self, turn_context: TurnContext, task_module_request: object
    ) -> Json:
        return await self._listener.on_dialog(*_said(turn_context))

    @staticmethod
    @override
    def _create_invoke_response(body: object = None) -> InvokeResponse:
        """Not serialized: 4.17.x does it here and again in the adapter, and every answer with a body is a 500
        (teams-sdk#2547)."""
        return InvokeResponse(status=200, body=body)


def _said(context: TurnContext) -> tuple[Json, str]:
    activity: Mapping[str, Any] = context.turn_state[RAW]
    return dict(activity), str(context.turn_state[TENANT])
