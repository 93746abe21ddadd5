"""Elements of Adaptive Cards 1.5 as Teams shows them: rich text, buttons, and the card around them.

Text from people is the text of a TextRun, which renders no Markdown; a client shows no mention without an
entity of ours, and we send none. Sources: adaptivecards.io/explorer and [MST task-modules-and-cards/cards].
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from adapters.fitting import chunks, clip
from adapters.teams.wording import bare, inert, spoken, typed
from bot.messages.model import Button, Code, Line, Link, Plain, Span, Strong, Verbatim, Who

Json = dict[str, Any]

CARD_TYPE: Final = "application/vnd.microsoft.card.adaptive"
VERSION: Final = "1.5"
BLOCK_TEXT: Final = 4000  # characters; even if each needs six in JSON, a block stays far below 80 KB
TITLE_TEXT: Final = 75
SUMMARY_TEXT: Final = 500
QUESTION_TEXT: Final = 500
VISIBLE_BUTTONS: Final = 6  # what is more goes into the "…" menu

SUBTLE: Final[Mapping[str, Any]] = MappingProxyType({"size": "Small", "isSubtle": True})
_LOOKS: Final[Mapping[type[Span], Mapping[str, Any]]] = MappingProxyType(
    {
        Strong: {"weight": "Bolder"},
        Who: {"weight": "Bolder"},
        Code: {"fontType": "Monospace"},
        Link: {"color": "Accent", "underline": True},
    }
)


def card_of(body: Sequence[Json], summary: str, actions: Sequence[Json] = ()) -> Json:
    """The card around `body`, as wide as the conversation; `summary` is for clients that show no cards."""
    card: Json = {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": VERSION,
        "fallbackText": bare(spoken(summary), SUMMARY_TEXT),
        "msteams": {"width": "Full"},
        "body": list(body),
    }
    return card | ({"actions": list(actions)} if actions else {})


def card_activity(card: Json, summary: str, *, alert: bool = False) -> Json:
    """A message activity with one card and no text, which Teams might split into two messages.

    `summary` is what a notification shows; `alert` raises one besides the chat's own, for what cannot wait.
    """
    activity: Json = {
        "type": "message",
        "summary": bare(spoken(summary), SUMMARY_TEXT),
        "attachments": [{"contentType": CARD_TYPE, "content": card}],
    }
    return activity | ({"channelData": {"notification": {"alert": True}}} if alert else {})


def is_web(url: str) -> bool:
    """Whether an address may be opened from a card."""
    return url.startswith(("https://", "http://"))


def rich(line: Line, **look: Any) -> Iterator[Json]:
    """A line as rich text blocks of at most BLOCK_TEXT characters; nothing for a line without text."""
    for group in _packed(_pieces(line)):
        runs = [run for span, text in group for run in _runs(span, text, look)]
        yield {"type": "RichTextBlock", "inlines": runs}


def text(words: str, **look: Any) -> Iterator[Json]:
    """Words of whatever origin as rich text blocks, as they are."""
    return rich((Verbatim(words),), **look)


def words(span: Span) -> str:
    """What people read of a span."""
    match span:
        case Plain(text):
            return spoken(text)
        case Code(text):
            return typed(text)
        case Link(label, url):
            return label or url
        case Who():
            return span.name
        case Strong(text) | Verbatim(text):
            return text


def _pieces(line: Line) -> Iterator[tuple[Span, str]]:
    return ((span, chunk) for span in line for chunk in chunks(words(span), BLOCK_TEXT))


def _packed(pieces: Iterable[tuple[Span, str]]) -> Iterator[list[tuple[Span, str]]]:
    group: list[tuple[Span, str]] = []
    room = BLOCK_TEXT
    for span, chunk in pieces:
        if len(chunk) > room:
            yield group
            group, room = [], BLOCK_TEXT
        group.append((span, chunk))
        room -= len(chunk)
    if group:
        yield group


def _runs(span: Span, chunk: str, look: Mapping[str, Any]) -> Iterator[Json]:
    style = dict(look)
    if not isinstance(span, Link) or is_web(span.url):
        style |= _LOOKS.get(type(span), {})
    if isinstance(span, Link) and is_web(span.url):
        style["selectAction"] = {"type": "Action.OpenUrl", "url": span.url}
    for piece in inert(chunk):
        yield {"type": "TextRun", "text": piece, **style}


# Buttons ----------------------------------------------------------------------------------------------------


def execute(title: str, verb: str, data: Json, *, inputs: bool = True) -> Json:
    """A button that answers in place; clients without Action.Execute send the same data as a message.

    `inputs` False: what was typed is neither checked nor sent.
    """
    common: Json = {"title": clip(title, TITLE_TEXT) or "-", "data": data}
    common |= {} if inputs else {"associatedInputs": "none"}
    return {
        "type": "Action.Execute",
        "verb": verb,
        **common,
        "fallback": {"type": "Action.Submit", **common},
    }


def action_set(buttons: Sequence[Button], surface: str) -> list[Json]:
    """Buttons side by side, those beyond the sixth in its "…" menu; [] for none."""
    actions = [action(button, surface) for button in buttons if not button.url or is_web(button.url)]
    for further in actions[VISIBLE_BUTTONS:]:
        further["mode"] = "secondary"
    return [{"type": "ActionSet", "actions": actions}] if actions else []


def action(button: Button, surface: str) -> Json:
    """One button. Cards cannot ask "are you sure": one that must opens the question with the real button."""
    if button.url:
        return {"type": "Action.OpenUrl", "title": clip(button.label, TITLE_TEXT) or "-", "url": button.url}
    pressed = execute(
        f"Yes, {button.label[:1].lower()}{button.label[1:]}" if button.confirm else button.label,
        button.action,
        {"action": button.action, "value": button.value, "surface": surface},
    )
    if not button.confirm:
        return pressed
    question: Json = {
        "type": "AdaptiveCard",
        "body": list(text(clip(spoken(button.confirm), QUESTION_TEXT))),
        "actions": [pressed],
    }
    return {"type": "Action.ShowCard", "title": clip(button.label, TITLE_TEXT) or "-", "card": question}
