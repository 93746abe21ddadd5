"""The table of methods: nothing answered that is not in it, nothing in it that is not answered."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from adapters.playground.api import HANDLERS
from adapters.playground.methods import EVENT_SCOPES, METHODS, TIER_PER_MINUTE
from adapters.playground.seed import BOT_EVENTS, BOT_SCOPES, COMMANDS, SHORTCUTS, USER_SCOPES

MANIFEST = Path(__file__).parents[3] / "deploy" / "slack" / "manifest.yaml"


@pytest.fixture
def manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    return loaded


def test_every_method_of_the_table_is_answered_and_no_other():
    assert set(METHODS) == {*HANDLERS, "apps.connections.open"}


def test_every_rate_is_the_one_of_its_tier():
    assert [m.name for m in METHODS.values() if m.tier and m.per_minute != TIER_PER_MINUTE[m.tier]] == []
    special = {m.name for m in METHODS.values() if m.tier is None}
    assert special == {"auth.test", "chat.getPermalink", "chat.postMessage"}


def test_the_seeded_apps_events_have_their_scopes():
    needed = {EVENT_SCOPES[event] for event in BOT_EVENTS} - {None}
    assert needed <= set(BOT_SCOPES)
    assert set(USER_SCOPES).isdisjoint({"im:history", "channels:history"})


def test_the_seeded_app_has_the_rights_that_the_manifest_asks_for_and_no_more(manifest):
    scopes = manifest["oauth_config"]["scopes"]
    assert list(BOT_SCOPES) == scopes["bot"]
    assert list(USER_SCOPES) == scopes["user_optional"]


def test_the_seeded_app_hears_what_the_manifest_subscribes_to(manifest):
    assert list(BOT_EVENTS) == manifest["settings"]["event_subscriptions"]["bot_events"]


def test_the_seeded_app_has_the_commands_and_shortcuts_of_the_manifest(manifest):
    features = manifest["features"]
    assert [
        {
            "command": one.command,
            "description": one.description,
            "usage_hint": one.usage_hint,
            "should_escape": one.should_escape,
        }
        for one in COMMANDS
    ] == [{key: one[key] for key in one if key != "url"} for one in features["slash_commands"]]
    assert [
        {
            "name": one.name,
            "type": one.type,
            "callback_id": one.callback_id,
            "description": one.description,
        }
        for one in SHORTCUTS
    ] == features["shortcuts"]
