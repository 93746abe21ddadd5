"""Every Adaptive Card element that the page draws, as people meet it in Teams, and what inputs send."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from adapters.playground.teams.seed import GENERAL
from tests.adapters.playground_page.conftest import MORNING, World, world_at
from tests.support.little_teams_app import CARDS

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

Json = dict[str, Any]
CHARTS = (
    "Today, now 10:15",
    "Pings held",
    "Before and after",
    "Reasons",
    "Where the day went",
    "Verdicts",
    "Held a day",
    "Urgent budget",
)


@pytest_asyncio.fixture(loop_scope="module")
async def world() -> AsyncIterator[World]:
    async with world_at(MORNING, with_teams=True) as found:
        yield found


async def posted(page: Page, world: World, card: Json) -> Locator:
    made = world.both.post(GENERAL, card, summary="A card")
    shown = page.locator(f'#posts [data-id="{made.id}"]')
    await expect(shown).to_be_visible()
    return shown


async def test_text_knows_the_markdown_of_teams_and_runs_know_none(page: Page, world: World) -> None:
    shown = await posted(page, world, CARDS["every"])
    text = shown.locator(".ac-text").nth(1)
    await expect(text.locator("strong")).to_have_text("bold")
    await expect(text.locator("em")).to_have_text("italic")
    await expect(text.get_by_role("link")).to_have_text(["link"])
    await expect(text).to_contain_text("bad one, *stars* and")
    await expect(text.locator("ul > li")).to_have_text(["one", "two"])
    await expect(text.locator("ol > li")).to_have_text(["first", "second"])
    await expect(shown.locator(".ac-rich")).to_have_text("**not bold** struck linked")
    await expect(shown.locator(".ac-strikethrough")).to_have_text("struck")
    await expect(shown.get_by_role("heading", name="Every element")).to_be_visible()


async def test_boxes_columns_tables_and_pictures_are_drawn(page: Page, world: World) -> None:
    shown = await posted(page, world, CARDS["every"])
    for style in ("emphasis", "good", "warning", "attention", "accent"):
        await expect(shown.locator(f".ac-style-{style}")).to_have_count(1)
    widths = await shown.locator(".ac-column").evaluate_all("all => all.map((one) => one.offsetWidth)")
    assert widths[0] == 40
    assert widths[2] > widths[1]
    await expect(shown.get_by_role("columnheader")).to_have_text(["Norm", "Kept"])
    await expect(shown.get_by_role("cell")).to_have_text(["Shared focus", "92 %"])
    await expect(shown.get_by_role("img", name="a dot")).to_be_visible()
    await expect(shown.locator("span[role=img]")).to_have_text("a far picture")


async def test_the_unknown_gives_way_to_its_fallback_or_the_cards(page: Page, world: World) -> None:
    shown = await posted(page, world, CARDS["every"])
    await expect(shown).to_contain_text("Instead of a carousel")
    await expect(shown).to_contain_text("What an old client shows")
    await expect(shown.get_by_role("button", name="Strange")).to_have_count(0)


@pytest.mark.parametrize(
    "body", ["nonsense", [{"type": "constructor"}], [{"type": "ColumnSet", "columns": 7}]]
)
async def test_a_card_that_is_no_card_shows_its_fallback(page: Page, world: World, body: Any) -> None:
    shown = await posted(page, world, {"type": "AdaptiveCard", "fallbackText": "In short", "body": body})
    await expect(shown.locator(".ac")).to_have_text("In short")


async def test_parts_are_shown_and_hidden_and_cards_open_inside(page: Page, world: World) -> None:
    shown = await posted(page, world, CARDS["every"])
    await expect(shown.get_by_text("The details")).to_be_hidden()
    await shown.get_by_role("button", name="Details").click()
    await expect(shown.get_by_text("The details")).to_be_visible()
    home = await posted(page, world, CARDS["home"])
    opener = home.get_by_role("button", name="Stop all nudges")
    await expect(opener).to_have_attribute("aria-expanded", "false")
    await opener.click()
    await expect(home).to_contain_text("You will hear of nothing any more. Really?")
    await home.get_by_role("button", name="Yes, stop").click()
    await expect(page.get_by_role("alert")).to_have_text("Nothing is passed on.")
    assert world.both.seen[-1]["value"]["action"]["title"] == "Yes, stop"


async def test_secondary_actions_wait_in_a_menu(page: Page, world: World) -> None:
    shown = await posted(page, world, CARDS["home"])
    await expect(shown.get_by_role("button", name="Mute this kind")).to_have_count(0)
    await shown.get_by_role("button", name="More actions of this card").click()
    await page.get_by_role("menuitem", name="Mute this kind").click()
    await expect(page.get_by_role("alert")).to_have_text("Nothing is passed on.")


async def test_a_submit_reaches_the_app_as_a_message_with_its_value(page: Page, world: World) -> None:
    shown = await posted(page, world, CARDS["every"])
    await shown.get_by_role("button", name="Send").click()
    await expect(page.locator("#posts .chat", has_text="It goes out between")).to_be_visible()
    assert world.both.seen[-1]["value"] == {"action": "send"}


async def test_what_is_required_is_asked_for_before_anything_is_sent(page: Page, world: World) -> None:
    shown = await posted(page, world, CARDS["form"])
    await shown.get_by_role("button", name="Save").click()
    when = shown.get_by_role("textbox", name="When")
    await expect(when).to_be_focused()
    await expect(when).to_have_attribute("aria-invalid", "true")
    await expect(when).to_have_accessible_description("Say when.")
    assert world.both.seen == []
    await shown.get_by_role("button", name="Cancel").click()
    await expect(shown).to_contain_text("It goes out between")


async def test_every_input_reaches_the_app(page: Page, world: World) -> None:
    shown = await posted(page, world, CARDS["form"])
    await shown.get_by_label("Name", exact=True).fill("run")
    await shown.get_by_role("textbox", name="When").fill("daily 12:00-13:00")
    await shown.get_by_label("Kind").select_option("focus")
    await shown.get_by_label("Integrator").check()
    await shown.get_by_label("Tuesday").check()
    await shown.get_by_label("Every so many weeks").fill("3")
    await shown.get_by_label("Others may see the name").check()
    await shown.get_by_role("button", name="Save").click()
    await expect(shown).to_contain_text("It goes out between")
    data = world.both.seen[-1]["value"]["action"]["data"]
    wanted = {"name": "run", "when": "daily 12:00-13:00", "kind": "focus", "style": "integrator"}
    wanted |= {"days": "mon,tue", "day": "2026-11-23", "time": "18:00", "weeks": "3", "share": "yes"}
    assert wanted.items() <= data.items()


async def test_people_are_found_by_typing_and_sent_by_directory_id(page: Page, world: World) -> None:
    shown = await posted(page, world, CARDS["form"])
    picker = shown.get_by_role("combobox", name="Who gets through")
    found = page.get_by_role("listbox", name="People and choices").get_by_role("option")
    await picker.click()
    await expect(found).to_have_count(4)
    await picker.press_sequentially("ken")
    await expect(found).to_have_count(1)
    await picker.press("Enter")
    await picker.press_sequentially("o")
    await picker.press("ArrowDown")
    await picker.press("Enter")
    chips = shown.get_by_role("list", name="Chosen").get_by_role("listitem")
    await expect(chips).to_have_count(2)
    await shown.get_by_role("button", name="Remove Kenji Mori").click()
    await expect(chips).to_contain_text(["Noor Haddad"])
    await shown.get_by_role("textbox", name="When").fill("daily 12:00-13:00")
    await shown.get_by_role("button", name="Save").click()
    await expect(shown).to_contain_text("It goes out between")
    assert world.both.seen[-1]["value"]["action"]["data"]["passes"] == world.both.world.users["29:noor"].aad


async def test_the_apps_own_objection_stands_beside_its_field(page: Page, world: World) -> None:
    shown = await posted(page, world, CARDS["form"])
    await shown.get_by_role("textbox", name="When").fill("sometimes")
    await shown.get_by_role("button", name="Save").click()
    await expect(page.locator("#announcer")).to_contain_text("names no times")
    await expect(shown).to_contain_text("“sometimes” names no times.")
    await expect(shown.get_by_role("textbox", name="When")).to_be_focused()
    await shown.get_by_role("textbox", name="When").fill("daily 18:00-19:30")
    await shown.get_by_role("button", name="Save").click()
    await expect(shown).to_contain_text("It goes out between")


async def test_half_typed_input_survives_what_others_do(page: Page, world: World) -> None:
    shown = await posted(page, world, CARDS["form"])
    await shown.get_by_role("textbox", name="When").fill("daily 9")
    world.both.post(GENERAL, sender="29:ana", text="Something new")
    await expect(page.locator("#announcer")).to_contain_text("Ana Duarte in Teams: Something new")
    await expect(page.locator("#posts")).to_contain_text("Something new")
    await expect(shown.get_by_role("textbox", name="When")).to_have_value("daily 9")
    await expect(shown.get_by_role("textbox", name="When")).to_be_focused()


async def test_charts_have_names_descriptions_legends_and_their_figures_as_a_table(
    page: Page, world: World
) -> None:
    shown = await posted(page, world, CARDS["charts"])
    for title in CHARTS:
        await expect(shown.get_by_role("img", name=title)).to_have_count(1)
    day = shown.locator(".ac-chart").first
    await expect(day.locator("desc")).to_contain_text("Stacked bar chart. Off 00:00-09:00: 9; Focus")
    await expect(day.get_by_role("list", name="Legend").get_by_role("listitem")).to_have_count(7)
    await day.get_by_text("As a table").click()
    table = day.get_by_role("table", name="Today, now 10:15")
    await expect(table.get_by_role("row").nth(2)).to_have_text("Focus 09:00-11:302.5")


async def test_a_day_whose_words_stand_below_keeps_its_legend_in_the_table(page: Page, world: World) -> None:
    day = CARDS["charts"]["body"][0]
    hours = [f"{each['legend'].split()[1]} as planned" for each in day["data"][0]["data"]]
    below = [{"type": "TextBlock", "text": words} for words in hours]
    shown = await posted(page, world, {**CARDS["charts"], "body": [day, *below]})
    await expect(shown.get_by_role("img", name="Today, now 10:15")).to_be_visible()
    await expect(shown.get_by_role("list", name="Legend")).to_have_count(0)
    await shown.get_by_text("Legend, as a table").click()
    cells = shown.get_by_role("table", name="Today, now 10:15").locator("td:first-child")
    await expect(cells.locator(".chart-swatch")).to_have_count(7)


async def test_no_two_series_are_told_apart_by_colour_alone(page: Page, world: World) -> None:
    shown = await posted(page, world, CARDS["charts"])
    looks = """all => all.map((chart) => {
        const signs = [...chart.querySelectorAll(".ac-legend .chart-swatch")].map((swatch) =>
            [...swatch.querySelectorAll("rect, line")].map((one) =>
                one.getAttribute("fill") ?? one.getAttribute("stroke-dasharray") ?? "plain").join("|"));
        const colours = [...chart.querySelectorAll(".ac-legend .chart-swatch")].map((one) => one.innerHTML);
        return [new Set(signs).size, new Set(colours).size];
    })"""
    for signs, colours in await shown.locator(".ac-chart").evaluate_all(looks):
        assert signs == colours


async def test_hostile_words_stay_words(page: Page, world: World) -> None:
    hostile = CARDS["hostile"]["fallbackText"]
    world.both.world.users["29:kenji"].name = hostile
    world.both.world.conversations[GENERAL].name = hostile
    world.both.post(GENERAL, sender="29:kenji", text=hostile, mentions=(("29:kenji", "<img src=x"),))
    shown = await posted(page, world, CARDS["hostile"])
    await expect(shown.locator(".ac-chart-title")).to_have_text(hostile)
    await shown.get_by_role("button", name="Press").click()
    world.both.world.dialogs.clear()
    assert await page.evaluate("window.hurt") is None
    assert (
        await page.locator("#teams :is(script, iframe, img[src='x'], [onerror], [onclick], [onload])").count()
        == 0
    )
    assert await page.locator("#teams a[href^='javascript']").count() == 0
    await expect(shown.get_by_label(hostile).first).to_have_value(hostile)
