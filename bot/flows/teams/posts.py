"""The text of what a team posts, as of now, from the ids in its effect."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.inbound import Account
from bot.messages.model import Message
from bot.ports import Tx, Vault
from rules.effects import TeamPost

Builder = Callable[[Tx, Vault, TeamPost, Account, datetime], Message | None]
"""Builds what a channel (`to.user` is its id) or a member reads; None when there is nothing to say."""

BUILDERS: dict[str, Builder] = {}
"""By topic; those of this module. `bot.compose` has them all."""
