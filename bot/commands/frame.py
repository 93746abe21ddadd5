"""A person's frame: hours, zone, style, leave, public holidays, digest moments, and the list of norms."""

from __future__ import annotations

import re
from dataclasses import replace

from bot import names
from bot.commands import naming
from bot.commands.now import now_words
from bot.commands.reading import Words
from bot.flows import linking
from bot.inbound import Account
from bot.messages.home import leave_line, norm_line
from bot.messages.model import Bullets, Line
from bot.messages.words import Watch, known, line, message, say, small
from bot.norms import (
    add_leave,
    day_of,
    digest_moments,
    remove_leave,
    remove_window,
    set_zone,
    undo_button,
    zone_named,
)
from bot.ports import Reply
from bot.records import PersonRecord
from bot.turn import Refusal, Turn
from rules import Holiday, Leave, Style, format_when, parse_when

_NONE = {"none", "off", "no"}
_DATES = re.compile(r"(\S+?)\s*(?:\.\.|\u2013|\bto\b)\s*(\S+)\s*$")


def hours(turn: Turn, words: Words) -> Reply:
    """`/boundary hours mon-fri 09:00-17:00`, `hours none`; alone it shows them."""
    record, text = turn.enrolled(), words.plain()
    if not text:
        current = format_when(record.person.hours) if record.person.hours else "none, so you are never off"
        return Reply(message(say(f"Your hours: {current}. To change: /boundary hours mon-fri 09:00-17:00")))
    when = None if text.lower() in _NONE else parse_when(text)
    label = f"hours {format_when(when)}" if when else "no hours"
    record = turn.change(record, replace(record.person, hours=when), label, asked=True)
    begin = (
        f"Your hours are {format_when(when)}. Outside them, what can wait waits."
        if when
        else "You have no hours: never off."
    )
    return Reply(message(say(f"{begin} {now_words(turn, record)}"), undo_button(turn)))


def zone(turn: Turn, words: Words) -> Reply:
    """`/boundary zone Europe/Lisbon`; alone it shows the zone."""
    record, text = turn.enrolled(), words.plain()
    if not text:
        return Reply(
            message(say(f"Your zone: {record.person.zone}. To change: /boundary zone Europe/Lisbon"))
        )
    name = zone_named(text)
    set_zone(turn, record, name)
    clock = Watch(turn.now, name).clock(turn.now)
    return Reply(message(say(f"Your norms are in {name} time, where it is {clock}."), undo_button(turn)))


def style(turn: Turn, words: Words) -> Reply:
    """`/boundary style separator|integrator|cycler`."""
    record, text = turn.enrolled(), words.plain().lower()
    known = ", ".join(Style)
    others = " or ".join(f"/boundary style {each}" for each in Style if each != record.person.style)
    if not text:
        return Reply(message(say(f"Your style: {record.person.style}. To change: {others}")))
    if text not in set(Style):
        raise Refusal(f'"{text[:40]}" is no style: {known}. For example: /boundary style separator')
    turn.change(record, replace(record.person, style=Style(text)), f"style {text}", asked=True)
    nobody = text == Style.SEPARATOR
    then = (
        "lets nobody through unless a norm says so"
        if nobody
        else "lets urgent messages through unless a norm says otherwise"
    )
    return Reply(message(say(f"Your style is {text}: your quiet time {then}."), undo_button(turn)))


def leave(turn: Turn, words: Words) -> Reply:
    """`/boundary leave 2026-12-21..2027-01-03 [@sam]`, `leave off [date]`; alone it lists."""
    record = turn.enrolled()
    naming.check(turn, words, "leave")
    people, text = words.all_people()
    if not text:
        return Reply(message(_leave_list(turn, record)))
    if text.split()[0].lower() in _NONE:
        return _leave_off(turn, record, text.partition(" ")[2])
    found = _DATES.match(text)
    first, last = (day_of(found[1]), day_of(found[2])) if found else (day_of(text), day_of(text))
    stand_in = names.id_of(turn.tx, Account(turn.who.tenant, people[0].user)) if people else None
    if stand_in == record.person.id:
        raise Refusal(
            "You cannot stand in for yourself. For example: /boundary leave 2026-12-21..2027-01-03 @sam"
        )
    stored = add_leave(turn, record, Leave(first, last, stand_in))
    who = names.who(turn.tx, Account(turn.who.tenant, people[0].user), people[0].label) if people else None
    stands = "stands in and is named to whoever writes."
    then = line(known(who, "Your colleague"), f" {stands}") if who else line("Nobody stands in.")
    return Reply(
        message(
            say(
                f"On leave {_days(first.isoformat(), last.isoformat())}. ",
                "What comes in waits until you are back. ",
                *then,
            ),
            say(now_words(turn, stored)) if first <= turn.watch().local(turn.now).date() else None,
            undo_button(turn),
        )
    )


