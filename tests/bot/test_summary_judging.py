"""Over which weeks words on break-throughs are counted: whole weeks, and each word in one summary at most."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.stores.memory import MemoryStore
from bot.codec import decode_summary, encode_summary
from bot.inbound import Account
from bot.ports import Tx
from bot.records import (
    Hold,
    Origin,
    PersonRecord,
    PersonState,
    Publication,
    TeamRecord,
    TeamState,
    TeamVersion,
)
from bot.summary.publication import publish
from rules import Person, PingKind, Team, Urgency, Week, bounds
from rules.summary import Name, Summary

WEEK = Week(2026, 48)
PEOPLE = tuple(f"p{number}" for number in range(6))
BEFORE = tuple(Week(2026, number) for number in (44, 45, 46, 47))


@dataclass
class Weeks:
    """A team of six in a store, with words that people give and summaries that are published."""

    team: Team = field(default_factory=lambda: Team("platform", "UTC", PEOPLE))
    state: TeamState = field(default_factory=TeamState)
    store: MemoryStore = field(default_factory=MemoryStore)

    async def do(self, work: Any) -> Any:
        return await self.store.write(work)

    async def says(self, week: Week, *people: str, fair: bool | None = True, hours: int = 30) -> None:
        """Each of these people says of a break-through in a week whether it was fair."""
        at = bounds(week, "UTC").start + timedelta(hours=hours)

        def put(tx: Tx) -> None:
            for id in people:
                tx.holds.put(_broke(f"{week}:{id}:{hours}", id, at, fair))

        await self.do(put)

    async def publish(self, week: Week = WEEK, days: float = 0.4, team: Team | None = None) -> Summary:
        """A week's summary as it is published `days` after its end."""
        record = TeamRecord(team or self.team, self.state)
        now = bounds(week, "UTC").end + timedelta(days=days)

        def work(tx: Tx) -> Summary:
            for id in PEOPLE:
                tx.people.put(PersonRecord(Person(id, "UTC"), PersonState(name=id)))
            return publish(tx, record, week, now)

        found: Summary = await self.do(work)
        return found


def _broke(id: str, person: str, at: datetime, fair: bool | None) -> Hold:
    made = Hold(id, Account("slack:T1", "U9"), person, PingKind.DIRECT, Urgency.URGENT, at, at)
    return replace(made, delivered_at=at, broke_for="broken", fair=fair)


def told(summary: Summary) -> tuple[str, int | None, int | None]:
    """Since when words are counted, how many there are, and how many of them say that it was fair."""
    return summary.since, summary.number(Name.JUDGED), summary.number(Name.FAIR)


async def test_words_are_counted_on_until_enough_people_gave_one() -> None:
    weeks = Weeks()
    await weeks.says(BEFORE[3], "p0", "p1", "p2")
    assert told(await weeks.publish(BEFORE[3])) == ("2026-W44", None, None)
    await weeks.says(WEEK, "p3", "p4", "p0", fair=False)
    assert told(await weeks.publish()) == ("2026-W45", 6, 3)


async def test_a_block_goes_back_four_weeks_and_no_further() -> None:
    weeks = Weeks()
    await weeks.says(BEFORE[0], "p0", "p1", "p2", "p3", "p4")
    await weeks.says(BEFORE[1], "p5")
    found = await weeks.publish()
    assert told(found) == ("2026-W45", None, None)
    assert "since 2026-W45" in next(each.because for each in found.figures if each.name == Name.FAIR)


async def test_a_look_that_comes_late_counts_no_week_of_which_something_is_gone() -> None:
    weeks = Weeks()
    await weeks.says(BEFORE[1], "p0", "p1", "p2", "p3", "p4")
    assert told(await weeks.publish(days=10)) == ("2026-W47", None, None)


async def test_a_block_begins_anew_after_the_one_that_was_shown() -> None:
    weeks = Weeks()
    await weeks.says(BEFORE[2], *PEOPLE[:3])
    await weeks.says(BEFORE[3], *PEOPLE[3:])
    assert told(await weeks.publish(BEFORE[3])) == ("2026-W44", 6, 6)
    await weeks.says(WEEK, *PEOPLE[:4])
    assert told(await weeks.publish()) == ("2026-W48", None, None)


async def test_a_word_that_comes_after_its_week_was_counted_is_not_counted_later() -> None:
    weeks = Weeks()
    await weeks.says(BEFORE[3], *PEOPLE[:5])
    await weeks.publish(BEFORE[3])
    await weeks.says(BEFORE[3], "p5", fair=False)
    await weeks.says(WEEK, *PEOPLE[:5])
    assert told(await weeks.publish()) == ("2026-W48", 5, 5)


