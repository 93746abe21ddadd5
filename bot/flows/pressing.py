"""What each button does. Every action checks for itself that the acting person may do it."""

from __future__ import annotations

from collections.abc import Callable

from bot import names
from bot.commands import look, own
from bot.flows import connection, first, holds, linking, rituals, zones
from bot.flows.teams import pressing as team_pressing
from bot.inbound import Pressed
from bot.messages import digest, forms, welcome
from bot.messages.actions import Act, hold_in, switched
from bot.messages.model import Message
from bot.messages.words import count, message, say
from bot.norms import day_of, find_window, remove_leave, remove_window, undo_button
from bot.ports import Reply
from bot.summary import leads, looking
from bot.turn import Refusal, Turn
from rules import Window

Handler = Callable[[Turn, str], Reply]


def pressed(turn: Turn, inbound: Pressed) -> Reply:
    """Answer a button by its action. A choice replaces the private message it was made in; Home is
    republished."""
    handler = _HANDLERS.get(inbound.action)
    if handler is None:
        return Reply(message(say("That button is out of date.")))
    reply = handler(turn, inbound.value)
    if inbound.surface == "home" and reply.form is None and (record := turn.me()):
        turn.publish_home(turn.who, record.person.id)
    settles = inbound.action in _REPLACES or reply.replace
    replace = settles and inbound.surface != "home" and reply.message is not None
    return Reply(reply.message, replace, reply.form, reply.errors)


def _said(build: Callable[[Turn, str], Message]) -> Handler:
    return lambda turn, value: Reply(build(turn, value))


def _about(build: Callable[[Turn, str], Message]) -> Handler:
    """A choice about a hold or a lead's line: it settles its message, unless that is about more than this."""

    def chosen(turn: Turn, value: str) -> Reply:
        hold, is_alone = hold_in(value)
        return Reply(build(turn, hold), replace=is_alone)

    return chosen


def _ritual(build: Callable[[Turn, str], Message]) -> Handler:
    """A choice under a nudge; one that is long past only says so."""
    return lambda turn, value: Reply(rituals.stale(turn, value) or build(turn, value))


def _mute(turn: Turn, value: str) -> Reply:
    """Turn nudges off from one of them, which is settled by it; a switch beside another matter leaves it."""
    kind, stays = switched(value)
    return Reply(rituals.mute(turn, rituals.kinds_of(kind), muted=True), replace=not stays)


def _ritual_form(turn: Turn, value: str) -> Reply:
    """The one screen of a ritual; a nudge that is long past only says so."""
    late = rituals.stale(turn, value)
    return Reply(late, replace=True) if late else Reply(form=rituals.open_form(turn, value))


def _urgent(turn: Turn, value: str) -> Reply:
    id, is_alone = hold_in(value)
    hold = holds.own_hold(turn, id)
    if late := holds.too_late_for(hold):
        return Reply(late, replace=is_alone)
    who = names.recipient_of(turn.tx, hold, turn.who.tenant)
    return Reply(form=forms.urgent(value, who, holds.agreed_urgent(turn.tx, hold)))


def _edit_hold(turn: Turn, value: str) -> Reply:
    _, text = holds.text_to_edit(turn, hold_in(value)[0])
    return Reply(form=forms.edit_hold(value, text))


def _look(turn: Turn, value: str) -> Reply:
    return Reply(digest.waiting(look.items_with_norms(turn, turn.enrolled()), [], turn.watch()))


def _release(turn: Turn, value: str) -> Reply:
    number = holds.release_now(turn)
    if not number:
        return Reply(message(say("Nothing waits for you.")))
    return Reply(message(say(f"{count(number, 'message')} on the way to you now.")))


def _set_up(turn: Turn, value: str) -> Reply:
    first.met(turn)
    return first.questions(turn)


def _leave_us(turn: Turn, value: str) -> Reply:
    if turn.me() is None:
        return Reply(welcome.goodbye(undone=True))
    if len(turn.accounts()) > 1:
        raise Refusal(
            "Your accounts are linked by now, so this would delete everything on both sides. "
            "To do that: /boundary forget me. To take this account off: /boundary unlink"
        )
    return Reply(own.leave_us(turn))


def _add_window(turn: Turn, value: str) -> Reply:
    turn.enrolled()
    return Reply(form=forms.window("", None))


