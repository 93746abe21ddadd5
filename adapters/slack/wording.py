"""Text on its way to Slack and back: escaping, and mrkdwn from people as `Pieces`.

Only `&`, `<` and `>` mean anything to Slack's parser, so only they are escaped (docs.slack.dev, formatting
text).
"""

from __future__ import annotations

import re
from typing import Final

from bot.inbound import PersonRef, Piece, Pieces

_ENTITY: Final = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_USER: Final = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")
_BROADCASTS: Final = frozenset({"here", "channel", "everyone"})


def escape(text: str) -> str:
    """Text that Slack's mrkdwn parser shows as it is: no mention, no link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def mentioned(text: str) -> tuple[str, ...]:
    """The ids of people mentioned in mrkdwn, each once, in order."""
    return tuple(dict.fromkeys(_USER.findall(text)))


def pieces(text: str) -> Pieces:
    """mrkdwn from Slack as plain words and people; adjacent words are one piece."""
    found: list[Piece] = []
    position = 0
    for match in _ENTITY.finditer(text):
        _add(found, unescape_text(text[position : match.start()]))
        _add(found, _entity(match[1], match[2], match[3] or ""))
        position = match.end()
    _add(found, unescape_text(text[position:]))
    return tuple(found)


def unescape_text(text: str) -> str:
    """Undo Slack's three escapes and nothing else: `&copy;` typed by a person stays."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _entity(sigil: str, body: str, label: str) -> Piece:
    """One `<…>`: a person, a channel, a broadcast or group, or a link."""
    if sigil == "@":
        is_id = body.isalnum() and body.isascii()
        return PersonRef(body, unescape_text(label).removeprefix("@")) if is_id else f"@{unescape_text(body)}"
    if sigil == "#":
        return f"#{unescape_text(label) or body}"
    if sigil == "!":
        name = body.partition("^")[0]
        return f"@{name}" if name in _BROADCASTS else unescape_text(label) or f"@{name}"
    return _link(unescape_text(body), unescape_text(label))


def _link(url: str, label: str) -> str:
    """`example.com` for an automatic link, `label (url)` for one with other words."""
    shown = url.removeprefix("mailto:").removeprefix("tel:")
    if not label or label in {shown, url} or url in {f"http://{label}", f"https://{label}"}:
        return label or shown
    return f"{label} ({url})"


def _add(found: list[Piece], piece: Piece) -> None:
    if isinstance(piece, str) and found and isinstance(found[-1], str):
        found[-1] += piece
    elif piece != "":
        found.append(piece)
