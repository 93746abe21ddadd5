"""The page's questions about the tenant: `/playground/teams/*`, same origin and loopback only.

GET state?as=29:maya -> {now, me, bot, tenant, installed, rsc, targeted, version, users: [{id, name, aad, tz,
  local_time, guest, is_bot, installed, presence: {availability, activity}, status_message: {text, expires}}],
  conversations: [{id, name, kind, team, members, unread, with_bot}], commands: [{title, description}],
  actions: [{id, title}], dialog: null | {title, card, error}}
GET messages?as=&conversation= -> {messages: [{id, from, text, mentions: [{id, text}], card, summary, at,
  targeted, edited, reply_to, bot}]}; `mentions[].text` are the words in `text`
POST act {as, what, details} -> {ok, error?, toast?, errors?, url?, id?}, see `_ACTS`
GET, POST faults; GET posts; GET calls: as the Slack side's
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final
from zoneinfo import ZoneInfo

from aiohttp import web

from adapters.playground.page_api import iso, json_body, order_faults
from adapters.playground.records import Json
from adapters.playground.teams import presence
from adapters.playground.teams.errors import TeamsError
from adapters.playground.teams.human import Done, TeamsHumans
from adapters.playground.teams.records import Kind, TeamsActivity, TeamsConversation, TeamsUser
from adapters.playground.teams.world import TeamsWorld, activity_json


class TeamsPageApi:
    """What the page asks of the tenant."""

    def __init__(self, world: TeamsWorld, humans: TeamsHumans) -> None:
        self._world = world
        self._humans = humans

    def routes(self) -> list[web.RouteDef]:
        """The API's routes."""
        return [
            web.get("/playground/teams/state", self.state),
            web.get("/playground/teams/messages", self.messages),
            web.post("/playground/teams/act", self.act),
            web.get("/playground/teams/faults", self.faults),
            web.post("/playground/teams/faults", self.set_faults),
            web.get("/playground/teams/posts", self.posts),
            web.get("/playground/teams/calls", self.calls),
        ]

    async def state(self, request: web.Request) -> web.Response:
        """Everything but messages, as one viewer sees it."""
        me, world = self._viewer(request), self._world
        app, dialog = world.app, world.dialogs.get(me.id)
        return web.json_response(
            {
                "now": iso(world.now()),
                "me": me.id,
                "bot": app.bot_id,
                "tenant": world.tenant_id,
                "installed": me.installed,
                "rsc": app.rsc,
                "targeted": app.targeted,
                "version": world.version,
                "users": [*(self._user(user) for user in world.users.values()), self._bot()],
                "conversations": [self._conversation(one, me) for one in world.conversations_of(me.id)],
                "commands": [{"title": title, "description": words} for title, words in app.commands],
                "actions": [{"id": name, "title": title} for name, title in app.actions],
                "dialog": {"title": dialog.title, "card": dialog.card, "error": dialog.error}
                if dialog
                else None,
            }
        )

    async def messages(self, request: web.Request) -> web.Response:
        """One conversation, oldest first, with only what this viewer sees; marks it read."""
        me, world = self._viewer(request), self._world
        try:
            place = world.conversation_for(me.id, request.query.get("conversation", ""))
        except TeamsError as error:
            return web.json_response({"ok": False, "error": error.message}, status=404)
        shown = [post for post in place.activities.values() if post.seen_by(me.id, world.now())]
        if shown:
            world.last_read[me.id, place.id] = max(int(post.id) for post in shown)
        return web.json_response({"messages": [_message(post, me) for post in shown]})

    async def act(self, request: web.Request) -> web.Response:
        """Do what a person does on the page."""
        body = await json_body(request)
        try:
            return web.json_response(done_json(await self._perform(body)))
        except TeamsError as error:
            return web.json_response({"ok": False, "error": error.message})
        except (KeyError, TypeError, ValueError) as error:
            return web.json_response({"ok": False, "error": f"bad_request: {error}"}, status=400)

    async def faults(self, _request: web.Request) -> web.Response:
        """The faults that are switched on."""
        return web.json_response(self._world.faults.describe())

    async def set_faults(self, request: web.Request) -> web.Response:
        """As on the Slack side; `method` is the name of a call, such as `activities.send`."""
        return await order_faults(self._world.faults, request)

    async def posts(self, _request: web.Request) -> web.Response:
        """The oracle: every message ever stored, deleted ones included, with the arrivals per call."""
        audit = self._world.audit
        rows = [activity_json(post) for post in audit.posts]
        return web.json_response({"posts": rows, "arrivals": dict(audit.arrivals)})

    async def calls(self, _request: web.Request) -> web.Response:
        """How the bot behaved, per call."""
        return web.json_response(self._world.audit.summary(self._world.limits.over))

    async def _perform(self, body: Json) -> Done:
        what, details = body.get("what"), _given(body, "details")
        if what not in _ACTS:
            raise ValueError(f"no such act: {what}; use one of {', '.join(_ACTS)}")
        user = str(body.get("as"))
        if user not in self._world.users:
            raise ValueError(f"nobody is called {user}")
        return await _ACTS[what](self._humans, user, details)

    def _viewer(self, request: web.Request) -> TeamsUser:
        user = self._world.users.get(request.query.get("as", ""))
        if user is None:
            raise web.HTTPBadRequest(text="Say who is looking: ?as=29:maya")
        return user

    def _user(self, user: TeamsUser) -> Json:
        now = self._world.now()
        availability, activity = presence.shown(user, now)
        status = presence.status_message(user, now)
        expires = iso(status.expires) if status and status.expires else None
        return {
            "id": user.id,
            "name": user.name,
            "aad": user.aad,
            "tz": user.tz,
            "local_time": now.astimezone(ZoneInfo(user.tz)).strftime("%H:%M"),
            "guest": user.guest,
            "is_bot": False,
            "installed": user.installed,
            "presence": {"availability": availability, "activity": activity},
            "status_message": {"text": status.text if status else "", "expires": expires},
        }

    def _bot(self) -> Json:
        return {
            "id": self._world.app.bot_id,
            "name": self._world.app.name,
            "aad": "",
            "tz": "Etc/UTC",
            "local_time": self._world.now().strftime("%H:%M"),
            "guest": False,
            "is_bot": True,
            "installed": True,
            "presence": {"availability": "Available", "activity": "Available"},
            "status_message": {"text": "", "expires": None},
        }

    def _conversation(self, place: TeamsConversation, me: TeamsUser) -> Json:
        world = self._world
        read = world.last_read.get((me.id, place.id), 0)
        unread = 0
        for post in reversed(place.activities.values()):
            if int(post.id) <= read:
                break
            unread += post.sender != me.id and post.seen_by(me.id, world.now())
        return {
            "id": place.id,
            "name": world.app.name if place.kind is Kind.PERSONAL else place.name,
            "kind": place.kind.value,
            "team": world.teams[place.team].name if place.team else "",
            "members": list(place.members),
            "unread": unread,
            "with_bot": world.app.bot_id in place.members,
        }


