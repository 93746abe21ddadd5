"""Forget a person: every row about them goes, and whoever still waited to reach them is told so."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot import names, planning, tickets
from bot.flows import linking
from bot.flows.teams import deciding
from bot.inbound import Account
from bot.messages import welcome
from bot.messages.actions import Topic
from bot.messages.words import Watch
from bot.planning import teaming
from bot.planning.rows import row
from bot.ports import Store, Tx
from bot.records import HoldState, Lane
from rules import Say


def erase_person(tx: Tx, person: str, now: datetime) -> bool:
    """Delete everything about a person id in this transaction; False if there is no such person.

    Senders whose messages still waited hear that they did not arrive. Call `Store.scrub` after the commit.
    """
    person = names.resolved(tx, person)
    record = tx.people.get(person)
    accounts = [known.account for known in tx.accounts.of(person)]
    if record is None and not accounts:
        return False
    name = record.state.name if record else ""
    waiting = [hold for hold in tx.holds.waiting_for(person) if hold.state is HoldState.WAITING]
    senders = Counter(planning.notice_to(tx, hold.sender) for hold in waiting)
    teams = {team.id: _shown_by(tx, team.id, person) for team in planning.teams_of(tx, person)}
    _cancel_sent(tx, accounts, now)
    tx.holds.remove_person(person, accounts)
    tx.outbox.remove_person(accounts)
    tx.history.remove(person)
    mark = _mark()
    tx.remove_person(person, mark)
    for account in accounts:
        tx.holds.remove_person(names.outside_id(account), [])
        tx.remove_person(names.outside_id(account), mark)
        _disown(tx, account)
    for alias in record.state.aliases if record else ():
        tx.holds.remove_person(alias, [])
        tx.remove_person(alias, mark)
        tx.people.remove(alias)
    tx.people.remove(person)
    for team, weeks in teams.items():
        _without_them(tx, team, weeks, now)
    for sender, number in senders.items():
        if sender not in accounts:
            _tell(tx, sender, name, number, now)
    return True


def _shown_by(tx: Tx, team: str, person: str) -> list[str]:
    """The weeks with whose summary of a team somebody shows their own line."""
    record = tx.teams.get(team)
    return [week for week, lead in record.state.shown if lead == person] if record else []


def _without_them(tx: Tx, team: str, weeks: Iterable[str], now: datetime) -> None:
    """Open votes in the team of somebody who is gone are counted without them, as on leaving, and summaries
    lose the line that they showed; what follows from it is for the next sweep."""
    record = tx.teams.get(team)
    if record is None:
        return
    deciding.settle_all(tx, record, now)
    record = deciding.put(tx, replace(record, next_at=now))
    for week in weeks:
        teaming.repost(tx, record, teaming.Post.SUMMARY, week, now, turn=record.version)


def _mark() -> str:
    """What stands for somebody forgotten where only their number counts: it says nothing, and nobody else
    ever has it."""
    return f"x_{secrets.token_hex(8)}"


def still_up(tx: Tx, account: Account, watch: Watch) -> str:
    """The sentence on what we set for the human behind `account`, which stays when they are forgotten: taking
    it down later would need their ids. "" if nothing does."""
    record = names.record_of(tx, account)
    marks = record.state.marks if record else ()
    statuses = [each.ours for each in marks if each.ours]
    presences = [each.pause for each in marks if each.pause]
    shown = _ends((each.status.expires for each in statuses), watch.now)
    paused = _ends((each.status.expires for each in presences), watch.now)
    paused += _ends((each.snoozed_until for each in marks), watch.now)
    latest = watch.moment(max([*shown, *paused], default=watch.now))
    replaced = any(each.before is not None for each in (*statuses, *presences))
    return welcome.still_up(bool(shown), bool(paused), latest, replaced=replaced)


def _ends(found: Iterable[datetime | None], now: datetime) -> list[datetime]:
    """Those still ahead."""
    return [end for end in found if end is not None and end > now]


def erase_account(tx: Tx, account: Account, now: datetime) -> bool:
    """Delete everything about an account that never enrolled: what it asked us to hold, and what we know
    of its profile."""
    known = tx.accounts.get(account)
    if known and known.person:
        return erase_person(tx, known.person, now)
    _cancel_sent(tx, [account], now)
    tx.holds.remove_person(names.outside_id(account), [account])
    tx.remove_person(names.outside_id(account), _mark())
    tx.outbox.remove_person([account])
    _disown(tx, account)
    return known is not None


def _disown(tx: Tx, account: Account) -> None:
    known = tx.accounts.get(account)
    if known is not None and known.dm:
        tx.inbox.remove_line(account.tenant, known.dm)
    tx.conversations.remove_user(account)
    tx.tokens.remove(account)
    tickets.withdraw(tx, account)
    linking.withdraw(tx, account)
    tx.accounts.remove(account)


def _cancel_sent(tx: Tx, accounts: list[Account], now: datetime) -> None:
    """What these accounts sent and still waits goes too; its recipients need no wake-up for it any more."""
    mine = [hold for account in accounts for hold in tx.holds.sent_by(account, 1000)]
    recipients = {hold.recipient for hold in mine if hold.state is HoldState.WAITING}
    for account in accounts:
        tx.holds.remove_person("", [account])
    for recipient in sorted(recipients):
        if record := tx.people.get(recipient):
            planning.replan(tx, record, now)


def _tell(tx: Tx, sender: Account, name: str, number: int, now: datetime) -> None:
    facts = (("name", name), ("count", str(number)))
    effect = Say(names.id_of(tx, sender), Topic.GONE.value, facts)
    key = f"say:gone:{names.outside_id(sender)}:{now.isoformat()}"
    tx.outbox.add(row(Lane.MESSAGE, sender, effect, planning.reachable_at(tx, sender, now), key))


async def forget(store: Store, person: str, now: datetime) -> bool:
    """Forget a person id and make what was removed unrecoverable; False if there is no such person."""
    found = await store.write(lambda tx: erase_person(tx, person, now))
    await store.scrub()
    return found
