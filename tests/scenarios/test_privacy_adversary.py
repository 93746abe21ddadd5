"""Fault scenario 30: a year of summaries of a team and two sub-teams, with people who join, leave, are
forgotten and come back; and somebody who reads them all, knows every cohort, and adds and subtracts. What
people said of break-throughs is counted over several weeks; nobody's word may follow from it.

Whoever knows the figures of everybody else in a cohort knows the last one's from any honest sum; so the
adversary's colleagues who tell them their own are at most k - 2, as many as leave two in every group.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import pairwise

import pytest

from adapters.stores.memory import MemoryStore
from bot.codec import decode_summary
from bot.inbound import Account
from bot.ports import Tx
from bot.records import (
    Hold,
    HoldState,
    PersonRecord,
    PersonState,
    Publication,
    TeamRecord,
    TeamState,
)
from bot.summary import gather
from bot.summary.judging import Counting
from bot.summary.publication import publish
from rules import Person, PingKind, Team, Urgency, Week, bounds, week_of
from rules.privacy import LEAST, Check, Published, apart, cells, cohort, combined, enough
from rules.summary import Name
from tests.support.adversary import Sum, differences, worked_out

FIRST = week_of(date(2026, 1, 5))
TEAMS = ("platform", "storage", "search")
SIZE, WEEKS = 24, 52


@dataclass
class Year:
    """People as humans, each under an id of ours at a time; `seen` is what the adversary read: the week, the
    humans behind the figure, the figure."""

    seed: int
    stable: bool = False
    store: MemoryStore = field(default_factory=MemoryStore)
    ids: dict[str, str] = field(default_factory=dict)  # human -> id
    members: dict[str, list[str]] = field(default_factory=dict)  # team -> humans
    joined: dict[str, datetime] = field(default_factory=dict)  # human -> when
    figures: dict[tuple[str, str], int] = field(default_factory=dict)  # (week, human) -> pings held
    seen: list[tuple[str, Sum]] = field(default_factory=list)
    suppressed: int = 0
    changes: int = 0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.own: dict[str, int] = {}
        # Over a whole year somebody who comes back under another id counts as somebody new.
        self.returns = () if self.stable else ("return",)
        self.away: list[str] = []
        first = [self.human(number) for number in range(SIZE)]
        self.members = {"platform": first, "storage": first[:14], "search": first[8:22]}
        self.members = {team: list(humans) for team, humans in self.members.items()}

    def human(self, number: int) -> str:
        name = f"human{number:03d}"
        self.ids[name], self.own[name] = f"p_{self.random.getrandbits(48):012x}", self.random.randint(1, 6)
        return name

    async def pass_by(self, weeks: int = WEEKS) -> None:
        """The year: in each week things happen, then the teams' summaries of it are published."""
        week = FIRST
        await self.store.write(lambda tx: [self.enrol(tx, human) for human in self.ids])
        for _ in range(weeks):
            await self.store.write(lambda tx, week=week: self.change(tx, week))  # type: ignore[misc]
            await self.store.write(lambda tx, week=week: self.ping(tx, week))  # type: ignore[misc]
            for team in self.random.sample(TEAMS, len(TEAMS)):
                await self.store.write(lambda tx, week=week, team=team: self.look(tx, team, week))  # type: ignore[misc]
            week = week.after()

    # What happens in a week ------------------------------------------------------------------------

    def change(self, tx: Tx, week: Week) -> None:
        """Somebody joins, leaves, changes sub-teams, is forgotten, or comes back after that."""
        at = bounds(week, "UTC").start + timedelta(days=1)
        for _ in range(self.random.choice((0, 0, 0, 1, 2))):
            self.changes += 1
            what = self.random.choice(("join", "leave", "move", "forget", *self.returns))
            everybody, sub = self.members["platform"], self.members[self.random.choice(TEAMS[1:])]
            if what == "join" or len(everybody) < SIZE - 6:
                self.let_in(tx, self.human(len(self.ids)), at)
            elif what == "return" and self.away:
                self.come_back(tx, self.away.pop(), at)
            elif what == "move" and sub:
                sub.remove(self.random.choice(sub))
            elif what in ("leave", "forget"):
                self.go(tx, self.random.choice(everybody), forgotten=what == "forget")

    def let_in(self, tx: Tx, human: str, at: datetime) -> None:
        self.enrol(tx, human)
        self.joined[human] = at
        self.members["platform"].append(human)
        self.members[self.random.choice(TEAMS[1:])].append(human)

    def come_back(self, tx: Tx, human: str, at: datetime) -> None:
        """The same human; nobody but the adversary knows."""
        self.ids[human] = f"p_{self.random.getrandbits(48):012x}"
        self.let_in(tx, human, at)

    def go(self, tx: Tx, human: str, *, forgotten: bool) -> None:
        for humans in self.members.values():
            if human in humans:
                humans.remove(human)
        if forgotten:
            tx.remove_person(self.ids[human], f"x_{self.random.getrandbits(48):012x}")
            tx.people.remove(self.ids[human])
            self.away.append(human)

    def enrol(self, tx: Tx, human: str) -> None:
        tx.people.put(PersonRecord(Person(self.ids[human], "UTC"), PersonState(name=human)))

    def ping(self, tx: Tx, week: Week) -> None:
        """Everybody has some pings held: as many as ever in a `stable` year, else as chance will have it."""
        start = bounds(week, "UTC").start
        for human in self.members["platform"]:
            number = self.own[human] if self.stable else self.random.randint(1, 6)
            self.figures[str(week), human] = number
            for place in range(number):
                at = start + timedelta(hours=10 * place + 1)
                tx.holds.put(_held(f"h:{week}:{human}:{place}", self.ids[human], at))

    # What is published -----------------------------------------------------------------------------

    def look(self, tx: Tx, team: str, week: Week) -> None:
        """The summary of a team's week, looked at by several people, some of them later."""
        now = bounds(week.after(), "UTC").start + timedelta(hours=9)
        record = self.record(team)
        found = publish(tx, record, week, now)
        again = publish(tx, self.record(team), week, now + timedelta(days=3))
        assert again == found
        published = tx.publications.get(team, str(week))
        assert published is not None
        if not published.cohort:
            self.suppressed += 1
            assert all(not figure.shown for figure in found.figures)
            return
        total = found.number(Name.HELD)
        assert total is not None
        humans = frozenset(human for human, id in self.ids.items() if id in published.cohort)
        assert total == sum(self.figures[str(week), human] for human in humans)
        self.seen.append((str(week), (humans, total)))

    def record(self, team: str) -> TeamRecord:
        humans = self.members[team]
        joined = tuple((self.ids[human], self.joined[human]) for human in humans if human in self.joined)
        members = tuple(self.ids[human] for human in humans)
        return TeamRecord(Team(team, "UTC", members, leads=members[:1]), TeamState(joined=joined))

    def of_each_week(self) -> list[list[Sum]]:
        weeks = sorted({week for week, _ in self.seen})
        return [[each for found, each in self.seen if found == week] for week in weeks]

    def all(self) -> list[Sum]:
        return [each for _, each in self.seen]


