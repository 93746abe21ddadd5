"""The page in use: real Chromium, the real workspace behind it, a small app speaking Slack's wire."""

import pytest
from playwright.async_api import Browser, Page, expect

from adapters.playground import posting
from tests.adapters.playground_page.conftest import Watched, World, opened

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def as_person(page: Page, name: str) -> None:
    await page.locator("#viewers label", has_text=name).click()
    await expect(page.locator(".clock-zone")).to_contain_text(name)


async def say(page: Page, words: str) -> None:
    await page.locator("#say").fill(words)
    await page.keyboard.press("Enter")


async def test_a_focus_command_shows_as_status_snooze_and_private_answer(page: Page) -> None:
    await say(page, "/focus 90m deep work")
    await expect(page.locator(".ephemeral")).to_contain_text("Only visible to you")
    await expect(page.locator(".ephemeral")).to_contain_text("4 people will be told")
    maya = page.locator("#sidebar li", has_text="Maya Costa")
    await expect(maya).to_contain_text("Focusing until 11:45")
    await expect(maya.get_by_label("Notifications paused until 11:45")).to_be_visible()


async def test_a_sender_sees_the_note_that_the_recipient_does_not(page: Page) -> None:
    await say(page, "/focus 90m")
    await as_person(page, "Sam")
    await say(page, "@maya could you look at the notes?")
    note = page.locator(".ephemeral", has_text="Maya is focusing")
    await expect(note.get_by_role("button", name="It's urgent…")).to_be_visible()
    await as_person(page, "Maya")
    await expect(page.locator(".mention.mine")).to_have_text("@maya")
    await expect(note).to_have_count(0)


async def test_a_dangerous_button_asks_first_and_then_replaces_the_note(page: Page) -> None:
    await say(page, "/focus 90m")
    await as_person(page, "Sam")
    await say(page, "@maya hello")
    await page.get_by_role("button", name="Never mind").click()
    await (
        page.get_by_role("dialog")
        .get_by_role("button", name="Cancel")
        .or_(page.get_by_role("button", name="No", exact=True))
        .click()
    )
    await expect(page.locator(".block-actions")).to_have_count(1)
    await page.get_by_role("button", name="Never mind").click()
    await page.get_by_role("button", name="Yes", exact=True).click()
    await expect(page.locator(".ephemeral")).to_contain_text("It goes out between 15:00 and 15:15.")


async def test_a_form_shows_its_error_at_the_field_and_keeps_what_was_typed(page: Page) -> None:
    await page.get_by_role("button", name="Home", exact=True).first.click()
    await page.get_by_role("button", name="Add a norm…").click()
    dialog = page.get_by_role("dialog", name="Add a norm")
    await dialog.get_by_label("Name", exact=True).fill("family dinner")
    await dialog.get_by_label("When").fill("sometimes")
    await dialog.get_by_role("button", name="Save").click()
    when = dialog.get_by_label("When")
    await expect(when).to_be_focused()
    await expect(when).to_have_attribute("aria-invalid", "true")
    await expect(when).to_have_accessible_description(
        "“sometimes” names no times. Write it like: daily 18:00-19:30"
    )
    await expect(dialog.get_by_label("Name", exact=True)).to_have_value("family dinner")
    await when.fill("daily 18:00-19:30")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="Saved")).to_contain_text("Quiet daily 18:00-19:30.")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_every_field_of_a_form_reaches_the_app(page: Page, world: World) -> None:
    await page.get_by_role("button", name="Home", exact=True).first.click()
    await page.get_by_role("button", name="Add a norm…").click()
    dialog = page.get_by_role("dialog", name="Add a norm")
    await dialog.get_by_label("Name", exact=True).fill("run")
    await dialog.get_by_label("Kind").select_option("break")
    await dialog.get_by_label("When").fill("daily 12:00-13:00")
    await dialog.get_by_label("Sam Rivera").check()
    await dialog.get_by_label("Share the name").check()
    await dialog.get_by_label("Integrator").check()
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("dialog", name="Saved")).to_be_visible()
    values = next(one for one in world.app.seen if one.get("type") == "view_submission")["view"]["state"][
        "values"
    ]
    assert values["name"]["v"]["value"] == "run"
    assert values["kind"]["v"]["selected_option"]["value"] == "break"
    assert values["passes"]["v"]["selected_users"] == ["U0SAM"]
    assert [one["value"] for one in values["share"]["v"]["selected_options"]] == ["share"]
    assert values["style"]["v"]["selected_option"]["value"] == "integrator"
    assert (values["day"]["v"]["selected_date"], values["time"]["v"]["selected_time"]) == (
        "2026-11-23",
        "18:00",
    )


