"""Whatever a team does in whatever order: versions follow each other, and only votes change norms."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.flows.teams.deciding import kept_norms
from bot.records import Origin, ProposalState
from rules.voting import Outcome, Tally, outcome
from tests.support.story import Story
from tests.support.team_story import team_of

PEOPLE = ("maya", "sam", "ana", "kenji")
NORMS = ("core mon-thu 13:00-15:00", "core tue 10:00-12:00", "budget 5", "budget 7 from now", "quorum 80%")
STEPS = st.one_of(
    st.tuples(st.just("propose"), st.sampled_from(PEOPLE), st.sampled_from(NORMS)),
    st.tuples(st.sampled_from(["vote yes", "vote no", "withdraw"]), st.sampled_from(PEOPLE), st.just("")),
    st.tuples(st.sampled_from(["join", "leave", "undo"]), st.sampled_from(PEOPLE), st.just("")),
    st.tuples(st.just("wait"), st.sampled_from(["1", "20", "50"]), st.just("")),
)


async def live(steps: list[tuple[str, str, str]]) -> Story:
    story = await team_of(*PEOPLE[:3])
    await story.enrol(PEOPLE[3])
    for what, who, more in steps:
        if what == "wait":
            await story.until(story.clock.at + timedelta(hours=int(who)))
            continue
        story.clock.at += timedelta(minutes=1)
        words = f"{what} {more}"
        if what in ("vote yes", "vote no", "withdraw"):
            found = await story.store.read(lambda tx: tx.ballots.of("platform"))
            words = f"{what} {len(found)}"
        await story.says(who, f"/boundary team {words}")
    await story.until(story.clock.at + timedelta(days=12))
    return story


@settings(max_examples=40, derandomize=True, deadline=None, database=None)
@given(st.lists(STEPS, max_size=14))
def test_versions_follow_each_other_and_only_votes_change_norms(steps: list[tuple[str, str, str]]) -> None:
    asyncio.run(_check(steps))


async def _check(steps: list[tuple[str, str, str]]) -> None:
    story = await live(steps)
    record = await story.team()
    versions = await story.store.read(lambda tx: tx.teams.versions("platform"))
    assert [each.number for each in versions] == list(range(len(versions), 0, -1))
    assert record.state.number == len(versions)
    assert versions[0].norms == kept_norms(record.team)
    assert all(newer.effective_at >= older.effective_at for newer, older in pairwise(versions))
    for version in versions[:-1]:
        assert version.origin is Origin.VOTE
        assert version.yes > version.no
    found = await story.store.read(lambda tx: tx.ballots.of("platform"))
    assert not [each for each in found if each.state in (ProposalState.OPEN, ProposalState.ACCEPTED)]
    assert record.next_at is None
    for each in found:
        votes = await story.store.read(lambda tx, id=each.id: tx.ballots.votes(id))  # type: ignore[misc]
        counted = [vote.yes for vote in votes if vote.person in each.electorate]
        tally = Tally(len(each.electorate), counted.count(True), counted.count(False))
        accepted = outcome(tally, record.team.voting, closed=True)[0] is Outcome.ACCEPTED
        if each.state is ProposalState.IN_FORCE and record.team.voting.quorum == 50:
            assert accepted
