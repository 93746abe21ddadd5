"""Every right we ask Microsoft for, which feature needs it and what for. A test holds code, this table and
the manifest to each other.

Without a feature the bot has no right at all beyond the conversations that the app was added to. Graph's are
application permissions: an administrator consents once, for everybody. Resource-specific ones are consented
to by the owners of a team or the members of a chat when the app is added there.

Sources: learn.microsoft.com/graph/permissions-reference, the permissions of each call in
learn.microsoft.com/graph/api (presence-*, user-get-mailboxsettings), and
learn.microsoft.com/microsoftteams/platform/graph-api/rsc/resource-specific-consent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Feature = Literal["presence", "hours", "channels"]

BOTBUILDER: Final = "4.17.1"
"""The botbuilder-core whose traps adapters/teams works around. It is the last one: its support has ended."""
NOBODY: Final = "00000000-0000-0000-0000-000000000000"
"""A directory id that belongs to nobody: with consent Graph answers 404 about it, without 403."""


@dataclass(frozen=True, slots=True)
class Permission:
    """A right and what it is for. `feature` is the word in TEAMS_FEATURES, or "channels" for the manifest's
    optional part."""

    name: str
    feature: Feature
    why: str


@dataclass(frozen=True, slots=True)
class Use:
    """One call: its `name` in the local tenant's audit, its `path` below the service's address, what for, and
    the permission it needs ("": it is enough that the app is in the conversation)."""

    name: str
    path: str
    permission: str
    why: str


GRAPH: Final = (
    Permission(
        "Presence.ReadWrite.All",
        "presence",
        "to set presence and status message while a norm says so, and never over what was set by hand",
    ),
    Permission(
        "MailboxSettings.Read",
        "hours",
        "to offer the working hours of a person's calendar when they first meet the bot",
    ),
)
"""Application permissions of Microsoft Graph. Reading presence needs no Presence.Read.All besides."""

RSC: Final = (
    Permission(
        "ChannelMessage.Read.Group",
        "channels",
        "to tell who mentions somebody in a channel when that person will see it",
    ),
    Permission(
        "ChatMessage.Read.Chat",
        "channels",
        "to tell who mentions somebody in a group chat when that person will see it",
    ),
)
"""Resource-specific permissions, in the manifest only where mentions of others are to be heard."""

_ONE: Final = "v3/conversations/{id}"
_PERSON: Final = "users/{id}"
USES: Final = (
    Use(
        "conversations.create",
        "v3/conversations",
        "",
        "open the bot's own chat with a person; put a vote or summary into a team's channel",
    ),
    Use("activities.send", f"{_ONE}/activities", "", "digests, rituals, notes and answers"),
    Use("activities.update", f"{_ONE}/activities/{{id}}", "", "keep Home and ballots up to date in place"),
    Use("activities.delete", f"{_ONE}/activities/{{id}}", "", "take back a second copy of our own message"),
    Use("members.get", f"{_ONE}/members/{{id}}", "", "name, guest flag and directory id of a person we meet"),
    Use("members.list", f"{_ONE}/pagedmembers", "", "see that no guest is in a team's channel"),
    Use(
        "graph.presence.get",
        f"{_PERSON}/presence",
        "Presence.ReadWrite.All",
        "never overwrite a presence or a status message set by hand",
    ),
    Use(
        "graph.presence.prefer",
        f"{_PERSON}/presence/setUserPreferredPresence",
        "Presence.ReadWrite.All",
        "Do not disturb while a norm says so, until its end",
    ),
    Use(
        "graph.presence.clear",
        f"{_PERSON}/presence/clearUserPreferredPresence",
        "Presence.ReadWrite.All",
        "give the presence back when the person is back early",
    ),
    Use(
        "graph.status.set",
        f"{_PERSON}/presence/setStatusMessage",
        "Presence.ReadWrite.All",
        "say when the person is back, and put back what was there",
    ),
    Use(
        "graph.mailbox.get",
        f"{_PERSON}/mailboxSettings",
        "MailboxSettings.Read",
        "working hours and their time zone",
    ),
)


def graph_permissions(feature: str) -> tuple[Permission, ...]:
    """The permissions of Graph that a feature needs; () if it needs none (`targeted`)."""
    return tuple(each for each in GRAPH if each.feature == feature)
