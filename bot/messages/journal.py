"""What a person wrote for themself, as it comes back to them and as the last days show it; and their own
questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.messages.model import Message, Part, Quote, Strong, Verbatim
from bot.messages.ritualforms import NAMES
from bot.messages.words import Watch, count, message, say, small
from rules import Ritual


@dataclass(frozen=True, slots=True)
class Note:
    """What a person wrote for themself, opened: `text` None where no key opens it any more. `day` is
    local."""

    kind: str
    day: date
    at: datetime
    text: str | None


def note_parts(notes: Sequence[Note], watch: Watch) -> list[Part | None]:
    """What comes back, under when it was written."""
    parts: list[Part | None] = []
    for note in notes:
        head = f"You wrote at {watch.moment(note.at)}:"
        parts += [say(head), Quote(note.text)] if note.text is not None else [small(_LOST)]
    return parts


_LOST = "What you wrote then cannot be opened any more: the key it was sealed with is gone."


def note_back(note: Note, watch: Watch) -> Message:
    """A note that comes back by itself, when the next block begins or a quiet window is over."""
    first = "Back from the break." if note.kind != Ritual.END else "Good morning."
    return message(say(first), *note_parts([note], watch), small("Only you see this."))


def journal(notes: Sequence[Note], watch: Watch, *, older: int = 0) -> Message:
    """The last days, newest first, for the person alone; how many entries are `older`."""
    if not notes and not older:
        return message(
            say("Your journal is empty. What you write in a ritual is kept here for you alone."),
            small("/boundary close Call Ana about the draft keeps a line for tomorrow."),
        )
    first = "What you wrote for yourself, the latest first:" if notes else "You wrote nothing these days."
    parts: list[Part | None] = [say(first)]
    for note in sorted(notes, key=lambda each: each.at, reverse=True):
        name = NAMES[Ritual(note.kind)] if note.kind in list(Ritual) else "note"
        parts.append(say(Strong(watch.moment(note.at)), f", {name}:"))
        parts.append(Quote(note.text) if note.text is not None else small(_LOST))
    if older:
        what = count(older, "older entry is", "older entries are")
        parts.append(small(f"{what} kept for 90 days: /boundary export has all of them."))
    parts.append(small("It is sealed, and nobody else sees it. /boundary journal forget deletes it."))
    return message(*parts)


def journal_forgotten(number: int) -> Message:
    if not number:
        return message(say("Your journal is empty already."))
    what = count(number, "entry is", "entries are")
    return message(say(f"{what} deleted, and cannot come back."))


def kept_only(day: date) -> Message:
    """What was written in a form that was sent long after its moment."""
    return message(
        say(
            f"What you wrote is in your journal for {day.isoformat()}. "
            "Its moment is long past, so I have changed nothing else."
        ),
        small("/boundary journal shows it."),
    )


def own_words(kind: Ritual, own: tuple[str, ...]) -> Message:
    """What a ritual asks from now on."""
    if not own:
        return message(say(f"The {NAMES[kind]} ritual asks in my words again."))
    return message(say(f"The {NAMES[kind]} ritual asks now:"), *(say(Verbatim(each)) for each in own))


def all_words(own: Sequence[tuple[Ritual, tuple[str, ...]]]) -> Message:
    """Every ritual that asks in the person's own words."""
    parts: list[Part | None] = [
        say(f"The {NAMES[kind]} ritual asks: ", Verbatim(" · ".join(words))) for kind, words in own
    ]
    return message(
        *(parts or [say("All rituals ask in my words.")]),
        small("/boundary words end What did I learn today? changes that."),
    )
