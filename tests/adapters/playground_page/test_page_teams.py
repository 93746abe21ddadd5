"""Slack and Teams side by side: real Chromium, both local services behind it, a scripted app on each."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from adapters.playground.teams.seed import CREW, GENERAL
from tests.adapters.playground_page.conftest import MORNING, Watched, World, opened, world_at
from tests.support.little_teams_app import CARDS

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module")
async def world() -> AsyncIterator[World]:
    async with world_at(MORNING, with_teams=True) as found:
        yield found


async def as_person(page: Page, name: str) -> None:
    await page.locator("#viewers label", has_text=name).click()
    await expect(page.locator(".clock-zone")).to_contain_text(name)


async def say(page: Page, words: str) -> None:
    await page.locator("#teams-say").fill(words)
    await page.locator("#teams-say").press("Enter")
    await expect(page.locator("#teams-say")).to_have_value("")


async def heard(page: Page, world: World, words: str) -> dict[str, Any]:
    """The message with these words as it reached the app, once it did."""
    for _ in range(200):
        for activity in world.both.seen:
            if words in activity.get("text", ""):
                return activity
        await page.wait_for_timeout(25)
    raise AssertionError(f"“{words}” never reached the app")


def chat(page: Page, name: str) -> Locator:
    return page.locator("#teams-list").get_by_role("button", name=name)


async def test_somebody_on_both_sees_both_and_can_choose_one(page: Page) -> None:
    slack, teams = page.get_by_role("region", name="Slack"), page.get_by_role("region", name="Teams Platform")
    await expect(slack.get_by_role("heading", name="platform", exact=True)).to_be_visible()
    await expect(teams.get_by_role("heading", name="General in Platform")).to_be_visible()
    await page.get_by_role("button", name="Teams", exact=True).click()
    await expect(slack).to_have_count(0)
    await expect(teams).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("button", name="Teams", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    await page.evaluate("localStorage.clear()")
    await page.get_by_role("button", name="Both", exact=True).click()
    assert "show=both" in page.url
    await expect(slack).to_be_visible()


async def test_somebody_on_one_service_sees_a_friendly_word_instead_of_the_other(page: Page) -> None:
    await as_person(page, "Sam")
    await expect(page.locator("#teams")).to_contain_text("Sam is not on Teams.")
    await expect(page.locator("#say")).to_be_visible()
    await expect(page.locator("#teams-say")).to_be_hidden()
    await as_person(page, "Noor")
    await expect(page.locator("#slack")).to_contain_text("Noor is not on Slack.")
    await expect(page.locator("#slack .message")).to_have_count(0)
    await expect(page.locator("#teams-say")).to_be_visible()
    await page.get_by_role("button", name="View as Maya").click()
    await expect(page.locator(".clock-zone")).to_contain_text("Maya")


async def test_the_address_leads_back_to_the_same_conversation(page: Page) -> None:
    await chat(page, "Release crew").click()
    await expect(page.locator("#posts")).to_contain_text("The tag is pushed.")
    await page.reload()
    await expect(page.locator("#posts")).to_contain_text("The tag is pushed.")
    await expect(page.locator("#posts")).not_to_contain_text("The release notes are in the wiki.")


async def test_who_mentions_somebody_away_is_told_privately(page: Page) -> None:
    await as_person(page, "Kenji")
    await say(page, "@Maya Costa could you look at the payload?")
    note = page.locator("#posts .targeted")
    await expect(note).to_contain_text("Only you can see this message")
    await expect(note.get_by_role("button")).to_have_text(["Deliver when back", "It's urgent…", "Never mind"])
    await as_person(page, "Maya")
    await expect(page.locator("#posts .mention.mine")).to_have_text("Maya Costa")
    await expect(page.locator("#posts .targeted")).to_have_count(0)


async def test_a_pressed_button_shows_the_answer_in_place_or_as_an_alert(page: Page) -> None:
    await as_person(page, "Kenji")
    await say(page, "@Maya hello")
    note = page.locator("#posts .targeted")
    await note.get_by_role("button", name="Never mind").click()
    await expect(page.get_by_role("alert")).to_have_text("Nothing is passed on.")
    await note.get_by_role("button", name="Deliver when back").click()
    await expect(note).to_contain_text("It goes out between 11:45 and 12:00.")
    await expect(note.get_by_role("button")).to_have_count(0)


async def test_a_slash_command_in_a_channel_is_between_the_app_and_its_author(
    page: Page, world: World
) -> None:
    field = page.locator("#teams-say")
    await field.press_sequentially("/fo")
    await expect(page.get_by_role("option", name="/focus")).to_have_attribute("aria-selected", "true")
    await expect(page.locator("#teams-hint")).to_contain_text("only you and Boundary Bot")
    await field.press("Enter")
    await field.press_sequentially("90m")
    await field.press("Enter")
    await expect(page.locator("#posts .targeted", has_text="Focus until 11:45")).to_be_visible()
    await expect(page.locator("#teams-list li", has_text="Maya Costa")).to_contain_text("Focusing until")
    assert world.both.seen[-1]["recipient"]["isTargeted"] is True


async def test_names_of_members_and_of_the_app_are_completed(page: Page, world: World) -> None:
    field = page.locator("#teams-say")
    await field.press_sequentially("@")
    await expect(page.get_by_role("option")).to_have_text(
        ["KMKenji Mori", "ADAna Duarte", "NHNoor HaddadGuest", "Boundary BotApp"]
    )
    await field.press_sequentially("bou")
    await field.press("Tab")
    await field.press_sequentially("focus 25m")
    await field.press("Enter")
    await expect(page.locator("#posts .mention", has_text="Boundary Bot")).to_be_visible()
    said = await heard(page, world, "focus 25m")
    mention = next(one for one in said["entities"] if one["type"] == "mention")
    assert mention["mentioned"]["id"].startswith("28:")


async def test_a_reply_stands_below_its_post(page: Page, world: World) -> None:
    await page.locator("#posts").get_by_role("button", name="Reply").click()
    await expect(page.locator("#teams-say")).to_be_focused()
    await say(page, "Thank you")
    await expect(page.get_by_role("list", name="Replies to Kenji Mori")).to_contain_text("Thank you")
    said = await heard(page, world, "Thank you")
    assert said["conversation"]["id"].startswith(f"{GENERAL};messageid=")


async def test_presence_and_status_message_are_set_by_hand(page: Page, world: World) -> None:
    await page.get_by_role("button", name="Your presence in Teams: Available").click()
    await page.get_by_role("menuitemradio", name="Do not disturb").click()
    await expect(page.get_by_role("button", name="Your presence in Teams: Do not disturb")).to_be_visible()
    kept = world.both.world.users["29:maya"].preferred
    assert kept is not None
    assert (kept.availability, kept.by) == ("DoNotDisturb", "hand")
    await page.get_by_role("button", name="Your presence in Teams").click()
    await page.get_by_role("menuitem", name="Set status message…").click()
    await page.get_by_label("What others see").fill("On the train")
    await page.get_by_role("button", name="Save").click()
    await as_person(page, "Kenji")
    await expect(page.locator("#teams-list li", has_text="Maya Costa")).to_contain_text("On the train")
    await as_person(page, "Maya")
    await page.get_by_role("button", name="Your presence in Teams").click()
    await page.get_by_role("menuitem", name="Reset status").click()
    await expect(page.get_by_role("button", name="Your presence in Teams: Available")).to_be_visible()
    assert world.both.world.users["29:maya"].preferred is None


async def test_the_app_is_added_and_removed_in_its_own_chat(page: Page, world: World) -> None:
    await as_person(page, "Ana")
    await chat(page, "Boundary Bot").click()
    await page.get_by_role("button", name="Add Boundary Bot").click()
    await expect(page.locator("#posts")).to_contain_text("Good morning, Maya")
    assert world.both.world.users["29:ana"].installed
    await page.get_by_role("button", name="More about the app").click()
    await page.get_by_role("menuitem", name="Remove the app").click()
    await expect(page.get_by_role("button", name="Add Boundary Bot")).to_be_visible()
    assert not world.both.world.users["29:ana"].installed


async def test_a_message_action_opens_a_dialog_that_says_what_is_missing(page: Page, world: World) -> None:
    await page.get_by_role("button", name="More options for the message from Kenji Mori").click()
    await page.get_by_role("menuitem", name="Deliver when available").click()
    dialog = page.get_by_role("dialog", name="Deliver when available")
    text = dialog.get_by_role("textbox", name="Message")
    await expect(text).to_be_focused()
    await dialog.get_by_role("button", name="Hold it").click()
    await expect(dialog).to_contain_text("Write what shall be delivered.")
    await expect(text).to_be_focused()
    assert world.both.seen[-1]["name"] == "composeExtension/fetchTask"
    await text.fill("bad")
    await dialog.get_by_role("combobox", name="To whom").press_sequentially("an")
    await page.get_by_role("option", name="Ana Duarte").click()
    await dialog.get_by_role("button", name="Hold it").click()
    await expect(dialog).to_contain_text("That cannot be held.")
    await text.fill("The draft is ready")
    await dialog.get_by_role("combobox", name="To whom").press_sequentially("an")
    await page.keyboard.press("Enter")
    await dialog.get_by_role("button", name="Hold it").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.get_by_role("alert")).to_have_text("It goes out between 11:45 and 12:00.")
    data = world.both.seen[-1]["value"]["data"]
    assert (data["text"], data["who"]) == ("The draft is ready", world.both.world.users["29:ana"].aad)


async def test_a_dialog_can_be_left_and_gives_the_focus_back(page: Page, world: World) -> None:
    more = page.get_by_role("button", name="More options for the message from Kenji Mori")
    await more.click()
    await page.get_by_role("menuitem", name="Deliver when available").click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(more).to_be_focused()
    assert world.both.world.dialogs == {}


async def test_an_alert_stands_in_front_of_an_open_form(watched: Watched) -> None:
    page = watched.page
    await page.get_by_role("button", name="More options for the message from Kenji Mori").click()
    await page.get_by_role("menuitem", name="Deliver when available").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Message").fill("hello")
    await dialog.get_by_role("combobox").press_sequentially("an")
    await page.keyboard.press("Enter")
    await page.route("**/playground/teams/act", lambda route: route.abort())
    await dialog.get_by_role("button", name="Hold it").click()
    await expect(page.get_by_role("alert")).to_contain_text("make run")
    in_front = """() => {
        const box = document.getElementById("toast").getBoundingClientRect();
        const at = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
        return at.id;
    }"""
    assert await page.evaluate(in_front) == "toast"
    await page.unroute("**/playground/teams/act")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.get_by_role("alert")).to_be_visible()


async def test_a_link_to_a_message_opens_it_in_the_page(page: Page, world: World) -> None:
    first = next(iter(world.both.world.conversations[CREW].activities))
    url = f"https://teams.microsoft.com/l/message/{CREW.replace('@', '%40')}/{first}"
    card = {**CARDS["done"], "actions": [{"type": "Action.OpenUrl", "title": "Open message", "url": url}]}
    world.both.post(GENERAL, card)
    await page.get_by_role("link", name="Open message").click()
    await expect(page.locator(f'#posts [data-id="{first}"]')).to_be_focused()
    await expect(page.locator("#teams-head")).to_contain_text("Release crew")


async def test_a_link_to_a_message_one_may_not_see_leads_nowhere(watched: Watched, world: World) -> None:
    url = "https://teams.microsoft.com/l/message/19%3Aelsewhere%40thread.v2/1"
    card = {**CARDS["done"], "actions": [{"type": "Action.OpenUrl", "title": "Open message", "url": url}]}
    world.both.post(GENERAL, card)
    await watched.page.get_by_role("link", name="Open message").click()
    await expect(watched.page.get_by_role("alert")).to_contain_text("a conversation that Maya is not in")
    assert {sent for sent in watched.requests if not sent.startswith(world.url)} == set()


async def test_the_second_chapter_can_be_done_by_the_page(page: Page) -> None:
    await page.get_by_role("button", name="On Teams", exact=True).click()
    for step in ("Focus in both", "Kenji writes", "Sam writes too"):
        await page.get_by_role("button", name=f"Do it for me: {step}").click()
        await expect(page.locator(".step.done", has_text=step)).to_be_visible()
    await as_person(page, "Kenji")
    await expect(page.locator("#posts .targeted")).to_contain_text("Maya Costa is away")


async def test_the_page_of_somebody_on_teams_only_can_be_opened_directly(
    browser: Browser, world: World
) -> None:
    async with opened(browser, world, width=400) as watched:
        await watched.page.goto(f"{world.url}#?as=29:noor&show=both")
        await watched.page.reload()
        await expect(watched.page.get_by_role("radio", name="Noor, Berlin")).to_be_checked()
        await expect(watched.page.locator("#posts")).to_contain_text("The release notes are in the wiki.")
        await expect(watched.page.get_by_role("button", name="Both", exact=True)).to_have_count(0)
        await watched.page.get_by_role("button", name="Slack", exact=True).click()
        await expect(watched.page.locator("#scroll")).to_contain_text("Noor is not on Slack.")
