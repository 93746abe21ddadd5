"""Who belongs to a team, where it talks, and who may see it."""

from __future__ import annotations

from bot import names
from bot.planning.teaming import members_of, tell_member
from bot.ports import Tx
from rules.values import Team

__all__ = ["is_member", "members_of", "tell_member"]


def is_member(tx: Tx, team: Team, person: str) -> bool:
    """Whether a person is a member of a team, whichever of their ids it names."""
    return person in team.members or any(names.resolved(tx, member) == person for member in team.members)
