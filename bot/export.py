"""Everything we keep about a person, as JSON: for `/boundary export` and `boundary-bot export ID`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from typing import Any

from bot import names
from bot.flows import journal
from bot.flows.holds import seal_about
from bot.inbound import Account
from bot.ports import Store, Tx, Vault, VaultError
from bot.records import AccountRecord, Hold, LedgerEntry, Proposal, TeamRecord
from rules import Person, Window, format_when

Json = dict[str, Any]
_MOST_HOLDS = 10_000
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


def person_data(tx: Tx, vault: Vault | None, person: str) -> Json | None:
    """Norms, state, accounts, history, what waits for the person and what they sent; None if nobody is known
    by that id. Instants are ISO 8601 in UTC, patterns as they are typed. Tokens are named, never shown.
    """
    person = names.resolved(tx, person)
    record = tx.people.get(person)
    accounts = tx.accounts.of(person)
    if record is None and not accounts:
        return None
    return {
        "person": person,
        "norms": _norms(record.person) if record else None,
        "state": _plain(record.state) if record else None,
        "accounts": [_account(known) for known in accounts],
        "history": [
            {"at": _at(change.at), "label": change.label, "before": change.before and _norms(change.before)}
            for change in tx.history.of(person)
        ],
        "waiting": [_hold(vault, hold) for hold in tx.holds.waiting_for(person)],
        "received": [_hold(vault, hold) for hold in tx.holds.received_by(person, _MOST_HOLDS)],
        "sent": _sent(tx, vault, [known.account for known in accounts]),
        "teams": _teams(tx, person),
        "said": [_plain(entry.said) for entry in tx.said.of(person, _EVER)],
        "journal": _journal(tx, vault, person),
    }


def account_data(tx: Tx, vault: Vault | None, account: Account) -> Json:
    """The same for an account, enrolled or not."""
    known = tx.accounts.get(account)
    found = person_data(tx, vault, known.person) if known and known.person else None
    return found or {
        "person": None,
        "accounts": [_account(known)] if known else [],
        "sent": _sent(tx, vault, [account]),
        "ledger": [_entry(each, names.outside_id(account)) for each in _overrides(tx, "", [account])],
    }


def _account(known: AccountRecord) -> Json:
    return {
        "tenant": known.account.tenant,
        "user": known.account.user,
        "name": known.name,
        "zone": known.zone,
        "chat": known.dm,
        "connected": known.connected,
        "guest": known.guest,
        "directory_id": known.directory_id,
        "unreachable": known.unreachable,
    }


def _sent(tx: Tx, vault: Vault | None, accounts: Sequence[Account]) -> list[Json]:
    """What accounts sent, without the recipient's word on it and what it broke into: they were promised that
    nobody is told. A recipient goes by the account written to: our id of them would tell which other account
    is theirs, too."""
    held = [hold for account in accounts for hold in tx.holds.sent_by(account, _MOST_HOLDS)]
    found = [{**_hold(vault, hold), "to": _written_to(tx, hold)} for hold in held]
    private = {"fair", "broke_for"}
    return [{name: value for name, value in each.items() if name not in private} for each in found]


def _written_to(tx: Tx, hold: Hold) -> str | None:
    account = names.account_of(tx, hold.recipient, hold.sender.tenant)
    known = account is not None and account.tenant == hold.sender.tenant
    return names.outside_id(account) if account is not None and known else None


def _norms(person: Person) -> Json:
    """Norms as a person would type them; the dates of public holidays follow from the place and are left
    out."""
    return {
        "zone": person.zone,
        "style": person.style.value,
        "hours": format_when(person.hours) if person.hours else None,
        "windows": [_window(window) for window in person.windows],
        "leave": [_plain(leave) for leave in person.leave],
        "holidays": person.place,
        "said": [_plain(said) for said in person.said],
        "digests": list(person.digests),
        "opt_out": list(person.opt_out),
        "rituals": list(person.rituals),
    }


def _teams(tx: Tx, person: str) -> Json:
    """What somebody is, said and did in their teams: their own part only, nobody else's."""
    votes, read = tx.ballots.votes_of(person), tx.acknowledgements.by(person)
    overrode = _overrides(tx, person, [known.account for known in tx.accounts.of(person)])
    ids = tx.teams.naming(person)  # those they have left, too
    records = [record for id in ids if (record := tx.teams.get(id))]
    judged = [entry for id in ids for entry in tx.ledger.of(id, _EVER) if person in dict(entry.verdicts)]
    counted = [each for each in tx.publications.near([person]) if person in each.cohort]
    return {
        "member_of": [_membership(record, person) for record in records if person in record.team.members],
        "asked_on_leave_in": [record.team.id for record in records if record.team.ask_on_leave == person],
        "shown": [
            {"team": record.team.id, "week": week}
            for record in records
            for week, lead in record.state.shown
            if lead == person
        ],
        "proposals": [_proposal(each) for id in ids for each in tx.ballots.of(id) if each.by == person],
        "votes": [{"proposal": each.proposal, "yes": each.yes, "at": _at(each.at)} for each in votes],
        "acknowledged": [{"team": each.team, "version": each.number, "at": _at(each.at)} for each in read],
        "ledger": [_entry(each, person) for each in overrode],
        "judged": [
            {"team": each.team, "at": _at(each.at), "fair": dict(each.verdicts)[person]} for each in judged
        ],
        "counted_in": [{"team": each.team, "week": each.week} for each in counted],
    }


