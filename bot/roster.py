"""Norms as code: load a norms file into the store at start, and keep public holidays filled in.

A file is loaded when its content has changed since the last time; until then, what people said in chat stays.
What a person said for now (`/focus 90m`) and everything that happened to them survives a reload.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bot import planning
from bot.flows import linking
from bot.inbound import Account
from bot.normsfile import FilePerson, NormsFile, load_norms
from bot.ports import Calendars, Store, Tx
from bot.records import AccountRecord, Change, PersonRecord, PersonState
from bot.teamimport import NOTHING, Importing, Taken, take_in
from bot.teamnorms import with_holidays
from rules.values import Holiday, Person

_LOADED = "norms_file"
_HOLIDAYS = "holidays_looked_at"
"""Meta: the year in which everybody's public holidays were looked at last."""
_TOGETHER = 25
"""People whose holidays are filled in by one transaction."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many people and teams are in the file; `changed` is False if it had been loaded before. `taken` is
    what became of its teams."""

    people: int
    teams: int
    changed: bool
    taken: Taken = NOTHING


def holidays_around(person: Person, calendars: Calendars, now: datetime) -> tuple[Holiday, ...]:
    """The public holidays of a person's place from last year to two years ahead; () without a place."""
    if not person.place:
        return ()
    return calendars.holidays(person.place, now.year - 1, now.year + 2)


async def load_file(
    store: Store,
    path: Path,
    tenants: Mapping[str, str] | str,
    calendars: Calendars,
    now: datetime,
    *,
    by: str = "",
) -> Loaded:
    """Load the norms file at `path` for the accounts of one tenant on each platform, such as
    {"slack": "slack:T123", "teams": "teams:<tenant id>"}; one tenant alone may be given by its id. `by` is
    the name of an administrator who stands for what it says about teams; without, their members vote on it.

    Raises NormsFileError and loads nothing when anything in it is wrong.
    """
    norms, tenants = load_norms(path), _by_platform(tenants)
    mark = f"{','.join(sorted(tenants.values()))}:{_digest(path)}{f':{by}' if by else ''}"
    if await store.read(lambda tx: tx.meta.get(_LOADED)) == mark:
        return Loaded(len(norms.people), len(norms.teams), changed=False)
    taken = await load(store, norms, Importing(tenants, calendars, now, by))
    await store.write(lambda tx: tx.meta.put(_LOADED, mark))
    return Loaded(len(norms.people), len(norms.teams), changed=True, taken=taken)


def _by_platform(tenants: Mapping[str, str] | str) -> Mapping[str, str]:
    return {tenants.partition(":")[0]: tenants} if isinstance(tenants, str) else tenants


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


async def load(store: Store, norms: NormsFile, how: Importing) -> Taken:
    """Put everyone of a checked norms file into the store, and bring its teams in, in one transaction."""
    now = how.now
    dates = {id: holidays_around(entry.person, how.calendars, now) for id, entry in norms.people.items()}

    def work(tx: Tx) -> Taken:
        for entry in norms.people.values():
            accounts = _accounts(entry, how.tenants)
            for account in accounts:
                _absorb(tx, account, entry.person.id, norms.people.keys())
            _put(tx, entry, dates[entry.person.id], accounts, now)
        return take_in(tx, norms, how)

    return await store.write(work)


def _accounts(entry: FilePerson, tenants: Mapping[str, str]) -> list[Account]:
    """The accounts that the file names, on the platforms that are served here."""
    named = (("slack", entry.slack), ("teams", entry.teams))
    return [Account(tenants[platform], user) for platform, user in named if user and platform in tenants]


def _put(
    tx: Tx, entry: FilePerson, dates: tuple[Holiday, ...], accounts: Sequence[Account], now: datetime
) -> None:
    person = replace(entry.person, holidays=dates)
    known = tx.people.get(person.id)
    if known is not None and known.state.merged_into:
        known = None  # the file makes a person of their own of them again
    state = known.state if known else PersonState(met=True, name=person.id.capitalize(), since=now)
    if known:
        person = replace(person, said=known.person.said)
        tx.history.push(Change(person.id, now, "the norms file was loaded", known.person))
    for account in accounts:
        state = _at_home(tx, account, person, state)
    record = PersonRecord(person, state, version=known.version if known else 0)
    stored = planning.replan(tx, record, now)
    planning.repaint(tx, stored, f"norms:{stored.version}", now)


