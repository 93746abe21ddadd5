"""Every form: what is asked, with an example in each field that takes words."""

from __future__ import annotations

from dataclasses import dataclass

from bot.messages.actions import FormId
from bot.messages.digest import REASONS
from bot.messages.model import (
    ChoiceField,
    Form,
    NoteField,
    Option,
    PeopleField,
    TextField,
    Verbatim,
    Who,
)
from bot.messages.words import line
from rules import Kind, Person, Style, Window, format_when

LONGEST_TEXT = 2500
"""Characters of a held text: one quote block on every platform."""
LONGEST_NAME = 60
PEOPLE_FIELDS = ("to", "people", "stand_in", "ask_on_leave")
"""The fields in which people are chosen, by their platform ids."""

STYLES = {
    Style.SEPARATOR: "Separator: a hard line, quiet lets nobody through",
    Style.INTEGRATOR: "Integrator: life and work blend, urgent gets through",
    Style.CYCLER: "Cycler: times of each, urgent gets through",
}
KINDS = {
    Kind.FOCUS: "Focus",
    Kind.QUIET: "Quiet",
    Kind.BREAK: "Break",
    Kind.RECHARGE: "Recharge",
    Kind.ON_CALL: "On call: urgent passes everything",
}
PASSES = {
    "default": "The usual for this kind",
    "nobody": "Nobody",
    "urgent": "Urgent messages",
    "everyone": "Everyone",
}


@dataclass(frozen=True, slots=True)
class UrgentNorm:
    """What a team that sender and recipient share agreed about urgent messages: `means` in its own words, ""
    if it did not say; `budget` break-throughs a week, None without one. Never how many there were: that
    would tell what others did."""

    team: str
    means: str = ""
    budget: int | None = None


def urgent(hold: str, who: Who, agreed: list[UrgentNorm]) -> Form:
    """Why it cannot wait: what counts as urgent, one of five reasons, a few words, and a confirmation."""
    return Form(
        FormId.URGENT,
        "Send now",
        "Send now",
        (
            NoteField(
                line(
                    who, " is away from notifications. They see your reason and can say whether it was fair."
                )
            ),
            *(note for norm in agreed for note in _agreed(norm)),
            ChoiceField(
                "reason", "Why can't it wait?", tuple(Option(key, label) for key, label in REASONS.items())
            ),
            TextField(
                "words", "In a few words", optional=True, max_length=200, placeholder="The shop is down"
            ),
            ChoiceField(
                "sure",
                "Please confirm",
                (Option("yes", "This cannot wait until they are back"),),
                many=True,
            ),
        ),
        context=hold,
    )


def _agreed(norm: UrgentNorm) -> list[NoteField]:
    notes = []
    if norm.means:
        notes.append(NoteField(line("Urgent in ", Verbatim(norm.team), ": ", Verbatim(norm.means))))
    if norm.budget is not None:
        counted = f" agreed on at most {norm.budget} break-throughs a week, and this one is counted."
        notes.append(NoteField(line(Verbatim(norm.team), counted)))
    return notes


def later(
    text: str = "",
    context: str = "",
    chosen: tuple[str, ...] = (),
    needs_by: str = "",
    unknown: str = "",
    *,
    shared: bool = False,
) -> Form:
    """Deliver when available: to whom, what, and by when an answer is needed. `unknown` is a name that was
    typed and that nobody here goes by, or, if it is `shared`, more than one."""
    why = "I know more than one" if shared else "I do not know"
    note = NoteField(line(f"{why} “{unknown[:40]}”: choose who it is for."))
    return Form(
        FormId.LATER,
        "Deliver when available",
        "Hold it",
        (
            *((note,) if unknown else ()),
            PeopleField("to", "To", chosen=chosen, many=True),
            TextField("text", "Message", value=text[:LONGEST_TEXT], multiline=True, max_length=LONGEST_TEXT),
            _needs_by(needs_by[:60]),
        ),
        context=context,
    )


def _needs_by(value: str = "") -> TextField:
    return TextField(
        "needs_by",
        "I need an answer by",
        value=value,
        placeholder="17:00",
        hint="Such as 17:00, tomorrow 9:00 or fri 14:00. Leave empty if there is no hurry.",
        optional=True,
        max_length=60,
    )


def edit_hold(hold: str, text: str) -> Form:
    """Change a text that still waits."""
    return Form(
        FormId.EDIT_HOLD,
        "Edit your message",
        "Save",
        (TextField("text", "Message", value=text, multiline=True, max_length=LONGEST_TEXT),),
        context=hold,
    )


