"""Microsoft Graph, as far as presences, status messages and mailbox settings go.

Sources: learn.microsoft.com/graph/api/presence-* and user-get-mailboxsettings. The app speaks for itself, so
each call needs an application permission that an admin consented to.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from aiohttp import web

from adapters.playground.answer import Answer
from adapters.playground.limits import Limit
from adapters.playground.records import Json
from adapters.playground.teams import presence
from adapters.playground.teams.errors import TeamsError
from adapters.playground.teams.records import Preferred, StatusMessage, TeamsUser
from adapters.playground.teams.wire import GRAPH, Call, Wire
from adapters.playground.teams.world import TeamsWorld

READ: Final = ("Presence.Read.All", "Presence.ReadWrite.All")
WRITE: Final = ("Presence.ReadWrite.All",)
MAILBOX: Final = ("MailboxSettings.Read", "MailboxSettings.ReadWrite")
PRESENCE_LIMIT: Final = Limit(("graph", "presence"), 1500, 30.0)
MAX_IDS: Final = 650
_DURATION: Final = re.compile(r"P(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?")


class Graph:
    """Everything below Graph's version."""

    def __init__(self, world: TeamsWorld) -> None:
        self._world = world
        self._wire = Wire(world, GRAPH, self._words)

    def routes(self) -> list[web.RouteDef]:
        """The calls that this stand-in answers."""
        on, user = self._wire.route, "/teams/graph/v1.0/users/{user}"
        many = "/teams/graph/v1.0/communications/getPresencesByUserId"
        return [
            on("GET", user + "/presence", "graph.presence.get", _presence),
            on("POST", many, "graph.presence.list", _presences),
            on("POST", user + "/presence/setUserPreferredPresence", "graph.presence.prefer", _prefer),
            on("POST", user + "/presence/clearUserPreferredPresence", "graph.presence.clear", _clear),
            on("POST", user + "/presence/setStatusMessage", "graph.status.set", _set_status),
            on("GET", user + "/mailboxSettings", "graph.mailbox.get", _mailbox),
        ]

    def _words(self, error: TeamsError) -> Answer:
        inner = {
            "date": self._world.now().replace(microsecond=0, tzinfo=None).isoformat(),
            "request-id": "00000000-0000-0000-0000-000000000000",
            "client-request-id": "00000000-0000-0000-0000-000000000000",
        }
        body = {"error": {"code": error.code, "message": error.message, "innerError": inner}}
        return Answer(body, error.status)


def _presence(call: Call) -> Answer:
    person = _allowed(call, READ)
    return Answer(_presence_json(call.world, person))


def _presences(call: Call) -> Answer:
    """Presences of up to 650 ids; people who do not exist are left out."""
    _permitted(call, READ)
    call.limit([PRESENCE_LIMIT])
    ids = call.json().get("ids")
    if not isinstance(ids, list) or not 0 < len(ids) <= MAX_IDS:
        raise TeamsError("InvalidArgument", f"Give 1 to {MAX_IDS} ids.")
    people = [call.world.person(str(one)) for one in ids]
    return Answer({"value": [_presence_json(call.world, person) for person in people if person]})


def _prefer(call: Call) -> Answer:
    person, body = _allowed(call, WRITE), call.json()
    pair = (str(body.get("availability")), str(body.get("activity")))
    if pair not in presence.PREFERRED_PAIRS:
        raise TeamsError("InvalidArgument", f"The combination {'/'.join(pair)} is not supported.")
    given = body.get("expirationDuration")
    lasting = _duration(str(given)) if given is not None else presence.default_life(pair[0])
    person.preferred = Preferred(*pair, call.world.now() + lasting, by="app")
    call.world.changed()
    return Answer("")


def _clear(call: Call) -> Answer:
    """Succeeds although nothing was set, as Graph's does."""
    person = _allowed(call, WRITE)
    person.preferred = None
    call.world.changed()
    return Answer("")


def _set_status(call: Call) -> Answer:
    person, body = _allowed(call, WRITE), call.json()
    status = body.get("statusMessage")
    message = status.get("message") if isinstance(status, dict) else None
    if not isinstance(status, dict) or not isinstance(message, dict) or "content" not in message:
        raise TeamsError("InvalidArgument", "statusMessage.message.content is required.")
    text = str(message["content"])
    given = status.get("expiryDateTime")
    expires = None if given is None else _instant(given)
    kind = str(message.get("contentType") or "text")
    person.status_message = StatusMessage(text, expires, kind) if text else None
    call.world.changed()
    return Answer("")


def _mailbox(call: Call) -> Answer:
    _permitted(call, MAILBOX)
    person = _user(call)
    hours = person.hours
    working = {
        "daysOfWeek": list(hours.days),
        "startTime": hours.start,
        "endTime": hours.end,
        "timeZone": {"name": hours.zone or person.tz},
    } if hours else {}  # fmt: skip
    return Answer(
        {
            "timeZone": (hours.zone if hours else "") or person.tz,
            "automaticRepliesSetting": person.automatic_replies,
            "language": {"locale": person.locale, "displayName": person.locale},
            "workingHours": working,
        }
    )


def _allowed(call: Call, permissions: tuple[str, ...]) -> TeamsUser:
    _permitted(call, permissions)
    call.limit([PRESENCE_LIMIT])
    return _user(call)


def _permitted(call: Call, permissions: tuple[str, ...]) -> None:
    if not call.world.app.permissions.intersection(permissions):
        raise TeamsError("Authorization_RequestDenied")


def _user(call: Call) -> TeamsUser:
    key = call.match["user"]
    person = None if key.startswith("29:") else call.world.person(key)
    if person is None:
        raise TeamsError("Request_ResourceNotFound", f"Resource '{key}' does not exist.")
    return person


def _presence_json(world: TeamsWorld, person: TeamsUser) -> Json:
    """What an app reads of somebody: when a status message ends is never told."""
    availability, activity = presence.shown(person, world.now())
    status = presence.status_message(person, world.now())
    replies = person.automatic_replies.get("status") != "disabled"
    return {
        "id": person.aad,
        "availability": availability,
        "activity": activity,
        "statusMessage": {"message": {"content": status.text, "contentType": status.content_type}}
        if status
        else None,
        "outOfOfficeSettings": {
            "isOutOfOffice": replies,
            "message": person.automatic_replies.get("internalReplyMessage"),
        },
    }


def _duration(text: str) -> timedelta:
    """An ISO 8601 duration such as PT90M; InvalidArgument otherwise."""
    found = _DURATION.fullmatch(text)
    if found is None or not any(found.groups()):
        raise TeamsError("InvalidArgument", f"expirationDuration '{text}' is not an ISO 8601 duration.")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    lasting = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if not lasting:
        raise TeamsError("InvalidArgument", "expirationDuration must be positive.")
    return lasting


def _instant(given: Any) -> datetime:
    """A dateTimeTimeZone; `dateTime` stands without a zone suffix."""
    try:
        at = datetime.fromisoformat(str(given["dateTime"]))
        zone = ZoneInfo(str(given["timeZone"]))
        instant = at.replace(tzinfo=zone).astimezone(UTC)
    except (KeyError, OSError, OverflowError, TypeError, ValueError):
        raise TeamsError("InvalidArgument", "expiryDateTime is not a valid dateTimeTimeZone.") from None
    if at.tzinfo is not None:
        raise TeamsError("InvalidArgument", "expiryDateTime.dateTime must not carry a zone of its own.")
    return instant