def _held(id: str, recipient: str, at: datetime) -> Hold:
    return Hold(
        id,
        Account("slack:T1", "U0BOSS"),
        recipient,
        PingKind.DIRECT,
        Urgency.ROUTINE,
        at,
        at + timedelta(hours=2),
        state=HoldState.DELIVERED,
        delivered_at=at + timedelta(hours=2),
    )


# A year of summaries -------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
async def test_a_year_of_summaries_tells_nothing_of_any_single_person(seed: int) -> None:
    year = Year(seed)
    await year.pass_by()
    recovered = [worked_out(sums) for sums in year.of_each_week()]
    assert sum(map(len, recovered)) == 0
    assert not differences(year.all()) & set(range(1, LEAST))
    assert year.changes > 15
    assert len(year.seen) > 75  # of 156: silence would be private, too


@pytest.mark.parametrize("seed", [7, 8])
async def test_not_even_when_everybody_had_the_same_figure_all_year(seed: int) -> None:
    year = Year(seed, stable=True)
    await year.pass_by()
    assert worked_out(year.all()) == {}
    assert len(year.seen) > 50


async def test_nor_when_as_many_colleagues_as_may_tell_their_own() -> None:
    """Three of them know everything about each other: in every group two are left to hide behind."""
    year = Year(3)
    await year.pass_by(26)
    chance = random.Random(3)
    for week, sums in zip(sorted({week for week, _ in year.seen}), year.of_each_week(), strict=True):
        behind = sorted(frozenset().union(*(humans for humans, _ in sums)))
        for _ in range(10):
            friends = chance.sample(behind, LEAST - 2)
            known = [(frozenset({friend}), year.figures[week, friend]) for friend in friends]
            assert worked_out(sums, known) == {}


