"""A person's own matters: undo, nudges on and off, connect, export, forget, help."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot import names, planning
from bot.commands.reading import Words
from bot.export import account_data, as_text
from bot.flows import connection, linking, rituals
from bot.flows.teams import proposals
from bot.forget import erase_account, erase_person, still_up
from bot.messages import welcome
from bot.messages.model import Message, Part, Quote, Verbatim
from bot.messages.words import count, message, say, small
from bot.ports import Reply
from bot.turn import Turn

_CHUNK = 2500
_MOST_CHUNKS = 15


def undo(turn: Turn, words: Words) -> Reply:
    """`/boundary undo`: take the latest change of your norms back."""
    return Reply(undo_latest(turn))


def undo_latest(turn: Turn, at: str = "") -> Message:
    """Take back the latest change; with `at` only if it is still that one."""
    record = turn.enrolled()
    steps = turn.tx.history.of(record.person.id)
    if not steps:
        return message(say("There is nothing to undo."))
    if at and steps[0].at.isoformat() != at:
        return message(
            say(
                "You have changed something since: ",
                Verbatim(steps[0].label),
                ". /boundary undo takes that back first.",
            )
        )
    turn.tx.history.pop(record.person.id)
    before = steps[0].before
    if before is None:
        return leave_us(turn)
    planning.log_said(turn.tx, record.person, before, turn.now)
    turn.store(replace(record, person=before), asked=True)
    left = f" {count(len(steps) - 1, 'earlier change')} can be undone too." if len(steps) > 1 else ""
    return message(say("Undone: ", Verbatim(steps[0].label), f"{_of(turn, steps[0].at)}.{left}"))


def _of(turn: Turn, at: datetime) -> str:
    """When a change was made, unless it was today: nobody expects the last one to be days old."""
    watch = turn.watch()
    return "" if watch.local(at).date() == watch.local(turn.now).date() else f", of {watch.moment(at)}"


def leave_us(turn: Turn) -> Message:
    """Undo the first contact: nothing about the person is kept."""
    record, stays = turn.enrolled(), still_up(turn.tx, turn.who, turn.watch())
    erase_person(turn.tx, record.person.id, turn.now)
    return welcome.goodbye(undone=True, stays=stays)


VOTES = "votes"
"""What `mute` calls the reminders of votes, which are no ritual."""


def mute(turn: Turn, words: Words) -> Reply:
    """`/boundary mute rituals`, `mute start`, `mute end`, `mute votes`."""
    if words.plain().lower() == VOTES:
        return Reply(proposals.mute(turn, muted=True))
    return Reply(rituals.mute(turn, rituals.kinds_of(words.plain()), muted=True))


def unmute(turn: Turn, words: Words) -> Reply:
    """`/boundary unmute rituals`, `unmute start`, `unmute end`, `unmute votes`."""
    if words.plain().lower() == VOTES:
        return Reply(proposals.mute(turn, muted=False))
    return Reply(rituals.mute(turn, rituals.kinds_of(words.plain()), muted=False))


def connect(turn: Turn, words: Words) -> Reply:
    """`/boundary connect`: the way to let us set your status and pause your notifications."""
    return Reply(connection.offer(turn))


def link(turn: Turn, words: Words) -> Reply:
    """`/boundary link`: a code for the other side; `link ABCD-EFGH`: link with the account that made it."""
    text = words.plain()
    return Reply(linking.typed(turn, text) if text else linking.show_code(turn))


def unlink(turn: Turn, words: Words) -> Reply:
    """`/boundary unlink`: asks first."""
    return Reply(linking.ask_to_unlink(turn))


def export(turn: Turn, words: Words) -> Reply:
    """`/boundary export`: everything we keep about you, as JSON."""
    return Reply(export_message(turn))


def export_message(turn: Turn) -> Message:
    """The export in blocks of text, and how to get the rest if it is long."""
    data = as_text(account_data(turn.tx, turn.world.vault, turn.who))
    chunks = [data[start : start + _CHUNK] for start in range(0, len(data), _CHUNK)]
    parts: list[Part | None] = [say("Everything I keep about you, as JSON:")]
    parts += [Quote(chunk) for chunk in chunks[:_MOST_CHUNKS]]
    if len(chunks) > _MOST_CHUNKS:
        person = names.id_of(turn.tx, turn.who)
        parts.append(
            small(
                "This is too long for one message. Whoever runs me gets all of it with: "
                f"boundary-bot export {person}"
            )
        )
    return message(*parts)


def forget(turn: Turn, words: Words) -> Reply:
    """`/boundary forget me`: asks first."""
    record = turn.me()
    waits = len(turn.tx.holds.waiting_for(record.person.id)) if record else 0
    return Reply(welcome.forget_question(waits, linking.line_of(turn.tx, turn.who)))


def forget_me(turn: Turn) -> Message:
    """Delete everything about the acting account and the person behind it."""
    stays = still_up(turn.tx, turn.who, turn.watch())
    erase_account(turn.tx, turn.who, turn.now)
    return welcome.goodbye(stays=stays)
