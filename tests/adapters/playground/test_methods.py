"""The table of methods: nothing answered that is not in it, nothing in it that is not answered."""

from adapters.playground.api import HANDLERS
from adapters.playground.methods import EVENT_SCOPES, METHODS, TIER_PER_MINUTE
from adapters.playground.seed import BOT_EVENTS, BOT_SCOPES, USER_SCOPES


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
