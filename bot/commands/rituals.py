"""Rituals in typed words: begin, close, hand over and land without a nudge; which nudges come; the journal;
one's own week."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.commands.reading import Words
from bot.flows import journal as entries
from bot.flows import rituals, weekly
from bot.messages import journal as texts
from bot.messages import ritualforms as forms
from bot.messages.model import Message
from bot.messages.rituals import Planned, planned
from bot.messages.words import joined, listed
from bot.norms import undo_button
from bot.planning import with_past
from bot.planning.nudging import going
from bot.ports import Reply
from bot.records import PersonRecord
from bot.turn import Refusal, Turn
from rules import Ritual, Style, to_utc_end, to_utc_start
from rules import rituals as ritual_times
from rules.transitions import DAILY_RITUALS

_NOW = {"now", "done", "here"}
_USUAL = {"usual", "default", "all"}
_FORGET = {"forget", "delete", "forget me"}
_WORDS_EXAMPLE = "/boundary words end What did I learn today?"
_LEADING = {
    Ritual.START: "matters",
    Ritual.END: "first",
    Ritual.HANDOVER: "next",
    Ritual.LANDING: "next",
}
"""The field that typed words answer: what comes back."""


def ritual(kind: Ritual, turn: Turn, words: Words) -> Reply:
    """`/boundary start|close|handover|land`: opens its one screen; with text it is done at once and keeps the
    text; with "now" it is done without."""
    record, text, value = turn.enrolled(), words.plain().strip(), rituals.value_open(turn, kind)
    if not text:
        return Reply(form=rituals.open_form(turn, value))
    if text.lower() in _NOW:
        return Reply(rituals.done(turn, value))
    if len(text) > forms.LONGEST_ANSWER:
        raise Refusal(f"A ritual keeps {forms.LONGEST_ANSWER} characters of an answer; this is {len(text)}.")
    own = entries.own_words(turn.tx, turn.world.vault, record.person.id, kind)
    field = forms.own_field(0) if own else _LEADING[kind]
    return Reply(rituals.submitted(turn, value, {field: text}).message)


def more(turn: Turn, words: Words) -> Reply:
    """`/boundary more [start | end | handover | landing] [anyway]`: more time before the boundary that was
    nudged about last."""
    text = words.plain().lower().split()
    anyway = text[-1:] == [rituals.ANYWAY]
    name = " ".join(text[:-1] if anyway else text)
    kind = rituals.kind_of(name, "/boundary more end") if name else rituals.latest(turn)
    value = rituals.value_open(turn, kind)
    return Reply(rituals.more(turn, f"{value}:{rituals.ANYWAY}" if anyway else value))


def skip(turn: Turn, words: Words) -> Reply:
    """`/boundary skip [kind]`: not today."""
    name = words.plain().strip()
    kind = rituals.kind_of(name, "/boundary skip end") if name else rituals.latest(turn)
    return Reply(rituals.skip(turn, rituals.value_today(turn, kind)))


def chosen(turn: Turn, words: Words) -> Reply:
    """`/boundary rituals`: today's; `rituals end, landing`: which come first; `rituals usual`: as the style
    has it."""
    record, text = turn.enrolled(), words.plain().strip().lower()
    if not text:
        return Reply(_planned(turn, record))
    wanted = () if text in _USUAL else tuple(_kind(word) for word in text.replace(",", " ").split())
    rare = next((kind for kind in wanted if kind not in DAILY_RITUALS), None)
    if rare is not None:
        word = rare.value.partition("_")[0]
        raise Refusal(f"The {forms.NAMES[rare]} nudge comes by itself: /boundary mute {word} turns it off.")
    kinds = tuple(dict.fromkeys(kind.value for kind in wanted))
    person = replace(record.person, rituals=kinds)
    stored = turn.change(record, person, "which rituals come", asked=True)
    undo = undo_button(turn)
    shown = _planned(turn, stored)
    return Reply(joined(shown, Message("", (undo,)) if undo else None))


def _kind(word: str) -> Ritual:
    return rituals.kind_of(word, "/boundary rituals end, landing")


def _planned(turn: Turn, record: PersonRecord) -> Message:
    """Today's rituals, and which of them come as nudges."""
    person, day = record.person, turn.watch().local(turn.now).date()
    start, end = to_utc_start(day, 0, person.zone), to_utc_end(day, 1440, person.zone)
    teams = with_past(turn.tx, turn.teams(record), start)
    found = ritual_times(person, teams, start, _later(end))
    times = [each for each in found if each.day == day and not each.back]
    picked = going(person, record.state, times)
    today = []
    for each in times:
        known = record.state.ritual(each.kind)
        answered = known.answered and known.sent == day and each.at > turn.now
        why = "you answered it already" if answered else _why(each.kind)
        why = "it is turned off" if known.muted else why
        today.append(Planned(each.kind, each.at, each in picked and not answered, why))
    return planned(today, _preference(record), turn.watch())


def _why(kind: Ritual) -> str:
    if kind is Ritual.WEEKLY:
        return "it comes with the end of the day"
    return f"others come first: /boundary {_TYPED[kind]}"


_TYPED = {
    Ritual.START: "start",
    Ritual.END: "close",
    Ritual.HANDOVER: "handover",
    Ritual.LANDING: "land",
    Ritual.RETURN: "start",
}


def _later(end: datetime) -> datetime:
    """Hours that begin today may end tomorrow."""
    return end + timedelta(days=1)


def _preference(record: PersonRecord) -> str:
    if record.person.rituals:
        return listed([forms.NAMES[Ritual(kind)] for kind in record.person.rituals])
    article = "an" if record.person.style is Style.INTEGRATOR else "a"
    return f"what is usual for {article} {record.person.style.value}"


def own_words(turn: Turn, words: Words) -> Reply:
    """`/boundary words end What did I learn today?`, `words end off`, `words`."""
    record = turn.enrolled()
    if not words.plain().strip():
        return Reply(_all_words(turn, record))
    name, rest = words.split()
    kind = rituals.kind_of(name, _WORDS_EXAMPLE)
    if kind is Ritual.WEEKLY:
        raise Refusal(
            "The weekly line asks nothing. For example: /boundary words end What did I learn today?"
        )
    if not rest.plain().strip():
        own = entries.own_words(turn.tx, turn.world.vault, record.person.id, kind)
        return Reply(texts.own_words(kind, own))
    return Reply(texts.own_words(kind, entries.set_words(turn, kind, rest.plain())))


def _all_words(turn: Turn, record: PersonRecord) -> Message:
    found = [
        (kind, own)
        for kind in rituals.NUDGES
        if (own := entries.own_words(turn.tx, turn.world.vault, record.person.id, kind))
    ]
    return texts.all_words(found)


def journal(turn: Turn, words: Words) -> Reply:
    """`/boundary journal`: the last days, privately; `journal forget`: delete what was written."""
    record, text = turn.enrolled(), words.plain().strip().lower()
    if text in _FORGET:
        return Reply(texts.journal_forgotten(entries.forget(turn)))
    if text:
        raise Refusal(
            f'"{text[:40]}" is not understood. For example: /boundary journal or /boundary journal forget'
        )
    since = (turn.watch().local(turn.now) - entries.SHOWN).date()
    kept = entries.read(turn.tx, turn.world.vault, record.person.id, date.min)
    found = [each for each in kept if each.day >= since]
    return Reply(texts.journal(found, turn.watch(), older=len(kept) - len(found)))


def week(turn: Turn, words: Words) -> Reply:
    """`/boundary week`: your own week so far, for you alone."""
    return Reply(weekly.now_shown(turn))
