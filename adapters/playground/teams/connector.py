"""The Bot Connector as Teams serves it: conversations, activities, members, teams.

Sources: learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference and
learn.microsoft.com/microsoftteams/platform/bots (conversation-messages, rate-limit, targeted messages).
Sending is not idempotent: the same POST twice is two messages.
"""

import re
from typing import Final

from aiohttp import web

from adapters.playground.answer import Answer
from adapters.playground.records import Json
from adapters.playground.teams import roster
from adapters.playground.teams.errors import TeamsError
from adapters.playground.teams.reading import part, parts, words
from adapters.playground.teams.records import Kind, TeamsActivity, TeamsConversation, TeamsUser
from adapters.playground.teams.roster import PER_TENANT, SEND_WINDOWS, limited
from adapters.playground.teams.wire import BOT, Call, Wire
from adapters.playground.teams.world import TeamsWorld

CARD: Final = "application/vnd.microsoft.card.adaptive"
MAX_BYTES: Final = 100 * 1024
"""The whole payload counted as UTF-16, base64 images left out."""
_IMAGE: Final = re.compile(r"data:image/[a-z+.-]+;base64,[A-Za-z0-9+/=]+")


class Connector:
    """Everything below the service URL."""

    def __init__(self, world: TeamsWorld) -> None:
        self._wire = Wire(world, BOT)

    def routes(self) -> list[web.RouteDef]:
        """The calls that this stand-in answers."""
        on, base = self._wire.route, "/teams/connector/v3/conversations"
        one, team = base + "/{conversation}", "/teams/connector/v3/teams/{team}"
        return [
            on("POST", base, "conversations.create", create),
            on("POST", one + "/activities", "activities.send", send),
            on("POST", one + "/activities/{activity}", "activities.send", send),
            on("PUT", one + "/activities/{activity}", "activities.update", update),
            on("DELETE", one + "/activities/{activity}", "activities.delete", delete),
            on("GET", one + "/members/{member}", "members.get", roster.member),
            on("GET", one + "/pagedmembers", "members.list", roster.members),
            on("GET", team, "teams.get", roster.team),
            on("GET", team + "/conversations", "teams.conversations", roster.channels),
        ]


def create(call: Call) -> Answer:
    """Start a personal chat, or a thread in a channel."""
    body, world = _sized(call), call.world
    extra = part(body, "channelData")
    if part(extra, "tenant").get("id") != world.tenant_id:
        raise TeamsError("BadSyntax", "Could not parse tenant id")
    channel = words(part(extra, "channel"), "id")
    if channel:
        return _thread(call, channel, body)
    person = _member(world, body)
    limited(call, "create", person.id, SEND_WINDOWS)
    roster.writable(world, person)
    return Answer({"id": world.personal(person.id).id}, 201)


def _thread(call: Call, channel: str, body: Json) -> Answer:
    limited(call, "create", channel, SEND_WINDOWS)
    place = roster.reachable(call.world, call.world.conversation(channel))
    if body.get("isGroup") is not True or place.kind is not Kind.CHANNEL:
        raise TeamsError("BadSyntax", "Only a channel has threads, and isGroup must be true for one.")
    posted = _store(call, place, part(body, "activity"), root=None)
    return Answer({"id": f"{place.id};messageid={posted.id}", "activityId": posted.id}, 201)


def _member(world: TeamsWorld, body: Json) -> TeamsUser:
    members = parts(body, "members")
    if body.get("isGroup") or len(members) != 1:
        raise TeamsError("BadSyntax", "A bot can start a conversation with exactly one member.")
    key = words(members[0], "id")
    person = world.person(key)
    if person is None:
        paired = key.startswith("29:")
        wrong = "Failed to decrypt pairwise id" if paired else "Invalid user identity in tenant"
        raise TeamsError("BadArgument", wrong)
    return person


def send(call: Call) -> Answer:
    """Post an activity. One with text and an attachment becomes two messages, and no id comes back."""
    activity, place = _sized(call), _place(call)
    limited(call, "send", place.id, SEND_WINDOWS)
    targeted = call.query.get("isTargetedActivity", "").lower() == "true"
    viewer = _viewer(call.world, place, activity) if targeted else None
    if activity.get("type") == "typing":
        return Answer({"id": call.world.new_activity_id()}, 201)
    if activity.get("text") and activity.get("attachments"):
        limited(call, "send", place.id, SEND_WINDOWS)  # splitting counts twice
        _store(call, place, activity | {"attachments": []}, root=_root(call), viewer=viewer)
        _store(call, place, activity | {"text": ""}, root=_root(call), viewer=viewer)
        return Answer({}, 201)
    return Answer({"id": _store(call, place, activity, root=_root(call), viewer=viewer).id}, 201)


