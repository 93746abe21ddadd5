"""Changes of a person's norms, the same for commands, forms and buttons, and the sentence that says what
will now happen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot import names
from bot.messages.actions import Act
from bot.messages.model import Actions, Button, Message
from bot.messages.words import buttons, count, message, say
from bot.records import PersonRecord
from bot.turn import Refusal, Turn
from rules import (
    Interval,
    Kind,
    Leave,
    Mode,
    Passes,
    Person,
    Said,
    Window,
    ZoneError,
    advice,
    default_passes,
    format_when,
    near_zone,
    occurrences,
    zone_of,
)

LONGEST_NAME = 60
MOST_WINDOWS = 50
_DIGESTS = ("return", "midday", "before_end")
_LOOK_AHEAD = timedelta(days=380)
_UNSEEN = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0x20), 0x7F), " ")
"""Control characters, and those that turn the direction of what follows: a name is read in others' sentences.
"""


def spoken(person: Person, said: Said, now: datetime) -> Person:
    """The person with something said for now. It replaces what was said of the same mode; "here"
    replaces everything."""
    kept = tuple(
        each
        for each in person.said
        if each.until > now and each.mode is not said.mode and said.mode is not Mode.AVAILABLE
    )
    return replace(person, said=(*kept, said))


def unspoken(person: Person, *modes: Mode) -> Person:
    """The person without what was said of these modes; without modes, without everything said."""
    return replace(person, said=tuple(each for each in person.said if modes and each.mode not in modes))


def visible(words: str) -> str:
    """Words that others read, in visible characters on one line."""
    return " ".join(words.translate(_UNSEEN).split())


def named(name: str) -> str:
    """A norm's name in visible characters, or a refusal that says how long one may be."""
    name = visible(name)
    if len(name) > LONGEST_NAME:
        raise Refusal(
            f'A name has at most {LONGEST_NAME} characters, "{name[:20]}…" has {len(name)}. '
            "For example: deep work"
        )
    return name


def free_name(person: Person, kind: Kind) -> str:
    """A name for a norm that was given none: "focus", "focus 2"."""
    taken = {window.name.casefold() for window in person.windows}
    base = kind.value.replace("_", " ")
    return next(name for name in (base, *(f"{base} {n}" for n in range(2, 99))) if name not in taken)


def find_window(person: Person, name: str) -> Window:
    """The norm of that name, ignoring case; refuses with the names there are."""
    for window in person.windows:
        if window.name.casefold() == name.strip().casefold():
            return window
    known = ", ".join(window.name for window in person.windows) or "none yet"
    raise Refusal(
        f'You have no norm "{name.strip()[:LONGEST_NAME]}". Your norms: {known}. '
        "For example: /boundary remove focus"
    )


@dataclass(frozen=True, slots=True)
class Saved:
    """A norm as it was saved: the person's record after it, and the norm it took the place of."""

    record: PersonRecord
    window: Window
    before: Window | None = None


def put_window(turn: Turn, record: PersonRecord, window: Window, was: str = "") -> Saved:
    """Save a norm in the place of the one called `was` or of the same name, else as a new one."""
    window = replace(window, name=named(window.name) or free_name(record.person, window.kind))
    replaced = {was.casefold(), window.name.casefold()}
    kept = [each for each in record.person.windows if each.name.casefold() not in replaced]
    if len(kept) >= MOST_WINDOWS:
        raise Refusal(
            f"You have {len(kept)} norms, the most there can be. "
            f"Remove one first: /boundary remove {kept[0].name}"
        )
    person = replace(record.person, windows=(*kept, window))
    before = next((each for each in record.person.windows if each.name.casefold() in replaced), None)
    stored = turn.change(record, person, f"{window.name} ({format_when(window.when)})", asked=True)
    return Saved(stored, window, before)


def remove_window(turn: Turn, record: PersonRecord, name: str) -> tuple[PersonRecord, Window]:
    """Remove the norm of that name; refuses if there is none."""
    window = find_window(record.person, name)
    kept = tuple(each for each in record.person.windows if each is not window)
    return turn.change(
        record, replace(record.person, windows=kept), f"removing {window.name}", asked=True
    ), window


def window_saved(turn: Turn, saved: Saved) -> Message:
    """What will now happen because of a saved norm, and what is worth knowing about it."""
    record, window, before = saved.record, saved.window, saved.before
    instead = f"It takes the place of {before.kind.value} {format_when(before.when)}." if before else ""
    then = told(turn, window.passes or default_passes(window.kind, record.person.style))
    kind = window.kind.value.replace("_", " ").capitalize()
    if window.kind is Kind.ON_CALL:
        then = " While it is open, urgent messages reach you whatever else you planned."
    return message(
        say(f"{kind} “{window.name}”: {format_when(window.when)}.{_next(turn, window)}{then}"),
        say(instead) if instead else None,
        *(say(sentence) for sentence in advice(window, record.person, turn.teams(record))),
        undo_button(turn),
    )


