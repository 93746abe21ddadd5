"""What counts in a team's week, and for whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from adapters.stores.memory import MemoryStore
from bot.inbound import Account
from bot.ports import Tx
from bot.records import (
    Hold,
    HoldState,
    LedgerEntry,
    Origin,
    Override,
    PersonRecord,
    PersonState,
    Proposal,
    ProposalState,
    Publication,
    TeamRecord,
    TeamState,
    TeamVersion,
)
from bot.summary.gather import cohort_of, facts
from rules import (
    Kind,
    Leave,
    Mode,
    Person,
    PingKind,
    ReplyWithin,
    Said,
    Team,
    Urgency,
    Week,
    Window,
    WorkingTime,
    parse_when,
)
from rules.summary import Block, Broke, Core, Held, WeekFacts, summarise

WEEK = Week(2026, 48)  # 23 to 29 November
TUESDAY = datetime(2026, 11, 24, 12, tzinfo=UTC)
PEOPLE = tuple(f"p{number}" for number in range(5))
HOURS = parse_when("mon-fri 09:00-18:00")
TEAM = Team(
    "platform",
    "UTC",
    PEOPLE,
    core=parse_when("tue 14:00-16:00"),
    shared_focus=parse_when("wed 09:00-12:00"),
    reply_within=ReplyWithin(direct=WorkingTime(days=1)),
)


def person(id: str = "p0", **changes: Any) -> Person:
    return replace(Person(id, "UTC", hours=HOURS), **changes)


def hold(id: str = "h", **changes: Any) -> Hold:
    made = Hold(id, Account("slack:T1", "U9"), "p0", PingKind.DIRECT, Urgency.ROUTINE, TUESDAY, None)
    return replace(made, release_at=TUESDAY + timedelta(hours=1), **changes)


def broke(**changes: Any) -> Hold:
    return hold(broke_for="broken", urgency=Urgency.URGENT, delivered_at=TUESDAY, **changes)


async def gathered(*fill: Callable[[Tx], object], team: Team = TEAM, **state: Any) -> WeekFacts:
    """The facts of the week in a store with everybody in it and what `fill` adds."""
    store = MemoryStore()

    def work(tx: Tx) -> WeekFacts:
        for id in team.members:
            tx.people.put(PersonRecord(person(id), PersonState()))
        record = TeamRecord(team, TeamState(**state))
        tx.teams.put(record)
        for add in fill:
            add(tx)
        return facts(tx, record, WEEK)

    return await store.write(work)


def holds(*made: Hold) -> Callable[[Tx], object]:
    return lambda tx: [tx.holds.put(each) for each in made]


def norms(**changes: Any) -> Callable[[Tx], object]:
    return lambda tx: tx.people.put(PersonRecord(person(**changes), PersonState()))


# Pings ---------------------------------------------------------------------------------------------


async def test_what_waited_is_held_and_what_never_waited_is_not() -> None:
    passed_on = hold("now", state=HoldState.DELIVERED)
    found = await gathered(holds(hold("a"), replace(passed_on, release_at=TUESDAY)))
    assert found.held == (Held("p0", 1, False, True, False),)


async def test_what_was_taken_back_was_held_and_not_delivered() -> None:
    found = await gathered(holds(hold(state=HoldState.CANCELLED, reply_by=TUESDAY)))
    assert found.held == (Held("p0", 1, False, True, True),)


async def test_a_kind_of_ping_without_an_agreed_time_is_not_due() -> None:
    found = await gathered(holds(hold(kind=PingKind.MENTION, state=HoldState.DELIVERED)))
    assert found.held == (Held("p0", 1, True, False, False),)


async def test_what_broke_through_is_not_held_too() -> None:
    found = await gathered(holds(broke(fair=True)))
    assert (found.held, found.broke) == ((), (Broke("p0", 1, "broken", True, False),))


async def test_the_week_ends_at_midnight_in_the_teams_zone() -> None:
    """On Sunday at 20:00 in Lisbon it is Monday in Tokyo."""
    sunday = datetime(2026, 11, 29, 20, tzinfo=UTC)
    made = holds(hold(created_at=sunday))
    assert (await gathered(made)).held == (Held("p0", 6, False, True, False),)
    assert (await gathered(made, team=replace(TEAM, zone="Asia/Tokyo"))).held == ()


async def test_pings_under_an_id_that_went_out_of_use_count_for_the_person() -> None:
    def linked(tx: Tx) -> None:
        tx.people.put(PersonRecord(person(), PersonState(aliases=("old",))))
        tx.holds.put(hold(recipient="old"))

    assert (await gathered(linked)).held == (Held("p0", 1, False, True, False),)


async def test_pings_to_others_are_not_even_looked_at() -> None:
    assert (await gathered(holds(hold(recipient="zoe")))).held == ()


# Out of hours ---------------------------------------------------------------------------------------

EVENING = TUESDAY.replace(hour=21)


async def test_a_break_through_in_the_evening_is_outside_hours() -> None:
    found = await gathered(holds(replace(broke(), delivered_at=EVENING)))
    assert found.broke[0].outside


async def test_whoever_is_on_call_agreed_to_it() -> None:
    call = Window("pager", Kind.ON_CALL, parse_when("daily 00:00-24:00"))
    found = await gathered(norms(windows=(call,)), holds(replace(broke(), delivered_at=EVENING)))
    assert not found.broke[0].outside


async def test_whoever_has_no_hours_is_never_outside_them() -> None:
    found = await gathered(norms(hours=None), holds(replace(broke(), delivered_at=EVENING)))
    assert not found.broke[0].outside


# Core hours ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "core"),
    [
        ({}, Core("p0", 120, 120)),
        ({"hours": parse_when("mon-fri 09:00-15:00")}, Core("p0", 120, 60)),
        ({"windows": (Window("school", Kind.QUIET, parse_when("tue 15:30-17:00")),)}, Core("p0", 120, 90)),
        ({"leave": (Leave(date(2026, 11, 24), date(2026, 11, 24)),)}, Core("p0", 0, 0)),
        ({"said": (Said(Mode.FOCUS, TUESDAY, EVENING, TUESDAY),)}, Core("p0", 120, 120)),
    ],
)
async def test_core_hours_are_open_as_far_as_the_persons_own_norms_leave_them(
    changes: dict[str, Any], core: Core
) -> None:
    found = await gathered(norms(**changes))
    assert found.core[0] == core
    assert len(found.core) == len(PEOPLE)


async def test_a_team_without_core_hours_or_focus_has_none_to_keep() -> None:
    found = await gathered(team=replace(TEAM, core=None, shared_focus=None))
    assert (found.core, found.blocks) == ((), ())


# Shared focus ----------------------------------------------------------------------------------------

FOCUS = (datetime(2026, 11, 25, 9, tzinfo=UTC), datetime(2026, 11, 25, 12, tzinfo=UTC))


def override(kind: Override, **changes: Any) -> Callable[[Tx], object]:
    entry = replace(LedgerEntry("o", "platform", FOCUS[0], kind, "p1", *FOCUS), **changes)
    return lambda tx: tx.ledger.put(entry)


@pytest.mark.parametrize(
    ("changes", "lifted"),
    [
        ({}, True),
        ({"at": FOCUS[0] - timedelta(days=20)}, True),
        ({"end": FOCUS[0] + timedelta(minutes=30)}, True),
        ({"end": FOCUS[0]}, False),  # taken back before it began
        ({"start": FOCUS[0] + timedelta(days=7), "end": FOCUS[1] + timedelta(days=7)}, False),
    ],
)
async def test_a_block_is_lifted_as_far_as_the_ledger_says(changes: dict[str, Any], lifted: bool) -> None:
    found = await gathered(override(Override.LIFTED, **changes))
    assert found.blocks == (Block(2, lifted, frozenset()),)


async def test_somebody_who_opted_out_overrides_nothing_for_the_others() -> None:
    found = await gathered(override(Override.OPTED_OUT))
    assert found.blocks == (Block(2, False, frozenset()),)


async def test_a_block_is_disturbed_by_what_broke_through_to_somebody_of_the_cohort() -> None:
    at = FOCUS[0] + timedelta(minutes=5)
    made = holds(replace(broke(), id="x", created_at=at), replace(broke(recipient="zoe"), id="y"))
    through = override(Override.BROKE_THROUGH, hold="x")
    elsewhere = override(Override.BROKE_THROUGH, id="o2", hold="y")
    assert (await gathered(made, through, elsewhere)).blocks == (Block(2, False, frozenset({"p0"})),)


# Who stands behind it --------------------------------------------------------------------------------


async def test_whoever_joined_after_the_week_before_began_is_not_counted() -> None:
    team = replace(TEAM, members=(*PEOPLE, "p5", "p6"))
    begins = datetime(2026, 11, 16, tzinfo=UTC)
    joined = (("p5", begins), ("p6", begins + timedelta(seconds=1)))
    found = await gathered(team=team, joined=joined)
    assert found.cohort.people == frozenset((*PEOPLE, "p5"))


async def test_members_who_have_not_set_themselves_up_are_not_counted() -> None:
    found = await gathered(lambda tx: tx.people.remove("p0"))
    assert not found.cohort.shown


async def test_a_publication_that_cannot_be_read_counts_as_a_careful_one() -> None:
    """Six of other teams were published: as many as they were may be what they asked for."""
    team = replace(TEAM, members=(*PEOPLE, *(f"q{number}" for number in range(6))))
    six = Publication("other", "2026-W47", TUESDAY, team.members[:6], "{}")
    found = await gathered(lambda tx: tx.publications.add(six), team=team)
    assert len(found.cohort.people ^ set(six.cohort)) in (0, 6, 7)
    assert found.cohort.people != frozenset(team.members)


async def test_a_suppressed_week_does_not_stand_in_the_way_of_others() -> None:
    empty = Publication("platform", "2026-W47", TUESDAY, (), "{}")
    store = MemoryStore()

    def work(tx: Tx) -> int:
        for id in PEOPLE:
            tx.people.put(PersonRecord(person(id), PersonState()))
        tx.publications.add(empty)
        return len(cohort_of(tx, TeamRecord(TEAM), WEEK).people)

    assert await store.write(work) == len(PEOPLE)


async def test_what_is_on_a_ballot_is_known_until_it_holds_or_fails() -> None:
    def proposed(state: ProposalState, field: str) -> Callable[[Tx], object]:
        changes = ((field, "1"),)
        made = Proposal(field, "platform", "p0", TUESDAY, TUESDAY, changes, "x", state=state)
        return lambda tx: tx.ballots.put(made)

    found = await gathered(
        proposed(ProposalState.OPEN, "urgent_budget"),
        proposed(ProposalState.ACCEPTED, "review_by"),
        proposed(ProposalState.REJECTED, "core"),
    )
    assert found.voting == {"urgent_budget", "review_by"}


# What was agreed on then ---------------------------------------------------------------------------

BEFORE = datetime(2026, 11, 2, tzinfo=UTC)


def agreed(number: int, at: datetime, **changes: Any) -> Callable[[Tx], object]:
    norms = replace(TEAM, members=(), **changes)
    version = TeamVersion("platform", number, at, at, norms, "", Origin.VOTE)
    return lambda tx: tx.teams.keep(version)


async def test_a_week_is_measured_by_what_was_agreed_in_it_and_not_by_what_came_after() -> None:
    after = datetime(2026, 11, 30, tzinfo=UTC)
    bare: dict[str, Any] = {"core": None, "shared_focus": None, "reply_within": ReplyWithin()}
    found = await gathered(agreed(1, BEFORE, **bare), agreed(2, after), holds(hold()))
    assert (found.blocks, found.core, [each.due for each in found.held]) == ((), (), [False])
    assert (found.team.shared_focus, found.now) == (None, TEAM)
    summary = summarise(replace(found, now=replace(TEAM, urgent_budget=3, review_by=date(2027, 1, 1))))
    assert (summary.budget, summary.review_by) == (None, date(2027, 1, 1))


async def test_norms_that_changed_in_the_week_count_each_for_its_part() -> None:
    thursday = datetime(2026, 11, 26, tzinfo=UTC)
    first = agreed(
        1, BEFORE, shared_focus=parse_when("tue,fri 09:00-12:00"), core=parse_when("mon 10:00-11:00")
    )
    then = agreed(
        2, thursday, shared_focus=parse_when("wed,thu 09:00-12:00"), core=parse_when("fri 10:00-12:00")
    )
    found = await gathered(first, then, holds(hold()))
    assert [block.day for block in found.blocks] == [1, 3]
    assert {each.agreed for each in found.core} == {60 + 120}


async def test_what_is_suggested_goes_by_the_norms_as_they_are_now() -> None:
    spare = agreed(1, BEFORE, urgent_budget=None)
    now = replace(TEAM, urgent_budget=1, review_by=date(2027, 1, 1))
    found = await gathered(spare, agreed(2, datetime(2026, 11, 30, tzinfo=UTC)), holds(broke()), team=now)
    summary = summarise(found)
    assert (summary.number("broke_through"), summary.budget, summary.suggestion) == (1, None, None)


async def test_versions_that_took_effect_out_of_order_do_not_stop_a_summary() -> None:
    noon = datetime(2026, 11, 25, 12, tzinfo=UTC)
    early = agreed(3, noon - timedelta(minutes=5), shared_focus=parse_when("thu 09:00-12:00"))
    found = await gathered(agreed(1, BEFORE), agreed(2, noon), early)
    assert [block.day for block in found.blocks] == [2, 3]
