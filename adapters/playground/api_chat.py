"""The `chat.*` methods."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from adapters.playground import blocks as kit
from adapters.playground import posting
from adapters.playground.call import Call, Handler
from adapters.playground.errors import SlackError
from adapters.playground.inputs import with_ids
from adapters.playground.records import Channel, ChannelKind, Json, Message

UPDATE_TEXT: Final = 4000
EPHEMERAL_BYTES: Final = 4000
MARKDOWN_TEXT: Final = 12_000
METADATA_BYTES: Final = 16 * 1024  # Slack names the error and not the size


def post_message(call: Call) -> Json:
    """`chat.postMessage`; a `U…` id as channel opens the caller's direct message with that person."""
    channel = target(call)
    if channel.archived:
        raise SlackError("is_archived")
    _need_member(call, channel)
    if channel.kind is ChannelKind.IM and call.me.is_bot and not call.workspace.app.messages_tab_enabled:
        raise SlackError("messages_tab_disabled")
    text, blocks = content(call)
    thread_ts = posting.threadable(channel, call.text("thread_ts"))
    metadata = _metadata(call)
    message = posting.post(
        call.workspace,
        channel,
        call.token.user,
        text,
        method=call.method.name,
        blocks=blocks,
        metadata=metadata,
        thread_ts=thread_ts,
    )
    shown = posting.message_json(call.workspace, message)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


def post_ephemeral(call: Call) -> Json:
    """`chat.postEphemeral`: ok even when nobody looks, and gone from history."""
    channel = call.channel()
    _need_member(call, channel)
    viewer = call.need("user", "user_not_in_channel")
    if viewer not in channel.members:
        raise SlackError("user_not_in_channel")
    text, blocks = content(call)
    if len(text.encode()) > EPHEMERAL_BYTES:
        raise SlackError("msg_too_long")
    thread_ts = posting.threadable(channel, call.text("thread_ts"))
    message = posting.post(
        call.workspace,
        channel,
        call.token.user,
        text,
        method=call.method.name,
        blocks=blocks,
        thread_ts=thread_ts,
        viewer=viewer,
    )
    return {"message_ts": message.ts}


def update(call: Call) -> Json:
    """`chat.update`, of the caller's own messages only; ephemeral ones cannot be found."""
    channel, message = _own(call, "cant_update_message")
    text, blocks = content(call)
    if len(text) > UPDATE_TEXT:
        raise SlackError("msg_too_long")
    metadata = _metadata(call)
    message.metadata = metadata or message.metadata
    posting.edit(call.workspace, channel, message, text, blocks)
    shown = posting.message_json(call.workspace, message)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}


def delete(call: Call) -> Json:
    """`chat.delete`, of the caller's own messages only."""
    channel, message = _own(call, "cant_delete_message")
    posting.remove(call.workspace, channel, message)
    return {"channel": channel.id, "ts": message.ts}


def permalink(call: Call) -> Json:
    """`chat.getPermalink`."""
    channel = call.channel()
    message = posting.find(channel, call.need("message_ts", "message_not_found"))
    link = f"{call.workspace.base_url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def target(call: Call) -> Channel:
    """The conversation a post goes to."""
    name = call.need("channel", "channel_not_found")
    if name[:1] in {"U", "W"}:
        known = call.workspace.users.get(name)
        if known is None or known.deleted:
            raise SlackError("channel_not_found")
        return call.workspace.direct(call.token.user, name)
    return call.channel()


def content(call: Call) -> tuple[str, list[Json] | None]:
    """Text and blocks of a post, checked against Slack's limits."""
    text, markdown = call.text("text") or "", call.text("markdown_text")
    blocks = call.data("blocks", "invalid_blocks_format")
    if markdown is not None and (text or blocks):
        raise SlackError("markdown_text_conflict")
    if markdown is not None and len(markdown) > MARKDOWN_TEXT:
        raise SlackError("msg_too_long")
    if not (text or markdown or blocks or call.data("attachments")):
        raise SlackError("no_text")
    return text or markdown or "", checked_blocks(blocks)


def checked_blocks(blocks: Any) -> list[Json] | None:
    """Blocks with ids, as Slack stores them; `invalid_blocks` with its messages when they break a limit."""
    if not blocks:
        return None
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    found = kit.problems(blocks)
    if found:
        raise SlackError("invalid_blocks", errors=found, response_metadata={"messages": found})
    return with_ids(blocks, "b")


def _need_member(call: Call, channel: Channel) -> None:
    if call.token.user not in channel.members:
        raise SlackError("not_in_channel")


def _own(call: Call, otherwise: str) -> tuple[Channel, Message]:
    channel = call.channel()
    message = posting.find(channel, call.need("ts", "message_not_found"))
    if message.user != call.token.user:
        raise SlackError(otherwise)
    return channel, message


def _metadata(call: Call) -> Json | None:
    metadata = call.data("metadata", "invalid_metadata_format")
    if metadata is None:
        return None
    well_formed = isinstance(metadata, dict) and isinstance(metadata.get("event_type"), str)
    if not well_formed or not isinstance(metadata.get("event_payload"), dict):
        raise SlackError("invalid_metadata_format")
    if len(json.dumps(metadata)) > METADATA_BYTES:
        raise SlackError("metadata_too_large")
    return {"event_type": metadata["event_type"], "event_payload": metadata["event_payload"]}


HANDLERS: Final[Mapping[str, Handler]] = MappingProxyType(
    {
        "chat.postMessage": post_message,
        "chat.postEphemeral": post_ephemeral,
        "chat.update": update,
        "chat.delete": delete,
        "chat.getPermalink": permalink,
    }
)
