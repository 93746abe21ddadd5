"""Budgets and meter: no sliding window of Microsoft's is ever exceeded, and most of each can be used."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.stores.memory import MemoryStore
from adapters.teams import limits
from adapters.teams.limits import CEILINGS, CONNECTOR, CREATE, READ, SEND, WRITE, Meter, Window, lane_costs
from bot import limiter
from bot.inbound import Account
from bot.ports import Tx
from bot.records import Cost, Lane
from tests.support.outside import HandClock

MAYA, KENJI = Account("teams:t", "29:maya"), Account("teams:t", "29:kenji")


def worst(calls: list[float], seconds: float) -> int:
    """The most calls within any `seconds`, both ends included."""
    return max((sum(begin <= at <= begin + seconds for at in calls) for begin in calls), default=0)


def spent(costs: tuple[Cost, ...], gaps: list[float]) -> list[float]:
    """When calls were let through by the store's budgets, tried after each of `gaps` in turn."""
    store, clock, calls = MemoryStore(), HandClock(), list[float]()

    def work(tx: Tx) -> None:
        for gap in gaps:
            clock.advance(gap)
            if limiter.take(tx.budgets, "teams:t", costs, clock.monotonic()) is None:
                calls.append(clock.monotonic())

    asyncio.run(store.write(work))
    return calls


WINDOWS = {
    f"{method}-{window.seconds}": (costs, window)
    for method, costs in {
        SEND: lane_costs(Lane.MESSAGE, MAYA)[:2],
        CREATE: lane_costs(Lane.MESSAGE, MAYA, opens=True)[3:],
        CONNECTOR: lane_costs(Lane.MESSAGE, MAYA)[2:],
        READ: lane_costs(Lane.STATUS, MAYA)[:1],
        WRITE: lane_costs(Lane.STATUS, MAYA)[1:],
    }.items()
    for window in CEILINGS[method]
}


@pytest.mark.parametrize("name", WINDOWS)
@given(gaps=st.lists(st.sampled_from([0.0, 0.0, 0.05, 0.3, 1.0, 2.0, 7.0]), max_size=150))
def test_whatever_comes_no_window_is_exceeded_by_the_budgets(name: str, gaps: list[float]) -> None:
    costs, window = WINDOWS[name]
    assert worst(spent(costs, gaps), window.seconds) <= window.calls


@pytest.mark.parametrize("name", WINDOWS)
def test_a_crowd_that_never_stops_fills_no_window(name: str) -> None:
    costs, window = WINDOWS[name]
    step = window.seconds / 400
    calls = spent(costs, [0.0] * 200 + [step] * 1200)
    assert worst(calls, window.seconds) <= window.calls


def test_most_of_an_hour_and_of_a_tenants_second_can_be_used() -> None:
    hour = spent(lane_costs(Lane.MESSAGE, MAYA)[1:2], [0.5] * 9000)
    assert len([at for at in hour if at <= hour[0] + 3600]) >= 0.97 * 1800
    second = spent(lane_costs(Lane.MESSAGE, MAYA)[2:], [0.01] * 1000)
    assert len(second) / 10 >= 0.75 * 50
    graph = spent(lane_costs(Lane.STATUS, MAYA)[:1], [0.02] * 3000)
    assert len([at for at in graph if at <= graph[0] + 30]) >= 0.9 * 750


def test_a_conversation_has_budgets_of_its_own_and_the_tenant_one_for_all() -> None:
    costs = {Lane.MESSAGE: lane_costs(Lane.MESSAGE, MAYA), Lane.HOME: lane_costs(Lane.HOME, KENJI)}
    assert [(cost.method, cost.channel) for cost in costs[Lane.MESSAGE]] == [
        ("activities.send/2s", "29:maya"),
        ("activities.send/1h", "29:maya"),
        ("connector/1s", ""),
    ]
    assert {cost.channel for cost in costs[Lane.HOME]} == {"29:kenji", ""}


