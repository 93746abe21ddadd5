"""What every verified activity teaches us about where to send to, whatever else it is about.

Teams tells of an installation once or never, and addresses change; so each activity renews the reference of
its conversation, and in a personal chat the account of the human in it. Runs inside one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from adapters.teams import translate
from adapters.teams.places import PERSONAL, WANTED
from bot.inbound import Account
from bot.ports import Tx
from bot.records import AccountRecord, Conversation, Tenant

Json = Mapping[str, Any]


def remember(tx: Tx, activity: Json, tenant: str) -> None:
    """Renew the conversation, the account and, when it is heard of first, the tenant."""
    bot = _text(_inner(activity, "recipient"), "id")
    if tx.tenants.get(tenant) is None:
        tx.tenants.put(Tenant(tenant, "teams", bot_user=bot))
    place = line_of(activity)
    if not translate.is_personal(activity) and _bot_left(activity, bot):
        tx.conversations.remove(tenant, place)
        return
    known = tx.conversations.get(tenant, place)
    heard = _conversation(activity, tenant, place, known)
    if heard != known:
        tx.conversations.put(heard)
    _renew_account(tx, activity, tenant, heard)


def want_home(tx: Tx, activity: Json, tenant: str) -> None:
    """The person asked for Home: it is posted anew, below what was said since."""
    known = tx.conversations.get(tenant, line_of(activity))
    if known is not None:
        tx.conversations.put(replace(known, home=WANTED))


def line_of(activity: Json) -> str:
    """The conversation without the thread: what is kept in order, and kept as a reference."""
    return str(activity["conversation"]["id"]).partition(";messageid=")[0]


def _conversation(activity: Json, tenant: str, place: str, known: Conversation | None) -> Conversation:
    """The reference as the activity tells it; what it does not say stays as it was, and whose chat it is,
    whatever it says: no later activity makes it another person's, or a group of it."""
    data, sender = _inner(activity, "channelData"), _text(_inner(activity, "from"), "id")
    before = known or Conversation(tenant, place, "", "")
    kind = _kind(activity, before.kind)
    return replace(
        before,
        service_url=_text(activity, "serviceUrl"),
        kind=kind,
        user=before.user or (sender if kind == PERSONAL and _is_person(sender) else ""),
        team=_text(_inner(data, "team"), "id") or before.team,
        channel=_text(_inner(data, "channel"), "id") or before.channel,
    )


def _kind(activity: Json, before: str) -> str:
    if before == PERSONAL or (not before and translate.is_personal(activity)):
        return PERSONAL
    said = _text(_inner(activity, "conversation"), "conversationType")
    return said if said in {"groupChat", "channel"} else before or "groupChat"


def _renew_account(tx: Tx, activity: Json, tenant: str, place: Conversation) -> None:
    """Who writes in their own chat can be reached there; of others only what we know already is renewed."""
    sender = _inner(activity, "from")
    account = Account(tenant, _text(sender, "id"))
    known = tx.accounts.get(account)
    is_own = place.kind == PERSONAL and place.user == account.user
    if not _is_person(account.user) or not (known or is_own):
        return
    before = known or AccountRecord(account)
    heard = replace(before, directory_id=_text(sender, "aadObjectId") or before.directory_id)
    if is_own and not _is_removal(activity):
        heard = replace(heard, dm=place.id, unreachable="")
    if heard != known:
        tx.accounts.put(heard)


def _bot_left(activity: Json, bot: str) -> bool:
    """The app was taken out of a team or group."""
    if activity.get("type") == "installationUpdate":
        return activity.get("action") == "remove"
    gone = activity.get("membersRemoved") if activity.get("type") == "conversationUpdate" else ()
    return any(_text(each, "id") == bot for each in gone if isinstance(each, Mapping)) if gone else False


def _is_person(user: str) -> bool:
    return bool(user) and not user.startswith("28:")


def _is_removal(activity: Json) -> bool:
    if activity.get("type") == "installationUpdate":
        return activity.get("action") != "add"
    return _bot_left(activity, _text(_inner(activity, "recipient"), "id"))


def _inner(value: Json, name: str) -> Json:
    found = value.get(name)
    return found if isinstance(found, Mapping) else {}


def _text(value: Json, name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""
