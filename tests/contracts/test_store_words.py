"""The contract of every store: what people acknowledged, wrote for themselves and said for now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from bot.ports import Store, Tx
from bot.records import Acknowledgement
from tests.support.records import NOW, journal_entry, later, said_entry

DAY = date(2026, 11, 23)
BEFORE = date(2026, 11, 22)
WORDS = "words:end_of_day"


async def do(store: Store, *steps: Callable[[Tx], object]) -> None:
    await store.write(lambda tx: [step(tx) for step in steps])


async def test_acknowledgements_are_found_by_version_and_by_person(store: Store) -> None:
    given = [
        Acknowledgement("platform", 2, "sam", NOW), Acknowledgement("platform", 2, "maya", NOW),
        Acknowledgement("platform", 1, "maya", NOW), Acknowledgement("web", 2, "maya", NOW),
        Acknowledgement("platform", 2, "maya", later(hours=1)),
    ]  # fmt: skip
    await do(store, lambda tx: [tx.acknowledgements.put(each) for each in given])
    assert await store.read(lambda tx: tx.acknowledgements.of("platform", 2)) == [given[4], given[0]]
    assert await store.read(lambda tx: tx.acknowledgements.by("maya")) == [given[2], given[4], given[3]]
    assert await store.read(lambda tx: tx.acknowledgements.of("platform", 3)) == []


async def test_a_journal_has_one_entry_a_day_and_kind(store: Store) -> None:
    later_one = journal_entry(sealed=b"again")
    entries = [
        journal_entry(), journal_entry(kind="handover"), journal_entry(BEFORE), later_one,
        journal_entry(person="sam"),
    ]  # fmt: skip
    await do(store, lambda tx: [tx.diary.put(each) for each in entries])
    assert await store.read(lambda tx: tx.diary.of("maya", BEFORE)) == [entries[2], later_one, entries[1]]
    assert await store.read(lambda tx: tx.diary.of("maya", DAY)) == [later_one, entries[1]]
    await do(store, lambda tx: tx.diary.remove("maya", DAY, "handover"))
    assert await store.read(lambda tx: tx.diary.of("maya", DAY)) == [later_one]


async def test_the_journal_comes_a_page_at_a_time(store: Store) -> None:
    entries = [
        journal_entry(BEFORE), journal_entry(kind="a"), journal_entry(kind="b"), journal_entry(person="sam"),
    ]  # fmt: skip
    await do(store, lambda tx: [tx.diary.put(each) for each in reversed(entries)])
    first = await store.read(lambda tx: tx.diary.all(limit=2))
    rest = await store.read(lambda tx: tx.diary.all(("maya", DAY, "a"), 9))
    assert first + rest == entries


async def test_old_entries_are_purged_but_not_peoples_own_questions(store: Store) -> None:
    entries = [journal_entry(), journal_entry(BEFORE), journal_entry(BEFORE, kind=WORDS)]
    await do(store, lambda tx: [tx.diary.put(each) for each in entries])
    assert await store.write(lambda tx: tx.diary.purge(DAY)) == 1
    assert await store.read(lambda tx: tx.diary.of("maya", date.min)) == [entries[2], entries[0]]


async def test_what_was_said_is_found_as_long_as_it_ended_late_enough(store: Store) -> None:
    long, short, next_one = said_entry(hours=9), said_entry(later(hours=1)), said_entry(later(hours=2))
    others = said_entry(person="sam")
    await do(store, lambda tx: [tx.said.put(each) for each in (next_one, short, long, others)])
    assert await store.read(lambda tx: tx.said.of("maya", later(hours=3))) == [long, next_one]
    assert await store.write(lambda tx: tx.said.purge(later(hours=3))) == 2
    assert await store.read(lambda tx: tx.said.of("maya", NOW)) == [long, next_one]
    assert await store.read(lambda tx: tx.said.of("sam", NOW)) == []


async def test_what_ended_earlier_than_said_replaces_what_was_kept(store: Store) -> None:
    await do(store, lambda tx: tx.said.put(said_entry(hours=9)), lambda tx: tx.said.put(said_entry(hours=1)))
    assert await store.read(lambda tx: tx.said.of("maya", NOW)) == [said_entry(hours=1)]


async def test_a_forgotten_persons_words_are_gone(store: Store) -> None:
    mine = [
        lambda tx: tx.diary.put(journal_entry()), lambda tx: tx.diary.put(journal_entry(kind=WORDS)),
        lambda tx: tx.said.put(said_entry()),
        lambda tx: tx.acknowledgements.put(Acknowledgement("platform", 1, "maya", NOW)),
    ]  # fmt: skip
    await do(store, *mine, lambda tx: tx.diary.put(journal_entry(person="sam")))
    await do(store, lambda tx: tx.remove_person("maya", "x_1"))
    left = await store.read(
        lambda tx: (tx.diary.all(), tx.said.of("maya", NOW), tx.acknowledgements.by("maya"))
    )
    assert left == ([journal_entry(person="sam")], [], [])


async def test_words_handed_over_do_not_replace_what_is_there(store: Store) -> None:
    """A kind that is called like a person stays what it is."""
    theirs = journal_entry(person="sam", sealed=b"own")
    mine = [journal_entry(), journal_entry(BEFORE, kind="maya")]
    await do(store, *(lambda tx, each=each: tx.diary.put(each) for each in (theirs, *mine)))  # type: ignore[misc]
    await do(store, lambda tx: tx.said.put(said_entry()), lambda tx: tx.hand_over("maya", "sam"))
    assert await store.read(lambda tx: tx.diary.of("sam", date.min)) == [
        journal_entry(BEFORE, kind="maya", person="sam"), theirs,
    ]  # fmt: skip
    assert await store.read(lambda tx: tx.said.of("sam", NOW)) == [said_entry(person="sam")]
    assert await store.read(lambda tx: (tx.diary.of("maya", date.min), tx.said.of("maya", NOW))) == ([], [])
