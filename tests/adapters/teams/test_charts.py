"""The ribbon of a day is a chart that tiles it, squares for old clients, and its sentence below."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.teams.charts import LOOKS, SERIES, bars, ribbon
from bot.messages.day import WORDS
from bot.messages.model import Chart, Ribbon, RibbonPart, Series

DAY = Ribbon(
    (RibbonPart(0, 540, "off"), RibbonPart(540, 1080, "available"), RibbonPart(1080, 1440, "off")),
    615,
    "Off until 09:00.",
)


def test_a_chart_shows_the_stretches_in_order_with_their_hours() -> None:
    chart, alt = ribbon(DAY)
    points = chart["data"][0]["data"]
    assert [each["legend"] for each in points] == [
        "Off 00:00-09:00",
        "Available 09:00-18:00",
        "Off 18:00-24:00",
    ]
    assert sum(each["value"] for each in points) == 24
    assert chart["title"] == "Today, as of 10:15"
    assert alt["inlines"][0]["text"] == "Off until 09:00."


def test_a_client_without_charts_shows_half_hours_with_now_in_brackets() -> None:
    chart, _ = ribbon(DAY)
    lines = [each["inlines"][0]["text"] for each in chart["fallback"]["items"]]
    assert lines == [
        "Today, as of 10:15",
        "00  " + "⬛" * 12,
        "06  " + "⬛" * 6 + "🟩🟩[🟩]🟩🟩🟩",
        "12  " + "🟩" * 12,
        "18  " + "⬛" * 12,
        "⬛ off  🟩 available",
    ]


def test_a_day_whose_words_stand_elsewhere_is_a_chart_alone() -> None:
    (chart,) = ribbon(replace(DAY, alt=""))
    assert chart["type"] == "Chart.HorizontalBar.Stacked"


@pytest.mark.parametrize(("minute", "bracketed"), [(0, 0), (599, 19), (600, 20), (1439, 47)])
def test_now_is_in_the_half_hour_that_it_begins(minute: int, bracketed: int) -> None:
    chart, _ = ribbon(Ribbon((RibbonPart(0, 1440, "off"),), minute, "x"))
    rows = [each["inlines"][0]["text"].partition("  ")[2] for each in chart["fallback"]["items"][1:5]]
    squares = "".join(rows).replace("[⬛]", "x")
    assert squares.index("x") == bracketed
    assert len(squares) == 48


def test_a_day_without_parts_is_its_sentence_alone() -> None:
    (alt,) = ribbon(Ribbon((), None, "Nothing planned."))
    assert alt["type"] == "RichTextBlock"


@pytest.mark.parametrize("mode", [mode.value for mode in WORDS])
def test_every_mode_has_a_look_of_its_own(mode: str) -> None:
    others = [look for name, look in LOOKS.items() if name != mode]
    assert LOOKS[mode].color not in {look.color for look in others}
    assert LOOKS[mode].square not in {look.square for look in others}


def test_an_unknown_mode_is_shown_and_not_an_error() -> None:
    chart, _ = ribbon(Ribbon((RibbonPart(0, 1440, "new"),), None, "x"))
    assert chart["data"][0]["data"][0]["legend"] == "New 00:00-24:00"


WEEK = Chart(
    "Focus kept", ("W46", "W47"), (Series("kept", (3, 4)), Series("planned", (4, 4))), "7 of 8 kept."
)


def test_a_teams_week_is_bars_in_groups_with_its_sentence() -> None:
    chart, alt = bars(WEEK)
    assert (chart["type"], chart["title"]) == ("Chart.VerticalBar.Grouped", "Focus kept")
    assert [each["legend"] for each in chart["data"]] == ["kept", "planned"]
    assert chart["data"][0]["values"] == [{"x": "W46", "y": 3}, {"x": "W47", "y": 4}]
    assert alt["inlines"][0]["text"] == "7 of 8 kept."


def test_a_client_without_charts_shows_a_row_for_each_label() -> None:
    chart, _ = bars(WEEK)
    lines = [each["inlines"][0]["text"] for each in chart["fallback"]["items"]]
    assert lines == ["Focus kept", "W46: kept 3, planned 4", "W47: kept 4, planned 4"]


def test_no_two_series_have_one_color() -> None:
    many = Chart("Six", ("W46",), tuple(Series(str(number), (number,)) for number in range(6)), "")
    (chart,) = bars(many)
    colors = [each["color"] for each in chart["data"]]
    assert colors == list(SERIES)
    assert len(set(colors)) == 6


def test_a_chart_of_nothing_is_its_sentence() -> None:
    (alt,) = bars(Chart("Focus kept", (), (), "Too few people to say."))
    assert alt["inlines"][0]["text"] == "Too few people to say."
