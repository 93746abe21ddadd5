"""A team's written policy told as stories: shown, acknowledged, fetched; and the templates to start from."""

from __future__ import annotations

import re
from datetime import timedelta

from adapters.documents.pdf import ReportlabTypesetter
from bot.messages.model import Message
from bot.policy.sharing import PATH, PolicyFile, fetch
from tests.support.shown import button, shown
from tests.support.story import MONDAY, Story

SIX = ("maya", "sam", "kenji", "ana", "lee", "kim")
PACK = "/boundary team templates portugal propose"


async def team(*people: str, connect: bool = False) -> Story:
    """Everybody in the team "platform", which talks in C1 and decides by who votes."""
    story = Story(connect=connect)
    await story.enrol(*people)
    await story.says(people[0], "/boundary team new Platform")
    for name in people[1:]:
        await story.says(name, "/boundary team join")
    return story


async def adopt(story: Story, *people: str, what: str = PACK) -> None:
    """Propose something, let everybody say yes, and wait until it holds."""
    await story.says(people[0], what)
    for name in people:
        await story.says(name, "/boundary team vote yes")
    await story.until(story.clock.at + timedelta(days=1))


async def policy(story: Story, name: str) -> Message:
    found = (await story.command(name, "/boundary team policy")).message
    assert found is not None
    return found


async def test_the_policy_says_the_norms_in_force_with_version_and_date_and_is_no_advice() -> None:
    story = await team("maya", "ana")
    await adopt(story, "maya", "ana", what="/boundary team propose core mon-thu 13:00-15:00")
    said = shown(await policy(story, "ana"))
    assert "Policy on time and messages: Platform" in said
    assert "Version 2, in force from 2026-11-24." in said
    assert "Not legal advice." in said
    assert "Core hours: mon-thu 13:00-15:00" in said
    assert "Shared focus: not agreed" in said
    assert "What the bot never does" in said
    assert "Version 1, 2026-11-23" in said
    assert "boundary-bot policy --team platform --format pdf" in said


async def test_a_template_is_put_to_the_vote_and_marks_where_the_norms_started() -> None:
    story = await team("maya", "ana")
    offered = (await story.command("maya", "/boundary team templates core hours")).message
    assert "Core hours: mon-thu 13:00-16:00" in shown(offered)
    await story.press("maya", offered, "Put it to the vote")
    assert (await story.team()).team.core is None
    await story.says("maya", "/boundary team vote yes")
    await story.says("ana", "/boundary team vote yes")
    await story.until(MONDAY + timedelta(days=1))
    norms = (await story.team()).team
    assert norms.template == "core-hours 2026-11-22"
    assert norms.review_by is not None
    assert norms.review_by.isoformat() == "2027-02-22"
    assert "started from the template “Core hours” of 2026-11-22" in shown(await policy(story, "maya"))


async def test_all_templates_are_listed_dated_and_each_can_be_looked_at() -> None:
    story = await team("maya")
    listed = (await story.command("maya", "/boundary team templates")).message
    said = shown(listed)
    assert "Not legal advice." in said
    assert said.count("(2026-11-22)") == 9
    looked = await story.press("maya", listed, "Look")
    assert "Async first" in shown(looked.message)
    again = await story.press("maya", looked.message, "All templates")
    assert shown(again.message) == said
    missed = await story.says("maya", "/boundary team templates portugl")
    assert "Did you mean right-to-disconnect-portugal?" in missed


async def test_a_pack_names_the_law_its_source_and_the_day_it_was_looked_at() -> None:
    story = await team("maya", "ana")
    await adopt(story, "maya", "ana")
    said = shown(await policy(story, "maya"))
    assert (
        "Source: Law 83/2021, article 199-A, in force since 1 January 2022. Looked at on 2026-11-22." in said
    )
    assert "It is the employer who must refrain" in said


async def test_a_new_version_of_a_pack_is_shown_to_each_member_in_private_to_acknowledge() -> None:
    story = await team("maya", "ana")
    await adopt(story, "maya", "ana")
    await story.until(MONDAY + timedelta(days=1, hours=9))
    asked = [text for text in story.read("ana") if "Have you read it?" in text]
    assert len(asked) == 1
    assert not [text for text in story.posted() if "Have you read it?" in text]
    invitation = next(
        each.message for each in story.saw("ana", "post") if "Have you read it?" in shown(each.message)
    )
    done = await story.press("ana", invitation, "I have read it")
    assert done.replace
    assert shown(done.message).startswith(
        "You acknowledged version 2 of the policy of Platform on 2026-11-24."
    )
    assert "You acknowledged version 2 on 2026-11-24." in shown(await policy(story, "ana"))
    assert "You have not acknowledged version 2 yet." in shown(await policy(story, "maya"))


