"""Public holidays as data."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest

from adapters.calendars import PublicHolidays


def test_portugal_keeps_its_republic_day() -> None:
    found = PublicHolidays().holidays("PT", 2026, 2026)
    assert date(2026, 10, 5) in {holiday.on for holiday in found}
    assert all(holiday.name for holiday in found)


def test_several_years_come_in_order() -> None:
    days = [holiday.on for holiday in PublicHolidays().holidays("pt", 2026, 2028)]
    assert days == sorted(days)
    assert {day.year for day in days} == {2026, 2027, 2028}


def test_a_part_of_a_country_has_days_of_its_own() -> None:
    calendars = PublicHolidays()
    bavaria = {holiday.on for holiday in calendars.holidays("DE-BY", 2026, 2026)}
    germany = {holiday.on for holiday in calendars.holidays("DE", 2026, 2026)}
    assert date(2026, 1, 6) in bavaria - germany
    assert germany < bavaria


@pytest.mark.parametrize(("place", "meant"), [("PTT", "PT"), ("DE-BYY", "DE-BY"), ("", "did you mean")])
def test_an_unknown_place_is_answered_with_what_may_be_meant(place: str, meant: str) -> None:
    with pytest.raises(ValueError, match=meant):
        PublicHolidays().holidays(place, 2026, 2026)


def test_asking_again_costs_nothing() -> None:
    calendars = PublicHolidays()
    assert calendars.holidays("PT", 2026, 2027) is calendars.holidays(" pt ", 2026, 2027)


def test_the_library_is_not_loaded_before_the_first_question() -> None:
    code = "import sys, adapters.calendars; sys.exit('holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603