async def test_a_message_shortcut_opens_its_form(page: Page, world: World) -> None:
    await page.locator(".message", has_text="I will, after lunch.").get_by_role("button").click()
    await page.get_by_role("menuitem", name="Deliver when available").click()
    await expect(page.get_by_role("dialog", name="Add a norm")).to_be_visible()
    assert world.app.seen[-1]["callback_id"] == "deliver_when_available"


async def test_a_reply_stands_below_its_message(page: Page) -> None:
    await page.locator(".message", has_text="I will, after lunch.").get_by_role("button").click()
    await page.get_by_role("menuitem", name="Reply in thread").click()
    await expect(page.locator("#say")).to_be_focused()
    await say(page, "Thank you")
    await expect(page.get_by_role("list", name="Replies to Maya Costa")).to_contain_text("Thank you")


async def test_the_clock_moves_on_and_changes_its_speed(page: Page) -> None:
    await page.get_by_role("button", name="Next change").click()
    await expect(page.locator(".clock-time")).to_have_text("11:00")
    fast = page.get_by_role("button", name="600 times as fast")
    await fast.click()
    await expect(fast).to_have_attribute("aria-pressed", "true")
    await expect(page.locator(".clock-time")).not_to_have_text("11:00")


async def test_the_last_decision_is_explained_rule_by_rule(page: Page) -> None:
    await say(page, "/focus 90m")
    await as_person(page, "Sam")
    await say(page, "@maya hello")
    why = page.get_by_role("region", name="Why?")
    await expect(why).to_contain_text("Sam → Maya")
    await expect(why).to_contain_text("Goes out06:45")
    await expect(why).not_to_contain_text("Focus lets only urgent pings through")
    await why.get_by_role("button", name="View as Maya").click()
    await expect(why).to_contain_text("Goes out11:45")
    await expect(why.locator(".decisive")).to_contain_text(
        "Focus lets only urgent pings through until 11:45."
    )
    await expect(why.locator(".passed")).to_have_count(2)


async def test_norm_names_are_shown_to_their_owner_only(page: Page) -> None:
    await expect(page.locator("#panel .norms")).to_contain_text("family dinner")
    ribbons = page.locator("#panel .days .ribbon")
    await expect(ribbons).to_have_count(4)
    assert "dinner" not in " ".join(await ribbons.all_text_contents())


async def test_a_status_can_be_set_and_cleared_by_hand(page: Page) -> None:
    maya = page.locator("#sidebar li", has_text="Maya Costa")
    await page.get_by_role("button", name="Set a status by hand…").click()
    await page.get_by_label("What others see").fill("On the train")
    await page.get_by_label("Sign").select_option(":train:")
    await page.get_by_role("button", name="Save").click()
    await expect(maya).to_contain_text("🚆 On the train")
    await page.get_by_role("button", name="Set a status by hand…").click()
    await page.get_by_role("button", name="Clear").click()
    await expect(maya).not_to_contain_text("On the train")


async def test_faults_are_switched_on_and_off(page: Page, world: World) -> None:
    await page.get_by_text("When things go wrong").click()
    await page.get_by_role("button", name="Slack is down").click()
    await expect(page.locator(".faults-state")).to_contain_text("1 switched on")
    assert len(world.server.workspace.faults.describe()["faults"]) == 1
    await page.get_by_role("button", name="All well again").click()
    await expect(page.locator(".faults-state")).to_contain_text("All well")
    assert world.server.workspace.faults.describe()["faults"] == []


async def test_a_long_answer_is_shown_from_its_beginning(page: Page, world: World) -> None:
    channel = world.server.workspace.channels["C0PLATFORM"]
    posting.post(world.server.workspace, channel, "U0BOT", "the first line" + "\nmore" * 80, method="say")
    await expect(page.locator(".message", has_text="the first line").locator(".author")).to_be_in_viewport()


async def test_the_steps_of_the_story_can_be_done_by_the_page(page: Page) -> None:
    for step in ("Maya focuses", "Sam writes", "Sam decides"):
        await page.get_by_role("button", name=f"Do it for me: {step}").click()
        await expect(page.locator(".step.done", has_text=step)).to_be_visible()
    await expect(page.get_by_role("button", name="Deliver when back")).to_be_focused()


async def test_a_step_that_is_pressed_twice_is_done_once(page: Page) -> None:
    button = page.get_by_role("button", name="Do it for me: Sam writes")
    await page.locator(".step", has_text="Sam writes").click()
    await button.evaluate("pressed => { pressed.click(); pressed.click(); }")
    await expect(page.locator(".step.done", has_text="Sam writes")).to_be_visible()
    await expect(page.locator(".message", has_text="could you look at the release notes")).to_have_count(1)
    await expect(page.get_by_role("button", name="Do it for me")).to_be_enabled()


