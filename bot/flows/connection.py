"""A person's own token: offered, granted, revoked. Without it, everything but status and snooze works."""

from __future__ import annotations

from dataclasses import replace

from bot import names, planning, tickets
from bot.directory import about_token, drop_token, keep_sealed
from bot.inbound import Account, Connected, Disconnected
from bot.messages import account as texts
from bot.messages.actions import Topic
from bot.messages.model import Message
from bot.turn import Turn


def offer(turn: Turn) -> Message:
    """The way to the platform's own page, with a ticket that works once; or why there is none here."""
    if planning.app_sets(turn.tx, turn.who):
        return texts.set_by_the_app()
    if turn.who.tenant.startswith("teams:"):
        return texts.presence_is_off()
    public_url = turn.world.public_url
    if not turn.world.connectable or public_url is None:
        return texts.connect_unavailable()
    ticket = tickets.issue(turn.tx, turn.who, turn.now)
    return texts.connect_link(tickets.address(public_url, turn.who, ticket))


def connected(turn: Turn, inbound: Connected) -> None:
    """Seal and keep the token, release what was parked for it, and arm what the norms ask for now."""
    sealed = turn.world.vault.seal(inbound.token, about_token(turn.who))
    keep_sealed(turn.tx, turn.who, sealed)
    record = turn.me()
    if record is not None:
        state = replace(
            record.state, told_connect=True, armed=None, armed_for=None, snooze_armed=None
        )  # another account of theirs may be paused already, which says nothing about this one
        turn.store(replace(record, state=state))
    turn.say(turn.who, Topic.CONNECTED, turn.key)


def disconnect(turn: Turn) -> Message:
    """The person disconnects on their own: the token is deleted here; the platform keeps the grant until
    they remove it."""
    drop_token(turn.tx, turn.who)
    if record := turn.me():
        turn.store(record)
    return texts.disconnected()


def disconnected(turn: Turn, inbound: Disconnected) -> None:
    """The platform took tokens back: delete ours and tell their owners once, not in their quiet time; without
    the bot's own, park the tenant."""
    tenant = turn.who.tenant
    if inbound.bot or inbound.uninstalled:
        _park(turn, "uninstalled" if inbound.uninstalled else "token_revoked")
    users = set(inbound.users)
    if inbound.uninstalled:
        users |= {
            account.user for account, _ in _all_tokens(turn) if account.tenant == tenant and account.user
        }
    for user in sorted(users):
        account = Account(tenant, user)
        known = turn.tx.accounts.get(account)
        if known is None or not known.connected:
            continue
        drop_token(turn.tx, account)
        due = planning.reachable_at(turn.tx, account, turn.now)
        turn.say(account, Topic.DISCONNECTED, f"{names.outside_id(account)}:{turn.key}", due=due)


def _park(turn: Turn, why: str) -> None:
    tenant = turn.tx.tenants.get(turn.who.tenant)
    if tenant is not None:
        turn.tx.tenants.put(replace(tenant, parked=why))
    turn.tx.tokens.remove(Account(turn.who.tenant, ""))


def _all_tokens(turn: Turn) -> list[tuple[Account, bytes]]:
    found: list[tuple[Account, bytes]] = []
    while page := turn.tx.tokens.all(found[-1][0] if found else None):
        found += page
    return found
