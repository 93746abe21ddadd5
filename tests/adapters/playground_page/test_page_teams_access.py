"""Everybody can use the Teams client: the same checks as for Slack's, on cards, dialogs and both clients."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from adapters.playground.teams.seed import GENERAL
from tests.adapters.playground_page.conftest import MORNING, World, opened, world_at
from tests.adapters.playground_page.test_page_access import AUDIT, SIZES, Theme, findings, settled
from tests.support.little_teams_app import CARDS

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

ONE_OF_EACH: tuple[tuple[int, Theme], ...] = ((1440, "light"), (1000, "dark"), (400, "light"), (400, "dark"))
OPEN_ALL = """card => card.querySelectorAll("summary, button[aria-expanded=false]:not([aria-haspopup])")
    .forEach((one) => one.click())"""


@pytest_asyncio.fixture(loop_scope="module")
async def world() -> AsyncIterator[World]:
    async with world_at(MORNING, with_teams=True) as found:
        yield found


async def test_both_clients_are_readable_named_and_on_the_screen(browser: Browser, world: World) -> None:
    world.both.post(GENERAL, CARDS["note"], viewer="29:maya")
    async with opened(browser, world, reduced_motion="reduce") as watched:
        page = watched.page
        assert await findings(page, (*SIZES, (1300, "light"), (1250, "dark"), (1100, "light"))) == {}
        await page.set_viewport_size({"width": 1440, "height": 900})
        await page.locator("#viewers label", has_text="Noor").click()
        await expect(page.locator("#slack")).to_contain_text("Noor is not on Slack.")
        assert await findings(page, ONE_OF_EACH) == {}
        assert watched.complaints == []


@pytest.mark.parametrize("card", ["charts", "every", "form", "home"])
async def test_cards_pass_the_same_checks(browser: Browser, world: World, card: str) -> None:
    world.both.post(GENERAL, CARDS[card])
    async with opened(browser, world, reduced_motion="reduce") as watched:
        page = watched.page
        await page.get_by_role("button", name="Teams", exact=True).click()
        shown = page.locator("#posts .ac")
        await expect(shown).to_be_visible()
        if card == "form":
            await shown.get_by_role("button", name="Save").click()
            await shown.get_by_role("combobox").nth(1).click()
        await shown.evaluate(OPEN_ALL)
        assert await findings(page, ONE_OF_EACH) == {}
        assert watched.complaints == []


async def test_a_dialog_a_menu_and_suggestions_pass_them_too(browser: Browser, world: World) -> None:
    async with opened(browser, world, reduced_motion="reduce") as watched:
        page = watched.page
        await page.locator("#teams-say").fill("@")
        await expect(page.get_by_role("option").first).to_be_visible()
        assert await findings(page, ((1440, "light"), (1440, "dark"))) == {}
        await page.locator("#teams-say").fill("")
        await page.get_by_role("button", name="Your presence in Teams").click()
        assert await page.evaluate(AUDIT) == []
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name="More options for the message from Kenji Mori").click()
        await page.get_by_role("menuitem", name="Deliver when available").click()
        await page.get_by_role("dialog").get_by_role("button", name="Hold it").click()
        await expect(page.locator(".field-error").first).to_be_visible()
        assert await findings(page, ONE_OF_EACH) == {}


async def test_the_lists_are_drawers_of_their_clients_where_these_are_slim(
    browser: Browser, world: World
) -> None:
    async with opened(browser, world, width=1000, reduced_motion="reduce") as watched:
        page = watched.page
        for drawer, part in (("Conversations", "#sidebar"), ("Chats and channels", "#teams-list")):
            await expect(page.locator(part)).to_be_hidden()
            await page.get_by_role("button", name=drawer, exact=True).click()
            await expect(page.locator(part)).to_be_in_viewport(ratio=0.9)
            assert await settled(page) == []
            await page.keyboard.press("Escape")
            await expect(page.get_by_role("button", name=drawer, exact=True)).to_be_focused()


async def test_a_low_window_as_at_two_hundred_per_cent_shows_the_talk(browser: Browser, world: World) -> None:
    async with opened(browser, world, width=720, height=450, reduced_motion="reduce") as watched:
        await watched.page.get_by_role("button", name="Teams", exact=True).click()
        await expect(watched.page.locator("#posts .chat").last).to_be_in_viewport(ratio=0.95)
        assert await watched.page.evaluate(AUDIT) == []


async def test_teams_can_be_used_without_a_mouse(page: Page) -> None:
    press = page.keyboard.press
    await press("Tab")
    await press("Tab")
    await expect(page.get_by_role("link", name="Skip to the conversation in Teams")).to_be_focused()
    await press("Enter")
    while not await page.evaluate("document.activeElement.id === 'teams-say'"):
        await press("Tab")
    await page.keyboard.type("@boun")
    await press("Enter")
    await page.keyboard.type("focus 90m")
    await press("Enter")
    await expect(page.locator("#posts")).to_contain_text("Focus until 11:45")
    await press("Shift+Tab")
    await expect(page.locator("#posts .text-button").last).to_be_focused()