def _next(turn: Turn, window: Window) -> str:
    found = upcoming(window, turn.zone(), turn.now)
    if found is None:
        return ""
    watch = turn.watch()
    if found.start <= turn.now:
        return f" It is open now, until {watch.moment(found.end)}."
    return f" Next: {watch.moment(found.start)}."


def upcoming(window: Window, zone: str, now: datetime) -> Interval | None:
    """The open or next interval of a norm, None if there is none within a year."""
    for days in (8, _LOOK_AHEAD.days):
        if found := occurrences(window.when, zone, now, now + timedelta(days=days)):
            return found[0]
    return None


def undo_button(turn: Turn) -> Actions | None:
    """A button that takes back exactly the change just made; None if there is nothing to take back."""
    record = turn.me()
    steps = turn.tx.history.of(record.person.id) if record else []
    return buttons(Button("Undo", Act.UNDO, steps[0].at.isoformat())) if steps else None


def told(turn: Turn, passes: Passes) -> str:
    """` 4 people will be told if they write.`: the enrolled people of the tenant who are not let
    through; "" if none."""
    if passes.everyone:
        return " Everyone still gets through."
    accounts = (names.account_of(turn.tx, person, turn.who.tenant) for person in passes.people)
    through = sum(account is not None and account.tenant == turn.who.tenant for account in accounts)
    number = turn.tx.accounts.enrolled(turn.who.tenant) - 1 - through
    return f" {count(number, 'person', 'people')} will be told if they write." if number > 0 else ""


def set_zone(turn: Turn, record: PersonRecord, zone: str) -> PersonRecord:
    """Move a person's norms to another zone; the wall-clock times stay as they are.

    Whoever chooses another zone than their profile shows has answered the question about it already.
    """
    person = replace(record.person, zone=zone)
    state = replace(record.state, zone_asked=turn.account().zone or zone, zone_kept_until=None)
    return turn.change(replace(record, state=state), person, f"the zone {zone}", asked=True)


def zone_named(text: str) -> str:
    """An IANA zone from its name or a city ("lisbon"). Raises ZoneError with the nearest name."""
    try:
        return zone_of(text.strip()).key
    except ZoneError:
        near = near_zone(text)
        if near and text.strip().casefold().replace(" ", "_") in {
            near.casefold(),
            near.casefold().rpartition("/")[2],
        }:
            return near
        raise


def add_leave(turn: Turn, record: PersonRecord, leave: Leave) -> PersonRecord:
    """Save leave; the same dates again only change the stand-in."""
    if leave.last < leave.first:
        raise Refusal(
            f"Leave that ends {leave.last} cannot begin {leave.first}. "
            "For example: /boundary leave 2026-12-21..2027-01-03 @sam"
        )
    if leave.last < turn.watch().local(turn.now).date():
        raise Refusal(f"{leave.last} is past. For example: /boundary leave 2026-12-21..2027-01-03 @sam")
    kept = [each for each in record.person.leave if (each.first, each.last) != (leave.first, leave.last)]
    person = replace(record.person, leave=tuple(sorted([*kept, leave], key=lambda each: each.first)))
    return turn.change(record, person, f"leave from {leave.first} to {leave.last}", asked=True)


def remove_leave(turn: Turn, record: PersonRecord, first: date, last: date) -> PersonRecord:
    """Remove the leave with exactly these dates; nothing happens if there is none."""
    kept = tuple(each for each in record.person.leave if (each.first, each.last) != (first, last))
    return turn.change(
        record, replace(record.person, leave=kept), f"removing leave from {first} to {last}", asked=True
    )


def day_of(text: str) -> date:
    """A date such as 2026-12-21; refuses with an example."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Refusal(f'"{text.strip()[:40]}" is not a date. Write it as 2026-12-21.') from None


def digest_moments(text: str) -> tuple[str, ...]:
    """Digest moments from words: return, midday, before_end, HH:MM; empty text is the default."""
    words = [word.strip().lower() for word in text.replace(",", " ").split()]
    for word in words:
        if word not in _DIGESTS and not _is_clock(word):
            raise Refusal(
                f'"{word[:40]}" is no digest moment. For example: return, midday, before_end or 16:30'
            )
    return tuple(dict.fromkeys(word if word in _DIGESTS else word.zfill(5) for word in words)) or _DIGESTS


def _is_clock(word: str) -> bool:
    hour, colon, minute = word.partition(":")
    return (
        bool(colon)
        and hour.isdecimal()
        and minute.isdecimal()
        and int(hour) < 24
        and int(minute) < 60
        and len(minute) == 2
    )
