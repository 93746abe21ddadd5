"""What people typed in Teams, as `Pieces`: mentions are people, everything else is plain words.

A message's `text` is escaped HTML with `<at>Name</at>` for mentions, whose people are in its entities, in the
order of the text; a message that a shortcut was used on is HTML with `<at id="0">`.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from html import unescape
from html.parser import HTMLParser
from typing import Any, Final

from typing_extensions import override

from bot.inbound import PersonRef, Piece, Pieces

Json = Mapping[str, Any]

MOST_MENTIONS: Final = 200
_AT: Final = re.compile(r"<at\b[^<>]*>([^<>]*)</at>", re.IGNORECASE)
_FIRST: Final = re.compile(r"\s*\S+")
_TAGS: Final = re.compile(r"<[^<>]*>")
_COMMENT: Final = re.compile(r"<![^<>]*>")
_NO_TAG: Final = re.compile(r"<(?!/?[a-z][^<>]{0,4000}>)", re.IGNORECASE)
"""A `<` that begins no whole tag. Python's HTML parser takes minutes over a message full of them."""
_BLOCKS: Final = frozenset({"p", "div", "li", "br", "tr", "blockquote", "h1", "h2", "h3", "pre"})
_UNSEEN: Final = frozenset({"attachment", "script", "style", "systemeventmessage"})


def mentions(activity: Json) -> tuple[PersonRef, ...]:
    """The people and bots that a message's entities mention, in order, each as often as they stand there."""
    return tuple(person for _, person in _mentioned(activity))


def message_pieces(activity: Json, bot: str) -> Pieces:
    """A message's text without the mentions of the bot. `<at>` around somebody who is in no entity stays."""
    text = activity.get("text")
    waiting = _queues(activity)
    found: list[Piece] = []
    position = 0
    text = text if isinstance(text, str) else ""
    for match in _AT.finditer(text):
        queue = waiting.get(_name(match[1]))
        if not queue:
            continue
        _add(found, plain(text[position : match.start()]))
        position = match.end()
        person = queue.popleft() if len(queue) > 1 else queue[0]  # one entity may stand for all of a name
        _add(found, " " if person.user == bot else _person(person))
    _add(found, plain(text[position:]))
    return _trimmed(found)


def html_pieces(payload: Json) -> Pieces:
    """The text of a message on which a shortcut was used: `body` is HTML or plain text."""
    body = payload.get("body")
    content = body.get("content") if isinstance(body, Mapping) else ""
    if not isinstance(content, str):
        return ()
    if isinstance(body, Mapping) and str(body.get("contentType")).lower() == "text":
        return _trimmed([content.replace("\u00a0", " ")])
    reader = _Reader(_payload_people(payload))
    reader.feed(_NO_TAG.sub("&lt;", _COMMENT.sub("", content)))
    reader.close()
    return _trimmed(reader.found)


def first_word(text: Pieces) -> str:
    """The first typed word in lower case, without a slash; "" where a person comes first."""
    words = text[0].split(maxsplit=1) if text and isinstance(text[0], str) else []
    return words[0].removeprefix("/").lower() if words else ""


def after_word(text: Pieces) -> Pieces:
    """A text without its first word."""
    first, *others = text
    return _trimmed([_FIRST.sub("", str(first), count=1), *others])


def without_slash(text: Pieces) -> Pieces:
    """A text without a slash before its first word."""
    if text and isinstance(text[0], str) and text[0].startswith("/"):
        return _trimmed([text[0].removeprefix("/"), *text[1:]])
    return text


def plain(text: str) -> str:
    """Escaped text as people read it, with plain spaces."""
    return unescape(text).replace("\u00a0", " ").replace("\r\n", "\n")


# Messages ---------------------------------------------------------------------------------------------------


