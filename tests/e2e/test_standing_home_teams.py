"""The Home card in Teams over the wire: the bot as it is put together, a tenant, and a clock that jumps."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from adapters.playground.clock import PlaygroundClock
from adapters.playground.server import PlaygroundServer
from adapters.playground.teams.records import TeamsActivity
from adapters.playground.teams.seed import GENERAL
from adapters.playground.teams.world import TeamsWorld
from bot.bootstrap.playground import playground
from bot.settings import Settings
from tests.support.waiting import until

MAYA, KENJI = "29:maya", "29:kenji"


@pytest.fixture
async def server() -> AsyncIterator[PlaygroundServer]:
    """A Tuesday at 10:05 in Lisbon; Maya has the app in Teams."""
    async with playground(Settings().model_copy(update={"port": 0})) as server:
        yield server


def tenant(server: PlaygroundServer) -> TeamsWorld:
    assert server.teams is not None
    return server.teams.world


def homes(server: PlaygroundServer) -> list[TeamsActivity]:
    posts = tenant(server).personal(MAYA).activities.values()
    return [each for each in posts if each.by_bot and "Forget me" in _card(each)]


def _card(post: TeamsActivity) -> str:
    return json.dumps(post.card_for(MAYA), ensure_ascii=False)


async def home_says(server: PlaygroundServer, words: str) -> None:
    await until(lambda: any(words in _card(each) for each in homes(server)), within=20)


def jump(server: PlaygroundServer, minutes: int) -> None:
    clock = tenant(server).clock
    assert isinstance(clock, PlaygroundClock)
    clock.jump(clock.now() + timedelta(minutes=minutes))


async def test_the_card_in_the_chat_follows_the_focus_and_the_digest(server: PlaygroundServer) -> None:
    humans = server.teams_humans
    await humans.say(MAYA, tenant(server).personal(MAYA).id, "focus 90m")
    await home_says(server, "Focus until 11:3")
    await humans.say(KENJI, GENERAL, "@Maya Costa which payload do we ship?")
    await home_says(server, "1 waiting, 0 urgent")
    jump(server, 91)
    await home_says(server, "Available until ")
    jump(server, 25)  # past the quarter of an hour over which digests are spread
    await home_says(server, "0 waiting, 0 urgent")
    assert len(homes(server)) == 1


async def test_who_is_off_is_shown_so_from_the_first_minute(server: PlaygroundServer) -> None:
    """The norms named Kenji's account before the app was installed for him."""

    def shown() -> bool:
        kenji = tenant(server).users[KENJI]
        return kenji.preferred is not None and kenji.status_message is not None

    await until(shown, within=20)
