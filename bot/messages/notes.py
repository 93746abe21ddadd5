"""What a sender reads: the private note about a mention, what becomes of a `/later`, and where it landed.

No private name of a norm ever appears here: others read when a person is back, and what they chose to share.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.messages.actions import Act, alone
from bot.messages.contract import Norm, Tip, no_reply_before, norms, tip_line
from bot.messages.model import Actions, Button, Context, Line, Message, Paragraph, Part, Span, Who
from bot.messages.words import Watch, buttons, count, known, line, message, say, small
from rules import Interval


@dataclass(frozen=True, slots=True)
class Wait:
    """One ping that waits, as its sender may know it. `public` is the norm's name only if its owner
    shares it; `stand_in` is set on leave; `norm` is whose norm the reply goes by, if the two share that
    team; `ask` is whom that team agreed to ask during a leave that nobody stands in for."""

    hold: str
    who: Who
    back_at: datetime | None
    lands: Interval | None
    reply_by: datetime | None
    needs_by: datetime | None = None
    public: str = ""
    stand_in: Who | None = None
    is_link: bool = True
    norm: Norm | None = None
    ask: Who | None = None


@dataclass(frozen=True, slots=True)
class Passed:
    """Somebody whom a ping reaches at once, and by when their answer is due."""

    who: Who
    reply_by: datetime | None = None
    norm: Norm | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """Whom a sender's messages reached, when (the last one), how many, and by when an answer is due."""

    who: Who
    at: datetime
    number: int = 1
    reply_by: datetime | None = None
    norm: Norm | None = None


def _they(who: Who) -> Span:
    """A person at the beginning of a sentence."""
    return known(who, "Your colleague")


def away(wait: Wait, watch: Watch) -> Line:
    """`Maya is away from notifications and back at 15:00.`"""
    doing = f" is in {wait.public}" if wait.public else " is away from notifications"
    if wait.back_at is None:
        return line(_they(wait.who), f"{doing} for a long while.")
    return line(_they(wait.who), f"{doing} and back at {watch.moment(wait.back_at)}.")


def passing_on(wait: Wait, watch: Watch) -> str:
    """When the recipient gets it, and by when an answer is due."""
    what = "a link to your message" if wait.is_link else "your message"
    when = f" {watch.between(wait.lands.start, wait.lands.end)}" if wait.lands else " when they are back"
    return f"I'll pass on {what}{when}. {no_reply_before(wait.reply_by, watch)}".rstrip()


def too_late(wait: Wait, watch: Watch) -> Line | None:
    """Said at once when an answer is needed before the recipient can have seen the message, which may be
    later than they are back: at their next digest."""
    if wait.needs_by is None:
        return None
    begin, end = (wait.lands.start, wait.lands.end) if wait.lands else (wait.back_at, wait.back_at)
    if end is not None and end <= wait.needs_by:
        return None
    sure = begin is None or begin > wait.needs_by
    then = " will not have seen it by then." if sure else " may not have seen it by then."
    return line(f"You need an answer by {watch.moment(wait.needs_by)}. ", _they(wait.who), then)


def _lines(wait: Wait, watch: Watch) -> tuple[Line, ...]:
    stand_in = line(_they(wait.stand_in), " stands in until then.") if wait.stand_in else None
    ask = line("Your team agreed whom to ask until then: ", wait.ask, ".") if wait.ask else None
    lines = (away(wait, watch), too_late(wait, watch), stand_in, ask, line(passing_on(wait, watch)))
    return tuple(each for each in lines if each is not None)


def _zone_note(whose: str) -> Context | None:
    return small(whose) if whose else None


def sender_note(
    waits: list[Wait], seen: list[Passed], watch: Watch, *, whose: str = "", tip: Tip | None = None
) -> Message:
    """The private note about a mention of one or several people who are away, with the sender's choices
    for each; `seen` are those of the same mention whom nothing keeps from reading it now."""
    parts: list[Part | None] = []
    for wait in waits:
        parts += [Paragraph(_lines(wait, watch)), _mention_choices(wait, many=len(waits) > 1)]
    for each in seen:
        due = no_reply_before(each.reply_by, watch)
        parts.append(say(_they(each.who), f" has it without delay. {due}".rstrip()))
    return message(*parts, *_after(waits, seen, watch, whose, tip))


def _after(
    waits: list[Wait], others: list[Passed], watch: Watch, whose: str, tip: Tip | None
) -> list[Part | None]:
    """What stands below a note: a tip, whose norms the replies go by, whose time it is."""
    found = norms([*(wait.norm for wait in waits), *(each.norm for each in others)])
    return [Paragraph((tip_line(tip, watch),)) if tip else None, found, _zone_note(whose)]


def _mention_choices(wait: Wait, *, many: bool) -> Actions:
    whose = f" ({wait.who.name})" if many else ""
    hold = wait.hold if many else alone(wait.hold)
    return buttons(
        Button(f"Deliver when back{whose}", Act.KEEP, hold, tone="primary"),
        Button(f"It's urgent…{whose}", Act.URGENT, hold),
        Button(f"Never mind{whose}", Act.NEVER_MIND, hold),
    )


