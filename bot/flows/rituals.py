"""What the choices and forms of the rituals do. The status changes because the person ended their day or
their block, not by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot import names, planning
from bot.flows import journal, weekly
from bot.messages import journal as journal_texts
from bot.messages import ritualforms as forms
from bot.messages import rituals as nudges
from bot.messages import settled as texts
from bot.messages.model import Form, Message
from bot.messages.settled import MoreTime, Moved
from bot.messages.words import joined
from bot.norms import spoken, undo_button, unspoken
from bot.ports import Reply
from bot.records import PersonRecord
from bot.turn import Refusal, Turn
from rules import (
    Mode,
    Nudge,
    Person,
    Ritual,
    Said,
    Segment,
    Team,
    availability_at,
    effect_key,
    occurrences,
    rituals,
    timeline,
    to_utc_end,
    to_utc_start,
    working_intervals,
)

MORE = timedelta(minutes=30)
MORE_TO_LAND = timedelta(minutes=10)
FIRST_HOUR = timedelta(hours=1)
STALE = timedelta(hours=2)
"""How long after a nudge its buttons mean what they meant: later, a day has moved on."""
ANYWAY = "anyway"
"""After a nudge's value: more time, although it cuts what the person keeps quiet."""
_AHEAD = timedelta(days=14)
_EARLY = timedelta(hours=3)
"""How long before the hours a day may begin by hand: earlier is an evening, not a morning."""
_LANDING_AHEAD = timedelta(hours=3)
"""How far ahead a quiet window may begin for which somebody lands."""
_WORDS = {
    Ritual.START: ("start", "morning"),
    Ritual.END: ("end", "close", "day"),
    Ritual.HANDOVER: ("handover", "hand", "block"),
    Ritual.LANDING: ("landing", "land"),
    Ritual.RETURN: ("return", "leave"),
    Ritual.WEEKLY: ("weekly", "week"),
}
NUDGES = tuple(kind for kind in Ritual if kind is not Ritual.WEEKLY)


# Reading what a choice is about -------------------------------------------------------------------


def kind_and_day(value: str) -> tuple[Ritual, date]:
    """Read a button's value, "end_of_day:2026-11-23"; what follows a second colon is not looked at."""
    kind, _, rest = value.partition(":")
    try:
        return Ritual(kind), date.fromisoformat(rest.partition(":")[0])
    except ValueError:
        raise Refusal("That button is out of date. /boundary today shows where you are.") from None


def kinds_of(text: str) -> tuple[Ritual, ...]:
    """The kinds that "rituals", "start", "end" or a kind's own name mean. The weekly line is only meant by
    its name, or by "all"."""
    word = text.strip().lower().removesuffix(" rituals").removesuffix(" nudges").removesuffix(" line")
    if word in {"", "rituals", "nudges"}:
        return NUDGES
    return tuple(Ritual) if word == "all" else (kind_of(word),)


def kind_of(text: str, example: str = "/boundary mute rituals") -> Ritual:
    """The one kind that a word means; refuses with an example."""
    word = text.strip().lower()
    for kind in Ritual:
        if word in {kind.value, kind.value.replace("_", "-"), forms.NAMES[kind], *_WORDS[kind]}:
            return kind
    raise Refusal(
        f'"{text.strip()[:40]}" is no kind of nudge: start, end, handover, landing, return, weekly, or '
        f"rituals for all. For example: {example}"
    )


def answered(turn: Turn, value: str) -> tuple[PersonRecord, Ritual, date]:
    """Note that a nudge was answered, whatever the answer: it counts as not ignored."""
    record = turn.enrolled()
    kind, day = kind_and_day(value)
    before = record.state.ritual(kind)
    sent = max(before.sent, day) if before.sent else day  # said without a nudge: none is needed any more
    ritual = replace(before, sent=sent, answered=True, ignored=0)
    return replace(record, state=record.state.with_ritual(kind, ritual)), kind, day


def stale(turn: Turn, value: str) -> Message | None:
    """What to say instead of doing what an old nudge offers; None while it is fresh."""
    person = turn.enrolled().person
    kind, day = kind_and_day(value)
    sent = turn.tx.outbox.get(effect_key(Nudge(person.id, kind.value, day)))
    today = turn.watch().local(turn.now).date()
    if turn.now - sent.due_at <= STALE if sent else day == today:
        return None
    return texts.past(kind, day, today, turn.watch())


