"""The story with `boundary-bot serve` as a process: in Teams alone, and with Slack and Teams on one port.

Nothing of the bot is faked: activities are signed, tokens fetched from a login, and what it sends arrives in
a tenant that speaks Teams' and Graph's wire protocols.
"""

from __future__ import annotations

import json
import signal
from collections.abc import AsyncIterator, Iterable
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from adapters.clock import SystemClock
from adapters.playground.clock import PlaygroundClock
from adapters.playground.records import Message
from adapters.playground.seed import Seeded, seed
from adapters.playground.server import PlaygroundServer
from adapters.playground.teams.records import Preferred, TeamsActivity, TeamsApp
from adapters.playground.teams.seed import GENERAL, seed_teams
from adapters.playground.teams.world import TeamsWorld
from adapters.teams.permissions import GRAPH
from tests.support.serving import Served, serving
from tests.support.waiting import until

MAYA, KENJI, ANA = "29:maya", "29:kenji", "29:ana"
QUESTION, REASON, DRAFT = "which payload do we ship", "customers are blocked", "the draft is ready"
FEATURES = "presence,hours,targeted"


def norms_around(now: datetime) -> str:
    """Maya works all day in a zone in which it is about noon, and is one person on both platforms."""
    ahead = 12 - now.hour
    zone = f"Etc/GMT{'-' if ahead >= 0 else '+'}{abs(ahead)}" if ahead else "Etc/UTC"
    end = now + timedelta(hours=ahead, minutes=100)
    return f"""
[people.maya]
zone = "{zone}"
hours = "daily 06:00-{end:%H:%M}"
slack = "U0MAYA"
teams = "{MAYA}"
"""


class Stage:
    """The tenant, its people, and the bot's process."""

    def __init__(self, server: PlaygroundServer, world: TeamsWorld, served: Served) -> None:
        self.server, self.world, self.served = server, world, served
        self.humans = server.teams_humans

    def own(self, user: str) -> str:
        """The bot's own chat with somebody."""
        return self.world.personal(user).id

    def from_bot(self, conversation: str, viewer: str) -> list[TeamsActivity]:
        """What `viewer` sees of the bot in a conversation, oldest first."""
        now = self.world.now()
        posts = self.world.conversation(conversation).activities.values()
        return [each for each in posts if each.by_bot and each.seen_by(viewer, now)]

    async def told(self, viewer: str, words: str, conversation: str = "") -> TeamsActivity:
        """Wait for a message of the bot with these words anywhere in it, and give the latest one."""

        def found() -> list[TeamsActivity]:
            posts = self.from_bot(conversation or self.own(viewer), viewer)
            return [each for each in posts if words in written(each, viewer)]

        await until(lambda: bool(found()), within=15)
        return found()[-1]


def written(post: TeamsActivity, viewer: str) -> str:
    return json.dumps(post.card_for(viewer) or post.text, ensure_ascii=False)


def private_words(folder: Path, secrets: list[str]) -> None:
    """No token, no secret and no word of anybody's message in database, WAL and log, debug lines included."""
    left = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
    for each in (*secrets, "Bearer ", "eyJ", QUESTION, DRAFT):
        assert each.encode() not in left, each
    log = (folder / "serve.log").read_text()
    assert "Traceback" not in log
    assert REASON not in log  # what somebody says to break through is kept for whom it was told to


def tenant(clock: PlaygroundClock) -> TeamsWorld:
    permissions = frozenset(each.name for each in GRAPH)
    return seed_teams(clock, app=TeamsApp(permissions=permissions, rsc=True, targeted=True))


