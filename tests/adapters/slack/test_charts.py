"""Bars as Slack draws them keep its limits whatever the chart, and never go without their words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from adapters.playground.blocks import problems
from adapters.slack.charts import bars
from adapters.slack.render import home_view, post_body
from bot.messages.model import Chart, Message, Series

WEEK = Chart(
    "Focus kept", ("W46", "W47"), (Series("kept", (3, 4)), Series("planned", (4, 4))), "7 of 8 kept."
)


def kinds(message: Message) -> list[str]:
    return [block["type"] for block in post_body(message)["blocks"]]


def test_bars_are_grouped_by_label_and_followed_by_their_words() -> None:
    block, words = post_body(Message("Week 47", (WEEK,)))["blocks"]
    assert (block["type"], block["title"], block["chart"]["type"]) == (
        "data_visualization", "Focus kept", "bar"
    )  # fmt: skip
    assert block["chart"]["series"][1] == {
        "name": "planned", "data": [{"label": "W46", "value": 4}, {"label": "W47", "value": 4}]
    }  # fmt: skip
    assert block["chart"]["axis_config"] == {"categories": ["W46", "W47"]}
    assert words["elements"][0]["text"] == "7 of 8 kept."


def test_names_that_look_the_same_when_shortened_stay_apart() -> None:
    long = "Somebody with a very long name"
    block = bars(Chart("x", ("a", "a"), (Series(f"{long} A", (1, 2)), Series(f"{long} B", (3, 4))), ""))
    assert block is not None
    assert len({each["name"] for each in block["chart"]["series"]}) == 2
    assert problems([block]) == []


def test_a_third_chart_and_one_on_home_are_words_only() -> None:
    charts = tuple(Chart(f"{n}", ("a",), (Series("s", (n,)),), f"words {n}") for n in range(3))
    assert kinds(Message("m", charts)) == ["data_visualization", "context"] * 2 + ["context"]
    assert [block["type"] for block in home_view(Message("m", charts))["blocks"]] == ["context"] * 3


def test_a_chart_that_lacks_values_is_words_only() -> None:
    assert kinds(Message("m", (Chart("x", ("a", "b"), (Series("s", (1,)),), "words"),))) == ["context"]


@given(
    title=some.text(max_size=80),
    labels=some.lists(some.text(max_size=40), max_size=25),
    names=some.lists(some.text(max_size=40), max_size=9),
)
def test_every_chart_is_one_that_slack_takes(title: str, labels: list[str], names: list[str]) -> None:
    series = tuple(Series(name, tuple(range(len(labels)))) for name in names)
    blocks = post_body(Message("m", (Chart(title, tuple(labels), series, "words"),)))["blocks"]
    assert problems(blocks) == []
    assert blocks[-1]["elements"][0]["text"] == "words"
