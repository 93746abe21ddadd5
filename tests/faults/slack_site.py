"""The Slack side of the fault runs: a workspace whose members send `/later`."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import aiohttp

from adapters.clock import SystemClock
from adapters.playground.events import sign
from adapters.playground.records import Message, User
from adapters.playground.seed import empty, install
from adapters.playground.server import PlaygroundServer
from adapters.playground.workspace import Workspace
from bot.failpoints import Failpoint
from bot.inbound import Account
from bot.records import AccountRecord
from tests.faults.fast import SPEED
from tests.faults.lives import Lives, Served
from tests.faults.site import SHORT, START, Site, Tally, opened, pings_in

BOT = "U0BOT"
POINTS = [
    point
    for point in Failpoint
    if point not in (Failpoint.AFTER_ACCEPT, Failpoint.BEFORE_PARCEL, Failpoint.AFTER_PARCEL)
]
"""The failpoints on the way of a Slack message: it is handled before it is acknowledged."""


class SlackSite(Site):
    """A workspace with one app."""

    server: PlaygroundServer

    def __init__(
        self, folder: Path, seed: int, lives: Lives, start: datetime = START, speed: float = SPEED
    ) -> None:
        super().__init__(folder, seed, lives, start, speed)
        self.workspace: Workspace = empty(
            self.time.clock(), limit_time=self.time.limit_seconds, team_id="T0FAULT"
        )
        self.workspace.faults.reseed(seed)
        self.token, _ = install(self.workspace)
        self.server = PlaygroundServer(self.workspace)

    def join(self, number: int) -> AccountRecord:
        user = _user(number)
        self.workspace.add_user(User(user, f"person{number}", f"Person {number}", "Etc/UTC"))
        dm = self.workspace.direct(user, BOT).id
        account = Account(f"slack:{self.workspace.team_id}", user)
        return AccountRecord(account, name=user, zone="Etc/UTC", dm=dm)

    def environment(self) -> dict[str, str]:
        return {
            "SLACK_BOT_TOKEN": self.token.secret,
            "SLACK_SIGNING_SECRET": self.workspace.app.signing_secret,
            "SLACK_API_URL": self.server.api_url,
        }

    async def ping(self, session: aiohttp.ClientSession, sender: int, recipient: int, text: str) -> None:
        """One `/later`, sent again with the same trigger, freshly signed, as long as nobody acknowledges
        it."""
        body = self._command(_user(sender), f"<@{_user(recipient)}|someone> {text}")
        while not await self._acknowledged(session, body):  # noqa: ASYNC110 -- another process
            await asyncio.sleep(0.05)

    async def _acknowledged(self, session: aiohttp.ClientSession, body: bytes) -> bool:
        stamp = str(int(self.workspace.epoch()))
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": sign(self.workspace.app.signing_secret, stamp, body),
        }
        try:
            async with session.post(
                f"http://127.0.0.1:{self.port}/slack/events", data=body, headers=headers, timeout=SHORT
            ) as answer:
                await answer.read()
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    def _command(self, sender: str, text: str) -> bytes:
        return urlencode({
            "team_id": self.workspace.team_id, "channel_id": f"D{sender[1:]}", "user_id": sender,
            "user_name": sender, "command": "/later", "text": text, "api_app_id": self.workspace.app.app_id,
            "trigger_id": self.workspace.new_trigger(sender), "response_url": "", "is_enterprise_install":
            "false", }).encode()  # fmt: skip

    def seen(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for post in self.workspace.audit.posts:
            if post.deleted_ts is None:
                found.update(pings_in(_words(post)).keys())
        return found

    def count(self) -> Tally:
        seen, tally = self.seen(), self.tally
        wanted = [f"ping-{number:05}" for number in range(tally.pings)]
        tally.lost = [ping for ping in wanted if not seen[ping]]
        tally.twice = [ping for ping in wanted if seen[ping] > 1]
        tally.copies = sum(copies - 1 for copies in self.workspace.audit.copies("id").values())
        tally.left = sum(copies - 1 for copies in self.workspace.audit.left("id").values())
        tally.over_limit, tally.early = self.workspace.calls_over_limit(), self.workspace.audit.early
        tally.kept = self.kept()
        return tally


@asynccontextmanager
async def site(
    folder: Path, *, seed: int, away: timedelta = timedelta(minutes=15)
) -> AsyncIterator[SlackSite]:
    """A workspace with everything but the bot running; recipients come back one by one within `away`."""
    async with opened(SlackSite(folder, seed, Lives()), away) as made:
        yield made


@asynccontextmanager
async def served(folder: Path, *, seed: int) -> AsyncIterator[SlackSite]:
    """A workspace whose bot is `boundary-bot serve` itself, in real time; nobody has enrolled."""
    async with opened(SlackSite(folder, seed, Served(), SystemClock().now(), speed=1.0), None) as made:
        yield made


def _user(number: int) -> str:
    return f"U{number:04}"


def _words(post: Message) -> str:
    return f"{post.text} {json.dumps(post.blocks or [])}"
