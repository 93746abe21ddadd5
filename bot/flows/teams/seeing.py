"""Who may know of a team, and what is worth knowing before a vote."""

from __future__ import annotations

from datetime import datetime

from bot import names
from bot.flows.teams import deciding
from bot.inbound import Account
from bot.planning.teaming import is_member, members_of
from bot.ports import Tx
from bot.records import Proposal, ProposalState, TeamRecord
from bot.teamnorms import BY_KEY, QUIETLY, applied, contradictions


def is_visible(tx: Tx, record: TeamRecord, account: Account) -> bool:
    """Whether an account may know of a team: its owner is a member, or it belongs to a workspace in which the
    team talks; a team that talks nowhere is known where most of its members have accounts. That one member
    has an account in another organisation, too, opens nothing there. A guest never may."""
    known = tx.accounts.get(account)
    if known is not None and known.guest:
        return False
    if known is not None and known.person and is_member(tx, record.team, known.person):
        return True
    if record.state.places:
        return any(place.tenant == account.tenant for place in record.state.places)
    members = members_of(tx, record.team)
    here = [each for each in members if _has_account(tx, each.person.id, account.tenant)]
    return len(here) * 2 > len(members)


def _has_account(tx: Tx, person: str, tenant: str) -> bool:
    return any(known.account.tenant == tenant for known in tx.accounts.of(person))


def notes_on(tx: Tx, record: TeamRecord, proposal: Proposal, now: datetime) -> tuple[str, ...]:
    """What is worth knowing before voting: contradictions, and other votes on the same norm."""
    about = [key for key, _ in proposal.changes]
    try:
        after = applied(record.team, proposal.changes)
        found = [*contradictions(after, now, about)]
    except ValueError:
        after, found = record.team, []
    if "leads" in about and not all(is_member(tx, after, names.resolved(tx, lead)) for lead in after.leads):
        found.append("Not everybody named as a lead is a member: only members get a lead's line.")
    pending = (ProposalState.OPEN, ProposalState.ACCEPTED)
    for other in tx.ballots.of(record.team.id):
        same = other.id != proposal.id and other.state in pending
        shared = [BY_KEY[key].label for key, _ in other.changes if key in about and key not in QUIETLY]
        if same and shared:
            number = deciding.number_of(other)
            found.append(
                f"Proposal {number} is about {shared[0].lower()}, too: the later to take effect holds."
            )
    return tuple(found)
