"""Neutral messages as Adaptive Cards: one card a message, in several activities where it is too long for one.

A message's size counts as UTF-16, 100 KB at most; we stay below 80 KB. Nothing is cut inside a line with its
buttons; a heading stays with what it heads, and buttons with what they are about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final

from adapters.fitting import chunks, clip
from adapters.teams.charts import bars, ribbon
from adapters.teams.elements import BLOCK_TEXT, SUBTLE, action_set, card_activity, card_of, rich, text
from adapters.teams.wording import is_harmless, size
from bot.messages.model import (
    Actions,
    Bullets,
    Chart,
    Context,
    Divider,
    Heading,
    Message,
    Paragraph,
    Part,
    Quote,
    Ribbon,
    Row,
    Strong,
)

Json = dict[str, Any]

LARGEST: Final = 80_000  # bytes of an activity, see `size`
NOTE_ROOM: Final = 1000  # bytes for "And 3 more …"
HEADING_TEXT: Final = 300
BESIDE: Final = 1  # buttons to the right of a line; two would leave the line no room on a phone


def activity(message: Message, *, surface: str = "message") -> Json:
    """One message activity with the whole message; parts that do not fit are counted in a last line.

    For what is updated in place. `surface` comes back with every pressed button.
    """
    return card_activity(card(message, surface), message.summary)


def activities(message: Message, *, alert: bool = False, surface: str = "message") -> list[Json]:
    """The message in as many activities of at most 80 KB as it needs.

    `alert` raises a notification of its own besides the chat's, for what nobody is waiting for; one for all.
    """
    pages = _pages(_groups(message, surface), LARGEST - _frame(message))
    return [
        card_activity(card_of(_body(page), message.summary), message.summary, alert=alert and not place)
        for place, page in enumerate(pages)
    ]


def card(message: Message, surface: str = "message") -> Json:
    """The card of a message; what has no place is counted, and closing buttons are kept."""
    groups = _groups(message, surface)
    room = LARGEST - _frame(message)
    if sum(unit.size for group in groups for unit in group) > room:
        groups = _shortened(groups, room - NOTE_ROOM)
    return card_of(_body([unit for group in groups for unit in group]), message.summary)


# Packing ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Unit:
    """Elements that are never parted, with their size; `divided` by a line from what is above them."""

    elements: tuple[Json, ...]
    size: int
    divided: bool = False


def _unit(elements: Iterable[Json], divided: bool = False) -> Unit:
    made = tuple(elements)
    return Unit(made, sum(size(each) + 90 for each in made), divided)


def _frame(message: Message) -> int:
    """Bytes of an activity besides the elements of its card."""
    return size(card_activity(card_of([], message.summary), message.summary, alert=True))


def _groups(message: Message, surface: str) -> list[list[Unit]]:
    """Units of the whole message, those together that belong together."""
    parts = message.parts or (Paragraph(((Strong(message.summary),),)),)
    groups: list[list[Unit]] = []
    divided, before = False, None
    for part in parts:
        if isinstance(part, Divider):
            divided = True
            continue
        units = [_unit(elements) for elements in _RENDERERS[type(part)](part, surface)]
        if not units:
            continue
        if divided:
            units[0] = Unit(units[0].elements, units[0].size, divided=True)
        if groups and not divided and _belongs(before, part):
            groups[-1] += units
        else:
            groups.append(units)
        divided, before = False, part
    return groups or [[_unit(text("Nothing to show."))]]


def _belongs(before: Part | None, part: Part) -> bool:
    """Whether a part is shown below the one before it whatever happens."""
    return (
        isinstance(part, Actions)
        or isinstance(before, Heading)
        or (isinstance(before, Paragraph) and isinstance(part, Quote))
    )


def _pages(groups: Sequence[Sequence[Unit]], room: int) -> list[list[Unit]]:
    pages: list[list[Unit]] = [[]]
    left = room
    for group in groups:
        whole = sum(unit.size for unit in group)
        pieces = [list(group)] if whole <= room else [[unit] for unit in group]
        for piece in pieces:
            needed = sum(unit.size for unit in piece)
            if needed > left and pages[-1]:
                pages.append([])
                left = room
            pages[-1] += piece
            left -= needed
    return pages


def _shortened(groups: Sequence[list[Unit]], room: int) -> list[list[Unit]]:
    closing = [groups[-1]] if groups[-1][-1].elements[-1]["type"] == "ActionSet" else []
    if sum(unit.size for group in closing for unit in group) > room // 2:
        closing = []
    room -= sum(unit.size for group in closing for unit in group)
    kept: list[list[Unit]] = []
    for group in groups[: len(groups) - len(closing)]:
        room -= sum(unit.size for unit in group)
        if room < 0:
            break
        kept.append(group)
    more = len(groups) - len(kept) - len(closing)
    note = _unit(text(f"And {more} more that have no room here.", **SUBTLE))
    return [*kept, [note], *closing]


def _body(units: Sequence[Unit]) -> list[Json]:
    body: list[Json] = []
    for unit in units:
        first, *others = unit.elements
        line = {"separator": True, "spacing": "Large"} if unit.divided and body else {}
        body += [first | line, *others]
    return [body[0], *(_spaced(above, below) for above, below in pairwise(body))] if body else body


def _spaced(above: Json, below: Json) -> Json:
    """Boxes and buttons stand close to what they belong to; what follows buttons is something else."""
    if "spacing" in below:
        return below
    if below["type"] in ("Container", "ActionSet"):
        return below | {"spacing": "Small" if above["type"] == "RichTextBlock" else "Default"}
    return below | {"spacing": "Large"} if above["type"] == "ActionSet" else below


# Parts ------------------------------------------------------------------------------------------------------


def _heading(part: Heading, _: str) -> Iterator[list[Json]]:
    """A heading for screen readers too, if its words can only be words; a TextBlock renders Markdown."""
    look = {"size": "Large", "weight": "Bolder", "spacing": "Large"}
    words = clip(part.text, HEADING_TEXT)
    if is_harmless(words):
        yield [{"type": "TextBlock", "text": words, "wrap": True, "style": "heading", **look}]
    elif words:
        yield [block | {"spacing": "Large"} for block in text(words, size="Large", weight="Bolder")]


def _paragraph(part: Paragraph, _: str) -> Iterator[list[Json]]:
    first = True
    for line in part.lines:
        for block in rich(line):
            yield [block if first else block | {"spacing": "Small"}]
            first = False


def _bullets(part: Bullets, _: str) -> Iterator[list[Json]]:
    for item in part.items:
        for block in rich(item):
            columns = [
                {"type": "Column", "width": "auto", "items": [{"type": "TextBlock", "text": "•"}]},
                {"type": "Column", "width": "stretch", "spacing": "Small", "items": [block]},
            ]
            near = {} if item is part.items[0] else {"spacing": "Small"}
            yield [{"type": "ColumnSet", "columns": columns, **near}]


def _quote(part: Quote, _: str) -> Iterator[list[Json]]:
    for chunk in chunks(part.text, BLOCK_TEXT):
        yield [{"type": "Container", "style": "emphasis", "items": list(text(chunk))}]


def _small_print(part: Context, _: str) -> Iterator[list[Json]]:
    for line in part.lines:
        for block in rich(line, **SUBTLE):
            yield [block | {"spacing": "Small"}]


def _ribbon(part: Ribbon, _: str) -> Iterator[list[Json]]:
    elements = list(ribbon(part))
    if elements:
        yield elements[:2]  # the chart and its sentence
    yield from ([further] for further in elements[2:])


def _chart(part: Chart, _: str) -> Iterator[list[Json]]:
    elements = list(bars(part))
    if elements:
        yield elements


def _actions(part: Actions, surface: str) -> Iterator[list[Json]]:
    if elements := action_set(part.buttons, surface):
        yield elements


def _row(part: Row, surface: str) -> Iterator[list[Json]]:
    """The line with its buttons to the right; below it where they are many or open a question."""
    blocks = list(rich(part.line))
    yield from ([block] for block in blocks[:-1])
    last = blocks[-1] if blocks else None
    buttons = action_set(part.buttons, surface)
    asks = any(button.confirm for button in part.buttons)
    if last and buttons and not asks and len(part.buttons) <= BESIDE:
        columns = [
            {"type": "Column", "width": "stretch", "items": [last], "verticalContentAlignment": "Center"},
            {"type": "Column", "width": "auto", "items": buttons, "verticalContentAlignment": "Center"},
        ]
        yield [{"type": "ColumnSet", "columns": columns}]
    elif elements := [*([last] if last else []), *buttons]:
        yield elements


_RENDERERS: Final[Mapping[type[Part], Callable[[Any, str], Iterable[list[Json]]]]] = MappingProxyType(
    {
        Heading: _heading,
        Paragraph: _paragraph,
        Bullets: _bullets,
        Quote: _quote,
        Context: _small_print,
        Ribbon: _ribbon,
        Chart: _chart,
        Actions: _actions,
        Row: _row,
    }
)
