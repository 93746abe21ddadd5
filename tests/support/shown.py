"""A neutral message as the words a person would read, for assertions that speak their language."""

from __future__ import annotations

from bot.messages.model import (
    Actions,
    Bullets,
    Button,
    Chart,
    Context,
    Divider,
    Form,
    Heading,
    Line,
    Message,
    Paragraph,
    Part,
    Quote,
    Ribbon,
    Row,
)
from bot.messages.words import plain


def shown(message: Message | None) -> str:
    """Everything in a message as lines of text; buttons as "[label]"."""
    return "\n".join(filter(None, (_part(part) for part in message.parts))) if message else ""


def _part(part: Part) -> str:
    match part:
        case Heading(text) | Quote(text):
            return text
        case Paragraph(lines) | Bullets(lines) | Context(lines):
            return "\n".join(map(plain, lines))
        case Row(line, row_buttons):
            return _with(line, row_buttons)
        case Actions(row_buttons):
            return " ".join(f"[{button.label}]" for button in row_buttons)
        case Ribbon(_, _, alt) | Chart(_, _, _, alt):
            return alt
        case Divider():
            return ""


def _with(line: Line, row_buttons: tuple[Button, ...]) -> str:
    return " ".join([plain(line), *(f"[{button.label}]" for button in row_buttons)])


def buttons_of(message: Message | None) -> list[Button]:
    """Every button of a message, in order."""
    found: list[Button] = []
    for part in message.parts if message else ():
        if isinstance(part, Actions | Row):
            found += part.buttons
    return found


def button(message: Message | None, label: str) -> Button:
    """The button with this label; an AssertionError with the labels there are if it is missing."""
    for found in buttons_of(message):
        if found.label == label:
            return found
    raise AssertionError(f"no button {label!r} among {[each.label for each in buttons_of(message)]}")


def fields_of(form: Form | None) -> list[str]:
    """The ids of a form's fields."""
    return [field.id for field in form.fields if hasattr(field, "id")] if form else []
