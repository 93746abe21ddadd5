"""Messages: storing, changing and deleting them, their JSON, and the events that tell the app of them."""

import re
import secrets
from typing import Final

from adapters.playground.errors import SlackError
from adapters.playground.records import Channel, Json, Message
from adapters.playground.workspace import Workspace

MAX_TEXT: Final = 40_000  # longer text is truncated (docs.slack.dev/reference/methods/chat.postMessage)
_TYPED_MENTION: Final = re.compile(r"(?<![\w<@])@([a-z0-9][a-z0-9._-]*)", re.IGNORECASE)
_TYPED_CHANNEL: Final = re.compile(r"(?<![\w<#&])#([a-z0-9][a-z0-9_-]*)", re.IGNORECASE)


def post(
    workspace: Workspace,
    channel: Channel,
    user_id: str,
    text: str,
    *,
    method: str,
    blocks: list[Json] | None = None,
    metadata: Json | None = None,
    thread_ts: str | None = None,
    viewer: str | None = None,
) -> Message:
    """Store a message (ephemeral when `viewer` is given), keep it for the oracle and emit its event."""
    user = workspace.user(user_id)
    message = Message(
        ts=workspace.new_ts(),
        channel=channel.id,
        user=user_id,
        text=text[:MAX_TEXT],
        method=method,
        blocks=blocks,
        metadata=metadata,
        thread_ts=thread_ts,
        viewer=viewer,
        bot_id=user.bot_id,
        client_msg_id=None if user.is_bot else _uuid(),
    )
    workspace.audit.posts.append(message)
    if viewer is not None:
        channel.ephemeral.append(message)
    else:
        channel.messages[message.ts] = message
        workspace.last_read[user_id, channel.id] = message.ts
        _emit_new(workspace, channel, message)
    workspace.changed()
    return message


def edit(
    workspace: Workspace, channel: Channel, message: Message, text: str | None, blocks: list[Json] | None
) -> None:
    """Change a stored message and emit `message_changed`."""
    before = message_json(workspace, message)
    message.text = message.text if text is None else text
    message.blocks = blocks if blocks is not None or text is None else None
    message.edited_ts = workspace.new_ts()
    if message.viewer is None:
        after = message_json(workspace, message)
        _emit_about(workspace, channel, "message_changed", message=after, previous_message=before)
    workspace.changed()


def remove(workspace: Workspace, channel: Channel, message: Message) -> None:
    """Delete a message for everybody; the oracle keeps it."""
    message.deleted_ts = workspace.new_ts()
    if message.viewer is not None:
        channel.ephemeral.remove(message)
    else:
        del channel.messages[message.ts]
        previous = message_json(workspace, message)
        _emit_about(workspace, channel, "message_deleted", deleted_ts=message.ts, previous_message=previous)
    workspace.changed()


def find(channel: Channel, ts: str) -> Message:
    """A message that everybody in the channel can see; `message_not_found` otherwise."""
    if ts not in channel.messages:
        raise SlackError("message_not_found")
    return channel.messages[ts]


def find_seen(channel: Channel, ts: str, viewer: str) -> Message:
    """A message that this viewer can see, ephemeral ones included; `message_not_found` otherwise."""
    for message in channel.ephemeral:
        if message.ts == ts and message.viewer == viewer:
            return message
    return find(channel, ts)


def message_json(workspace: Workspace, message: Message, *, metadata: bool = False) -> Json:
    """A message as the Web API and events show it; `metadata` adds the payload and not only its type."""
    data: Json = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts}
    if message.client_msg_id:
        data["client_msg_id"] = message.client_msg_id
    if message.bot_id:
        data |= {"bot_id": message.bot_id, "app_id": workspace.app.app_id}
    data["team"] = workspace.team_id
    if message.blocks:
        data["blocks"] = message.blocks
    if message.metadata:
        kind = {"event_type": message.metadata["event_type"]}
        data["metadata"] = message.metadata if metadata else kind
    if message.edited_ts:
        data["edited"] = {"user": message.user, "ts": message.edited_ts}
    return data | _thread_fields(workspace, message)


def resolve_typed(workspace: Workspace, text: str, *, labels: bool = False) -> str:
    """What Slack makes of typed text: `&<>` escaped, `@maya` and `#general` as ids (`labels`: `|name` too).

    Ids already in angle brackets, as the completion of a client inserts them, stay as they are.
    """
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    escaped = re.sub(r"&lt;([@#][A-Z0-9]+(?:\|[^&|]*)?)&gt;", r"<\1>", escaped)
    people = {user.name.lower(): user.id for user in workspace.users.values()}
    places = {channel.name.lower(): channel.id for channel in workspace.channels.values() if channel.name}

    def mark(sign: str, ids: dict[str, str], match: re.Match[str]) -> str:
        name = match[1].rstrip(".-_")
        if name.lower() not in ids:
            return match[0]
        label = f"|{name.lower()}" if labels else ""
        return f"<{sign}{ids[name.lower()]}{label}>{match[1][len(name) :]}"

    marked = _TYPED_MENTION.sub(lambda match: mark("@", people, match), escaped)
    return _TYPED_CHANNEL.sub(lambda match: mark("#", places, match), marked)


def _thread_fields(workspace: Workspace, message: Message) -> Json:
    channel = workspace.channels[message.channel]
    if message.thread_ts and message.thread_ts != message.ts:
        parent = channel.messages.get(message.thread_ts)
        return {"thread_ts": message.thread_ts} | ({"parent_user_id": parent.user} if parent else {})
    replies = [reply for reply in thread(channel, message.ts) if reply.ts != message.ts]
    if not replies:
        return {}
    people = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users": people,
        "reply_users_count": len(people),
        "latest_reply": replies[-1].ts,
    }


def threadable(channel: Channel, ts: str | None) -> str | None:
    """The `thread_ts` of a reply; `cannot_reply_to_message` unless it is the ts of a thread's parent.

    "Avoid using a reply's `ts` value; use its parent instead" (chat.postMessage): what Slack does with one
    is not documented, so the workspace refuses it.
    """
    parent = channel.messages.get(ts or "")
    if ts and ts not in channel.threads and (parent is None or parent.thread_ts not in {None, ts}):
        raise SlackError("cannot_reply_to_message")
    return ts or None


def thread(channel: Channel, ts: str) -> list[Message]:
    """A thread, parent first."""
    if ts not in channel.threads:
        return [channel.messages[ts]] if ts in channel.messages else []
    replies = (channel.messages.get(reply) for reply in channel.threads[ts])
    parent = [channel.messages[ts]] if ts in channel.messages else []
    return parent + [reply for reply in replies if reply is not None]


def _emit_new(workspace: Workspace, channel: Channel, message: Message) -> None:
    if message.thread_ts:
        channel.threads.setdefault(message.thread_ts, []).append(message.ts)
    event = message_json(workspace, message) | {
        "channel": channel.id,
        "channel_type": channel.kind.value,
        "event_ts": message.ts,
    }
    workspace.emit(event)
    if not message.bot_id and f"<@{workspace.bot_user}" in message.text and channel.kind.value != "im":
        workspace.emit({key: event[key] for key in event if key != "channel_type"} | {"type": "app_mention"})


def _emit_about(workspace: Workspace, channel: Channel, subtype: str, **fields: object) -> None:
    ts = workspace.new_ts()
    base = {"type": "message", "subtype": subtype, "hidden": True, "channel": channel.id}
    workspace.emit(base | {"channel_type": channel.kind.value, "ts": ts, "event_ts": ts} | fields)


def _uuid() -> str:
    digits = secrets.token_hex(16)
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