@pytest.mark.parametrize("lane", list(Lane))
def test_every_cost_is_one_that_the_limiter_keeps_as_it_says(lane: Lane) -> None:
    costs = lane_costs(lane, MAYA, opens=True)
    assert len({(cost.method, cost.channel) for cost in costs}) == len(costs)
    for cost in costs:
        assert 1 <= cost.burst <= int(cost.per_minute / 2)


# The meter --------------------


@given(
    gaps=st.lists(st.floats(0, 3), max_size=120),
    keys=st.lists(st.sampled_from(["a:1", "a:2"]), min_size=120, max_size=120),
)
def test_the_meter_lets_no_window_be_exceeded(gaps: list[float], keys: list[str]) -> None:
    clock, calls = HandClock(), dict[str, list[float]](all=[])
    meter = Meter(clock)
    for gap, key in zip(gaps, keys, strict=False):
        clock.advance(gap)
        if meter.take([(CONNECTOR, "t"), (SEND, key)]) == 0:
            calls.setdefault(key, []).append(clock.monotonic())
            calls["all"].append(clock.monotonic())
    assert worst(calls.pop("all"), 1) <= 50
    for made in calls.values():
        assert all(worst(made, window.seconds) <= window.calls for window in CEILINGS[SEND])


def test_the_wait_it_names_is_just_long_enough() -> None:
    clock = HandClock()
    meter = Meter(clock, {SEND: (Window(1, 2), Window(60, 3))})
    assert [meter.take([(SEND, "a")]) for _ in range(2)] == [0.0, 0.0]
    wait = meter.take([(SEND, "a")])
    assert 1 < wait < 1.2
    clock.advance(wait)
    assert meter.take([(SEND, "a")]) == 0.0
    assert meter.take([(SEND, "a")]) == pytest.approx(60 * limits.TRAVEL - wait)
    assert meter.take([(SEND, "b")]) == 0.0


def test_what_is_not_let_through_is_not_counted() -> None:
    clock = HandClock()
    meter = Meter(clock, {SEND: (Window(1, 1),), CONNECTOR: (Window(1, 2),)})
    assert meter.take([(CONNECTOR, "t"), (SEND, "a")]) == 0.0
    assert meter.take([(CONNECTOR, "t"), (SEND, "a")]) > 0
    assert meter.take([(CONNECTOR, "t"), (SEND, "b")]) == 0.0


async def test_a_turn_waits_no_longer_than_its_patience() -> None:
    clock = HandClock()
    meter = Meter(clock, {SEND: (Window(0.05, 1),)})
    assert await meter.turn([(SEND, "a")], 1.0) == 0.0
    assert await meter.turn([(SEND, "a")], 0.04) > 0.04
    task = asyncio.create_task(meter.turn([(SEND, "a")], 1.0))
    await asyncio.sleep(0)
    clock.advance(0.06)
    assert await task == 0.0


def test_the_meter_forgets_conversations_that_no_window_sees() -> None:
    clock = HandClock()
    meter = Meter(clock, {SEND: (Window(1, 7),)})
    sizes = []
    for number in range(40_000):
        meter.take([(SEND, f"a:{number}")])
        clock.advance(0.01)
        sizes.append(len(meter))
    assert max(sizes) <= 10_001
    assert any(after < before for before, after in pairwise(sizes))


def test_a_conversation_that_was_told_to_wait_waits_whoever_asks() -> None:
    clock = HandClock()
    meter = Meter(clock)
    meter.hold((SEND, "a:1"), 5.0)
    meter.hold((SEND, "a:1"), 2.0)
    assert meter.take([(CONNECTOR, "t"), (SEND, "a:1")]) == 5.0
    assert meter.take([(CONNECTOR, "t"), (SEND, "a:2")]) == 0.0
    clock.advance(5.0)
    assert meter.take([(CONNECTOR, "t"), (SEND, "a:1")]) == 0.0
