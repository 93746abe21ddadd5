"""Slack's ceilings per Web API method, as the budgets the outbox spends, and the sizes of what we post.

Slack counts per method and workspace over all tokens in one-minute windows
(docs.slack.dev/apis/web-api/rate-limits). Burst sizes are unpublished, so bursts are small: what may come at
once is taken off what may come evenly. The larger ceilings are kept one or two per cent under, because calls
leave a moment after they were budgeted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from bot.inbound import Account
from bot.records import Cost, Lane


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `per_minute` calls in any minute for a whole workspace, of which `burst` at once."""

    per_minute: float
    burst: int = 1


RATES: Final[Mapping[str, Rate]] = MappingProxyType(
    {
        "chat.postMessage": Rate(294, 5),  # "several hundred messages per minute"
        "chat.postEphemeral": Rate(99, 2),  # Tier 4: 100+
        "chat.update": Rate(50),  # Tier 3: 50+
        "conversations.info": Rate(50),  # Tier 3
        "conversations.members": Rate(99, 2),  # Tier 4
        "conversations.open": Rate(50),  # Tier 3
        "dnd.endSnooze": Rate(20),  # Tier 2: 20+
        "dnd.info": Rate(50),  # Tier 3
        "dnd.setSnooze": Rate(20),  # Tier 2
        "users.info": Rate(99, 2),  # Tier 4
        "users.profile.get": Rate(99, 2),  # Tier 4
        "users.profile.set": Rate(50),  # Tier 3
        "views.publish": Rate(99, 2),  # Tier 4
    }
)
CHANNEL_POSTS: Final = Rate(60)  # one message a second and channel
PERSON_STATUSES: Final = Rate(10, 2)  # users.profile.set: 10 a minute and person

LANE_METHODS: Final[Mapping[Lane, tuple[str, ...]]] = MappingProxyType(
    {
        Lane.MESSAGE: ("chat.postMessage",),
        Lane.NOTE: ("chat.postEphemeral",),
        Lane.STATUS: ("users.profile.get", "users.profile.set"),
        Lane.SNOOZE: ("dnd.info", "dnd.setSnooze"),
        Lane.HOME: ("views.publish",),
        Lane.CHANNEL: ("chat.postMessage",),
    }
)


def lane_costs(
    lane: Lane, to: Account, *, opens: bool = False, ends_snooze: bool = False
) -> tuple[Cost, ...]:
    """What one delivery of `lane` spends. `opens`: the bot's chat with `to` has to be opened first.

    A person's own chat is named by the person, since its channel id may not be known yet.
    """
    methods = LANE_METHODS[lane]
    if ends_snooze:
        methods = tuple("dnd.endSnooze" if name == "dnd.setSnooze" else name for name in methods)
    costs = [_cost(name, RATES[name]) for name in methods]
    if lane in {Lane.MESSAGE, Lane.CHANNEL}:
        costs.append(_cost("chat.postMessage", CHANNEL_POSTS, to.user))
    if lane is Lane.MESSAGE and opens:
        costs.append(_cost("conversations.open", RATES["conversations.open"]))
    if lane is Lane.STATUS:
        costs.append(_cost("users.profile.set", PERSON_STATUSES, to.user))
    return tuple(costs)


def channel_costs(place: Account, *, anew: bool = False, looks: bool = True) -> tuple[Cost, ...]:
    """What a post in a channel spends, or showing one `anew`. `looks`: who reads it has to be seen first; for
    people whom we do not know that takes more calls of users.info, which adapters/slack/readers.py paces."""
    posting = (_cost("chat.update", RATES["chat.update"]),) if anew else lane_costs(Lane.CHANNEL, place)
    looking = ("conversations.info", "conversations.members", "users.info") if looks else ()
    return (*posting, *(_cost(name, RATES[name]) for name in looking))


def _cost(method: str, rate: Rate, channel: str = "") -> Cost:
    return Cost(method, rate.per_minute, rate.burst, channel)
