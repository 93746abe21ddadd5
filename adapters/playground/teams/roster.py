"""Who is where: members, teams and channels, and whether the bot may act in a conversation at all."""

from typing import Final

from adapters.playground.answer import Answer
from adapters.playground.limits import Limit
from adapters.playground.records import Json
from adapters.playground.teams.errors import TeamsError
from adapters.playground.teams.records import Kind, Team, TeamsApp, TeamsConversation, TeamsUser
from adapters.playground.teams.wire import Call
from adapters.playground.teams.world import TeamsWorld

# Per bot and thread, and for everything a bot does in one tenant, "subject to change":
# learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit.
SEND_WINDOWS: Final = ((7, 1.0), (8, 2.0), (60, 30.0), (1800, 3600.0))
READ_WINDOWS: Final = ((14, 1.0), (16, 2.0), (120, 30.0), (3600, 3600.0))
PER_TENANT: Final = Limit(("tenant",), 50, 1.0)
_PAGE: Final = 200


def limited(call: Call, kind: str, thread: str, windows: tuple[tuple[int, float], ...]) -> None:
    """Count a call against the windows of its thread and the tenant's fifty a second."""
    own = [Limit((kind, thread, str(seconds)), calls, seconds) for calls, seconds in windows]
    call.limit([PER_TENANT, *own])


def reachable(world: TeamsWorld, place: TeamsConversation) -> TeamsConversation:
    """The conversation, if the bot may act in it; the 401 and 403 of the connector otherwise."""
    if place.kind is Kind.PERSONAL:
        writable(world, world.person_in(place))
        return place
    _allowed(world.app)
    if world.app.bot_id not in place.members:
        raise TeamsError("BotNotInConversationRoster")
    return place


def writable(world: TeamsWorld, person: TeamsUser) -> None:
    """Raises the 401 or 403 of the connector if the bot may not write to this person."""
    _allowed(world.app)
    if person.blocked:
        raise TeamsError("ConversationBlockedByUser")
    if not person.installed:
        raise TeamsError("BotNotInConversationRoster")


def _allowed(app: TeamsApp) -> None:
    if not app.registered:
        raise TeamsError("BotNotRegistered")
    if app.disabled_by_admin:
        raise TeamsError("BotDisabledByAdmin")


def member(call: Call) -> Answer:
    """One member, by account id or directory id."""
    place = _seen(call)
    person = call.world.person(call.match["member"])
    if person is None or person.id not in place.members:
        raise TeamsError("MemberNotFoundInConversation")
    return Answer(_member(call.world, person))


def members(call: Call) -> Answer:
    """A page of the members; `continuationToken` leads to the next one."""
    place = _seen(call)
    people = [call.world.users[one] for one in place.members if one in call.world.users]
    try:
        start = int(call.query.get("continuationToken") or 0)
        size = min(int(call.query.get("pageSize") or _PAGE), 500)
    except ValueError:
        start = size = 0
    if start < 0 or size < 1:
        raise TeamsError("BadArgument", "Bad page size or continuation token.")
    shown = [_member(call.world, person) for person in people[start : start + size]]
    following = {"continuationToken": str(start + size)} if start + size < len(people) else {}
    return Answer({"members": shown, **following})


def team(call: Call) -> Answer:
    """A team that the bot is in."""
    found = _team(call)
    return Answer({"id": found.id, "name": found.name, "aadGroupId": found.group})


def channels(call: Call) -> Answer:
    """The channels of a team; the General channel has the team's id and no name."""
    found = _team(call)
    places = [one for one in call.world.conversations.values() if one.team == found.id]
    return Answer(
        {
            "conversations": [
                {"id": one.id, "name": None if one.id == found.id else one.name} for one in places
            ]
        }
    )


def _seen(call: Call) -> TeamsConversation:
    place = reachable(call.world, call.world.conversation(call.match["conversation"]))
    limited(call, "members", place.id, READ_WINDOWS)
    return place


def _team(call: Call) -> Team:
    found = call.world.teams.get(call.match["team"])
    if found is None:
        raise TeamsError("TeamNotFound")
    reachable(call.world, call.world.conversation(found.id))
    limited(call, "conversations", found.id, READ_WINDOWS)
    return found


def _member(world: TeamsWorld, person: TeamsUser) -> Json:
    first, _, last = person.name.partition(" ")
    if person.anonymous:
        return {"id": person.id, "name": person.name, "userRole": "anonymous"}
    return {
        "id": person.id,
        "name": person.name,
        "aadObjectId": person.aad,
        "objectId": person.aad,
        "givenName": first,
        "surname": last,
        "email": person.upn,
        "userPrincipalName": person.upn,
        "userRole": "guest" if person.guest else "user",
        "tenantId": person.tenant or world.tenant_id,
    }
