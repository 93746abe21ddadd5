"""Every kind of Block Kit that the page draws, as people meet it in messages."""

from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from adapters.playground import posting
from tests.adapters.playground_page.conftest import World

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

Json = dict[str, Any]


def plain(words: str) -> Json:
    return {"type": "plain_text", "text": words}


def option(value: str) -> Json:
    return {"text": plain(value.title()), "value": value}


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def words(text: str, **style: bool) -> Json:
    return {"type": "text", "text": text} | ({"style": style} if style else {})


async def posted(page: Page, world: World, *blocks: Json) -> Locator:
    workspace = world.server.workspace
    named = [{"block_id": f"b{index}", **block} for index, block in enumerate(blocks)]
    message = posting.post(
        workspace, workspace.channels["C0PLATFORM"], "U0BOT", "the fallback", method="say", blocks=named
    )
    shown = page.locator(f'[data-ts="{message.ts}"]')
    await expect(shown).to_be_visible()
    return shown


async def test_rich_text_has_lists_quotes_code_styles_links_and_people(page: Page, world: World) -> None:
    bullets = {"type": "rich_text_list", "style": "bullet", "elements": [{"elements": [words("first")]}]}
    link = {"type": "link", "url": "https://example.com/", "text": "a link"}
    line = [words("loud", bold=True, italic=True), words("gone", strike=True), words("code", code=True), link]
    someone = [{"type": "user", "user_id": "U0SAM"}, {"type": "emoji", "name": "dart"}]
    shown = await posted(
        page,
        world,
        rich({"type": "rich_text_section", "elements": line + someone}, bullets),
        rich({"type": "rich_text_quote", "elements": [words("<b>quoted</b>")]}),
        rich({"type": "rich_text_preformatted", "elements": [words("fixed")]}),
    )
    await expect(shown.locator("em > strong, strong > em")).to_have_text("loud")
    await expect(shown.locator("s")).to_have_text("gone")
    await expect(shown.locator("code")).to_have_text("code")
    await expect(shown.get_by_role("link", name="a link")).to_have_attribute("rel", "noopener noreferrer")
    await expect(shown.locator(".mention")).to_have_text("@sam")
    await expect(shown.get_by_label("dart")).to_have_text("🎯")
    await expect(shown.get_by_role("listitem")).to_have_text("first")
    await expect(shown.locator("blockquote")).to_have_text("<b>quoted</b>")
    await expect(shown.locator("pre")).to_have_text("fixed")


async def test_a_dangerous_link_is_only_words(page: Page, world: World) -> None:
    link = {"type": "link", "url": "javascript:alert(1)", "text": "press me"}
    shown = await posted(page, world, rich({"type": "rich_text_section", "elements": [link]}))
    await expect(shown).to_contain_text("press me")
    await expect(shown.get_by_role("link")).to_have_count(0)


async def test_a_ribbon_of_squares_is_silent_and_marks_now(page: Page, world: World) -> None:
    line = {"type": "rich_text_section", "elements": [words("06  ⬛⬛[🟦]🟩")]}
    shown = await posted(page, world, rich(line))
    await expect(shown.locator(".squares")).to_have_attribute("aria-hidden", "true")
    await expect(shown.locator(".squares > span")).to_have_count(4)
    await expect(shown.locator(".square-now")).to_have_text("🟦")


async def test_an_unknown_block_shows_the_fallback(page: Page, world: World) -> None:
    shown = await posted(page, world, {"type": "video"}, {"type": "divider"})
    await expect(shown).to_contain_text("the fallback")


async def test_a_menu_in_a_message_is_pressed_with_its_choice(page: Page, world: World) -> None:
    menu = {"type": "static_select", "action_id": "how", "options": [option("later"), option("now")]}
    box = {"type": "checkboxes", "action_id": "also", "options": [option("quietly")]}
    shown = await posted(page, world, {"type": "actions", "elements": [menu, box]})
    await shown.get_by_label("Quietly").check()
    await shown.get_by_label("how").select_option("now")
    pressed = await seen(page, world, "how")
    assert pressed["actions"][0]["selected_option"]["value"] == "now"
    also = pressed["state"]["values"]["b0"]["also"]["selected_options"]
    assert [one["value"] for one in also] == ["quietly"]


