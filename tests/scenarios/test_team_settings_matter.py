"""Product rule 9 for teams: every norm that a team can keep changes what somebody gets to see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date, timedelta

import pytest

from bot.ports import Tx
from bot.records import Place, TeamRecord, TeamState
from rules import Interval, Moment, ReplyWithin, Team, parse_when
from rules.values import Voting
from tests.support.shown import shown
from tests.support.story import MONDAY, TENANT, Story

NOON = MONDAY.replace(hour=12, minute=0)
PEOPLE = ("maya", "sam", "ana", "lee", "kenji")
BASE = Team("platform", "Europe/Lisbon", shared_focus=parse_when("mon 11:00-12:00"))
VARIED: Mapping[str, Team] = {
    "zone": replace(BASE, zone="Asia/Tokyo"),
    "core": replace(BASE, core=parse_when("mon-thu 13:00-15:00")),
    "shared_focus": replace(BASE, shared_focus=None),
    "no_meetings": replace(BASE, no_meetings=parse_when("tue 00:00-24:00")),
    "reply_within": replace(BASE, reply_within=ReplyWithin(direct=timedelta(hours=1))),
    "urgent_means": replace(BASE, urgent_means="customers cannot work"),
    "urgent_budget": replace(BASE, urgent_budget=4),
    "ask_on_leave": replace(BASE, ask_on_leave="ana"),
    "summary": replace(BASE, summary=Moment(0, 14 * 60)),
    "review_by": replace(BASE, review_by=date(2026, 11, 24)),
    "name": replace(BASE, name="Platform"),
    "place": replace(BASE, place="PT"),
    "voting": replace(BASE, voting=Voting(majority=80)),
    "lifted": replace(BASE, lifted=(Interval(MONDAY, NOON),)),
    "figures_from": replace(BASE, figures_from=8),
}
ELSEWHERE = {"id", "members", "leads", "holidays", "template"}
"""Members and leads are people: test_team_members.py and test_weekly.py. Holidays follow from the place:
tests/rules/test_weeks.py. A template's name is told by the policy."""


async def told(team: Team) -> list[str]:
    """Two days of a team, as everybody gets to see them."""
    story = Story()
    await story.enrol(*PEOPLE)
    ids = {name: (await story.record(name)).person.id for name in PEOPLE}
    asked = ids.get(team.ask_on_leave or "")
    team = replace(team, members=tuple(ids.values()), ask_on_leave=asked)
    record = TeamRecord(team, TeamState(places=(Place(TENANT, "C1"),)), MONDAY)
    await story.store.write(lambda tx: _put(tx, record))
    said = [await story.says("maya", "/boundary team"), await story.says("ana", "/boundary when @maya @lee")]
    await story.says("lee", "/boundary leave 2026-11-23..2026-11-27")
    said.append(await story.says("sam", "/later @lee Hello"))
    said.append(await story.says("sam", "/boundary team propose budget 9 from now"))
    said += [await story.says(person, "/boundary team vote yes") for person in ("sam", "maya", "ana")]
    await story.until(NOON - timedelta(minutes=30))
    said.append(await story.says("sam", "/later @maya Could you look at this?"))
    await story.until(MONDAY + timedelta(days=2))
    seen = sorted(f"{each.to.user} {shown(each.message)}" for each in story.chat.seen)
    by_chance = "Your message reached"  # at some minute of a quarter of an hour
    return [*said, *(each for each in seen if by_chance not in each)]


def _put(tx: Tx, record: TeamRecord) -> None:
    tx.teams.put(record)


@pytest.mark.parametrize("field", list(VARIED))
async def test_every_norm_of_a_team_changes_what_somebody_sees(field: str) -> None:
    assert await told(BASE) != await told(VARIED[field])


async def test_the_same_norms_show_the_same() -> None:
    assert await told(BASE) == await told(BASE)


def test_no_norm_of_a_team_is_left_out_here() -> None:
    assert {field.name for field in fields(Team)} - ELSEWHERE == set(VARIED)
