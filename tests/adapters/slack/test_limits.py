"""Budgets that the outbox spends keep every window below Slack's ceiling, and use most of it."""

from __future__ import annotations

import random
from bisect import bisect_left

import pytest

from adapters.playground.methods import METHODS
from adapters.slack.limits import LANE_METHODS, RATES, lane_costs
from bot import limiter
from bot.records import Budget, Cost, Lane
from tests.support.slack_stage import account

MINUTES = 20
LATENESS = 1.0  # seconds between a budgeted call and its arrival, at most


class DictBudgets:
    """The `Budgets` port over a dict."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str, str], Budget] = {}

    def get(self, tenant: str, method: str, channel: str) -> Budget | None:
        return self._rows.get((tenant, method, channel))

    def put(self, budget: Budget) -> None:
        self._rows[budget.tenant, budget.method, budget.channel] = budget

    def purge(self, before: float) -> int:
        return 0


def _arrivals(cost: Cost, dice: random.Random) -> list[float]:
    """When calls arrive if somebody always has one more to make."""
    budgets, now, found = DictBudgets(), 0.0, []
    while now < MINUTES * 60:
        short = limiter.take(budgets, "slack:T1", [cost], now)
        if short is None:
            found.append(now + dice.random() * LATENESS)
        else:
            now += short.seconds
    return sorted(found)


@pytest.mark.parametrize("method", sorted(RATES))
def test_no_minute_sees_more_calls_than_slack_allows_and_most_of_it_is_used(method: str) -> None:
    rate = RATES[method]
    arrivals = _arrivals(Cost(method, rate.per_minute, rate.burst), random.Random(method))
    worst = max(bisect_left(arrivals, start + 60) - place for place, start in enumerate(arrivals))
    assert worst <= METHODS[method].per_minute
    assert len(arrivals) >= 0.95 * METHODS[method].per_minute * MINUTES


def test_a_chat_sees_at_most_one_message_a_second() -> None:
    (cost,) = (cost for cost in lane_costs(Lane.MESSAGE, account("U0MAYA")) if cost.channel)
    arrivals = _arrivals(cost, random.Random(1))
    assert max(bisect_left(arrivals, start + 60) - place for place, start in enumerate(arrivals)) <= 60


@pytest.mark.parametrize("lane", list(Lane))
def test_the_call_that_reads_comes_first_and_the_rest_writes(lane: Lane) -> None:
    first, *rest = lane_costs(lane, account("U0MAYA"))
    assert first.method == LANE_METHODS[lane][0]
    assert {cost.method for cost in rest} <= {*LANE_METHODS[lane][1:], "chat.postMessage"}
