"""What a person says for now and for every week: focus, quiet, a short absence, here, resume, recurring
norms."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bot.commands.reading import Words
from bot.messages.day import WORDS, cause
from bot.messages.words import message, say
from bot.norms import named, put_window, spoken, told, undo_button, unspoken, window_saved
from bot.ports import Reply
from bot.records import PersonRecord
from bot.turn import Turn
from rules import (
    Kind,
    LengthError,
    Mode,
    Said,
    Window,
    availability_at,
    default_passes,
    parse_length,
    resolve_length,
    split_length,
    split_when,
    starts_like_when,
    timeline,
    zone_of,
)

_OFF = {"off", "end", "stop", "done"}
_KINDS = {
    "break": Kind.BREAK,
    "recharge": Kind.RECHARGE,
    "on-call": Kind.ON_CALL,
}


def focus(turn: Turn, words: Words) -> Reply:
    """`/focus 90m [name]`, `/focus until 15:00`, `/focus tue,thu 09:00-11:30 [name]`, `/focus off`."""
    return _now_or_weekly(turn, words, Mode.FOCUS, Kind.FOCUS)


def quiet(turn: Turn, words: Words) -> Reply:
    """`/quiet 30m [name]`, `/quiet daily 18:00-19:30 [name]`, `/quiet off`."""
    return _now_or_weekly(turn, words, Mode.QUIET, Kind.QUIET)


def recurring(word: str, turn: Turn, words: Words) -> Reply:
    """`/boundary break weekdays 12:30-13:15 lunch`, and the same for recharge and on-call."""
    return _weekly(turn, _KINDS[word], words.plain())


def _now_or_weekly(turn: Turn, words: Words, mode: Mode, kind: Kind) -> Reply:
    text = words.plain()
    if text.lower() in _OFF:
        return _end(turn, mode)
    if starts_like_when(text):
        return _weekly(turn, kind, text)
    length, name = split_length(text)
    return say_for_now(turn, mode, resolve_length(length, turn.now, turn.zone()), name)


def _weekly(turn: Turn, kind: Kind, text: str) -> Reply:
    when, name = split_when(text)
    return Reply(window_saved(turn, put_window(turn, turn.enrolled(), Window(name, kind, when))))


def back(turn: Turn, words: Words) -> Reply:
    """`/boundary back 14:30 [what]`, also `back in 30m` and `back fri`."""
    text = words.plain().removeprefix("at ").removeprefix("in ")
    length, name = split_length(text if _begins_with_length(text) else f"until {text.removeprefix('until ')}")
    return say_for_now(turn, Mode.QUIET, resolve_length(length, turn.now, turn.zone()), name)


def _begins_with_length(text: str) -> bool:
    try:
        return split_length(text)[0].minutes is not None
    except LengthError:
        return False


def say_for_now(turn: Turn, mode: Mode, until: datetime, name: str = "") -> Reply:
    """Focus or quiet from now on, with who will be told."""
    record = turn.enrolled()
    said = Said(mode, turn.now, until, turn.now, named(name))
    moment = turn.watch().moment(until)
    called = f" ({said.name})" if said.name else ""
    label = f"{mode.value} until {moment}{called}"
    stored = turn.change(record, spoken(record.person, said, turn.now), label, asked=True)
    then = told(turn, said.passes or default_passes(mode, stored.person.style))
    return Reply(message(say(f"{mode.value.capitalize()} until {moment}.{then}"), undo_button(turn)))


def _end(turn: Turn, mode: Mode) -> Reply:
    """Take back what was said; a norm that is open at the same time still holds, and the answer says so."""
    record = turn.enrolled()
    if any(said.mode is mode and said.until > turn.now for said in record.person.said):
        record = turn.change(record, unspoken(record.person, mode), f"ending {mode.value}", asked=True)
        return Reply(message(say(f"{mode.value.capitalize()} ended. {now_words(turn, record)}")))
    return Reply(message(say(f"You had not said {mode.value} for now. {now_words(turn, record)}")))


def now_words(turn: Turn, record: PersonRecord) -> str:
    """What holds now, and how to be available in spite of it."""
    segment = availability_at(record.person, turn.teams(record), turn.now)
    until = turn.watch().moment(segment.end)
    if segment.mode is Mode.AVAILABLE:
        return f"You are available until {until}."
    return f"{WORDS[segment.mode]} until {until} ({cause(segment)}). To be available anyway: /boundary here"


def here(turn: Turn, words: Words) -> Reply:
    """`/boundary here [30m]`: available in spite of the norms, until they would let you be, at most
    until midnight."""
    record, text = turn.enrolled(), words.plain()
    person, teams = record.person, turn.teams(record)
    if text:
        until = resolve_length(parse_length(text), turn.now, turn.zone())
    else:
        segment = availability_at(person, teams, turn.now)
        if segment.mode is Mode.AVAILABLE:
            return Reply(
                message(say(f"You are available already, until {turn.watch().moment(segment.end)}."))
            )
        midnight = _midnight(turn.now, person.zone)
        free = (
            each.start for each in timeline(person, teams, turn.now, midnight) if each.mode is Mode.AVAILABLE
        )
        until = next(free, midnight)
    said = Said(Mode.AVAILABLE, turn.now, until, turn.now)
    moment = turn.watch().moment(until)
    turn.change(record, spoken(person, said, turn.now), f"here until {moment}", asked=True)
    follows = " What waited follows within 15 minutes." if turn.tx.holds.waiting_for(person.id) else ""
    return Reply(message(say(f"You are available until {moment}.{follows} /boundary resume takes it back.")))


def _midnight(now: datetime, zone: str) -> datetime:
    local = now.astimezone(zone_of(zone))
    tomorrow = datetime.combine(local.date() + timedelta(days=1), time(), zone_of(zone))
    return tomorrow.astimezone(now.tzinfo)


def resume(turn: Turn, words: Words) -> Reply:
    """`/boundary resume`: back to the norms."""
    record = turn.enrolled()
    if not any(said.until > turn.now for said in record.person.said):
        return Reply(message(say(f"Your norms hold already. {now_words(turn, record)}")))
    record = turn.change(record, unspoken(record.person), "resuming your norms", asked=True)
    return Reply(message(say(f"Back to your norms. {now_words(turn, record)}")))
