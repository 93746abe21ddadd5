"""The nudges that mark a conscious change. Each carries its off switch; a person's own questions take the
place of ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.messages.actions import Act
from bot.messages.journal import Note, note_parts
from bot.messages.model import Actions, Bullets, Button, Message, Part, Verbatim, Who
from bot.messages.ritualforms import NAMES
from bot.messages.words import Watch, buttons, count, known, line, message, say, small
from rules import Ritual


@dataclass(frozen=True, slots=True)
class Waited:
    """What waited for somebody who was on leave, from one sender."""

    who: Who
    number: int
    urgent: int


def start_of_day(
    value: str,
    waiting: str,
    until: datetime | None,
    watch: Watch,
    *,
    notes: Sequence[Note] = (),
    own: tuple[str, ...] = (),
) -> Message:
    """`waiting` is "2 waited, 0 urgent"; `until` the end of the first working block; `notes` what
    was written at the end of the day before; `own` the person's own questions."""
    block = f" First working block until {watch.clock(until)}." if until else ""
    return message(
        say(f"Good morning. {waiting}.{block}"),
        *note_parts(notes, watch),
        *_asked(own, "What would make today a good day?"),
        _choices(value, "Say what matters…", "I'm starting", "30 more minutes"),
    )


def end_of_day(
    value: str, ends: datetime | None, waiting: str, watch: Watch, own: tuple[str, ...] = ()
) -> Message:
    """`ends` is when the hours end; `waiting` what goes out with the next digest."""
    closing = f"Your hours end at {watch.clock(ends)}." if ends else "Your hours end soon."
    usual = "What is done, what is open with where, when and how, and what is the first step tomorrow?"
    return message(
        say(f"{closing} {waiting}."),
        *_asked(own, usual),
        _choices(value, "Write and close…", "Close the day", "30 more minutes"),
    )


def handover(
    value: str, ends: datetime, begins: datetime | None, watch: Watch, own: tuple[str, ...] = ()
) -> Message:
    """Before the break between two blocks of hours: `begins` is when the next one begins."""
    following = f" The next one begins at {watch.moment(begins)}." if begins else ""
    return message(
        say(f"This block of hours ends at {watch.clock(ends)}.{following}"),
        *_asked(own, "What is in progress, and what is its next step? It comes back when you do."),
        _choices(value, "Write and close…", "Close the block", "30 more minutes"),
    )


def landing(value: str, name: str, begins: datetime, watch: Watch, own: tuple[str, ...] = ()) -> Message:
    """Ten minutes before a quiet window; `name` is what the person calls it."""
    minutes = max(1, round((begins - watch.now).total_seconds() / 60))
    return message(
        say(f"{count(minutes, 'minute')} to land: ", Verbatim(name), f" begins at {watch.clock(begins)}."),
        *_asked(own, "Where do you stop, and what comes first when you are back?"),
        _choices(value, "Write and land…", "I've landed", "10 more minutes"),
    )


def back_from_leave(
    value: str,
    waited: Sequence[Waited],
    watch: Watch,
    *,
    notes: Sequence[Note] = (),
    own: tuple[str, ...] = (),
) -> Message:
    """How much waited and from how many people, urgent first; `notes` what was written before the leave."""
    return message(
        say(f"Welcome back. {_all_waited(waited)}"),
        Bullets(tuple(line(known(each.who, "A colleague"), _how_many(each)) for each in waited[:8]))
        if waited
        else None,
        *note_parts(notes, watch),
        *_asked(own, "An hour without messages makes a calm return."),
        buttons(
            Button("Hold the first hour", Act.FIRST_HOUR, value, tone="primary"),
            Button("Look", Act.LOOK),
            Button("Say what matters…", Act.RITUAL_OPEN, value),
            Button("Not today", Act.RITUAL_SKIP, value),
            _off_switch(value),
        ),
    )


def _all_waited(waited: Sequence[Waited]) -> str:
    if not waited:
        return "Nothing waited."
    number, urgent = sum(each.number for each in waited), sum(each.urgent for each in waited)
    return f"{number} waited from {count(len(waited), 'person', 'people')}, {urgent} urgent."


def _how_many(waited: Waited) -> str:
    return f": {waited.number}, {waited.urgent} urgent" if waited.urgent else f": {waited.number}"


def _asked(own: tuple[str, ...], usual: str) -> list[Part | None]:
    """The question: the person's own words if they wrote some."""
    return [say(Verbatim(question)) for question in own] or [say(usual)]


def _choices(value: str, write: str, done: str, more: str) -> Actions:
    return buttons(
        Button(write, Act.RITUAL_OPEN, value, tone="primary"),
        Button(done, Act.RITUAL_DONE, value),
        Button(more, Act.RITUAL_MORE, value),
        Button("Not today", Act.RITUAL_SKIP, value),
        _off_switch(value),
    )


def _off_switch(value: str) -> Button:
    return Button("Turn these off", Act.MUTE, value.partition(":")[0])


# On and off, and which come ----------------------------------------------------------------------


def _which(kinds: Sequence[Ritual]) -> tuple[str, str]:
    """The kinds in words, and the word that means them all."""
    if len(kinds) == 1:
        return f"{NAMES[kinds[0]]} nudge is", kinds[0].value
    if Ritual.WEEKLY in kinds:
        return "ritual nudges and the weekly line are", "all"
    return "ritual nudges are", "rituals"


def muted(kinds: tuple[Ritual, ...]) -> Message:
    what, word = _which(kinds)
    weekly = small("The weekly line is a switch of its own: /boundary mute weekly")
    return message(
        say(f"The {what} off."),
        weekly if word == "rituals" else None,
        buttons(Button("Turn on again", Act.UNMUTE, word)),
    )


def unmuted(kinds: tuple[Ritual, ...]) -> Message:
    what, _ = _which(kinds)
    return message(say(f"The {what} on. At most two a day, none in your quiet time."))


@dataclass(frozen=True, slots=True)
class Planned:
    """One ritual of today: `goes` whether it is sent as a nudge, `why` not."""

    kind: Ritual
    at: datetime
    goes: bool
    why: str = ""


def planned(today: Sequence[Planned], chosen: str, watch: Watch) -> Message:
    """Today's rituals with their times; `chosen` is what the person prefers, in words."""
    lines = tuple(
        line(
            f"{watch.clock(each.at)} {NAMES[each.kind]}",
            "" if each.goes else f": not as a nudge, {each.why}",
        )
        for each in today
    )
    return message(
        say("Your rituals today:") if lines else say("No ritual falls on today."),
        Bullets(lines) if lines else None,
        say(f"You prefer {chosen}. At most two come as nudges on one day."),
        small(
            "/boundary rituals end, landing chooses; /boundary words end What did I learn today? "
            "asks in your words."
        ),
    )
