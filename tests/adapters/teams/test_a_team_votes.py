"""A team votes in its channel or group chat: the real application behind the real adapter, over the wire."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest

from adapters.playground.clock import PlaygroundClock
from adapters.playground.teams.records import Kind, TeamsActivity
from adapters.stores.memory import MemoryStore
from bot.app import App
from bot.inbound import Inbound as Came
from bot.metrics import Metrics
from bot.perform import Performer
from bot.ports import Reply, Tx
from bot.timing import Timing
from rules import parse_when
from tests.support.chat_worlds import words_of
from tests.support.story import PlainVault, SmallCalendars
from tests.support.teams_inbound import ANA, KENJI, MAYA, NOOR, Inbound, inbound

OWN, CLUB = "19:own@thread.tacv2", "19:club@thread.v2"
TEAM = (MAYA, KENJI, ANA)


@dataclass
class Voting:
    """A team of three in a conversation of theirs."""

    at: Inbound
    place: str
    performer: Performer
    heard: list[Came]

    async def says(self, user: str, text: str) -> None:
        before = len(self.heard)
        self.at.time.advance(1)
        await self.at.humans.say(user, self.place, f"@Boundary Bot {text}")
        await self.at.quiet()
        assert len(self.heard) == before + 1

    async def deliver(self) -> None:
        for _ in range(10):
            await self.performer.step()
            await self.performer.drain()
            self.at.time.advance(2)

    def posted(self) -> list[TeamsActivity]:
        """What the bot said for everybody, as it stands."""
        return [post for post in self.at.said(self.place) if post.viewer is None and post.deleted is None]


@asynccontextmanager
async def voting(place: str) -> AsyncIterator[Voting]:
    store, vault, heard = MemoryStore(), PlainVault(), list[Came]()
    apps: list[App] = []

    async def handle(came: Came) -> Reply:
        heard.append(came)
        return await apps[0].handle(came)

    async with inbound(store=store, handler=handle) as at:
        clock: PlaygroundClock = at.clock
        apps.append(App(store=store, clock=clock, vault=vault, calendars=SmallCalendars(), poke=lambda: None))
        await apps[0].begin()
        performer = Performer(
            store=store, clock=clock, chats={"teams": at.adapter.chat}, vault=vault, timing=Timing(),
            owner="test", metrics=Metrics(),
        )  # fmt: skip
        made = Voting(at, place, performer, heard)
        kind = Kind.CHANNEL if place == OWN else Kind.GROUP
        at.world.add_conversation(place, kind, "Own", [*TEAM, at.world.app.bot_id], team=OWN)
        for user in TEAM:
            await made.says(user, "hours daily 00:00-24:00")
        await made.says(MAYA, "team new Platform")
        for user in TEAM[1:]:
            await made.says(user, "team join platform")
        await made.deliver()
        yield made
    await store.close()


@pytest.mark.parametrize("place", [OWN, CLUB])
async def test_a_ballot_counts_votes_in_its_place_and_each_voter_is_answered_alone(place: str) -> None:
    async with voting(place) as team:
        await team.says(MAYA, "team propose core mon-thu 13:00-15:00")
        await team.deliver()
        _, ballot = team.posted()
        for count, user in enumerate((KENJI, ANA), 1):
            done = await team.at.humans.press(user, place, ballot.id, "Yes")
            assert done.ok
            private = [post for post in team.at.said(place) if post.viewer == user]
            assert "You voted yes" in f"{done.toast}" + words_of(private[-1])
            await team.deliver()
            assert f"{count} of 3 voted" in words_of(ballot) or "Accepted" in words_of(ballot)
        assert len(team.posted()) == 2
        assert ballot.edited is not None
        assert ballot.views == {}
        assert "Kenji" not in words_of(ballot)


async def test_with_a_guest_in_the_channel_each_member_reads_the_ballot_in_private() -> None:
    async with voting(OWN) as team:
        team.at.world.conversations[OWN].members[NOOR] = None
        team.at.time.advance(61)
        await team.says(MAYA, "team propose core mon-thu 13:00-15:00")
        await team.deliver()
        assert len(team.posted()) == 1
        for user in (MAYA, KENJI):
            own = [
                post for post in team.at.said(team.at.personal(user)) if post.summary.startswith("Proposal 1")
            ]
            assert len(own) == 1, user


async def test_a_lifted_stretch_is_told_in_the_channel_judged_alone_and_taken_back() -> None:
    async with voting(OWN) as team:
        await team.at.store.write(focused)
        await team.says(MAYA, "team lift 30m incident review")
        await team.deliver()
        _, post = team.posted()
        assert "incident review" in words_of(post)
        done = await team.at.humans.press(KENJI, OWN, post.id, "Fair")
        private = [each for each in team.at.said(OWN) if each.viewer == KENJI]
        assert "Noted: fair" in f"{done.toast}" + words_of(private[-1])
        await team.says(MAYA, "team lift off")
        await team.deliver()
        assert len(team.posted()) == 2
        assert "took it back" in words_of(post)


def focused(tx: Tx) -> None:
    """The team keeps quiet all day."""
    record = tx.teams.get("platform")
    assert record is not None
    tx.teams.put(replace(record, team=replace(record.team, shared_focus=parse_when("daily 00:00-24:00"))))


async def test_a_guest_who_presses_in_the_channel_is_turned_away() -> None:
    async with voting(OWN) as team:
        (founded,) = team.posted()
        team.at.world.conversations[OWN].members[NOOR] = None
        done = await team.at.humans.press(NOOR, OWN, founded.id, "Join")
        assert "guest" in f"{done.toast}".lower()
        record = await team.at.store.read(lambda tx: tx.teams.get("platform"))
        assert record is not None
        assert len(record.team.members) == len(TEAM)