def latest(turn: Turn) -> Ritual:
    """The kind of the nudge that came last and is fresh still; the end of the day where there is none."""
    record = turn.enrolled()
    found = []
    for kind in NUDGES:
        day = record.state.ritual(kind).sent
        sent = turn.tx.outbox.get(effect_key(Nudge(record.person.id, kind.value, day))) if day else None
        if sent is not None and turn.now - sent.due_at <= STALE:
            found.append((sent.due_at, kind))
    return max(found, key=lambda each: each[0])[1] if found else Ritual.END


def value_today(turn: Turn, kind: Ritual) -> str:
    """What the buttons of a nudge of today carry: a ritual can be done without one, too."""
    return f"{kind.value}:{turn.watch().local(turn.now).date().isoformat()}"


def value_open(turn: Turn, kind: Ritual) -> str:
    """As `value_today`, but what is closed or prolonged before a day's hours have begun is the day before: so
    it is after midnight, and nobody closes a day that they have not begun."""
    person, day = turn.enrolled().person, turn.watch().local(turn.now).date()
    if kind is Ritual.END and person.hours is not None:
        midnight, soon = to_utc_start(day, 0, person.zone), turn.now + timedelta(seconds=1)
        begun = occurrences(person.hours, person.zone, midnight, soon)
        if not any(midnight <= each.start for each in begun):
            day -= timedelta(days=1)
    return f"{kind.value}:{day.isoformat()}"


# One screen ---------------------------------------------------------------------------------------


def open_form(turn: Turn, value: str) -> Form:
    """The form of a ritual; the first step that was written last evening is filled in at the start."""
    record = turn.enrolled()
    kind, _ = kind_and_day(value)
    own = journal.own_words(turn.tx, turn.world.vault, record.person.id, kind)
    first = "" if own or kind not in planning.BEGINNINGS else _first_step(turn, record)
    return forms.form(kind, value, own, first)


def _first_step(turn: Turn, record: PersonRecord) -> str:
    since = (turn.now - timedelta(days=60)).date()
    written = journal.read(turn.tx, turn.world.vault, record.person.id, since)
    ends = [each for each in written if each.kind == Ritual.END.value and each.text]
    found = dict(journal.answers(ends[-1].text or "")) if ends else {}
    return found.get("First step", "").partition("\n")[0]


def submitted(turn: Turn, context: str, fields: Mapping[str, str]) -> Reply:
    """A ritual's form was sent: keep what was written, and let the day or block end. Long after its moment,
    only what was written is kept."""
    record = turn.enrolled()
    kind, day = kind_and_day(context)
    text = journal.as_text(_answers(turn, record, kind, fields))
    if text:
        journal.write(turn, kind, day, text)
    late = stale(turn, context)
    if late is not None:
        return Reply(journal_texts.kept_only(day) if text else late, replace=True)
    return Reply(done(turn, context, wrote=bool(text)), replace=True)


def _answers(
    turn: Turn, record: PersonRecord, kind: Ritual, fields: Mapping[str, str]
) -> list[tuple[str, str]]:
    """What was written, with the labels under which it comes back. Nothing is lost where the questions have
    changed since the form was opened."""
    own = journal.own_words(turn.tx, turn.world.vault, record.person.id, kind)
    labels = {each.id: each.label for each in forms.QUESTIONS.get(kind, ())}
    for place in range(forms.MOST_QUESTIONS):
        labels[forms.own_field(place)] = own[place] if place < len(own) else "Answer"
    limit = forms.LONGEST_ANSWER
    return [(label, fields.get(field, "")[:limit]) for field, label in labels.items()]


# What ends --------------------------------------------------------------------------------------


def done(turn: Turn, value: str, *, wrote: bool = False) -> Message:
    """The ritual is done: the day has begun, the day or the block is closed, the quiet has begun."""
    record, kind, day = answered(turn, value)
    match kind:
        case Ritual.END:
            return _close(turn, record, day, wrote=wrote)
        case Ritual.HANDOVER:
            return _hand_over(turn, record, wrote=wrote)
        case Ritual.LANDING:
            return _land(turn, record, wrote=wrote)
        case Ritual.WEEKLY:
            turn.store(record)
            return texts.seen()
        case _:
            return _begin(turn, record, wrote=wrote)


