"""The weekly summary: counted by hand, posted once where and when the team's norm says, the same for
everybody who looks, voted on, and with a lead's own line when that lead wants it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.flows.teams.due import plan_team
from bot.forget import forget
from bot.inbound import Pressed
from bot.messages.actions import Act
from bot.messages.model import Chart
from bot.ports import Tx
from bot.records import Lane, Origin, Place, TeamRecord, TeamState, TeamVersion
from bot.summary import leads
from rules import Holiday, Moment, ReplyWithin, Team, Week, WorkingTime, parse_when
from tests.support.shown import shown
from tests.support.story import MONDAY, TEAMS, TENANT, Story, account
from tests.support.team_story import colleagues

NAMES = ("maya", "ana", "kenji", "sam", "lee", "rui")
NEXT_MONDAY = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
SLACK, TEAMS_CHAT = Place(TENANT, "C1"), Place(TEAMS, "19:core")


async def put(story: Story, *, places: tuple[Place, ...] = (SLACK,), **changes: Any) -> Team:
    """The team of everybody; Ana leads it. It is planned as after a vote."""
    ids = tuple([(await story.record(name)).person.id for name in NAMES])
    team = Team(
        "platform",
        "Europe/Lisbon",
        ids,
        leads=(ids[1],),
        core=parse_when("mon-thu 14:00-16:00"),
        shared_focus=parse_when("wed 09:00-12:00"),
        reply_within=ReplyWithin(WorkingTime(minutes=240), WorkingTime(days=1), timedelta(minutes=30)),
        urgent_budget=1,
        summary=Moment(0, 9 * 60 + 30),
        name="Platform",
    )
    record = TeamRecord(replace(team, **changes), TeamState(1, places))
    await story.store.write(lambda tx: plan_team(tx, record, story.clock.at, story.calendars))
    return record.team


@pytest.fixture
async def story() -> Story:
    """A Monday at 10:05 in Lisbon; everybody works there, and nobody wants nudges."""
    story = await colleagues(*NAMES)
    story.chat.seen.clear()
    return story


def on(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of the story's week: `day` 0 is its Monday, 23 November."""
    return datetime(2026, 11, 23, hour, minute, tzinfo=UTC) + timedelta(days=day)


async def urgent(story: Story, by: str, to: str, reason: str) -> None:
    await story.says(by, f"/later @{to} please look")
    held = (await story.holds(by))[-1]
    await story.submit(by, "urgent", held.id, reason=reason, words="", sure="yes")


async def a_week(story: Story) -> None:
    """Four pings are held, one of them at the weekend; two break through, one of them out of hours and one
    into shared focus; one of the two is judged."""
    await story.until(on(0, 20))
    await story.mentions("sam", "maya")
    await story.says("ana", "/later @kenji the report is done")
    await story.until(on(1, 21))
    await urgent(story, "lee", "ana", "broken")
    await story.press("ana", story.last("ana"), "Fair")
    await story.until(on(2, 10))
    await story.mentions("rui", "sam")
    await urgent(story, "kenji", "maya", "blocked")
    await story.until(on(5, 12))
    await story.says("maya", "/later @lee for Monday")


async def posted_on_monday(story: Story, at: datetime = NEXT_MONDAY) -> str:
    await story.until(at - timedelta(seconds=1))
    assert story.posted() == []
    await story.until(at)
    [said] = story.posted()
    return said


LINES = (
    "Platform: week 48, 23 to 29 Nov",
    "Norms kept: core hours (people's own norms close none of them) and reply times (4 of 4 senders told); "
    "at risk: shared focus (0 of 1 block undisturbed) and hours (1 ping came outside them).",
    "Pings: 4 pings held until people were back, all of them delivered. Counted over all 6 members.",
    "Broke through: 2, 1 over the budget of 1: 1 “others cannot go on without an answer” and "
    "1 “something is broken for customers”. How many were fair is told once 5 people said; "
    "it is counted on.",
    "To vote on: say what counts as urgent. To begin with: "
    "“customers cannot work, or somebody's health or safety is at stake”.",
    "Next review: no date is agreed.",
    "Held: Mon 2, Wed 1, Sat 1. Broke through: Tue 1, Wed 1.",
    "[Put it to the vote]",
)


