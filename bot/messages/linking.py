"""What people read about their own linked accounts: the code, what linking did, how to take it back. A side
is called "Slack (Acme)": the platform, and the tenant's name where we know it.
"""

from __future__ import annotations

from bot.messages.actions import Act
from bot.messages.model import Bullets, Button, Code, Message
from bot.messages.words import buttons, line, listed, message, say, small

_AGAIN = "/boundary link shows a new one."


def code(code: str, side: str) -> Message:
    """Where to type a code. It was made for the account in `side`."""
    return message(
        say("Say this to me where your other account is: ", Code(f"/boundary link {code}")),
        small(
            f"The code works once and for ten minutes. The norms you have here in {side} then hold there, "
            "too. Nobody else sees that the two are linked."
        ),
    )


def own_code(code: str, side: str) -> Message:
    """They typed the code where it was made."""
    return message(
        say(f"That code was made here, in {side}; it is for the other side. Say there: ",
            Code(f"/boundary link {code}"))
    )  # fmt: skip


def no_such_code() -> str:
    return f"That code is not one I know: it was used, is older than ten minutes, or is mistyped. {_AGAIN}"


def too_many_codes() -> str:
    return "That was one code too many. Please wait ten minutes, then say /boundary link for a new one."


def same_tenant(side: str) -> str:
    return (
        f"That code comes from another account in {side}. A person has one account there, so I cannot link "
        "two. Linking is for accounts on different platforms."
    )


def guest() -> str:
    return "That code was made by a guest's account, and guests cannot be linked."


def already(sides: list[str]) -> Message:
    return message(say(f"These are linked already: {listed(sides)}. /boundary unlink takes one off."))


def linked(kept: str, sides: list[str], gone: str = "", waiting: int = 0) -> Message:
    """What holds from now on: the norms of `kept`. `gone` is the side whose own norms were put by, "" if it
    had none of its own."""
    waits = f"{waiting} {'message waits' if waiting == 1 else 'messages wait'} for you in one list now."
    put_by = f"Those from {gone} are kept in your history: /boundary undo brings them back, on both sides."
    return message(
        say(f"Linked: {listed(sides)}. The norms from {kept} hold on both sides."),
        say(put_by) if gone else None,
        say(waits) if waiting else None,
        small(
            "What you say on one side counts on both. I write to you where you were last, and only there. "
            "Nobody else sees the link; /boundary unlink takes it back."
        ),
    )


def alone() -> str:
    return "This account is linked with no other. /boundary link links it with one."


def unlink_question(here: str, others: list[str], waiting: int) -> Message:
    """Asked before the acting account is taken off: what goes where."""
    there = listed(others)
    waits = f"The {waiting} waiting for you, your" if waiting else "Your"
    return message(
        say(f"This takes {here} off the link with {there}. Nothing is lost:"),
        Bullets(
            (
                line(f"{here} keeps a copy of your norms, and lives by them on its own."),
                line(f"{waits} history and your teams stay with {there}."),
            )
        ),
        buttons(Button(f"Unlink {here}", Act.UNLINK, tone="danger", confirm=f"Take {here} off the link?")),
    )


def unlinked(here: str, others: list[str]) -> Message:
    return message(
        say(f"{here} is on its own now, with a copy of your norms. {listed(others)} goes on as before.")
    )


def told_maker(others: list[str]) -> Message:
    """Said once in the chat of the account that made the code, wherever its owner is by now."""
    return message(
        say(
            f"This account is now linked with {listed(others)}: one set of norms, and I write to you where "
            "you were last."
        ),
        buttons(
            Button("That was not me", Act.UNLINK, "others", tone="danger",
                   confirm=f"Take {listed(others)} off the link?")
        ),
    )  # fmt: skip


def told_of_past(other: str) -> Message:
    """The same, when the link was taken back before they could be told."""
    return message(
        say(
            f"This account was linked with {other} by your code, and the link is off again. If that was not "
            "you, somebody else had the code and may have seen what waits for you."
        )
    )


def others_unlinked(others: list[str]) -> Message:
    return message(
        say(f"{listed(others)} is off the link. What waits for you, your history and your teams stay here.")
    )


def sides_line(sides: list[str]) -> str:
    """`Linked: Slack (Acme), Teams (Acme)`, only ever shown to their owner."""
    return f"Linked: {', '.join(sides)}"
