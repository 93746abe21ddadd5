"""What people write for themselves: sealed with the vault, opened for them alone, forgotten on request.

An entry is text in lines, "What matters: the draft"; further lines of an answer are indented.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.messages.journal import Note
from bot.messages.ritualforms import LONGEST_QUESTION, MOST_QUESTIONS
from bot.ports import Tx, Vault, VaultError
from bot.records import JournalEntry
from bot.turn import Refusal, Turn
from rules import Ritual

ABOUT = "journal"
"""What an entry is sealed for: the same for everybody, so that it stays readable when accounts are linked."""
WORDS = "words:"
"""Before a ritual's name: the person's own questions in it."""
WORDS_DAY = date(2000, 1, 1)
"""The day own questions are kept under: one for each ritual, whenever it was written."""
SHOWN = timedelta(days=7)
_INDENT = "  "


def write(turn: Turn, kind: Ritual | str, day: date, text: str) -> None:
    """Keep what the acting person wrote for a local day; it replaces what they wrote for the same."""
    person = turn.enrolled().person.id
    sealed = turn.world.vault.seal(text, ABOUT)
    turn.tx.diary.put(JournalEntry(person, day, str(kind), turn.now, sealed))


def read(tx: Tx, vault: Vault, person: str, since: date) -> list[Note]:
    """What a person wrote for days ≥ since, oldest first, without their own questions."""
    found = tx.diary.of(person, since)
    return opened(vault, (each for each in found if not each.kind.startswith(WORDS)))


def opened(vault: Vault, entries: Iterable[JournalEntry]) -> list[Note]:
    """Entries with their text, None where no key opens it any more."""
    return [Note(each.kind, each.day, each.at, _open(vault, each)) for each in entries]


def _open(vault: Vault, entry: JournalEntry) -> str | None:
    try:
        return vault.open(entry.sealed, ABOUT)
    except VaultError:
        return None


def forget(turn: Turn) -> int:
    """Delete everything the acting person wrote, but not their own questions; returns how many entries."""
    person = turn.enrolled().person.id
    entries = [each for each in turn.tx.diary.of(person, date.min) if not each.kind.startswith(WORDS)]
    for entry in entries:
        turn.tx.diary.remove(person, entry.day, entry.kind)
    turn.scrub = turn.scrub or bool(entries)
    return len(entries)


def join(turn: Turn, person: str, to: str) -> None:
    """Before all of `person` becomes that of `to`, the same human: what both wrote for the same day and
    ritual is one entry there, the earlier words first. Of own questions, those of `to` stay."""
    diary, vault = turn.tx.diary, turn.world.vault
    kept = {(each.day, each.kind): each for each in diary.of(to, date.min)}
    for other in diary.of(person, date.min):
        own = kept.get((other.day, other.kind))
        if own is None or other.kind.startswith(WORDS):
            continue
        pair = sorted((own, other), key=lambda each: each.at)
        texts = [text for text in (_open(vault, each) for each in pair) if text]
        if texts:
            diary.put(replace(own, at=pair[-1].at, sealed=vault.seal("\n".join(texts), ABOUT)))


# Answers in lines ---------------------------------------------------------------------------------


def as_text(answers: Sequence[tuple[str, str]]) -> str:
    """Answers with their labels as the text that is kept; what was left empty is left out."""
    rows = []
    for label, answer in answers:
        if answer.strip():
            lines = f"\n{_INDENT}".join(answer.strip().splitlines())
            rows.append(f"{label.replace(': ', ' ').rstrip('?:. ')}: {lines}")
    return "\n".join(rows)


def answers(text: str) -> list[tuple[str, str]]:
    """The answers in a kept text, with their labels."""
    found: list[tuple[str, str]] = []
    for row in text.splitlines():
        if row.startswith(_INDENT) and found:
            label, answer = found[-1]
            found[-1] = label, f"{answer}\n{row.removeprefix(_INDENT)}"
        else:
            label, _, answer = row.partition(": ")
            found.append((label, answer))
    return found


# Own questions ------------------------------------------------------------------------------------


def own_words(tx: Tx, vault: Vault, person: str, kind: Ritual) -> tuple[str, ...]:
    """A person's own questions in a ritual; () where it asks in ours."""
    for entry in tx.diary.of(person, WORDS_DAY):
        if entry.kind == f"{WORDS}{kind.value}":
            return tuple((_open(vault, entry) or "").splitlines())
    return ()


def set_words(turn: Turn, kind: Ritual, text: str) -> tuple[str, ...]:
    """Let a ritual ask in the person's own words, at most three questions with "|" between them; "" or
    "off" for ours."""
    person = turn.enrolled().person.id
    found = tuple(" ".join(each.split()) for each in text.replace("\n", "|").split("|") if each.strip())
    if not found or text.strip().lower() in {"off", "usual", "none"}:
        turn.tx.diary.remove(person, WORDS_DAY, f"{WORDS}{kind.value}")
        return ()
    if len(found) > MOST_QUESTIONS or any(len(each) > LONGEST_QUESTION for each in found):
        raise Refusal(
            f"A ritual has at most {MOST_QUESTIONS} questions of {LONGEST_QUESTION} characters. "
            "For example: /boundary words end What did I learn today? | What can wait?"
        )
    write(turn, f"{WORDS}{kind.value}", WORDS_DAY, "\n".join(found))
    return found