def _absorb(tx: Tx, account: Account, id: str, in_file: Collection[str]) -> None:
    """Whoever set themselves up in chat before the file named them becomes the person of the file, and the id
    they went by leads there: norms of others may name it.

    Two people behind one account would set its status against each other.
    """
    bound = tx.accounts.get(account)
    if bound is None or not bound.person or bound.person in in_file:
        return
    record, known = tx.people.get(bound.person), tx.people.get(id)
    linking.hand_over(tx, bound.person, id)
    if record is None:
        return
    if known is None or known.state.merged_into:
        known = PersonRecord(replace(record.person, id=id), replace(record.state, aliases=()), record.next_at)
    outdated = {*known.state.aliases, *record.state.aliases, bound.person} - {id}
    tx.people.put(replace(known, state=replace(known.state, aliases=tuple(sorted(outdated)))))
    for alias in outdated:
        linking.leave_alias(tx, alias, id)


def _at_home(tx: Tx, account: Account, person: Person, state: PersonState) -> PersonState:
    """Bind the person to the account that the file names and to no other of its tenant; what we left on one
    that is theirs no longer is none of the new one's business."""
    for other in tx.accounts.of(person.id):
        if other.account.tenant == account.tenant and other.account != account:
            tx.accounts.put(replace(other, person=""))
    known = tx.accounts.get(account) or AccountRecord(account, zone=person.zone)
    tx.accounts.put(replace(known, person=person.id))
    marks = tuple(
        each for each in state.marks if each.account.tenant != account.tenant or each.account == account
    )
    if known.person != person.id:
        state = replace(state, armed_for=None, armed=None, snooze_armed=None, marks=marks)
    if state.home is None or state.home.tenant == account.tenant:
        return replace(state, home=account)
    return state


async def refresh_holidays(store: Store, calendars: Calendars, now: datetime) -> int:
    """Fill in the coming years' public holidays of everyone's place; returns how many people changed.

    Everybody is looked at once a year only: holidays reach two years ahead, and a start must not take
    longer the more people there are.
    """
    year = str(now.year)
    if await store.read(lambda tx: tx.meta.get(_HOLIDAYS)) == year:
        return 0
    changed, after = 0, ""
    while ids := await store.read(lambda tx, after=after: tx.people.ids(after)):  # type: ignore[misc]
        after = ids[-1]
        stale = await store.read(lambda tx, ids=ids: _stale(tx, ids, now))  # type: ignore[misc]
        for start in range(0, len(stale), _TOGETHER):
            part = stale[start : start + _TOGETHER]
            changed += await store.write(lambda tx, part=part: _refresh(tx, part, calendars, now))  # type: ignore[misc]
    await store.write(lambda tx: _looked_at(tx, calendars, now))
    return changed


def _looked_at(tx: Tx, calendars: Calendars, now: datetime) -> None:
    _refresh_teams(tx, calendars, now)
    tx.meta.put(_HOLIDAYS, str(now.year))


def _refresh_teams(tx: Tx, calendars: Calendars, now: datetime) -> None:
    """Fill in the coming years' public holidays of every team's place; an unknown place keeps what it has."""
    for id in tx.teams.ids():
        record = tx.teams.get(id)
        if record is None or not record.team.place:
            continue
        if any(holiday.on.year > now.year for holiday in record.team.holidays):
            continue
        with suppress(ValueError):
            tx.teams.put(replace(record, team=with_holidays(record.team, calendars, now.year)))


def _stale(tx: Tx, ids: Sequence[str], now: datetime) -> list[str]:
    """Those of `ids` whose public holidays end with this year."""
    return [id for id in ids if (record := tx.people.get(id)) and _ends(record.person, now.year)]


def _ends(person: Person, year: int) -> bool:
    return bool(person.place) and all(holiday.on.year <= year for holiday in person.holidays)


def _coming(person: Person, calendars: Calendars, now: datetime) -> tuple[Holiday, ...]:
    """Those that are known already of a place that the calendars do not know any more: one person's place
    must not keep everybody else's from being filled in."""
    try:
        return holidays_around(person, calendars, now)
    except ValueError:
        return person.holidays


def _refresh(tx: Tx, ids: Sequence[str], calendars: Calendars, now: datetime) -> int:
    stale = [tx.people.get(id) for id in _stale(tx, ids, now)]
    for record in stale:
        if record is not None:
            person = replace(record.person, holidays=_coming(record.person, calendars, now))
            planning.replan(tx, replace(record, person=person), now)
    return len(stale)