async def test_an_overflow_menu_sends_the_chosen_option(page: Page, world: World) -> None:
    more = {"type": "overflow", "action_id": "more", "options": [option("edit"), option("remove")]}
    shown = await posted(page, world, {"type": "section", "text": plain("A norm"), "accessory": more})
    await shown.get_by_role("button", name="More actions", exact=True).click()
    await page.get_by_role("menuitem", name="Remove").click()
    pressed = await seen(page, world, "more")
    assert pressed["actions"][0]["selected_option"]["value"] == "remove"


async def test_a_button_with_an_address_is_a_link_that_is_also_a_press(page: Page, world: World) -> None:
    button = {
        "type": "button",
        "text": plain("Connect"),
        "action_id": "link~0",
        "url": f"{world.url}boundary.svg",
    }
    shown = await posted(page, world, {"type": "actions", "elements": [button]})
    async with page.expect_popup() as opened:
        await shown.get_by_role("link", name="Connect").click()
    await (await opened.value).close()
    assert (await seen(page, world, "link~0"))["type"] == "block_actions"


async def seen(page: Page, world: World, action: str) -> Json:
    """The press of `action` as it reached the app, once it did."""
    for _ in range(200):
        for payload in world.app.seen:
            if payload.get("actions", [{}])[0].get("action_id") == action:
                return payload
        await page.wait_for_timeout(25)
    raise AssertionError(f"{action} never reached the app")


def chart(kind: str = "bar") -> Json:
    days = ["Mon", "Tue", "Wed"]
    rows = {"Held": (4, 7, 0), "Delivered at once": (2, 3, 12)}
    return {
        "type": "data_visualization",
        "title": "Pings of the week",
        "chart": {
            "type": kind,
            "series": [
                {
                    "name": name,
                    "data": [{"label": day, "value": value} for day, value in zip(days, values, strict=True)],
                }
                for name, values in rows.items()
            ],
            "axis_config": {"categories": days, "x_label": "Day", "y_label": "Pings"},
        },
    }


async def test_a_bar_chart_has_its_title_axes_legend_figures_and_words(page: Page, world: World) -> None:
    shown = await posted(page, world, chart())
    picture = shown.get_by_role("img", name="Pings of the week")
    await expect(picture).to_be_visible()
    await expect(picture.locator("desc")).to_have_text("Bar chart. Mon: 4, 2; Tue: 7, 3; Wed: 0, 12")
    for label in ("Day", "Pings", "Mon", "12"):
        await expect(picture.locator("text", has_text=label).first).to_be_visible()
    entries = shown.get_by_role("list", name="Legend").get_by_role("listitem")
    await expect(entries).to_have_text(["Held", "Delivered at once"])
    await shown.get_by_text("As a table").click()
    rows = shown.get_by_role("table", name="Pings of the week").get_by_role("row")
    await expect(rows).to_have_text(["DayHeldDelivered at once", "Mon42", "Tue73", "Wed012"])


async def test_the_bars_of_a_chart_differ_in_pattern_and_not_in_colour_alone(
    page: Page, world: World
) -> None:
    shown = await posted(page, world, chart())
    looks = "all => all.map((one) => [...one.children].map((box) => box.getAttribute('fill')))"
    swatches = await shown.locator(".ac-legend .chart-swatch").evaluate_all(looks)
    assert len({str(one) for one in swatches}) == 2


async def test_lines_and_pies_are_drawn(page: Page, world: World) -> None:
    slices = [{"label": "Fair", "value": 3}, {"label": "Could have waited", "value": 1}]
    pie: Json = {**chart(), "title": "Judged", "chart": {"type": "pie", "segments": slices}}
    shown = await posted(page, world, chart("line"), pie)
    await expect(shown.get_by_role("img", name="Pings of the week")).to_be_visible()
    await expect(shown.get_by_role("img", name="Judged")).to_be_visible()