# What it says --------------------------------------------------------------------------------------


async def test_a_week_is_summed_up_as_counted_by_hand(story: Story) -> None:
    await put(story)
    await a_week(story)
    assert (await posted_on_monday(story)).split("\n") == list(LINES)


async def test_nobody_is_named_in_it(story: Story) -> None:
    await put(story)
    await a_week(story)
    said = (await posted_on_monday(story)).lower()
    assert not [name for name in NAMES if name in said]


async def test_the_picture_counts_by_weekday(story: Story) -> None:
    await put(story)
    await a_week(story)
    await story.until(NEXT_MONDAY)
    [chart] = [part for part in story.standing()[0].parts if isinstance(part, Chart)]
    assert chart.labels == ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    assert [(each.name, each.values) for each in chart.series] == [
        ("Held", (2, 0, 1, 0, 0, 1, 0)),
        ("Broke through", (0, 1, 1, 0, 0, 0, 0)),
    ]


async def test_a_quiet_week_is_said_to_have_been_kept(story: Story) -> None:
    await put(story, review_by=datetime(2027, 2, 1, tzinfo=UTC).date())
    assert (await posted_on_monday(story)).split("\n")[2:] == [
        "Pings: nothing had to be held. Counted over all 6 members.",
        "Broke through: nothing; the budget is 1.",
        "Change: none: what you agreed was kept.",
        "Next review: 1 Feb 2027.",
    ]


async def test_four_people_are_told_openly_that_they_are_too_few(story: Story) -> None:
    ids = [(await story.record(name)).person.id for name in NAMES]
    await put(story, members=tuple(ids[:4]))
    await a_week(story)
    assert (await posted_on_monday(story)).split("\n") == [
        "Platform: week 48, 23 to 29 Nov",
        "Too few people this week to show figures: 5 must have been here this week and the week before, "
        "and no difference to earlier figures may point at fewer.",
        "To vote on: read your norms again by 22 Feb 2027: no day ahead is agreed for it.",
        "Next review: no date is agreed.",
        "[Put it to the vote]",
    ]


async def test_how_many_were_fair_is_said_when_five_people_said_so(story: Story) -> None:
    await put(story)
    for minute, name in enumerate(NAMES[:5]):
        await story.until(on(1, 21, minute))
        await urgent(story, "rui", name, "broken")
        await story.press(name, story.last(name), "Fair" if name != "sam" else "Could have waited")
    assert "4 of the 5 since 2 Nov that somebody judged were fair." in await posted_on_monday(story)


async def test_words_are_counted_over_weeks_until_five_people_said_so(story: Story) -> None:
    await put(story)
    for week, names in ((0, NAMES[:3]), (7, NAMES[2:5])):
        for minute, name in enumerate(names):
            await story.until(on(week + 1, 21, minute))
            await urgent(story, "rui", name, "broken")
            await story.press(name, story.last(name), "Fair" if name != "ana" else "Could have waited")
    await story.until(on(21, 12))
    first, second, third = story.posted()
    assert "How many were fair is told once 5 people said; it is counted on." in first
    assert "5 of the 6 since 9 Nov that somebody judged were fair." in second
    assert "Broke through: nothing; the budget is 1.\n" in third


# Where and when --------------------------------------------------------------------------------------


async def test_it_is_posted_on_both_platforms_and_once(story: Story) -> None:
    await put(story, places=(SLACK, TEAMS_CHAT))
    await a_week(story)
    await story.until(NEXT_MONDAY + timedelta(days=3))
    one, other = story.posted(), story.posted("19:core", TEAMS)
    assert len(one) == len(other) == 1
    assert one == other


