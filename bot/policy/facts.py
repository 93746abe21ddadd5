"""What a team's policy is made from, as stored."""

from __future__ import annotations

from bot import names
from bot.messages.document import Document
from bot.policy.text import Dated, PolicyFacts, policy
from bot.ports import Tx
from bot.records import TeamRecord


def facts_of(tx: Tx, record: TeamRecord, tenant: str = "", latest: int | None = None) -> PolicyFacts:
    """The norms in force with their versions, the `latest` of them or all; people as `tenant` knows them, "":
    by their names alone."""
    asked = record.team.ask_on_leave
    people = {asked: names.who_is(tx, names.resolved(tx, asked), tenant)} if asked else {}
    versions = tx.teams.versions(record.team.id)
    in_force = [each for each in versions if each.number <= record.state.number]
    shown = tuple(Dated(each.number, each.effective_at, each.label) for each in in_force[:latest])
    return PolicyFacts(record.team, people, shown, len(in_force) - len(shown))


def document_of(tx: Tx, record: TeamRecord, tenant: str = "", latest: int | None = None) -> Document:
    """The written policy of the norms in force; arguments as in `facts_of`."""
    return policy(facts_of(tx, record, tenant, latest))