def _days(first: str, last: str) -> str:
    return f"on {first}" if first == last else f"from {first} to {last}"


def _leave_list(turn: Turn, record: PersonRecord) -> Bullets:
    known = names.named_in(turn.tx, record.person, turn.who.tenant)
    empty = (line("No leave planned. For example: /boundary leave 2026-12-21..2027-01-03 @sam"),)
    return Bullets(tuple(leave_line(each, known) for each in record.person.leave) or empty)


def _leave_off(turn: Turn, record: PersonRecord, text: str) -> Reply:
    """End the leave that holds or comes next, or the one that covers a given day."""
    today = day_of(text) if text.strip() else turn.watch().local(turn.now).date()
    covering = [
        each
        for each in record.person.leave
        if each.last >= today and (not text.strip() or each.first <= today)
    ]
    if not covering:
        raise Refusal("You have no such leave. /boundary leave lists it.")
    stored = remove_leave(turn, record, covering[0].first, covering[0].last)
    days = _days(covering[0].first.isoformat(), covering[0].last.isoformat())
    return Reply(message(say(f"Leave {days} is off. {now_words(turn, stored)}"), undo_button(turn)))


def holidays(turn: Turn, words: Words) -> Reply:
    """`/boundary holidays PT`, `holidays DE-BY`, `holidays none`."""
    record, text = turn.enrolled(), words.plain()
    if not text:
        place = record.person.place or "none"
        return Reply(message(say(f"Public holidays of: {place}. To change: /boundary holidays PT")))
    stored = set_place(turn, record, "" if text.lower() in _NONE else text)
    today = turn.watch().local(turn.now).date()
    coming = next((each for each in stored.person.holidays if each.on >= today), None)
    if stored.person.place is None:
        return Reply(message(say("Public holidays no longer count."), undo_button(turn)))
    then = f" The next is {coming.name} on {coming.on.isoformat()}." if coming else ""
    return Reply(
        message(say(f"Public holidays of {stored.person.place} count as recharge.{then}"), undo_button(turn))
    )


def set_place(turn: Turn, record: PersonRecord, place: str) -> PersonRecord:
    """Save a place with its public holidays; refuses an unknown place by name."""
    place = place.strip().upper()
    person = replace(record.person, place=place or None, holidays=holidays_of(turn, place))
    return turn.change(record, person, f"holidays of {place or 'nowhere'}", asked=True)


def holidays_of(turn: Turn, place: str) -> tuple[Holiday, ...]:
    """The public holidays of a place from last year to two years ahead, () for ""; refuses an unknown
    place."""
    year = turn.now.year
    try:
        return turn.world.calendars.holidays(place, year - 1, year + 2) if place else ()
    except ValueError as unknown:
        raise Refusal(f"{unknown} For example: /boundary holidays PT") from None


def digests(turn: Turn, words: Words) -> Reply:
    """`/boundary digests return, midday, 16:30`: when what waited comes."""
    record, text = turn.enrolled(), words.plain()
    if not text:
        return Reply(
            message(
                say(
                    f"What waited comes: {', '.join(record.person.digests)}. "
                    "To change: /boundary digests return, 16:30"
                )
            )
        )
    moments = digest_moments(text)
    turn.change(record, replace(record.person, digests=moments), f"digests {', '.join(moments)}")
    return Reply(
        message(
            say(f"What waited comes: {', '.join(moments)}. The first return of a day always counts."),
            undo_button(turn),
        )
    )


def norms(turn: Turn, words: Words) -> Reply:
    """`/boundary norms`: everything you said, as you said it."""
    record = turn.enrolled()
    person, known = record.person, names.named_in(turn.tx, record.person, turn.who.tenant)
    frame = f"Hours {format_when(person.hours) if person.hours else 'none'} · {person.zone} · {person.style}"
    lines: list[Line] = [line(f"{frame} · holidays of {person.place}" if person.place else frame)]
    lines += [norm_line(window, person.style, known) for window in person.windows]
    lines += [leave_line(each, known) for each in person.leave]
    linked = linking.line_of(turn.tx, turn.who)
    return Reply(
        message(Bullets(tuple(lines)), small(f"{linked}.") if linked else None, summary="Your norms")
    )


def remove(turn: Turn, words: Words) -> Reply:
    """`/boundary remove deep work`."""
    text = words.plain()
    if not text:
        raise Refusal("Which norm? For example: /boundary remove deep work")
    stored, window = remove_window(turn, turn.enrolled(), text)
    return Reply(message(say(f"“{window.name}” is removed. {now_words(turn, stored)}"), undo_button(turn)))
