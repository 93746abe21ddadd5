"""The whole story with `boundary-bot serve` as a process, once over signed HTTP and once over Socket Mode.

Nothing of the bot is faked: the process speaks in real time to a workspace that speaks Slack's wire protocol.
"""

from __future__ import annotations

import json
import re
import signal
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from adapters.clock import SystemClock
from adapters.playground.clock import PlaygroundClock
from adapters.playground.human import Seen
from adapters.playground.records import Message
from adapters.playground.seed import Seeded, seed
from adapters.playground.server import PlaygroundServer
from adapters.vault import new_key
from tests.support.serving import Served, serving
from tests.support.waiting import until

PLATFORM = "C0PLATFORM"
MODES = ["http", "socket"]


def noon_zone(now: datetime) -> str:
    """A zone in which it is about noon now, so that hours around now never touch midnight."""
    ahead = 12 - now.hour
    return f"Etc/GMT{'-' if ahead >= 0 else '+'}{abs(ahead)}" if ahead else "Etc/UTC"


def norms_around(now: datetime) -> str:
    """Maya works until 14 minutes from now: her end-of-day ritual is due at the start."""
    zone = noon_zone(now)
    local = now + timedelta(hours=12 - now.hour)
    end = local + timedelta(minutes=14)
    return f"""
[people.maya]
zone = "{zone}"
hours = "daily 06:00-{end:%H:%M}"
slack = "U0MAYA"

[people.sam]
zone = "{zone}"
slack = "U0SAM"
"""


class Stage:
    """The workspace, its people, and the bot's process."""

    def __init__(self, server: PlaygroundServer, seeded: Seeded, served: Served) -> None:
        self.server, self.seeded, self.served = server, seeded, served
        self.humans, self.workspace = server.humans, seeded.workspace

    def from_bot(self, channel: str, viewer: str | None = None) -> list[Message]:
        """What the bot posted in a channel, private notes for `viewer` included."""
        place = self.workspace.channels[channel]
        messages = [*place.messages.values(), *place.ephemeral]
        return [each for each in messages if each.user == "U0BOT" and each.viewer in (None, viewer)]

    async def told(self, channel: str, words: str, viewer: str | None = None) -> Message:
        """Wait for a message of the bot with these words anywhere in it."""

        def found() -> list[Message]:
            return [each for each in self.from_bot(channel, viewer) if words in written(each)]

        await until(lambda: bool(found()), within=15)
        return found()[-1]

    async def connect(self, user: str) -> None:
        """Press Connect on the way that the bot offers, allow it on the consent page, come back."""
        offer = await self.humans.command(user, PLATFORM, "/boundary", "connect")
        address = re.search(r'http://[^"\s]+/slack/install\?t=[\w-]+', json.dumps(offer.messages[0].blocks))
        assert address, offer
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as browser:
            async with browser.get(address[0]) as page:
                asked = str(page.url)
            fields = dict(page.url.query) | {"user": user, "decision": "allow"}
            async with browser.post(asked.partition("?")[0], data=fields) as done:
                assert done.status == 200, await done.text()


def written(message: Message) -> str:
    return f"{message.text} {json.dumps(message.blocks, ensure_ascii=False)}"


@pytest.fixture(params=MODES)
async def stage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    clock = PlaygroundClock(SystemClock())
    seeded = seed(clock)
    norms = tmp_path / "norms.toml"
    norms.write_text(norms_around(clock.now()))
    keys = f"{new_key()},{new_key()}"  # a rotation under way
    extra = {"BOUNDARY_NORMS": str(norms), "BOUNDARY_LOG_LEVEL": "debug", "BOUNDARY_SECRET_KEYS": keys}
    if request.param == "socket":
        extra |= {
            "SLACK_APP_TOKEN": seeded.app.secret,
            "SLACK_SIGNING_SECRET": "",
            "BOUNDARY_SECRET_KEYS": "",
        }
    async with (
        PlaygroundServer(seeded.workspace) as server,
        serving(server, tmp_path, extra, slack=seeded) as served,
    ):
        if request.param == "socket":
            seeded.workspace.app.request_url = None
        yield Stage(server, seeded, served)
        assert await served.end(signal.SIGTERM) == 0, served.log.read_text()[-2000:]
        assert_nothing_is_left(tmp_path, seeded)
        rotated = "the older keys may go" in served.log.read_text()
        assert rotated == (request.param == "http")  # only there are several keys