def first(person: Person, offer: str = "", *, defaults: bool = False) -> Form:
    """The three questions of first contact. `offer` are the hours that the person's calendar knows: filled in
    where they have none but the `defaults`, else only said."""
    fill = bool(offer) and defaults
    now = f" Until you save, {format_when(person.hours)} holds." if person.hours else ""
    filled = f"Your calendar says {offer}, so I filled that in.{now}"
    note = NoteField(line(filled if fill else f"Your calendar says {offer}."))
    return Form(
        FormId.FIRST,
        "Three questions",
        "Save",
        (
            *((note,) if offer else ()),
            _hours(person, offer if fill else ""),
            TextField(
                "never",
                "One thing never to interrupt",
                placeholder="daily 18:00-19:30 family dinner",
                hint="Days, times, and what you call it. Others never see the name.",
                optional=True,
                max_length=200,
            ),
            _style(person),
        ),
    )


def _hours(person: Person, filled: str = "") -> TextField:
    return TextField(
        "hours",
        "Your working hours",
        value=filled or (format_when(person.hours) if person.hours else ""),
        placeholder="mon-fri 09:00-17:00",
        hint="Several ranges are fine: mon-thu 09:00-12:30, 14:00-18:00; fri 09:00-13:00",
        optional=True,
        max_length=300,
    )


def _style(person: Person) -> ChoiceField:
    options = tuple(Option(style.value, label) for style, label in STYLES.items())
    return ChoiceField("style", "Your style", options, chosen=(person.style.value,))


def frame(person: Person) -> Form:
    """Hours, zone, style, holidays and digest moments."""
    return Form(
        FormId.FRAME,
        "Your frame",
        "Save",
        (
            _hours(person),
            TextField("zone", "Time zone", value=person.zone, placeholder="Europe/Lisbon", max_length=60),
            _style(person),
            TextField(
                "holidays",
                "Public holidays of",
                value=person.place or "",
                placeholder="PT",
                hint="A country or a part of one: PT, DE-BY. Empty for none.",
                optional=True,
                max_length=20,
            ),
            TextField(
                "digests",
                "What waited comes",
                value=", ".join(person.digests),
                placeholder="return, midday, before_end",
                hint="return, midday, before_end or a time such as 16:30.",
                optional=True,
                max_length=100,
            ),
        ),
    )


def window(context: str, current: Window | None, people: tuple[str, ...] = ()) -> Form:
    """A norm, new or to be edited; `people` are platform ids of those it lets through."""
    kind = current.kind if current else Kind.QUIET
    return Form(
        FormId.WINDOW,
        "Edit a norm" if current else "Add a norm",
        "Save",
        (
            TextField(
                "name",
                "Name",
                value=current.name if current else "",
                placeholder="family dinner",
                hint="Private unless you share it.",
                max_length=LONGEST_NAME,
            ),
            ChoiceField(
                "kind",
                "Kind",
                tuple(Option(each.value, label) for each, label in KINDS.items()),
                chosen=(kind.value,),
            ),
            TextField(
                "when",
                "When",
                value=format_when(current.when) if current else "",
                placeholder="daily 18:00-19:30",
                hint="tue,thu 09:00-11:30 · sun 00:00-24:00 · mon 18:00-20:00 every 2 weeks from 2026-11-23",
                max_length=300,
            ),
            ChoiceField(
                "passes",
                "Who gets through",
                tuple(Option(key, label) for key, label in PASSES.items()),
                chosen=(_passes(current),),
            ),
            PeopleField("people", "And always these people", chosen=people, many=True, optional=True),
            ChoiceField(
                "share",
                "What others see",
                (Option("yes", "Others see what it is called, too"),),
                chosen=("yes",) if current and current.share_name else (),
                many=True,
                optional=True,
            ),
        ),
        context=context,
    )


def _passes(current: Window | None) -> str:
    if current is None or current.passes is None:
        return "default"
    if current.passes.everyone:
        return "everyone"
    return "urgent" if current.passes.urgent else "nobody"


def leave() -> Form:
    """Days away and who stands in."""
    return Form(
        FormId.LEAVE,
        "Add leave",
        "Save",
        (
            TextField("first", "First day", placeholder="2026-12-21", max_length=10),
            TextField("last", "Last day", placeholder="2027-01-03", max_length=10),
            PeopleField("stand_in", "Who stands in", optional=True),
        ),
    )


def keep_zone(zone: str, home: str) -> Form:
    """Until when the norms stay in the home zone although the person is elsewhere; `zone` is where they
    are."""
    return Form(
        FormId.ZONE,
        "Keep your home zone",
        "Keep it",
        (
            NoteField(line(f"Your norms stay in {home} time.")),
            TextField(
                "until",
                "Ask me again after",
                placeholder="2026-12-04",
                hint="The last day of your stay. Empty: I don't ask again.",
                optional=True,
                max_length=10,
            ),
        ),
        context=zone,
    )
