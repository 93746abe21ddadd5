"""The `conversations.*` methods."""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Final

from adapters.playground import posting
from adapters.playground.call import Call, Handler, page_of
from adapters.playground.errors import SlackError
from adapters.playground.records import Channel, ChannelKind, Json, Message

TYPE_KINDS: Final = MappingProxyType(
    {"public_channel": ChannelKind.PUBLIC, "private_channel": ChannelKind.PRIVATE, "im": ChannelKind.IM}
)


def open_direct(call: Call) -> Json:
    """`conversations.open` of a direct message; group conversations would need `mpim:write`."""
    names = call.need("users", "users_list_not_supplied")
    users = [name.strip() for name in names.split(",") if name.strip()]
    if len(users) > 8:
        raise SlackError("too_many_users")
    if len(users) > 1:
        call.need_scopes("mpim:write")
        raise SlackError("method_not_supported_for_channel_type")
    other = call.workspace.user(users[0])
    if other.deleted:
        raise SlackError("user_disabled")
    if other.id == call.token.user or (other.is_bot and call.me.is_bot):
        raise SlackError("cannot_dm_bot")
    before = len(call.workspace.channels)
    channel = call.workspace.direct(call.token.user, other.id)
    known = len(call.workspace.channels) == before
    shown = channel_json(call, channel) if call.flag("return_im") else {"id": channel.id}
    return {"channel": shown} | ({"no_op": True, "already_open": True} if known else {})


def info(call: Call) -> Json:
    """`conversations.info`."""
    channel = call.channel()
    count = {"num_members": len(channel.members)} if call.flag("include_num_members") else {}
    return {"channel": channel_json(call, channel) | count}


def list_all(call: Call) -> Json:
    """`conversations.list`: `types` decides which scopes are needed; private ones only as a member."""
    kinds = [TYPE_KINDS.get(name.strip()) for name in (call.text("types") or "public_channel").split(",")]
    if None in kinds:
        raise SlackError("invalid_types")
    for kind in kinds:
        if kind is not None:
            call.need_channel_scope(kind)
    me, hide = call.token.user, call.flag("exclude_archived")
    found = [
        channel_json(call, channel)
        for channel in call.workspace.channels.values()
        if channel.kind in kinds
        and not (hide and channel.archived)
        and (channel.kind is ChannelKind.PUBLIC or me in channel.members)
    ]
    rows, following = page_of(found, call.text("cursor"), call.whole("limit", 100))
    return {"channels": rows, "response_metadata": {"next_cursor": following}}


def members(call: Call) -> Json:
    """`conversations.members`."""
    rows, following = page_of(
        [{"id": member} for member in call.channel().members], call.text("cursor"), call.whole("limit", 100)
    )
    return {"members": [row["id"] for row in rows], "response_metadata": {"next_cursor": following}}


def history(call: Call) -> Json:
    """`conversations.history`: newest first, without replies and ephemeral messages."""
    channel = _readable(call)
    tops = (m for m in reversed(channel.messages.values()) if m.thread_ts in {None, m.ts})
    return _messages(call, channel, _between(call, tops), pins=True)


def replies(call: Call) -> Json:
    """`conversations.replies`: a thread, parent first."""
    channel = _readable(call)
    ts = call.need("ts", "thread_not_found")
    found = posting.thread(channel, ts)
    if not found:
        raise SlackError("thread_not_found")
    return _messages(call, channel, _between(call, found), pins=False)


def channel_json(call: Call, channel: Channel) -> Json:
    """A conversation as `conversations.info` shows it to the caller."""
    me = call.token.user
    base: Json = {
        "id": channel.id,
        "created": channel.created,
        "is_archived": channel.archived,
        "is_org_shared": False,
        "is_im": channel.kind is ChannelKind.IM,
        "context_team_id": call.workspace.team_id,
        "updated": 0,
    }
    if channel.kind is ChannelKind.IM:
        other = next((member for member in channel.members if member != me), me)
        return base | {"user": other, "is_user_deleted": call.workspace.users[other].deleted, "priority": 0}
    topic = {"value": "", "creator": "", "last_set": 0}
    return base | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind is ChannelKind.PUBLIC,
        "is_group": False,
        "is_mpim": False,
        "is_private": channel.kind is ChannelKind.PRIVATE,
        "is_general": channel.name == "general",
        "is_shared": channel.shared,
        "is_ext_shared": channel.shared,
        "is_pending_ext_shared": channel.invited,
        "is_member": me in channel.members,
        "creator": next(iter(channel.members), ""),
        "unlinked": 0,
        "topic": topic,
        "purpose": topic | {"value": channel.purpose},
        "previous_names": [],
    }


def _readable(call: Call) -> Channel:
    channel = call.channel()
    if call.token.user not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _between(call: Call, messages: Iterable[Message]) -> list[Message]:
    oldest, latest = _edge(call, "oldest", "0"), _edge(call, "latest", "1e12")
    inclusive = call.flag("inclusive")
    picked = []
    for message in messages:
        ts = Decimal(message.ts)
        if oldest < ts < latest or (inclusive and ts in {oldest, latest}):
            picked.append(message)
    return picked


def _edge(call: Call, name: str, default: str) -> Decimal:
    try:
        return Decimal(call.text(name) or default)
    except InvalidOperation:
        raise SlackError(f"invalid_ts_{name}") from None


def _messages(call: Call, channel: Channel, found: list[Message], *, pins: bool) -> Json:
    whole = call.flag("include_all_metadata")
    limit = min(call.whole("limit", 100), 999)
    start = call.text("cursor")
    picked, following = page_of([{"m": message} for message in found], start, limit)
    rows = [posting.message_json(call.workspace, row["m"], metadata=whole) for row in picked]
    answer: Json = {"messages": rows, "has_more": bool(following)}
    if pins:
        answer |= {"pin_count": 0, "channel_actions_ts": None, "channel_actions_count": 0}
    return answer | ({"response_metadata": {"next_cursor": following}} if following else {})


HANDLERS: Final[Mapping[str, Handler]] = MappingProxyType(
    {
        "conversations.open": open_direct,
        "conversations.info": info,
        "conversations.list": list_all,
        "conversations.members": members,
        "conversations.history": history,
        "conversations.replies": replies,
    }
)
