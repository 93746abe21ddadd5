"""Who is in a team, who may see it and vote, and where it talks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.messages.actions import Act
from bot.ports import Tx
from bot.records import AccountRecord
from tests.support.shown import buttons_of, shown
from tests.support.story import MONDAY, TEAMS, Story, account, profile
from tests.support.team_story import CORE, TUESDAY, team_of, versions, votes


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


async def test_only_those_vote_who_were_members_when_it_was_proposed() -> None:
    story = await team_of("maya", "sam")
    await story.enrol("kenji", "ana")
    await story.says("maya", CORE)
    await story.says("kenji", "/boundary team join")
    late = await story.says("kenji", "/boundary team vote yes")
    assert "came to the team after this was proposed" in late
    assert "Only members of the team vote" in await story.says("ana", "/boundary team vote yes")
    assert "0 of 2 voted" in story.posted()[1]


async def test_a_team_is_joined_by_its_name_from_elsewhere() -> None:
    story = await team_of("maya")
    await story.enrol("sam")
    await story.says("maya", "/boundary team new Everyone", channel="C2")
    await story.says("maya", "/boundary team new Product Design", channel="C3")
    assert "You are in Everyone from now on" in await story.says("sam", "/boundary team join Everyone")
    assert "You are in Product Design" in await story.says("sam", "/boundary team join product design")
    which = await story.says("maya", "/boundary team vote", channel="C5")
    assert "everyone-2 (Everyone), platform (Platform) and product-design (Product Design)" in which
    assert which.endswith("For example: /boundary team everyone-2 vote")
    await story.says("maya", "/boundary team new Everyone", channel="C4")
    await story.enrol("ana")
    assert "I know no team" in await story.says("ana", "/boundary team join everyone")


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


async def test_a_founder_hears_that_nothing_can_be_posted_and_why() -> None:
    story = Story()
    await story.enrol("maya", "sam")
    story.chat.away.add("C1")
    story.chat.outsiders.add("C2")
    await story.says("maya", "/boundary team new Platform")
    assert "I could not post in the channel of Platform: I am not in it" in story.read("maya")[-1]
    assert "Add me to it" in story.read("maya")[-1]
    assert "only if I have been added" in await story.says("sam", "/boundary team new Web", channel="C2")
    await story.until(MONDAY.replace(hour=15))  # in Sam's hours
    assert "I post nothing of Web in its channel: people from outside read along" in story.read("sam")[0]


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


async def test_members_are_planned_anew_when_shared_focus_takes_effect() -> None:
    story = await team_of("maya", "sam")
    await story.says("maya", "/boundary team propose shared focus mon 11:00-12:00 from now")
    await votes(story, yes=("maya", "sam"))
    await story.until(MONDAY.replace(hour=11, minute=1))
    await story.mentions("sam", "maya")
    [hold] = await story.holds("sam")
    assert hold.release_at is not None
    assert hold.release_at >= MONDAY.replace(hour=12, minute=0)


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


async def test_who_leaves_after_the_vote_has_been_decided_stays_counted() -> None:
    story = await team_of("maya", "sam", "ana")
    await story.says("maya", CORE)
    await votes(story, no=("ana",))
    await votes(story, yes=("maya", "sam"))
    await story.says("sam", "/boundary team leave")
    await story.until(TUESDAY)
    assert (await versions(story))[0].yes == 2
    assert "Accepted: 2 yes and 1 no of 3 members" in story.posted()[1]
    assert "Decided by vote, 2:1" in await story.says("maya", "/boundary team history")


async def test_who_was_forgotten_is_no_longer_counted() -> None:
    story = await team_of("maya", "sam", "kenji", "ana")
    await story.says("maya", CORE)
    await votes(story, yes=("maya", "sam"))
    asked = (await story.command("sam", "/boundary forget me")).message
    for each in buttons_of(asked):
        if each.action == Act.FORGET:
            await story.press("sam", asked, each.label)
    await votes(story, no=("kenji",))
    assert "2 of 3 voted" in story.posted()[1]
    assert "Sam" not in await story.says("maya", "/boundary team history")
