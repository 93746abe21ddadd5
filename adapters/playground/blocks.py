"""What Slack refuses in Block Kit: our own table of limits (docs.slack.dev/reference/block-kit)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

Json = dict[str, Any]

MESSAGE_BLOCKS: Final = 50
VIEW_BLOCKS: Final = 100
CHARTS: Final = 2  # a message
ID_LENGTH: Final = 255

BLOCK_TYPES: Final = frozenset(
    {
        "actions",
        "alert",
        "context",
        "context_actions",
        "data_visualization",
        "divider",
        "file",
        "header",
        "image",
        "input",
        "markdown",
        "rich_text",
        "section",
        "table",
        "video",
    }
)

SELECTS: Final = frozenset({"static_select", "multi_static_select"})
CHOICES: Final = SELECTS | {"radio_buttons", "checkboxes", "overflow"}
ELEMENT_TYPES: Final = CHOICES | {
    "button",
    "channels_select",
    "conversations_select",
    "datepicker",
    "datetimepicker",
    "email_text_input",
    "external_select",
    "multi_channels_select",
    "multi_conversations_select",
    "multi_users_select",
    "number_input",
    "plain_text_input",
    "timepicker",
    "url_text_input",
    "users_select",
    "workflow_button",
}


def problems(blocks: object, *, at_most: int = MESSAGE_BLOCKS) -> list[str]:
    """What is wrong with these blocks, as `[ERROR] … [json-pointer:/blocks/0]`; empty when all is fine."""
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        return ["[ERROR] must be an array of blocks [json-pointer:/blocks]"]
    found = (
        []
        if len(blocks) <= at_most
        else [f"[ERROR] no more than {at_most} items allowed [json-pointer:/blocks]"]
    )
    charts = sum(block.get("type") == "data_visualization" for block in blocks)
    if charts > CHARTS:
        found.append(
            f"[ERROR] no more than {CHARTS} data_visualization blocks allowed [json-pointer:/blocks]"
        )
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(ids) != len(set(map(str, ids))):
        found.append("[ERROR] block_id already exists [json-pointer:/blocks]")
    for index, block in enumerate(blocks):
        found += [f"[ERROR] {text} [json-pointer:/blocks/{index}]" for text in _block(block)]
    return found


def elements(block: Json) -> list[Json]:
    """The interactive elements of a block."""
    kind = block.get("type")
    if kind in {"actions", "context_actions"}:
        found = block.get("elements", [])
    elif kind == "section":
        found = [block["accessory"]] if "accessory" in block else []
    else:
        found = [block["element"]] if kind == "input" and "element" in block else []
    return [element for element in found if isinstance(element, dict)]


def _block(block: Json) -> Iterator[str]:
    kind = block.get("type")
    if kind not in BLOCK_TYPES:
        yield f"unsupported type: {kind}"
        return
    yield from _short(block, "block_id", ID_LENGTH)
    yield from _BLOCKS.get(kind, _anything)(block)
    inner = elements(block)
    actions = [element["action_id"] for element in inner if "action_id" in element]
    if len(actions) != len(set(map(str, actions))):
        yield "action_id already exists within the block"
    for element in inner:
        yield from _element(element)


def _anything(_block: Json) -> Iterator[str]:
    return iter(())


def _section(block: Json) -> Iterator[str]:
    if "text" not in block and "fields" not in block:
        yield "missing required field: text"
    if "text" in block:
        yield from _text(block["text"], "text", 3000)
    fields = block.get("fields", [])
    if "fields" in block and not 1 <= len(fields) <= 10:
        yield "fields: 1 to 10 items allowed"
    for item in fields:
        yield from _text(item, "fields", 2000)


def _header(block: Json) -> Iterator[str]:
    yield from _text(block.get("text"), "text", 150, plain=True)


def _markdown(block: Json) -> Iterator[str]:
    yield from _required(block, "text", 12_000)


def _context(block: Json) -> Iterator[str]:
    items = block.get("elements", [])
    if not 1 <= len(items) <= 10:
        yield "elements: 1 to 10 items allowed"
    for item in items:
        if item.get("type") == "image":
            yield from _image(item)
        else:
            yield from _text(item, "elements", 3000)


def _actions(block: Json) -> Iterator[str]:
    if not 1 <= len(block.get("elements", [])) <= 25:
        yield "elements: 1 to 25 items allowed"


def _context_actions(block: Json) -> Iterator[str]:
    if not 1 <= len(block.get("elements", [])) <= 5:
        yield "elements: 1 to 5 items allowed"


def _input(block: Json) -> Iterator[str]:
    yield from _text(block.get("label"), "label", 2000, plain=True)
    if "hint" in block:
        yield from _text(block["hint"], "hint", 2000, plain=True)
    if not isinstance(block.get("element"), dict):
        yield "missing required field: element"


def _image(block: Json) -> Iterator[str]:
    yield from _required(block, "alt_text", 2000)
    if "slack_file" not in block:
        yield from _required(block, "image_url", 3000)
    if "title" in block:
        yield from _text(block["title"], "title", 2000, plain=True)


def _chart(block: Json) -> Iterator[str]:
    yield from _required(block, "title", 50)
    chart = block.get("chart")
    if not isinstance(chart, dict) or chart.get("type") not in {"pie", "bar", "area", "line"}:
        yield "chart: must be one of pie, bar, area, line"
    elif chart["type"] == "pie":
        yield from _segments(chart.get("segments"))
    else:
        yield from _series(chart.get("series"), chart.get("axis_config"))


def _segments(segments: object) -> Iterator[str]:
    if not isinstance(segments, list) or not 1 <= len(segments) <= 6:
        yield "segments: 1 to 6 items allowed"
        return
    for one in segments:
        yield from _required(one, "label", 20)
        if not _is_number(one.get("value")) or one["value"] <= 0:
            yield "value: must be greater than 0"


def _series(series: object, axes: object) -> Iterator[str]:
    categories = axes.get("categories") if isinstance(axes, dict) else None
    if not isinstance(axes, dict) or not isinstance(categories, list):
        yield "missing required field: axis_config.categories"
        return
    for name in ("x_label", "y_label"):
        yield from _short(axes, name, 50)
    for label in categories:
        yield from _required({"label": label}, "label", 20)
    if not isinstance(series, list) or not 1 <= len(series) <= 6:
        yield "series: 1 to 6 items allowed"
        return
    if len({str(one.get("name")) for one in series}) < len(series):
        yield "series: names must be unique"
    for one in series:
        yield from _required(one, "name", 20)
        yield from _points(one.get("data"), categories)


def _points(data: object, categories: list[Any]) -> Iterator[str]:
    if not isinstance(data, list) or not 1 <= len(data) <= 20:
        yield "data: 1 to 20 items allowed"
        return
    if sorted(str(one.get("label")) for one in data) != sorted(map(str, categories)):
        yield "data: one point for each of the categories"
    if not all(_is_number(one.get("value")) for one in data):
        yield "value: must be a number"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_BLOCKS: Final[Mapping[str, Callable[[Json], Iterator[str]]]] = MappingProxyType(
    {
        "section": _section,
        "header": _header,
        "markdown": _markdown,
        "context": _context,
        "actions": _actions,
        "context_actions": _context_actions,
        "input": _input,
        "image": _image,
        "data_visualization": _chart,
    }
)


def _element(element: Json) -> Iterator[str]:
    kind = element.get("type")
    if kind == "image":
        yield from _image(element)
        return
    if kind not in ELEMENT_TYPES | {"feedback_buttons", "icon_button"}:
        yield f"unsupported type: {kind}"
        return
    yield from _short(element, "action_id", ID_LENGTH)
    if "placeholder" in element:
        yield from _text(element["placeholder"], "placeholder", 150, plain=True)
    if "confirm" in element:
        yield from _confirm(element["confirm"])
    if kind == "button":
        yield from _button(element)
    if kind in CHOICES:
        yield from _choice(element)


def _button(element: Json) -> Iterator[str]:
    yield from _text(element.get("text"), "text", 75, plain=True)
    yield from _short(element, "value", 2000)
    yield from _short(element, "url", 3000)
    if element.get("style", "primary") not in {"primary", "danger"}:
        yield "style: must be primary or danger"


def _choice(element: Json) -> Iterator[str]:
    groups = element.get("option_groups", [])
    options = [
        *element.get("options", []),
        *(option for group in groups for option in group.get("options", [])),
    ]
    low, high = (2, 5) if element["type"] == "overflow" else (1, 100 if element["type"] in SELECTS else 10)
    if not low <= len(options) <= high * max(len(groups), 1):
        yield f"options: {low} to {high} items allowed"
    if len(groups) > 100:
        yield "option_groups: no more than 100 items allowed"
    for group in groups:
        yield from _text(group.get("label"), "label", 75, plain=True)
    for option in options:
        yield from _text(option.get("text"), "option text", 75)
        yield from _required(option, "value", 150)
    yield from _initial(element, [option.get("value") for option in options])


def _initial(element: Json, values: list[Any]) -> Iterator[str]:
    chosen: Iterable[Json] = element.get("initial_options", [])
    chosen = [element["initial_option"]] if "initial_option" in element else chosen
    if any(option.get("value") not in values for option in chosen):
        yield "initial_option: must be one of the options"


def _confirm(confirm: Json) -> Iterator[str]:
    yield from _text(confirm.get("title"), "confirm title", 100, plain=True)
    yield from _text(confirm.get("text"), "confirm text", 300)
    for button in ("confirm", "deny"):
        if button in confirm:
            yield from _text(confirm[button], button, 30, plain=True)


def _text(value: object, where: str, longest: int, *, plain: bool = False) -> Iterator[str]:
    if not isinstance(value, dict) or value.get("type") not in {"plain_text", "mrkdwn"}:
        yield f"{where}: must be a text object"
        return
    if plain and value["type"] != "plain_text":
        yield f"{where}: must be plain_text"
    yield from _required(value, "text", longest, where)


def _required(holder: Json, name: str, longest: int, where: str | None = None) -> Iterator[str]:
    value = holder.get(name)
    if not isinstance(value, str) or not value:
        yield f"{where or name}: must be more than 0 characters"
    elif len(value) > longest:
        yield f"{where or name}: must be less than {longest + 1} characters"


def _short(holder: Json, name: str, longest: int) -> Iterator[str]:
    value = holder.get(name)
    if value is not None and (not isinstance(value, str) or len(value) > longest):
        yield f"{name}: must be less than {longest + 1} characters"
