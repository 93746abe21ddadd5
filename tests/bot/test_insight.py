"""What the playground's page is told beside the chat: everybody's modes, nobody else's names of norms."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.flows.teams.due import plan_team
from bot.insight import insight, next_change
from bot.ports import Tx
from bot.records import TeamRecord
from rules import Moment
from rules.values import Team
from tests.support.story import Story, account

PEOPLE = ("maya", "ana", "sam")


@pytest.fixture
async def team() -> Story:
    """Maya has a private and a shared norm today; Ana has enrolled, Sam never will."""
    story = Story()
    await story.enrol("maya", "ana")
    await story.says("maya", "/quiet daily 18:00-19:30 family dinner")
    await story.says("maya", "/focus mon 15:00-16:00 deep work")
    return story


async def told(story: Story, viewer: str) -> dict[str, Any]:
    everybody = [account(name) for name in PEOPLE]
    decisions = tuple(story.app.decisions)
    now = story.clock.now()
    return await story.store.read(lambda tx: insight(tx, account(viewer), everybody, decisions, now))


async def share(story: Story, name: str) -> None:
    record = await story.record("maya")
    windows = tuple(
        replace(window, share_name=True) if window.name == name else window
        for window in record.person.windows
    )
    changed = replace(record, person=replace(record.person, windows=windows))
    await story.store.write(lambda tx: tx.people.put(changed))


def causes(day: dict[str, Any], user: str) -> dict[str, str]:
    parts = next(each["parts"] for each in day["ribbons"] if each["user"] == account(user).user)
    return {part["mode"]: part["because"] for part in parts}


async def test_a_ribbon_names_its_norms_to_their_owner(team: Story) -> None:
    day = await told(team, "maya")
    assert causes(day, "maya")["quiet"] == "family dinner"
    assert [part["because"] for part in day["ribbon"]["parts"]].count("family dinner") == 1


async def test_a_ribbon_of_somebody_else_has_modes_and_no_names(team: Story) -> None:
    day = await told(team, "ana")
    assert {"quiet": "", "focus": ""}.items() <= causes(day, "maya").items()
    assert "dinner" not in json.dumps(day)


async def test_a_shared_name_is_shown_to_others(team: Story) -> None:
    await share(team, "deep work")
    day = await told(team, "ana")
    assert {"quiet": "", "focus": "deep work"}.items() <= causes(day, "maya").items()


async def test_the_reasons_of_a_decision_are_for_the_recipient(team: Story) -> None:
    await team.says("maya", "/focus 90m secret plans")
    await team.mentions("sam", "maya")
    to_maya, to_sam = await told(team, "maya"), await told(team, "sam")
    assert "secret plans" in json.dumps(to_maya["decision"]["trace"])
    assert "secret plans" not in json.dumps(to_sam)
    rules = [[step["rule"] for step in day["decision"]["trace"]] for day in (to_maya, to_sam)]
    assert rules[0] == rules[1]
    assert to_sam["decision"]["verdict"] == "hold"


async def test_a_decision_names_people_as_the_workspace_does(team: Story) -> None:
    await team.says("maya", "/focus 90m")
    await team.mentions("sam", "maya")
    decision = (await told(team, "sam"))["decision"]
    assert (decision["sender"], decision["recipient"]) == ("U0SAM", "U0MAYA")


async def test_a_decision_between_two_people_is_not_told_to_a_third(team: Story) -> None:
    await team.says("maya", "/focus 90m")
    await team.mentions("sam", "maya")
    assert (await told(team, "ana"))["decision"] is None


async def test_a_linked_person_sees_their_own_day_and_decisions_from_either_side(team: Story) -> None:
    await team.link("maya", "maya@teams")
    await team.says("maya", "/focus 90m secret plans")
    await team.says("lee@teams", "/later @maya hello")
    everybody = [account(name) for name in (*PEOPLE, "maya@teams", "lee@teams")]
    now, decisions = team.clock.now(), tuple(team.app.decisions)
    days = [
        await team.store.read(lambda tx, who=who: insight(tx, account(who), everybody, decisions, now))  # type: ignore[misc]
        for who in ("maya", "maya@teams")
    ]
    assert [len(day["ribbons"]) for day in days] == [2, 2]
    assert [day["waiting"]["total"] for day in days] == [1, 1]
    assert causes(days[0], "maya")["quiet"] == causes(days[1], "maya@teams")["quiet"] == "family dinner"
    assert [day["decision"]["sender"] for day in days] == ["29:lee"] * 2
    assert [day["decision"]["recipient"] for day in days] == ["U0MAYA", "29:maya"]
    assert "secret plans" in json.dumps(days[1]["decision"]["trace"])


async def stops(story: Story) -> list[str]:
    """Where "next change" leads through the rest of Monday, in UTC (Lisbon's winter time)."""
    everybody = [account(name) for name in PEOPLE]
    found: list[str] = []
    while True:
        now = story.clock.now()
        following = await story.store.read(lambda tx, now=now: next_change(tx, everybody, now))  # type: ignore[misc]
        if following is None or following.date() != now.date():
            return found
        assert following > now
        found.append(f"{following:%H:%M}")
        await story.until(following)


async def test_next_change_stops_at_each_edge_and_at_the_ritual(team: Story) -> None:
    assert await stops(team) == ["15:00", "16:00", "16:45", "17:00", "18:00", "19:30"]


async def test_next_change_stops_where_a_digest_goes_out(team: Story) -> None:
    await team.says("maya", "/focus until 11:00")
    await team.says("ana", "/later @maya hello")
    first, digest, *_ = await stops(team)
    assert first == "11:00"
    assert "11:00" <= digest <= "11:15"


async def test_nothing_changes_where_nobody_has_norms() -> None:
    assert await stops(Story()) == []


async def with_summaries(story: Story) -> str:
    """Maya's team wants its summary on Mondays at 9:30; returns her id."""
    maya = (await story.record("maya")).person.id
    crew = Team("crew", "Europe/Lisbon", (maya,), summary=Moment(0, 9 * 60 + 30), name="Crew")

    def work(tx: Tx) -> None:
        plan_team(tx, TeamRecord(crew), story.clock.now())

    await story.store.write(work)
    return maya


async def test_a_member_is_told_of_the_team_and_its_next_summary(team: Story) -> None:
    await with_summaries(team)
    mine = (await told(team, "maya"))["team"]
    assert (mine["id"], mine["name"], mine["members"]) == ("crew", "Crew", 1)
    assert mine["summary_at"] == "2026-11-30T09:30:00Z"
    assert (await told(team, "ana"))["team"] is None


async def test_next_change_stops_where_something_must_happen_for_a_team(team: Story) -> None:
    await with_summaries(team)
    ahead = await team.store.read(lambda tx: next_change(tx, [], team.clock.now()))
    assert f"{ahead}" == "2026-11-30 09:30:00+00:00"