def _mentioned(activity: Json) -> list[tuple[str, PersonRef]]:
    """The mentions among an activity's entities: their words as compared, and the account."""
    listed = activity.get("entities")
    found = []
    for entity in (listed if isinstance(listed, list) else [])[:MOST_MENTIONS]:
        whom = entity.get("mentioned") if isinstance(entity, Mapping) else None
        if not isinstance(whom, Mapping) or entity.get("type") != "mention":
            continue
        user, words, name = whom.get("id"), entity.get("text"), whom.get("name")
        if isinstance(user, str) and user and not user.startswith("19:"):  # teams, channels and tags
            words = words if isinstance(words, str) else ""
            label = plain(name if isinstance(name, str) and name else _TAGS.sub("", words))
            found.append((_name(_TAGS.sub("", words) or label), PersonRef(user, label)))
    return found


def _queues(activity: Json) -> dict[str, deque[PersonRef]]:
    """Two people with the same name are told apart by the order of the entities."""
    queues: dict[str, deque[PersonRef]] = {}
    for words, person in _mentioned(activity):
        queues.setdefault(words, deque()).append(person)
    return queues


def _name(words: str) -> str:
    return " ".join(plain(words).split()).casefold()


def _person(person: PersonRef) -> Piece:
    """Other bots are words: nothing can be held for them."""
    return f"@{person.label}" if person.user.startswith("28:") else person


# HTML -------------------------------------------------------------------------------------------------------


def _payload_people(payload: Json) -> dict[str, PersonRef]:
    """The people mentioned in a message payload, by the number that `<at id>` has; directory ids."""
    listed = payload.get("mentions")
    found = {}
    for each in (listed if isinstance(listed, list) else [])[:MOST_MENTIONS]:
        whom = each.get("mentioned") if isinstance(each, Mapping) else None
        user = whom.get("user") if isinstance(whom, Mapping) else None
        if isinstance(user, Mapping) and isinstance(user.get("id"), str) and user["id"]:
            label = each.get("mentionText") or user.get("displayName")
            found[str(each.get("id"))] = PersonRef(user["id"], label if isinstance(label, str) else "")
    return found


class _Reader(HTMLParser):
    """HTML as pieces: blocks are lines, mentions people, pictures their words; nothing else is kept."""

    def __init__(self, people: Mapping[str, PersonRef]) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Piece] = []
        self._people = people
        self._unseen = 0
        self._person: PersonRef | None = None
        self._within = ""

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in _UNSEEN:
            self._unseen += 1
        elif (number := _mention_number(tag, given)) and (person := self._people.get(number)):
            self._person, self._within = person, tag
            self.found.append(person)
        elif tag in _BLOCKS:
            self._line()
        elif tag == "img" and given.get("alt"):
            _add(self.found, str(given["alt"]))

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif self._person is not None and tag == self._within:
            self._person = None
        elif tag in _BLOCKS:
            self._line()

    @override
    def handle_data(self, data: str) -> None:
        if not self._unseen and self._person is None:
            _add(self.found, data.replace("\u00a0", " "))

    def _line(self) -> None:
        last = self.found[-1] if self.found else ""
        if not isinstance(last, str) or (last and not last.endswith("\n")):
            _add(self.found, "\n")


def _mention_number(tag: str, given: Mapping[str, str | None]) -> str:
    """Teams writes `<at id="0">`, older clients `<span itemtype="…/Mention" itemid="0">`."""
    if tag == "at":
        return given.get("id") or ""
    is_mention = tag == "span" and str(given.get("itemtype")).endswith("/Mention")
    return (given.get("itemid") or "") if is_mention else ""


# Pieces -----------------------------------------------------------------------------------------------------


def _add(found: list[Piece], piece: Piece) -> None:
    if isinstance(piece, str) and found and isinstance(found[-1], str):
        found[-1] += piece
    elif piece != "":
        found.append(piece)


def _trimmed(found: list[Piece]) -> Pieces:
    """Without space at either end; adjacent words are one piece."""
    joined: list[Piece] = []
    for piece in found:
        _add(joined, piece)
    while joined and isinstance(joined[0], str) and not joined[0].strip():
        joined.pop(0)
    if joined and isinstance(joined[0], str):
        joined[0] = joined[0].lstrip()
    if joined and isinstance(joined[-1], str):
        joined[-1] = joined[-1].rstrip()
    return tuple(piece for piece in joined if piece != "")
