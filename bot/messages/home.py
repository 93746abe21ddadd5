"""The Home tab: today, what waits, the norms with what can be done about them, connection, nudges, own
data."""

from __future__ import annotations

from dataclasses import dataclass

from bot.messages.actions import Act
from bot.messages.day import now_line, ribbon
from bot.messages.digest import Item, waiting_line
from bot.messages.focus import Shared
from bot.messages.model import Button, Divider, Heading, Line, Message, Part, Row, Verbatim, Who
from bot.messages.ritualforms import NAMES
from bot.messages.words import Watch, buttons, line, message, say, small
from bot.records import PersonState
from rules import Kind, Leave, Passes, Person, Ritual, Segment, Style, Window, default_passes, format_when

NOBODY = Who("", "")
"""Somebody whom nothing is known about any more."""


@dataclass(frozen=True, slots=True)
class HomeFacts:
    """What Home shows. `connected` None: connecting is not possible here. `linked` names the accounts that
    are linked, "" if it is the only one; `shared` is what each of their teams keeps quiet together."""

    person: Person
    state: PersonState
    today: tuple[Segment, ...]
    current: Segment
    waiting: tuple[Item, ...]
    connected: bool | None
    names: dict[str, Who]
    linked: str = ""
    shared: tuple[Shared, ...] = ()


def home(facts: HomeFacts, watch: Watch) -> Message:
    """Home of an enrolled person. At most 20 norms are listed; the rest are a command away."""
    name = facts.state.name.partition(" ")[0]
    return message(
        Heading(f"Hello {name}" if name else "Hello"),
        say(f"{now_line(facts.current, watch)}."),
        ribbon(facts.person, facts.today, watch.now),
        Row(line(waiting_line(facts.waiting, watch)), _waiting_buttons(facts)),
        Divider(),
        *_norms(facts),
        *_shared(facts),
        Divider(),
        *_frame(facts.person),
        *_leave(facts),
        Divider(),
        Row(line(f"{facts.linked}.")) if facts.linked else None,
        *_connection(facts),
        *_nudges(facts.state),
        small("Other nudges, and when each comes: /boundary rituals. To turn one off: /boundary mute landing "
            "(or handover, return, weekly, votes)"),
        Divider(),
        buttons(
            Button("Export my data", Act.EXPORT),
            Button("Forget me", Act.FORGET, tone="danger",
                   confirm="This deletes everything I keep about you and cannot be undone. Delete it?"),
        ),
        small("Only you see this page. What others see is when you are back."),
        summary="Boundary Bot",
    )  # fmt: skip


def _waiting_buttons(facts: HomeFacts) -> tuple[Button, ...]:
    return (Button("Look now", Act.LOOK),) if facts.waiting else ()


def _norms(facts: HomeFacts) -> list[Part]:
    windows = facts.person.windows
    parts: list[Part] = [Heading("Your norms")]
    if not windows:
        parts.append(say("None yet besides your hours. What should never be interrupted?"))
    parts += [_norm_row(place, window, facts) for place, window in enumerate(windows[:20])]
    if len(windows) > 20:
        parts.append(small(f"And {len(windows) - 20} more: /boundary norms"))
    parts.append(buttons(Button("Add a norm…", Act.ADD_WINDOW, tone="primary" if not windows else "")))
    return parts


def _shared(facts: HomeFacts) -> list[Part]:
    """What each team keeps quiet together, with the way out of it; at most five teams."""
    rows: list[Part] = [
        Row(line(Verbatim(each.name), f" · {_kept(each)}"), (_turn(each),))
        for each in facts.shared[:5]
        if each.focus or each.meetings
    ]
    return [Heading("With your teams"), *rows] if rows else []


def _kept(shared: Shared) -> str:
    zone = f" ({shared.zone} time)" if shared.zone else ""
    kept = [f"shared focus {shared.focus}{zone}"] if shared.focus else []
    kept += [f"no meetings {shared.meetings}{zone}"] if shared.meetings else []
    return " · ".join([*kept, *(["without you"] if shared.out else [])])


