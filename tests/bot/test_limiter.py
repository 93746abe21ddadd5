"""Budgets: no minute sees more calls than it may, and a platform's own word is kept."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.stores.memory import MemoryStore
from bot.limiter import Short, give_back, hold_off, take
from bot.ports import Tx
from bot.records import Cost

TENANT = "slack:T1"


async def tries(costs: list[Cost], moments: list[float]) -> list[float]:
    """The moments at which a call was allowed."""

    def work(tx: Tx) -> list[float]:
        return [at for at in moments if take(tx.budgets, TENANT, costs, at) is None]

    return await MemoryStore().write(work)


@settings(max_examples=150, deadline=None)
@given(
    per_minute=st.integers(1, 120),
    burst=st.integers(1, 150),
    pauses=st.lists(st.floats(0, 20), min_size=1, max_size=400),
)
async def test_no_minute_ever_sees_more_calls_than_allowed(
    per_minute: int, burst: int, pauses: list[float]
) -> None:
    moments = [sum(pauses[:place]) for place in range(len(pauses))]
    allowed = await tries([Cost("m", per_minute, burst)], moments)
    for first in allowed:
        assert sum(first <= at < first + 60 for at in allowed) <= per_minute


@pytest.mark.parametrize("per_minute", [20, 50, 100])
async def test_a_busy_budget_uses_at_least_95_percent_of_its_ceiling(per_minute: int) -> None:
    allowed = await tries([Cost("m", per_minute)], [step / 50 for step in range(50 * 600)])
    assert len(allowed) >= 0.95 * per_minute * 10


async def test_all_tokens_of_a_delivery_are_taken_or_none() -> None:
    def work(tx: Tx) -> list[Short | None]:
        both = [Cost("read", 60), Cost("write", 2)]
        first, second = take(tx.budgets, TENANT, both, 0.0), take(tx.budgets, TENANT, both, 2.0)
        third = take(tx.budgets, TENANT, [Cost("read", 60)], 2.0)
        return [first, second, third]

    first, second, third = await MemoryStore().write(work)
    assert first is None
    assert second == Short(58.0, shared=True)
    assert third is None


async def test_a_channels_budget_is_told_apart_from_the_whole_tenants() -> None:
    def work(tx: Tx) -> Short | None:
        costs = [Cost("post", 300, 10), Cost("post", 60, 1, "D1")]
        take(tx.budgets, TENANT, costs, 0.0)
        return take(tx.budgets, TENANT, costs, 0.5)

    short = await MemoryStore().write(work)
    assert short is not None
    assert not short.shared


async def test_nothing_is_called_before_the_platform_said() -> None:
    def work(tx: Tx) -> list[Short | None]:
        hold_off(tx.budgets, TENANT, "m", "", until=30.0, now=0.0)
        hold_off(tx.budgets, TENANT, "m", "", until=10.0, now=0.0)
        return [take(tx.budgets, TENANT, [Cost("m", 60)], at) for at in (0.0, 29.0, 30.0)]

    early, late, then = await MemoryStore().write(work)
    assert early == Short(30.0, shared=True)
    assert late == Short(1.0, shared=True)
    assert then is None


async def test_a_call_that_was_never_made_gives_its_token_back() -> None:
    def work(tx: Tx) -> list[Short | None]:
        cost = Cost("m", 20)
        take(tx.budgets, TENANT, [cost], 0.0)
        give_back(tx.budgets, TENANT, cost, 0.0)
        give_back(tx.budgets, TENANT, cost, 0.0)
        return [take(tx.budgets, TENANT, [cost], 0.0), take(tx.budgets, TENANT, [cost], 0.0)]

    first, second = await MemoryStore().write(work)
    assert first is None
    assert second is not None


async def test_a_clock_that_began_anew_neither_refills_nor_blocks_for_ever() -> None:
    def work(tx: Tx) -> list[Short | None]:
        take(tx.budgets, TENANT, [Cost("m", 60)], 5000.0)
        return [take(tx.budgets, TENANT, [Cost("m", 60)], at) for at in (3.0, 6.0)]

    at_once, soon = await MemoryStore().write(work)
    assert at_once is not None
    assert soon is None
