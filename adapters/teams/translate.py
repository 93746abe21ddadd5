"""Teams activities as inbound values. Nothing here decides, calls or stores anything.

Works on the JSON as Teams sent it: botbuilder's models drop the tenant id, `isTargeted` and the mentions. An
activity that lacks what Microsoft documents raises `Malformed`, which says no more than that. Ids of people
that are no accounts ("29:…") are ids of the organisation's directory; the dispatcher looks them up.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote, urlsplit

from adapters.payloads import an_id, strict
from adapters.teams.forms import form_fields, pressed_data
from adapters.teams.typed import after_word, first_word, html_pieces, mentions, message_pieces, without_slash
from bot.inbound import (
    Account,
    Command,
    HomeOpened,
    Inbound,
    Left,
    Mentioned,
    PersonRef,
    Pieces,
    Pressed,
    Profile,
    ShortcutUsed,
    Submitted,
)
from bot.messages.forms import PEOPLE_FIELDS

Json = Mapping[str, Any]

SLASH: Final = frozenset({"boundary", "focus", "quiet", "later"})
HOME: Final = "home"  # typed in the personal chat
SHORTCUT: Final = "deliver_when_available"
PERSONAL: Final = "personal"
CHANNEL: Final = "channel"
LINK: Final = "https://teams.microsoft.com/l/message"
LINK_HOSTS: Final = frozenset({"teams.microsoft.com", "teams.microsoft.us", "teams.cloud.microsoft"})


@strict
def message(activity: Json, tenant: str, words: Collection[str]) -> Inbound | None:
    """A message: words for the bot, a mention of others, or a pressed button of a client that knows no
    Action.Execute. None for what is not for us. `words` are the first words of all commands.
    """
    if not _is_person(activity):
        return None
    data = activity.get("value")
    if isinstance(data, Mapping) and (data.get("action") or data.get("form")):
        return acted(activity, tenant, data)
    bot = str(activity["recipient"]["id"])
    said = mentions(activity)
    others = tuple(dict.fromkeys(each.user for each in said if each.user not in {bot, _sender(activity)}))
    text = message_pieces(activity, bot)
    if _is_to_bot(activity, said, bot) and not (
        others and _is_shared(activity) and _begins(text, words) is None
    ):
        return _command(activity, tenant, text)
    return _mentioned(activity, tenant, others) if others else None


@strict
def acted(activity: Json, tenant: str, data: Json) -> Pressed | Submitted | None:
    """A pressed button or a sent form, from the data of its action; None for what is none of ours."""
    if not _is_person(activity):
        return None
    form, context, fields = form_fields(data)
    if form:
        return Submitted(key_of(activity), who_of(activity, tenant), form, context, fields, _place(activity))
    action, value, surface = pressed_data(data)
    if not action:
        return None
    return Pressed(key_of(activity), who_of(activity, tenant), action, value, "", surface, _place(activity))


def _place(activity: Json) -> str:
    """The channel or chat in which somebody did something, whichever thread of it they were in."""
    return str(_inner(activity, "conversation").get("id") or "").partition(";messageid=")[0]


@strict
def shortcut(activity: Json, tenant: str) -> ShortcutUsed | None:
    """The action "Deliver when available" on a message; None for any other command."""
    value = activity["value"]
    payload = value.get("messagePayload")
    if value.get("commandId") != SHORTCUT or not isinstance(payload, Mapping) or not _is_person(activity):
        return None
    user = _inner(_inner(payload, "from"), "user")
    return ShortcutUsed(
        key=key_of(activity),
        who=who_of(activity, tenant),
        channel=an_id(activity["conversation"]["id"]),
        message=an_id(payload["id"]),
        author=str(user.get("id") or ""),
        text=html_pieces(payload),
        link=_payload_link(activity, payload),
    )


@strict
def installed(activity: Json, tenant: str) -> HomeOpened | Left | None:
    """The app was added to or removed from somebody's own chat; an update of the app is neither."""
    if not is_personal(activity) or not _is_person(activity):
        return None
    key, who = key_of(activity), who_of(activity, tenant)
    match activity.get("action"):
        case "add":
            return HomeOpened(key, who)
        case "remove":
            return Left(key, who)
    return None


@strict
def key_of(activity: Json) -> str:
    """The dedupe key: Teams sends an activity again after 15 s, with the same id."""
    found = activity.get("id")
    if not isinstance(found, str) or not found:
        found = hashlib.sha256(json.dumps(activity, sort_keys=True).encode()).hexdigest()[:32]
    return f"teams:{an_id(activity['conversation']['id'])}:{found}"


@strict
def who_of(activity: Json, tenant: str) -> Account:
    """The acting account."""
    return Account(tenant, an_id(activity["from"]["id"]))


def profile_of(activity: Json) -> Profile:
    """What an activity itself says about who acts: name, directory id, and the zone of their client."""
    sender = _inner(activity, "from")
    client = next((each for each in entities(activity) if each.get("type") == "clientInfo"), {})
    said = (sender.get("name"), client.get("timezone"), activity.get("locale"), sender.get("aadObjectId"))
    name, zone, locale, directory_id = (each if isinstance(each, str) else "" for each in said)
    return Profile(name, zone, locale, directory_id=directory_id)


def named_of(activity: Json) -> dict[str, Profile]:
    """What the mentions of an activity say about those mentioned, by account."""
    return {each.user: Profile(each.label) for each in mentions(activity) if each.label}


