"""What the buttons of the two daily nudges do. The status changes because the person ended their day,
not by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.messages import rituals as texts
from bot.messages.model import Message
from bot.messages.words import message, say
from bot.norms import spoken, undo_button
from bot.records import PersonRecord, PersonState, RitualState
from bot.turn import Refusal, Turn
from rules import Mode, Nudge, Person, Ritual, Said, Team, effect_key, to_utc_end, working_intervals

MORE = timedelta(minutes=30)
STALE = timedelta(hours=2)
"""How long after a nudge its buttons mean what they meant: later, a day has moved on."""
_AHEAD = timedelta(days=14)


def state_of(state: PersonState, kind: Ritual) -> RitualState:
    """What is known of one kind of nudge."""
    return state.start_of_day if kind is Ritual.START else state.end_of_day


def with_state(state: PersonState, kind: Ritual, ritual: RitualState) -> PersonState:
    """The state with one kind of nudge replaced."""
    return replace(state, start_of_day=ritual) if kind is Ritual.START else replace(state, end_of_day=ritual)


def kind_and_day(value: str) -> tuple[Ritual, date]:
    """Read a button's value, "end_of_day:2026-11-23"."""
    kind, _, day = value.partition(":")
    try:
        return Ritual(kind), date.fromisoformat(day)
    except ValueError:
        raise Refusal("That button is out of date. /boundary today shows where you are.") from None


def answered(turn: Turn, value: str) -> tuple[PersonRecord, Ritual, date]:
    """Note that a nudge was answered, whatever the answer: it counts as not ignored."""
    record = turn.enrolled()
    kind, day = kind_and_day(value)
    ritual = replace(state_of(record.state, kind), answered=True, ignored=0)
    return replace(record, state=with_state(record.state, kind, ritual)), kind, day


def stale(turn: Turn, value: str) -> Message | None:
    """What to say instead of doing what an old nudge offers; None while it is fresh."""
    person = turn.enrolled().person
    kind, day = kind_and_day(value)
    sent = turn.tx.outbox.get(effect_key(Nudge(person.id, kind.value, day)))
    today = turn.watch().local(turn.now).date()
    if turn.now - sent.due_at <= STALE if sent else day == today:
        return None
    return texts.past(kind, day, today, turn.watch())


def done(turn: Turn, value: str) -> Message:
    """ "Done for today": off until the hours of the next working day begin. "I'm starting": the day has
    begun."""
    record, kind, day = answered(turn, value)
    if kind is Ritual.START:
        turn.store(record)
        return message(say("Good start. What can wait will wait."))
    until = next_start(record.person, turn.teams(record), turn.now, day)
    said = Said(Mode.OFF, turn.now, until, turn.now)
    turn.change(record, spoken(record.person, said, turn.now), "done for today", asked=True)
    return message(
        say(
            f"Done for today. You are off until {turn.watch().moment(until)}. /boundary resume takes it back."
        )
    )


def more(turn: Turn, value: str) -> Message:
    """30 more minutes: at the end of the day after its end, at the start before it counts as begun."""
    record, kind, day = answered(turn, value)
    if kind is Ritual.START:
        said = Said(Mode.OFF, turn.now, turn.now + MORE, turn.now)
        text = f"Not started yet: off until {turn.watch().moment(said.until)}."
    else:
        ends = end_of_hours(record.person, turn.teams(record), day) or turn.now
        said = Said(Mode.AVAILABLE, turn.now, max(ends, turn.now) + MORE, turn.now)
        text = f"You are available until {turn.watch().moment(said.until)}, then off."
    turn.change(record, spoken(record.person, said, turn.now), "30 more minutes", asked=True)
    return message(say(text), undo_button(turn))


def skip(turn: Turn, value: str) -> Message:
    """Not today: nothing changes, and it does not count as ignored."""
    record, _, _ = answered(turn, value)
    turn.store(record)
    return message(say("Fine, not today."))


def mute(turn: Turn, kinds: tuple[Ritual, ...], *, muted: bool) -> Message:
    """Turn kinds of nudges off or on; turning one on forgets that it was ignored."""
    record = turn.enrolled()
    state = record.state
    for kind in kinds:
        ritual = replace(state_of(state, kind), muted=muted, answered=True, ignored=0)
        state = with_state(state, kind, ritual)
    turn.store(replace(record, state=state))
    return texts.muted(kinds) if muted else texts.unmuted(kinds)


def kinds_of(text: str) -> tuple[Ritual, ...]:
    """The kinds that "rituals", "start", "end" or a kind's own name mean."""
    word = text.strip().lower().removesuffix(" rituals").removesuffix(" nudges")
    if word in {"", "rituals", "nudges", "all"}:
        return (Ritual.START, Ritual.END)
    for kind in Ritual:
        if word in {kind.value, kind.value.partition("_")[0], kind.value.replace("_", "-")}:
            return (kind,)
    raise Refusal(
        f'"{text[:40]}" is no kind of nudge: start, end or rituals for both. '
        "For example: /boundary mute rituals"
    )


def next_start(person: Person, teams: tuple[Team, ...], now: datetime, day: date) -> datetime:
    """When the hours of the next working day after local `day` begin; the end of the day without hours."""
    if person.hours is not None:
        midnight = to_utc_end(day, 1440, person.zone)
        for each in working_intervals(person, teams, max(now, midnight), now + _AHEAD):
            if each.start >= midnight:
                return each.start
    return max(to_utc_end(day, 1440, person.zone), now + MORE)


def end_of_hours(person: Person, teams: tuple[Team, ...], day: date) -> datetime | None:
    """When the hours that begin on local `day` end for good; None without hours that day."""
    midnight = to_utc_end(day, 1440, person.zone)
    found = working_intervals(person, teams, midnight - timedelta(hours=30), midnight)
    return max((each.end for each in found if each.start < midnight), default=None)
