"""A small Teams app with a script: every kind of answer that the playground's page must show in Teams.

It reads what Teams posts to it and puts its messages straight into the tenant: the connector has tests of
its own.
"""

import json
import re
from pathlib import Path
from typing import Any, Final

from aiohttp import web

from adapters.playground.teams.records import Preferred, StatusMessage, TeamsActivity
from adapters.playground.teams.seed import CREW, GENERAL
from adapters.playground.teams.world import TeamsWorld

Json = dict[str, Any]

CARDS: Final[dict[str, Json]] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
_CALLED: Final = re.compile(r"^(/|<at>Boundary Bot</at>(&nbsp;|\s)*)")


class LittleTeamsApp:
    """Answers messages, pressed buttons and dialogs; `seen` keeps what arrived."""

    def __init__(self, world: TeamsWorld) -> None:
        self.seen: list[Json] = []
        self.world = world

    def application(self) -> web.Application:
        app = web.Application()
        app.add_routes([web.post("/api/messages", self._receive)])
        return app

    def post(self, conversation: str, card: Json | None = None, **fields: Any) -> TeamsActivity:
        """A message of the bot; `viewer` makes it targeted, `sender` somebody else's, with `text`."""
        world = self.world
        sender = fields.pop("sender", world.app.bot_id)
        fields = {"by_bot": sender == world.app.bot_id, "text": "", **fields}
        made = TeamsActivity(
            world.new_activity_id(), conversation, sender, at=world.now(), card=card, **fields
        )
        return world.store(made)

    def talk(self) -> None:
        """A little history, so that nobody meets empty rooms."""
        self.post(GENERAL, sender="29:kenji", text="The release notes are in the wiki.")
        self.post(CREW, sender="29:ana", text="The tag is pushed.")

    async def _receive(self, request: web.Request) -> web.Response:
        activity = await request.json()
        self.seen.append(activity)
        if activity["type"] == "invoke":
            return web.json_response(self._invoked(activity))
        if activity["type"] == "message":
            self._heard(activity)
        if activity["type"] == "installationUpdate" and activity["action"] == "add":
            self.post(activity["conversation"]["id"], CARDS["home"], summary="Good morning")
        return web.json_response({}, status=201)

    def _heard(self, activity: Json) -> None:
        """`focus …` is done; who mentions Maya is told privately that she is away."""
        sender, place = activity["from"]["id"], activity["conversation"]["id"].partition(";")[0]
        if activity.get("value") is not None:
            self.post(place, CARDS["done"], summary="Done")
        elif _CALLED.sub("", activity["text"]).startswith("focus"):
            self._focus(sender)
            hidden = {"viewer": sender} if activity["recipient"].get("isTargeted") else {}
            self.post(place, CARDS["focus"], summary="Focus until 11:45", **hidden)
        elif "<at>Maya" in activity["text"]:
            self.post(place, CARDS["note"], summary="Maya is away", viewer=sender)
        elif place.startswith("a:"):
            card = CARDS.get(activity["text"], CARDS["home"])
            self.post(place, card, summary=card["fallbackText"])

    def _focus(self, account: str) -> None:
        person = self.world.users[account]
        person.preferred = Preferred("DoNotDisturb", "DoNotDisturb", by="app")
        person.status_message = StatusMessage("🎯 Focusing until 11:45")
        self.world.changed()

    def _invoked(self, activity: Json) -> Json:
        if activity["name"] == "composeExtension/fetchTask":
            return _task("hold")
        if activity["name"] == "composeExtension/submitAction":
            typed = activity["value"]["data"].get("text", "")
            if typed == "bad":
                return _task("hold_again")
            return {"task": {"type": "message", "value": "It goes out between 11:45 and 12:00."}}
        action = activity["value"]["action"]
        return self._pressed(action["verb"], action["data"])

    @staticmethod
    def _pressed(verb: str, data: Json) -> Json:
        if verb == "never":
            text = "Nothing is passed on."
            return {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": text}
        next_card = {"later": "done", "urgent": "form", "form:norm": "done", "form_cancel": "done"}[verb]
        if verb == "form:norm" and "-" not in data["when"]:
            next_card = "form_again"
        return {
            "statusCode": 200,
            "type": "application/vnd.microsoft.card.adaptive",
            "value": CARDS[next_card],
        }


def _task(card: str) -> Json:
    shown = {"contentType": "application/vnd.microsoft.card.adaptive", "content": CARDS[card]}
    return {"task": {"type": "continue", "value": {"title": "Deliver when available", "card": shown}}}
