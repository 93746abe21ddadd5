"""Rate budgets: token buckets kept as rows, changed in the transaction that claims the work.

A bucket holds at most `burst` tokens and refills `per_minute - burst` a minute, so that no window of 60
seconds, wherever it begins, sees more than `per_minute` calls. Slack counts per method and workspace over
all tokens, in one-minute windows (docs.slack.dev/apis/web-api/rate-limits). All times are Clock.monotonic()
seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.ports import Budgets
from bot.records import Budget, Cost

_ENOUGH = 1.0 - 1e-9  # a refill computed in floats may fall a hair short of the whole token it stands for


@dataclass(frozen=True, slots=True)
class Short:
    """No token: worth asking again in `seconds`. `shared`: a budget of the whole tenant is used up, not
    only that of one channel."""

    seconds: float
    shared: bool


def take(budgets: Budgets, tenant: str, costs: Sequence[Cost], now: float) -> Short | None:
    """Take one token for every cost, or none at all; None if taken."""
    filled = [(cost, _refilled(budgets, tenant, cost, now)) for cost in costs]
    short = [(wait, not cost.channel) for cost, bucket in filled if (wait := _wait(bucket, cost, now)) > 0]
    if short:
        return Short(max(wait for wait, _ in short), any(shared for _, shared in short))
    for _, bucket in filled:
        budgets.put(replace(bucket, tokens=bucket.tokens - 1.0))
    return None


def give_back(budgets: Budgets, tenant: str, cost: Cost, now: float) -> None:
    """Return the token of a call that was never made."""
    bucket = _refilled(budgets, tenant, cost, now)
    budgets.put(replace(bucket, tokens=min(_capacity(cost), bucket.tokens + 1.0)))


def hold_off(budgets: Budgets, tenant: str, method: str, channel: str, *, until: float, now: float) -> None:
    """The platform said when to come back (Retry-After): nothing of this bucket before `until`."""
    bucket = budgets.get(tenant, method, channel) or Budget(tenant, method, channel, 1.0, now)
    if until > bucket.not_before:
        budgets.put(replace(bucket, not_before=until))


def _refilled(budgets: Budgets, tenant: str, cost: Cost, now: float) -> Budget:
    bucket = budgets.get(tenant, cost.method, cost.channel)
    if bucket is None:
        return Budget(tenant, cost.method, cost.channel, _capacity(cost), now)
    if bucket.as_of > now:  # the clock began anew: count from here
        bucket = replace(bucket, as_of=now)
        budgets.put(bucket)
    passed = now - bucket.as_of
    tokens = min(_capacity(cost), bucket.tokens + passed * _per_second(cost))
    return replace(bucket, tokens=tokens, as_of=now)


def _capacity(cost: Cost) -> float:
    # A burst as large as the minute's allowance would leave nothing to refill with: at most half of it
    # comes at once.
    return float(max(1, min(cost.burst, int(cost.per_minute / 2))))


def _per_second(cost: Cost) -> float:
    return max(cost.per_minute - _capacity(cost), cost.per_minute / 2) / 60.0


def _wait(bucket: Budget, cost: Cost, now: float) -> float:
    missing = 0.0 if bucket.tokens >= _ENOUGH else (1.0 - bucket.tokens) / _per_second(cost)
    return max(missing, bucket.not_before - now, 0.0)