def later_note(
    waits: list[Wait], passed_on: list[Passed], watch: Watch, *, whose: str = "", tip: Tip | None = None
) -> Message:
    """What becomes of a `/later`, said at once: who gets it now, who gets it when, and what can still be
    done."""
    parts: list[Part | None] = []
    for reply_by in dict.fromkeys(each.reply_by for each in passed_on):
        people = [each.who for each in passed_on if each.reply_by == reply_by]
        due = no_reply_before(reply_by, watch)
        parts.append(say("Passed on now to ", *_names(people), f". {due}".rstrip()))
    for wait in waits:
        hold = alone(wait.hold) if waits == [wait] and not passed_on else wait.hold
        parts += [Paragraph(_lines(wait, watch)), hold_choices(hold)]
    return message(*parts, *_after(waits, passed_on, watch, whose, tip))


def _names(people: list[Who]) -> list[str | Who]:
    spans: list[str | Who] = []
    for place, who in enumerate(people):
        spans += ([] if not place else [" and " if place == len(people) - 1 else ", "]) + [who]
    return spans


def hold_choices(hold: str) -> Actions:
    """What a sender can still do about a message that waits; `hold` is its id, perhaps `alone`."""
    return buttons(
        Button("Edit…", Act.EDIT_HOLD, hold),
        Button("Cancel", Act.NEVER_MIND, hold),
        Button("Send now…", Act.URGENT, hold),
    )


def kept(wait: Wait, watch: Watch) -> Message:
    """The answer to "deliver when back"."""
    return message(
        say(_they(wait.who), " is told when they are back. ", passing_on(wait, watch)),
        norms([wait.norm]),
        small("To take it back, or if it turns out to be urgent: /boundary waiting"),
    )


def changed(wait: Wait, watch: Watch) -> Message:
    """The answer to an edit: the new text waits in place of the old one."""
    return message(
        say(_they(wait.who), " gets the new text. ", passing_on(wait, watch)),
        norms([wait.norm]),
        hold_choices(alone(wait.hold)),
    )


def judged(fair: bool) -> Message:
    """The answer to the recipient's word on a break-through."""
    word = "fair" if fair else "could have waited"
    return message(say(f"Noted: {word}. They are not told; it only counts when the team looks at its norms."))


def cancelled(who: Who) -> Message:
    return message(say("Taken back. ", who, " will not hear of it."))


def already_moving() -> Message:
    """The answer to a change that comes too late."""
    return message(say("It is already on its way, so it can no longer be changed or taken back."))


def already_over(delivered: bool) -> Message:
    return message(say("It has already been delivered." if delivered else "It was taken back already."))


def passed(to: Passed, watch: Watch) -> Message:
    """An urgent ping that the recipient's norms let through."""
    due = no_reply_before(to.reply_by, watch)
    fair = " now, with your reason. They can say whether it was fair."
    return message(say("On its way to ", to.who, f"{fair} {due}".rstrip()), norms([to.norm]))


def not_passed(wait: Wait, watch: Watch) -> Message:
    """An urgent ping that the recipient's norms do not let through: said honestly, with who can help."""
    stand_in = say(_they(wait.stand_in), " stands in: write to them.") if wait.stand_in else None
    return message(
        say(_they(wait.who), " lets nobody through right now, not even for something urgent."),
        stand_in,
        say("Your team agreed whom to ask meanwhile: ", wait.ask, ".") if wait.ask else None,
        say(passing_on(wait, watch), " It comes first, with your reason."),
        norms([wait.norm]),
    )


def landed(arrivals: list[Arrival], watch: Watch) -> Message:
    """One message to a sender: whom their messages reached, when, and how many of them."""
    return message(*(_arrival(each, watch) for each in arrivals), norms(each.norm for each in arrivals))


def _arrival(each: Arrival, watch: Watch) -> Part:
    what = "Your message" if each.number == 1 else f"Your {count(each.number, 'message')}"
    due = no_reply_before(each.reply_by, watch)
    return say(
        what, " reached ", known(each.who, "your colleague"), f" at {watch.moment(each.at)}. {due}".rstrip()
    )


def moved(waits: list[Wait], watch: Watch) -> Message:
    """The recipient's norms changed, so what a sender was told is no longer right."""
    return message(
        *(say(_they(wait.who), " has changed their plans. ", passing_on(wait, watch)) for wait in waits),
        norms(wait.norm for wait in waits),
    )


def undelivered(people: list[Who], *, sure: bool = True) -> Message:
    """Something could not be delivered: the sender is never left believing it was. Not `sure`: nobody
    can see whether it arrived."""
    whom = [" to ", *_names(people)] if people else []
    if sure:
        return message(say("Your message could not be delivered", *whom, ". Please write to them directly."))
    return message(
        say("I cannot see whether your message", *whom, " arrived. If it matters, please ask them.")
    )


def unreached(people: list[Who]) -> Message:
    """A message is due, and nothing of ours reaches its recipient at present: it still waits."""
    then = " at the moment, so your message still waits. If it matters, please write to them directly."
    return message(say("I cannot reach ", *_names(people), then))


def gone(name: str, number: int) -> Message:
    """The recipient no longer uses Boundary Bot: what waited for them will not be passed on."""
    what = "message" if number <= 1 else f"{number} messages"
    return message(
        say(f"{name or 'The person you wrote to'} no longer uses Boundary Bot, so your {what} "
            "did not go out. Please write to them directly.")
    )  # fmt: skip
