"""Rate limits in sliding windows, for every platform, and which ones Slack has: per method and workspace, all
tokens together, in one minute.

Source of Slack's: docs.slack.dev/apis/web-api/rate-limits. Burst sizes are unpublished; the one for posts is
our choice.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from adapters.playground.methods import Method


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `calls` in any `seconds`, counted under `key`."""

    key: tuple[str, ...]
    calls: int
    seconds: float


POST_BURST: Final = 3  # one post a second and channel, "short bursts tolerated": three in any three seconds
PROFILE_PER_USER: Final = 10  # users.profile.set, a minute and person
PROFILE_PER_TOKEN: Final = 30  # users.profile.set, profiles a minute and token


class RateLimiter:
    """Counts accepted calls in sliding windows; the time comes from `monotonic`, in seconds."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self.monotonic = monotonic
        self.enabled = True
        self.over = 0
        """How many calls came although their limit was used up."""
        self._windows: defaultdict[tuple[str, ...], deque[float]] = defaultdict(deque)

    def take(self, limits: Sequence[Limit]) -> float | None:
        """Count one call against all `limits`: None if it fits, else the seconds to wait (not counted)."""
        now = self.monotonic()
        wait = max((self._wait(limit, now) for limit in limits), default=0.0)
        if wait > 0:
            self.over += 1
            if self.enabled:
                return wait
        for limit in limits:
            self._windows[limit.key].append(now)
        return None

    def _wait(self, limit: Limit, now: float) -> float:
        window = self._windows[limit.key]
        while window and window[0] <= now - limit.seconds:
            window.popleft()
        return window[-limit.calls] + limit.seconds - now if len(window) >= limit.calls else 0.0


def limits_of(
    method: Method, *, channel: str | None = None, user: str | None = None, token: str | None = None
) -> tuple[Limit, ...]:
    """The limits one call of `method` counts against."""
    base = Limit((method.name,), method.per_minute, 60.0)
    if method.name == "chat.postMessage" and channel:
        return (base, Limit((method.name, "channel", channel), POST_BURST, float(POST_BURST)))
    if method.name == "users.profile.set":
        return (
            base,
            Limit((method.name, "user", user or ""), PROFILE_PER_USER, 60.0),
            Limit((method.name, "token", token or ""), PROFILE_PER_TOKEN, 60.0),
        )
    return (base,)


def retry_after(seconds: float) -> int:
    """The `Retry-After` header for a wait: whole seconds, at least one."""
    return max(1, ceil(seconds))
