"""A team agrees on its norms: proposed in plain words, voted on in the channel, in force when it was said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.flows.teams.due import plan_team
from bot.messages.model import Message
from bot.records import Origin, ProposalState, TeamRecord
from bot.retention import purge
from rules import Team, parse_when
from tests.support.shown import button, buttons_of, fields_of, shown
from tests.support.story import MONDAY, Story
from tests.support.team_story import CORE, TUESDAY, core, team_of, versions, votes


async def test_an_accepted_change_holds_from_the_next_midnight_on_and_is_told_in_the_morning() -> None:
    story = await team_of("maya", "sam", "kenji", "ana")
    asked = await story.says("maya", CORE)
    assert "0 of 4 voted; 2 are needed." in asked
    await votes(story, yes=("sam", "kenji", "maya"))
    assert "Accepted: 3 yes and 0 no of 4 members" in story.posted()[1]
    assert "[Yes]" not in story.posted()[1]
    assert await core(story) == ""
    await story.until(TUESDAY)
    assert await core(story) == "mon-thu 13:00-15:00"
    assert len(story.posted()) == 2
    await story.until(TUESDAY.replace(hour=8))
    assert "version 2" in story.posted()[2]
    assert "3:0" in story.posted()[2]


async def test_the_ballot_in_the_channel_follows_every_vote_in_its_place_and_names_nobody() -> None:
    story = await team_of("maya", "sam", "kenji", "ana")
    await story.says("maya", CORE)
    ballot = story.standing()[1]
    said = shown((await story.press("sam", ballot, "Yes")).message)
    assert "You voted yes" in said
    assert len(story.posted()) == 2
    assert "1 of 4 voted" in story.posted()[1]
    assert "Sam" not in story.posted()[1]
    said = shown((await story.press("sam", story.standing()[1], "No")).message)
    assert "You voted no" in said
    assert "1 of 4 voted" in story.posted()[1]


async def test_a_tie_or_too_few_votes_change_nothing_and_its_proposer_hears_so() -> None:
    story = await team_of("maya", "sam", "kenji", "ana")
    await story.says("maya", CORE)
    await votes(story, yes=("maya",), no=("sam",))
    await story.until(MONDAY + timedelta(days=3))
    assert "Not accepted: 1 yes and 1 no" in story.posted()[1]
    assert "Not accepted" in story.read("maya")[-1]
    await story.says("maya", CORE)
    await votes(story, yes=("maya",))
    await story.until(MONDAY + timedelta(days=7))
    assert "1 of 4 voted; 2 were needed" in story.posted()[2]
    assert [each.number for each in await versions(story)] == [1]


async def test_those_who_have_not_voted_are_reminded_once_half_way() -> None:
    story = await team_of("maya", "ana")
    await story.says("maya", CORE)
    await votes(story, yes=("maya",))
    before = len(story.read("ana"))
    await story.until(MONDAY + timedelta(days=3, minutes=-1))
    told = story.read("ana")[before:]
    assert sum("you have not voted" in each for each in told) == 1
    assert not any("you have not voted" in each for each in story.read("maya"))
    reminder = next(each.message for each in story.saw("ana") if "not voted" in shown(each.message))
    await story.press("ana", reminder, "Yes")
    assert "Accepted" in story.posted()[1]


async def test_a_proposal_can_be_withdrawn_by_whoever_made_it_only() -> None:
    story = await team_of("maya", "sam")
    mine, asked = (await story.command("maya", CORE)).message, story.standing()[1]
    assert "Only whoever proposed it" in await story.says("sam", "/boundary team withdraw")
    await story.press("maya", mine, "Withdraw")
    assert "Withdrawn by whoever proposed it" in story.posted()[1]
    assert "has ended" in shown((await story.press("sam", asked, "Yes")).message)


async def test_a_stated_day_is_kept_and_now_means_at_once() -> None:
    story = await team_of("maya")
    await story.says("maya", f"{CORE} from now")
    await votes(story, yes=("maya",))
    assert await core(story) == "mon-thu 13:00-15:00"
    assert "version 2" in story.posted()[2]
    await story.says("maya", "/boundary team propose core mon-thu 10:00-11:00 from 2026-12-01")
    await votes(story, yes=("maya",))
    assert "From 1 Dec 00:00" in await story.says("maya", "/boundary team")
    await story.until(datetime(2026, 11, 30, 23, 59, tzinfo=UTC))
    assert await core(story) == "mon-thu 13:00-15:00"
    await story.until(datetime(2026, 12, 1, tzinfo=UTC))
    assert await core(story) == "mon-thu 10:00-11:00"


async def test_two_accepted_changes_of_one_norm_take_effect_one_after_the_other() -> None:
    story = await team_of("maya")
    await story.says("maya", f"{CORE} from 2026-12-02")
    story.clock.at += timedelta(minutes=1)
    await story.says("maya", "/boundary team propose core mon 10:00-11:00 from 2026-12-01")
    assert "Proposal 1 is about core hours, too" in story.posted()[-1]
    await votes(story, yes=("maya",), number="1")
    await votes(story, yes=("maya",), number="2")
    await story.until(datetime(2026, 12, 1, 12, tzinfo=UTC))
    assert await core(story) == "mon 10:00-11:00"
    await story.until(datetime(2026, 12, 2, 12, tzinfo=UTC))
    assert await core(story) == "mon-thu 13:00-15:00"
    assert [each.proposal == "" for each in await versions(story)] == [False, False, True]


async def test_the_same_change_accepted_twice_makes_one_version() -> None:
    story = await team_of("maya")
    await story.says("maya", CORE)
    story.clock.at += timedelta(minutes=1)
    await story.says("maya", CORE)
    await votes(story, yes=("maya",), number="1")
    await votes(story, yes=("maya",), number="2")
    await story.until(TUESDAY + timedelta(hours=12))
    assert [each.number for each in await versions(story)] == [2, 1]
    found = await story.store.read(lambda tx: tx.ballots.of("platform"))
    assert {each.state for each in found} == {ProposalState.IN_FORCE}


async def test_going_back_is_a_vote_of_its_own() -> None:
    story = await team_of("maya", "sam")
    await story.says("maya", f"{CORE} from now")
    await votes(story, yes=("maya", "sam"))
    changed = story.standing()[2]
    said = shown((await story.press("sam", changed, "Propose to go back")).message)
    assert "Core hours: mon-thu 13:00-15:00 → none" in said
    assert await core(story) == "mon-thu 13:00-15:00"
    await votes(story, yes=("maya", "sam"))
    await story.until(TUESDAY + timedelta(hours=9))
    assert await core(story) == ""
    told = await story.says("maya", "/boundary team history")
    assert "Version 3 · 2026-11-24 00:00 · Core hours: removed. Decided by vote, 2:0." in told


async def test_a_vote_that_ended_while_nothing_ran_is_closed_late_and_holds_from_the_midnight_after() -> None:
    story = await team_of("maya", "sam", "kenji")
    await story.says("maya", "/boundary team propose majority 70% from now")
    await votes(story, yes=("maya", "sam", "kenji"))
    await story.says("maya", CORE)
    await votes(story, yes=("maya", "sam"))
    assert "2 of 3 voted" in story.posted()[-1]
    later = MONDAY + timedelta(days=5)
    story.clock.at = later
    told = shown((await story.press("kenji", story.standing()[-1], "No")).message)
    assert "has ended" in told
    assert "Accepted: 2 yes and 0 no of 3 members" in told
    assert await core(story) == ""
    await story.until(later + timedelta(days=1))
    assert await core(story) == "mon-thu 13:00-15:00"
    assert (await versions(story))[0].effective_at == datetime(2026, 11, 29, tzinfo=UTC)


async def test_planning_twice_does_nothing_twice() -> None:
    story = await team_of("maya", "sam")
    await story.says("maya", f"{CORE} from now")
    await votes(story, yes=("maya", "sam"))
    before = len(story.chat.seen)
    for _ in range(3):
        record = await story.team()
        await story.store.write(lambda tx, record=record: plan_team(tx, record, story.clock.at))  # type: ignore[misc]
        await story.perform()
    assert len(story.chat.seen) == before
    assert [each.origin for each in await versions(story)] == [Origin.VOTE, Origin.FOUNDED]


async def test_a_form_proposes_only_what_was_changed_and_says_what_is_wrong_beside_its_field() -> None:
    story = await team_of("maya")
    await story.says("maya", f"{CORE} from now")
    await votes(story, yes=("maya",))
    form = (await story.command("maya", "/boundary team propose")).form
    assert form is not None
    assert "no_meetings" in fields_of(form)
    filled = {each.id: getattr(each, "value", "") for each in form.fields if hasattr(each, "id")}
    assert filled["core"] == "mon-thu 13:00-15:00"
    wrong = filled | {"core": "mon 29-30", "quorum": "200", "no_meetings": "fri"}
    errors = (await story.submit("maya", "propose", form.context, **wrong)).errors
    assert set(errors) == {"core", "quorum"}
    assert "For example" in errors["core"]
    assert 'For example: "60"' in errors["quorum"]
    right = filled | {"no_meetings": "fri", "from": "2026-12-01"}
    said = shown((await story.submit("maya", "propose", form.context, **right)).message)
    assert "No meetings: fri (new)" in said
    assert "Core hours" not in said
    nothing = (await story.submit("maya", "propose", form.context, **filled)).errors
    assert "Nothing is changed" in nothing["core"]


async def test_the_norms_are_read_again_on_the_agreed_day() -> None:
    story = await team_of("maya")
    await story.says("maya", "/boundary team propose review 2026-12-01 from now")
    await votes(story, yes=("maya",))
    await story.until(datetime(2026, 12, 1, 9, 1, tzinfo=UTC))
    due = story.standing()[-1]
    assert "due to be read again: 2026-12-01" in shown(due)
    said = shown((await story.press("maya", due, "Still right")).message)
    assert "Review date: 2026-12-01 → 2027-03-02" in said


def labels(message: Message | None) -> list[str]:
    return [each.label for each in buttons_of(message)]


async def test_the_proposer_may_withdraw_from_the_page_and_others_may_not() -> None:
    story = await team_of("maya", "sam")
    await story.says("maya", CORE)
    mine = (await story.command("maya", "/boundary team")).message
    theirs = (await story.command("sam", "/boundary team")).message
    assert "Withdraw" in labels(mine)
    assert "Withdraw" not in labels(theirs)
    assert button(theirs, "Yes").value == button(mine, "Yes").value


async def test_what_contradicts_another_norm_is_pointed_out_before_the_vote() -> None:
    story = await team_of("maya")
    await story.says("maya", "/boundary team propose shared focus wed 9-12 from now")
    await votes(story, yes=("maya",))
    noted = "Core hours and shared focus overlap on Wednesdays: focus holds then."
    await story.says("maya", "/boundary team propose core wed 10:00-13:00")
    assert noted in story.posted()[-1]
    assert noted in await story.says("maya", "/boundary team propose core wed 10:00-12:30", channel="C9")
    await story.says("maya", "/boundary team propose budget 4")
    assert noted not in story.posted()[-1]


async def test_what_cannot_be_read_proposes_nothing_and_shows_a_line_that_works() -> None:
    story = await team_of("maya")
    said = await story.says("maya", "/boundary team propose coer mon-thu 13-15")
    assert 'did you mean "core"?' in said
    assert "/boundary team propose core mon-thu 13:00-15:00" in said
    assert await story.store.read(lambda tx: tx.ballots.of("platform")) == []


async def test_proposals_made_at_the_same_instant_keep_their_numbers() -> None:
    story = await team_of("maya")
    for number in range(1, 5):
        said = await story.says("maya", f"/boundary team propose budget {number}")
        assert said.startswith(f"Proposal {number} ")
    assert "Say which proposal. Open: 1, 2, 3 and 4." in await story.says("maya", "/boundary team vote yes")


async def test_a_stated_day_that_passes_during_the_vote_means_once_it_is_decided() -> None:
    story = await team_of("maya", "ana", "sam")
    await story.says("maya", f"{CORE} from tuesday")
    await votes(story, yes=("maya",))
    await story.until(MONDAY + timedelta(days=2))
    await votes(story, yes=("ana",))
    assert await core(story) == "mon-thu 13:00-15:00"
    assert (await versions(story))[0].effective_at == MONDAY + timedelta(days=2)


async def test_a_team_from_before_votes_gets_a_first_version_to_go_back_to() -> None:
    story = Story()
    await story.enrol("maya")
    id = (await story.record("maya")).person.id
    team = Team("platform", "Europe/Lisbon", (id,), core=parse_when("mon 09:00-10:00"))
    await story.store.write(lambda tx: tx.teams.put(TeamRecord(team, next_at=MONDAY)))
    await story.sweep()
    assert "The norms as they were before votes" in (await versions(story))[0].label
    await story.says("maya", f"{CORE} from now")
    await votes(story, yes=("maya",))
    assert "→ mon 09:00-10:00" in await story.says("maya", "/boundary team undo")


async def test_reminders_of_votes_can_be_turned_off_from_the_reminder_itself() -> None:
    story = await team_of("maya", "ana")
    await story.says("maya", CORE)
    await story.until(MONDAY + timedelta(days=2))
    reminder = next(each.message for each in story.saw("ana") if "not voted" in shown(each.message))
    await story.press("ana", reminder, "No more reminders")
    before = len(story.saw("ana"))
    await story.says("maya", "/boundary team propose budget 4")
    await story.until(MONDAY + timedelta(days=4))
    assert not any("not voted" in shown(each.message) for each in story.saw("ana")[before:])
    assert "once, half way" in await story.says("ana", "/boundary unmute votes")
    assert "no longer remind" in await story.says("ana", "/boundary mute votes")


async def test_a_review_is_asked_for_once_even_after_the_record_of_asking_has_gone() -> None:
    story = await team_of("maya")
    await story.says("maya", "/boundary team propose review 2026-11-25 from now")
    await votes(story, yes=("maya",))
    await story.until(MONDAY + timedelta(days=40))
    asked = [each for each in story.posted() if "Are they still right?" in each]
    await purge(story.store, story.clock.at, 0)
    await story.says("maya", "/boundary team propose budget 5 from now")
    await story.perform()
    assert len(asked) == 1
    assert [each for each in story.posted() if "Are they still right?" in each] == asked
