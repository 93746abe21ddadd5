"""Neutral messages as Block Kit. Text from people goes only where Slack parses nothing: plain_text and rich
text.

A `Who` is written as "@label", not as a Slack mention, so that naming a person never pings them. Sizes are
those of docs.slack.dev/reference/block-kit; what is too long is split, and what has no place is counted,
never dropped silently.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from adapters.fitting import chunks, clip
from adapters.slack.charts import MESSAGE_CHARTS, bars
from adapters.slack.wording import escape
from bot.messages.model import (
    Actions,
    Bullets,
    Button,
    Chart,
    Code,
    Context,
    Divider,
    Heading,
    Line,
    Link,
    Message,
    Paragraph,
    Part,
    Plain,
    Quote,
    Ribbon,
    RibbonPart,
    Row,
    Span,
    Strong,
    Who,
)

Json = dict[str, Any]

MESSAGE_BLOCKS: Final = 50
VIEW_BLOCKS: Final = 100
SECTION_TEXT: Final = 3000
SUMMARY_TEXT: Final = 1000  # the fallback is one line; Slack itself takes 4,000
HEADER_TEXT: Final = 150
BUTTON_TEXT: Final = 75
CONFIRM_TEXT: Final = 300
TITLE_TEXT: Final = 24
ROW_OF_BUTTONS: Final = 25

SLOT: Final = 30  # minutes of the day in one square of a ribbon
SLOTS_A_LINE: Final = 12
SQUARES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "available": "🟩",
        "break": "🟨",
        "off": "⬛",
        "focus": "🟦",
        "recharge": "🟫",
        "quiet": "🟪",
        "leave": "🟧",
    }
)
UNKNOWN_SQUARE: Final = "⬜"


def post_body(message: Message, block_id: str = "", charts: int = MESSAGE_CHARTS) -> Json:
    """`text` and `blocks` of a message; `block_id` marks its first block, `charts` are drawn at most."""
    blocks = message_blocks(message, MESSAGE_BLOCKS, charts)
    if block_id:
        blocks[0] = blocks[0] | {"block_id": block_id}
    return {"text": fallback(message), "blocks": blocks, "link_names": False}


def private_body(message: Message, *, replace: bool = False, block_id: str = "") -> Json:
    """The answer to a command or a pressed button, seen by the acting person only; `block_id` as for
    `post_body`."""
    body = post_body(message, block_id)
    del body["link_names"]
    return body | (
        {"replace_original": True} if replace else {"response_type": "ephemeral", "replace_original": False}
    )


def home_view(home: Message) -> Json:
    """The view of the Home tab."""
    return {"type": "home", "blocks": message_blocks(home, VIEW_BLOCKS, charts=0)}


def answer_view(message: Message, title: str = "Boundary Bot") -> Json:
    """A modal that only says something, e.g. what will happen after a form was sent."""
    return {
        "type": "modal",
        "title": plain_text(title, TITLE_TEXT),
        "close": plain_text("Close", TITLE_TEXT),
        "blocks": message_blocks(message, VIEW_BLOCKS, charts=0),
    }


def fallback(message: Message) -> str:
    """The one line for notifications and screen readers, escaped."""
    return clip(escape(message.summary), SUMMARY_TEXT) or "Boundary Bot"


def message_blocks(message: Message, at_most: int, charts: int = MESSAGE_CHARTS) -> list[Json]:
    """All parts as blocks; parts that do not fit are counted in a last line, and closing buttons are kept.

    At most `charts` of its charts are drawn, of the others there are the words.
    """
    parts = message.parts or (Paragraph(((Strong(message.summary),),)),)
    parts = tuple(_drawn(parts, charts))
    groups = [group for group in map(part_blocks, parts) if group]
    if sum(map(len, groups)) > at_most:
        groups = _shortened(groups, at_most)
    return [block for group in groups for block in group] or [_context("Nothing to show.")]


def _drawn(parts: Iterable[Part], charts: int) -> Iterator[Part]:
    """The parts with words in place of all charts but the first `charts`."""
    for part in parts:
        if not isinstance(part, Chart):
            yield part
            continue
        charts -= 1
        yield part if charts >= 0 else Context(((Plain(part.alt),),))


def part_blocks(part: Part) -> list[Json]:
    """The blocks of one part; [] if it holds no text at all."""
    return list(_RENDERERS[type(part)](part))


def plain_text(text: str, longest: int) -> Json:
    """A text object that Slack does not parse; never empty, which Slack refuses."""
    return {"type": "plain_text", "text": clip(text, longest) or "-", "emoji": False}


def _shortened(groups: Sequence[list[Json]], at_most: int) -> list[list[Json]]:
    last = [groups[-1]] if groups[-1][0]["type"] == "actions" else []
    room = at_most - 1 - sum(map(len, last))
    kept: list[list[Json]] = []
    for group in groups[: len(groups) - len(last)]:
        if len(group) > room:
            break
        kept.append(group)
        room -= len(group)
    more = len(groups) - len(kept) - len(last)
    return [*kept, [_context(f"and {more} more, see /boundary waiting")], *last]


# Parts ------------------------------------------------------------------------------------------------------


def _heading(part: Heading) -> Iterator[Json]:
    if part.text:
        yield {"type": "header", "text": plain_text(part.text, HEADER_TEXT)}


def _paragraph(part: Paragraph) -> Iterator[Json]:
    yield from _rich("rich_text_section", _elements(part.lines))


def _bullets(part: Bullets) -> Iterator[Json]:
    items = [
        {"type": "rich_text_section", "elements": group}
        for item in part.items
        for group in _packed(_spans(item))
    ]
    for group in _by_size(items, _section_size):
        yield _rich_block({"type": "rich_text_list", "style": "bullet", "elements": group})


def _quote(part: Quote) -> Iterator[Json]:
    yield from _rich("rich_text_quote", _text(part.text))


def _small_print(part: Context) -> Iterator[Json]:
    if any(isinstance(span, Link) for line in part.lines for span in line):
        yield from _rich("rich_text_section", _elements(part.lines))
        return
    for chunk in chunks("\n".join(map(flat, part.lines)), SECTION_TEXT):
        yield _context(chunk)


def _divider(_: Divider) -> Iterator[Json]:
    yield {"type": "divider"}


def _actions(part: Actions) -> Iterator[Json]:
    for first in range(0, len(part.buttons), ROW_OF_BUTTONS):
        row = part.buttons[first : first + ROW_OF_BUTTONS]
        yield {"type": "actions", "elements": [_button(button, index) for index, button in enumerate(row)]}


def _row(part: Row) -> Iterator[Json]:
    text = flat(part.line)
    is_simple = (
        bool(text) and len(text) <= SECTION_TEXT and not any(isinstance(span, Link) for span in part.line)
    )
    if is_simple and len(part.buttons) == 1:
        yield {
            "type": "section",
            "text": plain_text(text, SECTION_TEXT),
            "accessory": _button(part.buttons[0], 0),
        }
        return
    yield from _rich("rich_text_section", _spans(part.line))
    yield from _actions(Actions(part.buttons))


def _ribbon(part: Ribbon) -> Iterator[Json]:
    if part.parts:
        modes = dict.fromkeys(piece.mode for piece in part.parts)
        legend = "  ".join(f"{SQUARES.get(mode, UNKNOWN_SQUARE)} {mode}" for mode in modes)
        yield from _rich("rich_text_section", _text("\n".join(_ribbon_lines(part))))
        yield _context(clip(legend, SECTION_TEXT))
    if part.alt:
        yield _context(clip(part.alt, SECTION_TEXT))


def _chart(part: Chart) -> Iterator[Json]:
    """Bars, and the same in words: clients that cannot draw them show nothing in their place."""
    if block := bars(part):
        yield block
    if part.alt:
        yield _context(clip(part.alt, SECTION_TEXT))


def _ribbon_lines(part: Ribbon) -> Iterator[str]:
    """Six hours a line, the hour first, half an hour a square, brackets around now."""
    for first in range(0, 1440, SLOT * SLOTS_A_LINE):
        squares = [_square(part, first + SLOT * index) for index in range(SLOTS_A_LINE)]
        yield f"{first // 60:02d}  {''.join(squares)}"


def _square(part: Ribbon, start: int) -> str:
    found = max(part.parts, key=partial(_overlap, start))
    square = SQUARES.get(found.mode, UNKNOWN_SQUARE) if _overlap(start, found) else UNKNOWN_SQUARE
    is_now = part.now is not None and start <= part.now < start + SLOT
    return f"[{square}]" if is_now else square


def _overlap(start: int, piece: RibbonPart) -> int:
    """Minutes of the slot that begins at `start` which lie in `piece`."""
    return max(0, min(piece.end, start + SLOT) - max(piece.start, start))


_RENDERERS: Final[Mapping[type[Part], Callable[[Any], Iterable[Json]]]] = MappingProxyType(
    {
        Heading: _heading,
        Paragraph: _paragraph,
        Bullets: _bullets,
        Quote: _quote,
        Context: _small_print,
        Divider: _divider,
        Ribbon: _ribbon,
        Chart: _chart,
        Actions: _actions,
        Row: _row,
    }
)


# Pieces -----------------------------------------------------------------------------------------------------


def flat(line: Line) -> str:
    """A line as plain words."""
    return "".join(map(_words, line))


def _words(span: Span) -> str:
    if isinstance(span, Who):
        return f"@{span.label.removeprefix('@')}" if span.label else span.name
    return span.label if isinstance(span, Link) else span.text


def _context(text: str) -> Json:
    return {"type": "context", "elements": [plain_text(text, SECTION_TEXT)]}


def _button(button: Button, index: int) -> Json:
    """`action_id` is the action with the place in its row, since Slack wants it unique within a block."""
    element: Json = {
        "type": "button",
        "text": plain_text(button.label, BUTTON_TEXT),
        "action_id": f"{'link' if button.url else button.action}~{index}",
    }
    if button.url:
        element["url"] = button.url
    elif button.value:
        element["value"] = button.value
    if button.tone:
        element["style"] = button.tone
    if button.confirm:
        element["confirm"] = {
            "title": plain_text("Are you sure?", 100),
            "text": plain_text(button.confirm, CONFIRM_TEXT),
            "confirm": plain_text("Yes", 30),
            "deny": plain_text("No", 30),
        }
    return element


def _elements(lines: Sequence[Line]) -> list[Json]:
    """Lines as rich text elements with line ends between them."""
    found: list[Json] = []
    for index, line in enumerate(lines):
        found += [*_text("\n" if index else ""), *_spans(line)]
    return found


def _spans(line: Line) -> list[Json]:
    return [element for span in line for element in _span(span)]


def _span(span: Span) -> list[Json]:
    if isinstance(span, Link) and span.url.startswith(("https://", "http://")):
        return [{"type": "link", "url": span.url, "text": clip(span.label, SECTION_TEXT) or span.url}]
    style = {Strong: "bold", Code: "code"}.get(type(span))
    return _text(_words(span), style)


def _text(text: str, style: str | None = None) -> list[Json]:
    styled = {"style": {style: True}} if style else {}
    return [{"type": "text", "text": chunk} | styled for chunk in chunks(text, SECTION_TEXT)]


def _rich(kind: str, elements: Sequence[Json]) -> Iterator[Json]:
    for group in _packed(elements):
        yield _rich_block({"type": kind, "elements": group})


def _rich_block(element: Json) -> Json:
    return {"type": "rich_text", "elements": [element]}


def _packed(elements: Sequence[Json]) -> list[list[Json]]:
    return _by_size(elements, lambda element: len(element["text"]))


def _section_size(section: Json) -> int:
    return sum(len(element["text"]) for element in section["elements"])


def _by_size(items: Sequence[Json], size: Callable[[Json], int]) -> list[list[Json]]:
    """Items in order, in groups of at most SECTION_TEXT characters each."""
    groups: list[list[Json]] = []
    room = 0
    for item in items:
        if not groups or size(item) > room:
            groups.append([])
            room = SECTION_TEXT
        groups[-1].append(item)
        room -= size(item)
    return groups
