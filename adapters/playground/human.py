"""What people do in the workspace, as methods; each returns what the person then sees."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.playground import inputs, members, modals, posting
from adapters.playground.api_auth import new_code
from adapters.playground.errors import SlackError
from adapters.playground.events import Delivery, Reply
from adapters.playground.inputs import Values
from adapters.playground.records import Channel, ChannelKind, Json, Message, Token, TokenKind
from adapters.playground.replies import from_slackbot, respond
from adapters.playground.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Seen:
    """What one person sees after an action.

    `error` is `operation_timeout`, `dispatch_failed` or a Slack error name; `messages` are the ephemeral ones
    that appeared meanwhile; `view` is the modal on top of the stack (or the Home tab); `errors` are a form's,
    by block id.
    """

    error: str | None = None
    ts: str | None = None
    messages: tuple[Message, ...] = ()
    view: Json | None = None
    errors: dict[str, str] = field(default_factory=dict)
    url: str | None = None

    @property
    def ok(self) -> bool:
        """Nothing went wrong."""
        return self.error is None and not self.errors

    @property
    def text(self) -> str:
        """The texts of the ephemeral messages, one a line."""
        return "\n".join(message.text for message in self.messages)


class Humans:
    """The hands of every person in one workspace."""

    def __init__(self, workspace: Workspace, delivery: Delivery) -> None:
        self._workspace = workspace
        self._delivery = delivery

    # Writing

    async def say(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> Seen:
        """Post a message, as typed (`@maya` becomes a mention)."""
        place = self._place(user, channel)
        written = posting.resolve_typed(self._workspace, text)
        parent = posting.threadable(place, thread_ts)
        message = posting.post(self._workspace, place, user, written, method="say", thread_ts=parent)
        await self._delivery.first_attempts()
        return Seen(ts=message.ts, messages=self._ephemeral(place, user, message.ts))

    async def command(self, user: str, channel: str, command: str, text: str = "") -> Seen:
        """Use a slash command in a channel."""
        place = self._place(user, channel)
        known = next((item for item in self._workspace.app.commands if item.command == command), None)
        mark = self._workspace.new_ts()
        if known is None:
            from_slackbot(self._workspace, place, user, f"{command} is not a valid command.")
            return Seen("invalid_command", messages=self._ephemeral(place, user, mark))
        sent = posting.resolve_typed(self._workspace, text, labels=True) if known.should_escape else text
        response_url = self._workspace.new_response_url(user, place.id)
        reply = await self._delivery.command(self._command_fields(user, place, command, sent, response_url))
        if reply.error:
            from_slackbot(self._workspace, place, user, f'{command} failed with the error "{reply.error}"')
        else:
            self._show_answer(place, user, f"{command} {text}".strip(), response_url, reply)
        return self._seen(user, place, mark, reply.error)

    # Pressing

    async def press(
        self,
        user: str,
        where: str,
        action_id: str,
        value: Any = None,
        *,
        block_id: str | None = None,
        channel: str | None = None,
        state: Values | None = None,
    ) -> Seen:
        """Use a button, menu or other element. `where` is a message ts (with `channel`) or a view id."""
        view = self._workspace.views.get(where)
        if view is not None and view["_user"] != user:
            raise SlackError("not_found")
        place = None if view else self._place(user, channel or "")
        message = None if place is None else posting.find_seen(place, where, user)
        found = inputs.find_element(
            (view["blocks"] if view else message and message.blocks) or [], action_id, block_id
        )
        if found is None:
            raise SlackError("no_such_element")
        block, element = found
        payload = self._interaction("block_actions", user) | {
            "actions": [self._action(block, element, value)]
        }
        if view is not None:
            view["state"]["values"] = self._typed(view, _with_choice(state, block, element, value))
            payload |= {"container": {"type": "view", "view_id": view["id"]}, "view": modals.public(view)}
            payload["state"] = view["state"]
        elif place is not None and message is not None:
            payload |= self._message_fields(user, place, message, state)
        return await self._interacted(user, place, payload, element.get("url"))

    async def shortcut(
        self, user: str, callback_id: str, channel: str | None = None, ts: str | None = None
    ) -> Seen:
        """Use a message shortcut (with channel and ts) or a global one."""
        if channel is None or ts is None:
            payload = self._interaction("shortcut", user) | {"callback_id": callback_id}
            return await self._interacted(user, None, payload)
        place = self._place(user, channel)
        message = posting.find(place, ts)
        payload = self._interaction("message_action", user) | {
            "callback_id": callback_id,
            "message_ts": ts,
            "message": posting.message_json(self._workspace, message),
            "channel": self._channel_fields(place),
            "response_url": self._workspace.new_response_url(user, place.id),
        }
        return await self._interacted(user, place, payload)

    # Views

    async def open_home(self, user: str) -> Seen:
        """Look at the app's Home tab."""
        place = self._workspace.direct(user, self._workspace.bot_user)
        view = modals.home(self._workspace, user)
        event = {
            "type": "app_home_opened",
            "user": user,
            "channel": place.id,
            "tab": "home",
            "event_ts": self._workspace.new_ts(),
        }
        self._workspace.emit(event | ({"view": modals.public(view)} if view else {}))
        await self._delivery.first_attempts()
        return Seen(view=modals.home(self._workspace, user))

    async def submit_view(self, user: str, view_id: str, values: Values | None = None) -> Seen:
        """Press a modal's submit button with these entries (`{block_id: {action_id: value}}`)."""
        view = self._open_view(user, view_id)
        view["state"]["values"] = self._typed(view, values)
        errors = inputs.missing(view["blocks"], view["state"]["values"])
        if errors:
            return Seen(errors=errors, view=view)
        payload = self._interaction("view_submission", user) | {
            "view": modals.public(view),
            "response_urls": [],
        }
        reply = await self._delivery.interaction(payload)
        if reply.error:
            return Seen(reply.error, view=view)
        return self._after_submit(user, view, reply.data or {})

    async def close_view(self, user: str, view_id: str, *, everything: bool = False) -> Seen:
        """Close a modal (or the whole stack); the app hears of it when the view asks for that.

        Closing what is closed already changes nothing: a second press of Escape is no mistake.
        """
        if view_id not in self._workspace.modals.get(user, []):
            return Seen(view=modals.top(self._workspace, user))
        view = self._open_view(user, view_id)
        modals.close(self._workspace, user, everything=everything)
        if view["notify_on_close"]:
            payload = self._interaction("view_closed", user, trigger=False)
            await self._delivery.interaction(
                payload | {"view": modals.public(view), "is_cleared": everything}
            )
        return Seen(view=modals.top(self._workspace, user))

    # Profile, connection, installation

    async def set_status_by_hand(self, user: str, text: str, emoji: str = "", expiration: int = 0) -> None:
        """Set one's own status in the client; `expiration` in epoch seconds, 0 for never."""
        members.set_status(self._workspace, self._workspace.user(user), text, emoji, expiration)
        await self._delivery.first_attempts()

    async def set_snooze_by_hand(self, user: str, minutes: int) -> None:
        """Pause one's notifications in the client; 0 minutes resumes them."""
        person = self._workspace.user(user)
        if minutes:
            members.set_snooze(self._workspace, person, minutes)
        elif person.snooze_until > self._workspace.epoch():
            members.end_snooze(self._workspace, person)

    def allow(
        self,
        user: str,
        bot_scopes: tuple[str, ...],
        user_scopes: tuple[str, ...],
        redirect_uri: str | None = None,
    ) -> str:
        """Press Allow on the authorisation page; returns the code."""
        return new_code(self._workspace, user, bot_scopes, user_scopes, redirect_uri)

    async def revoke(self, user: str) -> None:
        """Take back one's own connection to the app."""
        token = self._workspace.token_of(TokenKind.USER, user)
        if token is not None:
            self._workspace.revoke(token)
            await self._delivery.first_attempts()

    async def uninstall(self) -> None:
        """Remove the app from the workspace: every token dies, and the app is told."""
        ended: list[Token] = [token for token in self._workspace.tokens.values() if not token.revoked]
        self._workspace.emit({"type": "app_uninstalled", "event_ts": self._workspace.new_ts()})
        names = {
            "oauth": [token.user for token in ended if token.kind is TokenKind.USER],
            "bot": [token.user for token in ended if token.kind is TokenKind.BOT],
        }
        self._workspace.emit(
            {"type": "tokens_revoked", "tokens": names, "event_ts": self._workspace.new_ts()}
        )
        for token in ended:
            token.revoked = token.kind is not TokenKind.APP
        self._workspace.changed()
        await self._delivery.first_attempts()

    # Parts of payloads

    def _command_fields(
        self, user: str, place: Channel, command: str, text: str, url: str
    ) -> Mapping[str, str]:
        workspace = self._workspace
        return {
            "token": workspace.app.verification_token,
            "team_id": workspace.team_id,
            "team_domain": workspace.team_name.lower(),
            "channel_id": place.id,
            "channel_name": _channel_name(place),
            "user_id": user,
            "user_name": workspace.user(user).name,
            "command": command,
            "text": text,
            "api_app_id": workspace.app.app_id,
            "is_enterprise_install": "false",
            "response_url": url,
            "trigger_id": workspace.new_trigger(user),
        }

    def _interaction(self, kind: str, user: str, *, trigger: bool = True) -> Json:
        workspace = self._workspace
        person = workspace.user(user)
        payload: Json = {
            "type": kind,
            "token": workspace.app.verification_token,
            "api_app_id": workspace.app.app_id,
            "team": {"id": workspace.team_id, "domain": workspace.team_name.lower()},
            "user": {"id": user, "username": person.name, "name": person.name, "team_id": workspace.team_id},
            "enterprise": None,
            "is_enterprise_install": False,
            "action_ts": workspace.new_ts(),
        }
        return payload | ({"trigger_id": workspace.new_trigger(user)} if trigger else {})

    def _message_fields(self, user: str, place: Channel, message: Message, state: Values | None) -> Json:
        hidden = message.viewer is not None
        fields: Json = {
            "container": {
                "type": "message",
                "message_ts": message.ts,
                "channel_id": place.id,
                "is_ephemeral": hidden,
            },
            "channel": self._channel_fields(place),
            "state": {"values": inputs.state_of(message.blocks or [], state or {})},
            "response_url": self._workspace.new_response_url(user, place.id, message.ts),
        }
        # The payload of an ephemeral message carries no copy of it.
        return fields if hidden else fields | {"message": posting.message_json(self._workspace, message)}

    def _action(self, block: Json, element: Json, value: Any) -> Json:
        common = {"action_id": element["action_id"], "block_id": block["block_id"], "type": element["type"]}
        common["action_ts"] = self._workspace.new_ts()
        if element["type"] != "button":
            return inputs.entered(element, value) | common
        shown = {"text": element["text"]} | {
            key: element[key] for key in ("value", "style") if key in element
        }
        return common | shown

    def _channel_fields(self, place: Channel) -> Json:
        return {"id": place.id, "name": _channel_name(place)}

    # What comes back

    async def _interacted(
        self, user: str, place: Channel | None, payload: Json, url: str | None = None
    ) -> Seen:
        mark = self._workspace.new_ts()
        reply = await self._delivery.interaction(payload)
        if reply.error and place is not None:
            from_slackbot(self._workspace, place, user, f'That action failed with the error "{reply.error}"')
        return self._seen(user, place, mark, reply.error, url)

    def _show_answer(self, place: Channel, user: str, typed: str, response_url: str, reply: Reply) -> None:
        """The body of the 200 to a command: text or a message, ephemeral unless it says `in_channel`."""
        body = reply.data or ({"text": reply.text} if reply.text.strip() else {})
        in_channel = body.get("response_type") == "in_channel"
        if in_channel:  # this publishes the typed command too
            posting.post(self._workspace, place, user, typed, method="command")
        if body.get("text") or body.get("blocks"):
            grant = self._workspace.response_urls[response_url.rpartition("/")[2]]
            try:
                respond(self._workspace, grant, body)
            except SlackError as error:
                from_slackbot(self._workspace, place, user, f'{typed} failed with the error "{error.name}"')

    def _after_submit(self, user: str, view: Json, answer: Json) -> Seen:
        action = answer.get("response_action")
        if action == "errors":
            return Seen(errors=dict(answer.get("errors", {})), view=view)
        try:
            if action == "update":
                modals.update(self._workspace, view["id"], None, answer.get("view", {}))
            elif action == "push":
                modals.push_for(self._workspace, user, answer.get("view", {}))
            else:
                modals.close(self._workspace, user, everything=action == "clear")
        except SlackError as error:
            return Seen(error.name, view=modals.top(self._workspace, user))
        return Seen(view=modals.top(self._workspace, user))

    def _seen(
        self, user: str, place: Channel | None, mark: str, error: str | None, url: str | None = None
    ) -> Seen:
        messages = self._ephemeral(place, user, mark) if place else ()
        return Seen(error, messages=messages, view=modals.top(self._workspace, user), url=url)

    def _ephemeral(self, place: Channel, user: str, since: str) -> tuple[Message, ...]:
        return tuple(m for m in place.ephemeral if m.viewer == user and m.ts > since)

    def _typed(self, view: Json, values: Values | None) -> dict[str, dict[str, Json]]:
        return inputs.state_of(view["blocks"], values or {}, view["state"]["values"])

    def _open_view(self, user: str, view_id: str) -> Json:
        view = self._workspace.views.get(view_id)
        if view is None or view_id not in self._workspace.modals.get(user, []):
            raise SlackError("not_found")
        return view

    def _place(self, user: str, channel: str) -> Channel:
        place = self._workspace.channel_for(user, channel)
        if user not in place.members:
            raise SlackError("not_in_channel")
        return place


def _channel_name(place: Channel) -> str:
    if place.kind is ChannelKind.IM:
        return "directmessage"
    return place.name if place.kind is ChannelKind.PUBLIC else "privategroup"


def _with_choice(state: Values | None, block: Json, element: Json, value: Any) -> Values:
    if element["type"] in {"button", "overflow"}:
        return state or {}
    chosen = dict((state or {}).get(block["block_id"], {})) | {element["action_id"]: value}
    return dict(state or {}) | {block["block_id"]: chosen}
