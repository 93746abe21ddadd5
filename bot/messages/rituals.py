"""The nudges that mark a conscious change, and their forms: one screen each, sixty seconds, every field
optional. Each nudge carries its off switch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.messages.actions import Act, FormId
from bot.messages.model import (
    Actions,
    Bullets,
    Button,
    Field,
    Form,
    Line,
    Message,
    NoteField,
    Part,
    Quote,
    Strong,
    TextField,
    Verbatim,
    Who,
)
from bot.messages.words import Watch, buttons, count, known, line, listed, message, say, small
from rules import Ritual

NAMES = {
    Ritual.START: "start-of-day",
    Ritual.END: "end-of-day",
    Ritual.HANDOVER: "hand-over",
    Ritual.LANDING: "landing",
    Ritual.RETURN: "back-from-leave",
    Ritual.WEEKLY: "weekly",
}
LONGEST_ANSWER = 600
"""Characters of one answer: a few lines."""
MOST_QUESTIONS = 3
LONGEST_QUESTION = 150


@dataclass(frozen=True, slots=True)
class Question:
    """A field of a ritual: `id` in its form, `label` before the answer when it comes back, the question."""

    id: str
    label: str
    text: str
    hint: str = ""


QUESTIONS: dict[Ritual, tuple[Question, ...]] = {
    Ritual.START: (
        Question("matters", "What matters", "What matters today?"),
        Question("first", "First step", "Your first step"),
    ),
    Ritual.END: (
        Question("done", "Done", "What is done?"),
        Question("open", "Open", "What is still open?", "Where, when and how do you go on with it?"),
        Question("first", "First step", "The first step tomorrow"),
    ),
    Ritual.HANDOVER: (
        Question("progress", "In progress", "What is in progress?"),
        Question("next", "Next step", "Its next step"),
    ),
    Ritual.LANDING: (
        Question("stop", "Where I stopped", "Where do you stop?"),
        Question("next", "Next step", "What comes first when you are back?"),
    ),
    Ritual.RETURN: (
        Question("matters", "What matters", "What matters in these first days?"),
        Question("first", "First step", "Your first step"),
    ),
}
"""What each ritual asks, in our words; a person's own questions take their place."""
TITLES = {
    Ritual.START: ("Start the day", "Start the day"),
    Ritual.END: ("Close the day", "Close the day"),
    Ritual.HANDOVER: ("Hand over to later", "Close the block"),
    Ritual.LANDING: ("Land", "I've landed"),
    Ritual.RETURN: ("Back from leave", "Begin"),
}
"""The title of each ritual's form, and what sending it does."""


@dataclass(frozen=True, slots=True)
class Waited:
    """What waited for somebody who was on leave, from one sender."""

    who: Who
    number: int
    urgent: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A message that lands at another instant than its sender was told (UTC)."""

    who: Who
    before: datetime
    after: datetime


@dataclass(frozen=True, slots=True)
class MoreTime:
    """A boundary that moved to `until`; `back` is when the person is available again after it, `cut` names
    what gave way. Instants in UTC."""

    kind: Ritual
    until: datetime
    back: datetime
    moved: tuple[Moved, ...] = ()
    cut: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """What a person wrote for themself, opened: `text` None where no key opens it any more. `day` is
    local."""

    kind: str
    day: date
    at: datetime
    text: str | None


# The nudges ---------------------------------------------------------------------------------------


def start_of_day(
    value: str,
    waiting: str,
    until: datetime | None,
    watch: Watch,
    *,
    notes: Sequence[Note] = (),
    own: tuple[str, ...] = (),
) -> Message:
    """`waiting` is "2 waited overnight, 0 urgent"; `until` the end of the first working block; `notes` what
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


# What was written ---------------------------------------------------------------------------------


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


def journal(notes: Sequence[Note], watch: Watch) -> Message:
    """The last days, newest first, for the person alone."""
    if not notes:
        return message(
            say("Your journal is empty. What you write in a ritual is kept here for you alone."),
            small("/boundary close Call Ana about the draft keeps a line for tomorrow."),
        )
    parts: list[Part | None] = [say("What you wrote for yourself, the latest first:")]
    for note in sorted(notes, key=lambda each: each.at, reverse=True):
        name = NAMES[Ritual(note.kind)] if note.kind in list(Ritual) else "note"
        parts.append(say(Strong(watch.moment(note.at)), f", {name}:"))
        parts.append(Quote(note.text) if note.text is not None else small(_LOST))
    parts.append(small("It is sealed, and nobody else sees it. /boundary journal forget deletes it."))
    return message(*parts)


def journal_forgotten(number: int) -> Message:
    if not number:
        return message(say("Your journal is empty already."))
    what = count(number, "entry is", "entries are")
    return message(say(f"{what} deleted, and cannot come back."))


# The forms ----------------------------------------------------------------------------------------


def form(kind: Ritual, value: str, own: tuple[str, ...] = (), first: str = "") -> Form:
    """The one screen of a ritual; `own` are the person's own questions, `first` fills in the first step of
    the day."""
    kind = kind if kind in QUESTIONS else Ritual.END
    title, submit = TITLES[kind]
    fields = _own_fields(own) if own else tuple(_field(each, first) for each in QUESTIONS[kind])
    nobody = NoteField(line("Everything is optional, and nobody else sees it."))
    return Form(FormId.RITUAL, title, submit, (*fields, nobody), context=value)


def _field(question: Question, first: str) -> TextField:
    return TextField(
        question.id,
        question.text,
        value=first if question.id == "first" else "",
        hint=question.hint,
        multiline=question.id != "first",
        optional=True,
        max_length=LONGEST_ANSWER,
    )


