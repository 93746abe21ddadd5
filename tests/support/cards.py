"""What an Adaptive Card 1.5 may look like in Teams, element by element, for tests of what we send.

From adaptivecards.io/explorer and [MST task-modules-and-cards]: a property or value that is not listed here
is a mistake until somebody has looked it up.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

COMMON = {"type", "id", "spacing", "separator", "fallback", "height", "isVisible"}
INPUT = COMMON | {"label", "isRequired", "errorMessage", "value", "placeholder"}
ELEMENTS: dict[str, tuple[set[str], set[str]]] = {  # type: (required, allowed besides COMMON)
    "TextBlock": ({"text"}, {"text", "wrap", "style", "size", "weight", "color", "isSubtle"}),
    "RichTextBlock": ({"inlines"}, {"inlines", "horizontalAlignment"}),
    "Container": ({"items"}, {"items", "style", "bleed"}),
    "ColumnSet": ({"columns"}, {"columns"}),
    "Column": ({"items", "width"}, {"items", "width", "verticalContentAlignment"}),
    "ActionSet": ({"actions"}, {"actions"}),
    "Input.Text": ({"id", "label"}, INPUT | {"maxLength", "isMultiline"}),
    "Input.ChoiceSet": (
        {"id", "label", "choices"},
        INPUT | {"choices", "choices.data", "isMultiSelect", "style", "wrap"},
    ),
    "Chart.HorizontalBar.Stacked": ({"data", "fallback"}, {"data", "title"}),
    "Chart.VerticalBar.Grouped": ({"data", "fallback"}, {"data", "title"}),
}
ACTION = {"type", "title", "mode", "fallback", "associatedInputs"}
ACTIONS: dict[str, tuple[set[str], set[str]]] = {
    "Action.Execute": ({"title", "verb", "data", "fallback"}, {"verb", "data"}),
    "Action.Submit": ({"title", "data"}, {"data"}),
    "Action.OpenUrl": ({"url"}, {"url"}),
    "Action.ShowCard": ({"title", "card"}, {"card"}),
}
RUN = {"type", "text", "size", "isSubtle", "weight", "fontType", "color", "underline", "selectAction"}
VALUES = {
    "spacing": {"None", "Small", "Default", "Medium", "Large", "ExtraLarge", "Padding"},
    "size": {"Small", "Default", "Medium", "Large", "ExtraLarge"},
    "weight": {"Lighter", "Default", "Bolder"},
    "color": {"Default", "Dark", "Light", "Accent", "Good", "Warning", "Attention"},
    "fontType": {"Default", "Monospace"},
    "mode": {"primary", "secondary"},
    "associatedInputs": {"auto", "none"},
    "verticalContentAlignment": {"Top", "Center", "Bottom"},
}
STYLES = {
    "TextBlock": {"default", "heading"},
    "Container": {"default", "emphasis", "good", "attention", "warning", "accent"},
    "Input.ChoiceSet": {"compact", "expanded", "filtered"},
}
CHART_COLORS = {
    "good", "warning", "attention", "neutral", "categoricalRed", "categoricalPurple", "categoricalLavender",
    "categoricalBlue", "categoricalLightBlue", "categoricalTeal", "categoricalGreen", "categoricalLime",
    "categoricalMarigold", "divergingBlue", "divergingLightBlue", "divergingCyan", "divergingTeal",
    "divergingYellow", "divergingPeach", "divergingLightRed", "divergingRed", "divergingMaroon",
    "divergingGray",
}  # fmt: skip


def walk(value: Any) -> Iterator[Json]:
    """Every object inside a JSON value, itself included."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner)


def problems(card: Json) -> list[str]:
    """What is wrong with a whole card; [] for a good one."""
    found = [f"card: {key}" for key in ("fallbackText", "body") if not card.get(key)]
    if (card.get("type"), card.get("version")) != ("AdaptiveCard", "1.5"):
        found.append("card: type or version")
    ids = [each["id"] for each in walk(card) if str(each.get("type")).startswith("Input.")]
    found += ["two inputs with one id"] if len(set(ids)) < len(ids) else []
    return [*found, *_card(card)]


