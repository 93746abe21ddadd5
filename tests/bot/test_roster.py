"""Norms as code, loaded into the store: when it is read again, what it replaces, what it leaves alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from adapters.stores.memory import MemoryStore
from bot import names, roster
from bot.inbound import Account
from bot.normsfile import NormsFileError
from bot.ports import Store, Tx
from bot.records import AccountRecord, Change, Hold, Marks, PersonRecord, PersonState
from bot.teamimport import Taken
from rules import Holiday, Mode, Person, PingKind, Said, Style, Urgency

T = TypeVar("T")
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
TENANT = "slack:T1"
MAYA = Account(TENANT, "U0MAYA")
FILE = """
[people.maya]
zone = "Europe/Lisbon"
hours = "mon-fri 09:00-17:00"
holidays = "PT"
slack = "U0MAYA"

[teams.platform]
members = ["maya", "sam"]
zone = "Europe/Lisbon"
shared_focus = "wed 09:00-12:00"
"""


class NewYearsDays:
    """A calendar with one holiday a year."""

    def holidays(self, place: str, first_year: int, last_year: int) -> tuple[Holiday, ...]:
        return tuple(Holiday(date(year, 1, 1), place) for year in range(first_year, last_year + 1))


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    found = MemoryStore()
    yield found
    await found.close()


def rewrite(path: Path, text: str) -> None:
    path.write_text(text)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "norms.toml"
    rewrite(path, FILE)
    return path


async def load(store: Store, path: Path, now: datetime = NOW) -> roster.Loaded:
    return await roster.load_file(store, path, TENANT, NewYearsDays(), now)


async def maya(store: Store) -> PersonRecord:
    record = await store.read(lambda tx: tx.people.get("maya"))
    assert record is not None
    return record


async def test_people_teams_accounts_and_holidays_come_from_the_file(store: Store, path: Path) -> None:
    taken = Taken(proposed=("platform",))
    assert await load(store, path) == roster.Loaded(people=1, teams=1, changed=True, taken=taken)
    record = await maya(store)
    assert record.state.home == MAYA
    assert [holiday.on.year for holiday in record.person.holidays] == [2025, 2026, 2027, 2028]
    assert record.next_at is not None
    assert record.next_at > NOW
    account = await store.read(lambda tx: tx.accounts.get(MAYA))
    assert account == AccountRecord(MAYA, person="maya", zone="Europe/Lisbon")
    assert len(await store.read(lambda tx: tx.teams.of("sam"))) == 1


async def test_the_same_file_again_leaves_what_was_said_in_chat(store: Store, path: Path) -> None:
    await load(store, path)
    record = await maya(store)
    changed = replace(record, person=replace(record.person, hours=None))
    await store.write(lambda tx: tx.people.put(changed))
    assert not (await load(store, path)).changed
    assert (await maya(store)).person.hours is None


async def test_a_changed_file_replaces_norms_and_can_be_undone_but_keeps_what_holds_for_now(
    store: Store, path: Path
) -> None:
    await load(store, path)
    said = Said(Mode.FOCUS, NOW, NOW + timedelta(hours=2), NOW)

    def focus(tx: Tx) -> None:
        record = tx.people.get("maya")
        assert record is not None
        tx.people.put(replace(record, person=replace(record.person, said=(said,))))

    await store.write(focus)
    rewrite(path, FILE.replace("09:00-17:00", "08:00-16:00"))
    assert (await load(store, path)).changed
    person = (await maya(store)).person
    assert person.said == (said,)
    assert person.hours is not None
    assert person.hours.clauses[0].times[0].start == 8 * 60
    before = await store.read(lambda tx: tx.history.of("maya"))
    assert [change.label for change in before] == ["the norms file was loaded"]


async def test_a_file_with_a_mistake_loads_nothing(store: Store, path: Path) -> None:
    rewrite(path, FILE.replace("wed 09:00", "wed 29:00"))
    with pytest.raises(NormsFileError):
        await load(store, path)
    assert await store.read(lambda tx: tx.people.ids()) == []
    rewrite(path, FILE)
    assert (await load(store, path)).changed


async def test_holidays_are_filled_in_before_the_year_ends_and_once(store: Store, path: Path) -> None:
    await load(store, path)
    assert await roster.refresh_holidays(store, NewYearsDays(), NOW) == 0
    later = NOW.replace(year=2028)
    assert await roster.refresh_holidays(store, NewYearsDays(), later) == 1
    years = [holiday.on.year for holiday in (await maya(store)).person.holidays]
    assert years == [2027, 2028, 2029, 2030]
    assert await roster.refresh_holidays(store, NewYearsDays(), later) == 0


async def test_people_without_a_place_are_left_alone(store: Store, path: Path) -> None:
    rewrite(path, FILE.replace('holidays = "PT"\n', ""))
    await load(store, path)
    assert await roster.refresh_holidays(store, NewYearsDays(), NOW.replace(year=2030)) == 0
    assert (await maya(store)).person.holidays == ()


async def sign_up(store: Store, account: Account, id: str) -> PersonRecord:
    """Somebody set themselves up in chat, and something waits for them."""
    person = Person(id, "Europe/Lisbon", Style.INTEGRATOR)
    record = PersonRecord(person, PersonState(home=account, name="Maya M", met=True, told_connect=True))
    sam = Account(TENANT, "U0SAM")
    hold = Hold("h1", sam, id, PingKind.MENTION, Urgency.ROUTINE, NOW, NOW + timedelta(hours=1))

    def work(tx: Tx) -> None:
        tx.people.put(record)
        tx.accounts.put(AccountRecord(account, person=id, connected=True))
        tx.holds.put(hold)
        tx.history.push(Change(id, NOW, "no hours", person))

    await store.write(work)
    return record


async def test_whoever_set_themselves_up_in_chat_becomes_the_person_of_the_file(
    store: Store, path: Path
) -> None:
    await sign_up(store, MAYA, "p_1")
    await load(store, path)
    record = await maya(store)
    assert (record.state.home, record.state.name, record.state.told_connect) == (MAYA, "Maya M", True)
    assert record.person.hours is not None
    assert await store.read(lambda tx: names.resolved(tx, "p_1")) == "maya"
    account = await store.read(lambda tx: tx.accounts.get(MAYA))
    assert account == AccountRecord(MAYA, person="maya", connected=True)
    assert [hold.id for hold in await store.read(lambda tx: tx.holds.waiting_for("maya"))] == ["h1"]
    before = await store.read(lambda tx: tx.history.of("maya"))
    assert [change.before and change.before.id for change in before] == ["maya"]


async def test_another_account_in_the_file_takes_the_place_of_the_first(store: Store, path: Path) -> None:
    await load(store, path)
    rewrite(path, FILE.replace("U0MAYA", "U1MAYA"))
    await load(store, path)
    moved = Account(TENANT, "U1MAYA")
    assert (await maya(store)).state.home == moved
    bound = await store.read(lambda tx: tx.accounts.of("maya"))
    assert [known.account for known in bound] == [moved]


async def test_two_people_of_the_file_may_swap_accounts(store: Store, path: Path) -> None:
    sam = '[people.sam]\nzone = "Europe/Lisbon"\nslack = "U0SAM"\n'
    rewrite(path, FILE + sam)
    await load(store, path)
    swapped = (FILE + sam).replace("U0SAM", "U9").replace("U0MAYA", "U0SAM").replace("U9", "U0MAYA")
    rewrite(path, swapped)
    await load(store, path)
    assert await store.read(lambda tx: tx.people.ids()) == ["maya", "sam"]
    known = await store.read(lambda tx: tx.accounts.get(MAYA))
    assert known is not None
    assert known.person == "sam"
    assert (await maya(store)).state.home == Account(TENANT, "U0SAM")


class Counting(MemoryStore):
    """Counts the transactions that write."""

    writes = 0

    async def write(self, work: Callable[[Tx], T]) -> T:
        self.writes += 1
        return await super().write(work)


async def test_a_start_costs_no_look_at_every_person() -> None:
    store = Counting()
    for number in range(60):
        await sign_up(store, Account(TENANT, f"U{number}"), f"p_{number:02}")
    store.writes = 0
    await roster.refresh_holidays(store, NewYearsDays(), NOW)
    assert store.writes == 1  # that everybody was looked at
    await roster.refresh_holidays(store, NewYearsDays(), NOW)
    assert store.writes == 1
    await store.close()


BOTH = {"slack": TENANT, "teams": "teams:7e1a"}
TEAMS_MAYA = Account("teams:7e1a", "29:maya")
WITH_TEAMS = FILE.replace('slack = "U0MAYA"', 'slack = "U0MAYA"\nteams = "29:maya"')


async def load_both(store: Store, path: Path) -> roster.Loaded:
    return await roster.load_file(store, path, BOTH, NewYearsDays(), NOW)


async def accounts(store: Store, person: str = "maya") -> list[Account]:
    return [known.account for known in await store.read(lambda tx: tx.accounts.of(person))]


async def test_a_person_of_the_file_has_an_account_on_each_platform_that_is_served(
    store: Store, path: Path
) -> None:
    rewrite(path, WITH_TEAMS)
    await load_both(store, path)
    assert await accounts(store) == [MAYA, TEAMS_MAYA]
    assert (await maya(store)).state.home == MAYA
    assert not (await load_both(store, path)).changed
    assert (await load(store, path)).changed  # another set of tenants
    assert await accounts(store) == [MAYA, TEAMS_MAYA]


async def test_two_people_who_set_themselves_up_become_the_one_of_the_file(store: Store, path: Path) -> None:
    rewrite(path, WITH_TEAMS)
    await sign_up(store, MAYA, "p_1")
    await sign_up(store, TEAMS_MAYA, "p_2")
    await load_both(store, path)
    assert await accounts(store) == [MAYA, TEAMS_MAYA]
    assert (await maya(store)).state.aliases == ("p_1", "p_2")
    assert await store.read(lambda tx: [names.resolved(tx, id) for id in ("p_1", "p_2")]) == ["maya", "maya"]


async def test_every_id_a_linked_person_went_by_leads_to_the_person_of_the_file(
    store: Store, path: Path
) -> None:
    record = await sign_up(store, MAYA, "p_1")
    linked = replace(record, state=replace(record.state, aliases=("p_0",)))
    gone = PersonRecord(Person("p_0", "UTC"), PersonState(merged_into="p_1"))
    await store.write(lambda tx: (tx.people.put(linked), tx.people.put(gone)))
    await load(store, path)
    found = await store.read(lambda tx: [names.account_of(tx, id, "teams:x") for id in ("p_0", "p_1")])
    assert found == [MAYA, MAYA]


async def test_a_place_that_is_known_no_more_keeps_nobody_from_new_holidays(store: Store, path: Path) -> None:
    lost = Person("p_0", "UTC", place="XX", holidays=(Holiday(NOW.date(), "Day"),))
    await store.write(lambda tx: tx.people.put(PersonRecord(lost, PersonState())))
    await load(store, path)
    later = NOW.replace(year=2028)
    assert await roster.refresh_holidays(store, Forgetful(), later) == 2
    assert {holiday.on.year for holiday in (await maya(store)).person.holidays} == {2027, 2028, 2029, 2030}
    kept = await store.read(lambda tx: tx.people.get("p_0"))
    assert kept is not None
    assert kept.person.holidays == lost.holidays


class Forgetful(NewYearsDays):
    """Knew a place once."""

    def holidays(self, place: str, first_year: int, last_year: int) -> tuple[Holiday, ...]:
        if place == "XX":
            raise ValueError("There are no public holidays known for XX")
        return super().holidays(place, first_year, last_year)


async def test_another_account_on_one_platform_leaves_what_is_on_the_other(store: Store, path: Path) -> None:
    rewrite(path, WITH_TEAMS)
    await load_both(store, path)
    record = await maya(store)
    marks = tuple(Marks(each, snoozed_until=NOW) for each in (MAYA, TEAMS_MAYA))
    marked = replace(record, state=replace(record.state, marks=marks, home=TEAMS_MAYA))
    await store.write(lambda tx: tx.people.put(marked))
    rewrite(path, WITH_TEAMS.replace("U0MAYA", "U1MAYA"))
    await load_both(store, path)
    state = (await maya(store)).state
    assert [each.account for each in state.marks] == [TEAMS_MAYA]
    assert state.home == TEAMS_MAYA


async def test_the_file_makes_a_person_of_an_id_that_went_out_of_use(store: Store, path: Path) -> None:
    gone = PersonRecord(Person("maya", "UTC"), PersonState(merged_into="p_1"))
    await store.write(lambda tx: tx.people.put(gone))
    await load(store, path)
    record = await maya(store)
    assert (record.state.merged_into, record.person.zone) == ("", "Europe/Lisbon")