def _edit_window(turn: Turn, value: str) -> Reply:
    window = find_window(turn.enrolled().person, value.partition(":")[2])
    return Reply(form=forms.window(f"was:{window.name}", window, _users(turn, window)))


def _users(turn: Turn, window: Window) -> tuple[str, ...]:
    people = sorted(window.passes.people) if window.passes else []
    accounts = (names.account_of(turn.tx, person, turn.who.tenant) for person in people)
    return tuple(account.user for account in accounts if account and account.tenant == turn.who.tenant)


def _remove_window(turn: Turn, value: str) -> Reply:
    _, window = remove_window(turn, turn.enrolled(), value)
    return Reply(message(say(f"“{window.name}” is removed."), undo_button(turn)))


def _remove_leave(turn: Turn, value: str) -> Reply:
    begin, _, end = value.partition("..")
    remove_leave(turn, turn.enrolled(), day_of(begin), day_of(end))
    return Reply(message(say(f"Leave from {begin} to {end} is removed."), undo_button(turn)))


def _kept_zone(turn: Turn, value: str) -> Reply:
    if not value:
        raise Refusal("That button is out of date. For example: /boundary zone Europe/Lisbon")
    return zones.keep(turn, value)


_HANDLERS: dict[str, Handler] = {
    Act.KEEP: _about(holds.kept),
    Act.URGENT: _urgent,
    Act.NEVER_MIND: _about(holds.never_mind),
    Act.EDIT_HOLD: _edit_hold,
    Act.FAIR: _about(lambda turn, hold: holds.verdict_on(turn, hold, fair=True)),
    Act.COULD_WAIT: _about(lambda turn, hold: holds.verdict_on(turn, hold, fair=False)),
    Act.LOOK: _look,
    Act.RELEASE: _release,
    Act.UNDO: _said(own.undo_latest),
    Act.QUESTIONS: lambda turn, _: first.questions(turn),
    Act.SET_UP: _set_up,
    Act.LEAVE_US: _leave_us,
    Act.RITUAL_DONE: _ritual(rituals.done),
    Act.RITUAL_MORE: _ritual(rituals.more),
    Act.RITUAL_SKIP: _ritual(rituals.skip),
    Act.RITUAL_OPEN: _ritual_form,
    Act.FIRST_HOUR: _ritual(rituals.first_hour),
    Act.MUTE: _mute,
    Act.UNMUTE: _said(lambda turn, value: rituals.mute(turn, rituals.kinds_of(value), muted=False)),
    Act.ADD_WINDOW: _add_window,
    Act.EDIT_WINDOW: _edit_window,
    Act.REMOVE_WINDOW: _remove_window,
    Act.EDIT_FRAME: lambda turn, _: Reply(form=forms.frame(turn.enrolled().person)),
    Act.ADD_LEAVE: lambda turn, _: Reply(form=forms.leave()),
    Act.REMOVE_LEAVE: _remove_leave,
    Act.FOLLOW_ZONE: _said(zones.follow),
    Act.KEEP_ZONE: _kept_zone,
    Act.CONNECT: _said(lambda turn, _: connection.offer(turn)),
    Act.OPEN_CONNECT: lambda turn, _: Reply(),
    Act.DISCONNECT: _said(lambda turn, _: connection.disconnect(turn)),
    Act.UNLINK: _said(linking.unlink),
    Act.TAKE_HOURS: _said(first.take_hours),
    Act.EXPORT: _said(lambda turn, _: own.export_message(turn)),
    Act.FORGET: _said(lambda turn, _: own.forget_me(turn)),
    Act.SEE_MINE: _about(leads.see_mine),
    Act.SHOW_MINE: _about(leads.show_mine),
    Act.HIDE_MINE: _about(leads.hide_mine),
    Act.SUGGEST: _said(looking.suggest),
    **team_pressing.HANDLERS,
}

_REPLACES = {
    Act.RITUAL_DONE,
    Act.RITUAL_MORE,
    Act.RITUAL_SKIP,
    Act.FIRST_HOUR,
    Act.FOLLOW_ZONE,
    Act.UNDO,
    Act.LEAVE_US,
    Act.RELEASE,
    Act.FORGET,
    Act.UNLINK,
}
"""Choices that settle the message they were made in, so that its buttons are not pressed twice."""
