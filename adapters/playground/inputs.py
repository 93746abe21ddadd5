"""What a person enters into Block Kit elements, as the `state.values` and `actions` of Slack's payloads."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from adapters.playground.blocks import elements
from adapters.playground.records import Json

_FIELD: Final = MappingProxyType(
    {
        "plain_text_input": "value",
        "number_input": "value",
        "email_text_input": "value",
        "url_text_input": "value",
        "button": "value",
        "static_select": "selected_option",
        "external_select": "selected_option",
        "radio_buttons": "selected_option",
        "overflow": "selected_option",
        "checkboxes": "selected_options",
        "multi_static_select": "selected_options",
        "datepicker": "selected_date",
        "timepicker": "selected_time",
        "datetimepicker": "selected_date_time",
        "users_select": "selected_user",
        "multi_users_select": "selected_users",
        "conversations_select": "selected_conversation",
        "multi_conversations_select": "selected_conversations",
        "channels_select": "selected_channel",
        "multi_channels_select": "selected_channels",
    }
)
_INITIAL: Final = MappingProxyType(
    {
        "value": "initial_value",
        "selected_option": "initial_option",
        "selected_options": "initial_options",
        "selected_date": "initial_date",
        "selected_time": "initial_time",
        "selected_date_time": "initial_date_time",
        "selected_user": "initial_user",
        "selected_users": "initial_users",
        "selected_conversation": "initial_conversation",
        "selected_conversations": "initial_conversations",
        "selected_channel": "initial_channel",
        "selected_channels": "initial_channels",
    }
)
_LISTS: Final = frozenset(name for name in _INITIAL if name.endswith("s"))

Values = Mapping[str, Mapping[str, Any]]


def find_element(blocks: list[Json], action_id: str, block_id: str | None = None) -> tuple[Json, Json] | None:
    """The block and element with this action id (and block id, when given)."""
    for block in blocks:
        for element in elements(block):
            if element.get("action_id") == action_id and block_id in {None, block.get("block_id")}:
                return block, element
    return None


def entered(element: Json, given: Any) -> Json:
    """One element's state. `given` is a value, a whole state object, or None for what it starts with.

    For choices the bare value is the option's `value` (or a list of them).
    """
    kind = element["type"]
    field = _FIELD.get(kind, "value")
    if isinstance(given, dict):
        return {"type": kind} | given
    if given is None:
        start = element.get(_INITIAL[field])
        return {"type": kind, field: [] if start is None and field in _LISTS else start}
    if field == "selected_option":
        return {"type": kind, field: _option(element, str(given))}
    if field == "selected_options":
        return {"type": kind, field: [_option(element, str(value)) for value in given]}
    if field == "value":
        return {"type": kind, field: str(given) or None}
    return {"type": kind, field: given}


def state_of(blocks: list[Json], values: Values, before: Values | None = None) -> dict[str, dict[str, Json]]:
    """`state.values` of these blocks: what was entered now, else what stood there, else the initial value."""
    state: dict[str, dict[str, Json]] = {}
    for block in blocks:
        block_id = block["block_id"]
        for element in elements(block):
            if element["type"] in {"button", "overflow", "image"}:
                continue
            action_id = element["action_id"]
            given = values.get(block_id, {}).get(action_id, (before or {}).get(block_id, {}).get(action_id))
            state.setdefault(block_id, {})[action_id] = entered(element, given)
    return state


def missing(blocks: list[Json], state: Values) -> dict[str, str]:
    """The errors a client shows for required inputs that are empty, by block id."""
    errors: dict[str, str] = {}
    for block in blocks:
        if block["type"] == "input" and not block.get("optional"):
            element = block["element"]
            value = state[block["block_id"]][element["action_id"]]
            if not value.get(_FIELD.get(element["type"], "value")):
                errors[block["block_id"]] = "Please complete this required field."
    return errors


def with_ids(blocks: list[Json], serial: str) -> list[Json]:
    """The blocks as Slack stores them: a block_id and action_ids where the app gave none."""
    return [_with_ids(block, f"{serial}{index}") for index, block in enumerate(blocks)]


def _with_ids(block: Json, own: str) -> Json:
    named: Json = {"block_id": own} | block
    if "accessory" in block:
        named["accessory"] = _identified(block["accessory"], own, 0)
    if block["type"] == "input":
        named["element"] = _identified(block["element"], own, 0)
    if block["type"] in {"actions", "context_actions"}:
        named["elements"] = [_identified(element, own, i) for i, element in enumerate(block["elements"])]
    return named


def _identified(element: Json, own: str, index: int) -> Json:
    return element if element.get("type") == "image" else {"action_id": f"{own}a{index}"} | element


def _option(element: Json, value: str) -> Json | None:
    groups = element.get("option_groups", [])
    options = [*element.get("options", []), *(option for group in groups for option in group["options"])]
    return next((option for option in options if option["value"] == value), None)
