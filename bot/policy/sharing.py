"""The policy as a file: by an address that works once, or from the terminal.

An address holds a ticket, of which only the hash is stored, with the team and the format it is for and
nothing about whoever asked for it.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.messages.document import Document
from bot.policy.facts import document_of
from bot.policy.markdown import as_markdown
from bot.ports import Store, Tx, Typesetter
from bot.records import TeamRecord

LIFE: Final = timedelta(minutes=10)
PATH: Final = "/v1/policies"


class Format(StrEnum):
    """What a policy can be written as; the value ends the file's name."""

    MARKDOWN = "md"
    PDF = "pdf"


CONTENT_TYPES: Final = {
    Format.MARKDOWN: "text/markdown; charset=utf-8",
    Format.PDF: "application/pdf",
}


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A policy as a file to take away."""

    name: str
    content_type: str
    content: bytes


def path(tx: Tx, record: TeamRecord, file: str, format: Format, now: datetime) -> str:
    """Where at our own address a browser fetches the policy once, until ten minutes from `now`; `file` is
    its name without an ending."""
    ticket = secrets.token_urlsafe(24)
    tx.once.issue(_key(ticket), json.dumps(["policy", record.team.id, format.value]), now + LIFE)
    return f"{PATH}/{ticket}/{file}.{format.value}"


async def fetch(store: Store, typesetter: Typesetter, ticket: str, now: datetime) -> PolicyFile | None:
    """The file that a ticket is for, as of now; None if it was fetched, has expired or never was one."""
    found = await store.write(lambda tx: _redeemed(tx, ticket, now))
    if found is None:
        return None
    document, format = found
    return await asyncio.to_thread(written, document, format, typesetter)


def written(document: Document, format: Format, typesetter: Typesetter) -> PolicyFile:
    """The document as a file."""
    content = typesetter.pdf(document) if format is Format.PDF else as_markdown(document).encode()
    return PolicyFile(f"{document.file}.{format.value}", CONTENT_TYPES[format], content)


def _redeemed(tx: Tx, ticket: str, now: datetime) -> tuple[Document, Format] | None:
    payload = tx.once.consume(_key(ticket), now)
    if payload is None:
        return None
    _, team, format = json.loads(payload)
    record = tx.teams.get(team)
    return (document_of(tx, record), Format(format)) if record else None


def _key(ticket: str) -> str:
    return f"policy:{hashlib.sha256(ticket.encode(errors='replace')).hexdigest()}"
