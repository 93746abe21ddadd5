"""The Teams side of the fault runs: a tenant whose people say `later` to the bot in group chats.

A bot cannot read back what it said in Teams, so a message whose answer is lost may stand twice. The oracle
asks for what can be had: every ping arrives or its sender hears of it, and a copy says that it may be one.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from adapters.playground.audit import CallRecord
from adapters.playground.teams import activities
from adapters.playground.teams.records import Kind, TeamsActivity, TeamsUser
from adapters.playground.teams.seed import empty_teams
from adapters.playground.teams.server import TeamsServer
from adapters.playground.teams.world import TeamsWorld
from bot.failpoints import Failpoint
from bot.inbound import Account
from bot.ports import Tx
from bot.records import AccountRecord, Conversation, Tenant
from tests.faults.lives import Lives
from tests.faults.site import START, Site, Tally, opened, pings_in

SEND = "activities.send"
POINTS = [point for point in Failpoint if point not in (Failpoint.BEFORE_SETTLE, Failpoint.AFTER_SETTLE)]
"""The failpoints on the way of a Teams message: nothing is ever settled, since nothing can be read back."""
SPEED = 900.0
"""What may have arrived is delivered again an hour later: four seconds. A token lasts as long."""
REPEAT = "may be a repeat"
"""What is said of a message that may have been delivered before."""
UNDELIVERED = ("could not be delivered", "cannot see whether", "cannot reach")
"""What senders are told, one or the other, of messages that did not arrive or may not have."""
ON_ITS_WAY = 0.05
"""Seconds in which a call may be on its way while the one before it is refused."""
AGAIN = 0.2
"""Seconds until an activity that nobody took is sent again; Teams takes fifteen."""
_ACCEPTED = (200, 201, 202)


@dataclass(frozen=True, slots=True)
class Copy:
    """One ping in one message that its recipient can read. `marked`: it is said to be a repeat, perhaps."""

    ping: str
    post: str
    marked: bool


class TeamsSite(Site):
    """A tenant with one app. Each sender has a group chat with all recipients and the bot."""

    server: TeamsServer
    senders = 40

    def __init__(
        self, folder: Path, seed: int, lives: Lives, start: datetime = START, speed: float = SPEED
    ) -> None:
        super().__init__(folder, seed, lives, start, speed)
        clock = self.time.clock()
        self.world: TeamsWorld = empty_teams(clock, limit_time=self.time.limit_seconds)
        self.world.faults.reseed(seed)
        self.world.app.endpoint = self.endpoint
        self.server = TeamsServer(self.world, deadline=3.0)
        self.written: dict[str, tuple[int, int]] = {}

    @property
    def tenant(self) -> str:
        """The tenant as the bot names it."""
        return f"teams:{self.world.tenant_id}"

    @property
    def endpoint(self) -> str:
        """Where the bot listens."""
        return f"http://127.0.0.1:{self.port}/api/messages"

    # People --------------------------------------------------------------------------------------

    def prepare(self, tx: Tx) -> None:
        world = self.world
        tx.tenants.put(Tenant(self.tenant, "teams", bot_user=world.app.bot_id))
        for number in range(self.senders + self.recipients):
            user = world.add_user(_person(number))
            own = world.personal(user.id)
            tx.conversations.put(Conversation(self.tenant, own.id, world.service_url, "personal", user.id))
        everybody = [_user(self.senders + number) for number in range(self.recipients)]
        for number in range(self.senders):
            members = [_user(number), *everybody, world.app.bot_id]
            world.add_conversation(_crew(number), Kind.GROUP, f"Crew {number}", members)
            tx.conversations.put(Conversation(self.tenant, _crew(number), world.service_url, "groupChat"))

    def join(self, number: int) -> AccountRecord:
        user = self.world.users[_user(number)]
        return AccountRecord(
            Account(self.tenant, user.id), name=user.name, zone="Etc/UTC",
            dm=self.world.personal(user.id).id, directory_id=user.aad,
        )  # fmt: skip

    def environment(self) -> dict[str, str]:
        world = self.world
        return {
            "TEAMS_APP_ID": world.app.app_id,
            "TEAMS_APP_PASSWORD": world.app.password,
            "TEAMS_TENANT_ID": world.tenant_id,
            "TEAMS_ALLOWED_TENANTS": world.tenant_id,
            "TEAMS_OPENID_URL": world.openid_url,
            "TEAMS_LOGIN_URL": world.login_url,
            "TEAMS_GRAPH_URL": world.graph_url,
            "TEAMS_SERVICE_HOSTS": urlsplit(world.base_url).netloc,
        }

    # Writing -------------------------------------------------------------------------------------

    async def ping(self, session: aiohttp.ClientSession, sender: int, recipient: int, text: str) -> None:
        """One `later` in a group chat, the very same activity again as long as nobody acknowledges it, as
        Teams does."""
        world, person = self.world, self.world.users[_user(sender)]
        other = world.users[_user(recipient)]
        self.written[text] = sender, recipient
        mentions = ((world.app.bot_id, f"@{world.app.name}"), (other.id, f"@{other.name}"))
        words = f"{mentions[0][1]} later {mentions[1][1]} {text}"
        crew = world.conversations[_crew(sender)]
        post = TeamsActivity(
            world.new_activity_id(), crew.id, person.id, words, world.now(), mentions=mentions
        )
        activity = activities.message(world, person, crew, world.store(post))
        while (await self.server.delivery.attempt(activity)).status not in _ACCEPTED:  # noqa: ASYNC110
            await asyncio.sleep(AGAIN)  # another process: there is no event to wait for

    # The oracle ----------------------------------------------------------------------------------

    def seen(self) -> Counter[str]:
        read = Counter(copy.ping for copy in self.copies())
        read.update(ping for ping in self.written if not read[ping] and self.told(ping))
        return read

    def copies(self) -> Iterator[Copy]:
        """Every ping as often as its recipient can read it, oldest first."""
        chats = {self.world.personal(_user(self.senders + number)).id for number in range(self.recipients)}
        for post in self.world.audit.posts:
            if post.by_bot and post.deleted is None and post.conversation in chats:
                said = pings_in(post.text + json.dumps((post.card or {}).get("body")))
                yield from (Copy(ping, post.id, REPEAT in what) for ping, what in said.items())

    def told(self, ping: str) -> bool:
        """Whether the sender was told that something for its recipient did not arrive, or that nobody can see
        whether it did."""
        sender, recipient = (self.world.users[_user(number)] for number in self.written[ping])
        posts = self.world.personal(sender.id).activities.values()
        notices = (_words(post) for post in posts if post.by_bot)
        return any(recipient.name in words and any(map(words.__contains__, UNDELIVERED)) for words in notices)

    def count(self) -> Tally:
        found: defaultdict[str, list[Copy]] = defaultdict(list)
        for copy in self.copies():
            found[copy.ping].append(copy)
        tally = self.tally
        wanted = [f"ping-{number:05}" for number in range(tally.pings)]
        unseen = [ping for ping in wanted if not found[ping]]
        tally.lost = [ping for ping in unseen if not self.told(ping)]
        tally.told = len(unseen) - len(tally.lost)
        tally.twice = [ping for ping in wanted if not all(copy.marked for copy in found[ping][1:])]
        tally.copies = sum(len(copies) - 1 for copies in found.values() if copies)
        tally.over_limit = self.world.limits.over
        tally.kept = self.kept()
        return tally

    def too_early(self, seconds: float) -> int:
        """Sends to a conversation within `seconds` (limiter's) after one there was refused for so long, those
        left out that were on their way when the refusal came."""
        until: defaultdict[str | None, float] = defaultdict(float)
        early = 0
        for call in self._sends():
            early += until[call.channel] - seconds + ON_ITS_WAY < call.at < until[call.channel]
            if call.outcome.startswith("TooManyRequests"):
                until[call.channel] = call.at + seconds
        return early

    def recipient(self, number: int) -> str:
        """The account of one of those who are written to."""
        return _user(self.senders + number)

    def knocks(self, user: str) -> list[float]:
        """When something was sent to somebody's own chat, in limiter seconds."""
        return [call.at for call in self._sends() if call.channel == self.world.personal(user).id]

    def _sends(self) -> list[CallRecord]:
        """Every send that arrived, in order."""
        calls = [call for call in self.world.audit.calls if call.method == SEND]
        return sorted(calls, key=lambda call: call.at)


@asynccontextmanager
async def teams_site(
    folder: Path, *, seed: int, away: timedelta | None = timedelta(minutes=15), speed: float = SPEED
) -> AsyncIterator[TeamsSite]:
    """A tenant with everything but the bot running; recipients come back one by one within `away` (None: they
    have not enrolled)."""
    async with opened(TeamsSite(folder, seed, Lives(), speed=speed), away) as made:
        yield made


def _user(number: int) -> str:
    return f"29:{number:04}"


def _crew(number: int) -> str:
    return f"19:crew{number:04}@thread.v2"


def _person(number: int) -> TeamsUser:
    directory_id = f"aad00000-0000-4000-8000-{number:012}"
    return TeamsUser(_user(number), directory_id, f"Person {number:03}", f"p{number}@x.example", "Etc/UTC")


def _words(post: TeamsActivity) -> str:
    return f"{post.text} {json.dumps(post.card)}"
