"""What people do in Teams, as methods; each returns what the person then sees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from adapters.playground.records import Json
from adapters.playground.teams import activities, cards, presence
from adapters.playground.teams.deliver import Heard, TeamsDelivery
from adapters.playground.teams.errors import TeamsError
from adapters.playground.teams.reading import as_object
from adapters.playground.teams.records import (
    Dialog,
    Kind,
    StatusMessage,
    TeamsActivity,
    TeamsConversation,
    TeamsUser,
)
from adapters.playground.teams.world import TeamsWorld

UNREACHABLE: Final = "Unable to reach app. Please try again."
WENT_WRONG: Final = "Something went wrong. Please try again."
_CARD: Final = "application/vnd.microsoft.card.adaptive"
_TEXT: Final = "application/vnd.microsoft.activity.message"
_ERROR: Final = "application/vnd.microsoft.error"


@dataclass(frozen=True, slots=True)
class Done:
    """What one person sees after an action.

    `status` is the bot's HTTP status, 0 when it did not answer and None when nothing was sent to it; `errors`
    are the client's own objections by input id; `toast` is a text that shows and goes.
    """

    id: str | None = None
    status: int | None = None
    error: str | None = None
    toast: str | None = None
    url: str | None = None
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Nothing went wrong."""
        return self.error is None and not self.errors