def _turn(shared: Shared) -> Button:
    if shared.out:
        return Button("With me again", Act.FOCUS_IN, shared.team)
    return Button("Without me", Act.FOCUS_OUT, shared.team)


def _norm_row(place: int, window: Window, facts: HomeFacts) -> Row:
    return Row(
        norm_line(window, facts.person.style, facts.names),
        (
            Button("Edit…", Act.EDIT_WINDOW, f"{place}:{window.name}"),
            Button("Remove", Act.REMOVE_WINDOW, window.name),
        ),
    )


def norm_line(window: Window, style: Style, names: dict[str, Who]) -> Line:
    """`deep work · focus · tue,thu 09:00-11:30 · lets urgent through`."""
    shared = " · name shown to others" if window.share_name else ""
    kind = window.kind.value.replace("_", " ")
    passing = "urgent passes everything" if window.kind is Kind.ON_CALL else passes_text(window, style, names)
    return line(Verbatim(window.name), f" · {kind} · {format_when(window.when)} · {passing}{shared}")


def passes_text(window: Window, style: Style, names: dict[str, Who]) -> str:
    """Whom a window lets through, in words."""
    passes = window.passes or default_passes(window.kind, style)
    return f"lets {_through(passes, names)} through"


def _through(passes: Passes, names: dict[str, Who]) -> str:
    if passes.everyone:
        return "everyone"
    words = ["urgent"] if passes.urgent else []
    words += sorted(names.get(person, NOBODY).name for person in passes.people)
    return " and ".join(words) or "nobody"


def _frame(person: Person) -> list[Part]:
    hours = format_when(person.hours) if person.hours else "none: never off"
    place = f" · holidays of {person.place}" if person.place else ""
    return [
        Row(
            line(f"Hours {hours} · {person.zone} · {person.style.value}{place}"),
            (Button("Edit…", Act.EDIT_FRAME),),
        )
    ]


def leave_line(leave: Leave, names: dict[str, Who]) -> Line:
    """`Leave 2026-12-21 to 2027-01-03, Sam stands in`."""
    days = f"{leave.first.isoformat()} to {leave.last.isoformat()}"
    dates = leave.first.isoformat() if leave.first == leave.last else days
    if leave.stand_in is None:
        return line(f"Leave {dates}")
    return line(f"Leave {dates}, ", names.get(leave.stand_in, NOBODY), " stands in")


def _leave(facts: HomeFacts) -> list[Part]:
    rows: list[Part] = [
        Row(
            leave_line(leave, facts.names),
            (Button("Remove", Act.REMOVE_LEAVE, f"{leave.first.isoformat()}..{leave.last.isoformat()}"),),
        )
        for leave in facts.person.leave[:10]
    ]
    return [*rows, buttons(Button("Add leave…", Act.ADD_LEAVE))]


def _connection(facts: HomeFacts) -> list[Part]:
    if facts.connected is None:
        return []
    if facts.connected:
        said = "Connected: I set your status and pause your notifications, and put back what was there."
        confirm = "I will no longer set your status or pause your notifications. Disconnect?"
        return [Row(line(said), (Button("Disconnect", Act.DISCONNECT, confirm=confirm),))]
    said = "Not connected. Connecting lets me set your status and pause your notifications in time."
    return [Row(line(said), (Button("Connect…", Act.CONNECT, tone="primary"),))]


def _nudges(state: PersonState) -> list[Part]:
    """The two daily nudges, and every other kind that is off."""
    each_kind = [(kind, state.ritual(kind)) for kind in Ritual]
    kinds = [(kind, each) for kind, each in each_kind if kind in (Ritual.START, Ritual.END) or each.muted]
    return [
        Row(
            line(f"The {NAMES[kind]} nudge is {'off' if each.muted else 'on'}."),
            (
                Button("Turn on", Act.UNMUTE, kind.value)
                if each.muted
                else Button("Turn off", Act.MUTE, kind.value),
            ),
        )
        for kind, each in kinds
    ]
