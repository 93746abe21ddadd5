"""The two nudges that mark a conscious change: the start and the end of a working day. Each carries its
off switch."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bot.messages.actions import Act
from bot.messages.model import Actions, Button, Message
from bot.messages.words import Watch, buttons, message, say, small
from rules import Ritual

NAMES = {
    Ritual.START: "start-of-day",
    Ritual.END: "end-of-day",
    Ritual.HANDOVER: "hand-over",
    Ritual.LANDING: "landing",
    Ritual.RETURN: "return-from-leave",
    Ritual.WEEKLY: "weekly",
}


def start_of_day(value: str, waiting: str, until: datetime | None, watch: Watch) -> Message:
    """`waiting` is "2 waited overnight, 0 urgent"; `until` the end of the first working block."""
    block = f" First working block until {watch.clock(until)}." if until else ""
    return message(
        say(f"Good morning. {waiting}.{block}"),
        say("What would make today a good day?"),
        _choices("I'm starting", value),
    )


def end_of_day(value: str, ends: datetime | None, waiting: str, watch: Watch) -> Message:
    """`ends` is when the hours end; `waiting` what goes out with the next digest."""
    closing = f"Your hours end at {watch.clock(ends)}." if ends else "Your hours end soon."
    return message(
        say(f"{closing} {waiting}."),
        say("One line, for yourself: what is the first step tomorrow, and where and when do you take it?"),
        _choices("Done for today", value),
    )


def _choices(done: str, value: str) -> Actions:
    kind = value.partition(":")[0]
    return buttons(
        Button(done, Act.RITUAL_DONE, value, tone="primary"),
        Button("30 more minutes", Act.RITUAL_MORE, value),
        Button("Not today", Act.RITUAL_SKIP, value),
        Button("Turn these off", Act.MUTE, kind),
    )


def past(kind: Ritual, day: date, today: date, watch: Watch) -> Message:
    """The answer to a choice that comes hours or days later: nothing is changed by it."""
    which = "today's" if day == today else f"the one of {day.isoformat()}"
    back = watch.clock(watch.now + timedelta(minutes=30))
    return message(
        say(f"That {NAMES[kind]} nudge is long past: it was {which}. I have changed nothing."),
        small(f"Say what you want now, such as /focus 90m or /boundary back {back}."),
    )


def muted(kinds: tuple[Ritual, ...]) -> Message:
    what = " and ".join(f"{NAMES[kind]}" for kind in kinds)
    unmute = "rituals" if len(kinds) > 1 else kinds[0].value
    return message(
        say(f"The {what} {'nudges are' if len(kinds) > 1 else 'nudge is'} off."),
        buttons(Button("Turn on again", Act.UNMUTE, unmute)),
    )


def unmuted(kinds: tuple[Ritual, ...]) -> Message:
    what = " and ".join(f"{NAMES[kind]}" for kind in kinds)
    return message(
        say(
            f"The {what} {'nudges are' if len(kinds) > 1 else 'nudge is'} on. "
            "At most two a day, none in your quiet time."
        )
    )