async def test_on_a_holiday_it_comes_on_the_next_working_day(story: Story) -> None:
    await put(story, summary=Moment(1, 570), holidays=(Holiday(on(8, 0).date(), "Restauração"),), place="PT")
    await story.until(NEXT_MONDAY + timedelta(days=1, hours=2))
    assert story.posted() == []
    await story.until(NEXT_MONDAY + timedelta(days=2))
    assert len(story.posted()) == 1


async def test_two_sweeps_at_once_post_once(story: Story) -> None:
    await put(story)
    await a_week(story)
    story.clock.at = NEXT_MONDAY
    stale = await story.team()
    for _ in range(2):  # both read the team before either has written
        await story.store.write(lambda tx: plan_team(tx, stale, NEXT_MONDAY))
    await story.until(NEXT_MONDAY + timedelta(hours=1))
    assert len(story.posted()) == 1


async def test_a_restart_at_the_very_moment_posts_once(story: Story) -> None:
    """The rows stand, and nothing of them was sent: the next process sends them, and its sweep adds none."""
    await put(story)
    story.clock.at = NEXT_MONDAY
    await story.store.write(lambda tx: plan_team(tx, _platform(tx), NEXT_MONDAY))
    again = Story(now=NEXT_MONDAY + timedelta(minutes=2), store=story.store)
    await again.until(NEXT_MONDAY + timedelta(hours=1))
    assert len(again.posted()) == 1
    assert story.posted() == []


@pytest.mark.parametrize(("hours", "posts"), [(23, 1), (25, 0)])
async def test_after_an_outage_it_still_comes_within_a_day(story: Story, hours: int, posts: int) -> None:
    await put(story)
    story.clock.at = NEXT_MONDAY + timedelta(hours=hours)
    await story.sweep()
    assert len(story.posted()) == posts
    record = await story.team()
    assert record.state.summed == "2026-W48"
    assert record.next_at == NEXT_MONDAY + timedelta(days=7)


async def test_a_team_without_a_channel_reads_it_in_private(story: Story) -> None:
    await put(story, places=())
    await a_week(story)
    story.chat.seen.clear()
    await story.until(NEXT_MONDAY + timedelta(minutes=1))
    for name in NAMES:
        assert [text for text in story.read(name) if "week 48" in text] == ["\n".join(LINES)]


async def test_where_outsiders_read_along_each_member_reads_it_in_private(story: Story) -> None:
    story.chat.outsiders.add("C1")
    await put(story)
    await a_week(story)
    await story.until(NEXT_MONDAY + timedelta(minutes=1))
    assert story.posted() == []
    assert any("week 48" in text for text in story.read("maya"))


async def test_a_team_that_wants_no_summary_gets_none(story: Story) -> None:
    await put(story, summary=None)
    await story.until(NEXT_MONDAY + timedelta(days=1))
    assert story.posted() == []
    assert (await story.store.read(lambda tx: tx.publications.all())) == []


async def test_the_day_a_team_is_founded_does_not_begin_with_a_summary(story: Story) -> None:
    story.clock.at = MONDAY.replace(hour=8)
    for name in NAMES[1:]:
        await story.says(name, "/boundary team")
    await story.says("maya", "/boundary team new Crew")
    await story.says("maya", "/boundary team propose summary mon 9:30 from now")
    await story.until(MONDAY.replace(hour=12))
    assert not [text for text in story.posted() if "week 47" in text]


async def test_a_week_before_the_first_version_is_skipped_and_planning_goes_on(story: Story) -> None:
    await put(story)
    norms = (await story.team()).team
    late = TeamVersion("platform", 1, NEXT_MONDAY, NEXT_MONDAY, norms, "founded", Origin.FOUNDED)
    await story.store.write(lambda tx: tx.teams.keep(late))
    await story.until(NEXT_MONDAY + timedelta(hours=1))
    assert story.posted() == []
    assert (await story.team()).next_at == NEXT_MONDAY + timedelta(days=7)


