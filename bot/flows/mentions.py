"""A mention in a channel: the sender is told privately when each person who is away will see it, and can
choose."""

from __future__ import annotations

from dataclasses import replace

from bot import names
from bot.flows import coaching, holds
from bot.inbound import Account, Mentioned
from bot.records import Hold, HoldState, Lane
from bot.turn import Turn
from rules import Answer, PingKind, SenderNote

_RECENT = 50


def mentioned(turn: Turn, inbound: Mentioned) -> None:
    """Keep a link for each mentioned person whose norms hold it, and put one note for the sender on its
    way."""
    known = turn.tx.holds.sent_by(turn.who, _RECENT)
    made: list[Hold] = []
    seen: list[str] = []
    for user in dict.fromkeys(inbound.people):
        recipient = Account(turn.who.tenant, user)
        hold = _hold(turn, recipient, inbound)
        if hold is None and recipient != turn.who and (record := names.record_of(turn.tx, recipient)):
            seen.append(record.person.id)
        if hold and not any(_told(each, hold) for each in known):
            made.append(hold)
    if made:
        about = tuple(hold.id for hold in made)
        effect = SenderNote(names.id_of(turn.tx, turn.who), about, tuple(seen), coaching.coach(turn, made))
        turn.send(turn.who, effect, f"note:{inbound.key}", lane=Lane.NOTE, urgent=True)


def _hold(turn: Turn, recipient: Account, inbound: Mentioned) -> Hold | None:
    """The hold for one mentioned person; None if they see it now or are nobody we know."""
    if recipient == turn.who or names.record_of(turn.tx, recipient) is None:
        return None
    ping = holds.ping(turn, recipient, PingKind.MENTION)
    record, verdict = holds.judged(turn, recipient, ping)
    if record is None or verdict.answer is Answer.DELIVER:
        return None
    hold = replace(
        holds.new_hold(turn, record.person.id, ping),
        channel=inbound.channel,
        message=inbound.message,
        thread=inbound.thread,
        link=inbound.link,
    )
    return holds.keep(turn, record, verdict, hold)


def _told(before: Hold, hold: Hold) -> bool:
    """Whether the sender has a note about this person in this thread that still holds: one is enough."""
    return before.state is HoldState.WAITING and _place(before) == _place(hold)


def _place(hold: Hold) -> tuple[str, PingKind, str, str]:
    return hold.recipient, hold.kind, hold.channel, hold.thread
