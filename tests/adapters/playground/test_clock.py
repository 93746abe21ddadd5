"""The clock that can be paused, sped up and moved."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.playground.clock import PlaygroundClock

START = datetime(2026, 11, 22, 9, tzinfo=UTC)


class Base:
    def __init__(self) -> None:
        self.seconds = 100.0

    def now(self) -> datetime:
        return START

    def monotonic(self) -> float:
        return self.seconds


def test_it_runs_at_its_speed_from_the_bases_instant():
    base = Base()
    clock = PlaygroundClock(base, speed=60)
    base.seconds += 2
    assert clock.now() == START + timedelta(minutes=2)
    assert clock.monotonic() == 102.0


def test_a_change_of_speed_does_not_jump():
    base = Base()
    clock = PlaygroundClock(base)
    base.seconds += 10
    clock.set_speed(600)
    assert clock.now() == START + timedelta(seconds=10)
    clock.set_speed(0)
    base.seconds += 100
    assert clock.now() == START + timedelta(seconds=10)


def test_the_delay_until_an_instant_is_in_real_seconds_and_none_while_paused():
    clock = PlaygroundClock(Base(), speed=60)
    assert clock.delay_until(START + timedelta(minutes=3)) == 3.0
    assert clock.delay_until(START - timedelta(minutes=3)) == 0.0
    clock.set_speed(0)
    assert clock.delay_until(START + timedelta(minutes=3)) is None
    assert clock.delay_until(START) == 0.0


def test_a_jump_goes_forward_only_and_is_announced():
    clock = PlaygroundClock(Base())
    heard = []
    clock.on_change(lambda: heard.append(clock.now()))
    clock.jump(START + timedelta(hours=1))
    assert heard == [START + timedelta(hours=1)]
    with pytest.raises(ValueError, match="only moves forward"):
        clock.jump(START)
    with pytest.raises(ValueError, match="zone"):
        clock.jump(datetime(2027, 1, 1))  # noqa: DTZ001 - the naive instant is what is refused
    with pytest.raises(ValueError, match="speed"):
        clock.set_speed(-1)


@given(st.lists(st.tuples(st.sampled_from(["wait", "speed", "jump"]), st.integers(0, 600)), max_size=20))
def test_time_never_goes_back_and_elapsed_is_never_slower_than_real_or_playground_time(steps):
    base = Base()
    clock = PlaygroundClock(base)
    now, elapsed, real = clock.now(), clock.elapsed(), base.seconds
    for step, amount in steps:
        if step == "wait":
            base.seconds += amount
        elif step == "speed":
            clock.set_speed(amount)
        else:
            clock.jump(clock.now() + timedelta(seconds=amount))
        passed = clock.elapsed() - elapsed
        assert clock.now() >= now
        assert passed >= base.seconds - real - 1e-3
        assert passed >= (clock.now() - now).total_seconds() - 1e-3
        now, elapsed, real = clock.now(), clock.elapsed(), base.seconds
