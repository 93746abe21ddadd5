"""The world outside for tests of the delivery side: a clock that is moved by hand and a chat that can be
made to fail."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.inbound import Account, Profile
from bot.messages.model import Message
from bot.ports import Dnd, Done, Outcome, Tx, Unclear, Vault
from bot.records import Cost, Delivery, Lane
from rules import Status

START = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
"""A Tuesday at ten in the morning in Lisbon."""
PLENTY = (Cost("any", 1_000_000, 500_000),)


class HandClock:
    """Both clocks stand still until the test moves them."""

    def __init__(self, now: datetime = START) -> None:
        self.at = now
        self.seconds = 1000.0
        self.callbacks: list[Callable[[], None]] = []

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.seconds

    def delay_until(self, at: datetime) -> float | None:
        return (at - self.at).total_seconds()

    def on_change(self, callback: Callable[[], None]) -> None:
        self.callbacks.append(callback)

    def advance(self, seconds: float) -> None:
        """Let time pass on both."""
        self.at += timedelta(seconds=seconds)
        self.seconds += seconds


@dataclass(frozen=True, slots=True)
class Lost:
    """The call is carried out, and its answer is lost."""


@dataclass(frozen=True, slots=True)
class Never:
    """The call is not carried out, and nobody can tell: the request was lost."""


@dataclass(frozen=True, slots=True)
class Post:
    to: Account
    delivery: str
    ref: str
    message: Message


Scripted = Outcome | Lost | Never | Callable[[], None]


@dataclass
class FaultyChat:
    """Keeps every post ever made. `script[method]` is what the next calls of it come to; then all goes
    well."""

    clock: HandClock
    platform: str = "slack"
    probes: bool = True
    tells_expiry: bool = True
    prices: dict[Lane, tuple[Cost, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.script: defaultdict[str, deque[Scripted]] = defaultdict(deque)
        self.calls: list[tuple[str, Account, float]] = []
        self.posts: list[Post] = []
        self.gone: set[str] = set()
        self.statuses: dict[Account, Status] = {}
        self.dnd: dict[Account, Dnd] = {}
        self.hold: asyncio.Event | None = None

    def standing(self) -> list[Post]:
        """The posts that can be read."""
        return [post for post in self.posts if post.ref not in self.gone]

    def count(self, method: str) -> int:
        return sum(name == method for name, _, _ in self.calls)

    def costs(self, delivery: Delivery) -> tuple[Cost, ...]:
        return self.prices.get(delivery.lane, PLENTY)

    async def post(self, to: Account, message: Message, delivery: str) -> Outcome:
        def act() -> Outcome:
            self.posts.append(Post(to, delivery, f"{to.user}:{len(self.posts)}", message))
            return Done(self.posts[-1].ref)

        return await self._call("post", to, act)

    async def note(
        self, to: Account, channel: str, message: Message, delivery: str, thread: str = ""
    ) -> Outcome:
        def act() -> Outcome:
            self.posts.append(Post(to, delivery, f"{channel}:{len(self.posts)}", message))
            return Done()

        return await self._call("note", to, act)

    async def announce(self, place: Account, message: Message, delivery: str) -> Outcome:
        def act() -> Outcome:
            self.posts.append(Post(place, delivery, f"{place.user}:{len(self.posts)}", message))
            return Done(self.posts[-1].ref)

        return await self._call("announce", place, act)

    async def revise(self, place: Account, ref: str, message: Message) -> Outcome:
        def act() -> Outcome:
            self.posts = [replace(post, message=message) if post.ref == ref else post for post in self.posts]
            return Done(ref)

        return await self._call("revise", place, act)

    async def find(self, to: Account, deliveries: Sequence[str]) -> Mapping[str, tuple[str, ...]] | Outcome:
        outcome = await self._call("find", to, Done)
        if not isinstance(outcome, Done):
            return outcome
        return {
            wanted: tuple(post.ref for post in self.standing() if (post.to, post.delivery) == (to, wanted))
            for wanted in deliveries
        }

    async def withdraw(self, to: Account, ref: str) -> Outcome:
        def act() -> Outcome:
            self.gone.add(ref)
            return Done(ref)

        return await self._call("withdraw", to, act)

    async def read_status(self, to: Account) -> Status | Outcome:
        outcome = await self._call("read_status", to, Done)
        return self.statuses.get(to, Status("", "", None)) if isinstance(outcome, Done) else outcome

    async def write_status(self, to: Account, status: Status) -> Outcome:
        def act() -> Outcome:
            self.statuses[to] = status
            return Done()

        return await self._call("write_status", to, act)

    async def read_dnd(self, to: Account) -> Dnd | Outcome:
        outcome = await self._call("read_dnd", to, Done)
        return self.dnd.get(to, Dnd()) if isinstance(outcome, Done) else outcome

    async def snooze(self, to: Account, minutes: int) -> Outcome:
        def act() -> Outcome:
            self.dnd[to] = Dnd(snoozed_until=self.clock.now() + timedelta(minutes=minutes))
            return Done()

        return await self._call("snooze", to, act)

    async def end_snooze(self, to: Account) -> Outcome:
        def act() -> Outcome:
            self.dnd[to] = Dnd()
            return Done()

        return await self._call("end_snooze", to, act)

    async def publish_home(self, to: Account, home: Message) -> Outcome:
        return await self._call("publish_home", to, Done)

    async def profile(self, who: Account) -> Profile | Outcome:
        return Profile()

    async def _call(self, method: str, to: Account, act: Callable[[], Outcome]) -> Outcome:
        self.calls.append((method, to, self.clock.monotonic()))
        scripted = self.script[method].popleft() if self.script[method] else None
        if self.hold is not None:
            await self.hold.wait()
        match scripted:
            case None:
                return act()
            case Lost():
                act()
                return Unclear("reset")
            case Never():
                return Unclear("timeout")
            case callback if callable(callback):
                callback()
                return act()
            case outcome:
                return outcome


class OpenVault:
    """Seals nothing: what is sealed is not looked at here."""

    def seal(self, text: str, about: str) -> bytes:
        return text.encode()

    def open(self, sealed: bytes, about: str) -> str:
        return sealed.decode()

    def rotate(self, sealed: bytes) -> bytes:
        return sealed


def plain_text(tx: Tx, vault: Vault, delivery: Delivery, now: datetime) -> Message | None:
    """A composer that names the delivery's key."""
    return Message(delivery.key, ())
