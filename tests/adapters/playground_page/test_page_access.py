"""Everybody can use the page: by keyboard, at 400 px, in both themes, by ear; no other host, no flicker."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, Page, expect

from adapters.playground import posting
from tests.adapters.playground_page.conftest import Watched, World, opened

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

AUDIT = (Path(__file__).parent / "audit.js").read_text(encoding="utf-8")
Theme = Literal["light", "dark"]
SAM_STORY = ("Maya focuses", "Sam writes")


async def tell_story(page: Page) -> None:
    for step in SAM_STORY:
        await page.get_by_role("button", name=f"Do it for me: {step}").click()
        await expect(page.locator(".step.done", has_text=step)).to_be_attached()
    await expect(page.get_by_role("button", name="Deliver when back")).to_be_visible()


SIZES: tuple[tuple[int, Theme], ...] = (
    (1440, "light"),
    (1440, "dark"),
    (1000, "dark"),
    (700, "light"),
    (400, "light"),
    (400, "dark"),
)


async def settled(page: Page) -> list[str]:
    """What the audit finds once what a new size or theme set in motion has come to rest."""
    for _ in range(20):
        found: list[str] = await page.evaluate(AUDIT)
        if not found:
            break
        await page.wait_for_timeout(100)
    return found


async def findings(page: Page, sizes: Iterable[tuple[int, Theme]]) -> dict[tuple[int, Theme], list[str]]:
    """What the audit finds in what the page shows now, by width and theme; only where it finds something."""
    found = {}
    for width, theme in sizes:
        await page.set_viewport_size({"width": width, "height": 900})
        await page.emulate_media(color_scheme=theme)
        found[width, theme] = await settled(page)
    return {size: problems for size, problems in found.items() if problems}


async def test_nothing_is_unreadable_unnamed_or_off_the_screen(browser: Browser, world: World) -> None:
    async with opened(browser, world, reduced_motion="reduce") as watched:
        page = watched.page
        await tell_story(page)
        assert await findings(page, SIZES) == {}
        await page.locator("#say").fill("/")
        assert await findings(page, SIZES) == {}
        await page.locator("#say").fill("/boundary ")
        assert await findings(page, SIZES) == {}
        await page.locator("#say").fill("")
        await page.get_by_role("button", name="It's urgent…").click()
        await page.get_by_role("dialog").get_by_label("When").fill("sometimes")
        await page.get_by_role("button", name="Save").click()
        await expect(page.locator(".field-error").first).to_be_visible()
        assert await findings(page, SIZES) == {}
        assert watched.complaints == []


async def test_home_and_the_drawers_pass_the_same_checks_on_a_small_screen(
    browser: Browser, world: World
) -> None:
    small: tuple[tuple[int, Theme], ...] = ((400, "light"), (400, "dark"))
    async with opened(browser, world, width=400, reduced_motion="reduce") as watched:
        page = watched.page
        for drawer, part in (("Days and decisions", "#panel"), ("Conversations", "#sidebar")):
            await page.get_by_role("button", name=drawer, exact=True).click()
            await expect(page.locator(part)).to_be_in_viewport(ratio=0.9)
            assert await findings(page, small) == {}
            await page.keyboard.press("Escape")
            await expect(page.get_by_role("button", name=drawer, exact=True)).to_be_focused()
        await page.get_by_role("button", name="Conversations", exact=True).click()
        await page.get_by_role("navigation").get_by_role("button", name="Home").click()
        await expect(page.locator(".home")).to_contain_text("Good morning")
        assert await findings(page, small) == {}


async def test_a_low_window_as_at_two_hundred_per_cent_shows_the_talk(browser: Browser, world: World) -> None:
    async with opened(browser, world, width=720, height=450, reduced_motion="reduce") as watched:
        last = watched.page.locator(".message").last
        await expect(last).to_be_in_viewport(ratio=1)
        assert await watched.page.evaluate(AUDIT) == []


async def test_the_audit_finds_planted_faults(page: Page) -> None:
    await page.evaluate(
        """() => {
        const bad = document.createElement("div");
        bad.innerHTML = '<p>pale</p><button></button><img src="boundary.svg"><i id="say"></i>';
        bad.firstChild.style.color = "#999"; bad.firstChild.style.background = "#aaa";
        document.getElementById("main").append(bad);
        }"""
    )
    findings = " ".join(await page.evaluate(AUDIT))
    for expected in ("contrast 1.", "no name", "target", "picture without words", "id twice: say"):
        assert expected in findings


async def test_the_main_path_needs_no_mouse(page: Page) -> None:
    press = page.keyboard.press
    await press("Tab")
    await expect(page.get_by_role("link", name="Skip to the conversation")).to_be_focused()
    await press("Enter")
    await expect(page.locator("#talk")).to_be_focused()
    while not await page.evaluate("document.activeElement.id === 'say'"):
        await press("Tab")
    await page.keyboard.type("/fo")
    await expect(page.get_by_role("option", name="/focus")).to_have_attribute("aria-selected", "true")
    await press("Enter")
    await expect(page.locator("#say")).to_have_value("/focus ")
    await expect(page.locator("#composer-hint")).to_contain_text("until 15:00")
    await page.keyboard.type("90m")
    await press("Enter")
    await expect(page.locator(".ephemeral")).to_contain_text("4 people")
    await expect(page.locator("#say")).to_be_focused()


async def test_completion_follows_the_arrow_keys_and_escape(page: Page) -> None:
    say = page.locator("#say")
    await say.press_sequentially("hello @")
    options = page.get_by_role("option")
    await expect(options).to_have_count(5)
    await say.press("ArrowDown")
    await expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    await expect(say).to_have_attribute("aria-activedescendant", "offer-1")
    await say.press("Tab")
    await expect(say).to_have_value("hello @sam ")
    await say.press_sequentially("and @k")
    await say.press("Escape")
    await expect(options).to_have_count(0)
    await expect(say).to_have_value("hello @sam and @k")


async def test_the_words_of_a_command_are_completed_and_explained(page: Page) -> None:
    say, options, hint = page.locator("#say"), page.get_by_role("option"), page.locator("#composer-hint")
    await say.press_sequentially("/boundary ")
    await expect(options).to_have_count(3)
    await expect(options.first).to_contain_text("DAYS TIMES")
    await expect(options.first).to_contain_text("Working hours.")
    await say.press_sequentially("h")
    await expect(options).to_have_count(2)
    await say.press("Enter")
    await expect(say).to_have_value("/boundary hours ")
    await expect(hint).to_have_text("/boundary hours DAYS TIMES · Working hours.")
    await expect(options).to_have_text(["/boundary hours mon-fri 9-17"])
    await say.press("ArrowDown")
    await say.press("Tab")
    await expect(say).to_have_value("/boundary hours mon-fri 9-17")


async def test_a_command_that_is_complete_is_sent_and_not_completed(page: Page, world: World) -> None:
    say = page.locator("#say")
    for line in ("/boundary", "/boundary ", "/boundary today"):
        await say.press_sequentially(line)
        await say.press("Enter")
        await expect(say).to_have_value("")
    assert [one["text"] for one in world.app.seen if one.get("command")] == ["", "", "today"]


async def test_the_people_can_be_switched_with_arrow_keys(page: Page) -> None:
    await page.get_by_role("radio", name="Maya").focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.locator(".clock-zone")).to_have_text("Sam, New York")
    await expect(page.get_by_role("radio", name="Sam")).to_be_focused()
    await expect(page.locator(".clock-time")).to_have_text("05:15")


async def test_a_menu_opens_and_closes_from_the_keyboard(page: Page) -> None:
    button = page.locator("#messages .menu-holder button").first
    await button.press("Enter")
    items = page.get_by_role("menuitem")
    await expect(items.first).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await expect(items.last).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(items).to_have_count(0)
    await expect(button).to_be_focused()


async def test_the_focus_stays_near_a_pressed_button_that_disappears(page: Page) -> None:
    await tell_story(page)
    later = page.get_by_role("button", name="Deliver when back")
    await later.press("Enter")
    await expect(later).to_have_count(0)
    assert await page.evaluate("document.activeElement !== document.body")


async def test_a_closed_dialog_gives_the_focus_back(page: Page) -> None:
    await tell_story(page)
    urgent = page.get_by_role("button", name="It's urgent…")
    await urgent.press("Enter")
    await expect(page.get_by_role("dialog").get_by_label("Name", exact=True)).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(urgent).to_be_focused()


async def test_what_is_typed_right_after_escape_is_not_lost(page: Page) -> None:
    await tell_story(page)
    await page.get_by_role("button", name="It's urgent…").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name", exact=True).fill("dinner")
    await dialog.get_by_label("When").fill("daily 18:00-19:30")
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("dialog", name="Saved")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    await page.locator("#say").fill("/later @maya hello")
    await page.locator("#say").press("Enter")
    await expect(page.locator(".ephemeral", has_text="/later")).to_be_visible()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.locator("#toast")).to_be_empty()


async def test_a_form_that_could_not_be_closed_comes_back(watched: Watched) -> None:
    await tell_story(watched.page)
    await watched.page.get_by_role("button", name="It's urgent…").click()
    dialog = watched.page.get_by_role("dialog")
    await expect(dialog.get_by_label("When")).to_be_visible()
    await watched.page.route("**/playground/act", lambda route: route.abort())
    await watched.page.keyboard.press("Escape")
    await expect(watched.page.locator("#toast")).to_contain_text("make run")
    await expect(dialog.get_by_label("When")).to_be_visible()


async def test_the_theme_can_be_chosen_and_is_remembered(page: Page) -> None:
    await page.get_by_role("button", name="Theme: auto").click()
    await page.reload()
    await expect(page.get_by_role("button", name="Theme: dark")).to_be_visible()
    assert await page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


async def test_no_other_host_is_asked_and_nothing_is_complained_about(watched: Watched, world: World) -> None:
    picture = [{"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a far picture"}]
    channel = world.server.workspace.channels["C0PLATFORM"]
    posting.post(world.server.workspace, channel, "U0BOT", "A picture", method="say", blocks=picture)
    await expect(watched.page.get_by_role("img", name="a far picture")).to_be_visible()
    assert {url for url in watched.requests if not url.startswith(world.url)} == set()
    assert watched.complaints == []


async def test_messages_that_stay_are_the_same_nodes(page: Page, world: World) -> None:
    await page.evaluate("document.querySelectorAll('.message').forEach((node, index) => (node.mark = index))")
    channel = world.server.workspace.channels["C0PLATFORM"]
    posting.post(world.server.workspace, channel, "U0LEE", "Something new", method="say")
    await expect(page.locator(".message")).to_have_count(3)
    assert await page.evaluate(
        "[...document.querySelectorAll('.message')].map((node) => node.mark ?? null)"
    ) == [0, 1, None]
