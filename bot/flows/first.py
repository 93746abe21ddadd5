"""First contact: sensible defaults at once, three questions, and the way out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.messages import forms, welcome
from bot.messages.model import Message
from bot.messages.words import message, say
from bot.norms import put_window, undo_button, window_saved
from bot.ports import Reply
from bot.records import AccountRecord, PersonRecord, PersonState
from bot.turn import Refusal, Turn, new_id
from rules import (
    Kind,
    Person,
    Style,
    Window,
    WordError,
    ZoneError,
    format_when,
    parse_when,
    split_when,
    zone_of,
)

DEFAULT_HOURS = "mon-fri 09:00-17:00"


def enrol(turn: Turn) -> tuple[PersonRecord, Message]:
    """Enrol the acting account with defaults in the zone of its profile; returns the record and what the
    person reads."""
    account = turn.account()
    zone, known = _zone(account)
    person = Person(new_id("p"), zone, Style.INTEGRATOR, parse_when(DEFAULT_HOURS))
    # The zone of the defaults is the profile's, so there is nothing to ask about it yet.
    state = PersonState(home=turn.who, name=account.name, since=turn.now, met=True, zone_asked=zone)
    turn.tx.accounts.put(replace(account, person=person.id))
    record = turn.store(PersonRecord(person, state))
    hours = offered(turn, person)
    return record, welcome.welcome(DEFAULT_HOURS, zone, person.style.value, zone_known=known, offer=hours)


def offered(turn: Turn, person: Person) -> str:
    """The hours that the acting person's calendar knows, as text of a `when`; "" if it knows none, or none
    that can be read, or those that hold already."""
    hours = turn.profile.hours if turn.profile else ""
    try:
        return hours if hours and parse_when(hours) != person.hours else ""
    except WordError:
        return ""


def take_hours(turn: Turn, value: str) -> Message:
    """The person takes the hours of their calendar; undo takes them back."""
    record = turn.enrolled()
    try:
        when = parse_when(value)
    except WordError:
        raise Refusal(
            "That button is out of date. For example: /boundary hours mon-fri 09:00-17:00"
        ) from None
    shown = format_when(when)
    turn.change(record, replace(record.person, hours=when), f"hours {shown}", asked=True)
    return message(say(f"Your hours are {shown}. Outside them, what can wait waits."), undo_button(turn))


def _zone(account: AccountRecord) -> tuple[str, bool]:
    try:
        return zone_of(account.zone).key, True
    except ZoneError:
        return "UTC", False


def met(turn: Turn) -> tuple[PersonRecord, Message | None]:
    """The acting person, enrolled now if they were not; the message is the welcome, None if they knew us
    already. Somebody whose norms came from elsewhere hears once what holds for them."""
    record = turn.me()
    if record is None:
        return enrol(turn)
    if record.state.met:
        return record, None
    record = turn.store(replace(record, state=replace(record.state, met=True)))
    hours = format_when(record.person.hours) if record.person.hours else "none"
    offer = offered(turn, record.person)
    return record, welcome.set_up_already(hours, record.person.zone, record.person.style.value, offer=offer)


def questions(turn: Turn) -> Reply:
    """The three questions, with what holds now filled in; what the calendar says instead of mere defaults."""
    person = turn.enrolled().person
    defaults = person.hours == parse_when(DEFAULT_HOURS)
    return Reply(form=forms.first(person, offered(turn, person), defaults=defaults))


def answered(turn: Turn, fields: Mapping[str, str]) -> Reply:
    """The three answers; what cannot be read is said beside its field, and nothing is saved then."""
    record = turn.enrolled()
    errors: dict[str, str] = {}
    hours, never = record.person.hours, None
    try:
        hours = parse_when(fields["hours"]) if fields.get("hours", "").strip() else None
    except WordError as wrong:
        errors["hours"] = str(wrong)
    try:
        never = split_when(fields["never"]) if fields.get("never", "").strip() else None
    except WordError as wrong:
        errors["never"] = str(wrong)
    if errors:
        return Reply(errors=errors)
    person = replace(record.person, hours=hours, style=Style(fields.get("style") or record.person.style))
    record = turn.change(record, person, "your three answers", asked=True)
    shown = format_when(hours) if hours else "none, so you are never off"
    saved = message(
        say(f"Your hours: {shown}. Your style: {person.style}."), None if never else undo_button(turn)
    )
    if never is None:
        return Reply(saved)
    then = window_saved(turn, put_window(turn, record, Window(never[1], Kind.QUIET, never[0])))
    return Reply(replace(saved, parts=saved.parts + then.parts))