async def test_without_a_pack_nobody_is_asked_to_acknowledge() -> None:
    story = await team("maya", "ana")
    await adopt(story, "maya", "ana", what="/boundary team propose core mon-thu 13:00-15:00")
    await story.until(MONDAY + timedelta(days=2))
    assert not [text for name in ("maya", "ana") for text in story.read(name) if "Have you read it?" in text]


async def test_an_acknowledgement_of_an_older_version_shows_the_newer_one_and_counts_for_nothing() -> None:
    story = await team("maya", "ana")
    await adopt(story, "maya", "ana")
    old = await policy(story, "ana")
    await adopt(story, "maya", "ana", what="/boundary team propose core mon-thu 13:00-15:00")
    said = await story.press("ana", old, "I have read it")
    assert not said.replace
    assert "version 3 is in force now" in shown(said.message)
    assert "You have not acknowledged version 3 yet." in shown(await policy(story, "ana"))


async def test_how_many_have_acknowledged_is_told_only_in_a_team_that_is_large_enough() -> None:
    four, six = await team(*SIX[:4]), await team(*SIX)
    for story in (four, six):
        await story.says("ana", "/boundary team acknowledge")
        await story.says("maya", "/boundary team acknowledge 1")
    assert "have acknowledged it" not in shown(await policy(four, "maya"))
    said = shown(await policy(six, "kim"))
    assert "Too few of 6 members have acknowledged it yet to say how many." in said
    assert "Ana" not in said


async def test_nobody_sees_from_one_look_to_the_next_who_acknowledged() -> None:
    six, told = await team(*SIX), list[str]()
    for name in SIX:
        answer = await six.says(name, "/boundary team acknowledge")
        told.append(next((each for each in answer.splitlines() if "of 6 members" in each), ""))
    assert set(told[:4]) == {"Too few of 6 members have acknowledged it yet to say how many."}
    assert set(told[4:]) == {"At least 5 of 6 members have acknowledged it."}


async def test_a_long_history_is_counted_in_chat_and_told_in_full_in_the_file() -> None:
    story = await team("maya", connect=True)
    for number in range(7):
        await adopt(story, "maya", what=f"/boundary team propose budget {number}")
    page = await policy(story, "maya")
    assert "and 3 earlier versions" in shown(page)
    assert "Version 3, " not in shown(page)
    file = await fetched(story, button(page, "Markdown").url, number=8)
    assert file is not None
    assert [f"**Version {number}**" in file.content.decode() for number in range(1, 10)] == [True] * 8 + [
        False
    ]


async def test_only_members_acknowledge_and_others_of_the_workspace_may_read() -> None:
    story = await team("maya")
    await story.enrol("kim")
    page = (await story.command("kim", "/boundary team policy")).message
    assert "Members acknowledge it for themselves." in shown(page)
    assert "can do that. To join it: /boundary team join" in await story.says(
        "kim", "/boundary team acknowledge"
    )


async def fetched(story: Story, url: str, number: int = 1) -> PolicyFile | None:
    """What a browser gets at an address."""
    found = re.fullmatch(rf"https://bot\.example{PATH}/([\w-]+)/policy-platform-v{number}\.(md|pdf)", url)
    assert found is not None, url
    return await fetch(story.store, ReportlabTypesetter(), found[1], story.clock.now())


async def test_one_file_of_the_policy_is_asked_for_by_its_kind() -> None:
    story = await team("maya", connect=True)
    for word, kind in (("pdf", "pdf"), ("Markdown", "md"), ("md", "md")):
        said = await story.command("maya", f"/boundary team policy {word}")
        assert "The policy of Platform, version 1, as" in shown(said.message)
        url = button(said.message, "PDF" if kind == "pdf" else "Markdown").url
        assert url is not None
        assert url.endswith(f"-v1.{kind}")
    refused = await story.says("maya", "/boundary team policy klingon")
    assert "as pdf or as markdown, and not as “klingon”" in refused
    assert "/boundary team policy pdf" in refused


async def test_without_an_address_one_file_is_written_in_a_terminal() -> None:
    story = await team("maya")
    said = await story.says("maya", "/boundary team policy markdown")
    assert "boundary-bot policy --team platform --format md --out policy.md" in said


async def test_the_policy_can_be_fetched_once_as_markdown_and_as_pdf() -> None:
    story = await team("maya", connect=True)
    page = await policy(story, "maya")
    markdown = await fetched(story, button(page, "Markdown").url)
    assert markdown is not None
    assert markdown.name == "policy-platform-v1.md"
    assert markdown.content.decode().startswith("# Policy on time and messages: Platform\n")
    pdf = await fetched(story, button(page, "PDF").url)
    assert pdf is not None
    assert (pdf.content_type, pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert await fetched(story, button(page, "PDF").url) is None
    assert await fetched(story, button(page, "Markdown").url) is None


async def test_an_address_that_is_ten_minutes_old_leads_nowhere() -> None:
    story = await team("maya", connect=True)
    page = await policy(story, "maya")
    story.clock.at += timedelta(minutes=10)
    assert await fetched(story, button(page, "PDF").url) is None
