"""What happens when a form is sent: what is wrong is said beside its field, with an example, and nothing
is saved then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from bot import names
from bot.commands.frame import holidays_of
from bot.flows import first, holds, later, rituals, zones
from bot.flows.teams import forms as teamforms
from bot.flows.teams import pressing as team_pressing
from bot.inbound import Account, Submitted
from bot.messages import forms
from bot.messages.actions import FormId, hold_in
from bot.messages.digest import REASONS
from bot.messages.words import message, say
from bot.norms import (
    add_leave,
    day_of,
    digest_moments,
    named,
    put_window,
    undo_button,
    window_saved,
    zone_named,
)
from bot.ports import Reply
from bot.records import PersonRecord
from bot.turn import Refusal, Turn
from rules import Kind, Leave, Passes, Style, When, Window, WordError, ZoneError, format_when, parse_when

Fields = Mapping[str, str]
T = TypeVar("T")


def submitted(turn: Turn, inbound: Submitted) -> Reply:
    """Answer a form by its id; an id we do not know comes from an older version of ours."""
    handler = _HANDLERS.get(inbound.form)
    if handler is None:
        return Reply(message(say("That form is out of date. Please open it again.")))
    return handler(turn, inbound.context, inbound.fields)


def _read(errors: dict[str, str], field: str, reader: Callable[[], T], instead: T) -> T:
    """What `reader` gives, or `instead` with the reason noted beside `field`."""
    try:
        return reader()
    except (Refusal, WordError, ZoneError) as wrong:
        errors[field] = str(wrong)
        return instead


def _urgent(turn: Turn, context: str, fields: Fields) -> Reply:
    errors = {}
    reason = fields.get("reason", "")
    if reason not in REASONS:
        errors["reason"] = "Choose why it cannot wait."
    if "yes" not in fields.get("sure", "").split(","):
        errors["sure"] = "Please confirm, or close this and it is delivered when they are back."
    if errors:
        return Reply(errors=errors)
    words = " ".join(fields.get("words", "").split())[:200]
    hold, is_alone = hold_in(context)
    return Reply(holds.insist(turn, hold, f"{reason}: {words}" if words else reason), replace=is_alone)


def _edit_hold(turn: Turn, context: str, fields: Fields) -> Reply:
    text = fields.get("text", "")
    if not text.strip():
        return Reply(errors={"text": "Write what I should pass on, or close this and press Cancel."})
    if len(text) > forms.LONGEST_TEXT:
        return Reply(errors={"text": f"I can hold {forms.LONGEST_TEXT} characters; this is {len(text)}."})
    hold, is_alone = hold_in(context)
    return Reply(holds.edit_text(turn, hold, text), replace=is_alone)


def _window(turn: Turn, context: str, fields: Fields) -> Reply:
    record, errors = turn.enrolled(), dict[str, str]()
    text = fields.get("when", "")
    name = _read(errors, "name", lambda: named(fields.get("name", "")), "")
    when: When | None = _read(errors, "when", lambda: parse_when(text), None)
    if errors or when is None:
        return Reply(errors=errors)
    kind = Kind(fields.get("kind") or Kind.QUIET)
    share = "yes" in fields.get("share", "").split(",")
    was = context.partition(":")[2]
    window = Window(name, kind, when, _passes(turn, fields, _elsewhere(turn, record, was)), share)
    return Reply(window_saved(turn, put_window(turn, record, window, was)))


def _elsewhere(turn: Turn, record: PersonRecord, was: str) -> frozenset[str]:
    """Those whom the norm called `was` lets through and whom the form could not show: they are on another
    platform only."""
    before = next((each for each in record.person.windows if each.name.casefold() == was.casefold()), None)
    people = before.passes.people if before and before.passes else frozenset[str]()
    return frozenset(each for each in people if not _is_here(turn, each))


def _is_here(turn: Turn, person: str) -> bool:
    account = names.account_of(turn.tx, person, turn.who.tenant)
    return account is None or account.tenant == turn.who.tenant


def _passes(turn: Turn, fields: Fields, elsewhere: frozenset[str]) -> Passes | None:
    """Whom a norm lets through; None is the usual for its kind, which names no people."""
    chosen = fields.get("passes") or "default"
    users = [user for user in fields.get("people", "").split(",") if user]
    people = elsewhere | {names.id_of(turn.tx, Account(turn.who.tenant, user)) for user in users}
    if chosen == "default" and not people:
        return None
    return Passes(chosen == "everyone", chosen in {"urgent", "default"}, people)


def _frame(turn: Turn, context: str, fields: Fields) -> Reply:
    record, errors = turn.enrolled(), dict[str, str]()
    person = record.person
    hours = _read(errors, "hours", lambda: _hours(fields), person.hours)
    zone = _read(errors, "zone", lambda: zone_named(fields.get("zone", "")), person.zone)
    digests = _read(errors, "digests", lambda: digest_moments(fields.get("digests", "")), person.digests)
    if errors:
        return Reply(errors=errors)
    style = Style(fields.get("style") or person.style)
    moved = replace(person, hours=hours, zone=zone, style=style, digests=digests)
    place = fields.get("holidays", "").strip().upper()
    try:
        record = _save_frame(turn, record, replace(record, person=moved), place)
    except Refusal as wrong:
        return Reply(errors={"holidays": str(wrong)})
    shown = format_when(hours) if hours else "none, so you are never off"
    return Reply(message(say(f"Your hours: {shown}. Zone: {zone}. Style: {style}."), undo_button(turn)))


def _hours(fields: Fields) -> When | None:
    text = fields.get("hours", "").strip()
    return None if text.lower() in {"", "none", "off"} else parse_when(text)


def _save_frame(turn: Turn, record: PersonRecord, moved: PersonRecord, place: str) -> PersonRecord:
    """Save a frame as one change. Looks the place up first: an unknown one saves nothing."""
    if place != (record.person.place or ""):
        dates = holidays_of(turn, place)
        moved = replace(moved, person=replace(moved.person, place=place or None, holidays=dates))
    return turn.change(record, moved.person, "your hours, zone and style", asked=True)


def _leave(turn: Turn, context: str, fields: Fields) -> Reply:
    record, errors = turn.enrolled(), dict[str, str]()
    today = turn.watch().local(turn.now).date()
    first_day = _read(errors, "first", lambda: day_of(fields.get("first", "")), today)
    last_day = _read(errors, "last", lambda: day_of(fields.get("last", "") or fields.get("first", "")), today)
    if errors:
        return Reply(errors=errors)
    user = fields.get("stand_in", "").split(",")[0]
    if user == turn.who.user:
        return Reply(errors={"stand_in": "You cannot stand in for yourself."})
    stand_in = names.id_of(turn.tx, Account(turn.who.tenant, user)) if user else None
    try:
        add_leave(turn, record, Leave(first_day, last_day, stand_in))
    except Refusal as wrong:
        return Reply(errors={"last": str(wrong)})
    return Reply(
        message(
            say(f"On leave from {first_day} to {last_day}. What comes in waits until you are back."),
            undo_button(turn),
        )
    )


_HANDLERS: dict[str, Callable[[Turn, str, Fields], Reply]] = {
    FormId.URGENT: _urgent,
    FormId.LATER: later.submitted,
    FormId.EDIT_HOLD: _edit_hold,
    FormId.FIRST: lambda turn, _, fields: first.answered(turn, fields),
    FormId.WINDOW: _window,
    FormId.FRAME: _frame,
    FormId.LEAVE: _leave,
    FormId.ZONE: zones.kept,
    FormId.PROPOSE: teamforms.proposed,
    FormId.LIFT: team_pressing.lift_form,
    FormId.RITUAL: rituals.submitted,
}