def is_personal(activity: Json) -> bool:
    """Whether it happened in somebody's own chat with the bot.

    A chat of two people, where a message extension can be used without the bot, is called personal as well
    (BotFramework-Services#344): its id names two people, "19:…_…@unq.gbl.spaces", the bot's own chat "a:…" or
    "19:…_<app id>@unq.gbl.spaces".
    """
    conversation = _inner(activity, "conversation")
    kind, place = conversation.get("conversationType"), str(conversation.get("id"))
    if place.startswith("19:"):
        app = str(_inner(activity, "recipient").get("id")).removeprefix("28:")
        return kind == PERSONAL and f"_{app}@" in place
    return kind == PERSONAL or (not kind and place.startswith("a:"))


def people_of(inbound: Inbound) -> tuple[str, ...]:
    """The people whom something that came in names, each once."""
    match inbound:
        case Mentioned(people=people):
            found: Sequence[str] = people
        case Command(text=text) | ShortcutUsed(text=text):
            found = [piece.user for piece in text if isinstance(piece, PersonRef)]
            if isinstance(inbound, ShortcutUsed) and inbound.author:
                found.append(inbound.author)
        case Submitted(fields=fields):
            chosen = (fields.get(name, "") for name in PEOPLE_FIELDS)
            found = [user for each in chosen for user in each.split(",") if user]
        case _:
            found = ()
    return tuple(dict.fromkeys(found))


def with_accounts(inbound: Inbound, accounts: Mapping[str, str]) -> Inbound:
    """With accounts in place of directory ids. Who is not among `accounts` is no person any more, but words;
    in a form they stay as they are."""
    match inbound:
        case Command(text=text):
            return replace(inbound, text=_known(text, accounts))
        case ShortcutUsed(text=text, author=author):
            return replace(inbound, text=_known(text, accounts), author=accounts.get(author, ""))
        case Submitted(fields=fields):
            chosen = {name: fields[name] for name in PEOPLE_FIELDS if fields.get(name)}
            mapped = {
                name: ",".join(accounts.get(each, each) for each in value.split(",") if each)
                for name, value in chosen.items()
            }
            return replace(inbound, fields={**fields, **mapped})
    return inbound


def entities(activity: Json) -> list[Json]:
    """The well-formed entities of an activity."""
    found = activity.get("entities")
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


# Words ------------------------------------------------------------------------------------------------------


def _command(activity: Json, tenant: str, text: Pieces) -> Command | HomeOpened:
    key, who = key_of(activity), who_of(activity, tenant)
    word = _begins(text, SLASH) or "boundary"
    rest = after_word(text) if _begins(text, SLASH) else without_slash(text)
    if word == "boundary" and is_personal(activity) and _is_home(rest):
        return HomeOpened(key, who)
    return Command(key, who, word, rest, an_id(_place(activity)))


def _is_home(text: Pieces) -> bool:
    return len(text) == 1 and first_word(text) == HOME and not after_word(text)


def _begins(text: Pieces, words: Collection[str]) -> str | None:
    """The word of `words` with which a text begins, with or without a slash."""
    word = first_word(text)
    return word if word in words else None


def _mentioned(activity: Json, tenant: str, people: tuple[str, ...]) -> Mentioned | None:
    if not _is_shared(activity):
        return None
    conversation, message = an_id(activity["conversation"]["id"]), an_id(activity["id"])
    return Mentioned(
        key=key_of(activity),
        who=who_of(activity, tenant),
        channel=conversation,
        message=message,
        people=people,
        link=link_to(activity, message),
        thread=conversation.partition(";messageid=")[2],
    )


def _is_to_bot(activity: Json, said: Sequence[PersonRef], bot: str) -> bool:
    """Everything in its own chat and every slash command; elsewhere what mentions it."""
    is_slash = activity["recipient"].get("isTargeted") is True
    return is_personal(activity) or is_slash or any(each.user == bot for each in said)


def _is_shared(activity: Json) -> bool:
    return not is_personal(activity) and activity["recipient"].get("isTargeted") is not True


# Links and ids ----------------------------------------------------------------------------------------------


def link_to(activity: Json, message: str) -> str:
    """The address of a message in the conversation of an activity, as Teams builds it ("deep link")."""
    conversation, _, thread = str(activity["conversation"]["id"]).partition(";messageid=")
    address = f"{LINK}/{quote(conversation, safe=':@')}/{quote(message, safe='')}"
    if thread:
        return f"{address}?parentMessageId={quote(thread, safe='')}"
    is_chat = activity["conversation"].get("conversationType") != CHANNEL
    return f"{address}?context=%7B%22contextType%22%3A%22chat%22%7D" if is_chat else address


def _payload_link(activity: Json, payload: Json) -> str:
    """The link that came with the message if it leads to Teams, else one of ours."""
    found = payload.get("linkToMessage")
    if isinstance(found, str) and len(found) <= 2000:
        parts = urlsplit(found)
        if parts.scheme == "https" and parts.netloc in LINK_HOSTS:
            return found
    return link_to(activity, an_id(payload["id"]))


def _sender(activity: Json) -> str:
    return an_id(activity["from"]["id"])


def _is_person(activity: Json) -> bool:
    """People are "29:…"; bots are "28:…", and so are we."""
    return not _sender(activity).startswith("28:")


def _known(text: Pieces, accounts: Mapping[str, str]) -> Pieces:
    return tuple(
        piece
        if isinstance(piece, str)
        else replace(piece, user=accounts[piece.user])
        if piece.user in accounts
        else f"@{piece.label}"
        for piece in text
    )


def _inner(value: Json, name: str) -> Json:
    found = value.get(name)
    return found if isinstance(found, Mapping) else {}
