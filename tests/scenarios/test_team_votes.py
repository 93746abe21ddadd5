"""A team agrees on its norms: proposed in plain words, voted on in the channel, in force when it was said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.flows.teams.due import plan_team
from bot.messages.model import Message
from bot.ports import Tx
from bot.records import AccountRecord, Origin, ProposalState, TeamRecord, TeamVersion
from rules import Team, format_when, parse_when
from tests.support.shown import button, buttons_of, fields_of, shown
from tests.support.story import MONDAY, TEAMS, Story, account, profile

CORE = "/boundary team propose core mon-thu 13:00-15:00"
TUESDAY = datetime(2026, 11, 24, tzinfo=UTC)


async def team_of(*people: str) -> Story:
    """A team called Platform in the channel C1, founded by the first of these."""
    story = Story()
    await story.enrol(*people)
    await story.says(people[0], "/boundary team new Platform")
    for person in people[1:]:
        await story.says(person, "/boundary team join platform")
    return story


async def versions(story: Story) -> list[TeamVersion]:
    return await story.store.read(lambda tx: tx.teams.versions("platform"))


async def core(story: Story) -> str:
    found = (await story.team()).team.core
    return format_when(found) if found else ""


async def votes(story: Story, yes: tuple[str, ...] = (), no: tuple[str, ...] = (), number: str = "") -> None:
    for person in yes:
        await story.says(person, f"/boundary team vote yes {number}")
    for person in no:
        await story.says(person, f"/boundary team vote no {number}")


async def test_a_channel_without_a_team_says_how_to_start_one() -> None:
    story = Story()
    await story.enrol("maya")
    assert "/boundary team new Platform" in await story.says("maya", "/boundary team")


async def test_a_new_team_says_where_to_start_and_posts_how_to_join() -> None:
    story = await team_of("maya")
    page = await story.says("maya", "/boundary team")
    assert "Nothing is agreed yet" in page
    assert "[Templates]" in page
    [founded] = story.posted()
    assert "Maya has founded the team Platform" in founded
    await story.enrol("sam")
    await story.press("sam", story.standing()[0], "Join")
    record = await story.team()
    assert len(record.team.members) == 2
    assert [at for _, at in record.state.joined] == [MONDAY, MONDAY]


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


async def test_only_those_vote_who_were_members_when_it_was_proposed() -> None:
    story = await team_of("maya", "sam")
    await story.enrol("kenji", "ana")
    await story.says("maya", CORE)
    await story.says("kenji", "/boundary team join")
    late = await story.says("kenji", "/boundary team vote yes")
    assert "came to the team after this was proposed" in late
    assert "Only members of the team vote" in await story.says("ana", "/boundary team vote yes")
    assert "0 of 2 voted" in story.posted()[1]


async def test_somebody_of_another_organisation_learns_nothing_of_the_vote() -> None:
    story = await team_of("maya", "sam")
    await story.says("maya", CORE)
    ballot = story.standing()[1]
    await story.enrol("lee@teams")
    told = shown((await story.press("lee@teams", ballot, "Yes")).message)
    assert "gone" in told
    assert "13:00" not in told
    assert "This channel has no team" in await story.says("lee@teams", "/boundary team")
    assert "I know no team" in await story.says("lee@teams", "/boundary team join platform")


async def test_a_guest_neither_sees_nor_votes() -> None:
    story = await team_of("maya", "sam")
    await story.says("maya", CORE)
    guest = replace(profile("ana"), is_guest=True)
    said = await story.says("ana", "/boundary team", guest)
    assert "core" not in said.lower()
    pressed = await story.press("ana", story.standing()[1], "Yes")
    assert "13:00" not in shown(pressed.message)
    assert "0 of 2 voted" in story.posted()[1]


async def test_who_leaves_a_team_is_no_longer_counted() -> None:
    story = await team_of("maya", "sam", "kenji", "ana")
    await story.says("maya", CORE)
    await votes(story, yes=("maya",))
    for person in ("sam", "kenji"):
        await story.says(person, "/boundary team leave")
    assert "1 of 2 voted; more than half" in story.posted()[1]
    await story.says("ana", "/boundary team leave")
    assert "Accepted: 1 yes and 0 no of 1 member" in story.posted()[1]


async def test_a_proposal_can_be_withdrawn_by_whoever_made_it_only() -> None:
    story = await team_of("maya", "sam")
    mine = (await story.command("maya", CORE)).message
    assert "Only whoever proposed it" in await story.says("sam", "/boundary team withdraw")
    await story.press("maya", mine, "Withdraw")
    assert "Withdrawn by whoever proposed it" in story.posted()[1]
    assert "has ended" in shown((await story.press("sam", mine, "Yes")).message)


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
    noted = await story.says("maya", "/boundary team propose core mon 10:00-11:00 from 2026-12-01")
    assert "Proposal 1 is about core hours, too" in noted
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


async def test_where_outsiders_read_along_each_member_hears_in_private() -> None:
    story = await team_of("maya", "ana")
    story.chat.outsiders.add("C1")
    await story.says("maya", CORE)
    assert len(story.posted()) == 1
    assert "Proposal 1 for Platform" in story.read("ana")[-1]
    await story.press("ana", story.last("ana"), "Yes")
    await votes(story, yes=("maya",))
    await story.until(TUESDAY + timedelta(hours=15))
    assert any("version 2" in each for each in story.read("ana"))
    assert len(story.posted()) == 1


async def test_a_team_on_both_platforms_votes_in_both_channels() -> None:
    story = await team_of("maya")
    await story.enrol("ana@teams")
    await story.link("maya", "maya@teams")
    await story.says("maya@teams", "/boundary team here", channel="19:crew")
    await story.says("ana@teams", "/boundary team join", channel="19:crew")
    await story.says("maya", CORE)
    [there] = story.standing("19:crew", TEAMS)
    await story.press("ana@teams", there, "Yes")
    assert "1 of 2 voted" in story.posted()[-1]
    assert "1 of 2 voted" in story.posted("19:crew", TEAMS)[0]
    await story.press("maya@teams", story.standing("19:crew", TEAMS)[0], "Yes")
    assert "Accepted: 2 yes" in story.posted()[-1]


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
    assert "Read again by: 2026-12-01 → 2027-03-02" in said


async def test_members_are_planned_anew_when_shared_focus_takes_effect() -> None:
    story = await team_of("maya", "sam")
    await story.says("maya", "/boundary team propose shared focus mon 11:00-12:00 from now")
    await votes(story, yes=("maya", "sam"))
    await story.until(MONDAY.replace(hour=11, minute=1))
    await story.mentions("sam", "maya")
    [hold] = await story.holds("sam")
    assert hold.release_at is not None
    assert hold.release_at >= MONDAY.replace(hour=12, minute=0)


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


async def test_whom_the_team_asks_is_named_to_members_while_somebody_is_on_leave() -> None:
    story = await team_of("maya", "sam", "ana")
    await story.enrol("lee")
    await story.says("maya", "/boundary team propose ask @ana on leave from now")
    await votes(story, yes=("maya", "sam", "ana"))
    assert "While somebody is on leave, ask: Ana" in await story.says("maya", "/boundary team")
    await story.says("maya", "/boundary leave 2026-11-23..2026-11-27")
    asked = await story.says("sam", "/later @maya Could you look at this?")
    assert "Your team agreed whom to ask until then: Ana." in asked
    assert "Ana" not in await story.says("ana", "/later @maya And at this?")
    assert "Ana" not in await story.says("lee", "/later @maya Hello")


async def test_a_ballot_in_the_own_chat_shows_at_once_how_it_stands() -> None:
    story = await team_of("ana", "maya", "sam")
    story.chat.outsiders.add("C1")
    await story.says("ana", CORE)
    ballot = story.last("maya")
    await story.store.write(lambda tx: tx.accounts.put(replace(_known(tx, "maya"), dm="D1")))
    reply = await story.press("maya", ballot, "Yes", channel="D1")
    assert reply.replace
    assert "1 of 3 voted" in shown(reply.message)
    assert "[Yes] [No]" in shown(reply.message)
    reply = await story.press("sam", ballot, "Yes", channel="C1")
    assert not reply.replace


def _known(tx: Tx, name: str) -> AccountRecord:
    found = tx.accounts.get(account(name))
    assert found is not None
    return found


async def test_a_name_that_is_a_word_of_ours_gets_another_id() -> None:
    story = Story()
    await story.enrol("maya")
    await story.says("maya", "/boundary team new History")
    assert (await story.team("history-2")).team.name == "History"
    assert "The norms of History" in await story.says("maya", "/boundary team history-2")


async def test_what_contradicts_another_norm_is_pointed_out_before_the_vote() -> None:
    story = await team_of("maya")
    await story.says("maya", "/boundary team propose shared focus wed 9-12 from now")
    await votes(story, yes=("maya",))
    noted = "Core hours and shared focus overlap on Wednesdays: focus holds then."
    assert noted in await story.says("maya", "/boundary team propose core wed 10:00-13:00")
    assert noted in story.posted()[-1]
    assert noted not in await story.says("maya", "/boundary team propose budget 4")


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


async def test_help_lists_the_words_of_a_team() -> None:
    story = await team_of("maya")
    assert "/boundary team vote yes" in await story.says("maya", "/boundary team help")
    assert "/boundary team here [off]" in await story.says("maya", "/boundary team help here")


async def test_an_account_elsewhere_of_one_member_opens_the_team_to_nobody_there() -> None:
    story = await team_of("maya", "sam")
    await story.enrol("lee@teams")
    await story.link("maya", "maya@teams")
    assert "I know no team" in await story.says("lee@teams", "/boundary team join platform")
    await story.says("maya", "/boundary team here off")
    assert "I know no team" in await story.says("lee@teams", "/boundary team join platform")
    assert "The norms of Platform" in await story.says("maya@teams", "/boundary team")


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