async def test_a_new_team_is_told_which_week_comes_first(story: Story) -> None:
    await story.says("maya", "/boundary team new Crew", channel="C2")
    said = await story.says("maya", "/boundary team summary", channel="C2")
    assert "The team has been here since 2026-W48: its first figures are of that week." in said


async def test_week_after_week_each_is_posted_once(story: Story) -> None:
    await put(story)
    await story.until(NEXT_MONDAY + timedelta(days=21))
    titles = [text.partition("\n")[0] for text in story.posted()]
    assert titles == [
        "Platform: week 48, 23 to 29 Nov",
        "Platform: week 49, 30 Nov to 6 Dec",
        "Platform: week 50, 7 to 13 Dec",
        "Platform: week 51, 14 to 20 Dec",
    ]


CHANGED: dict[str, dict[str, Any]] = {
    "zone": {"zone": "Asia/Tokyo"},
    "members": {"members": ()},
    "core": {"core": None},
    "shared_focus": {"shared_focus": None},
    "reply_within": {"reply_within": ReplyWithin()},
    "urgent_budget": {"urgent_budget": 2},
    "summary": {"summary": Moment(0, 600)},
    "review_by": {"review_by": date(2027, 2, 1)},
    "name": {"name": "Core"},
    "urgent_means": {"urgent_means": "the shop is down"},
    "holidays": {"holidays": (Holiday(date(2026, 11, 30), "Holiday"),)},
    "figures_from": {"figures_from": 7},
}


@pytest.mark.parametrize("field", list(CHANGED))
async def test_each_norm_that_a_week_can_tell_about_changes_the_summary(story: Story, field: str) -> None:
    changes = CHANGED[field]
    if field == "members":
        changes = {"members": tuple([(await story.record(name)).person.id for name in NAMES[:5]])}
    await put(story, **changes)
    await a_week(story)
    await story.until(NEXT_MONDAY)
    assert story.posted() != ["\n".join(LINES)]


# Looking -------------------------------------------------------------------------------------------


async def test_a_look_fixes_the_week_and_the_post_says_the_same(story: Story) -> None:
    """Somebody judges between the look and the post: both say what was known at the look."""
    await put(story)
    await a_week(story)
    await story.until(on(7, 9, 20))
    seen = await story.says("kenji", "/boundary team summary")
    await urgent(story, "sam", "rui", "broken")
    assert await posted_on_monday(story) == seen == "\n".join(LINES)


async def test_a_lead_reads_what_everybody_reads(story: Story) -> None:
    await put(story)
    await a_week(story)
    await story.until(NEXT_MONDAY)
    assert await story.says("ana", "/boundary team summary") == await story.says(
        "rui", "/boundary team summary"
    )


async def test_looks_in_private_post_nothing(story: Story) -> None:
    await put(story)
    await story.until(on(7, 9, 10))
    await story.says("kenji", "/boundary team summary 2026-W48")
    assert story.posted() == []
    rows = await story.store.read(
        lambda tx: [lane for lane in Lane if tx.outbox.armed(TENANT, lane, MONDAY, NEXT_MONDAY)]
    )
    assert Lane.CHANNEL not in rows


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("2026-W49", "2026-W49 has not ended. The last week that has is 2026-W48."),
        ("next week", '"next week" is no week'),
        ("2026-W40", "There are no figures of 2026-W40"),
    ],
)
async def test_a_week_that_cannot_be_shown_is_explained(story: Story, words: str, sentence: str) -> None:
    await put(story)
    await story.until(NEXT_MONDAY)
    said = await story.says("kenji", f"/boundary team summary {words}")
    assert sentence in said
    assert "/boundary team summary" in said


