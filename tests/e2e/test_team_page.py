"""A team's week as a person meets it: the norms, a vote, the end of the day and Monday's summary, in a real
browser with both clients on one page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

import pytest
from playwright.async_api import Locator, Page, expect

from bot.bootstrap.playground import local
from bot.settings import Settings
from tests.adapters.playground_page.test_page_access import Theme, findings
from tests.support import chromium
from tests.support.weeks import Weeks, lisbon

pytestmark = pytest.mark.browser
ONE_OF_EACH: Final[tuple[tuple[int, Theme], ...]] = (
    (1440, "light"),
    (1440, "dark"),
    (400, "light"),
    (400, "dark"),
)
SLOW: Final = 20_000  # milliseconds: two cores, with everything else on them


@pytest.fixture
async def weeks() -> AsyncIterator[Weeks]:
    """A Tuesday at 10:05 in Lisbon; the clock moves when it is told to."""
    settings = Settings().model_copy(update={"port": 0})
    async with local(settings, start=lisbon("2026-09-15 10:05"), speed=0) as found:
        yield Weeks(found)


@pytest.fixture
async def page(weeks: Weeks) -> AsyncIterator[Page]:
    address = weeks.local.server.url
    async with chromium.launched() as browser:
        page = await browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        page.set_default_timeout(SLOW)
        expect.set_options(timeout=SLOW)
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        await page.goto(address)
        await page.wait_for_selector("#messages .message")
        yield page
        await page.goto("about:blank")  # ends the page's stream before its server ends
        assert complaints == []


async def as_person(page: Page, name: str) -> None:
    await page.locator("#viewers label", has_text=name).click()
    await expect(page.locator(".clock-zone")).to_contain_text(name)


async def in_core(page: Page) -> None:
    await page.locator("#teams-list").get_by_role("button", name="Platform core").click()


async def team_panel(page: Page) -> Locator:
    """What the page tells about the team, beside the days; both clients leave it no room but a drawer."""
    await page.get_by_role("button", name="Days and decisions").click()
    return page.get_by_role("region", name="The team Platform")


def ballots(page: Page) -> tuple[Locator, Locator]:
    """The ballot in the channel in Slack and in the team's chat in Teams."""
    words = "Proposal 1 for Platform, by"
    slack = page.locator("#messages .message:not(.ephemeral)", has_text=words)
    return slack.first, page.locator("#posts .chat", has_text=words).first


async def test_norms_a_vote_the_end_of_the_day_and_mondays_summary(page: Page, weeks: Weeks) -> None:
    await read_the_norms(page)
    await propose(page)
    await vote(page)
    await close_the_day(page, weeks)
    await look_at_the_week(page, weeks)
    await on_a_phone(page)


async def read_the_norms(page: Page) -> None:
    team = await team_panel(page)
    await expect(team).to_contain_text("Next summary: Mon 21")
    assert await findings(page, ((1440, "light"), (1440, "dark"))) == {}
    await team.get_by_role("button", name="The norms, on one page").click()
    await page.locator("#say").press("Enter")
    norms = page.locator(".ephemeral", has_text="The norms of Platform")
    await expect(norms).to_contain_text("Only visible to you")
    await expect(norms).to_contain_text("No meetings: fri")
    await norms.get_by_role("button", name="Propose a change…").click()
    form = page.get_by_role("dialog")
    await expect(form.get_by_label("Core hours")).to_have_value("mon-thu 14:00-15:30")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def propose(page: Page) -> None:
    """The first step of the page's chapter about the team."""
    await page.get_by_role("button", name="The team", exact=True).click()
    await page.get_by_role("button", name="Do it for me: Maya proposes").click()
    await in_core(page)
    for ballot in ballots(page):
        await expect(ballot).to_contain_text("0 of 5 voted; 3 are needed.")


async def vote(page: Page) -> None:
    """Each word updates the ballot in place, on both sides; only its author is told what it was."""
    slack, teams = ballots(page)
    await as_person(page, "Sam")
    await slack.get_by_role("button", name="Yes").click()
    mine = page.locator(".ephemeral", has_text="You voted yes on proposal 1")
    await expect(mine).to_contain_text("Only visible to you")
    await expect(slack).to_contain_text("1 of 5 voted")
    await as_person(page, "Kenji")
    await expect(page.locator(".ephemeral", has_text="You voted")).to_have_count(0)
    await in_core(page)
    await teams.get_by_role("button", name="No").click()
    for ballot in ballots(page):
        await expect(ballot).to_contain_text("2 of 5 voted")
    await as_person(page, "Ana")
    await slack.get_by_role("button", name="Yes").click()
    await as_person(page, "Maya")
    await slack.get_by_role("button", name="Yes").click()
    await expect(slack).to_contain_text("Accepted: 3 yes and 1 no of 5 members.")
    await expect(slack.get_by_role("button", name="Yes")).to_have_count(0)
    await expect(page.locator(".steps")).to_contain_text("The team votes (done)")


async def close_the_day(page: Page, weeks: Weeks) -> None:
    await as_person(page, "Maya")
    await weeks.at("2026-09-15 16:00")
    await weeks.says("ana", "@maya could you look at the notes?")
    await weeks.through("2026-09-15 17:46")
    await page.locator("#sidebar").get_by_role("button", name="Messages").click()
    ritual = page.locator(".message", has_text="Your hours end at 18:00")
    await ritual.get_by_role("button", name="Write and close…").click()
    form = page.get_by_role("dialog", name="Close the day")
    await form.get_by_role("textbox").first.fill("The payload is shipped")
    await form.get_by_role("button", name="Close the day").click()
    await expect(form.get_by_role("textbox")).to_have_count(0)
    if await form.count():
        await form.get_by_role("button", name="Close", exact=True).last.click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.locator(".steps")).to_contain_text("Close the day (done)")


async def look_at_the_week(page: Page, weeks: Weeks) -> None:
    team = await team_panel(page)
    await team.get_by_role("button", name="Go there").click()
    await weeks.settle()
    await expect(page.locator(".steps")).to_contain_text("Monday morning (done)")
    await in_core(page)
    for place in ("#messages", "#posts"):
        summary = page.locator(f"{place} > li", has_text="Platform: week 38")
        await expect(summary).to_contain_text("1 ping held until people were back")
        picture = summary.get_by_role("img", name="Pings by weekday")
        await expect(picture.locator("desc")).to_contain_text("Tue: 1, 0")
        legend = summary.get_by_role("list", name="Legend").get_by_role("listitem")
        await expect(legend).to_have_text(["Held", "Broke through"])


async def on_a_phone(page: Page) -> None:
    """Everybody can read it, light and dark; 400 px wide, the chart fits and nothing scrolls sideways."""
    assert await findings(page, ONE_OF_EACH) == {}
    await page.set_viewport_size({"width": 400, "height": 860})
    await expect(page.locator("#messages").get_by_role("img", name="Pings by weekday")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 400
