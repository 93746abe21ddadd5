"""Proposing with care: what can hold no more is refused, and nobody fills the votes of a team alone."""

from __future__ import annotations

from datetime import timedelta

from tests.support.shown import buttons_of, fields_of, shown
from tests.support.story import Story
from tests.support.team_story import CORE, team_of, votes


async def test_a_review_date_that_has_passed_is_not_put_to_the_vote() -> None:
    story = await team_of("maya")
    for words in ("review 2020-01-01", "review date: 2026-11-23"):
        said = await story.says("maya", f"/boundary team propose {words}")
        assert 'later than today. For example: "/boundary team propose review 2027-02-22"' in said
    assert await open_votes(story) == 0
    form = (await story.command("maya", "/boundary team propose")).form
    assert form is not None
    assert "review_by" in fields_of(form)
    filled = {each.id: getattr(each, "value", "") for each in form.fields if hasattr(each, "id")}
    errors = (
        await story.submit("maya", "propose", form.context, **filled | {"review_by": "2020-01-01"})
    ).errors
    assert 'later than today. For example: "2027-02-22"' in errors["review_by"]
    assert await open_votes(story) == 0


async def test_nobody_fills_the_votes_of_a_team_alone() -> None:
    story = await team_of("maya", "sam")
    for budget in range(1, 5):
        await story.says("maya", f"/boundary team propose budget {budget}")
    said = await story.says("maya", CORE)
    assert "4 of your proposals are open already." in said
    assert "/boundary team withdraw 4" in said
    assert "Proposal 5 is up for the vote." in await story.says("sam", CORE)
    await story.says("maya", "/boundary team withdraw 4")
    assert "Proposal 6 is up for the vote." in await story.says("maya", "/boundary team propose budget 9")


async def test_whoever_proposes_in_the_teams_channel_reads_a_line_and_elsewhere_the_whole_ballot() -> None:
    story = await team_of("maya", "sam")
    here = (await story.command("maya", CORE)).message
    assert shown(here) == "Proposal 1 is up for the vote. 0 of 2 voted; 1 is needed.\n[Withdraw]"
    await story.press("maya", here, "Withdraw")
    elsewhere = await story.says("maya", CORE, channel="D0MAYA")
    assert "Core hours: mon-thu 13:00-15:00 (new)" in elsewhere
    assert "[Yes] [No] [Withdraw]" in elsewhere


async def test_what_was_withdrawn_is_named_with_the_people_in_it() -> None:
    story = await team_of("maya", "sam")
    await story.says("maya", "/boundary team propose ask @sam on leave")
    said = await story.says("maya", "/boundary team withdraw")
    assert "Proposal 1 is withdrawn. Nothing changes." in said
    assert "While somebody is on leave, ask: Sam (new)" in said


async def test_whoever_is_no_member_may_propose_and_is_offered_no_vote() -> None:
    story = await team_of("maya", "sam")
    await story.enrol("kenji")
    mine = (await story.command("kenji", f"{CORE} from now")).message
    assert [each.label for each in buttons_of(mine)] == ["Withdraw"]
    page = await story.says("kenji", "/boundary team")
    assert "Proposal 1" in page
    assert "[Yes]" not in page
    assert "[Withdraw]" in page
    assert "[Yes]" in await story.says("sam", "/boundary team")
    assert "Only members of the team vote" in await story.says("kenji", "/boundary team vote yes")
    refused = await story.says("kenji", "/boundary team undo")
    assert "Only members of Platform can do that. To join it: /boundary team join platform" in refused


async def test_a_ballot_says_that_a_lead_to_be_is_no_member() -> None:
    story = await team_of("maya", "sam")
    await story.enrol("kenji")
    await story.says("maya", "/boundary team propose leads @sam")
    await story.says("maya", "/boundary team propose leads @kenji")
    member, stranger = story.posted()[-2:]
    assert "Not everybody named as a lead is a member" not in member
    assert "Not everybody named as a lead is a member" in stranger


async def test_whoever_left_and_came_back_votes_from_the_next_proposal_on() -> None:
    story = await team_of("maya", "sam", "kenji")
    await story.says("maya", CORE)
    await votes(story, yes=("sam",))
    await story.says("sam", "/boundary team leave platform")
    assert "0 of 2 voted" in story.posted()[1]
    await story.says("sam", "/boundary team join platform")
    assert "0 of 2 voted" in story.posted()[1]
    assert "came to the team after" in await story.says("sam", "/boundary team vote yes")
    assert "[Yes]" not in await story.says("sam", "/boundary team")


async def test_times_of_votes_say_whose_they_are_where_the_zones_differ() -> None:
    story = await team_of("maya", "kenji")
    await story.says("kenji", "/boundary zone Asia/Tokyo")
    await story.says("maya", f"{CORE} from 2026-12-01")
    assert "Open until Thu 10:05 (Europe/Lisbon)" in story.posted()[1]
    assert "Open until Thu 19:05 (your time)." in await story.says("kenji", "/boundary team")
    assert "(your time)" not in await story.says("maya", "/boundary team")
    said = await story.says("kenji", "/boundary team propose budget 4 from 2026-12-01", channel="D0")
    assert "Open until Thu 19:05 (your time)." in said
    assert "it takes effect 1 Dec 09:00 (your time)" in said
    await votes(story, yes=("maya", "kenji"), number="1")
    page = await story.says("kenji", "/boundary team")
    assert "From 1 Dec 09:00 (your time): Core hours" in page
    assert "times of norms in Europe/Lisbon" in page


async def test_a_version_has_one_date_whoever_reads_it() -> None:
    story = await team_of("maya", "lee")
    await story.says("lee", "/boundary zone America/Los_Angeles")
    await story.says("maya", CORE)
    await votes(story, yes=("maya", "lee"))
    await story.until(story.clock.at + timedelta(days=1))
    for person in ("maya", "lee"):
        assert "Version 2 of 2026-11-24" in await story.says(person, "/boundary team")
        history = await story.says(person, "/boundary team history")
        assert "Version 2 · 2026-11-24 00:00" in history
        assert "Times are in Europe/Lisbon." in history


async def open_votes(story: Story) -> int:
    return len(await story.store.read(lambda tx: tx.ballots.of("platform")))
