"""What a team keeps quiet together: invited and left, lifted with a reason, broken through, and what the
ledger of exceptions tells whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.flows.teams import focus
from bot.inbound import Pressed
from bot.messages.actions import Act, FormId
from bot.messages.model import Message
from bot.ports import Tx
from bot.records import Override, Place, TeamRecord, TeamState
from rules import Interval, ReplyWithin, Team, WorkingTime, parse_when
from tests.support.shown import fields_of, shown
from tests.support.story import MONDAY, TEAMS, TENANT, Story, account
from tests.support.team_story import colleagues

NAMES = ("maya", "ana", "kenji", "sam", "lee")
WEDNESDAY = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
NOON = WEDNESDAY.replace(hour=12, minute=0)


async def put(story: Story, **changes: Any) -> Team:
    """The team of everybody, which talks in C1."""
    ids = tuple([(await story.record(name)).person.id for name in NAMES])
    team = Team(
        "platform",
        "Europe/Lisbon",
        ids,
        leads=(ids[1],),
        shared_focus=parse_when("wed 09:00-12:00"),
        reply_within=ReplyWithin(WorkingTime(minutes=240), WorkingTime(days=1), timedelta(minutes=30)),
        name="Platform",
    )
    team = replace(team, **changes)
    places = (Place(TENANT, "C1"),)
    await story.store.write(lambda tx: tx.teams.put(TeamRecord(team, TeamState(1, places))))
    return team


async def get(story: Story) -> TeamRecord:
    found = await story.store.read(lambda tx: tx.teams.get("platform"))
    assert found is not None
    return found


@pytest.fixture
async def story() -> Story:
    """A Wednesday at 09:30 in Lisbon, in shared focus; everybody is enrolled, in Lisbon."""
    story = await colleagues(*NAMES)
    await put(story)
    await story.until(WEDNESDAY)
    story.chat.seen.clear()
    return story


def _found(tx: Tx) -> TeamRecord:
    found = tx.teams.get("platform")
    assert found is not None
    return found


async def ledger(story: Story) -> list[Any]:
    return (await story.store.read(lambda tx: tx.ledger.of("platform", MONDAY)))[::-1]


def posts(story: Story, how: str = "announce") -> list[Message]:
    return [each.message for each in story.chat.seen if each.how == how]


# The invitation ---------------------------------------------------------------------------------------


async def took_effect(story: Story, before: Team | None, **changes: Any) -> Team:
    after = await put(story, **changes)
    await story.store.write(lambda tx: focus.invite(tx, before, after, 2, story.clock.at))
    await story.store.write(lambda tx: focus.invite(tx, before, after, 2, story.clock.at))
    await story.until(NOON + timedelta(minutes=1))
    return after


async def test_new_shared_focus_invites_each_member_once_with_the_way_out(story: Story) -> None:
    before = (await get(story)).team
    await took_effect(story, before, shared_focus=parse_when("wed 09:00-12:00; fri 09:00-11:00"))
    said = [text for text in story.read("maya") if "agreed on" in text]
    assert len(said) == 1
    assert "Platform agreed on shared focus: wed 09:00-12:00; fri 09:00-11:00." in said[0]
    assert "Shared focus holds for you from Fri 09:00 on, unless you opt out" in said[0]
    assert "[Without me]" in said[0]


async def test_a_version_without_anything_new_invites_nobody(story: Story) -> None:
    before = (await get(story)).team
    await took_effect(story, before, urgent_budget=3)
    assert not any("agreed on" in text for name in NAMES for text in story.read(name))


async def test_an_invitation_points_out_what_of_ones_own_is_at_the_same_time(story: Story) -> None:
    await story.says("maya", "/boundary break weekdays 11:00-11:45 lunch")
    await story.says("maya", "/quiet mon 09:00-10:00 school run")
    await took_effect(story, None)
    said = next(text for text in story.read("maya") if "agreed on" in text)
    assert "lunch (break, weekdays 11:00-11:45): shared focus goes first." in said
    assert "school run" not in said


async def test_time_without_meetings_is_told_and_left_out_of_when(story: Story) -> None:
    before = (await get(story)).team
    await took_effect(story, before, no_meetings=parse_when("wed-fri 09:00-18:00"))
    said = next(text for text in story.read("maya") if "agreed on" in text)
    assert said.startswith("Platform agreed on time without meetings: wed-fri 09:00-18:00.")
    assert "hared focus" not in said
    assert "Mon 09:00" in await story.says("maya", "/boundary when @ana")


async def test_opting_out_frees_the_person_undo_takes_it_back_and_the_ledger_counts_it(story: Story) -> None:
    assert "Focus until 12:00" in await story.says("maya", "/boundary today")
    shown_now = await story.command("maya", "/boundary team focus")
    assert "Platform keeps shared focus: wed 09:00-12:00." in shown(shown_now.message)
    left = await story.press("maya", shown_now.message, "Without me")
    assert left.replace
    assert "Available until 18:00" in await story.says("maya", "/boundary today")
    await story.press("maya", left.message, "Undo")
    assert "Focus until 12:00" in await story.says("maya", "/boundary today")
    assert [(each.kind, each.reason) for each in await ledger(story)] == [(Override.OPTED_OUT, "")]


async def test_home_shows_what_the_team_keeps_quiet_with_the_way_out(story: Story) -> None:
    home = await story.opens_home("maya")
    assert "Platform · shared focus wed 09:00-12:00 [Without me]" in shown(home)
    await story.press("maya", home, "Without me", surface="home")
    again = story.last("maya", "home")
    assert "Platform · shared focus wed 09:00-12:00 · without you [With me again]" in shown(again)


async def test_coming_back_is_one_word(story: Story) -> None:
    await story.says("maya", "/boundary team focus off I am on call")
    assert (await ledger(story))[0].reason == "I am on call"
    assert "You opted out already" in await story.says("maya", "/boundary team focus off")
    assert "You take no part: you opted out." in await story.says("maya", "/boundary team focus")
    assert "With you again" in await story.says("maya", "/boundary team focus on")
    assert (await story.record("maya")).person.opt_out == ()


# Lifting ----------------------------------------------------------------------------------------------


async def test_lifting_a_stretch_frees_everybody_and_says_who_and_why(story: Story) -> None:
    said = await story.says("ana", "/boundary team lift today 10:00-11:00 incident review")
    assert said.startswith("Lifted between 10:00 and 11:00: shared focus of Platform.")
    assert (await get(story)).team.lifted == (
        Interval(WEDNESDAY + timedelta(minutes=30), WEDNESDAY + timedelta(minutes=90)),
    )
    [post] = posts(story)
    assert shown(post).startswith(
        "Ana lifted shared focus of Platform between 10:00 and 11:00: incident review"
    )
    assert "[Fair] [Could have waited]" in shown(post)
    page = await story.says("maya", "/boundary team focus")
    assert "Lifted between 10:00 and 11:00: /boundary team ledger says why." in page
    await story.until(WEDNESDAY + timedelta(minutes=45))
    assert "Available until 11:00" in await story.says("maya", "/boundary today")
    await story.until(WEDNESDAY + timedelta(minutes=95))
    assert "Focus until 12:00" in await story.says("maya", "/boundary today")


async def test_what_waits_is_delivered_in_a_lifted_stretch(story: Story) -> None:
    await story.says("ana", "/later @maya one question")
    await story.says("ana", "/boundary team lift until 11:00 we all need to talk")
    await story.until(WEDNESDAY + timedelta(minutes=16))
    assert any("one question" in text for text in story.read("maya"))


async def test_a_lifted_stretch_is_dropped_once_it_is_over(story: Story) -> None:
    await story.says("ana", "/boundary team lift today 10:00-11:00 incident review")
    due = await story.store.read(lambda tx: tx.teams.next_at())
    assert due == WEDNESDAY.replace(hour=11, minute=0)
    await story.until(WEDNESDAY.replace(hour=11, minute=1))
    assert (await get(story)).team.lifted == ()


async def test_looking_back_a_lifted_stretch_was_lifted(story: Story) -> None:
    await story.says("maya", "/focus wed 16:00-17:00 deep work")
    await story.says("ana", "/boundary team lift today 10:00-11:00 incident review")
    await story.until(WEDNESDAY.replace(hour=17, minute=51))
    assert "10:00 start-of-day" in await story.says("maya", "/boundary rituals")
    assert "11:00-12:00 Focus (shared focus of Platform)" in await story.says("maya", "/boundary today")
    week = await story.says("maya", "/boundary week")
    assert "Focus: 3 h kept of the 4 h you planned. Your team lifted 1 h of it." in week
    await story.until(WEDNESDAY + timedelta(days=7))
    later = await story.says("maya", "/boundary week")
    assert "Focus: 30 min kept of the 30 min you planned." in later


async def test_a_lift_that_was_taken_back_held_until_then(story: Story) -> None:
    reply = await story.command("ana", "/boundary team lift today 09:40-11:00 incident review")
    await story.until(WEDNESDAY.replace(minute=50))
    await story.press("ana", reply.message, "Take back")
    never = await story.command("ana", "/boundary team lift today 11:00-11:30 incident review")
    await story.press("ana", never.message, "Take back")
    await story.until(WEDNESDAY.replace(hour=17))
    week = await story.says("maya", "/boundary week")
    assert "Focus: 2 h 50 kept of the 3 h you planned. Your team lifted 10 min of it." in week


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("today 14:00-15:00 demo", "no shared focus or time without meetings between 14:00 and 15:00"),
        ("today 10:00-11:00", "Say why, too"),
        ("today 07:00-08:00 demo", "over already"),
        ("2027-03-03 09:00-10:00 demo", "more than 31 days away"),
        ("today 9:00-10:00, 11:00-12:00 demo", "One stretch at a time"),
        ("someday", 'At "someday"'),
        ("wed", "At the end: add the times."),
        ("fri 10:00-11:00 demo", "Next: 09:00 to 12:00, 2 Dec 09:00 to 12:00 and 9 Dec 09:00 to 12:00."),
        ("2026-13-40 09:00-10:00 demo", "not a date"),
    ],
)
async def test_lifting_says_what_is_wrong_with_an_example(story: Story, text: str, words: str) -> None:
    assert words in await story.says("ana", f"/boundary team lift {text}")
    assert (await get(story)).team.lifted == ()
    assert await ledger(story) == []


async def test_lifting_keeps_to_what_the_team_keeps_quiet(story: Story) -> None:
    said = await story.says("ana", "/boundary team lift today 11:30-14:00 incident")
    assert "Lifted between 11:30 and 12:00" in said
    assert "lifted already" in await story.says("kenji", "/boundary team lift today 11:40-12:00 me too")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("30m quick sync", "Lifted between 09:30 and 10:00"),
        ("until 10:15 quick sync", "Lifted between 09:30 and 10:15"),
        ("today until 10:15 quick sync", "Lifted between 09:30 and 10:15"),
        ("10-11 quick sync", "Lifted between 10:00 and 11:00"),
        ("wed 9am-10am quick sync", "Lifted between 09:30 and 10:00"),
        ("next: 10-11 quick sync", 'At "next:"'),
    ],
)
async def test_a_stretch_can_be_said_in_many_ways(story: Story, text: str, words: str) -> None:
    assert words in await story.says("ana", f"/boundary team lift {text}")


async def test_lifting_next_week_is_told_at_once(story: Story) -> None:
    said = await story.says("ana", "/boundary team lift 2026-12-02 10:00-11:00 release")
    assert "2 Dec 10:00" in said
    assert len(posts(story)) == 1


async def test_the_form_lifts_too_and_says_what_is_wrong_beside_its_field(story: Story) -> None:
    opened = await story.command("ana", "/boundary team lift")
    assert fields_of(opened.form) == ["when", "reason"]
    wrong = await story.submit("ana", FormId.LIFT, "platform", when="today 15-16", reason="x")
    assert list(wrong.errors) == ["when"]
    assert list((await story.submit("ana", FormId.LIFT, "platform", when="today 10-11")).errors) == ["reason"]
    done = await story.submit("ana", FormId.LIFT, "platform", when="today 10-11", reason="incident")
    assert "Lifted between 10:00 and 11:00" in shown(done.message)


async def test_only_the_lifter_takes_it_back_and_the_post_says_so(story: Story) -> None:
    reply = await story.command("ana", "/boundary team lift today 10:00-11:00 incident review")
    entry = (await ledger(story))[0]
    other = await story.handle(Pressed(story.key(), account("maya"), Act.LIFT_BACK, entry.id))
    assert "Only whoever lifted it" in shown(other.message)
    back = await story.press("ana", reply.message, "Take back")
    assert back.replace
    assert (await get(story)).team.lifted == ()
    [again] = posts(story, "revise")
    assert shown(again) == "Ana took it back: shared focus of Platform holds again."
    assert "over already" in shown((await story.press("ana", reply.message, "Take back")).message)
    assert "You lifted a stretch and took it back" in await story.says("ana", "/boundary team ledger")


async def test_a_team_without_a_channel_hears_of_it_in_private(story: Story) -> None:
    await story.store.write(lambda tx: tx.teams.put(replace(_found(tx), state=TeamState(1))))
    await story.says("kenji", "/boundary team focus off")
    reply = await story.command("ana", "/boundary team lift until 11:00 incident review")
    assert "incident review" in story.read("maya")[-1]
    assert story.read("ana") == story.read("kenji") == []
    await story.press("ana", reply.message, "Take back")
    await story.until(NOON + timedelta(minutes=1))
    assert "took it back" not in "".join(story.read("maya"))  # it was over before she could be told
    reply = await story.command("ana", "/boundary team lift 2026-12-02 10:00-11:00 release")
    await story.press("ana", reply.message, "Take back")
    assert "release" in story.read("maya")[-2]
    assert story.read("maya")[-1] == "Ana took it back: shared focus of Platform holds again."
    assert story.read("ana") == story.read("kenji") == []


async def test_the_lifter_finds_the_way_back_in_the_ledger_and_by_word(story: Story) -> None:
    await story.says("ana", "/boundary team lift 10-10:30 first")
    story.clock.at += timedelta(minutes=1)
    await story.says("ana", "/boundary team lift 11-11:30 second")
    assert "second" not in await story.says("ana", "/boundary team lift off")
    assert [each.start.hour for each in (await get(story)).team.lifted] == [10]
    page = (await story.command("ana", "/boundary team ledger")).message
    assert "Take back the one" not in await story.says("maya", "/boundary team ledger")
    await story.press("ana", page, "Take back the one between 10:00 and 10:30")
    assert (await get(story)).team.lifted == ()
    assert "Nothing that you lifted" in await story.says("ana", "/boundary team lift off")


async def test_members_say_whether_it_was_fair_and_may_change_their_word(story: Story) -> None:
    await story.says("ana", "/boundary team lift today 10:00-11:00 incident review")
    [post] = posts(story)
    said = await story.press("maya", post, "Fair")
    assert not said.replace
    assert "Noted: fair. It is shown to nobody" in shown(said.message)
    await story.press("maya", post, "Could have waited")
    maya = (await story.record("maya")).person.id
    assert (await ledger(story))[0].verdicts == ((maya, False),)
    assert "the others say whether" in shown((await story.press("ana", post, "Fair")).message)
    await story.enrol("zoe")
    assert "Only members" in shown((await story.press("zoe", post, "Fair")).message)


async def test_whoever_is_no_member_lifts_nothing(story: Story) -> None:
    await story.enrol("zoe")
    assert "Only members of" in await story.says("zoe", "/boundary team lift until 11:00 please")
    pressed = await story.handle(Pressed(story.key(), account("zoe"), Act.LIFT, "platform"))
    assert pressed.form is None
    sent = await story.submit("zoe", FormId.LIFT, "platform", when="until 11:00", reason="please")
    assert "Only members" in shown(sent.message)


# Breaking through, and the ledger -----------------------------------------------------------------------


async def broken_through(story: Story, by: str = "ana") -> None:
    await story.says(by, "/later @maya the shop is down")
    held = (await story.holds(by))[-1]
    await story.submit(by, "urgent", held.id, reason="broken", words="shop", sure="yes")


async def test_a_ping_that_breaks_through_is_noted_with_its_reason_and_the_word_on_it(story: Story) -> None:
    await broken_through(story)
    held = (await story.holds("ana"))[-1]
    assert held.broke_for == "broken"
    assert held.reply_by == WEDNESDAY + timedelta(minutes=30)
    [entry] = await ledger(story)
    assert (entry.kind, entry.reason, entry.end) == (Override.BROKE_THROUGH, "broken: shop", NOON)
    await story.press("maya", story.last("maya"), "Could have waited")
    assert [fair for _, fair in (await ledger(story))[0].verdicts] == [False]


async def test_what_would_have_passed_anyway_breaks_nothing(story: Story) -> None:
    await story.until(NOON + timedelta(hours=1))
    await story.says("maya", "/focus 30m")
    await story.says("ana", "/later @maya the shop is down")
    held = (await story.holds("ana"))[-1]
    await story.until(NOON + timedelta(hours=2))
    await story.submit("ana", "urgent", held.id, reason="broken", words="shop", sure="yes")
    assert (await story.holds("ana"))[-1].broke_for == ""
    assert await ledger(story) == []


async def test_an_urgent_message_that_comes_with_a_digest_while_others_wait_breaks_through(
    story: Story,
) -> None:
    await story.says("maya", "/boundary style separator")
    await story.says("maya", "/quiet wed 09:00-11:00 nobody")
    await broken_through(story)
    assert (await story.holds("ana"))[-1].broke_for == ""
    await story.until(WEDNESDAY.replace(hour=11, minute=1))
    assert (await story.holds("ana"))[-1].broke_for == "broken"
    said = story.last("maya")
    assert "Ana said it cannot wait, so it comes before the rest." in shown(said)
    assert "Noted: fair" in shown((await story.press("maya", said, "Fair")).message)


async def test_the_ledger_names_what_reached_the_reader_and_counts_the_rest(story: Story) -> None:
    await broken_through(story)
    await story.says("kenji", "/boundary team focus off care")
    await story.says("lee", "/boundary team lift today 11:00-12:00 release")
    said = await story.says("maya", "/boundary team ledger")
    assert "Ana broke through: Something is broken for customers: shop" in said
    assert "Lee lifted it between 11:00 and 12:00: release" in said
    assert "Of others, until the end of last week: none." in said
    assert "Kenji" not in said
    said = await story.says("sam", "/boundary team ledger")
    assert "Ana" not in said
    assert "Of others, until the end of last week: none." in said
    story.clock.at += timedelta(days=5)
    said = await story.says("sam", "/boundary team ledger")
    assert "Of others, until the end of last week: 1 broke through." in said
    assert "You opted out: care" in await story.says("kenji", "/boundary team ledger")


async def test_whoever_lifts_in_another_zone_reads_the_teams_time_too(story: Story) -> None:
    await story.says("kenji", "/boundary zone Asia/Tokyo")
    said = await story.says("kenji", "/boundary team lift today 18:40-20:00 customer call")
    times = "between 18:40 and 20:00 your time, between 09:40 and 11:00 in Europe/Lisbon: shared focus"
    assert times in said
    assert "Europe/Lisbon" not in await story.says("ana", "/boundary team lift today 11:00-11:30 release")


@pytest.mark.parametrize("back", ["/boundary team focus on", "/boundary undo"])
async def test_whoever_came_back_is_no_longer_counted_as_out(story: Story, back: str) -> None:
    await story.enrol("kim")
    await story.says("kim", "/boundary team join platform")
    for name in ("kim", "ana", "lee", "maya"):
        await story.says(name, "/boundary team focus off care")
    assert "opted out" not in await story.says("sam", "/boundary team ledger")
    await story.says("kenji", "/boundary team focus off care")
    assert "at least 5 opted out." in await story.says("sam", "/boundary team ledger")
    await story.says("kenji", back)
    assert "opted out" not in await story.says("sam", "/boundary team ledger")
    assert "You opted out and came back: care" in await story.says("kenji", "/boundary team ledger")
    await story.says("kenji", "/boundary team focus off")
    assert "at least 5 opted out." in await story.says("sam", "/boundary team ledger")


async def test_a_small_team_counts_nothing(story: Story) -> None:
    await story.says("kenji", "/boundary team focus off care")
    await put(story, figures_from=6)
    said = await story.says("maya", "/boundary team ledger")
    assert "Those of others are not counted here: with fewer than 6 people" in said
    assert "opted out" not in said


async def test_the_ledger_looks_back_four_weeks(story: Story) -> None:
    await story.says("ana", "/boundary team lift today 10:00-11:00 incident review")
    story.clock.at += timedelta(weeks=4, hours=1)
    assert "None that you made" in await story.says("maya", "/boundary team ledger")


# On both platforms --------------------------------------------------------------------------------------


async def test_a_team_on_two_platforms_is_told_on_both(story: Story) -> None:
    await story.enrol("zoe@teams")
    zoe = (await story.record("zoe@teams")).person.id
    team = (await get(story)).team
    both = TeamState(1, (Place(TENANT, "C1"), Place(TEAMS, "19:crew")))
    joined = replace(team, members=(*team.members, zoe))
    await story.store.write(lambda tx: tx.teams.put(TeamRecord(joined, both)))
    await story.says("zoe@teams", "/boundary team lift until 11:00 incident review")
    said = story.posted("19:crew", TEAMS)
    assert said == story.posted("C1")
    assert said[0].startswith("Zoe lifted shared focus of Platform between 09:30 and 11:00: incident review")
    assert "Times are in Europe/Lisbon." in said[0]
    fair = await story.press("maya", story.standing("C1")[0], "Fair")
    assert "Noted: fair" in shown(fair.message)
    await story.says("zoe@teams", "/boundary team focus off")
    assert "You lifted it" in await story.says("zoe@teams", "/boundary team ledger")
    assert "Zoe lifted it" in await story.says("maya", "/boundary team ledger")


async def test_a_lifted_stretch_ends_status_and_pause_and_both_come_back() -> None:
    fresh = Story(now=MONDAY, connect=True)
    for name in NAMES:
        await fresh.enrol(name)
        await fresh.says(name, "/boundary zone Europe/Lisbon")
        await fresh.says(name, "/boundary hours none")
    await fresh.connects("maya")
    await put(fresh)
    await fresh.says("maya", "/boundary mute rituals")
    await fresh.until(WEDNESDAY)
    maya = account("maya")
    assert fresh.chat.statuses[maya].text == "Focusing, back at 12:00, replies by Thu 12:00"
    assert fresh.chat.snoozes[maya] == NOON
    await fresh.says("ana", "/boundary team lift until 11:00 incident review")
    assert fresh.chat.statuses[maya].text == ""
    assert maya not in fresh.chat.snoozes
    await fresh.until(WEDNESDAY.replace(hour=11, minute=1))
    assert fresh.chat.statuses[maya].text == "Focusing, back at 12:00, replies by Thu 12:00"
    assert fresh.chat.snoozes[maya] == NOON


MINE = (Act.FOCUS_OUT, Act.FOCUS_IN, Act.LIFT, Act.LIFT_BACK, Act.OVERRIDE_FAIR, Act.OVERRIDE_WAITED)


@pytest.mark.parametrize("name", ["zoe", "nobody", "zoe@teams"])
async def test_whoever_is_no_member_changes_and_learns_nothing(story: Story, name: str) -> None:
    if name != "nobody":
        await story.enrol(name)
    await story.says("ana", "/boundary team lift 10-11 incident review")
    before = await get(story), await ledger(story)
    told = []
    for value in ("platform", before[1][0].id):
        for act in MINE:
            reply = await story.handle(Pressed(story.key(), account(name), act, value))
            assert reply.form is None
            told.append(shown(reply.message))
        sent = await story.submit(name, FormId.LIFT, value, when="30m", reason="please")
        told.append(shown(sent.message))
    told.append(await story.says(name, "/boundary team platform ledger"))
    assert (await get(story), await ledger(story)) == before
    assert not any("incident review" in each for each in told)
