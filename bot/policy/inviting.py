"""Who is asked to acknowledge a policy, and when."""

from __future__ import annotations

from datetime import datetime

from bot.planning import teaming
from bot.planning.teaming import Post
from bot.policy.templates import uses_a_pack
from bot.ports import Tx
from bot.records import TeamRecord


def invite(tx: Tx, record: TeamRecord, now: datetime) -> None:
    """A version has taken effect: ask each member in private to read it, if the team uses a policy pack."""
    if uses_a_pack(record.team.template):
        teaming.tell_each(tx, record, Post.POLICY, str(record.state.number), now)