def _overrides(tx: Tx, person: str, accounts: Sequence[Account]) -> list[LedgerEntry]:
    """Entries of the ledger by somebody: under their id, and under those of accounts before they enrolled."""
    ids = [*filter(None, [person]), *map(names.outside_id, accounts)]
    return [entry for id in ids for entry in tx.ledger.by(id)]


def _membership(record: TeamRecord, person: str) -> Json:
    joined = dict(record.state.joined).get(person)
    team = record.team
    return {"team": team.id, "name": team.name, "lead": person in team.leads, "since": _at(joined)}


def _proposal(proposal: Proposal) -> Json:
    return {
        "id": proposal.id,
        "team": proposal.team,
        "at": _at(proposal.at),
        "changes": [list(change) for change in proposal.changes],
        "state": proposal.state.value,
    }


def _entry(entry: LedgerEntry, person: str) -> Json:
    """An entry of the ledger with the person's own verdict alone."""
    return {
        "team": entry.team,
        "at": _at(entry.at),
        "kind": entry.kind.value,
        "start": _at(entry.start),
        "end": _at(entry.end),
        "reason": entry.reason,
        "fair": dict(entry.verdicts).get(person),
    }


def _journal(tx: Tx, vault: Vault | None, person: str) -> list[Json]:
    """What somebody wrote in rituals, and the questions they worded themselves."""
    return [
        {
            "day": entry.day.isoformat(),
            "kind": entry.kind,
            "at": _at(entry.at),
            "text": _opened(vault, entry.sealed, journal.ABOUT),
        }
        for entry in tx.diary.of(person, date.min)
    ]


def _window(window: Window) -> Json:
    return {
        "name": window.name,
        "kind": window.kind.value,
        "when": format_when(window.when),
        "lets_through": _plain(window.passes),
        "share_name": window.share_name,
    }


def _plain(value: object) -> Any:
    """A frozen value as JSON: field names, ISO instants, sorted sets."""
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, datetime):
        return _at(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return sorted(value) if isinstance(value, frozenset) else value


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
        "thread": hold.thread,
        "link": hold.link,
        "text": _text(vault, hold),
        "fair": hold.fair,
        "doubted": hold.doubted,
        "broke_for": hold.broke_for,
    }


def _text(vault: Vault | None, hold: Hold) -> str | None:
    return None if hold.text is None else _opened(vault, hold.text, seal_about(hold.id))


def _opened(vault: Vault | None, sealed: bytes, about: str) -> str:
    try:
        if vault is None:
            return "(sealed: set BOUNDARY_SECRET_KEYS to read it)"
        return vault.open(sealed, about)
    except VaultError:
        return "(sealed with a key that is no longer here)"


def _at(at: datetime | None) -> str | None:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def as_text(data: Json) -> str:
    """The export as indented JSON, keys in the order written here."""
    return json.dumps(data, indent=2, ensure_ascii=False)


async def export(store: Store, vault: Vault | None, person: str) -> Json | None:
    """The export of a person id; None if nobody is known by it. Without a vault, held texts stay sealed."""
    return await store.read(lambda tx: person_data(tx, vault, person))
