"""The contract of every store: teams, ballots, ledger and publications, and who is forgotten in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from bot.codec import encode_team
from bot.ports import Store, Tx
from bot.records import Acknowledgement, Place, ProposalState, TeamRecord, Vote
from tests.support.records import (
    MAYA,
    NOW,
    PLATFORM,
    SAM,
    entry,
    hold,
    later,
    proposal,
    publication,
    team_record,
    version,
)

C1 = Place("slack:T1", "C1")


async def read(store: Store, look: Callable[[Tx], Any]) -> Any:
    return await store.read(look)


async def do(store: Store, *steps: Callable[[Tx], object]) -> None:
    await store.write(lambda tx: [step(tx) for step in steps])


# Teams -------------------------------------------------------------------------------------------


async def test_a_team_comes_back_as_stored_and_counts_its_versions(store: Store) -> None:
    await do(store, lambda tx: tx.teams.put(TeamRecord(PLATFORM)))
    assert await read(store, lambda tx: tx.teams.get("platform")) == TeamRecord(PLATFORM, version=1)
    await do(store, lambda tx: tx.teams.put(team_record()))
    assert await read(store, lambda tx: tx.teams.get("platform")) == replace(team_record(), version=2)
    assert await read(store, lambda tx: (tx.teams.get("web"), tx.teams.ids())) == (None, ["platform"])


async def test_a_persons_teams_are_found_by_membership_with_the_norms_in_force(store: Store) -> None:
    web = replace(PLATFORM, id="web", members=("maya", "maya"))
    alone = replace(web, members=("sam",))
    await do(store, *(lambda tx, team=team: tx.teams.put(TeamRecord(team)) for team in (web, PLATFORM)))  # type: ignore[misc]
    assert await read(store, lambda tx: tx.teams.of("maya")) == [encode_team(PLATFORM), encode_team(web)]
    await do(store, lambda tx: tx.teams.put(TeamRecord(alone)))
    assert await read(store, lambda tx: tx.teams.of("maya")) == [encode_team(PLATFORM)]
    assert await read(store, lambda tx: tx.teams.of("sam")) == [encode_team(PLATFORM), encode_team(alone)]


async def test_the_teams_of_a_channel_follow_where_they_talk(store: Store) -> None:
    web = replace(PLATFORM, id="web")
    await do(store, lambda tx: tx.teams.put(team_record(web)), lambda tx: tx.teams.put(team_record()))
    assert await read(store, lambda tx: tx.teams.at(C1)) == ["platform", "web"]
    moved = team_record(places=(Place("slack:T1", "C2"), Place("teams:7e1a", "19:x")))
    await do(store, lambda tx: tx.teams.put(moved))
    places = (C1, Place("slack:T1", "C2"), Place("teams:7e1a", "19:x"), Place("slack:T2", "C1"))
    found = await read(store, lambda tx: [tx.teams.at(place) for place in places])
    assert found == [["web"], ["platform"], ["platform"], []]


async def test_teams_are_due_earliest_first(store: Store) -> None:
    ends: dict[str, datetime | None] = {"a": later(minutes=2), "b": NOW, "c": None, "d": later(minutes=9)}
    teams = [team_record(replace(PLATFORM, id=id), at) for id, at in ends.items()]
    await do(store, lambda tx: [tx.teams.put(team) for team in teams])
    assert await read(store, lambda tx: tx.teams.next_at()) == NOW
    assert await read(store, lambda tx: tx.teams.due(later(minutes=5), 9)) == ["b", "a"]
    assert await read(store, lambda tx: tx.teams.due(later(minutes=5), 1)) == ["b"]
    await do(store, lambda tx: [tx.teams.put(replace(team, next_at=None)) for team in teams])
    assert await read(store, lambda tx: (tx.teams.next_at(), tx.teams.due(later(days=9), 9))) == (None, [])


async def test_versions_are_kept_newest_first_and_replaced_by_number(store: Store) -> None:
    newer = [version(2), version(10), version(1), version(10, label="as decided")]
    await do(store, lambda tx: [tx.teams.keep(each) for each in newer])
    found = await read(store, lambda tx: tx.teams.versions("platform"))
    assert found == [version(10, label="as decided"), version(2), version(1)]
    assert await read(store, lambda tx: tx.teams.versions("web")) == []


async def test_a_removed_team_takes_everything_but_its_publications_with_it(store: Store) -> None:
    await do(store, *LIVE)
    await do(store, lambda tx: tx.teams.remove("platform"))
    left = await read(store, lambda tx: [look(tx) for look in LOOKS])
    assert left == [None, [], [], [], None, [], None, [], [], []]
    assert await read(store, lambda tx: tx.publications.all()) == [publication()]


async def test_a_team_cannot_be_due_at_a_time_without_a_zone(store: Store) -> None:
    with pytest.raises(ValueError, match="aware"):
        await do(store, lambda tx: tx.teams.put(team_record(next_at=datetime(2026, 11, 23))))  # noqa: DTZ001


# Ballots -----------------------------------------------------------------------------------------


async def test_proposals_come_newest_first_and_are_replaced_by_id(store: Store) -> None:
    later_one = proposal("p0", at=later(hours=1), effective_at=later(days=9), source="norms.toml")
    decided = proposal(state=ProposalState.ACCEPTED, decided_at=later(hours=2), turn=3, counted=(3, 1))
    other = proposal("p9", team="web")
    await do(store, lambda tx: [tx.ballots.put(each) for each in (proposal(), later_one, other, decided)])
    assert await read(store, lambda tx: tx.ballots.of("platform")) == [later_one, decided]
    assert await read(store, lambda tx: (tx.ballots.get("p9"), tx.ballots.get("p8"))) == (other, None)


async def test_a_later_word_of_a_member_replaces_the_earlier_one(store: Store) -> None:
    votes = [
        Vote("p1", "sam", True, NOW), Vote("p1", "maya", False, NOW), Vote("p2", "maya", True, NOW),
        Vote("p1", "maya", True, later(minutes=1)),
    ]  # fmt: skip
    await do(store, lambda tx: [tx.ballots.vote(each) for each in votes])
    assert await read(store, lambda tx: tx.ballots.votes("p1")) == [votes[0], votes[3]]
    assert await read(store, lambda tx: tx.ballots.votes_of("maya")) == [votes[2], votes[3]]


# Ledger ------------------------------------------------------------------------------------------


async def test_the_ledger_comes_newest_first_from_an_instant_on(store: Store) -> None:
    entries = [
        entry("l2", at=later(hours=1)),
        entry(),
        entry("l3", by="sam", verdicts=()),
        entry("l4", team="w"),
    ]
    await do(store, lambda tx: [tx.ledger.put(each) for each in entries])
    assert await read(store, lambda tx: tx.ledger.of("platform", NOW)) == [entries[0], entries[2], entry()]
    assert await read(store, lambda tx: tx.ledger.of("platform", later(minutes=1))) == [entries[0]]
    assert [each.id for each in await read(store, lambda tx: tx.ledger.by("maya"))] == ["l2", "l4", "l1"]
    assert await read(store, lambda tx: tx.ledger.get("l9")) is None


async def test_a_verdict_is_added_to_an_entry_in_order(store: Store) -> None:
    judged = entry(verdicts=(("kenji", False), ("sam", True), ("maya", True)))
    await do(store, lambda tx: tx.ledger.put(entry()), lambda tx: tx.ledger.put(judged))
    assert await read(store, lambda tx: tx.ledger.get("l1")) == judged


async def test_the_ledger_is_purged_by_age_once_a_stretch_is_over(store: Store) -> None:
    old, over = entry(end=NOW), entry("l2", at=later(hours=1), end=later(hours=1))
    ahead = entry("l3", end=later(days=30))
    await do(store, lambda tx: [tx.ledger.put(each) for each in (old, over, ahead)])
    assert await store.write(lambda tx: tx.ledger.purge(later(minutes=1))) == 1
    await do(store, lambda tx: tx.ledger.put(entry(verdicts=())))  # nothing of the purged one comes back
    assert await read(store, lambda tx: tx.ledger.get("l1")) == entry(verdicts=())
    assert await read(store, lambda tx: [tx.ledger.get(id) for id in ("l2", "l3")]) == [over, ahead]


# Publications ------------------------------------------------------------------------------------


async def test_a_week_is_published_once(store: Store) -> None:
    again = publication(content='{"other":1}')
    assert await store.write(lambda tx: tx.publications.add(publication()))
    assert not await store.write(lambda tx: tx.publications.add(again))
    assert await store.write(lambda tx: tx.publications.add(publication("2026-W46")))
    assert await store.write(lambda tx: tx.publications.add(publication(team="a")))
    found = await read(store, lambda tx: tx.publications.all())
    assert found == [publication("2026-W46"), publication(team="a"), publication()]
    looked = await read(
        store, lambda tx: (tx.publications.get("platform", "2026-W47"), tx.publications.get("platform", "x"))
    )
    assert looked == (publication(), None)


async def test_what_shares_people_with_some_is_found_however_far_away_and_nothing_else(store: Store) -> None:
    chain = [
        publication(f"2026-W{40 + number}", team=f"t{number}", cohort=(f"p{number}", f"p{number + 1}"))
        for number in range(4)
    ]
    others = [publication(team="far", cohort=("lee",)), publication(team="few", cohort=())]
    await do(store, lambda tx: [tx.publications.add(each) for each in (*chain, *others)])
    for people in (["p0"], ["p2", "nobody"]):
        assert await read(store, lambda tx, people=people: tx.publications.near(people)) == chain  # type: ignore[misc]
    assert await read(store, lambda tx: tx.publications.near([])) == []


# Who is named where -------------------------------------------------------------------------------


async def test_the_teams_that_name_somebody_are_found_wherever_they_do(store: Store) -> None:
    def put(tx: Tx) -> None:
        for team in ("norms", "web"):
            tx.teams.put(
                TeamRecord(replace(PLATFORM, id=team, members=(), leads=("ana",), ask_on_leave=None))
            )
        tx.teams.keep(replace(version(), team="version", by="ana"))
        tx.ballots.put(proposal("p9", team="proposal", by="ana"))
        tx.ledger.put(entry("l8", team="ledger", by="ana", verdicts=()))
        tx.ledger.put(entry("l9", team="verdict", verdicts=(("ana", True),)))
        tx.ledger.put(entry("l7", team="other"))

    await do(store, put)
    found = ["ledger", "norms", "proposal", "verdict", "version", "web"]
    assert await read(store, lambda tx: tx.teams.naming("ana")) == found
    assert await read(store, lambda tx: tx.teams.naming("nobody")) == []


# Holds in a stretch of time ----------------------------------------------------------------------


async def test_what_reached_people_in_a_stretch_of_time_is_found_in_every_state(store: Store) -> None:
    holds = [
        hold("b", created_at=NOW, broke_for="focus"), hold("a", recipient="sam", created_at=NOW),
        hold("c", created_at=later(minutes=5)), hold("end", created_at=later(minutes=10)),
        hold("lee", recipient="lee"), hold("early", created_at=later(minutes=-1)),
    ]  # fmt: skip
    await do(store, lambda tx: [tx.holds.put(each) for each in holds])
    people = ["sam", "maya", "maya"]
    found = await read(store, lambda tx: tx.holds.reaching(people, NOW, later(minutes=10)))
    assert found == [holds[1], holds[0], holds[2]]
    assert await read(store, lambda tx: tx.holds.reaching([], NOW, later(minutes=10))) == []


async def test_what_accounts_sent_in_a_stretch_of_time_is_found_oldest_first(store: Store) -> None:
    holds = [
        hold("b", sender=SAM), hold("a", sender=MAYA, created_at=later(minutes=1)),
        hold("end", created_at=later(minutes=10)), hold("early", created_at=later(minutes=-1)),
    ]  # fmt: skip
    await do(store, lambda tx: [tx.holds.put(each) for each in holds])
    found = await read(store, lambda tx: tx.holds.sent_between([MAYA, SAM, SAM], NOW, later(minutes=10)))
    assert found == [holds[0], holds[1]]
    found = await read(store, lambda tx: tx.holds.sent_between([MAYA], NOW, later(minutes=10)))
    assert found == [holds[1]]


# Forgetting and linking --------------------------------------------------------------------------

LIVE: tuple[Callable[[Tx], object], ...] = (
    lambda tx: tx.teams.put(team_record()),
    lambda tx: tx.teams.keep(version()),
    lambda tx: tx.ballots.put(proposal()),
    lambda tx: tx.ballots.vote(Vote("p1", "maya", True, NOW)),
    lambda tx: tx.ballots.vote(Vote("p1", "sam", False, NOW)),
    lambda tx: tx.ledger.put(entry(by="sam", verdicts=(("maya", True),))),
    lambda tx: tx.ledger.put(entry("l2")),
    lambda tx: tx.publications.add(publication()),
    lambda tx: tx.acknowledgements.put(Acknowledgement("platform", 1, "maya", NOW)),
)
LOOKS: tuple[Callable[[Tx], Any], ...] = (
    lambda tx: tx.teams.get("platform"),
    lambda tx: tx.teams.of("maya"),
    lambda tx: tx.teams.at(C1),
    lambda tx: tx.teams.versions("platform"),
    lambda tx: tx.ballots.get("p1"),
    lambda tx: tx.ballots.votes("p1"),
    lambda tx: tx.ledger.get("l1"),
    lambda tx: tx.ledger.of("platform", NOW),
    lambda tx: tx.acknowledgements.of("platform", 1),
    lambda tx: tx.teams.due(later(days=1), 9),
)
AFTER: tuple[Callable[[Tx], object], ...] = (
    *LOOKS,
    lambda tx: tx.publications.all(),
    lambda tx: tx.ballots.votes_of("sam"),
)


async def test_a_forgotten_person_is_named_nowhere_and_the_sizes_stay(store: Store) -> None:
    await do(store, *LIVE)
    assert "maya" in repr(await read(store, lambda tx: [look(tx) for look in AFTER]))
    await do(store, lambda tx: tx.remove_person("maya", "x_1"))
    assert "maya" not in repr(await read(store, lambda tx: [look(tx) for look in AFTER]))
    record = await read(store, lambda tx: tx.teams.get("platform"))
    assert (record.team.members, record.team.leads, record.state.shown) == (("sam", "kenji"), (), ())
    [kept] = await read(store, lambda tx: tx.teams.versions("platform"))
    assert (kept.by, kept.norms.members) == ("x_1", ("sam", "kenji"))
    asked = await read(store, lambda tx: tx.ballots.get("p1"))
    assert (asked.by, asked.electorate) == ("x_1", ("x_1", "sam", "kenji"))
    assert asked.changes == (("core", "mon-thu 13:00-15:00"), ("ask_on_leave", ""))
    [published] = await read(store, lambda tx: tx.publications.all())
    assert (published.cohort, published.content) == (("x_1", "sam", "kenji"), '{"held":{"people":["x_1"]}}')
    overrode, judged = await read(store, lambda tx: tx.ledger.of("platform", NOW))
    assert (overrode.by, overrode.reason, overrode.hold) == ("x_1", "", "")
    assert (judged.by, judged.reason, judged.verdicts) == ("sam", entry().reason, (("x_1", True),))
    assert [vote.person for vote in await read(store, lambda tx: tx.ballots.votes("p1"))] == ["sam"]


async def test_what_one_id_did_belongs_to_the_other_and_what_that_has_stays(store: Store) -> None:
    await do(store, *LIVE, lambda tx: tx.hand_over("maya", "sam"), lambda tx: tx.hand_over("kenji", "kenji"))
    assert "maya" not in repr(await read(store, lambda tx: [look(tx) for look in AFTER]))
    record = await read(store, lambda tx: tx.teams.get("platform"))
    assert (record.team.members, record.team.leads) == (("sam", "kenji"), ("sam",))
    assert record.state.shown == (("2026-W48", "sam"),)
    [kept] = await read(store, lambda tx: tx.teams.versions("platform"))
    assert (kept.by, kept.norms.members) == ("sam", ("sam", "kenji"))
    asked = await read(store, lambda tx: tx.ballots.get("p1"))
    assert (asked.by, asked.electorate, asked.changes[1]) == (
        "sam",
        ("sam", "kenji"),
        ("ask_on_leave", "sam"),
    )
    assert await read(store, lambda tx: tx.ballots.votes("p1")) == [Vote("p1", "sam", False, NOW)]
    overrode, judged = await read(store, lambda tx: tx.ledger.of("platform", NOW))
    assert (overrode.by, overrode.verdicts) == ("sam", (("sam", True), ("kenji", False)))
    assert judged.verdicts == (("sam", True),)
    acknowledged = await read(store, lambda tx: tx.acknowledgements.by("sam"))
    assert acknowledged == [Acknowledgement("platform", 1, "sam", NOW)]


async def test_whoever_is_handed_over_can_be_forgotten_under_the_new_id(store: Store) -> None:
    await do(store, *LIVE, lambda tx: tx.hand_over("maya", "p_7"), lambda tx: tx.remove_person("p_7", "x_1"))
    left = repr(await read(store, lambda tx: [look(tx) for look in AFTER]))
    assert "maya" not in left
    assert "p_7" not in left


async def test_the_earlier_of_two_beginnings_in_a_team_is_kept(store: Store) -> None:
    joined = (("maya", later(hours=5)), ("sam", NOW), ("kenji", later(hours=1)))
    await do(store, lambda tx: tx.teams.put(team_record(joined=joined)))
    await do(store, lambda tx: tx.hand_over("maya", "sam"))
    record = await read(store, lambda tx: tx.teams.get("platform"))
    assert record.state.joined == (("sam", NOW), ("kenji", later(hours=1)))


async def test_whoever_was_in_a_team_before_us_stays_so_under_another_id(store: Store) -> None:
    joined = (("sam", NOW), ("kenji", later(hours=1)))
    await do(store, lambda tx: tx.teams.put(team_record(joined=joined)))
    await do(store, lambda tx: tx.hand_over("maya", "sam"))
    record = await read(store, lambda tx: tx.teams.get("platform"))
    assert record.state.joined == (("kenji", later(hours=1)),)
