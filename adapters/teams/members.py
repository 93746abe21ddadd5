"""What the connector says about members of a conversation: who they are, and who is from outside.

Sources: [MST bots/how-to/get-teams-context.md]; guests, anonymous people of a meeting, and people of other
organisations in shared channels and federated chats.
"""

from __future__ import annotations

from adapters.teams.calling import Json
from adapters.teams.places import tenant_id
from bot.inbound import Profile


def profile_of(member: Json, tenant: str) -> Profile:
    """What the connector says about a member of a conversation in `tenant`. Somebody of another organisation,
    as in shared channels, is a guest."""
    upn, role = str(member.get("userPrincipalName") or ""), str(member.get("userRole") or "")
    is_external = str(member.get("tenantId") or tenant_id(tenant)).lower() != tenant_id(tenant)
    return Profile(
        name=str(member.get("name") or ""),
        is_bot=str(member.get("id") or "").startswith("28:"),
        is_guest=is_external or "#ext#" in upn.lower() or role.lower() in {"guest", "anonymous"},
        directory_id=str(member.get("aadObjectId") or member.get("objectId") or ""),
    )


def is_outsider(member: Json, tenant: str) -> bool:
    """Whether somebody is a guest, of another organisation, or nobody whom this one's directory knows."""
    found = profile_of(member, tenant)
    return not found.is_bot and (found.is_guest or not found.directory_id)
