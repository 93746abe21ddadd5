"""First contact: what this is, the defaults that are on at once, three questions, and the way out."""

from __future__ import annotations

from bot.messages.actions import Act
from bot.messages.model import Bullets, Button, Heading, Message, Paragraph
from bot.messages.words import buttons, line, message, say, small

GUESTS = "Boundary Bot is for members, and you are a guest here. Please write to people directly."


def welcome(hours: str, zone: str, style: str, *, zone_known: bool, offer: str = "") -> Message:
    """Said once, when a person uses us for the first time. `hours` is a `when` in canonical text; `offer` the
    hours that their calendar knows, "" for none."""
    unknown = say("I don't know your time zone. Say /boundary zone Europe/Lisbon, with yours.")
    return message(
        say("You are set up with defaults. You can change or undo all of it:"),
        Bullets(
            (
                line(f"Your hours are {hours} ({zone}). Outside them, what can wait waits."),
                line(f"Your style is {style}: an urgent message with a reason gets through."),
                line("A short nudge marks the start and the end of your day."),
            )
        ),
        None if zone_known else unknown,
        _offer(offer),
        buttons(
            Button("Use these hours", Act.TAKE_HOURS, offer) if offer else None,
            Button("Three questions…", Act.QUESTIONS, tone="primary"),
            Button("Undo set-up", Act.LEAVE_US),
        ),
        small("I never read your messages or measure your time. /boundary help shows what you can say."),
    )


def _offer(hours: str) -> Paragraph | None:
    return say(f"Your calendar says {hours}.") if hours else None


def set_up_already(hours: str, zone: str, style: str, *, offer: str = "") -> Message:
    """Said once to a person whose norms were set up for them, e.g. from a norms file. `offer` as for
    `welcome`."""
    return message(
        say(f"Norms are set up for you already: hours {hours} ({zone}), style {style}."),
        _offer(offer),
        buttons(Button("Use these hours", Act.TAKE_HOURS, offer)) if offer else None,
        small("/boundary norms shows all of them. You can change any; /boundary help shows how."),
    )


def invitation() -> Message:
    """Home of somebody who has not enrolled: what it is in four lines."""
    return message(
        Heading("Boundary Bot"),
        say("Say when you want to be left in peace, in plain words: family dinner daily 18:00-19:30."),
        say("What people send through me then waits, and they are told when you will see it."),
        say("It comes together when you are back. What cannot wait needs a reason."),
        say("Where I am allowed to, I set your status and pause your notifications, too."),
        buttons(Button("Set up in a minute", Act.SET_UP, tone="primary")),
        small("Nothing is set up until you ask for it, and nothing is ever measured."),
    )


def turned_away() -> Message:
    """Home of a guest: nothing to press, since nothing would be done."""
    return message(Heading("Boundary Bot"), say(GUESTS))


def goodbye(undone: bool = False, stays: str = "") -> Message:
    """After forgetting: nothing is left to say more about, but what `stays` (see `still_up`)."""
    if undone:
        done = say("Undone. I keep nothing about you. Say /boundary whenever you want to begin.")
    else:
        done = say("Everything I kept about you is deleted. Say /boundary whenever you want to begin again.")
    return message(done, say(stays) if stays else None)


def still_up(status: bool, pause: bool, until: str, *, replaced: bool) -> str:
    """What we set on a forgotten person's accounts and can take down no more, since we know nothing of them
    any longer: whether a status and a pause, until when, and whether one stood there before. "" for neither.
    """
    if not status and not pause:
        return ""
    lost = " What stood there before does not come back." if replaced else ""
    if status and pause:
        both = f"The status and the pause that I set end by themselves, at {until} at the latest; "
        return f"{both}clear them yourself if you like.{lost}"
    what = "status" if status else "pause of your notifications"
    return f"The {what} that I set ends by itself at {until}; clear it yourself if you like.{lost}"


def forget_question(waiting: int, linked: str = "") -> Message:
    """Asked before everything about a person is deleted. `linked` names all accounts of a linked one."""
    waits = (
        f"{waiting} {'message waits' if waiting == 1 else 'messages wait'} for you: deliver them first, "
        "or their senders are told that they did not reach you."
    )
    return message(
        say("This deletes your norms, history and tokens, what waits for you and what I hold from you."),
        say(f"{linked}: it is deleted on all sides.") if linked else None,
        say(waits) if waiting else None,
        buttons(
            Button("Delete everything about me", Act.FORGET, tone="danger",
                   confirm="This cannot be undone. Delete everything about you?"),
            Button("Deliver what waits first", Act.RELEASE) if waiting else None,
        ),
    )  # fmt: skip
