"""The bot is killed while teams talk in their channels: each post stands once, and shows what came last."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.playground.faults import Fault, FaultKind
from adapters.playground.records import User
from bot.failpoints import Failpoint
from bot.inbound import Account
from bot.planning import teaming
from bot.ports import Tx
from bot.records import AccountRecord, PersonRecord, PersonState, Place, TeamRecord, TeamState
from rules import Person
from rules.values import Team
from tests.faults.lives import Kill, Lives
from tests.faults.site import opened
from tests.faults.slack_site import BOT, SlackSite

pytestmark = [pytest.mark.faults, pytest.mark.timeout(170)]
SEED = 20261122
MEMBERS = ("UMAYA", "USAM")
POINTS = [
    Failpoint.BEFORE_CLAIM, Failpoint.AFTER_CLAIM, Failpoint.AFTER_GUARD, Failpoint.AFTER_CALL,
    Failpoint.AFTER_RECORD, Failpoint.BEFORE_PROBE, Failpoint.AFTER_PROBE, Failpoint.BEFORE_SETTLE,
    Failpoint.AFTER_SETTLE,
]  # fmt: skip
"""The failpoints on the way of a post in a channel."""


class TeamsTalk(SlackSite):
    """A workspace in which many teams, each in a channel of its own, are founded within a few minutes;
    every third post is shown anew. `guests`: how many of the channels have a guest in them."""

    senders, recipients, teams, guests = 0, 1, 60, 0

    def prepare(self, tx: Tx) -> None:
        for user in MEMBERS:
            self.workspace.add_user(User(user, user.lower(), user.title(), "Etc/UTC"))
            who = Account(self.tenant, user)
            dm = self.workspace.direct(user, BOT).id
            tx.accounts.put(AccountRecord(who, person=user, name=user, zone="Etc/UTC", dm=dm))
            tx.people.put(PersonRecord(Person(user, "Etc/UTC"), PersonState(home=who, met=True)))
        self.workspace.add_user(User("UGUEST", "guest", "A Guest", "Etc/UTC", restricted=True))
        for number in range(self.teams):
            self._found(tx, number)

    def _found(self, tx: Tx, number: int) -> None:
        members = [*MEMBERS, BOT, *(["UGUEST"] if number < self.guests else [])]
        channel = self.workspace.add_channel(f"C{number:04}", f"team-{number:04}", members)
        team = Team(f"team-{number:04}", "Etc/UTC", members=MEMBERS)
        record = TeamRecord(team, TeamState(places=(Place(self.tenant, channel.id),)))
        tx.teams.put(record)
        due = self.time.start + timedelta(minutes=4 * self.random.random())
        teaming.post(tx, record, "founded", "", self.time.start, due=due)
        for turn in (1, 2) if number % 3 == 0 else ():
            teaming.repost(tx, record, "founded", "", due + timedelta(minutes=turn), turn=turn)

    @property
    def tenant(self) -> str:
        return f"slack:{self.workspace.team_id}"

    def standing(self) -> Counter[str]:
        """How many posts of the bot stand in each channel of a team."""
        own = (each for each in self.workspace.channels.values() if each.id.startswith("C"))
        return Counter(each.id for each in own for post in each.messages.values() if post.user == BOT)

    def edited(self) -> set[str]:
        """The channels whose post was shown anew."""
        posts = [post for post in self.workspace.audit.posts if post.deleted_ts is None and post.edited_ts]
        return {post.channel for post in posts}

    def told(self) -> Counter[str]:
        """How often each team is named in what its members were told in private."""
        private = (each for each in self.workspace.channels.values() if each.id.startswith("D"))
        texts = (post.text for each in private for post in each.messages.values() if post.user == BOT)
        names = [f"team-{number:04}" for number in range(self.teams)]
        return Counter(name for text in texts for name in names if name in text)


@asynccontextmanager
async def talking(folder: Path, guests: int = 0) -> AsyncIterator[TeamsTalk]:
    made = TeamsTalk(folder, SEED, Lives())
    made.guests = guests
    made.workspace.faults.add(Fault(FaultKind.DROP, "chat.postMessage", probability=0.05))
    made.workspace.faults.add(Fault(FaultKind.DROP, "chat.update", probability=0.05))
    made.workspace.faults.add(Fault(FaultKind.RATE_LIMITED, "chat.postMessage", probability=0.05, seconds=1))
    async with opened(made, None) as site:
        yield site


async def test_killed_at_every_failpoint_each_post_stands_once(tmp_path: Path) -> None:
    async with talking(tmp_path) as made:
        await made.suffer([Kill(point) for point in POINTS])
        await made.suffer([Kill(seconds=made.random.uniform(0.05, 0.9)) for _ in range(10)])
        await made.start()
        await made.settle()
        channels = [f"C{number:04}" for number in range(made.teams)]
        assert made.standing() == Counter(channels), f"seed {SEED}"
        assert made.edited() == set(channels[::3])
        assert made.told() == Counter()
        assert {Failpoint.AFTER_CALL, Failpoint.AFTER_PROBE} <= set(made.tally.reached)


async def test_where_guests_read_along_each_member_is_told_once_in_private(tmp_path: Path) -> None:
    async with talking(tmp_path, guests=20) as made:
        await made.suffer(
            [Kill(Failpoint.AFTER_CALL), Kill(Failpoint.AFTER_RECORD, nth=3), Kill(seconds=0.4)]
        )
        await made.start()
        await made.settle()
        told = Counter({f"team-{number:04}": len(MEMBERS) for number in range(20)})
        assert made.told() == told, f"seed {SEED}"
        assert made.standing() == Counter(f"C{number:04}" for number in range(20, made.teams))


async def test_a_process_that_was_stopped_and_goes_on_leaves_no_second_post(tmp_path: Path) -> None:
    async with talking(tmp_path) as made:
        await made.start()
        for _ in range(3):
            assert made.life is not None
            made.life.signal(signal.SIGSTOP)
            await asyncio.sleep(1.2)  # twice the quarantine
            made.life.signal(signal.SIGCONT)
        await made.settle()
        assert made.standing() == Counter(f"C{number:04}" for number in range(made.teams)), f"seed {SEED}"