class TeamsHumans:
    """The hands of everybody in one tenant."""

    def __init__(self, world: TeamsWorld, delivery: TeamsDelivery) -> None:
        self._world = world
        self._delivery = delivery

    # Writing

    async def say(
        self,
        user: str,
        conversation: str,
        text: str,
        *,
        mentions: Sequence[str] | None = None,
        slash: bool = False,
        reply_to: str | None = None,
    ) -> Done:
        """Write a message, as typed; `@Maya Costa`, `@Maya` and `@Boundary Bot` become mentions.

        `mentions` keeps those of these accounts only. `slash` makes it a targeted message to the bot.
        `reply_to` is a message of the channel thread. The bot hears what Teams would tell it: everything in
        its own chat, elsewhere what mentions it or is targeted at it, and the rest with `app.rsc`.
        """
        person, place = self._at(user, conversation)
        if slash and (place.kind is Kind.PERSONAL or not self._world.app.targeted):
            return Done(error="There are no slash commands of this app here.")
        if reply_to is not None and self._seen(user, place, reply_to).viewer is not None:
            return Done(error="A private message cannot be answered.")
        found = activities.find_mentions(self._world, place, text)
        kept = tuple(one for one in found if mentions is None or one[0] in mentions)
        root = self._root(place, reply_to)
        post = TeamsActivity(
            self._world.new_activity_id(),
            place.id,
            user,
            text,
            self._world.now(),
            mentions=kept,
            viewer=user if slash else None,
            root=root,
        )
        self._world.store(post)
        if not self._heard_by_bot(person, place, post):
            return Done(post.id)
        heard = await self._delivery.send(activities.message(self._world, person, place, post))
        return Done(post.id, heard.status)

    # Cards

    async def press(
        self,
        user: str,
        conversation: str,
        activity_id: str,
        action: int | str,
        inputs: Mapping[str, str] | None = None,
    ) -> Done:
        """Press an action of a card, by its place or title, with these entries; KeyError without one."""
        person, place = self._at(user, conversation)
        post = self._seen(user, place, activity_id)
        card = post.card_for(user)
        if card is None:
            raise KeyError("this message has no card")
        chosen = cards.find_action(card, action)
        held = cards.entered(card, chosen, inputs or {})
        kind = chosen["type"]
        if kind == "Action.OpenUrl":
            return Done(post.id, url=str(chosen["url"]))
        if kind not in {"Action.Execute", "Action.Submit"}:
            return Done(post.id)
        objections = cards.complaints(card, chosen, held)
        if objections:
            return Done(post.id, errors=objections)
        data = cards.merged(chosen, held)
        if kind == "Action.Execute":
            return await self._execute(person, place, post, chosen, data)
        return await self._submit(person, place, post, data)

    async def _execute(
        self, person: TeamsUser, place: TeamsConversation, post: TeamsActivity, action: Json, data: Any
    ) -> Done:
        sent = {key: action[key] for key in ("type", "id", "title", "verb") if key in action} | {"data": data}
        value = {"action": sent, "trigger": "manual"}
        heard = await self._invoke(person, place, "adaptiveCard/action", value, post=post)
        return self._applied(person, post, heard)

    def _applied(self, person: TeamsUser, post: TeamsActivity, heard: Heard) -> Done:
        """What Teams makes of the answer to an Action.Execute."""
        body = heard.body or {}
        kind, value = body.get("type"), body.get("value")
        if heard.status != 200:
            return Done(post.id, heard.status, UNREACHABLE)
        if kind == _CARD and isinstance(value, dict) and body.get("statusCode") == 200:
            post.views[person.id] = value
            self._world.changed()
            return Done(post.id, 200)
        if kind == _TEXT and isinstance(value, str):
            return Done(post.id, 200, toast=value)
        if kind == _ERROR and isinstance(value, dict):
            return Done(post.id, 200, str(value.get("message") or WENT_WRONG))
        return Done(post.id, 200, WENT_WRONG)

    async def _submit(
        self, person: TeamsUser, place: TeamsConversation, post: TeamsActivity, data: Any
    ) -> Done:
        """A message with a value, or a dialog when the data asks Teams for one."""
        if as_object(as_object(data).get("msteams")).get("type") == "task/fetch":
            value = {"data": data, "context": {"theme": "default"}}
            heard = await self._invoke(person, place, "task/fetch", value, post=post)
            return self._dialog(person, heard, Dialog("", {}, "", place.id, {}))
        heard = await self._delivery.send(activities.submitted(self._world, person, place, post, data))
        return Done(post.id, heard.status, None if 0 < heard.status < 300 else UNREACHABLE)

    # Message extension and dialogs

    async def message_action(
        self, user: str, conversation: str, activity_id: str, command: str = "deliver_when_available"
    ) -> Done:
        """Use an action of the message extension on a message; it opens a dialog."""
        person, place = self._at(user, conversation)
        post = self._seen(user, place, activity_id)
        if post.viewer is not None:
            return Done(error="There are no actions on a private message.")
        payload = activities.message_payload(self._world, place, post)
        started = Dialog("", {}, command, place.id, payload)
        value = self._extension(started) | {"context": {"theme": "default"}}
        return self._dialog(
            person, await self._invoke(person, place, "composeExtension/fetchTask", value, post=post), started
        )

    async def submit_dialog(
        self, user: str, inputs: Mapping[str, str] | None = None, action: int | str | None = None
    ) -> Done:
        """Send the open dialog with these entries; `action` None presses its first button that sends."""
        person, dialog = self._world.users[user], self._world.dialogs.get(user)
        if dialog is None:
            raise KeyError("no dialog is open")
        if action is None:
            sending = ("Action.Submit", "Action.Execute")
            chosen = next((one for one in cards.actions(dialog.card) if one["type"] in sending), None)
            if chosen is None:
                raise KeyError("the dialog has nothing to send")
        else:
            chosen = cards.find_action(dialog.card, action)
        held = cards.entered(dialog.card, chosen, inputs or {})
        objections = cards.complaints(dialog.card, chosen, held)
        if objections:
            return Done(errors=objections)
        data = cards.merged(chosen, held)
        place = self._world.conversation(dialog.conversation)
        value = self._extension(dialog) | {"data": data, "context": {"theme": "default"}}
        name = "composeExtension/submitAction" if dialog.command else "task/submit"
        return self._dialog(person, await self._invoke(person, place, name, value), dialog)

    def close_dialog(self, user: str) -> None:
        """Close the open dialog, if there is one; the bot does not hear of it."""
        if self._world.dialogs.pop(user, None) is not None:
            self._world.changed()

    def _extension(self, dialog: Dialog) -> Json:
        if not dialog.command:
            return {}
        return {
            "commandId": dialog.command,
            "commandContext": "message",
            "messagePayload": dialog.payload,
        }

    def _dialog(self, person: TeamsUser, heard: Heard, before: Dialog) -> Done:
        """What Teams makes of the answer to a fetch or a submit: another card, a sentence, or the end."""
        task = as_object(as_object(heard.body).get("task"))
        value = task.get("value")
        if heard.status != 200:
            before.error = UNREACHABLE
            self._world.changed()
            return Done(status=heard.status, error=UNREACHABLE)
        if task.get("type") == "continue" and isinstance(value, dict):
            card = as_object(value.get("card")).get("content")
            if not isinstance(card, dict):
                return Done(status=200, error=WENT_WRONG)
            title = str(value.get("title") or before.title)
            self._world.dialogs[person.id] = Dialog(
                title, card, before.command, before.conversation, before.payload
            )
            self._world.changed()
            return Done(status=200)
        self.close_dialog(person.id)
        return Done(status=200, toast=str(value) if task.get("type") == "message" else None)

    # Installing

    async def install(self, user: str) -> Done:
        """Add the app for oneself."""
        person, place = self._world.users[user], self._world.personal(user)
        person.installed = True
        return await self._tell(activities.installation(self._world, person, place, added=True))

    async def uninstall(self, user: str) -> Done:
        """Remove the app for oneself; the chat stays, the bot can no longer write in it."""
        person, place = self._world.users[user], self._world.personal(user)
        person.installed = False
        return await self._tell(activities.installation(self._world, person, place, added=False))

    async def add_app(self, user: str, conversation: str) -> Done:
        """Add the app to a group chat or team."""
        person, place = self._at(user, conversation)
        place.members[self._world.app.bot_id] = None
        return await self._tell(activities.installation(self._world, person, place, added=True))

    async def remove_app(self, user: str, conversation: str) -> Done:
        """Remove the app from a group chat or team."""
        person, place = self._at(user, conversation)
        place.members.pop(self._world.app.bot_id, None)
        return await self._tell(activities.installation(self._world, person, place, added=False))

    # One's own presence

    def set_presence(self, user: str, availability: str) -> None:
        """Choose one's presence in the client, without an end; "" resets it. Unknown ones: ValueError."""
        self._world.users[user].preferred = presence.by_hand(availability)
        self._world.changed()

    def set_status_message(self, user: str, text: str) -> None:
        """Write one's status message in the client; "" clears it."""
        self._world.users[user].status_message = StatusMessage(text) if text else None
        self._world.changed()

    # Raw

    async def deliver(self, activity: Json, *, authorization: str | None = None) -> int:
        """Send an activity as it is, signed or with another Authorization; gives the status, 0 for none."""
        return (await self._delivery.attempt(activity, authorization=authorization)).status

    async def _tell(self, told: Sequence[Json]) -> Done:
        self._world.changed()
        status = [(await self._delivery.send(activity)).status for activity in told]
        return Done(status=status[0])

    async def _invoke(
        self,
        person: TeamsUser,
        place: TeamsConversation,
        name: str,
        value: Json,
        *,
        post: TeamsActivity | None = None,
    ) -> Heard:
        root = (post.root or post.id) if post and place.kind is Kind.CHANNEL else None
        activity = activities.invoke(self._world, person, place, name, value, root=root)
        return await self._delivery.invoke(activity | ({"replyToId": post.id} if post else {}))

    def _at(self, user: str, conversation: str) -> tuple[TeamsUser, TeamsConversation]:
        return self._world.users[user], self._world.conversation_for(user, conversation)

    def _seen(self, user: str, place: TeamsConversation, activity_id: str) -> TeamsActivity:
        post = place.activities.get(activity_id)
        if post is None or not post.seen_by(user, self._world.now()):
            raise TeamsError("ActivityNotFoundInConversation")
        return post

    def _root(self, place: TeamsConversation, reply_to: str | None) -> str | None:
        if reply_to is None or place.kind is not Kind.CHANNEL:
            return None
        parent = place.activities[reply_to]
        return parent.root or parent.id

    def _heard_by_bot(self, person: TeamsUser, place: TeamsConversation, post: TeamsActivity) -> bool:
        app = self._world.app
        if place.kind is Kind.PERSONAL:
            return person.installed and not person.blocked
        mentioned = any(account == app.bot_id for account, _ in post.mentions)
        return app.bot_id in place.members and (app.rsc or mentioned or post.viewer is not None)
