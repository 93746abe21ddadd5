"""The activities that Teams sends to a bot, as JSON."""

import html
import re
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from adapters.playground.records import Json
from adapters.playground.teams.records import Kind, TeamsActivity, TeamsConversation, TeamsUser
from adapters.playground.teams.world import TeamsWorld

Mentions = tuple[tuple[str, str], ...]
_LETTER_AFTER: Final = r"(?!\w)"


def envelope(
    world: TeamsWorld, person: TeamsUser, place: TeamsConversation, kind: str, *, root: str | None = None
) -> Json:
    """What every activity carries; `root` is the channel thread's first message."""
    here = world.now().astimezone(ZoneInfo(person.tz))
    return {
        "type": kind,
        "id": world.new_activity_id(),
        "timestamp": _stamp(world.now()),
        "localTimestamp": here.isoformat(timespec="milliseconds"),
        "localTimezone": person.tz,
        "serviceUrl": world.service_url,
        "channelId": "msteams",
        "from": {"id": person.id, "name": person.name, "aadObjectId": person.aad},
        "recipient": {"id": world.app.bot_id, "name": world.app.name},
        "conversation": _conversation(world, place, root),
        "locale": person.locale,
        "entities": [
            {
                "type": "clientInfo",
                "locale": person.locale,
                "country": person.locale.rpartition("-")[2],
                "platform": "Web",
                "timezone": person.tz,
            }
        ],
        "channelData": _channel_data(world, place),
    }


def message(world: TeamsWorld, person: TeamsUser, place: TeamsConversation, post: TeamsActivity) -> Json:
    """A written message as the bot hears it; a targeted one says so in `recipient`."""
    root = (post.root or post.id) if place.kind is Kind.CHANNEL else None
    activity = envelope(world, person, place, "message", root=root) | {"id": post.id}
    activity["text"] = tagged(post.text, post.mentions, world.app.bot_id)
    activity["textFormat"] = "plain"
    activity["attachments"] = [{"contentType": "text/html", "content": as_html(post.text, post.mentions)}]
    activity["entities"] = [*_mentions(post.mentions), *activity["entities"]]
    if post.viewer is not None:
        activity["recipient"]["isTargeted"] = True
    if post.root is not None:
        activity["replyToId"] = post.root
    return activity


def invoke(
    world: TeamsWorld,
    person: TeamsUser,
    place: TeamsConversation,
    name: str,
    value: Json,
    *,
    root: str | None = None,
) -> Json:
    """Something whose answer people wait for."""
    return envelope(world, person, place, "invoke", root=root) | {"name": name, "value": value}


def submitted(
    world: TeamsWorld, person: TeamsUser, place: TeamsConversation, post: TeamsActivity, value: Any
) -> Json:
    """An Action.Submit: a message without text."""
    root = (post.root or post.id) if place.kind is Kind.CHANNEL else None
    return envelope(world, person, place, "message", root=root) | {"value": value, "replyToId": post.id}


def installation(
    world: TeamsWorld, person: TeamsUser, place: TeamsConversation, *, added: bool
) -> list[Json]:
    """What the bot hears when its app comes or goes; from a personal chat it goes without the second one."""
    update = envelope(world, person, place, "installationUpdate")
    update["action"] = "add" if added else "remove"
    if not added and place.kind is Kind.PERSONAL:
        return [update]
    members = envelope(world, person, place, "conversationUpdate")
    if added:
        members["membersAdded"] = [{"id": member} for member in place.members]
    else:
        members["membersRemoved"] = [{"id": world.app.bot_id}]
    if place.kind is Kind.CHANNEL:
        members["channelData"]["eventType"] = "teamMemberAdded" if added else "teamMemberRemoved"
    return [update, members]


