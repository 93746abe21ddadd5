"""Slack payloads as inbound values. Nothing here decides, calls or stores anything.

A payload that lacks what Slack documents raises `Malformed`, which says no more than that.
Shapes: docs.slack.dev/apis/events-api and /interactivity.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from adapters.payloads import an_id, strict
from adapters.slack.forms import answers
from adapters.slack.wording import mentioned, pieces, unescape_text
from bot.inbound import (
    Account,
    Command,
    Disconnected,
    HomeOpened,
    Inbound,
    Mentioned,
    PersonRef,
    Pressed,
    ShortcutUsed,
    StatusChanged,
    Submitted,
)
from bot.messages.forms import PEOPLE_FIELDS
from bot.records import Tenant

Json = Mapping[str, Any]

WORDS: Final = frozenset({"boundary", "focus", "quiet", "later"})
SHORTCUT: Final = "deliver_when_available"
SLACKBOT: Final = "USLACKBOT"
PEOPLE_SUBTYPES: Final = frozenset(
    {None, "file_share", "thread_broadcast"}
)  # messages that a person has just written
STATUS_EVENTS: Final = frozenset({"user_change", "user_profile_changed", "user_status_changed"})


@strict
def tenant_of(body: Json) -> str:
    """The workspace a payload is about ("slack:T123"); the organisation where an org install names none."""
    team = (
        body.get("team_id") or (body.get("team") or {}).get("id") or (body.get("user") or {}).get("team_id")
    )
    found = team or body.get("enterprise_id") or (body.get("enterprise") or {})["id"]
    return f"slack:{an_id(found)}"


@strict
def command(body: Json) -> Command:
    """A slash command. A name we do not know is an alias of /boundary."""
    word = str(body["command"]).removeprefix("/").lower()
    return Command(
        key=_trigger_key(body),
        who=Account(tenant_of(body), an_id(body["user_id"])),
        word=word if word in WORDS else "boundary",
        text=pieces(str(body.get("text") or "").strip()),
        channel=str(body.get("channel_id") or ""),
    )


@strict
def pressed(body: Json) -> Pressed | None:
    """A button or menu; None for a link button, which only opens its address."""
    action = body["actions"][0]
    name = str(action["action_id"]).rpartition("~")[0] or str(action["action_id"])
    if name == "link":
        return None
    return Pressed(
        key=_trigger_key(body),
        who=_user(body),
        action=name,
        value=str(action.get("value") or ""),
        selected=_selected(action),
        surface=surface(body),
        channel=str((body.get("channel") or {}).get("id") or ""),
    )


@strict
def surface(body: Json) -> str:
    """Where a button stood: "message" (the bot's own chat), "channel" (others see it), "private" (an
    ephemeral message or a modal) or "home"."""
    container = body.get("container") or {}
    if (body.get("view") or {}).get("type") == "home":
        return "home"
    if container.get("is_ephemeral") or container.get("type") == "view" or body.get("view"):
        return "private"
    channel = (body.get("channel") or {}).get("id") or container.get("channel_id") or ""
    return "message" if str(channel).startswith("D") else "channel"


@strict
def submitted(body: Json) -> Submitted:
    """A form that was sent."""
    view = body["view"]
    return Submitted(
        key=_trigger_key(body, f"{view['id']}:{view.get('hash')}"),
        who=_user(body),
        form=str(view["callback_id"]),
        context=str(view.get("private_metadata") or ""),
        fields=answers(view),
    )


@strict
def shortcut(body: Json, tenant: Tenant) -> ShortcutUsed | None:
    """The shortcut "Deliver when available" on a message; None for any other."""
    if body.get("type") != "message_action" or body.get("callback_id") != SHORTCUT:
        return None
    message, channel = body["message"], an_id(body["channel"]["id"])
    ts = str(body.get("message_ts") or message["ts"])
    return ShortcutUsed(
        key=_trigger_key(body),
        who=_user(body),
        channel=channel,
        message=ts,
        author=str(message.get("user") or ""),
        text=pieces(str(message.get("text") or "")),
        link=permalink(tenant.url, channel, ts, str(message.get("thread_ts") or "")),
    )


@strict
def event(body: Json, tenant: Tenant) -> Inbound | None:
    """What an event means to us; None if nothing. `tenant` knows the bot's own user and the workspace's
    address.
    """
    found = body["event"]
    kind = found["type"]
    if kind in STATUS_EVENTS:
        return _status_changed(body, found)
    if kind == "app_home_opened":
        return _home_opened(body, found)
    if kind in {"tokens_revoked", "app_uninstalled"}:
        return _disconnected(body, found)
    if kind not in {"message", "app_mention"} or not _is_from_a_colleague(body, found, tenant):
        return None
    if kind == "app_mention" or found.get("channel_type") == "im":
        return _typed(body, found, tenant)
    return _mention(body, found, tenant)


def people_of(inbound: Inbound) -> tuple[str, ...]:
    """The users whom something that came in is about, each once: those it names, and who wrote a mention."""
    match inbound:
        case Mentioned(who=who, people=people):
            found: Sequence[str] = (who.user, *people)
        case Command(text=text) | ShortcutUsed(text=text):
            found = [piece.user for piece in text if isinstance(piece, PersonRef)]
        case Submitted(fields=fields):
            chosen = (fields.get(name, "") for name in PEOPLE_FIELDS)
            found = [user for each in chosen for user in each.split(",") if user]
        case _:
            found = ()
    return tuple(dict.fromkeys(found))


def permalink(base: str, channel: str, ts: str, thread: str = "") -> str:
    """The address of a message, built as Slack builds it, which saves a call of chat.getPermalink."""
    root = base.rstrip("/") or "https://slack.com"
    link = f"{root}/archives/{channel}/p{ts.replace('.', '')}"
    return f"{link}?thread_ts={thread}&cid={channel}" if thread and thread != ts else link


def thread_of(body: Json) -> str:
    """The thread an event's message stands in, "" if none."""
    return str((body.get("event") or {}).get("thread_ts") or "")