@pytest.fixture(params=["teams", "both"])
async def platforms(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def seeded() -> Seeded:
    return seed(PlaygroundClock(SystemClock()))


@pytest.fixture
async def stage(platforms: str, seeded: Seeded, tmp_path: Path) -> AsyncIterator[Stage]:
    clock = PlaygroundClock(SystemClock())
    world = tenant(clock)
    norms = tmp_path / "norms.toml"
    norms.write_text(norms_around(clock.now()))
    extra = {
        "BOUNDARY_NORMS": str(norms),
        "BOUNDARY_LOG_LEVEL": "debug",
        "TEAMS_FEATURES": FEATURES,
    }
    slack = seeded if platforms == "both" else None
    async with (
        PlaygroundServer(seeded.workspace, teams=world) as server,
        serving(server, tmp_path, extra, slack=slack, teams=world) as served,
    ):
        yield Stage(server, world, served)
        assert await served.end(signal.SIGTERM) == 0, served.log.read_text()[-2000:]
        private_words(tmp_path, [world.app.password, *world.tokens])
        assert "/api/messages" in served.log.read_text()


async def test_install_focus_deferral_urgency_and_digest(stage: Stage) -> None:
    humans, maya = stage.humans, stage.world.users[MAYA]
    assert (await humans.install(MAYA)).status == 201
    await stage.told(MAYA, "Today")
    await humans.say(MAYA, stage.own(MAYA), "focus 5m draft the schema")
    await stage.told(MAYA, "Focus until ")
    await until(lambda: is_undisturbed(maya.preferred), within=15)
    await until(lambda: "Focusing" in (maya.status_message.text if maya.status_message else ""), within=15)

    await humans.say(KENJI, GENERAL, f"@Maya Costa {QUESTION}?")
    note = await stage.told(KENJI, "Deliver when back", GENERAL)
    assert note.viewer == KENJI
    await urgent(stage, note)
    await held_from_a_message(stage)

    await humans.say(MAYA, stage.own(MAYA), "focus off")
    digest = await stage.told(MAYA, DRAFT)
    assert QUESTION not in written(digest, MAYA)
    await until(lambda: maya.preferred is None and maya.status_message is None, within=15)


async def test_who_is_turned_away_is_counted(stage: Stage) -> None:
    async with aiohttp.ClientSession() as http:
        async with http.post(f"{stage.served.url}/api/messages", json={}) as answer:
            assert answer.status == 401
        async with http.get(f"{stage.served.url}/metrics") as answer:
            shown = await answer.text()
    assert 'boundary_requests_refused_total{platform="teams",reason="no_token"} 1.0' in shown


def is_undisturbed(preferred: Preferred | None) -> bool:
    return preferred is not None and (preferred.availability, preferred.by) == ("DoNotDisturb", "app")


async def urgent(stage: Stage, note: TeamsActivity) -> None:
    """Kenji says why it cannot wait; Maya gets it at once and may judge it."""
    opened = await stage.humans.press(KENJI, GENERAL, note.id, "It's urgent…")
    assert opened.ok, opened
    form = await stage.told(KENJI, "Input.Text", GENERAL)
    answers = {"reason": "broken", "words": REASON, "sure": "yes"}
    sent = await stage.humans.press(KENJI, GENERAL, form.id, "Send now", answers)
    assert sent.ok, sent
    ping = await stage.told(MAYA, "Could have waited")
    assert REASON in written(ping, MAYA)
    await until(lambda: note.deleted is not None, within=15)
    assert "On its way to Maya" in written(form, KENJI)


async def held_from_a_message(stage: Stage) -> None:
    """ "Deliver when available" in the menu of a message that Kenji wrote."""
    said = await stage.humans.say(KENJI, GENERAL, DRAFT)
    assert said.id is not None
    assert (await stage.humans.message_action(KENJI, GENERAL, said.id)).ok
    maya = stage.world.users[MAYA]
    sent = await stage.humans.submit_dialog(KENJI, {"to": maya.aad})
    assert sent.ok, sent


@pytest.mark.parametrize("platforms", ["both"], indirect=True)
async def test_a_focus_said_in_slack_shows_in_teams_and_one_digest_comes_where_one_was_last(
    stage: Stage, seeded: Seeded
) -> None:
    humans, maya = stage.humans, stage.world.users[MAYA]
    assert (await humans.install(MAYA)).status == 201
    await stage.told(MAYA, "Today")
    said = await stage.server.humans.command("U0MAYA", "C0PLATFORM", "/focus", "5m draft the schema")
    assert said.text.startswith("Focus until "), said
    await until(lambda: is_undisturbed(maya.preferred), within=15)

    await humans.say(KENJI, GENERAL, f"@Maya Costa {QUESTION}?")
    note = await stage.told(KENJI, "Deliver when back", GENERAL)
    assert (await humans.press(KENJI, GENERAL, note.id, "Deliver when back")).ok
    later = await stage.server.humans.command("U0SAM", "C0PLATFORM", "/later", f"@maya {DRAFT}")
    assert "Maya" in later.text, later

    await stage.server.humans.command("U0MAYA", "C0PLATFORM", "/focus", "off")
    chat = seeded.workspace.channels["D0BOT0MAYA"]
    await until(lambda: len(carrying(chat.messages.values())) > 0, within=15)
    digest = carrying(chat.messages.values())[0]
    assert "Kenji" in json.dumps(digest.blocks, ensure_ascii=False)
    await until(lambda: maya.preferred is None, within=15)
    assert not [each for each in stage.from_bot(stage.own(MAYA), MAYA) if DRAFT in written(each, MAYA)]


def carrying(messages: Iterable[Message]) -> list[Message]:
    """The messages of a Slack chat that hold what Sam wanted held."""
    return [each for each in messages if DRAFT in json.dumps(each.blocks, ensure_ascii=False)]


async def test_a_request_without_a_valid_token_is_turned_away_unlogged(stage: Stage) -> None:
    async with aiohttp.ClientSession() as session:
        for headers in ({}, {"Authorization": "Bearer a.b.c"}):
            body = {"type": "message", "text": QUESTION}
            async with session.post(f"{stage.served.url}/api/messages", json=body, headers=headers) as answer:
                assert (answer.status, await answer.text()) == (401, "")