def _card(card: Json) -> Iterator[str]:
    allowed = {"type", "$schema", "version", "fallbackText", "msteams", "body", "actions"}
    yield from (f"card: {key}" for key in card.keys() - allowed)
    for element in card.get("body", []):
        yield from _element(element)
    yield from _actions(card.get("actions", []))


def _element(element: Json) -> Iterator[str]:
    kind = str(element.get("type"))
    if kind not in ELEMENTS:
        yield f"unknown element {kind}"
        return
    required, allowed = ELEMENTS[kind]
    yield from _properties(element, required, allowed | COMMON)
    if "style" in element and element["style"] not in STYLES[kind]:
        yield f"{kind}.style {element['style']}"
    for inner in (*element.get("items", ()), *element.get("columns", ())):
        yield from _element(inner)
    if "fallback" in element:
        yield from _element(element["fallback"])
    yield from _run_problems(element.get("inlines", ()))
    yield from _chart(element if kind.startswith("Chart.") else {})
    if kind == "ActionSet":
        yield from _actions(element["actions"])
    if not element.get({"RichTextBlock": "inlines", "ColumnSet": "columns"}.get(kind, "type")):
        yield f"empty {kind}"


def _properties(value: Json, required: set[str], allowed: set[str]) -> Iterator[str]:
    kind = value["type"]
    yield from (f"{kind} without {key}" for key in required - value.keys())
    yield from (f"{kind}.{key} is not known" for key in value.keys() - allowed)
    for key, values in VALUES.items():
        if key in value and value[key] not in values:
            yield f"{kind}.{key} {value[key]}"


def _run_problems(runs: Any) -> Iterator[str]:
    for run in runs:
        yield from _properties(run, {"text"}, RUN)
        if run["type"] != "TextRun" or not run["text"]:
            yield "an empty or unknown inline"
        if "selectAction" in run:
            yield from _actions([run["selectAction"]])


def _actions(actions: list[Json]) -> Iterator[str]:
    visible = [each for each in actions if each.get("mode") != "secondary"]
    if len(visible) > 6:
        yield "more than six buttons are visible"
    for action in actions:
        kind = str(action.get("type"))
        if kind not in ACTIONS:
            yield f"unknown action {kind}"
            continue
        required, allowed = ACTIONS[kind]
        yield from _properties(action, required, ACTION | allowed)
        if kind == "Action.OpenUrl" and not action["url"].startswith(("https://", "http://")):
            yield f"opens {action['url']}"
        if kind == "Action.ShowCard":
            yield from _card(action["card"])
        if kind == "Action.Execute":
            yield from _fallback(action)


def _fallback(action: Json) -> Iterator[str]:
    fallback = action["fallback"]
    yield from _actions([fallback])
    if fallback["type"] != "Action.Submit" or fallback["data"] != action["data"]:
        yield "a fallback that says something else"


def _chart(chart: Json) -> Iterator[str]:
    if chart.get("type") == "Chart.VerticalBar.Grouped":
        yield from _bars(chart["data"])
        return
    for row in chart.get("data", ()):
        legends = [point["legend"] for point in row["data"]]
        if len(set(legends)) < len(legends):
            yield "two stretches with one legend are added up"
        for point in row["data"]:
            if point.keys() != {"legend", "value", "color"} or point["color"] not in CHART_COLORS:
                yield f"chart: {point}"


def _bars(data: list[Json]) -> Iterator[str]:
    colors = [series["color"] for series in data]
    if len(set(colors)) < len(colors) or not set(colors) <= CHART_COLORS:
        yield f"chart: {colors}"
    for series in data:
        if series.keys() != {"legend", "values", "color"}:
            yield f"chart: {series}"
        if any(each.keys() != {"x", "y"} for each in series["values"]):
            yield f"chart: {series['values']}"
