"""One person with accounts on several platforms: linked by a code that works once, and taken apart again.

What was two people becomes one: the norms of the side where the code was made hold, what waits comes into one
list, and the id that goes out of use keeps resolving wherever other people's norms name it.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot import names, planning
from bot.flows import first, journal
from bot.inbound import Account
from bot.messages import linking as texts
from bot.messages.actions import Topic
from bot.messages.model import Message
from bot.messages.words import joined
from bot.ports import Tx
from bot.records import Change, PersonRecord, PersonState, RitualState
from bot.turn import Refusal, Turn, new_id
from rules import Person

LIFE: Final = timedelta(minutes=10)
TRIES: Final = 5
"""Codes that one account may type within LIFE: guessing one of 2^40 takes for ever."""
OTHERS: Final = "others"
"""The value of the button that takes every other account off."""
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without those that are taken for each other: I and 1, O and 0."""
_LENGTH = 8


def show_code(turn: Turn) -> Message:
    """A fresh code for the acting account; one made before stops working."""
    return texts.code(_issue(turn), names.side(turn.tx, turn.who))


def _issue(turn: Turn) -> str:
    code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    withdraw(turn.tx, turn.who)
    turn.tx.once.issue(_key(code), _payload(turn.who), turn.now + LIFE)
    return f"{code[:4]}-{code[4:]}"


def withdraw(tx: Tx, who: Account) -> None:
    """Take back the code of an account that was not used."""
    tx.once.withdraw(_payload(who))


def _payload(who: Account) -> str:
    return json.dumps(["link", who.tenant, who.user])


def _key(code: str) -> str:
    return f"link:{_digest(code)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def typed(turn: Turn, text: str) -> Message:
    """Link the acting account with the one that made the code; refuses with a sentence that says why not."""
    maker = _redeem(turn, text)
    if maker == turn.who:
        return texts.own_code(_issue(turn), names.side(turn.tx, turn.who))
    if names.same_human(turn.tx, maker, turn.who):
        return texts.already(sides(turn.tx, turn.who))
    _check(turn, maker)
    return _link(turn, maker)


def _redeem(turn: Turn, text: str) -> Account:
    """Whose code it is; counts the try."""
    slot = f"{_digest(names.outside_id(turn.who))}:{int(turn.now.timestamp()) // int(LIFE.total_seconds())}"
    if not any(turn.tx.once.first(f"link:try:{slot}:{number}", turn.now) for number in range(TRIES)):
        raise Refusal(texts.too_many_codes())
    code = "".join(letter for letter in text.upper() if letter.isalnum())
    found = turn.tx.once.consume(_key(code), turn.now)
    if found is None:
        raise Refusal(texts.no_such_code())
    _, tenant, user = json.loads(found)
    return Account(tenant, user)


def _check(turn: Turn, maker: Account) -> None:
    known = turn.tx.accounts.get(maker)
    if known is not None and known.guest:
        raise Refusal(texts.guest())
    theirs = {account.tenant: account for account in names.accounts_of(turn.tx, maker)}
    for account in names.accounts_of(turn.tx, turn.who):
        if account.tenant in theirs:
            raise Refusal(texts.same_tenant(names.side(turn.tx, account)))


def _link(turn: Turn, maker: Account) -> Message:
    """The norms of the maker's side hold; whoever has none takes the other's, and whoever has none on either
    side gets the defaults."""
    tx = turn.tx
    keep, gone = names.record_of(tx, maker), turn.me()
    welcome = None
    if keep is None and gone is None:
        keep, welcome = first.enrol(replace(turn, who=maker))
    if keep is None or gone is None:
        kept, bare = (maker, turn.who) if keep is not None else (turn.who, maker)
        record = keep or turn.enrolled()
        turn.adopt(bare, record.person.id)
        put_by = ""
    else:
        kept = maker
        put_by = "" if _same_norms(keep.person, gone.person) else names.side(tx, turn.who)
        record = _merged(turn, keep, gone, maker)
    tx.people.put(replace(record, state=replace(record.state, home=turn.who)))
    stored = turn.begin_anew(record.person.id)
    waiting = len(tx.holds.waiting_for(stored.person.id))
    # At once, whatever holds there: whoever got hold of somebody's code must not read along unnoticed, and
    # the one who made it was at hand ten minutes ago at most.
    turn.say(maker, Topic.LINKED, turn.key, ("with", names.side(tx, turn.who)))
    told = texts.linked(names.side(tx, kept), sides(tx, turn.who), put_by, waiting)
    return joined(told, welcome) or told


def sides(tx: Tx, who: Account) -> list[str]:
    """What the linked accounts of a human are called, in a fixed order."""
    return [names.side(tx, account) for account in names.accounts_of(tx, who)]


def line_of(tx: Tx, who: Account) -> str:
    """`Linked: Slack (Acme), Teams (Acme)`, "" for an account that is linked with no other."""
    found = sides(tx, who)
    return texts.sides_line(found) if len(found) > 1 else ""


# Two people become one ----------------------------------------------------------------------------


def _same_norms(one: Person, other: Person) -> bool:
    return replace(one, id="") == replace(other, id="")


def _merged(turn: Turn, keep: PersonRecord, gone: PersonRecord, maker: Account) -> PersonRecord:
    """Make one person of two, with the norms of `keep`, and store it. The id of a norms file stays in use,
    whosever norms hold: the file goes on naming it."""
    tx, ids = turn.tx, (keep.person.id, gone.person.id)
    id, left = ids if not ids[0].startswith("p_") or ids[1].startswith("p_") else ids[::-1]
    journal.join(turn, left, id)
    hand_over(tx, left, id)
    person = replace(keep.person, id=id)
    _join_history(turn, keep, replace(gone.person, id=id), person, maker)
    record = PersonRecord(person, _joint(keep.state, gone.state, left))
    tx.people.put(record)
    leave_alias(tx, left, id)
    for alias in record.state.aliases:
        leave_alias(tx, alias, id)
    return record


