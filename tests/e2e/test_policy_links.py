"""The links under a policy, on both platforms of a running bot: each leads to the file, once."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator

import aiohttp
import pytest
from pypdf import PdfReader

from bot.bootstrap.playground import local
from bot.settings import Settings
from tests.support.weeks import Weeks, lisbon

LINK = re.compile(r"http://127\.0\.0\.1:\d+/v1/policies/[\w-]+/policy-platform-v\d+\.(?:md|pdf)")


@pytest.fixture
async def weeks() -> AsyncIterator[Weeks]:
    settings = Settings().model_copy(update={"port": 0})
    async with local(settings, start=lisbon("2026-09-15 10:05"), speed=0) as found:
        yield Weeks(found)


async def links(weeks: Weeks, where: str) -> list[str]:
    """Both addresses as the platform was given them."""
    if where == "Slack":
        user, channel = "U0MAYA", "C0PLATFORM"
        seen = await weeks.humans.command(user, channel, "/boundary", "team policy")
        return LINK.findall(str([each.blocks for each in seen.messages]))
    await weeks.says("maya@teams", "team policy", "maya@teams")
    chat = weeks.teams.personal("29:maya")
    return LINK.findall(str([each.card_for("29:maya") for each in chat.activities.values()]))


@pytest.mark.parametrize("where", ["Slack", "Teams"])
async def test_the_links_of_a_policy_lead_to_its_files_once(weeks: Weeks, where: str) -> None:
    markdown, pdf = await links(weeks, where)
    async with aiohttp.ClientSession() as session:
        async with session.get(markdown) as found:
            assert (await found.text()).startswith("# Policy on time and messages: Platform\n")
        async with session.get(pdf) as found:
            [first, *_] = PdfReader(io.BytesIO(await found.read())).pages
            assert "Policy on time and messages: Platform" in first.extract_text()
        async with session.get(pdf) as again:
            assert again.status == 404