def _begin(turn: Turn, record: PersonRecord, *, wrote: bool) -> Message:
    """Who had asked for more time before the day and begins now is available now, and so is whoever begins
    a little before their hours."""
    person = unspoken(record.person, Mode.OFF)
    segment = availability_at(person, turn.teams(record), turn.now)
    if segment.mode is Mode.OFF and segment.end - turn.now <= _EARLY:
        person = spoken(person, Said(Mode.AVAILABLE, turn.now, segment.end, turn.now), turn.now)
    if person != record.person:
        turn.change(record, person, "starting the day", asked=True)
    else:
        turn.store(record)
    return texts.started(wrote=wrote)


def _close(turn: Turn, record: PersonRecord, day: date, *, wrote: bool) -> Message:
    """Off until the hours of the next working day begin. The weekly line that this day was to bring comes
    with the answer where its nudge does not go out any more."""
    week = weekly.with_close(turn, record, day)
    if week is not None:
        noted = replace(record.state.weekly, sent=day, answered=True)
        record = replace(record, state=replace(record.state, weekly=noted))
    until = next_start(record.person, turn.teams(record), turn.now, day)
    _off(turn, record, until, "done for today")
    shown = texts.closed(until, turn.watch(), wrote=wrote)
    return joined(shown, week) or shown


def _hand_over(turn: Turn, record: PersonRecord, *, wrote: bool) -> Message:
    until = next_block(record.person, turn.teams(record), turn.now)
    if until is None:
        turn.store(record)
        return texts.no_block(wrote=wrote)
    _off(turn, record, until, "closing this block")
    return texts.handed_over(until, turn.watch(), wrote=wrote)


def _off(turn: Turn, record: PersonRecord, until: datetime, label: str) -> None:
    said = Said(Mode.OFF, turn.now, until, turn.now)
    turn.change(record, spoken(record.person, said, turn.now), label, asked=True)


def _land(turn: Turn, record: PersonRecord, *, wrote: bool) -> Message:
    """Quiet from now on until the window that follows begins, as that window is."""
    window = next_quiet(record.person, turn.teams(record), turn.now)
    if window is None or window.start <= turn.now:
        turn.store(record)
        return texts.landed(window.because if window else "", None, turn.watch(), wrote=wrote)
    shared = bool(window.public)
    said = Said(Mode.QUIET, turn.now, window.start, turn.now, window.public, window.passes, shared)
    turn.change(record, spoken(record.person, said, turn.now), "landing", asked=True)
    return texts.landed(window.because, window.start, turn.watch(), wrote=wrote)


def first_hour(turn: Turn, value: str) -> Message:
    """Back from leave: focus for an hour; what waited comes after it."""
    record, _, _ = answered(turn, value)
    said = Said(Mode.FOCUS, turn.now, turn.now + FIRST_HOUR, turn.now)
    turn.change(record, spoken(record.person, said, turn.now), "holding the first hour", asked=True)
    shown = texts.first_hour(said.until, turn.watch())
    undo = undo_button(turn)
    return replace(shown, parts=(*shown.parts, undo)) if undo else shown


def skip(turn: Turn, value: str) -> Message:
    """Not today: nothing changes, and it does not count as ignored."""
    record, _, _ = answered(turn, value)
    turn.store(record)
    return texts.skipped()


# More time ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Extension:
    """What more time means: `said` for now, and the segments that it would cut."""

    said: Said
    cut: tuple[Segment, ...] = ()


def more(turn: Turn, value: str) -> Message:
    """More time: the boundary moves, and the answer says who will notice. What the person keeps quiet is
    asked about before it is cut."""
    record, kind, day = answered(turn, value)
    extension = _extension(turn, record, kind, day)
    cut = [each.because for each in extension.cut]
    if cut and not value.endswith(f":{ANYWAY}"):
        turn.store(record)
        plain = f"{kind.value}:{day.isoformat()}"
        return texts.would_cut(plain, cut, extension.said.until, turn.watch())
    before = {each.id: each.release_at for each in turn.tx.holds.waiting_for(record.person.id)}
    label = "10 more minutes" if kind is Ritual.LANDING else "30 more minutes"
    stored = turn.change(record, spoken(record.person, extension.said, turn.now), label, asked=True)
    until = extension.said.until
    back = planning.back_at(stored.person, turn.teams(stored), _at(turn, stored, until))
    time = MoreTime(kind, until, back, _moved(turn, before), tuple(cut))
    shown = texts.more_time(time, turn.watch())
    undo = undo_button(turn)
    return replace(shown, parts=(*shown.parts, undo)) if undo else shown


