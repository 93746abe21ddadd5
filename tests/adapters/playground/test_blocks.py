"""Our table of Block Kit limits, held against the models of slack_sdk."""

import pytest
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

from adapters.playground.blocks import problems


def text(length: int = 3, kind: str = "plain_text") -> dict:
    return {"type": kind, "text": "x" * length}


def actions(*elements: dict) -> dict:
    return {"type": "actions", "elements": list(elements)}


def button(**more) -> dict:
    return {"type": "button", "action_id": "a", "text": text()} | more


def select(kind: str, count: int, **more) -> dict:
    options = [{"text": text(), "value": str(number)} for number in range(count)]
    return {"type": kind, "action_id": "s", "options": options} | more


def accessory(element: dict) -> dict:
    return {"type": "section", "text": text(kind="mrkdwn"), "accessory": element}


def chart(series: int = 1, points: int = 1, *, name: int = 1, label: int = 2, title: int = 3) -> dict:
    categories = [f"{number:0{label}}" for number in range(points)]
    data = [{"label": each, "value": -1.5} for each in categories]
    lines = [{"name": f"{number:0{name}}", "data": data} for number in range(series)]
    axes = {"categories": categories, "x_label": "x" * 50}
    kind = {"type": "bar", "series": lines, "axis_config": axes}
    return {"type": "data_visualization", "title": "x" * title, "chart": kind}


def pie(segments: int, value: float = 1) -> dict:
    found = [{"label": "x" * 20, "value": value}] * segments
    return {"type": "data_visualization", "title": "x", "chart": {"type": "pie", "segments": found}}


CHARTS_AT_THE_LIMIT = [chart(6, 20, name=20, label=20, title=50), pie(6)]
CHARTS_OVER_THE_LIMIT = [
    chart(7), chart(0), chart(1, 21), chart(1, 0), chart(1, 1, name=21), chart(1, 1, label=21),
    chart(title=51), chart(title=0), pie(7), pie(0), pie(1, 0), {"type": "data_visualization", "title": "x"},
    {"type": "data_visualization", "title": "x", "chart": {"type": "radar"}},
]  # fmt: skip

AT_THE_LIMIT = [
    {"type": "section", "text": text(3000, "mrkdwn")},
    {"type": "section", "fields": [text(2000)] * 10},
    {"type": "header", "text": text(150)},
    {"type": "divider", "block_id": "x" * 255},
    {"type": "context", "elements": [text()] * 10},
    {"type": "image", "image_url": "http://127.0.0.1/x.png", "alt_text": "x" * 2000},
    {"type": "input", "label": text(2000), "element": {"type": "plain_text_input", "action_id": "x" * 255}},
    actions(*[button(action_id=str(number)) for number in range(25)]),
    actions(button(text=text(75), value="x" * 2000, url="http://127.0.0.1")),
    accessory(select("static_select", 100, placeholder=text(150))),
    accessory(select("overflow", 5)),
]
OVER_THE_LIMIT = [
    {"type": "section", "text": text(3001, "mrkdwn")},
    {"type": "section"},
    {"type": "section", "fields": [text()] * 11},
    {"type": "header", "text": text(151)},
    {"type": "context", "elements": [text()] * 11},
    {"type": "image", "image_url": "http://127.0.0.1/x.png", "alt_text": "x" * 2001},
    {"type": "input", "label": text(2001), "element": {"type": "plain_text_input", "action_id": "a"}},
    actions(*[button(action_id=str(number)) for number in range(26)]),
    actions(button(text=text(76))),
    actions(button(value="x" * 2001)),
    actions(button(action_id="x" * 256)),
    accessory(select("static_select", 101)),
    accessory(select("static_select", 2, placeholder=text(151))),
    accessory(select("overflow", 6)),
]
REFUSED_BY_SLACK_ALONE = [
    {"type": "unheard-of"},
    {"type": "header", "text": text(kind="mrkdwn")},
    {"type": "section", "text": text(0, "mrkdwn")},
    actions(button(), button()),
    actions(button(style="loud")),
    actions({"type": "unheard-of"}),
    accessory(button(confirm={"title": text(101), "text": text(), "confirm": text(), "deny": text()})),
    accessory(select("static_select", 2, initial_option={"text": text(), "value": "9"})),
    {"type": "markdown", "text": "x" * 12_001},
    {"type": "context_actions", "elements": []},
]


@pytest.mark.parametrize("block", AT_THE_LIMIT, ids=lambda block: block["type"])
def test_a_block_at_its_limit_is_fine_for_us_and_for_the_models(block):
    assert problems([block]) == []
    Block.parse(block).to_dict()


@pytest.mark.parametrize("block", OVER_THE_LIMIT, ids=lambda block: block["type"])
def test_a_block_over_its_limit_is_refused_by_us_and_by_the_models(block):
    assert problems([block]) != []
    with pytest.raises(SlackObjectFormationError):
        Block.parse(block).to_dict()


@pytest.mark.parametrize("block", REFUSED_BY_SLACK_ALONE, ids=lambda block: block["type"])
def test_what_the_models_overlook_is_refused_too(block):
    assert problems([block]) != []


def test_a_message_has_fifty_blocks_a_view_a_hundred():
    assert problems([{"type": "divider"}] * 50) == []
    assert problems([{"type": "divider"}] * 51) != []
    assert problems([{"type": "divider"}] * 100, at_most=100) == []


def test_block_ids_are_unique_and_the_list_is_a_list():
    assert problems([{"type": "divider", "block_id": "a"}] * 2) != []
    assert problems({"type": "divider"}) != []
    assert problems(["divider"]) != []


@pytest.mark.parametrize("block", CHARTS_AT_THE_LIMIT)
def test_a_chart_at_its_limits_passes(block: dict) -> None:
    assert problems([block, block]) == []


@pytest.mark.parametrize("block", CHARTS_OVER_THE_LIMIT)
def test_a_chart_over_a_limit_is_refused(block: dict) -> None:
    assert problems([block]) != []


def test_a_message_holds_two_charts() -> None:
    assert problems([chart()] * 3) != []


@pytest.mark.parametrize("change", [{"name": "b"}, {"data": [{"label": "zz", "value": 1}]}])
def test_each_series_has_its_own_name_and_a_point_for_each_category(change: dict) -> None:
    block = chart(2)
    block["chart"]["series"][0] |= {"name": "b"}
    block["chart"]["series"][1] |= change
    assert problems([block]) != []
