"""The story of the first two minutes, as a person meets it: `boundary-bot playground` and a real browser."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Locator, Page, expect

from tests.support import chromium
from tests.support.serving import ROOT

pytestmark = pytest.mark.browser
SLOW: Final = 20_000  # milliseconds: two cores, with everything else on them


@pytest.fixture
async def address(tmp_path: Path) -> AsyncIterator[str]:
    """`boundary-bot playground` on a free port, in a home of its own; ended as by Ctrl-C."""
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "BOUNDARY_PORT": "0"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "playground",
        cwd=ROOT, env=environ, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    line = (await asyncio.wait_for(process.stdout.readline(), 60)).decode()
    found = re.search(r"http://[\w.:]+", line)
    try:
        assert found, line
        yield found[0]
    finally:
        process.send_signal(signal.SIGINT)
        _, complaints = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 0
    assert b"Traceback" not in complaints, complaints.decode()


@pytest.fixture
async def page(address: str) -> AsyncIterator[Page]:
    async with chromium.launched() as browser:
        page = await browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(SLOW)
        expect.set_options(timeout=SLOW)
        complaints: list[str] = []
        elsewhere: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        page.on("request", lambda sent: elsewhere.append(sent.url) if address not in sent.url else None)
        await page.goto(address)
        await page.wait_for_selector("#messages .message")
        yield page
        assert complaints == []
        assert elsewhere == []


async def say(page: Page, words: str) -> None:
    await page.locator("#say").fill(words)
    await page.locator("#say").press("Enter")
    await expect(page.locator("#say")).to_have_value("")


async def as_person(page: Page, name: str) -> None:
    await page.locator("#viewers label", has_text=name).click()
    await expect(page.locator(".clock-zone")).to_contain_text(name)


def sidebar(page: Page, name: str) -> Locator:
    return page.locator("#sidebar li", has_text=name)


async def at_clock(page: Page, wanted: str) -> None:
    """Press "Next change" until the clock shows a time that matches."""
    clock = page.locator(".clock-time")
    for _ in range(40):
        if re.match(wanted, await clock.inner_text()):
            return
        async with page.expect_response("**/playground/act"):  # two changes may fall into one minute
            await page.get_by_role("button", name="Next change").click()
        await page.wait_for_timeout(300)
    raise AssertionError(f"the clock never showed {wanted}")


async def test_focus_ping_urgency_digest_ritual_home_form_and_trace(page: Page) -> None:
    await focus(page)
    await ping(page)
    await break_through(page)
    await hold_and_digest(page)
    await end_the_day(page)
    await edit_norms_at_home(page)


async def focus(page: Page) -> None:
    await say(page, "/focus 90m deep work")
    await expect(page.locator(".ephemeral")).to_contain_text("Focus until 11:3")
    await expect(page.locator(".ephemeral")).to_contain_text("4 people will be told if they write.")
    await expect(sidebar(page, "Maya Costa")).to_contain_text("Focusing, back at 11:3")
    await expect(page.locator(".panel, aside").first).to_contain_text("Focus")


async def ping(page: Page) -> None:
    await as_person(page, "Sam")
    await say(page, "@maya could you look at the payload of the release notes?")
    note = page.locator(".ephemeral", has_text="away from notifications")
    await expect(note).to_contain_text("I'll pass on a link to your message between")
    await expect(note).not_to_contain_text("deep work")
    why = page.locator("section", has_text="Why?").last
    await expect(why).to_contain_text("Held by focus")
    await expect(why).to_contain_text("Sam")


async def break_through(page: Page) -> None:
    await page.locator(".ephemeral").get_by_role("button", name="It's urgent…").click()
    form = page.get_by_role("dialog")
    await form.locator("select").select_option(index=1)
    await form.locator("input[type=text]").fill("The shop is down")
    await form.get_by_role("button", name="Send now").click()
    await expect(form.locator("[aria-invalid=true]").first).to_be_visible()
    await form.locator("input[type=checkbox]").check()
    await form.get_by_role("button", name="Send now").click()
    await expect(form).to_contain_text("On its way to")
    await form.get_by_role("button", name="Close", exact=True).last.click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await as_person(page, "Maya")
    await page.locator("#sidebar").get_by_role("button", name=re.compile("^Messages")).click()
    urgent = page.locator(".message", has_text="this cannot wait")
    await expect(urgent).to_contain_text("The shop is down")
    await urgent.get_by_role("button", name="Fair", exact=True).click()
    await expect(page.locator(".message", has_text="Thank you").or_(urgent).first).to_be_visible()


async def hold_and_digest(page: Page) -> None:
    await as_person(page, "Sam")
    await page.locator("#sidebar").get_by_role("button", name=re.compile("platform")).click()
    await say(page, "/later @maya <!channel> & the draft is ready")
    reply = page.locator(".ephemeral", has_text="your message").last
    await expect(reply.get_by_role("button", name="Edit…")).to_be_visible()
    await as_person(page, "Maya")
    await page.locator("#sidebar").get_by_role("button", name=re.compile("^Messages")).click()
    await at_clock(page, "11:3|11:4|11:5|12")
    await at_clock(page, "12:30")
    digest = page.locator(".message", has_text="<!channel> & the draft is ready")
    await expect(digest).to_have_count(1)
    await as_person(page, "Sam")
    await page.locator("#sidebar").get_by_role("button", name=re.compile("^Messages")).click()
    await at_clock(page, "08:3")  # it is early in New York: he hears of it when his own day begins
    await expect(page.locator(".message", has_text="reached").last).to_contain_text("Maya")


async def end_the_day(page: Page) -> None:
    await as_person(page, "Maya")
    await page.locator("#sidebar").get_by_role("button", name=re.compile("^Messages")).click()
    await at_clock(page, "17:45")
    ritual = page.locator(".message", has_text="Your hours end at 18:00")
    await expect(ritual).to_contain_text("0 waiting, 0 urgent")
    await ritual.get_by_role("button", name="Close the day").click()
    # Wednesday begins with the team's shared focus
    await expect(sidebar(page, "Maya Costa")).to_contain_text("back Wed 12:00")


async def edit_norms_at_home(page: Page) -> None:
    await page.locator("#sidebar").get_by_role("button", name=re.compile("^Home")).click()
    home = page.locator("main")
    await expect(home).to_contain_text("family dinner")
    await home.get_by_role("button", name="Add a norm…").click()
    form = page.get_by_role("dialog")
    save = form.get_by_role("button", name="Save")
    await form.get_by_role("textbox", name="When").fill("tues 25:00-26:00")
    await form.get_by_role("textbox", name="Name").fill("morning run")
    await form.locator("select").first.select_option(index=1)
    await save.click()
    await expect(form).to_contain_text("25:00")
    await expect(form.get_by_role("textbox", name="Name")).to_have_value("morning run")
    await form.get_by_role("textbox", name="When").fill("tue,thu 07:00-08:00")
    await save.click()
    await expect(form).to_contain_text("morning run")
    await form.get_by_role("button", name="Close", exact=True).last.click()
    await expect(home).to_contain_text("morning run")