async def test_what_was_ticked_stays_ticked_over_a_reload(page: Page) -> None:
    for step in ("Maya focuses", "Sam writes", "Sam decides"):
        await page.get_by_role("button", name=f"Do it for me: {step}").click()
        await expect(page.locator(".step.done", has_text=step)).to_be_visible()
    decided = page.locator(".step.done", has_text="Sam decides")  # nothing on the screen tells of this one
    await page.reload()
    await expect(decided).to_be_visible()
    ticked = await page.evaluate("localStorage.getItem('steps')")
    assert ticked.endswith(" focus ping note")
    await page.evaluate("localStorage.setItem('steps', 'another-playground focus ping note')")
    await page.reload()
    await expect(page.locator(".step.done", has_text="Sam writes")).to_be_visible()
    await expect(decided).to_have_count(0)


async def test_a_message_that_went_at_once_is_no_digest(page: Page, world: World) -> None:
    for step in ("Maya focuses", "Sam writes"):
        await page.get_by_role("button", name=f"Do it for me: {step}").click()
        await expect(page.locator(".step.done", has_text=step)).to_be_visible()
    assert world.app.decision is not None
    world.app.decision |= {"verdict": "deliver", "release_at": world.app.decision["at"]}
    await as_person(page, "Maya")
    await page.locator("#sidebar").get_by_role("button", name="Messages").click()
    await expect(page.locator(".step-now")).to_contain_text("Nothing waits.")
    channel = world.server.workspace.direct("U0MAYA", "U0BOT")
    posting.post(world.server.workspace, channel, "U0BOT", "This cannot wait", method="say")
    await expect(page.locator("#messages")).to_contain_text("This cannot wait")
    await expect(page.locator(".step.done")).to_have_count(3)


async def test_typing_and_focus_survive_what_others_do(page: Page, world: World) -> None:
    await page.locator("#say").fill("half a thou")
    channel = world.server.workspace.channels["C0PLATFORM"]
    posting.post(world.server.workspace, channel, "U0LEE", "Something new", method="say")
    await expect(page.locator("#messages")).to_contain_text("Something new")
    await expect(page.locator("#announcer")).to_contain_text("Lee Park: Something new")
    await expect(page.locator("#say")).to_have_value("half a thou")
    await expect(page.locator("#say")).to_be_focused()


async def test_words_of_people_are_never_markup(page: Page, world: World) -> None:
    hostile = "<img src=x onerror=alert(1)> *bold* `<b>` <javascript:alert(1)|click> :tada: &lt;i&gt;"
    channel = world.server.workspace.channels["C0PLATFORM"]
    posting.post(world.server.workspace, channel, "U0LEE", hostile, method="say")
    body = page.locator(".message", has_text="bold").locator(".prose")
    await expect(body.locator("strong")).to_have_text("bold")
    await expect(body.locator("code")).to_have_text("<b>")
    await expect(body).to_contain_text("<i>")
    await expect(body.get_by_label("tada")).to_have_text("🎉")
    assert await body.locator("img, a, i, b, script").count() == 0


async def test_an_archive_link_leads_to_its_message(watched: Watched, world: World) -> None:
    ts = next(iter(world.server.workspace.channels["C0RANDOM"].messages))
    await watched.page.goto(f"{world.url}archives/C0RANDOM/p{ts.replace('.', '')}")
    await expect(watched.page.locator(f'[data-ts="{ts}"]')).to_be_focused()


async def test_home_can_be_the_first_thing_one_opens(watched: Watched, world: World) -> None:
    await watched.page.goto(f"{world.url}#home?as=U0ANA")
    await watched.page.reload()
    await expect(watched.page.locator(".home")).to_contain_text("Your norms")
    await expect(watched.page.locator(".clock-zone")).to_have_text("Ana, Lisbon")


async def test_permission_is_asked_of_the_person_one_views_as(page: Page, world: World) -> None:
    await as_person(page, "Lee")
    client = world.server.workspace.app.client_id
    await page.goto(
        f"{world.url}oauth/v2/authorize?client_id={client}&user_scope=dnd:write&redirect_uri={world.url}"
    )
    await expect(page.get_by_label("You are")).to_have_value("U0LEE")


async def test_the_page_says_so_when_the_workspace_is_gone(browser: Browser, world: World) -> None:
    async with opened(browser, world) as watched:
        await watched.page.route("**/playground/act", lambda route: route.abort())
        await say(watched.page, "hello")
        await expect(watched.page.get_by_role("alert")).to_contain_text("make run")
        await expect(watched.page.locator("#say")).to_have_value("hello")
