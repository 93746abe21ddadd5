"""What people write for themselves: sealed, theirs alone, in no place that others or operators read."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.stores.sqlite import SqliteStore, migrate
from bot.flows import journal
from bot.ports import Tx
from bot.records import Delivery, JournalEntry
from rules import Mode
from tests.support.shown import shown
from tests.support.story import MONDAY, Story, account, maya_and_ana

SECRET = "Xylophone lessons"
TUESDAY = MONDAY.replace(day=24)

labels = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20).filter(
    lambda label: label.rstrip("?:. ") == label and not label.startswith(" ")
)
texts = st.text(max_size=60)


@pytest.fixture
async def story() -> Story:
    return await maya_and_ana()


@given(st.lists(st.tuples(labels, texts), max_size=4))
def test_answers_are_read_as_they_were_written(answers: list[tuple[str, str]]) -> None:
    kept = [(label, "\n".join(text.strip().splitlines())) for label, text in answers if text.strip()]
    assert journal.answers(journal.as_text(answers)) == kept


async def test_what_was_written_is_in_no_row_on_its_way_on_no_home_and_in_no_log(
    story: Story, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await story.says("maya", f"/boundary close {SECRET}")
    home = await story.opens_home("maya")
    await story.until(TUESDAY.replace(hour=9, minute=1))
    assert [text for text in story.read("maya") if SECRET in text]
    rows = await story.store.read(_rows)
    assert rows
    assert not [row for row in rows if SECRET in repr(row)]
    assert SECRET not in shown(home)
    assert SECRET not in caplog.text


def _rows(tx: Tx) -> list[Delivery]:
    person = tx.accounts.get(account("maya"))
    assert person is not None
    kinds = ("start_of_day", "end_of_day", "end_of_day_note")
    days = (MONDAY.date(), TUESDAY.date())
    keys = [f"nudge:{person.person}:{kind}:{day.isoformat()}" for kind in kinds for day in days]
    return [row for key in keys if (row := tx.outbox.get(key)) is not None]


async def test_nobody_else_reads_it(story: Story) -> None:
    await story.says("maya", f"/boundary close {SECRET}")
    await story.until(TUESDAY.replace(hour=12, minute=0))
    assert "is empty" in await story.says("ana", "/boundary journal")
    assert not [text for text in story.read("ana") if SECRET in text]
    assert SECRET not in await story.says("ana", "/boundary why @maya")


async def test_it_is_sealed_on_disk_exported_and_gone_when_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "words.db"
    migrate(path)
    story = Story(store=SqliteStore(path))
    await story.enrol("maya")
    await story.says("maya", f"/boundary close {SECRET}")
    found = await story.store.read(_entries)
    assert SECRET.encode() not in found[0].sealed
    sealed = found[0].sealed
    assert sealed in _bytes(tmp_path)
    assert SECRET in await story.says("maya", "/boundary export")
    assert (await story.says("maya", "/boundary journal forget")).startswith("1 entry is deleted")
    assert sealed not in _bytes(tmp_path)  # scrubbed, not only unlinked
    assert SECRET not in await story.says("maya", "/boundary export")
    await story.until(TUESDAY.replace(hour=9, minute=1))
    assert not [text for text in story.read("maya") if SECRET in text]
    await story.store.close()


async def test_what_is_older_than_a_week_is_kept_and_said_to_be(story: Story) -> None:
    await story.says("maya", f"/boundary close {SECRET}")
    await story.until(MONDAY + timedelta(days=20))
    said = await story.says("maya", "/boundary journal")
    assert said.startswith("You wrote nothing these days.")
    assert "1 older entry is kept for 90 days: /boundary export has all of them." in said
    await story.says("maya", "/boundary close again")
    assert "1 older entry" in await story.says("maya", "/boundary journal")


def _entries(tx: Tx) -> list[JournalEntry]:
    known = tx.accounts.get(account("maya"))
    assert known is not None
    return tx.diary.of(known.person, date.min)


def _bytes(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())


async def test_a_note_that_was_forgotten_in_time_does_not_come(story: Story) -> None:
    await story.says("maya", "/boundary mute start")
    await story.says("maya", f"/boundary close {SECRET}")
    await story.says("maya", "/boundary journal forget")
    before = len(story.read("maya"))
    await story.until(TUESDAY.replace(hour=9, minute=1))
    assert len(story.read("maya")) == before


async def test_what_no_key_opens_any_more_is_said_honestly(story: Story) -> None:
    await story.says("maya", f"/boundary close {SECRET}")
    await story.store.write(_spoil)
    await story.until(TUESDAY.replace(hour=9, minute=1))
    assert "cannot be opened any more" in story.read("maya")[-1]
    assert "cannot be opened any more" in await story.says("maya", "/boundary journal")


def _spoil(tx: Tx) -> None:
    entry = _entries(tx)[0]
    tx.diary.put(replace(entry, sealed=Story().vault.seal("x", "something else")))


async def test_the_journal_is_one_on_both_platforms(story: Story) -> None:
    await story.says("maya", f"/boundary close {SECRET}")
    await story.link("maya", "maya@teams")
    assert SECRET in await story.says("maya@teams", "/boundary journal")


async def test_an_unknown_word_after_journal_is_explained(story: Story) -> None:
    assert "/boundary journal forget" in await story.says("maya", "/boundary journal please")


# What was said for now ----------------------------------------------------------------------------


async def _said(story: Story) -> list[tuple[Mode, str, str]]:
    def work(tx: Tx) -> list[tuple[Mode, str, str]]:
        known = tx.accounts.get(account("maya"))
        assert known is not None
        found = (each.said for each in tx.said.of(known.person, MONDAY.replace(hour=0)))
        return [(each.mode, f"{each.start:%H:%M}", f"{each.until:%H:%M}") for each in found]

    return await story.store.read(work)


async def test_what_was_said_is_noted_with_when_it_ended_in_fact(story: Story) -> None:
    await story.says("maya", "/focus 90m")
    await story.until(MONDAY.replace(hour=10, minute=35))
    assert await _said(story) == []
    await story.says("maya", "/focus off")
    await story.says("maya", "/quiet 30m")
    await story.until(MONDAY.replace(hour=12))
    await story.says("maya", "/boundary here 10m")  # replanned: what ran out is noted
    assert await _said(story) == [(Mode.FOCUS, "10:05", "10:35"), (Mode.QUIET, "10:35", "11:05")]


async def test_what_was_taken_back_counts_as_long_as_it_held(story: Story) -> None:
    await story.says("maya", "/focus 90m")
    await story.until(MONDAY.replace(hour=10, minute=20))
    await story.says("maya", "/boundary undo")
    assert await _said(story) == [(Mode.FOCUS, "10:05", "10:20")]


async def test_what_was_said_and_taken_back_at_once_is_not_noted(story: Story) -> None:
    await story.says("maya", "/focus 90m")
    await story.says("maya", "/focus off")
    assert await _said(story) == []


async def test_what_was_written_on_both_sides_on_one_day_stays_when_accounts_are_linked() -> None:
    story = Story()
    await story.enrol("maya", "maya@teams")
    await story.says("maya", "/boundary close the draft for Ana")
    await story.says("maya@teams", "/boundary close the rehearsal")
    await story.link("maya", "maya@teams")
    kept = await story.says("maya", "/boundary journal")
    assert "the draft for Ana" in kept
    assert "the rehearsal" in kept