def hand_over(tx: Tx, left: str, id: str) -> None:
    """Accounts, messages, places in teams and what somebody said or wrote under one id go to another."""
    for known in tx.accounts.of(left):
        tx.accounts.put(replace(known, person=id))
    for hold in (*tx.holds.waiting_for(left), *tx.holds.received_by(left, _MOST_HOLDS)):
        tx.holds.put(replace(hold, recipient=id))
    tx.hand_over(left, id)


_MOST_HOLDS = 10_000


def _join_history(turn: Turn, keep: PersonRecord, others: Person, person: Person, maker: Account) -> None:
    """The history of the norms that hold, and on top of it a step back to the others and one forth again."""
    tx = turn.tx
    steps = tx.history.of(keep.person.id)
    for id in {keep.person.id, person.id}:
        tx.history.remove(id)
    for step in reversed(steps):
        before = replace(step.before, id=person.id) if step.before else None
        tx.history.push(replace(step, person=person.id, before=before))
    if not _same_norms(others, person):
        here, there = names.side(tx, turn.who), names.side(tx, maker)
        earlier = turn.now - timedelta(microseconds=1)
        tx.history.push(Change(person.id, earlier, f"going back to the norms from {here}", person))
        tx.history.push(Change(person.id, turn.now, f"keeping the norms from {there}", others))


def _joint(keep: PersonState, gone: PersonState, left: str) -> PersonState:
    """What happened to both. Who was nudged on one side today was nudged."""
    same_day = keep.nudges_on == gone.nudges_on
    later = max(keep, gone, key=lambda state: (state.nudges_on is not None, state.nudges_on))
    return replace(
        keep,
        name=keep.name or gone.name,
        since=min(keep.since, gone.since) if keep.since and gone.since else None,
        met=True,
        told_connect=keep.told_connect or gone.told_connect,
        marks=(*keep.marks, *gone.marks),
        nudges_on=later.nudges_on,
        nudges=max(keep.nudges, gone.nudges) if same_day else later.nudges,
        digest_on=max(filter(None, (keep.digest_on, gone.digest_on)), default=None),
        start_of_day=_joint_ritual(keep.start_of_day, gone.start_of_day),
        end_of_day=_joint_ritual(keep.end_of_day, gone.end_of_day),
        handover=_joint_ritual(keep.handover, gone.handover),
        landing=_joint_ritual(keep.landing, gone.landing),
        return_from_leave=_joint_ritual(keep.return_from_leave, gone.return_from_leave),
        weekly=_joint_ritual(keep.weekly, gone.weekly),
        votes_muted=keep.votes_muted or gone.votes_muted,
        aliases=(*keep.aliases, *gone.aliases, left),
    )


def _joint_ritual(keep: RitualState, gone: RitualState) -> RitualState:
    """The latest of both. What was turned off on one side is off: nobody asked for it there."""
    later = gone if gone.sent is not None and (keep.sent is None or gone.sent > keep.sent) else keep
    return replace(later, muted=keep.muted or gone.muted)


def leave_alias(tx: Tx, left: str, id: str) -> None:
    """A row that nothing is planned for: it only says who that is now."""
    tx.history.remove(left)
    tx.people.put(PersonRecord(Person(left, "UTC"), PersonState(merged_into=id)))


# One person becomes two ---------------------------------------------------------------------------


def ask_to_unlink(turn: Turn) -> Message:
    """What taking the acting account off would do."""
    record, others = _linked(turn)
    waiting = len(turn.tx.holds.waiting_for(record.person.id))
    return texts.unlink_question(names.side(turn.tx, turn.who), others, waiting)


def _linked(turn: Turn) -> tuple[PersonRecord, list[str]]:
    """The acting person, and what their other accounts are called."""
    others = [account for account in names.accounts_of(turn.tx, turn.who) if account != turn.who]
    record = turn.me()
    if record is None or not others:
        raise Refusal(texts.alone())
    return record, [names.side(turn.tx, account) for account in others]


def unlink(turn: Turn, which: str = "") -> Message:
    """Take the acting account off, or with `which` OTHERS all but it: somebody else may have linked them."""
    _, others = _linked(turn)
    if which != OTHERS:
        _take_off(turn, turn.who)
        return texts.unlinked(names.side(turn.tx, turn.who), others)
    for account in names.accounts_of(turn.tx, turn.who):
        if account != turn.who:
            _take_off(turn, account)
    return texts.others_unlinked(others)


def _take_off(turn: Turn, account: Account) -> None:
    """Make an account a person of its own with a copy of the norms; everything else stays where it was."""
    tx, record = turn.tx, names.record_of(turn.tx, account)
    if record is None:
        return
    state, marks = record.state, record.state.marks_on(account)
    alone = replace(record.person, id=new_id("p"))
    turn.adopt(account, alone.id)
    own = replace(state, home=account, marks=(), aliases=()).marked(marks)
    tx.people.put(PersonRecord(alone, own, None))
    rest = names.accounts_of_person(tx, record.person.id)
    home = state.home if state.home in rest else None
    home = home or next((each for each in rest if planning.is_reachable(tx, each)), None)
    left = replace(state, home=home, marks=tuple(each for each in state.marks if each != marks))
    tx.people.put(replace(record, state=left))
    turn.begin_anew(alone.id)
    turn.begin_anew(record.person.id)
