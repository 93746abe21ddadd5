"""Names as people type them, "@Kenji Mori", where the platform makes no mention of it: in Teams nobody can be
mentioned in the bot's own chat.

Only accounts that were met in the same tenant are found, and no guests: a typed name tells as much as a
mention.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.commands.reading import Words
from bot.inbound import PersonRef, Piece, Pieces
from bot.messages.words import listed
from bot.ports import Tx
from bot.records import AccountRecord
from bot.turn import Refusal, Turn

MOST_LOOKED_UP = 20
_MOST_WORDS = 5
_MOST_NAMED = 5
_AT = re.compile(r"(?<!\S)@(?=\w)")
_WORD = re.compile(r"[ \t]*([\w.'\u2019-]*\w)")
_WORDS = re.compile(r"[\w.'\u2019-]*\w")
_NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five"}
_BEGINNINGS = frozenset({
    "a", "all", "and", "any", "are", "as", "at", "before", "by", "can", "could", "did", "do", "does", "for",
    "from", "good", "has", "have", "hello", "hey", "hi", "how", "i", "if", "in", "is", "it", "just", "let",
    "may", "me", "my", "no", "not", "of", "on", "one", "or", "our", "please", "thank", "thanks", "that",
    "the", "there", "these", "they", "this", "to", "was", "we", "what", "when", "where", "which", "who",
    "why", "will", "would", "yes", "you", "your",
})  # fmt: skip
"""Words with which a message begins, and no second name."""


@dataclass(frozen=True, slots=True)
class Unsure:
    """A name as it was typed, "@Kenji Mori", and those who may be meant: nobody, or several."""

    name: str
    people: tuple[str, ...] = ()

    def told(self, tenant: str, command: str) -> str:
        """What to do about it, as one sentence or two."""
        if len(set(self.people)) > 1:
            number = _NUMBERS.get(len(self.people), "several")
            some = listed([*self.people[:_MOST_NAMED], *(["others"] if self.people[_MOST_NAMED:] else [])])
            return f"I know {number} people called {self.name[1:]}: {some}. Write the whole name."
        if not tenant.startswith("teams:"):
            return f"I do not know “{self.name}” here. Type @ and choose the person from the list."
        known = "I know more than one" if self.people else "I do not know"
        return (
            f"{known} “{self.name}” here. Say it in a channel or chat where both of us are, "
            f"as @Boundary Bot {command} {self.name}."
        )


def recognised(tx: Tx, tenant: str, pieces: Pieces) -> Pieces:
    """The text with people in place of names that can mean only one of those known here; they keep the label
    that was typed, so that the words of a message stay as they are."""
    found: list[Piece] = []
    left = MOST_LOOKED_UP
    for piece in pieces:
        if not isinstance(piece, str):
            found.append(piece)
            continue
        done = 0
        for at in _AT.finditer(piece):
            if at.start() < done or not left:
                continue
            left -= 1
            meant, end = _read(tx, tenant, piece, at.end())
            if isinstance(meant, AccountRecord):
                found += [piece[done : at.start()], PersonRef(meant.account.user, piece[at.end() : end])]
                done = end
        found.append(piece[done:])
    return tuple(piece for piece in found if piece != "")


def unsure(turn: Turn, words: Words, *, leading: bool = False) -> Unsure | None:
    """The first name in the text that means nobody, or several people; only at its beginning if `leading`."""
    at = _AT.match(words.text) if leading else _AT.search(words.text)
    if at is None:
        return None
    meant, _ = _read(turn.tx, turn.who.tenant, words.text, at.end())
    return meant if isinstance(meant, Unsure) else Unsure(f"@{meant.name}")


def check(turn: Turn, words: Words, command: str) -> None:
    """Refuse a text with a name that means nobody, or several people."""
    if found := unsure(turn, words):
        raise Refusal(found.told(turn.who.tenant, command))


def _read(tx: Tx, tenant: str, text: str, start: int) -> tuple[AccountRecord | Unsure, int]:
    """Who is meant by the name that begins at `start`, after the @, and where it ends: the longest wins."""
    ends, words = _words_from(text, start)
    best, most = _called(tx, tenant, words)
    typed = _length(words)
    if len(best) == 1 and most >= typed:
        return best[0], ends[most - 1]
    end = ends[max(most, typed) - 1]
    people = tuple(sorted(each.name for each in best)) if most >= typed else ()
    return Unsure(f"@{text[start:end]}", people), end


def _words_from(text: str, start: int) -> tuple[list[int], list[str]]:
    """Where each of the first words ends, and the words; at least one."""
    ends: list[int] = []
    words: list[str] = []
    while len(words) < _MOST_WORDS and (found := _WORD.match(text, ends[-1] if ends else start)):
        ends.append(found.end())
        words.append(found[1])
    return ends, words


def _length(words: Sequence[str]) -> int:
    """How many words of the text are the name, by its look: "Kenji Mori could you" begins with two."""
    second = words[1] if len(words) > 1 else ""
    is_name = words[0][:1].isupper() and second[:1].isupper() and second.casefold() not in _BEGINNINGS
    return 2 if is_name else 1


def _called(tx: Tx, tenant: str, words: Sequence[str]) -> tuple[list[AccountRecord], int]:
    """Those whose names begin with the most of these words, and how many; a whole name wins."""
    matching: dict[int, list[AccountRecord]] = {}
    for each in _beginning_with(tx, tenant, words[0]):
        if count := _common(words, _WORDS.findall(each.name)):
            matching.setdefault(count, []).append(each)
    most = max(matching, default=0)
    best = matching.get(most, [])
    whole = [each for each in best if len(_WORDS.findall(each.name)) == most]
    return (whole if len(whole) == 1 else best), most


def _common(words: Sequence[str], name: Sequence[str]) -> int:
    count = 0
    for typed, known in zip(words, name, strict=False):
        if typed.casefold() != known.casefold():
            break
        count += 1
    return count


def _beginning_with(tx: Tx, tenant: str, word: str) -> list[AccountRecord]:
    """Members of the tenant whose name begins like this; stores know the case of A to Z only."""
    spelt = dict.fromkeys((word, word.lower(), word.capitalize()))
    found = {each.account: each for way in spelt for each in tx.accounts.named(tenant, way)}
    for each in tx.accounts.of(word.lower()):  # from the norms file, and not met yet
        if each.account.tenant == tenant and not each.name:
            found[each.account] = replace(each, name=word)
    return [each for each in found.values() if not each.guest]
