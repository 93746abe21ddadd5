"""Four weeks of the playground's team over the real wire, on both platforms, as tests/support/four_weeks.py
tells them. The figures of one week are worked out again from what stands in the channels and chats.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator
from typing import Final

import pytest
import pytest_asyncio

from bot.bootstrap.playground import local
from bot.settings import Settings
from tests.support.four_weeks import HOLIDAY, SUMMARIES, ballot, live
from tests.support.weeks import LISBON, Post, Weeks, lisbon

pytestmark = pytest.mark.asyncio(loop_scope="module")

PLACES: Final = ("#platform", "core")
COUNTED: Final = ("2026-09-21 00:00", "2026-09-28 00:00")
NAMES: Final = ("Maya", "Sam", "Kenji", "Ana", "Lee")
DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def weeks() -> AsyncIterator[Weeks]:
    """All four weeks, over: everybody has done what they did."""
    settings = Settings().model_copy(update={"port": 0})
    async with local(settings, start=lisbon("2026-09-14 08:30"), speed=0) as found:
        lived = Weeks(found)
        await live(lived)
        yield lived


def summaries(weeks: Weeks, place: str) -> list[Post]:
    return [post for post in weeks.posts(place) if re.match(r"Platform: week \d", post.text)]


# The summaries ------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", PLACES)
async def test_a_summary_comes_once_a_week_and_a_holiday_moves_it(weeks: Weeks, place: str) -> None:
    found = summaries(weeks, place)
    assert [post.at for post in found] == [lisbon(when) for when in SUMMARIES]
    assert [post.text.partition(",")[0] for post in found] == [
        f"Platform: week {number}" for number in (38, 39, 40, 41)
    ]
    assert lisbon(HOLIDAY) not in {post.at for post in found}


async def test_a_summary_says_the_same_on_both_platforms_in_five_lines_and_names_nobody(weeks: Weeks) -> None:
    for slack, teams in zip(*(summaries(weeks, place) for place in PLACES), strict=True):
        lines = slack.text.splitlines()
        assert [line for line in teams.text.splitlines() if line != "•"][:6] == lines[:6]
        heads = [line.partition(":")[0].partition(" ")[0] for line in lines[1:6]]
        assert heads == ["Norms", "Pings", "Broke", heads[3], "Next"]
        assert not [name for name in NAMES if name in slack.text]


async def test_what_is_charted_is_what_is_said(weeks: Weeks) -> None:
    slack, teams = (summaries(weeks, place)[1] for place in PLACES)
    assert weeks.chart(slack) == weeks.chart(teams)
    assert weeks.chart(slack) == {"Held": held_by_day(weeks), "Broke through": broke_by_day(weeks)}


# The week that is counted by hand -------------------------------------------------------------------


def notes(weeks: Weeks) -> list[Post]:
    """What senders were told in the week: each note stands for one ping that still waits or waited."""
    found = (post for place in PLACES for post in weeks.posts(place, *COUNTED))
    return [post for post in found if post.viewer and "I'll pass on a link to your message" in post.text]


def urgent_ones(weeks: Weeks) -> list[Post]:
    """What reached people although they were away, as it stands in their own talks with the bot."""
    return [post for post in weeks.posts("", *COUNTED) if "says this cannot wait" in post.text]


def delivered(weeks: Weeks) -> int:
    """How many pings of the week stood in digests by the time of its summary."""
    digests = (post.text for post in weeks.posts("", COUNTED[0], SUMMARIES[1]) if post.by_bot)
    return sum(int(found[1]) for text in digests if (found := re.match(r"(\d+) waited while", text)))


def held_by_day(weeks: Weeks) -> tuple[int, ...]:
    return by_day(notes(weeks))


def broke_by_day(weeks: Weeks) -> tuple[int, ...]:
    return by_day(urgent_ones(weeks))


def by_day(posts: list[Post]) -> tuple[int, ...]:
    days = [post.at.astimezone(LISBON).weekday() for post in posts]
    return tuple(days.count(day) for day in range(len(DAYS)))


async def test_the_pings_of_a_week_are_those_that_stand_in_the_channels(weeks: Weeks) -> None:
    held, came = len(notes(weeks)), delivered(weeks)
    assert (held, came) == (6, 5)  # what the story tells
    for place in PLACES:
        line = f"Pings: {held} pings held until people were back, {came} of them delivered."
        assert line in summaries(weeks, place)[1].text


async def test_the_break_throughs_of_a_week_are_those_that_people_got_and_judged(weeks: Weeks) -> None:
    got = urgent_ones(weeks)
    reasons = Counter(post.text.splitlines()[1].partition(":")[0].lower() for post in got)
    last = lisbon(COUNTED[1])
    words = [label for at, _, label in weeks.pressed if at < last]  # nobody had said so the week before
    fair, waited = words.count("Fair"), words.count("Could have waited")
    assert (len(got), fair, waited) == (5, 3, 2)
    text = summaries(weeks, "#platform")[1].text
    assert f"Broke through: {len(got)}, {len(got) - 3} over the budget of 3: " in text
    assert all(f"{number} “{reason}”" in text for reason, number in reasons.items())
    assert f"{fair} of the {fair + waited} since 14 Sep that somebody judged were fair." in text


async def test_how_many_were_fair_is_counted_anew_after_it_was_shown(weeks: Weeks) -> None:
    told = ["somebody judged were fair" in post.text for post in summaries(weeks, "core")]
    assert told == [False, True, False, False]


async def test_every_sender_of_the_week_was_told_when_an_answer_is_due(weeks: Weeks) -> None:
    told = [post for post in notes(weeks) if "No reply is expected before" in post.text]
    norm = f"reply times ({len(told)} of {len(notes(weeks))} senders told)"
    assert norm in summaries(weeks, "core")[1].text


async def test_a_week_with_a_break_through_in_shared_focus_says_so(weeks: Weeks) -> None:
    """Sam was reached on Wednesday at 10:00, in the only block of the week; Maya lifted that of the next."""
    said = [re.search(r"shared focus \((\d of \d) block", post.text) for post in summaries(weeks, "core")]
    assert [found and found[1] for found in said] == ["1 of 1", "0 of 1", "0 of 1", "1 of 1"]


# Votes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", PLACES)
async def test_votes_from_both_platforms_count_and_nobody_is_named_in_them(weeks: Weeks, place: str) -> None:
    ended = [ballot(weeks, number, place).text.splitlines()[-1] for number in (1, 2, 3)]
    assert ended[0].startswith("Accepted: 3 yes and 1 no of 5 members. It takes effect Tue 00:00")
    assert ended[1].startswith("Not accepted: 1 yes and 3 no of 5 members")
    assert ended[2].startswith("Accepted: 3 yes and 0 no of 5 members. It takes effect Fri 00:00")


async def test_an_accepted_change_is_told_where_the_team_talks_and_undone_by_a_new_vote(weeks: Weeks) -> None:
    change = "Core hours: mon-thu 14:00-15:30 → mon-thu 13:00-15:00"
    back = "Core hours: mon-thu 13:00-15:00 → mon-thu 14:00-15:30"
    for place in PLACES:
        told = [post for post in weeks.posts(place) if "norms of Platform have changed" in post.text]
        assert [change in told[0].text, back in told[1].text, len(told)] == [True, True, 2]
    history = await weeks.says("maya", "/boundary team history")
    assert all(f"ersion {number}" in history for number in (1, 2, 3))
    assert "Core hours: mon-thu 14:00-15:30" in await weeks.says("sam", "/boundary team")


async def test_the_suggestion_of_a_summary_was_voted_on_and_the_budget_stayed(weeks: Weeks) -> None:
    assert "Urgent budget: 3 a week → 5 a week" in ballot(weeks, 2).text
    assert "Urgent budget: 3 a week" in await weeks.says("lee", "/boundary team")


# Shared focus, the ledger, rituals, leave, guests ------------------------------------------------------


async def test_shared_focus_holds_for_those_in_it_and_not_for_whoever_opted_out(weeks: Weeks) -> None:
    told = weeks.posts("#platform", "2026-09-16 09:00", "2026-09-16 12:00")
    private = [post.text for post in told if post.viewer == "sam"]
    assert len(private) == 1
    assert private[0].startswith("@Ana is away from notifications")


async def test_the_ledger_has_each_exception_with_its_reason(weeks: Weeks) -> None:
    everybodys, sams = [await weeks.says(name, "/boundary team ledger") for name in ("lee", "sam")]
    assert "@Maya lifted it between 30 Sep 02:00 and 03:00: incident review" in everybodys
    assert "Of others, until the end of last week: 1 broke through." in everybodys
    assert "Others cannot go on without an answer" in sams  # whom it reached reads who and why
    assert "Others cannot go on" not in everybodys
    assert "I hand over to Lisbon then" not in everybodys + sams


async def test_what_was_written_in_the_evening_comes_back_in_the_morning(weeks: Weeks) -> None:
    start = weeks.post("maya", "You wrote at Tue 17:46:")
    assert start.at == lisbon("2026-09-16 12:00")
    assert "First step: The release notes" in start.text
    assert not [post for post in weeks.posts() if "The payload" in post.text and post.place != "maya"]


async def test_a_ritual_that_is_ignored_three_times_stops(weeks: Weeks) -> None:
    asked = [post.at.astimezone(LISBON).day for post in weeks.posts("maya", "2026-09-28 00:00")
             if post.text.startswith("Your hours end")]  # fmt: skip
    assert asked == [28, 29, 30]


async def test_leave_names_a_stand_in_and_ends_with_a_return(weeks: Weeks) -> None:
    note = weeks.post("#platform", "@Sam stands in until then.", lambda post: post.viewer == "maya")
    assert "back at Mon 08:00" in note.text
    assert weeks.posts("ana", "2026-09-30 00:00", "2026-10-03 00:00") == []
    assert weeks.post("ana", "Welcome back.").at == lisbon("2026-10-05 08:00")


async def test_a_guest_reads_nothing_of_the_team(weeks: Weeks) -> None:
    assert not [post for post in weeks.posts("general") if post.by_bot]
    assert not [post for post in weeks.posts("noor@teams") if re.search("Proposal|Platform", post.text)]


async def test_a_place_with_a_guest_hears_nothing_and_members_are_told_in_private(weeks: Weeks) -> None:
    """The last of all: it gives the team General as a third place, in which Noor reads along."""
    await weeks.says("maya@teams", "@Boundary Bot team here", "general")
    await weeks.says("lee", "/boundary team propose budget 4")
    await weeks.through("2026-10-12 10:30")
    assert ballot(weeks, 4).text.startswith("Proposal 4 for Platform, by @Lee")
    private = {post.place.partition("@")[0] for post in weeks.posts() if post.text.startswith("Proposal 4")}
    assert {"maya", "ana"} <= private  # whose hours it is
    assert not [post for post in weeks.posts("general") if post.by_bot and "Proposal" in post.text]
    assert not [post for post in weeks.posts("noor@teams") if "Proposal" in post.text]
