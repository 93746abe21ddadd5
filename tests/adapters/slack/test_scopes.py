"""Code, the table of uses and the manifest ask for the same rights, and each has its reason."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from adapters.playground.methods import CHANNEL_SCOPE, EVENT_SCOPES, METHODS
from adapters.playground.records import TokenKind
from adapters.slack import scopes
from adapters.slack.limits import RATES
from adapters.slack.oauth import REDIRECT
from adapters.slack.translate import SHORTCUT, STATUS_EVENTS, WORDS

ROOT = Path(__file__).parents[3]
SOURCE = ROOT / "adapters" / "slack"
HTTP, SOCKET = ROOT / "deploy" / "slack" / "manifest.yaml", ROOT / "deploy" / "slack" / "manifest.socket.yaml"
METHOD = re.compile(
    r"(?:apps|auth|chat|conversations|dnd|emoji|oauth|reactions|team|users|views)(?:\.[A-Za-z0-9]+)+"
)
BY_SDK = {"apps.connections.open"}
KINDS = {"bot": TokenKind.BOT, "person": TokenKind.USER, "app": TokenKind.APP}


def called_methods() -> set[str]:
    """Web API methods named as arguments of calls in our code, and SDK calls in their own spelling."""
    found: set[str] = set()
    for path in SOURCE.glob("*.py"):
        if path.name in {"scopes.py", "limits.py"}:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
                found |= {text for text in texts if isinstance(text, str) and METHOD.fullmatch(text)}
                name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
                dotted = name.replace("_", ".", 1)
                found |= {dotted} if "_" in name and dotted in METHODS else set()
    return found


def manifest(path: Path = HTTP) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text())
    return loaded


def test_the_table_holds_exactly_the_methods_that_code_calls() -> None:
    assert {use.method for use in scopes.USES} - BY_SDK == called_methods() - BY_SDK
    assert all(use.why and not use.why.endswith(".") for use in scopes.USES)


@pytest.mark.parametrize("use", scopes.USES, ids=lambda use: f"{use.method}-{use.kind}")
def test_each_use_names_the_scopes_that_slack_asks(use: scopes.Use) -> None:
    method = METHODS[use.method]
    if use.kind == "none":
        assert not method.scopes
        return
    needed = set(method.scopes[KINDS[use.kind]])
    if method.channel_scope:
        kinds = set(CHANNEL_SCOPE.values())
        # only channels are looked at, since the bot's own chat has no other readers
        kinds -= {"im"} if method.channel_scope == "read" else set()
        needed |= {f"{kind}:{method.channel_scope}" for kind in kinds}
    assert set(use.scopes) == needed


def test_the_manifest_asks_for_what_is_used_and_no_more() -> None:
    asked = manifest()["oauth_config"]["scopes"]
    assert set(asked) == {"bot", "user_optional"}
    assert asked["bot"] == list(scopes.BOT_SCOPES)
    assert asked["user_optional"] == list(scopes.USER_SCOPES)


def test_each_scope_in_the_manifest_has_its_reason() -> None:
    listing = HTTP.read_text().partition("scopes:")[2].partition("settings:")[0]
    lines = [line for line in listing.splitlines() if line.strip().startswith("- ")]
    assert len(lines) == len(scopes.BOT_SCOPES) + len(scopes.USER_SCOPES)
    assert all(len(line.partition("#")[2].strip()) > 10 for line in lines)


def test_the_manifest_subscribes_to_what_is_handled() -> None:
    events = manifest()["settings"]["event_subscriptions"]["bot_events"]
    assert events == sorted(scopes.EVENTS)
    assert set(scopes.EVENTS) & STATUS_EVENTS
    for event, needed in scopes.EVENTS.items():
        scope = EVENT_SCOPES[event]
        assert needed == ((scope,) if scope else ())


def test_the_manifest_registers_our_commands_and_shortcut() -> None:
    features = manifest()["features"]
    commands = features["slash_commands"]
    assert {command["command"] for command in commands} == {f"/{word}" for word in WORDS}
    assert all(command["should_escape"] is True for command in commands)
    assert all(
        2 <= len(command["command"]) <= 32 and len(command["description"]) <= 2000 for command in commands
    )
    assert all(len(command["usage_hint"]) <= 1000 for command in commands)
    (shortcut,) = features["shortcuts"]
    assert (shortcut["type"], shortcut["callback_id"]) == ("message", SHORTCUT)
    assert len(shortcut["name"]) <= 24
    assert len(shortcut["description"]) <= 150
    assert features["app_home"] == {
        "home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False,
    }  # fmt: skip


def test_the_manifest_keeps_slacks_lengths_and_sends_everything_to_one_path() -> None:
    found = manifest()
    shown = found["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 175 <= len(shown["long_description"]) <= 4000
    assert len(found["features"]["bot_user"]["display_name"]) <= 80
    settings = found["settings"]
    urls = {command["url"] for command in found["features"]["slash_commands"]}
    urls |= {settings["event_subscriptions"]["request_url"], settings["interactivity"]["request_url"]}
    assert urls == {"https://boundary.example.org/slack/events"}
    assert found["oauth_config"]["redirect_urls"] == [f"https://boundary.example.org{REDIRECT}"]


def test_the_socket_manifest_is_the_same_without_addresses() -> None:
    http, socket = manifest(), manifest(SOCKET)
    assert (http["settings"].pop("socket_mode_enabled"), socket["settings"].pop("socket_mode_enabled")) == (
        False,
        True,
    )
    del http["oauth_config"]["redirect_urls"]
    for command in http["features"]["slash_commands"]:
        del command["url"]
    del http["settings"]["event_subscriptions"]["request_url"]
    del http["settings"]["interactivity"]["request_url"]
    assert http == socket


def test_every_budget_is_at_most_slacks_own_limit_and_uses_most_of_it() -> None:
    for name, rate in RATES.items():
        assert rate.per_minute <= METHODS[name].per_minute
        assert rate.per_minute - rate.burst >= 0.95 * METHODS[name].per_minute