async def test_whoever_is_no_member_reads_no_summary(story: Story) -> None:
    await put(story)
    await story.until(NEXT_MONDAY)
    await story.enrol("zoe")
    assert "Norms" not in await story.says("zoe", "/boundary team summary")
    pressed = await story.handle(Pressed(story.key(), account("zoe"), Act.SUGGEST, "platform:2026-W48"))
    assert "Only members" in shown(pressed.message)


async def test_somebody_who_came_in_the_week_is_not_counted(story: Story) -> None:
    await put(story)
    rui = (await story.record("rui")).person.id
    await story.store.write(lambda tx: tx.teams.put(_with(tx, joined=((rui, on(1, 9)),))))
    await a_week(story)
    assert "Counted over all 5 members who had not just joined." in await posted_on_monday(story)


# The vote --------------------------------------------------------------------------------------------


async def test_the_suggestion_is_put_to_the_vote_once(story: Story) -> None:
    await put(story)
    await a_week(story)
    await story.until(NEXT_MONDAY)
    [post] = story.standing()
    await story.press("kenji", post, "Put it to the vote")
    [proposal] = await story.store.read(lambda tx: tx.ballots.of("platform"))
    assert proposal.changes[0][0] == "urgent_means"
    assert len(story.posted()) == 2
    assert "[Put it to the vote]" not in story.posted()[0]
    again = await story.press("maya", post, "Put it to the vote")
    assert "being voted on already" in shown(again.message)
    assert "[Put it to the vote]" not in await story.says("maya", "/boundary team summary")
    assert len(await story.store.read(lambda tx: tx.ballots.of("platform"))) == 1


async def test_a_week_without_a_suggestion_puts_nothing_to_the_vote(story: Story) -> None:
    await put(story, review_by=date(2027, 2, 1))
    await story.until(NEXT_MONDAY)
    for value, words in (("platform:2026-W48", "suggests no change"), ("platform:soon", "out of date")):
        pressed = await story.handle(Pressed(story.key(), account("maya"), Act.SUGGEST, value))
        assert words in shown(pressed.message)


# A lead's own line ------------------------------------------------------------------------------------


async def test_a_lead_shows_their_own_line_this_one_time_and_takes_it_back(story: Story) -> None:
    await put(story)
    await a_week(story)
    await story.until(NEXT_MONDAY)
    reply = await story.command("ana", "/boundary team show-mine")
    assert (
        "Ana kept 4 of 5 evenings and sent 1 ping outside others' hours, held until they were back."
        in shown(reply.message)
    )
    assert "Ana" not in story.posted()[0]
    reply = await story.press("ana", reply.message, "Show this with the summary")
    assert reply.replace
    [said] = story.posted()
    assert "Next review: no date is agreed. Ana kept 4 of 5 evenings" in said
    assert len(said.split("\n")) == len(LINES)
    await story.press("ana", reply.message, "Don't show it")
    [said] = story.posted()
    assert said == "\n".join(LINES)
    await story.until(NEXT_MONDAY + timedelta(days=7))
    assert "Ana" not in story.posted()[-1]


async def test_a_leads_line_goes_with_the_records_that_it_is_worked_out_from(story: Story) -> None:
    await put(story)
    await a_week(story)
    await story.until(NEXT_MONDAY)
    seen = await story.command("ana", "/boundary team show-mine 2026-W48")
    await story.press("ana", seen.message, "Show this with the summary")
    for weeks, stands in ((1, True), (2, True), (3, False)):
        await story.until(NEXT_MONDAY + timedelta(weeks=weeks))
        said = await story.says("rui", "/boundary team summary 2026-W48")
        assert ("Ana kept 4 of 5 evenings and sent 1 ping" in said) == stands
    await story.until(NEXT_MONDAY + timedelta(weeks=4))
    assert "records go after 30 days" in await story.says("ana", "/boundary team show-mine 2026-W48")


