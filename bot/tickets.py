"""Tickets that lead a person from the chat to the platform's own page where they connect.

A ticket works once and for ten minutes, and names the account it was made for; only its hash is stored.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import datetime, timedelta
from typing import Final

from bot.inbound import Account
from bot.ports import Tx

LIFE: Final = timedelta(minutes=10)


def issue(tx: Tx, who: Account, now: datetime) -> str:
    """A new ticket for `who`."""
    ticket = secrets.token_urlsafe(24)
    tx.once.issue(_key(ticket), payload(who), now + LIFE)
    return ticket


def withdraw(tx: Tx, who: Account) -> None:
    """Take back what was issued to `who` and not used: tickets, and the states of the way to the platform."""
    tx.once.withdraw(payload(who))


def payload(who: Account) -> str:
    """What is stored beside the hash of a ticket or state: whom it is for."""
    return json.dumps([who.tenant, who.user])


def redeem(tx: Tx, ticket: str, now: datetime) -> Account | None:
    """Whose ticket it is; None if it was used, has expired or never was one."""
    found = tx.once.consume(_key(ticket), now)
    return None if found is None else Account(*json.loads(found))


def address(public_url: str, who: Account, ticket: str) -> str:
    """Where the person's browser goes: `/slack/install?t=…` of the bot."""
    platform = who.tenant.partition(":")[0]
    return f"{public_url.rstrip('/')}/{platform}/install?t={ticket}"


def _key(ticket: str) -> str:
    return f"ticket:{hashlib.sha256(ticket.encode(errors='replace')).hexdigest()}"
