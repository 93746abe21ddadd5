"""What people type to lift a stretch of shared focus, read as instants."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.flows.teams.lifting import FURTHEST, read
from bot.turn import Refusal
from rules import to_utc_end, to_utc_start
from rules.wording import clock_text

ZONES = ("Europe/Lisbon", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia")
NOW = datetime(2026, 3, 20, 9, 30, 40, tzinfo=UTC)


@given(
    st.sampled_from(ZONES), st.integers(1, FURTHEST.days), st.integers(0, 1438), st.integers(1, 1440)
)  # fmt: skip
def test_a_date_and_times_are_local_and_keep_to_the_clock_changes(
    zone: str, ahead: int, start: int, end: int
) -> None:
    day = NOW.astimezone(ZoneInfo(zone)).date() + timedelta(days=ahead)
    found, words = read(f"{day} {clock_text(start)}-{clock_text(end)} demo at 10", NOW, zone)
    last = day if end > start else day + timedelta(days=1)
    assert found.start == to_utc_start(day, start, zone)
    assert found.end == to_utc_end(last, end, zone)
    assert words == "demo at 10"


@given(st.text(max_size=60) | st.from_regex(r"(today|fri|tomorrow|9999-12-31|until) \d{1,2}[:-].{0,20}"))
def test_whatever_is_typed_is_read_or_refused_with_an_example(text: str) -> None:
    with suppress(Refusal):
        found, words = read(text, NOW, "Europe/Lisbon")
        assert found.start >= NOW.replace(second=0)
        assert isinstance(words, str)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("today 10:00-11:00 x", "2026-03-20T10:00", "2026-03-20T11:00"),
        ("until 11:00 x", "2026-03-20T09:30", "2026-03-20T11:00"),
        ("09:00-11:00 x", "2026-03-20T09:30", "2026-03-20T11:00"),
        ("tomorrow 9-10 x", "2026-03-21T09:00", "2026-03-21T10:00"),
        ("fri 10-11 x", "2026-03-20T10:00", "2026-03-20T11:00"),
        ("Thursday, 10-11 x", "2026-03-26T10:00", "2026-03-26T11:00"),
        ("sun 10:00-11:00 x", "2026-03-22T10:00", "2026-03-22T11:00"),
        ("2026-03-30 10:00-11:00 x", "2026-03-30T09:00", "2026-03-30T10:00"),
    ],
)
def test_a_stretch_is_in_the_members_own_time(text: str, start: str, end: str) -> None:
    found, words = read(text, NOW, "Europe/Lisbon")
    assert (found.start, found.end) == tuple(
        datetime.fromisoformat(each).replace(tzinfo=UTC) for each in (start, end)
    )
    assert words == "x"