def assert_nothing_is_left(folder: Path, seeded: Seeded) -> None:
    """No token, no secret and no word of anybody's message in database, WAL and log, debug lines included."""
    left = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
    app = seeded.workspace.app
    for secret in ("xoxb-", "xoxp-", "xapp-", app.signing_secret, app.client_secret, "/response/"):
        assert secret.encode() not in left, secret
    for words in ("which payload do we ship", "the draft is ready"):
        assert words.encode() not in left, words
    assert b"Traceback" not in left


async def test_focus_deferral_urgency_digest_and_ritual(stage: Stage) -> None:
    maya, sam, humans = stage.workspace.users["U0MAYA"], "U0SAM", stage.humans
    await stage.told("D0BOT0MAYA", "Close the day")  # the end-of-day ritual was due at the start
    await stage.connect("U0MAYA")
    said = await humans.command("U0MAYA", PLATFORM, "/focus", "5m draft the payload schema")
    assert said.text.startswith("Focus until "), said
    await until(lambda: maya.profile.status_text.startswith("Focusing"), within=15)
    await until(lambda: maya.snooze_until > datetime.now(UTC).timestamp(), within=15)  # noqa: TID251 -- real time

    asked = await humans.say(sam, PLATFORM, "@maya which payload do we ship?")
    note = await stage.told(PLATFORM, "Deliver when back", viewer=sam)
    later = await humans.command(sam, PLATFORM, "/later", "@maya & <!channel> the draft is ready")
    assert "Maya" in later.text, later
    await urgent(stage, note)

    await humans.command("U0MAYA", PLATFORM, "/focus", "off")
    digest = await stage.told("D0BOT0MAYA", "the draft is ready")
    assert asked.ts is not None
    assert asked.ts.replace(".", "") in written(digest) or "which payload" not in written(digest)
    assert "<!channel>" not in mrkdwn_of(digest.blocks)
    await stage.told("D0BOT0SAM", "Maya")
    await until(lambda: not maya.profile.status_text, within=15)


async def urgent(stage: Stage, note: Message) -> None:
    """Sam says why it cannot wait; Maya, who lets urgent pings through, gets it at once and may judge it."""
    button = re.search(r'"action_id": "(urgent[^"]*)"', json.dumps(note.blocks))
    assert button, note.blocks
    opened = await stage.humans.press("U0SAM", note.ts, button[1], channel=PLATFORM)
    assert opened.view, opened
    sent = await stage.humans.submit_view("U0SAM", opened.view["id"], filled(opened))
    assert sent.ok, sent
    ping = await stage.told("D0BOT0MAYA", "Could have waited")
    assert "customers are blocked" in written(ping)
    await until(lambda: "On its way to Maya" in written(note), within=15)
    assert "I'll pass on" not in written(note)


def filled(opened: Seen) -> dict[str, dict[str, object]]:
    """Answers for every input of the form: the first option, or words."""
    values: dict[str, dict[str, object]] = {}
    assert opened.view is not None
    for block in opened.view["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        options = element.get("options")
        answer: object = "customers are blocked"
        if options:
            chosen = [options[0]["value"]]
            answer = chosen if element["type"] in ("checkboxes", "multi_static_select") else chosen[0]
        values[block["block_id"]] = {element["action_id"]: answer}
    return values


def mrkdwn_of(blocks: object) -> str:
    """Every text that Slack would parse as markup."""
    if isinstance(blocks, dict):
        own = blocks.get("text", "") if blocks.get("type") == "mrkdwn" else ""
        return str(own) + "".join(mrkdwn_of(value) for value in blocks.values())
    if isinstance(blocks, list | tuple):
        return "".join(mrkdwn_of(each) for each in blocks)
    return ""