def _at(turn: Turn, record: PersonRecord, at: datetime) -> Segment:
    return availability_at(record.person, turn.teams(record), at)


def _extension(turn: Turn, record: PersonRecord, kind: Ritual, day: date) -> _Extension:
    person, teams, now = record.person, turn.teams(record), turn.now
    if kind in planning.BEGINNINGS:
        return _Extension(Said(Mode.OFF, now, now + MORE, now))
    if kind is Ritual.LANDING:
        window = next_quiet(person, teams, now)
        begins = window.start if window else now
        return _Extension(Said(Mode.AVAILABLE, now, max(begins, now) + MORE_TO_LAND, now))
    last = end_of_hours(person, teams, day) if kind is Ritual.END else end_of_block(person, teams, now)
    said = Said(Mode.AVAILABLE, now, max(last or now, now) + MORE, now)
    return _Extension(said, _cut(person, teams, now, said.until))


def _cut(person: Person, teams: tuple[Team, ...], now: datetime, until: datetime) -> tuple[Segment, ...]:
    """What the person keeps free between now and `until`, apart from being off."""
    ahead = timeline(person, teams, now, until)
    return tuple(each for each in ahead if each.mode not in (Mode.AVAILABLE, Mode.OFF))


def _moved(turn: Turn, before: Mapping[str, datetime | None]) -> tuple[Moved, ...]:
    """The messages that now land at another time than their senders were told, by more than a moment."""
    found = []
    for id, old in before.items():
        hold = turn.tx.holds.get(id)
        if hold is None or old is None or hold.release_at is None:
            continue
        if abs(hold.release_at - old) > planning.WORTH_TELLING:
            who = names.who_here(turn.tx, hold.sender, turn.who.tenant)
            found.append(Moved(who, old, hold.release_at))
    return tuple(found)


# On and off ---------------------------------------------------------------------------------------


def mute(turn: Turn, kinds: Sequence[Ritual], *, muted: bool) -> Message:
    """Turn kinds of nudges off or on; turning one on forgets that it was ignored."""
    record = turn.enrolled()
    state = record.state
    for kind in kinds:
        ritual = replace(state.ritual(kind), muted=muted, answered=True, ignored=0)
        state = state.with_ritual(kind, ritual)
    turn.store(replace(record, state=state))
    return nudges.muted(tuple(kinds)) if muted else nudges.unmuted(tuple(kinds))


# When hours begin and end -------------------------------------------------------------------------


def next_start(person: Person, teams: tuple[Team, ...], now: datetime, day: date) -> datetime:
    """When the hours of the next working day after local `day` begin; the end of the day without hours."""
    if person.hours is not None:
        midnight = to_utc_end(day, 1440, person.zone)
        for each in working_intervals(person, teams, max(now, midnight), now + _AHEAD):
            if midnight <= each.start != now:  # those that are open now belong to the day that ends
                return each.start
    return max(to_utc_end(day, 1440, person.zone), now + MORE)


def end_of_hours(person: Person, teams: tuple[Team, ...], day: date) -> datetime | None:
    """When the hours that begin on local `day` end for good; None without hours that day."""
    midnight = to_utc_end(day, 1440, person.zone)
    found = working_intervals(person, teams, midnight - timedelta(hours=30), midnight)
    return max((each.end for each in found if each.start < midnight), default=None)


def end_of_block(person: Person, teams: tuple[Team, ...], now: datetime) -> datetime | None:
    """When the block of hours that is open ends; None outside hours."""
    found = working_intervals(person, teams, now, now + timedelta(days=1))
    return found[0].end if found and found[0].start <= now else None


def next_block(person: Person, teams: tuple[Team, ...], now: datetime) -> datetime | None:
    """When the next block of hours of the same day begins, as a hand-over has it; None if there is none."""
    day = timedelta(days=1)
    for each in rituals(person, teams, now, now + day):
        if each.back and each.kind is Ritual.HANDOVER:
            return each.at
        if each.kind in (Ritual.END, *planning.BEGINNINGS):
            return None
    return None


def next_quiet(person: Person, teams: tuple[Team, ...], now: datetime) -> Segment | None:
    """The quiet that is open or that begins soon."""
    ahead = timeline(person, teams, now, now + _LANDING_AHEAD)
    return next((each for each in ahead if each.mode is Mode.QUIET), None)