def message_payload(world: TeamsWorld, place: TeamsConversation, post: TeamsActivity) -> Json:
    """The message that a message extension's action is used on."""
    author: Json = {"user": None, "application": None}
    if post.by_bot:
        author["application"] = {"id": world.app.app_id, "displayName": world.app.name}
    else:
        author["user"] = _identity(world, post.sender)
    mentioned = [account for account, _ in post.mentions if account in world.users]
    return {
        "id": post.id,
        "replyToId": post.root,
        "createdDateTime": _stamp(post.at),
        "linkToMessage": f"https://teams.microsoft.com/l/message/{place.id}/{post.id}",
        "from": author,
        "body": {"contentType": "html", "content": as_html(post.text, post.mentions)},
        "attachments": [],
        "mentions": [
            {"id": i, "mentionText": world.name_of(one), "mentioned": {"user": _identity(world, one)}}
            for i, one in enumerate(mentioned)
        ],
    }


def find_mentions(world: TeamsWorld, place: TeamsConversation, text: str) -> Mentions:
    """Whom typed text mentions: `@Maya Costa`, `@Maya` when there is one Maya here, `@Boundary Bot`.

    Pairs of account id and the words as typed, in the order of the text.
    """
    names: dict[str, set[str]] = {}
    for member in place.members:
        full = world.name_of(member).lower()
        first = full.partition(" ")[0] if member in world.users else full
        for name in (full, first):
            names.setdefault(name, set()).add(member)
    known = sorted((name for name, owners in names.items() if len(owners) == 1), key=len, reverse=True)
    if not known:
        return ()
    pattern = "@(" + "|".join(re.escape(name) for name in known) + ")" + _LETTER_AFTER
    found = re.finditer(pattern, text, re.IGNORECASE)
    return tuple((min(names[one[1].lower()]), one[0]) for one in found)


def tagged(text: str, mentions: Mentions, bot: str) -> str:
    """Typed text as an activity carries it: mentions in tags, a fixed space after the bot's."""
    first, *others = _around(text, mentions)
    parts = [first]
    for (account, words), after in zip(mentions, others, strict=True):
        fixed = account == bot and after.startswith(" ")
        parts += [f"<at>{words[1:]}</at>", f"&nbsp;{after[1:]}" if fixed else after]
    return "".join(parts)


def as_html(text: str, mentions: Mentions) -> str:
    """Typed text as the HTML that Teams keeps."""
    first, *others = (html.escape(part, quote=False) for part in _around(text, mentions))
    parts = [first]
    for number, ((_, words), after) in enumerate(zip(mentions, others, strict=True)):
        tag = f'<span itemtype="http://schema.skype.com/Mention" itemscope itemid="{number}">'
        parts.append(f"{tag}{html.escape(words[1:], quote=False)}</span>{after}")
    return f"<p>{''.join(parts)}</p>"


def _around(text: str, mentions: Mentions) -> list[str]:
    """The text before, between and after its mentions: one piece more than there are mentions."""
    pieces = []
    for _, words in mentions:
        before, text = re.split(re.escape(words) + _LETTER_AFTER, text, maxsplit=1)
        pieces.append(before)
    return [*pieces, text]


def _mentions(mentions: Mentions) -> list[Json]:
    return [
        {
            "type": "mention",
            "mentioned": {"id": account, "name": words[1:]},
            "text": f"<at>{words[1:]}</at>",
        }
        for account, words in mentions
    ]


def _identity(world: TeamsWorld, account: str) -> Json:
    person = world.users[account]
    return {"id": person.aad, "displayName": person.name, "userIdentityType": "aadUser"}


def _conversation(world: TeamsWorld, place: TeamsConversation, root: str | None) -> Json:
    fields: Json = {
        "id": f"{place.id};messageid={root}" if root else place.id,
        "conversationType": place.kind.value,
        "tenantId": world.tenant_id,
    }
    if place.kind is not Kind.PERSONAL:
        fields["isGroup"] = True
    if place.kind is Kind.GROUP:
        fields["name"] = place.name
    return fields


def _channel_data(world: TeamsWorld, place: TeamsConversation) -> Json:
    data: Json = {"tenant": {"id": world.tenant_id}}
    if place.kind is Kind.CHANNEL:
        data["team"] = {"id": place.team}
        data["channel"] = {"id": place.id}
        data["teamsTeamId"], data["teamsChannelId"] = place.team, place.id
    return data


def _stamp(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