# Events -----------------------------------------------------------------------------------------------------


def _is_from_a_colleague(body: Json, found: Json, tenant: Tenant) -> bool:
    """A person of this workspace wrote it: no bot, no edit, nobody from elsewhere (Slack Connect)."""
    if found.get("subtype") not in PEOPLE_SUBTYPES or found.get("bot_id") or found.get("hidden"):
        return False
    user = found.get("user")
    if not isinstance(user, str) or user in {tenant.bot_user, SLACKBOT, ""}:
        return False
    home = {body.get("team_id"), body.get("enterprise_id"), None, ""}
    return all(found.get(origin) in home for origin in ("team", "user_team", "source_team"))


def _typed(body: Json, found: Json, tenant: Tenant) -> Command | None:
    """Words typed to the bot: in its own chat, or after its name in a channel."""
    text = str(found.get("text") or "").strip()
    to_bot = _after_bot(text, tenant)
    is_direct = found.get("channel_type") == "im"
    if to_bot is None and not is_direct:
        return None
    twin = _twin(found)
    return Command(
        key=twin if is_direct and twin else _event_key(body),
        who=Account(tenant_of(body), an_id(found["user"])),
        word="boundary",
        text=pieces(text if to_bot is None else to_bot),
        channel=an_id(found["channel"]),
    )


def _after_bot(text: str, tenant: Tenant) -> str | None:
    """What follows the bot's name at the beginning of a text; None if it does not begin so."""
    start = (
        re.match(rf"<@{re.escape(tenant.bot_user)}(?:\|[^>]*)?>[\s:,]*", text) if tenant.bot_user else None
    )
    return text[start.end() :] if start else None


def _mention(body: Json, found: Json, tenant: Tenant) -> Mentioned | None:
    text, author = str(found.get("text") or ""), an_id(found["user"])
    people = tuple(user for user in mentioned(text) if user not in {author, tenant.bot_user, SLACKBOT})
    if not people or _after_bot(text.strip(), tenant) is not None:
        return None
    channel, ts, thread = an_id(found["channel"]), an_id(found["ts"]), str(found.get("thread_ts") or "")
    return Mentioned(
        key=_event_key(body),
        who=Account(tenant_of(body), author),
        channel=channel,
        message=ts,
        people=people,
        link=permalink(tenant.url, channel, ts, thread),
        thread=thread,
        twin=_twin(found),
    )


def _status_changed(body: Json, found: Json) -> StatusChanged:
    user = found["user"]
    profile = user.get("profile") or {}
    return StatusChanged(
        key=_event_key(body),
        who=Account(tenant_of(body), an_id(user["id"])),
        text=unescape_text(str(profile.get("status_text") or "")),
        emoji=str(profile.get("status_emoji") or ""),
        expires=int(profile.get("status_expiration") or 0),
        zone=str(user.get("tz") or ""),
    )


def _home_opened(body: Json, found: Json) -> HomeOpened | None:
    if found.get("tab", "home") != "home":
        return None
    return HomeOpened(key=_event_key(body), who=Account(tenant_of(body), an_id(found["user"])))


def _disconnected(body: Json, found: Json) -> Disconnected:
    """`tokens` holds user ids, not token strings."""
    tokens = found.get("tokens") or {}
    return Disconnected(
        key=_event_key(body),
        who=Account(tenant_of(body), ""),
        users=tuple(map(str, tokens.get("oauth") or ())),
        bot=bool(tokens.get("bot")),
        uninstalled=found["type"] == "app_uninstalled",
    )


# Keys and ids -----------------------------------------------------------------------------------------------


def _event_key(body: Json) -> str:
    return f"slack:event:{an_id(body['event_id'])}"


def _twin(found: Json) -> str:
    """One gesture can arrive as two events with one `client_msg_id`."""
    twin = found.get("client_msg_id")
    return f"slack:client_msg:{twin}" if twin else ""


def _trigger_key(body: Json, otherwise: str = "") -> str:
    return f"slack:trigger:{an_id(body.get('trigger_id') or otherwise)}"


def _user(body: Json) -> Account:
    return Account(tenant_of(body), an_id(body["user"]["id"]))


def _selected(action: Json) -> str:
    option = action.get("selected_option")
    if option:
        return str(option.get("value") or "")
    names = ("selected_user", "selected_date", "selected_time", "selected_channel", "selected_conversation")
    return next((str(action[name]) for name in names if action.get(name)), "")