def own_field(place: int) -> str:
    """The field that answers the person's own question in this place."""
    return f"own{place}"


def _own_fields(own: tuple[str, ...]) -> tuple[Field, ...]:
    """People's questions are shown as they are, beside fields with a label of ours: a label may be markup."""
    fields: list[Field] = []
    for place, question in enumerate(own[:MOST_QUESTIONS]):
        label = "In your words" if len(own) == 1 else f"Answer {place + 1}"
        fields.append(NoteField(line(Verbatim(question))))
        fields.append(
            TextField(own_field(place), label, multiline=True, optional=True, max_length=LONGEST_ANSWER)
        )
    return tuple(fields)


# What a choice comes to ---------------------------------------------------------------------------


def started(*, wrote: bool) -> Message:
    return message(say(f"Good start. What can wait will wait.{_kept(wrote)}"))


def _kept(wrote: bool, when: str = "") -> str:
    if not wrote:
        return ""
    return f" What you wrote {when or 'is in your journal'}; nobody else sees it."


def closed(until: datetime, watch: Watch, *, wrote: bool) -> Message:
    """The day is closed: off until the hours begin again."""
    back = _kept(wrote, "comes back when the next day begins")
    return message(
        say(f"Done for today. You are off until {watch.moment(until)}.{back} /boundary resume takes it back.")
    )


def handed_over(until: datetime, watch: Watch, *, wrote: bool) -> Message:
    """The block is closed: off until the next one begins."""
    back = _kept(wrote, "comes back then")
    return message(
        say(
            f"This block is closed. You are off until {watch.moment(until)}.{back} "
            "/boundary resume takes it back."
        )
    )


def no_block(*, wrote: bool) -> Message:
    """There is nothing to hand over to: the day's hours end with this block."""
    back = _kept(wrote, "comes back when the next day begins")
    return message(
        say(f"No block of hours follows today, so nothing has changed.{back} To end the day: /boundary close")
    )


def landed(name: str, begins: datetime | None, watch: Watch, *, wrote: bool) -> Message:
    """The landing is done; `begins` is when the quiet window begins, None if it is open already."""
    back = _kept(wrote, "comes back when you do")
    if begins is None:
        return message(say(f"Landed.{back}"))
    return message(
        say("Landed: quiet from now on, ", Verbatim(name), f" from {watch.clock(begins)}.{back}"),
        small("/boundary resume takes it back."),
    )


def first_hour(until: datetime, watch: Watch) -> Message:
    return message(
        say(
            f"The first hour is yours: focus until {watch.moment(until)}. What waited comes then; "
            "what is urgent still reaches you."
        )
    )


def skipped() -> Message:
    return message(say("Fine, not today."))


def seen() -> Message:
    return message(say("Have a good weekend, whenever it begins."))


def more_time(time: MoreTime, watch: Watch) -> Message:
    """The boundary has moved: what colleagues see, and whose messages land at another time."""
    until, cut = watch.moment(time.until), listed(list(time.cut))
    if time.kind in (Ritual.START, Ritual.RETURN):
        head = f"Not started yet: off until {until}."
        sees = f"Colleagues who write read that you are back at {until}."
    else:
        then = "quiet" if time.kind is Ritual.LANDING else "off"
        head = f"You are available until {until}, then {then}."
        sees = (
            f"For colleagues you are available until {until}; "
            f"from then on they read that you are back at {watch.moment(time.back)}."
        )
    gave = say("This cuts ", Verbatim(cut), ".") if cut else None
    return message(say(head), gave, say(sees), *_moved(time.moved, watch))


def _moved(moved: Sequence[Moved], watch: Watch) -> list[Part | None]:
    if not moved:
        return [small("No message that waits for you lands at another time because of it.")]
    lines = tuple(_moved_line(each, watch) for each in moved[:8])
    more = small(f"And {count(len(moved) - 8, 'more message')}.") if len(moved) > 8 else None
    return [Bullets(lines), more]


def _moved_line(moved: Moved, watch: Watch) -> Line:
    way = "earlier" if moved.after < moved.before else "later"
    when = f"{watch.moment(moved.after)} instead of {watch.moment(moved.before)}"
    return line("What ", known(moved.who, "a colleague"), f" sent lands {way}: {when}.")


def would_cut(value: str, names: Sequence[str], until: datetime, watch: Watch) -> Message:
    """More time would run into what the person keeps quiet: they say which of the two holds."""
    return message(
        say(
            f"Until {watch.clock(until)} would cut ",
            Verbatim(listed(list(names))),
            ". Nothing has changed.",
        ),
        buttons(
            Button("Cut it this once", Act.RITUAL_MORE, f"{value}:anyway"),
            Button("Keep it and close", Act.RITUAL_DONE, value, tone="primary"),
            Button("Not today", Act.RITUAL_SKIP, value),
        ),
    )


def past(kind: Ritual, day: date, today: date, watch: Watch) -> Message:
    """The answer to a choice that comes hours or days later: nothing is changed by it."""
    which = "today's" if day == today else f"the one of {day.isoformat()}"
    back = watch.clock(watch.now + timedelta(minutes=30))
    return message(
        say(f"That {NAMES[kind]} nudge is long past: it was {which}. I have changed nothing."),
        small(f"Say what you want now, such as /focus 90m or /boundary back {back}."),
    )


def kept_only(day: date) -> Message:
    """What was written in a form that was sent long after its moment."""
    return message(
        say(
            f"What you wrote is in your journal for {day.isoformat()}. "
            "Its moment is long past, so I have changed nothing else."
        ),
        small("/boundary journal shows it."),
    )


# On and off, which and how ------------------------------------------------------------------------


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
