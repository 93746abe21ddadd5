"""The Home tab as of an instant, built when it is published so that it is never older than it must be."""

from __future__ import annotations

from datetime import datetime

from bot import names, planning
from bot.flows import holds, linking
from bot.flows.teams import focus as team_focus
from bot.inbound import Account
from bot.messages import welcome
from bot.messages.day import segments_of_today
from bot.messages.home import HomeFacts, home
from bot.messages.model import Message
from bot.messages.words import Watch
from bot.planning.rows import connectable
from bot.ports import Tx, Vault
from rules import availability_at


def page(tx: Tx, vault: Vault, account: Account, now: datetime) -> Message:
    """Home of an account: an invitation for whoever has not enrolled; guests are turned away."""
    record = names.record_of(tx, account)
    known = tx.accounts.get(account)
    if known is not None and known.guest:
        return welcome.turned_away()
    if record is None or known is None:
        return welcome.invitation()
    person, teams = record.person, planning.teams_of(tx, record.person.id)
    facts = HomeFacts(
        person,
        record.state,
        segments_of_today(person, planning.teams_today(tx, person.id, now), now),
        availability_at(person, teams, now),
        tuple(holds.waiting_items(tx, vault, person.id, account.tenant)),
        known.connected if known.connected or connectable(tx, account) else None,
        names.named_in(tx, person, account.tenant),
        linking.line_of(tx, account),
        tuple(team_focus.kept_by(person, team, now) for team in teams),
    )
    return home(facts, Watch(now, person.zone))