async def test_a_lead_who_is_forgotten_takes_their_line_out_of_what_was_posted(story: Story) -> None:
    await put(story)
    await a_week(story)
    await story.until(NEXT_MONDAY)
    seen = await story.command("ana", "/boundary team show-mine 2026-W48")
    await story.press("ana", seen.message, "Show this with the summary")
    assert "Ana kept" in story.posted()[0]
    await forget(story.store, (await story.record("ana")).person.id, story.clock.at)
    await story.perform()
    assert story.posted() == ["\n".join(LINES)]


async def test_a_choice_before_the_post_goes_with_it(story: Story) -> None:
    await put(story)
    await story.until(on(4, 17, 30))
    sees = leads.choice("platform", Week(2026, 48), shown=False)
    seen = await story.handle(Pressed(story.key(), account("ana"), sees.action, sees.value))
    assert "as it stands so far: “Ana kept 4 of 4 evenings" in shown(seen.message)
    await story.press("ana", seen.message, "Show this with the summary")
    assert "Ana kept 5 of 5 evenings and sent no ping" in await posted_on_monday(story)


async def test_a_lead_may_name_the_week_and_takes_it_back_by_a_word(story: Story) -> None:
    await put(story)
    await story.until(on(3, 9))
    seen = await story.command("ana", "/boundary team show-mine")
    assert "With the summary of 2026-W48 the team would read" in shown(seen.message)
    assert (await story.team()).state.shown == ()
    said = shown((await story.press("ana", seen.message, "Show this with the summary")).message)
    assert "With the summary of 2026-W48 the team reads" in said
    assert "It will stand there when it is posted, this one time." in said
    ana = (await story.record("ana")).person.id
    assert (await story.team()).state.shown == (("2026-W48", ana),)
    assert "does not stand" in await story.says("ana", "/boundary team show-mine off")
    assert (await story.team()).state.shown == ()
    seen = await story.command("ana", "/boundary team show-mine 2026-W50")
    for _ in range(2):
        await story.press("ana", seen.message, "Show this with the summary")
    assert "the team reads" in await story.says("ana", "/boundary team show-mine 2026-W50")
    assert (await story.team()).state.shown == (("2026-W50", ana),)
    assert "does not stand" in await story.says("ana", "/boundary team show-mine 2026-W50 off")
    assert "Or leave it out" in await story.says("ana", "/boundary team show-mine soon")


async def test_a_lead_who_has_seen_their_line_may_leave_it_at_that(story: Story) -> None:
    await put(story)
    await story.until(on(3, 9))
    seen = await story.command("ana", "/boundary team show-mine")
    declined = await story.press("ana", seen.message, "Not this week")
    assert "does not stand" in shown(declined.message)
    assert "Ana" not in await posted_on_monday(story)
    seen = await story.press("ana", declined.message, "Show it after all…")
    await story.press("ana", seen.message, "Show this with the summary")
    assert "Ana kept" in story.posted()[0]


async def test_only_leads_show_a_line_and_only_their_own(story: Story) -> None:
    await put(story)
    assert "Only a lead of the team" in await story.says("maya", "/boundary team show-mine")
    for value in ("platform:2026-W48", "nobody:2026-W48", "platform:soon"):
        for act in (Act.SEE_MINE, Act.SHOW_MINE):
            pressed = await story.handle(Pressed(story.key(), account("maya"), act, value))
            assert "Only a lead" in shown(pressed.message)
    stale = await story.handle(Pressed(story.key(), account("ana"), Act.SHOW_MINE, "platform:soon"))
    assert "out of date" in shown(stale.message)
    assert (await story.team()).state.shown == ()


def _platform(tx: Tx) -> TeamRecord:
    found = tx.teams.get("platform")
    assert found is not None
    return found


def _with(tx: Tx, **state: Any) -> TeamRecord:
    record = _platform(tx)
    return replace(record, state=replace(record.state, **state))
