"""Norms as code: load a norms file into the store at start, and keep public holidays filled in.

A file is loaded when its content has changed since the last time; until then, what people said in chat stays.
What a person said for now (`/focus 90m`) and everything that happened to them survives a reload.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bot import codec, planning
from bot.inbound import Account
from bot.normsfile import FilePerson, NormsFile, load_norms
from bot.ports import Calendars, Store, Tx
from bot.records import AccountRecord, Change, PersonRecord, PersonState
from rules.values import Holiday, Person

_LOADED = "norms_file"


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many people and teams are in the file; `changed` is False if it had been loaded before."""

    people: int
    teams: int
    changed: bool


def holidays_around(person: Person, calendars: Calendars, now: datetime) -> tuple[Holiday, ...]:
    """The public holidays of a person's place from last year to two years ahead; () without a place."""
    if not person.place:
        return ()
    return calendars.holidays(person.place, now.year - 1, now.year + 2)


async def load_file(store: Store, path: Path, tenant: str, calendars: Calendars, now: datetime) -> Loaded:
    """Load the norms file at `path` for the accounts of `tenant` ("slack:T123").

    Raises NormsFileError and loads nothing when anything in it is wrong.
    """
    norms = load_norms(path)
    mark = f"{tenant}:{_digest(path)}"
    if await store.read(lambda tx: tx.meta.get(_LOADED)) == mark:
        return Loaded(len(norms.people), len(norms.teams), changed=False)
    await load(store, norms, tenant, calendars, now)
    await store.write(lambda tx: tx.meta.put(_LOADED, mark))
    return Loaded(len(norms.people), len(norms.teams), changed=True)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


async def load(store: Store, norms: NormsFile, tenant: str, calendars: Calendars, now: datetime) -> None:
    """Put everyone and every team of a checked norms file into the store, in one transaction."""
    dates = {id: holidays_around(entry.person, calendars, now) for id, entry in norms.people.items()}

    def work(tx: Tx) -> None:
        tx.teams.clear()
        for team in norms.teams.values():
            tx.teams.put(team.id, team.members, codec.encode_team(team))
        for entry in norms.people.values():
            _put(tx, entry, dates, tenant, now)

    await store.write(work)


def _put(
    tx: Tx, entry: FilePerson, dates: Mapping[str, tuple[Holiday, ...]], tenant: str, now: datetime
) -> None:
    person = replace(entry.person, holidays=dates[entry.person.id])
    known = tx.people.get(person.id)
    state = known.state if known else PersonState(met=True, name=person.id.capitalize())
    if known:
        person = replace(person, said=known.person.said)
        tx.history.push(Change(person.id, now, "the norms file was loaded", known.person))
    if entry.slack:
        state = replace(state, home=state.home or _bind(tx, Account(tenant, entry.slack), person))
    record = PersonRecord(person, state, version=known.version if known else 0)
    planning.replan(tx, record, now)


def _bind(tx: Tx, account: Account, person: Person) -> Account:
    known = tx.accounts.get(account) or AccountRecord(account, zone=person.zone)
    tx.accounts.put(replace(known, person=person.id))
    return account


async def refresh_holidays(store: Store, calendars: Calendars, now: datetime) -> int:
    """Fill in the coming years' public holidays of everyone's place; returns how many people changed."""
    changed, after = 0, ""
    while ids := await store.read(lambda tx, after=after: tx.people.ids(after)):  # type: ignore[misc]
        after = ids[-1]
        for id in ids:
            changed += await store.write(lambda tx, id=id: _refresh(tx, id, calendars, now))  # type: ignore[misc]
    return changed


def _refresh(tx: Tx, id: str, calendars: Calendars, now: datetime) -> bool:
    record = tx.people.get(id)
    if record is None or not record.person.place:
        return False
    if any(holiday.on.year > now.year for holiday in record.person.holidays):
        return False
    person = replace(record.person, holidays=holidays_around(record.person, calendars, now))
    planning.replan(tx, replace(record, person=person), now)
    return True