def done_json(done: Done) -> Json:
    """What a person sees, for the page."""
    shown: dict[str, Any] = {
        "error": done.error,
        "toast": done.toast,
        "url": done.url,
        "id": done.id,
        "errors": dict(done.errors),
    }
    return {"ok": done.ok} | {name: value for name, value in shown.items() if value}


def _message(post: TeamsActivity, me: TeamsUser) -> Json:
    return {
        "id": post.id,
        "from": post.sender,
        "text": post.text,
        "mentions": [{"id": account, "text": words} for account, words in post.mentions],
        "card": post.card_for(me.id),
        "summary": post.summary,
        "at": iso(post.at),
        "targeted": post.viewer is not None,
        "edited": post.edited is not None,
        "reply_to": post.root,
        "bot": post.by_bot,
    }


def _given(body: Json, name: str) -> Json:
    value = body.get(name) or {}
    if not isinstance(value, dict):
        raise TypeError(f"{name} must be an object")
    return value


Act = Callable[[TeamsHumans, str, Json], Awaitable[Done]]


async def _say(humans: TeamsHumans, user: str, details: Json) -> Done:
    """`{conversation, text, slash?, reply_to?}`; outside the bot's chat a leading slash makes it one."""
    conversation, text = str(details["conversation"]), str(details["text"])
    slash = bool(details.get("slash")) or (text.startswith("/") and not conversation.startswith("a:"))
    return await humans.say(user, conversation, text, slash=slash, reply_to=details.get("reply_to"))


async def _press(humans: TeamsHumans, user: str, details: Json) -> Done:
    """`{conversation, id, action: index or title, inputs?}`."""
    return await humans.press(
        user, str(details["conversation"]), str(details["id"]), details["action"], _given(details, "inputs")
    )


async def _message_action(humans: TeamsHumans, user: str, details: Json) -> Done:
    """`{conversation, id, action_id?}`."""
    command = str(details.get("action_id") or "deliver_when_available")
    return await humans.message_action(user, str(details["conversation"]), str(details["id"]), command)


async def _submit_dialog(humans: TeamsHumans, user: str, details: Json) -> Done:
    """`{inputs?, action?: index or title}`."""
    return await humans.submit_dialog(user, _given(details, "inputs"), details.get("action"))


async def _close_dialog(humans: TeamsHumans, user: str, _details: Json) -> Done:
    humans.close_dialog(user)
    return Done()


async def _install(humans: TeamsHumans, user: str, _details: Json) -> Done:
    return await humans.install(user)


async def _uninstall(humans: TeamsHumans, user: str, _details: Json) -> Done:
    return await humans.uninstall(user)


async def _set_presence(humans: TeamsHumans, user: str, details: Json) -> Done:
    """`{availability}`, "" to reset."""
    humans.set_presence(user, str(details.get("availability", "")))
    return Done()


async def _set_status_message(humans: TeamsHumans, user: str, details: Json) -> Done:
    """`{text}`, "" to clear."""
    humans.set_status_message(user, str(details.get("text", "")))
    return Done()


async def _toast_seen(_humans: TeamsHumans, _user: str, _details: Json) -> Done:
    """Toasts live on the page alone."""
    return Done()


_ACTS: Final[dict[str, Act]] = {
    "say": _say,
    "press": _press,
    "message_action": _message_action,
    "submit_dialog": _submit_dialog,
    "close_dialog": _close_dialog,
    "install": _install,
    "uninstall": _uninstall,
    "set_presence": _set_presence,
    "set_status_message": _set_status_message,
    "toast_seen": _toast_seen,
}
