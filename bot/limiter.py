"""Rate budgets: token buckets kept as rows, changed in the transaction that claims the work.

A bucket holds at most `burst` tokens and refills `per_minute - burst` a minute, so that no window of 60
seconds, wherever it begins, sees more than `per_minute` calls. Slack counts per method and workspace over
all tokens, in one-minute windows (docs.slack.dev/apis/web-api/rate-limits). All times are Clock.monotonic()
seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.ports import Budgets
from bot.records import Budget, Cost

_ENOUGH = 1.0 - 1e-9  # a refill computed in floats may fall a hair short of the whole token it stands for


def take(budgets: Budgets, tenant: str, costs: Sequence[Cost], now: float) -> float:
    """Take one token for every cost, or none at all: 0.0 if taken, else the seconds until it is worth
    asking again."""
    filled = [_refilled(budgets, tenant, cost, now) for cost in costs]
    wait = max((_wait(bucket, cost, now) for bucket, cost in zip(filled, costs, strict=True)), default=0.0)
    if wait > 0:
        return wait
    for bucket in filled:
        budgets.put(replace(bucket, tokens=bucket.tokens - 1.0))
    return 0.0


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
    passed = max(0.0, now - bucket.as_of)
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
