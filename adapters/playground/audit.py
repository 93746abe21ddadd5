"""What the workspace remembers for the tests: every post ever stored and every call that arrived."""

from bisect import bisect_right
from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from adapters.playground.records import Json, Message

MAX_CALLS: Final = 500_000
_SECRET_OR_LONG: Final = frozenset(
    {"token", "client_secret", "code", "refresh_token", "text", "blocks", "view", "attachments"}
)


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One arrival. `at` is in limiter seconds, `wall` in epoch seconds; `args` hold no secret and no text."""

    method: str
    at: float
    wall: float
    team: str
    user: str | None
    channel: str | None
    outcome: str
    args: Json


class CallLog:
    """What arrived and how it was answered; `calls` is bounded, the counters are not."""

    def __init__(self) -> None:
        self.calls: deque[CallRecord] = deque(maxlen=MAX_CALLS)
        self.arrivals: Counter[str] = Counter()
        self.outcomes: Counter[tuple[str, str]] = Counter()
        self.early: int = 0
        """Calls that came before a Retry-After had passed."""
        self._not_before: dict[tuple[str, str], float] = {}

    def arrived(self, method: str, at: float, scope: str = "") -> None:
        """Count an arrival, before anything else happens to it; `scope` is what limits count apart."""
        self.arrivals[method] += 1
        if at < self._not_before.get((method, scope), at):
            self.early += 1

    def penalised(self, method: str, until: float, scope: str = "") -> None:
        """Remember that callers were told to stay away until `until` (limiter seconds)."""
        key = method, scope
        self._not_before[key] = max(until, self._not_before.get(key, until))

    def answered(self, record: CallRecord) -> None:
        """Keep the outcome of a call."""
        self.calls.append(record)
        self.outcomes[record.method, record.outcome] += 1

    def worst_window(self, method: str, *, seconds: float = 60.0, channel: str | None = None) -> int:
        """The most calls of `method` that arrived within any `seconds`, refused ones included."""
        times = sorted(
            call.at for call in self.calls if call.method == method and channel in {None, call.channel}
        )
        return max(
            (bisect_right(times, start + seconds - 1e-9) - i for i, start in enumerate(times)), default=0
        )

    def summary(self, over_limit: int) -> Json:
        """How the app behaved, as JSON: arrivals, outcomes, and calls it should not have made."""
        outcomes: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for (method, outcome), count in self.outcomes.items():
            outcomes[method][outcome] = count
        return {
            "arrivals": dict(self.arrivals),
            "outcomes": outcomes,
            "over_limit": over_limit,
            "before_retry_after": self.early,
            "worst_minute": {method: self.worst_window(method) for method in self.arrivals},
        }


class Audit(CallLog):
    """The oracle: `posts` keeps deleted ones too."""

    def __init__(self) -> None:
        super().__init__()
        self.posts: list[Message] = []

    def copies(self, key: str) -> dict[str, int]:
        """How many posts were ever stored per value of `metadata.event_payload[key]`."""
        return Counter(_marks(self.posts, key))

    def left(self, key: str) -> dict[str, int]:
        """As `copies`, without the deleted ones: what people still see."""
        return Counter(_marks((post for post in self.posts if post.deleted_ts is None), key))


def safe_args(args: Json) -> Json:
    """The arguments of a call without secrets, message text and other bulk."""
    return {name: value for name, value in args.items() if name not in _SECRET_OR_LONG}


def post_json(post: Message) -> Json:
    """A stored post as the oracle's JSON."""
    return {
        "ts": post.ts,
        "channel": post.channel,
        "user": post.user,
        "viewer": post.viewer,
        "text": post.text,
        "blocks": post.blocks,
        "metadata": post.metadata,
        "thread_ts": post.thread_ts,
        "method": post.method,
        "edited": post.edited_ts,
        "deleted": post.deleted_ts,
    }


def _marks(posts: Iterable[Message], key: str) -> Iterable[str]:
    for post in posts:
        payload = (post.metadata or {}).get("event_payload") or {}
        if key in payload:
            yield str(payload[key])
