"""The one screen of each ritual: what it asks, in our words or the person's own. Every field is optional."""

from __future__ import annotations

from dataclasses import dataclass

from bot.messages.actions import FormId
from bot.messages.model import Field, Form, NoteField, TextField, Verbatim
from bot.messages.words import line
from rules import Ritual

NAMES = {
    Ritual.START: "start-of-day",
    Ritual.END: "end-of-day",
    Ritual.HANDOVER: "hand-over",
    Ritual.LANDING: "landing",
    Ritual.RETURN: "back-from-leave",
    Ritual.WEEKLY: "weekly",
}
LONGEST_ANSWER = 600
"""Characters of one answer: a few lines."""
MOST_QUESTIONS = 3
LONGEST_QUESTION = 150


@dataclass(frozen=True, slots=True)
class Question:
    """A field of a ritual: `id` in its form, `label` before the answer when it comes back, the question."""

    id: str
    label: str
    text: str
    hint: str = ""


QUESTIONS: dict[Ritual, tuple[Question, ...]] = {
    Ritual.START: (
        Question("matters", "What matters", "What matters today?"),
        Question("first", "First step", "Your first step"),
    ),
    Ritual.END: (
        Question("done", "Done", "What is done?"),
        Question("open", "Open", "What is still open?", "Where, when and how do you go on with it?"),
        Question("first", "First step", "The first step tomorrow"),
    ),
    Ritual.HANDOVER: (
        Question("progress", "In progress", "What is in progress?"),
        Question("next", "Next step", "Its next step"),
    ),
    Ritual.LANDING: (
        Question("stop", "Where I stopped", "Where do you stop?"),
        Question("next", "Next step", "What comes first when you are back?"),
    ),
    Ritual.RETURN: (
        Question("matters", "What matters", "What matters in these first days?"),
        Question("first", "First step", "Your first step"),
    ),
}
"""What each ritual asks, in our words; a person's own questions take their place."""
TITLES = {
    Ritual.START: ("Start the day", "Start the day"),
    Ritual.END: ("Close the day", "Close the day"),
    Ritual.HANDOVER: ("Hand over to later", "Close the block"),
    Ritual.LANDING: ("Land", "I've landed"),
    Ritual.RETURN: ("Back from leave", "Begin"),
}
"""The title of each ritual's form, and what sending it does."""


def form(kind: Ritual, value: str, own: tuple[str, ...] = (), first: str = "") -> Form:
    """The one screen of a ritual; `own` are the person's own questions, `first` fills in the first step of
    the day."""
    kind = kind if kind in QUESTIONS else Ritual.END
    title, submit = TITLES[kind]
    fields = _own_fields(own) if own else tuple(_field(each, first) for each in QUESTIONS[kind])
    private = NoteField(line("Only you see what you write."))
    return Form(FormId.RITUAL, title, submit, (*fields, private), context=value)


def _field(question: Question, first: str) -> TextField:
    return TextField(
        question.id,
        question.text,
        value=first if question.id == "first" else "",
        hint=question.hint,
        multiline=question.id != "first",
        optional=True,
        max_length=LONGEST_ANSWER,
    )


def own_field(place: int) -> str:
    """The field that answers the person's own question in this place."""
    return f"own{place}"


def _own_fields(own: tuple[str, ...]) -> tuple[Field, ...]:
    """People's questions are shown as they are, beside fields with a label of ours: a label may be markup."""
    fields: list[Field] = []
    for place, question in enumerate(own[:MOST_QUESTIONS]):
        label = "In your words" if len(own) == 1 else f"Answer {place + 1}"
        fields.append(NoteField(line(Verbatim(question))))
        fields.append(
            TextField(own_field(place), label, multiline=True, optional=True, max_length=LONGEST_ANSWER)
        )
    return tuple(fields)
