"""The bot is killed while teams talk in channels of Teams, where nothing can be read back: no post stands
twice, and what may not stand is told to each member in private."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.playground.faults import Fault, FaultKind
from adapters.playground.teams.records import Kind
from bot.failpoints import Failpoint
from bot.planning import teaming
from bot.ports import Tx
from bot.records import Conversation, Place, TeamRecord, TeamState
from rules.values import Team
from tests.faults.lives import Kill, Lives
from tests.faults.site import opened
from tests.faults.teams_site import REPEAT, SPEED, TeamsSite

pytestmark = [pytest.mark.faults, pytest.mark.timeout(170)]
SEED = 20261122
POINTS = [
    Failpoint.BEFORE_CLAIM, Failpoint.AFTER_CLAIM, Failpoint.AFTER_GUARD, Failpoint.AFTER_CALL,
    Failpoint.AFTER_RECORD, Failpoint.BEFORE_PROBE, Failpoint.AFTER_PROBE,
]  # fmt: skip


class ChannelsTalk(TeamsSite):
    """A tenant in which many teams of the same two people are founded within an hour, each in a channel."""

    senders, recipients, teams = 0, 2, 40

    def prepare(self, tx: Tx) -> None:
        super().prepare(tx)
        people = [*self.world.users]
        for number in range(self.teams):
            id_ = f"19:{number:04}@thread.tacv2"
            members = [*people, self.world.app.bot_id]
            self.world.add_conversation(id_, Kind.CHANNEL, f"Channel {number}", members, team=id_)
            tx.conversations.put(Conversation(self.tenant, id_, self.world.service_url, "channel"))
            team = Team(f"team-{number:04}", "Etc/UTC", members=("p_0000", "p_0001"))
            record = TeamRecord(team, TeamState(places=(Place(self.tenant, id_),)))
            tx.teams.put(record)
            due = self.time.start + timedelta(minutes=60 * self.random.random())
            teaming.post(tx, record, "founded", "", self.time.start, due=due)

    def standing(self) -> Counter[str]:
        """How many posts stand in the channel of each team."""
        return Counter(
            f"team-{place.id[3:7]}"
            for place in self.world.conversations.values()
            for post in place.activities.values()
            if place.kind is Kind.CHANNEL and post.by_bot and post.deleted is None
        )

    def told(self) -> Counter[tuple[str, str]]:
        """How often each member was told of each team in private, save where it says it may be a repeat."""
        found: Counter[tuple[str, str]] = Counter()
        for user in self.world.users:
            for post in self.world.personal(user).activities.values():
                words = f"{post.summary} {post.card}"
                if post.by_bot and REPEAT not in words:
                    found.update(
                        (team, user) for team in (f"team-{n:04}" for n in range(self.teams)) if team in words
                    )
        return found

    def heard(self, team: str) -> set[str]:
        """Who was told of a team in private at all."""
        chats = {user: self.world.personal(user).activities.values() for user in self.world.users}
        return {user for user, posts in chats.items() if any(team in f"{each.card}" for each in posts)}


async def test_killed_at_every_failpoint_no_post_stands_twice_and_none_is_lost_in_silence(
    tmp_path: Path,
) -> None:
    made = ChannelsTalk(tmp_path, SEED, Lives(), speed=SPEED)
    made.world.faults.add(Fault(FaultKind.DROP, "conversations.create", probability=0.1))
    async with opened(made, timedelta(minutes=1)):
        await made.suffer([Kill(point) for point in POINTS])
        await made.suffer([Kill(seconds=made.random.uniform(0.05, 0.9)) for _ in range(4)])
        await made.start()
        await made.settle(60)
        standing, teams = made.standing(), [f"team-{number:04}" for number in range(made.teams)]
        assert max(standing.values()) == 1, f"seed {SEED}"
        assert max(made.told().values(), default=1) == 1
        silent = [team for team in teams if not standing[team] and made.heard(team) != set(made.world.users)]
        assert silent == []
        assert sum(standing.values()) > made.teams // 2
        assert set(made.tally.reached) >= {Failpoint.AFTER_CALL, Failpoint.AFTER_GUARD}
