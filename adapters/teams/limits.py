"""Microsoft's ceilings as the budgets the outbox spends, and a meter that no call gets past.

Per bot and conversation: 7 sends in 1 s, 8 in 2 s, 60 in 30 s, 1,800 in an hour; creating conversations
likewise. Per app and tenant: 50 requests in 1 s (msteams-docs, bots/how-to/rate-limit.md); Graph presence:
1,500 requests in 30 s. The outbox's budgets are rows in the store and hold over restarts and replicas.
What they cannot know is counted by the meter, which sees every call of this process: answers past the outbox,
the parts of a long message, and notes in a group, whose conversation a delivery does not name.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from bot.inbound import Account
from bot.ports import Clock
from bot.records import Cost, Lane

SEND: Final = "activities.send"
CREATE: Final = "conversations.create"
MEMBERS: Final = "members.get"
CONNECTOR: Final = "connector"
READ: Final = "graph.read"
WRITE: Final = "graph.write"


@dataclass(frozen=True, slots=True)
class Window:
    """At most `calls` in any `seconds`."""

    seconds: float
    calls: int


CEILINGS: Final[Mapping[str, tuple[Window, ...]]] = MappingProxyType(
    {
        SEND: (Window(1, 7), Window(2, 8), Window(30, 60), Window(3600, 1800)),  # per conversation
        CREATE: (Window(1, 7), Window(2, 8), Window(30, 60), Window(3600, 1800)),  # kept per tenant
        MEMBERS: (Window(1, 14), Window(2, 16), Window(30, 120), Window(3600, 3600)),  # per conversation
        CONNECTOR: (Window(1, 50),),  # per tenant: every call to the connector
        READ: (Window(30, 750),),  # per tenant: together Graph's 1,500
        WRITE: (Window(30, 750),),
    }
)
CHANNEL_ENDS: Final = ("@thread.tacv2", "@thread.skype")
"""How the ids of channels end; those of group chats end in "@thread.v2"."""
TRAVEL: Final = 1.05
"""How much longer our windows are than Microsoft's: calls that leave a second apart may arrive closer."""

_KEPT: Final = (
    10_000  # conversations whose calls of the last hour are remembered before old ones are looked for
)


def _bucket(method: str, at_once: int, a_second: float, channel: str = "") -> Cost:
    """`at_once` calls together and `a_second` more each second: at most at_once + a_second * W in W seconds.

    The limiter's bucket (bot/limiter.py) holds `burst` and refills `per_minute - burst` a minute.
    """
    return Cost(method, at_once + 60 * a_second, at_once, channel)


def _sends(method: str, channel: str) -> tuple[Cost, Cost]:
    """5 + 1/s: 6 in 1 s, 7 in 2 s, 35 in 30 s. 29 + 0.49/s: 1,793 in an hour."""
    return _bucket(f"{method}/2s", 5, 1.0, channel), _bucket(f"{method}/1h", 29, 0.49, channel)


_TENANT: Final = _bucket(f"{CONNECTOR}/1s", 4, 38.0)  # 42 in 1 s and 6 created: two are left for answers
_GRAPH_READ: Final = _bucket(f"{READ}/30s", 30, 22.5)  # 705 in 30 s
_GRAPH_WRITE: Final = _bucket(f"{WRITE}/30s", 30, 22.5)


def lane_costs(lane: Lane, to: Account, *, opens: bool = False) -> tuple[Cost, ...]:
    """What one delivery of `lane` spends. `opens`: the conversation with `to` has to be created first.

    A person's own conversation is named by the person, since its id may not be known yet. The first cost of a
    status is that of reading it.
    """
    if lane in {Lane.STATUS, Lane.SNOOZE}:
        return _GRAPH_READ, _GRAPH_WRITE
    sends = (*_sends(SEND, to.user), _TENANT)
    return (*sends, *_sends(CREATE, "")) if opens else sends


def channel_costs(place: Account, *, anew: bool = False, looks: bool = True) -> tuple[Cost, ...]:
    """What a post in a channel or group spends, or showing one `anew`; a new thread counts for its channel.
    `looks`: who reads it has to be seen first, which takes a page of members."""
    creates = place.user.endswith(CHANNEL_ENDS) and not anew
    sends = _sends(CREATE if creates else SEND, place.user)
    reads = (_bucket(f"{MEMBERS}/1h", 29, 0.9, place.user), _TENANT) if looks else ()
    return (*sends, _TENANT, *reads)


class Meter:
    """Counts the calls of this process in sliding windows, by method and what it is counted per."""

    def __init__(self, clock: Clock, ceilings: Mapping[str, Sequence[Window]] = CEILINGS) -> None:
        self._clock = clock
        self._ceilings = ceilings
        self._calls: dict[tuple[str, str], deque[float]] = {}
        self._paused: dict[tuple[str, str], float] = {}
        self._most = _KEPT

    def __len__(self) -> int:
        """How many conversations and tenants are remembered."""
        return len(self._calls)

    def take(self, keys: Sequence[tuple[str, str]]) -> float:
        """Count one call for every key, or none at all: 0.0 if counted, else the seconds until it may be."""
        now = self._clock.monotonic()
        wait = max((self._wait(key, now) for key in keys), default=0.0)
        if wait <= 0:
            for key in keys:
                self._calls.setdefault(key, deque()).append(now)
            if len(self._calls) > self._most:
                self._forget(now)
            return 0.0
        return wait

    def hold(self, key: tuple[str, str], seconds: float) -> None:
        """The service said when to come back (Retry-After): nothing for `key` before, whoever asks."""
        now = self._clock.monotonic()
        self._paused = {other: until for other, until in self._paused.items() if until > now}
        self._paused[key] = max(now + seconds, self._paused.get(key, now))

    async def turn(self, keys: Sequence[tuple[str, str]], patience: float) -> float:
        """Like `take`, but wait up to `patience` seconds for it."""
        while (wait := self.take(keys)) > 0 and wait <= patience:
            patience -= wait
            await asyncio.sleep(wait)
        return wait

    def _wait(self, key: tuple[str, str], now: float) -> float:
        windows, calls = self._ceilings.get(key[0], ()), self._calls.get(key)
        paused = self._paused.get(key, now) - now
        if not calls or not windows:
            return max(0.0, paused)
        longest = max(window.seconds for window in windows) * TRAVEL
        while calls and now - calls[0] >= longest:
            calls.popleft()
        waits = (
            calls[-window.calls] + window.seconds * TRAVEL - now
            for window in windows
            if len(calls) >= window.calls
        )
        return max(0.0, paused, *waits)

    def _forget(self, now: float) -> None:
        """Drop what no window sees any more."""
        for key in list(self._calls):
            longest = max((window.seconds for window in self._ceilings.get(key[0], ())), default=0.0)
            if now - self._calls[key][-1] >= longest * TRAVEL:
                del self._calls[key]
        self._most = max(_KEPT, 2 * len(self._calls))
