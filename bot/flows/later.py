"""Messages for the right moment: `/later @maya text`, and the shortcut "Deliver when available"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot import names
from bot.commands import naming
from bot.commands.naming import Unsure
from bot.commands.reading import Words, read
from bot.flows import coaching, holds
from bot.inbound import Account, PersonRef, ShortcutUsed
from bot.messages import forms, notes
from bot.messages.model import Form, Message
from bot.messages.notes import Passed, Wait
from bot.ports import Reply
from bot.records import Hold, HoldState
from bot.turn import Refusal, Turn
from rules import Answer, Length, LengthError, PingKind, parse_length, resolve_length, split_length

EXAMPLE = "/later @maya by 17:00 Could you look at the draft?"
MOST_PEOPLE = 10
_LONGEST_TIME = 40
_BY = re.compile(
    r"by\s+(?=\d{1,2}[:.]\d\d|\d{1,2}\s*[ap]\.?m|tomorrow\b|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to hold for several people. `needs_by` is an aware UTC instant."""

    to: Sequence[PersonRef]
    text: str
    needs_by: datetime | None = None
    link: str = ""


def later(turn: Turn, words: Words) -> Reply:
    """`/later @maya [@sam …] [by 17:00] text`; alone it opens the form."""
    if not words.text:
        return Reply(form=forms.later())
    people, rest = words.leading_people()
    unsure = naming.unsure(turn, rest, leading=True) or (None if people else naming.unsure(turn, rest))
    if unsure:
        return Reply(form=_whom(people, rest, unsure))
    if not people:
        raise Refusal(f"Say who it is for first. For example: {EXAMPLE}")
    needs_by, text = _needed(turn, rest.plain())
    return Reply(send(turn, Letter(people, text, needs_by)))


def _whom(people: tuple[PersonRef, ...], rest: Words, unsure: Unsure) -> Form:
    """The form in place of a name that means nobody or several people, with everything else filled in."""
    text = rest.plain().removeprefix(unsure.name).strip()
    try:
        wanted, _, text = _time_first(text)
    except LengthError:
        wanted = ""
    chosen = tuple(person.user for person in people)
    return forms.later(text, chosen=chosen, needs_by=wanted, unknown=unsure.name, shared=bool(unsure.people))


def _needed(turn: Turn, text: str) -> tuple[datetime | None, str]:
    """`by 17:00 text` as an instant in the sender's zone, and the text."""
    try:
        _, length, rest = _time_first(text)
        return resolve_length(length, turn.now, turn.zone()) if length else None, rest
    except LengthError as wrong:
        raise Refusal(f"{_instead(wrong, 'by ')} In a message: {EXAMPLE}") from None


def _instead(wrong: LengthError, lead: str) -> LengthError:
    """What is wrong with a time that was typed after `lead`, "by " or nothing, where lengths say "until"."""
    until, found, time = wrong.example.partition("until ")
    example = f"{lead}{time if found and not until else 'fri 14:00'}"
    advice = wrong.advice.replace("to a length", "to a time").replace("until when", "by when")
    return LengthError(wrong.text, wrong.start, wrong.end, advice, example)


def _time_first(text: str) -> tuple[str, Length | None, str]:
    """`by 17:00 text` as the time as it was typed, what it means, and the text; a "by" that begins a sentence
    is text. Raises LengthError for what looks like a time and is none."""
    found = _BY.match(text)
    if not found:
        return "", None, text
    after = text[found.end() :]
    head = after[:_LONGEST_TIME].rstrip()  # the parser of lengths refuses what is longer than any time
    length, rest = split_length(f"until {head}")
    cut = len(head) - len(rest)
    return after[:cut].strip(), length, after[cut:].strip()


def send(turn: Turn, letter: Letter) -> Message:
    """Hold the letter for each person who is away, pass it on to the others, and say what will happen."""
    _check(turn, letter)
    passed: list[Passed] = []
    waits: list[Wait] = []
    held: list[Hold] = []
    for person in {each.user: each for each in letter.to}.values():
        hold = _send_one(turn, person, letter)
        wait = holds.wait_of(turn.tx, hold, turn.now) if hold.state is HoldState.WAITING else None
        if wait is None:
            to = names.who(turn.tx, Account(turn.who.tenant, person.user), person.label)
            passed.append(replace(holds.passed_to(turn.tx, hold, turn.who.tenant), who=to))
        else:
            waits.append(wait)
            held.append(hold)
    watch, whose = holds.sender_watch(turn.tx, turn.who, [hold.recipient for hold in held], turn.now)
    tip = coaching.tip(turn.tx, held, turn.now) if coaching.coach(turn, held) else None
    return notes.later_note(waits, passed, watch, whose=whose if waits else "", tip=tip)


def _check(turn: Turn, letter: Letter) -> None:
    if not letter.text.strip():
        raise Refusal(f"What should I pass on? For example: {EXAMPLE}")
    if len(letter.text) > forms.LONGEST_TEXT:
        raise Refusal(
            f"I can hold {forms.LONGEST_TEXT} characters; this is {len(letter.text)}. "
            "Post it where it belongs and send a link."
        )
    if len(letter.to) > MOST_PEOPLE:
        raise Refusal(
            f"That is {len(letter.to)} people; I pass a message on to at most {MOST_PEOPLE}. "
            "A channel reaches more."
        )
    if any(person.user == turn.who.user for person in letter.to):
        raise Refusal(f"That one is you, so there is nobody to wait for. Name somebody else: {EXAMPLE}")
    tenant = turn.tx.tenants.get(turn.who.tenant)
    if tenant and any(person.user == tenant.bot_user for person in letter.to):
        raise Refusal(f"That one is me, and I am always here. Name the person it is for: {EXAMPLE}")


def _send_one(turn: Turn, person: PersonRef, letter: Letter) -> Hold:
    """The hold for one person: it waits, or is on its way to them already."""
    to = Account(turn.who.tenant, person.user)
    ping = holds.ping(turn, to, PingKind.DIRECT, letter.needs_by)
    record, verdict = holds.judged(turn, to, ping)
    hold = replace(holds.new_hold(turn, names.id_of(turn.tx, to), ping), link=letter.link)
    hold = replace(hold, text=turn.world.vault.seal(letter.text, holds.seal_about(hold.id)))
    if record is None or verdict.answer is Answer.DELIVER:
        return holds.pass_on(turn, to, replace(hold, reply_by=verdict.reply_by))
    return holds.keep(turn, record, verdict, hold)


def shortcut(turn: Turn, used: ShortcutUsed) -> Reply:
    """The shortcut on a message: the form with its text."""
    text = read(names.labelled(turn.tx, turn.who.tenant, used.text)).plain()
    return Reply(form=forms.later(text, used.link))


def submitted(turn: Turn, context: str, fields: Mapping[str, str]) -> Reply:
    """The form of the shortcut was sent; what is wrong is said beside its field."""
    people = tuple(PersonRef(user) for user in fields.get("to", "").split(",") if user)
    wanted = fields.get("needs_by", "").strip()
    try:
        needs_by = resolve_length(parse_length(f"until {wanted}"), turn.now, turn.zone()) if wanted else None
    except LengthError as wrong:
        return Reply(errors={"needs_by": str(_instead(wrong, ""))})
    if not people:
        return Reply(errors={"to": "Choose who it is for."})
    if turn.who.user in {person.user for person in people}:
        return Reply(errors={"to": "That one is you. Choose somebody else."})
    text = fields.get("text", "")
    if not text.strip():
        return Reply(errors={"text": "Write what I should pass on."})
    return Reply(send(turn, Letter(people, text, needs_by, context)))
