"""A person's day and a team's week as pictures: native charts, squares or rows of words where a client has no
charts, and the sentence below.

Charts in Adaptive Cards: [MST task-modules-and-cards/cards/charts-in-adaptive-cards.md]. They have no field
for what a screen reader says, and Microsoft's own test client draws this one without its legend, so the
sentence always stands below. A stretch's legend carries its hours, or the client would add up two stretches
of the same name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from adapters.teams.elements import SUBTLE, text
from bot.messages.model import Chart, Ribbon, RibbonPart

Json = dict[str, Any]

SLOT: Final = 30  # minutes of the day in one square
SLOTS_A_LINE: Final = 12


class Look(NamedTuple):
    """A mode's color among those that charts have names for, and its square."""

    color: str
    square: str


LOOKS: Final[Mapping[str, Look]] = MappingProxyType(
    {
        "available": Look("categoricalGreen", "🟩"),
        "break": Look("divergingYellow", "🟨"),
        "off": Look("neutral", "⬛"),
        "focus": Look("categoricalBlue", "🟦"),
        "recharge": Look("divergingMaroon", "🟫"),
        "quiet": Look("categoricalPurple", "🟪"),
        "leave": Look("categoricalMarigold", "🟧"),
    }
)
UNKNOWN: Final = Look("divergingGray", "⬜")

SERIES: Final = ("categoricalBlue", "categoricalMarigold", "categoricalTeal", "categoricalPurple",
                 "categoricalLightBlue", "neutral")  # fmt: skip
"""Colors of a chart's series, in order: told apart by people with any kind of color vision, since they differ
in lightness and none is a red beside a green. Clients have their own shades of them for dark mode."""


def ribbon(part: Ribbon) -> Iterator[Json]:
    """The elements of a ribbon: the chart and its sentence, if it has one."""
    if part.parts:
        yield _chart(part)
    yield from text(part.alt, **SUBTLE)


def bars(part: Chart) -> Iterator[Json]:
    """The elements of a chart: bars in groups, one group a label, and the sentence, if it has one."""
    if part.labels and part.series:
        yield {
            "type": "Chart.VerticalBar.Grouped",
            "title": part.title,
            "data": [
                {
                    "legend": each.name,
                    "color": color,
                    "values": [
                        {"x": label, "y": value}
                        for label, value in zip(part.labels, each.values, strict=False)
                    ],
                }
                for each, color in zip(part.series, SERIES, strict=False)
            ],
            "fallback": _in_rows(part),
        }
    yield from text(part.alt, **SUBTLE)


def _in_rows(part: Chart) -> Json:
    """A row of words for each label, the title first."""
    rows = [
        ", ".join(f"{each.name} {each.values[place]}" for each in part.series if place < len(each.values))
        for place in range(len(part.labels))
    ]
    lines = [part.title, *(f"{label}: {row}" for label, row in zip(part.labels, rows, strict=True))]
    blocks = [block for line in lines for block in text(line)]
    for block in blocks[1:]:
        block["spacing"] = "None"
    return {"type": "Container", "items": blocks}


def clock(minute: int) -> str:
    """`09:00` from minutes after midnight; the end of a day is `24:00`."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _chart(part: Ribbon) -> Json:
    title = "Today" if part.now is None else f"Today, as of {clock(part.now)}"  # a Home stays
    return {
        "type": "Chart.HorizontalBar.Stacked",
        "title": title,
        "data": [{"title": title, "data": [_stretch(each) for each in part.parts]}],
        "fallback": _squares(part, title),
    }


def _stretch(part: RibbonPart) -> Json:
    return {
        "legend": f"{part.mode.capitalize()} {clock(part.start)}-{clock(part.end)}",
        "value": round((part.end - part.start) / 60, 2),
        "color": LOOKS.get(part.mode, UNKNOWN).color,
    }


def _squares(part: Ribbon, title: str) -> Json:
    """Six hours a line, the hour first, half an hour a square, brackets around now, what is what below."""
    lines = [title]
    for first in range(0, 1440, SLOT * SLOTS_A_LINE):
        row = "".join(_square(part, first + SLOT * index) for index in range(SLOTS_A_LINE))
        lines.append(f"{first // 60:02d}  {row}")
    modes = dict.fromkeys(each.mode for each in part.parts)
    lines.append("  ".join(f"{LOOKS.get(mode, UNKNOWN).square} {mode}" for mode in modes))
    blocks = [block for line in lines for block in text(line, fontType="Monospace")]
    for block in blocks[1:]:
        block["spacing"] = "None"
    return {"type": "Container", "items": blocks}


def _square(part: Ribbon, start: int) -> str:
    found = max(part.parts, key=partial(_overlap, start))
    square = (LOOKS.get(found.mode, UNKNOWN) if _overlap(start, found) else UNKNOWN).square
    is_now = part.now is not None and start <= part.now < start + SLOT
    return f"[{square}]" if is_now else square


def _overlap(start: int, piece: RibbonPart) -> int:
    """Minutes of the slot that begins at `start` which lie in `piece`."""
    return max(0, min(piece.end, start + SLOT) - max(piece.start, start))