async def test_four_colleagues_are_enough_so_that_the_measure_is_exact() -> None:
    """The smallest group has five people: who knows four of them knows the fifth."""
    year = Year(3)
    await year.pass_by(1)
    whole, total = max(year.all(), key=lambda each: len(each[0]))
    known = [(frozenset({human}), year.figures[str(FIRST), human]) for human in sorted(whole)[1:]]
    assert worked_out([(whole, total)], known) == {
        sorted(whole)[0]: year.figures[str(FIRST), sorted(whole)[0]]
    }


WEAK: dict[str, tuple[Check, ...]] = {
    "only a minimum size": (enough,),
    "no comparison with earlier figures": (enough, cells),
}


@pytest.mark.parametrize("rule", WEAK)
async def test_a_weak_rule_is_found_out(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The adversary must be able to win, or the tests above say nothing."""
    monkeypatch.setattr(gather, "cohort", partial(cohort, checks=WEAK[rule]))
    year = Year(7, stable=True)
    await year.pass_by()
    found = worked_out(year.all())
    assert len(found) > 5
    assert all(value == year.own[human] for human, value in found.items())
    assert differences(year.all()) & set(range(1, LEAST))


async def test_without_the_check_of_pairs_differences_are_too_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "cohort", partial(cohort, checks=(enough, cells, combined)))
    year = Year(7, stable=True)
    await year.pass_by()
    assert differences(year.all()) & set(range(1, LEAST))


def test_without_the_check_of_groups_the_sub_teams_of_one_week_tell() -> None:
    """The whole differs from each half by nine; what is left of both are four, of whom three tell."""
    humans = [f"h{number:02d}" for number in range(14)]
    halves = [Published("2026-W02", frozenset(part)) for part in (humans[:5], humans[5:10])]
    weak = cohort(humans, "2026-W02", halves, checks=(enough, apart, combined))
    sums = [(each.people, len(each.people)) for each in halves] + [(weak.people, len(weak.people))]
    friends = [(frozenset({human}), 1) for human in humans[11:]]
    assert weak.people == frozenset(humans)
    assert worked_out(sums, friends) == {"h10": 1}
    strict = cohort(humans, "2026-W02", halves)
    sums[-1] = (strict.people, len(strict.people))
    assert worked_out(sums, friends) == {}


# What people said of break-throughs ----------------------------------------------------------------


@dataclass
class Words(Year):
    """A year in which some are reached by a break-through and say whether it was fair, a third of them only
    after the summary of that week. `told` are the words behind each figure that was shown, as somebody works
    them out who knows the rule, when each word was given, and every cohort; `overlap`: the rule has none."""

    overlap: bool = False
    rate: float = 0.35
    holds: dict[str, Hold] = field(default_factory=dict)  # with a word, by id
    late: list[Hold] = field(default_factory=list)
    told: list[Sum] = field(default_factory=list)
    counted: set[tuple[str, str]] = field(default_factory=set)  # (week, person id)

    def ping(self, tx: Tx, week: Week) -> None:
        super().ping(tx, week)
        start, late = bounds(week, "UTC").start, self.late
        self.late = []
        for human in self.members["platform"]:
            if self.random.random() < self.rate:
                hold = _held(f"{week} {human}", self.ids[human], start + timedelta(days=2))
                hold = replace(hold, broke_for="broken", fair=self.random.random() < 0.6)
                (self.late if self.random.random() < 0.3 else late).append(hold)
                tx.holds.put(replace(hold, fair=None))
        for hold in late:
            tx.holds.put(hold)
            self.holds[hold.id] = hold

    def look(self, tx: Tx, team: str, week: Week) -> None:
        super().look(tx, team, week)
        published = tx.publications.get(team, str(week))
        assert published is not None
        summary = decode_summary(published.content)
        judged, fair = summary.number(Name.JUDGED), summary.number(Name.FAIR)
        if judged is None or fair is None:
            return
        span = _weeks(summary.since, week)
        joined = dict(self.record(team).state.joined)
        words = [
            hold
            for hold in self.holds.values()
            if hold.recipient in published.cohort and str(week_of(hold.created_at.date())) in span
            if hold.created_at >= joined.get(hold.recipient, hold.created_at)
            if (str(week_of(hold.created_at.date())), hold.recipient) not in self.counted or self.overlap
        ]
        assert (len(words), sum(hold.fair is True for hold in words)) == (judged, fair)
        self.told.append((frozenset(hold.id for hold in words), fair))
        self.counted |= {(each, id) for each in span for id in published.cohort}

    def judges(self, words: frozenset[str]) -> set[str]:
        return {self.holds[id].recipient for id in words}

    def known(self, ids: Iterable[str]) -> list[Sum]:
        return [(frozenset({id}), int(self.holds[id].fair is True)) for id in ids]


def _weeks(since: str, week: Week) -> set[str]:
    return {str(week)} | (_weeks(since, week.before()) if since < str(week) else set())


@pytest.mark.parametrize("seed", range(3))
async def test_no_two_summaries_count_the_same_word_and_five_people_stand_behind_each(seed: int) -> None:
    year = Words(seed)
    await year.pass_by()
    assert len(year.told) > 20
    assert all(len(year.judges(words)) >= LEAST for words, _ in year.told)
    assert sum(len(words) for words, _ in year.told) == len(frozenset().union(*(w for w, _ in year.told)))
    assert any(len({id[:8] for id in words}) > 1 for words, _ in year.told)  # blocks of several weeks


async def test_a_sender_with_three_colleagues_learns_no_word_and_one_who_knows_all_others_the_last() -> None:
    """They know all that these colleagues ever said: in every figure the words of two people are left."""
    year = Words(4)
    await year.pass_by(20)
    every = sorted(frozenset().union(*(words for words, _ in year.told)))
    chance = random.Random(4)
    for _ in range(20):
        friends = set(chance.sample(sorted(year.judges(frozenset(every))), LEAST - 2))
        known = year.known(id for id in every if year.holds[id].recipient in friends)
        assert worked_out(year.told, known) == {}
    differ = [len(year.judges(one | other)) for (one, _), (other, _) in pairwise(year.told)]
    assert min(differ) >= LEAST
    words, fair = year.told[-1]
    one, *others = sorted(words)
    assert worked_out([(words, fair)], year.known(others)) == {one: year.holds[one].fair}


async def test_blocks_that_overlap_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four weeks anew each week, as if nothing had been shown: too few people's words make the difference."""
    monkeypatch.setattr(gather, "counting", lambda tx, record, week, people, back_to: Counting(back_to))
    year = Words(4, overlap=True, rate=0.15)
    await year.pass_by()
    pairs = list(pairwise(year.told))
    close = [pair for pair in pairs if 0 < len(year.judges(pair[0][0] ^ pair[1][0])) < LEAST]
    assert len(close) > 5
    for one, other in close:
        victim, *others = sorted(one[0] ^ other[0])
        assert worked_out([one, other], year.known(others)) == {victim: year.holds[victim].fair}


# Ten thousand people who leave ---------------------------------------------------------------------


def test_ten_thousand_leavers_keep_their_figure_to_themselves() -> None:
    chance = random.Random(30)
    recovered, naive, shown = 0, 0, 0
    for _ in range(10_000):
        team = [f"p{number}" for number in range(chance.randint(6, 25))]
        figures = {person: chance.randint(0, 40) for person in team}
        leaver = chance.choice(team)
        first = cohort(team, "2026-W01", ()).people
        stayed = frozenset(team) - {leaver}
        second = cohort(stayed, "2026-W02", [Published("2026-W01", first)])
        before = (first, sum(figures[person] for person in first))
        after = [(second.people, sum(figures[person] for person in second.people))] if second.shown else []
        recovered += leaver in worked_out([before, *after])
        naive += worked_out([before, (stayed, sum(figures[p] for p in stayed))]) == {leaver: figures[leaver]}
        shown += second.shown
    assert (recovered, naive) == (0, 10_000)
    assert shown > 5_000


def test_publications_have_no_more_in_them_than_the_adversary_knows() -> None:
    assert set(Publication.__dataclass_fields__) == {"team", "week", "at", "cohort", "content"}
    assert datetime(2026, 1, 5, tzinfo=UTC) == bounds(FIRST, "UTC").start