def update(call: Call) -> Answer:
    """Replace what a message of the bot's shows; everybody's own view of its card ends."""
    activity = _sized(call)
    post = _own(call, activity)
    text, card = _content(activity)
    post.text, post.card, post.raw, post.summary = text, card, activity, words(activity, "summary")
    post.mentions = _mentions(activity)
    post.edited = call.world.now()
    post.views.clear()
    call.world.changed()
    return Answer({"id": post.id})


def delete(call: Call) -> Answer:
    """Take a message of the bot's away."""
    post = _own(call, {})
    post.deleted = call.world.now()
    call.world.changed()
    return Answer("", 200)


def _place(call: Call) -> TeamsConversation:
    return roster.reachable(call.world, call.world.conversation(call.match["conversation"]))


def _own(call: Call, activity: Json) -> TeamsActivity:
    """The bot's own live message that the path names."""
    call.limit([PER_TENANT])
    place, world = _place(call), call.world
    targeted = call.query.get("isTargetedActivity", "").lower() == "true"
    if targeted and activity.get("recipient"):
        raise TeamsError("BadArgument", "Bad argument: recipient must not be present.")
    post = place.activities.get(call.match["activity"])
    seen = post is not None and post.seen_by(post.viewer or "", world.now())
    if post is None or not seen or (post.viewer is not None) != targeted:
        raise TeamsError("ActivityNotFoundInConversation")
    if not post.by_bot:
        raise TeamsError("BadSyntax", "Only the sender can change an activity.", status=403)
    return post


def _viewer(world: TeamsWorld, place: TeamsConversation, activity: Json) -> str:
    """For whom a targeted message is meant: somebody in this group or channel."""
    person = world.person(words(part(activity, "recipient"), "id"))
    if person is None:
        raise TeamsError("BadArgument", "Bad argument: recipient is required.")
    if place.kind is Kind.PERSONAL or not world.app.targeted:
        raise TeamsError("BadArgument", "Bad argument: targeted messages are not supported here.")
    if person.id not in place.members:
        raise TeamsError("BotNotInConversationRoster", status=404)
    return person.id


def _root(call: Call) -> str | None:
    _, _, thread = call.match["conversation"].partition(";messageid=")
    return thread or None


def _store(
    call: Call, place: TeamsConversation, activity: Json, *, root: str | None, viewer: str | None = None
) -> TeamsActivity:
    world = call.world
    text, card = _content(activity)
    made = TeamsActivity(
        world.new_activity_id(),
        place.id,
        world.app.bot_id,
        text,
        world.now(),
        by_bot=True,
        summary=words(activity, "summary"),
        card=card,
        mentions=_mentions(activity),
        viewer=viewer,
        root=root,
        raw=activity,
    )
    return world.store(made)


def _content(activity: Json) -> tuple[str, Json | None]:
    """Text and card of a message; BadSyntax when Teams could not show it."""
    part(activity, "channelData")
    if activity.get("type") != "message":
        raise TeamsError("BadSyntax", "Activity type is not supported.")
    attachments, text = parts(activity, "attachments"), words(activity, "text")
    if not text and not attachments:
        raise TeamsError("BadSyntax", "Activity must include non empty 'text' field or attachment.")
    cards = [one.get("content") for one in attachments if one.get("contentType") == CARD]
    if len(cards) != len(attachments) or len(cards) > 1:
        raise TeamsError("BadSyntax", "This stand-in shows one Adaptive Card a message.")
    card = cards[0] if cards else None
    if cards and (not isinstance(card, dict) or card.get("type") != "AdaptiveCard"):
        raise TeamsError("BadSyntax", "Invalid Adaptive Card.")
    return _readable(text, activity), card


def _mentions(activity: Json) -> tuple[tuple[str, str], ...]:
    return tuple((words(part(one, "mentioned"), "id"), _shown(one)) for one in _mention_entities(activity))


def _readable(text: str, activity: Json) -> str:
    """What people read: mentions without their tags."""
    for one in _mention_entities(activity):
        text = text.replace(words(one, "text"), _shown(one))
    return text


def _mention_entities(activity: Json) -> list[Json]:
    found = [one for one in parts(activity, "entities") if one.get("type") == "mention"]
    if not all(words(one, "text") for one in found):
        raise TeamsError("BadSyntax", "A mention needs the text that stands for it.")
    return found


def _shown(mention: Json) -> str:
    return "@" + re.sub(r"</?at[^>]*>", "", words(mention, "text"))


def _sized(call: Call) -> Json:
    if len(_IMAGE.sub("", call.raw).encode("utf-16-le")) > MAX_BYTES:
        raise TeamsError("MessageSizeTooBig")
    return call.json()
