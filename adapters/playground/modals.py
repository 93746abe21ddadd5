"""Views: each person's Home tab and stack of modals, with hashes and Slack's limits."""

import json
import secrets
from typing import Final

from adapters.playground import blocks as kit
from adapters.playground.errors import SlackError
from adapters.playground.inputs import state_of, with_ids
from adapters.playground.records import Json
from adapters.playground.workspace import Workspace

STACK: Final = 3
TITLE: Final = 24
PRIVATE_METADATA: Final = 3000
VIEW_BYTES: Final = 250_000


def publish(workspace: Workspace, user_id: str, view: Json, view_hash: str | None) -> Json:
    """Set a person's Home tab."""
    if not workspace.app.home_tab_enabled:
        raise SlackError("not_enabled")
    workspace.user(user_id)
    _check(view, "home")
    known = home(workspace, user_id)
    _check_hash(known, view_hash)
    stored = _store(workspace, user_id, view, known)
    workspace.homes[user_id] = stored["id"]
    workspace.changed()
    return stored


def open_modal(workspace: Workspace, trigger_id: str, view: Json) -> Json:
    """Open a modal for whoever holds the trigger; an earlier stack is replaced."""
    _check(view, "modal")
    user_id = workspace.take_trigger(trigger_id).user
    _check_external(workspace, view)
    stored = _store(workspace, user_id, view)
    workspace.modals[user_id] = [stored["id"]]
    workspace.changed()
    return stored


def push(workspace: Workspace, trigger_id: str, view: Json) -> Json:
    """Put a modal on top of the stack of whoever holds the trigger."""
    _check(view, "modal")
    trigger = workspace.triggers.get(trigger_id)
    if trigger is not None and len(workspace.modals.get(trigger.user, [])) >= STACK:
        raise SlackError("push_limit_reached")
    user_id = workspace.take_trigger(trigger_id).user
    return push_for(workspace, user_id, view)


def push_for(workspace: Workspace, user_id: str, view: Json) -> Json:
    """Put a modal on top of this person's stack."""
    _check(view, "modal")
    _check_external(workspace, view)
    stack = workspace.modals.setdefault(user_id, [])
    if len(stack) >= STACK:
        raise SlackError("push_limit_reached")
    stored = _store(workspace, user_id, view)
    if stack:
        stored |= {"previous_view_id": stack[-1], "root_view_id": stack[0]}
    stack.append(stored["id"])
    workspace.changed()
    return stored


def update(
    workspace: Workspace,
    view_id: str | None,
    external_id: str | None,
    view: Json,
    view_hash: str | None = None,
) -> Json:
    """Replace the content of an open view."""
    known = workspace.views.get(view_id or "") or _external(workspace, external_id)
    if known is None:
        raise SlackError("not_found")
    _check(view, known["type"])
    _check_hash(known, view_hash)
    stored = _store(workspace, known["_user"], view, known)
    workspace.changed()
    return stored


def close(workspace: Workspace, user_id: str, *, everything: bool = False) -> None:
    """Take the top modal (or the whole stack) away."""
    stack = workspace.modals.get(user_id, [])
    for view_id in list(stack) if everything else stack[-1:]:
        stack.remove(view_id)
        workspace.views.pop(view_id, None)
    workspace.changed()


def top(workspace: Workspace, user_id: str) -> Json | None:
    """The modal a person looks at."""
    stack = workspace.modals.get(user_id, [])
    return workspace.views[stack[-1]] if stack else None


def home(workspace: Workspace, user_id: str) -> Json | None:
    """A person's Home tab, if the app has published one."""
    return workspace.views.get(workspace.homes.get(user_id, ""))


def public(view: Json) -> Json:
    """A view as it goes over the wire."""
    return {key: value for key, value in view.items() if not key.startswith("_")}


def _store(workspace: Workspace, user_id: str, view: Json, known: Json | None = None) -> Json:
    view_id = known["id"] if known else workspace.new_id("V")
    blocks = with_ids(view["blocks"], secrets.token_hex(2))
    before = known["state"]["values"] if known else None
    stored: Json = {
        "id": view_id,
        "team_id": workspace.team_id,
        "type": view["type"],
        "blocks": blocks,
        "private_metadata": view.get("private_metadata") or "",
        "callback_id": view.get("callback_id") or "",
        "state": {"values": state_of(blocks, {}, before)},
        "hash": f"{int(workspace.epoch())}.{secrets.token_hex(4)}",
        "title": view.get("title"),
        "submit": view.get("submit"),
        "close": view.get("close"),
        "clear_on_close": bool(view.get("clear_on_close")),
        "notify_on_close": bool(view.get("notify_on_close")),
        "previous_view_id": known["previous_view_id"] if known else None,
        "root_view_id": known["root_view_id"] if known else view_id,
        "external_id": view.get("external_id") or "",
        "app_id": workspace.app.app_id,
        "app_installed_team_id": workspace.team_id,
        "bot_id": workspace.users[workspace.bot_user].bot_id,
        "_user": user_id,
    }
    workspace.views[view_id] = stored
    return stored


def _check(view: object, kind: str) -> None:
    if not isinstance(view, dict) or view.get("type") != kind:
        raise _refused([f"[ERROR] type must be {kind} [json-pointer:/view/type]"])
    if len(json.dumps(view)) > VIEW_BYTES:
        raise SlackError("view_too_large")
    found = kit.problems(view.get("blocks"), at_most=kit.VIEW_BLOCKS)
    found += [text for name in ("title", "submit", "close") for text in _heading(view, name, kind)]
    if len(view.get("private_metadata") or "") > PRIVATE_METADATA:
        found.append("[ERROR] must be less than 3001 characters [json-pointer:/view/private_metadata]")
    if len(view.get("callback_id") or "") > kit.ID_LENGTH:
        found.append("[ERROR] must be less than 256 characters [json-pointer:/view/callback_id]")
    if found:
        raise _refused(found)
    if kind == "modal" and "submit" not in view and any(block["type"] == "input" for block in view["blocks"]):
        raise _refused(["[ERROR] missing required field: submit [json-pointer:/view]"])


def _heading(view: Json, name: str, kind: str) -> list[str]:
    where = f"[json-pointer:/view/{name}]"
    text = view.get(name)
    if text is None:
        return (
            [f"[ERROR] missing required field: {name} {where}"] if kind == "modal" and name == "title" else []
        )
    if not isinstance(text, dict) or text.get("type") != "plain_text" or not text.get("text"):
        return [f"[ERROR] must be plain_text {where}"]
    too_long = len(text["text"]) > TITLE
    return [f"[ERROR] must be less than {TITLE + 1} characters {where}"] if too_long else []


def _refused(messages: list[str]) -> SlackError:
    return SlackError("invalid_arguments", response_metadata={"messages": messages})


def _check_hash(known: Json | None, view_hash: str | None) -> None:
    if known is not None and view_hash and view_hash != known["hash"]:
        raise SlackError("hash_conflict")


def _check_external(workspace: Workspace, view: Json) -> None:
    if _external(workspace, view.get("external_id")):
        raise SlackError("duplicate_external_id")


def _external(workspace: Workspace, external_id: str | None) -> Json | None:
    if not external_id:
        return None
    return next((view for view in workspace.views.values() if view["external_id"] == external_id), None)