async def test_a_word_that_comes_late_in_a_block_that_was_not_shown_is_counted() -> None:
    weeks = Weeks()
    await weeks.says(BEFORE[3], *PEOPLE[:3])
    await weeks.publish(BEFORE[3])
    await weeks.says(BEFORE[3], "p3", "p4")
    assert told(await weeks.publish()) == ("2026-W45", 5, 5)


async def test_a_week_that_a_later_summary_counted_is_not_counted_again() -> None:
    weeks = Weeks()
    await weeks.says(BEFORE[3], *PEOPLE)
    assert told(await weeks.publish()) == ("2026-W45", 6, 6)
    late = await weeks.publish(BEFORE[3], days=8)
    assert told(late) == ("", None, None)
    assert late.number(Name.BROKE) == 6


async def test_nothing_is_counted_before_the_teams_first_week() -> None:
    weeks, first = Weeks(), bounds(BEFORE[3], "UTC").start
    version = TeamVersion("platform", 1, first, first, weeks.team, "", Origin.VOTE)
    await weeks.do(lambda tx: tx.teams.keep(version))
    await weeks.says(BEFORE[2], *PEOPLE)
    assert told(await weeks.publish()) == ("2026-W47", None, None)


async def test_what_a_member_said_before_they_joined_is_not_the_teams() -> None:
    joined = bounds(BEFORE[2], "UTC").start + timedelta(days=2)
    weeks = Weeks(state=TeamState(joined=(("p4", joined),)))
    await weeks.says(BEFORE[2], *PEOPLE[:5])
    assert told(await weeks.publish()) == ("2026-W45", None, None)
    weeks = Weeks(state=TeamState(joined=(("p4", joined),)))
    await weeks.says(BEFORE[2], *PEOPLE[:5], hours=50)
    assert told(await weeks.publish()) == ("2026-W45", 5, 5)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
async def test_what_another_team_of_these_people_showed_is_not_counted_once_more(zone: str) -> None:
    """Their difference would be what the one person said who is in one of the two alone."""
    weeks, other = Weeks(), Team("others", zone, PEOPLE)
    await weeks.says(BEFORE[3], *PEOPLE, hours=60)
    await weeks.do(lambda tx: tx.teams.put(TeamRecord(other)))
    assert told(await weeks.publish(BEFORE[3], team=other)) == ("2026-W44", 6, 6)
    assert told(await weeks.publish()) == ("2026-W45", None, None)
    await weeks.says(WEEK, *PEOPLE[:5])
    assert told(await weeks.publish(Week(2026, 49))) == ("2026-W46", 5, 5)


async def test_what_cannot_be_read_is_taken_to_have_counted_all_it_could() -> None:
    weeks = Weeks()
    broken = Publication("others", str(BEFORE[3]), bounds(WEEK, "UTC").start, PEOPLE, "{}")
    await weeks.do(lambda tx: tx.publications.add(broken))
    await weeks.says(BEFORE[2], *PEOPLE)
    assert told(await weeks.publish()) == ("2026-W45", None, None)


async def test_a_summary_of_an_earlier_version_counted_its_own_week() -> None:
    weeks = Weeks()
    await weeks.says(BEFORE[3], *PEOPLE)
    raw = json.loads(encode_summary(await Weeks(store=weeks.store).publish(BEFORE[3])))
    content = json.dumps({name: value for name, value in raw.items() if name != "since"})
    assert told(decode_summary(content)) == ("", 6, 6)
    again = Weeks()
    kept = Publication("platform", str(BEFORE[3]), bounds(WEEK, "UTC").start, PEOPLE, content)
    await again.do(lambda tx: tx.publications.add(kept))
    await again.says(BEFORE[3], *PEOPLE[:5])
    await again.says(BEFORE[2], "p0")
    assert told(await again.publish()) == ("2026-W48", None, None)


async def test_a_zone_of_the_teams_decides_to_which_week_a_word_belongs() -> None:
    sunday = datetime(2026, 11, 22, 20, tzinfo=UTC)
    weeks = Weeks(team=Team("platform", "Asia/Tokyo", PEOPLE))
    await weeks.do(lambda tx: [tx.holds.put(_broke(id, id, sunday, True)) for id in PEOPLE])
    assert told(await weeks.publish(BEFORE[3])) == ("2026-W44", None, None)
    assert told(await weeks.publish()) == ("2026-W45", 6, 6)
