"""Everything we keep about a person, as JSON: for `/boundary export` and `boundary-bot export ID`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from bot import names
from bot.codec import encode_person, encode_state
from bot.flows.holds import seal_about
from bot.inbound import Account
from bot.ports import Store, Tx, Vault, VaultError
from bot.records import Hold

Json = dict[str, Any]
_MOST_HOLDS = 10_000


def exported_person(tx: Tx, vault: Vault | None, person: str) -> Json | None:
    """Norms, state, accounts, history, what waits for the person and what they sent; None if nobody is
    known by that id.

    Instants are ISO 8601 in UTC. Tokens are named, never shown.
    """
    record = tx.people.get(person)
    accounts = tx.accounts.of(person)
    if record is None and not accounts:
        return None
    return {
        "person": person,
        "norms": _raw(encode_person(record.person)) if record else None,
        "state": _raw(encode_state(record.state)) if record else None,
        "accounts": [
            {
                "tenant": known.account.tenant,
                "user": known.account.user,
                "name": known.name,
                "zone": known.zone,
                "chat": known.dm,
                "connected": known.connected,
            }
            for known in accounts
        ],
        "history": [
            {
                "at": _at(change.at),
                "label": change.label,
                "before": _raw(encode_person(change.before)) if change.before else None,
            }
            for change in tx.history.of(person)
        ],
        "waiting": [_hold(vault, hold) for hold in tx.holds.waiting_for(person)],
        "sent": [
            _hold(vault, hold) for known in accounts for hold in tx.holds.sent_by(known.account, _MOST_HOLDS)
        ],
    }


def exported_account(tx: Tx, vault: Vault | None, account: Account) -> Json:
    """The same for an account, enrolled or not."""
    known = tx.accounts.get(account)
    found = exported_person(tx, vault, known.person) if known and known.person else None
    if found is not None:
        return found
    return {
        "person": None,
        "accounts": [{"tenant": account.tenant, "user": account.user, "name": known.name, "zone": known.zone}]
        if known
        else [],
        "sent": [_hold(vault, hold) for hold in tx.holds.sent_by(account, _MOST_HOLDS)],
    }


def _hold(vault: Vault | None, hold: Hold) -> Json:
    return {
        "id": hold.id,
        "from": names.outside_id(hold.sender),
        "to": hold.recipient,
        "kind": hold.kind.value,
        "urgency": hold.urgency.value,
        "reason": hold.reason,
        "created_at": _at(hold.created_at),
        "release_at": _at(hold.release_at),
        "reply_by": _at(hold.reply_by),
        "needs_by": _at(hold.needs_by),
        "delivered_at": _at(hold.delivered_at),
        "state": hold.state.value,
        "channel": hold.channel,
        "link": hold.link,
        "text": _text(vault, hold),
        "fair": hold.fair,
    }


def _text(vault: Vault | None, hold: Hold) -> str | None:
    if hold.text is None:
        return None
    try:
        if vault is None:
            return "(sealed: set BOUNDARY_SECRET_KEYS to read it)"
        return vault.open(hold.text, seal_about(hold.id))
    except VaultError:
        return "(sealed with a key that is no longer here)"


def _raw(text: str) -> Any:
    return json.loads(text)


def _at(at: datetime | None) -> str | None:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def as_text(data: Json) -> str:
    """The export as indented JSON, keys in the order written here."""
    return json.dumps(data, indent=2, ensure_ascii=False)


async def export_person(store: Store, vault: Vault | None, person: str) -> Json | None:
    """The export of a person id; None if nobody is known by it. Without a vault, held texts stay sealed."""
    return await store.read(lambda tx: exported_person(tx, vault, person))
