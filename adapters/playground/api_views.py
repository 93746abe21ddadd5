"""The `views.*` methods."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from adapters.playground import modals
from adapters.playground.call import Call, Handler
from adapters.playground.records import Json


def publish(call: Call) -> Json:
    """`views.publish`."""
    view = modals.publish(call.workspace, call.need("user_id"), _view(call), call.text("hash"))
    return {"view": modals.public(view)}


def open_modal(call: Call) -> Json:
    """`views.open`."""
    return {"view": modals.public(modals.open_modal(call.workspace, _trigger(call), _view(call)))}


def push(call: Call) -> Json:
    """`views.push`."""
    return {"view": modals.public(modals.push(call.workspace, _trigger(call), _view(call)))}


def update(call: Call) -> Json:
    """`views.update`, by `view_id` or `external_id`."""
    view = modals.update(
        call.workspace, call.text("view_id"), call.text("external_id"), _view(call), call.text("hash")
    )
    return {"view": modals.public(view)}


def _trigger(call: Call) -> str:
    return call.text("trigger_id") or call.need("interactivity_pointer")


def _view(call: Call) -> Any:
    return call.data("view")


HANDLERS: Final[Mapping[str, Handler]] = MappingProxyType(
    {
        "views.publish": publish,
        "views.open": open_modal,
        "views.push": push,
        "views.update": update,
    }
)
