"""What a team says where it talks: one row of the outbox for each of its channels, or for each member where
it has none, or none that is safe."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from bot import names
from bot.inbound import Account
from bot.planning.releasing import reachable_at, talk_to
from bot.planning.rows import row
from bot.ports import Tx
from bot.records import Delivery, DeliveryState, Lane, PersonRecord, Place, TeamRecord
from rules import Effect
from rules.effects import TeamPost
from rules.values import Team


class Post(StrEnum):
    """What a `TeamPost` is about. The subject is named beside each."""

    FOUNDED = "founded"  # none
    BALLOT = "ballot"  # proposal id
    REMINDER = "reminder"  # proposal id
    DECIDED = "decided"  # proposal id: to whoever proposed it
    CHANGED = "changed"  # version number: what took effect
    REVIEW = "review"  # the date by which the norms were to be read again
    SUMMARY = "summary"  # week
    LIFTED = "lifted"  # id in the ledger
    POLICY = "policy"  # version number: each member in private is asked to read it


def members_of(tx: Tx, team: Team) -> list[PersonRecord]:
    """The members who have set themselves up, in the team's order, each human once; without those who have
    become guests wherever they are."""
    ids = dict.fromkeys(names.resolved(tx, member) for member in team.members)
    found = (tx.people.get(id) for id in ids if not _is_guest(tx, id))
    return [record for record in found if record is not None and not record.state.merged_into]


def is_member(tx: Tx, team: Team, person: str) -> bool:
    """Whether a person is a member of a team, whichever of their ids it names."""
    return person in team.members or any(names.resolved(tx, member) == person for member in team.members)


def _is_guest(tx: Tx, person: str) -> bool:
    accounts = tx.accounts.of(person)
    return bool(accounts) and all(known.guest for known in accounts)


def tell_member(
    tx: Tx,
    record: PersonRecord,
    effect: Effect,
    key: str,
    now: datetime,
    *,
    expires_at: datetime | None = None,
) -> None:
    """Tell a member something privately, once for each `key`, when their own norms let a message through;
    nothing to whoever cannot be reached."""
    to = talk_to(tx, record)
    if to is None:
        return
    due = reachable_at(tx, to, now)
    if expires_at is None or due < expires_at:
        tx.outbox.add(row(Lane.MESSAGE, to, effect, due, key, expires_at=expires_at))


def post(
    tx: Tx,
    record: TeamRecord,
    topic: str,
    subject: str,
    now: datetime,
    *,
    expires_at: datetime | None = None,
    due: datetime | None = None,
) -> None:
    """Post something once in each channel in which the team talks, at `due` (now unless given); a team
    without a channel hears it in private, each member when their own norms let a message through."""
    effect = TeamPost(record.team.id, topic, subject)
    for place in record.state.places:
        _announce(tx, place, effect, due or now, expires_at=expires_at)
    if not record.state.places:
        _tell_everyone(tx, record.team, effect, due or now, expires_at=expires_at)


def post_also(tx: Tx, place: Place, effect: TeamPost, now: datetime, *, expires_at: datetime) -> bool:
    """Post something in a channel that has come to those in which the team talks; False if it stands there
    from before."""
    return _announce(tx, place, effect, now, expires_at=expires_at)


def _announce(tx: Tx, place: Place, effect: TeamPost, due: datetime, *, expires_at: datetime | None) -> bool:
    to, key = Account(place.tenant, place.channel), _key(effect, place.tenant, place.channel)
    return tx.outbox.add(row(Lane.CHANNEL, to, effect, due, key, expires_at=expires_at))


def repost(tx: Tx, record: TeamRecord, topic: str, subject: str, now: datetime, *, turn: int) -> None:
    """Show what was posted in the team's channels anew, in its place, for the `turn`-th time (from 1)."""
    effect = TeamPost(record.team.id, topic, subject, turn)
    first = replace(effect, turn=0)
    for place in record.state.places:
        to, base = Account(place.tenant, place.channel), _key(first, place.tenant, place.channel)
        tx.outbox.add(row(Lane.CHANNEL, to, effect, now, f"{base}:{turn}", after=base))


def is_posted(tx: Tx, record: TeamRecord, topic: str, subject: str) -> bool:
    """Whether something has been put on its way to any of the team's channels or members; forgotten when its
    deliveries are."""
    effect = TeamPost(record.team.id, topic, subject)
    keys = [_key(effect, place.tenant, place.channel) for place in record.state.places]
    keys += [_key(effect, member.person.id) for member in members_of(tx, record.team)]
    return any(tx.outbox.get(key) is not None for key in keys)


def refused_by(tx: Tx, record: TeamRecord, topic: str, subject: str) -> str:
    """Why something was not posted in a channel of the team, as its platform said; "" where it was."""
    effect = TeamPost(record.team.id, topic, subject)
    rows = (tx.outbox.get(_key(effect, place.tenant, place.channel)) for place in record.state.places)
    return next((each.because for each in rows if each and each.state is DeliveryState.PARKED), "")


def reads_since(tx: Tx, team: str, topic: str, subject: str, person: str) -> datetime | None:
    """When a member was told of something in private, or will be; None where they read it in a channel."""
    told = tx.outbox.get(_key(TeamPost(team, topic, subject), person))
    return told.due_at if told is not None else None


def retell(
    tx: Tx,
    record: TeamRecord,
    topic: str,
    subject: str,
    now: datetime,
    *,
    turn: int,
    expires_at: datetime | None = None,
) -> None:
    """Tell whoever was told of something in private how it stands now: such a message is not shown anew."""
    effect = TeamPost(record.team.id, topic, subject, turn)
    for member in members_of(tx, record.team):
        base = _key(replace(effect, turn=0), member.person.id)
        if tx.outbox.get(base) is not None:
            tell_member(tx, member, effect, f"{base}:{turn}", now, expires_at=expires_at)


def told_privately(tx: Tx, refused: Delivery, now: datetime) -> None:
    """A channel in which outsiders would read along gets nothing: each member hears it in private."""
    effect = refused.effect
    if not isinstance(effect, TeamPost) or effect.turn:
        return
    record = tx.teams.get(effect.team)
    if record is not None:
        _tell_everyone(tx, record.team, effect, now, expires_at=refused.expires_at)


def tell_each(tx: Tx, record: TeamRecord, topic: str, subject: str, now: datetime) -> None:
    """Tell each member something in private once, when their own norms let a message through."""
    _tell_everyone(tx, record.team, TeamPost(record.team.id, topic, subject), now, expires_at=None)


def _tell_everyone(
    tx: Tx, team: Team, effect: TeamPost, now: datetime, *, expires_at: datetime | None
) -> None:
    for member in members_of(tx, team):
        tell_member(tx, member, effect, _key(effect, member.person.id), now, expires_at=expires_at)


def _key(effect: TeamPost, *to: str) -> str:
    return ":".join(("team", effect.team, effect.topic, effect.subject, *to))
