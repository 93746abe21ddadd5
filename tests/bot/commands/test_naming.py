"""Names that were typed, where the platform makes no mention of them: the bot's own chat in Teams."""

from __future__ import annotations

from collections.abc import Awaitable

import pytest

from bot.commands.naming import MOST_LOOKED_UP, recognised
from bot.inbound import Account, Command, PersonRef, Pieces
from bot.messages.model import Form, NoteField, TextField
from bot.messages.words import plain
from bot.ports import Reply, Tx
from bot.records import AccountRecord, HoldState
from tests.support.shown import shown
from tests.support.story import TEAMS, Story, account, profile

KENJI, SATO, ANA = (Account(TEAMS, f"29:{name}") for name in ("kenji", "sato", "ana"))
WHERE = "Say it in a channel or chat where both of us are, as @Boundary Bot"


@pytest.fixture
async def story() -> Story:
    """Maya has enrolled in Teams; the bot has met others there, and a guest, and somebody elsewhere."""
    story = Story()
    await story.enrol("maya@teams")
    met = [
        AccountRecord(KENJI, name="Kenji Mori"),
        AccountRecord(ANA, name="Ana Duarte"),
        AccountRecord(Account(TEAMS, "29:noor"), name="Noor Haddad", guest=True),
        AccountRecord(Account("teams:other", "29:lee"), name="Lee Park"),
    ]
    await story.store.write(lambda tx: [tx.accounts.put(each) for each in met])
    return story


async def met(story: Story, *names: str) -> None:
    def work(tx: Tx) -> None:
        for place, name in enumerate(names):
            tx.accounts.put(AccountRecord(Account(TEAMS, f"29:more{place}"), name=name))

    await story.store.write(work)


async def typed(story: Story, text: str, word: str = "boundary") -> Reply:
    """Words typed as they are: no mention among them."""
    who = account("maya@teams")
    return await story.handle(Command(story.key(), who, word, (text,), "a:1", profile("maya@teams")))


async def reads(story: Story, text: str, word: str = "boundary") -> str:
    return shown((await typed(story, text, word)).message)


def filled(form: Form | None) -> tuple[str, str]:
    """The note and the text of a form."""
    assert form is not None
    notes = [plain(each.line) for each in form.fields if isinstance(each, NoteField)]
    texts = [each.value for each in form.fields if isinstance(each, TextField) and each.id == "text"]
    return notes[0], texts[0]


@pytest.mark.parametrize("name", ["@Kenji Mori", "@kenji", "@Kenji", "@KENJI MORI", "@kenji mori"])
async def test_whoever_is_known_here_is_found_by_first_or_whole_name(story: Story, name: str) -> None:
    assert await reads(story, f"{name} could you look", "later") == "Passed on now to Kenji Mori."
    assert story.read("kenji@teams")[-1].endswith("\ncould you look")
    assert "I know no norms of Kenji Mori" in await reads(story, f"when {name}")
    assert "A message from Kenji Mori now?" in await reads(story, f"why {name}")
    assert "stands in" in await reads(story, f"leave 2026-12-21..2027-01-03 {name}")


async def test_several_names_are_found_and_text_stays_as_it_was_typed(story: Story) -> None:
    said = await reads(story, "@Kenji Mori and @ana by 17:00 Ask @kenji, or @nobody", "later")
    assert said == "Passed on now to Kenji Mori and Ana Duarte."
    assert "\nAsk @kenji, or @nobody\n" in story.read("ana@teams")[-1]
    assert [hold.state for hold in await story.holds("maya@teams")] == [HoldState.DELIVERED] * 2


async def test_the_longest_name_that_fits_is_meant(story: Story) -> None:
    await met(story, "Kenji Sato", "Kenji")
    assert "Kenji Sato" in await reads(story, "when @Kenji Sato")
    assert "Kenji Mori" in await reads(story, "when @kenji mori")
    assert "no norms of Kenji," in await reads(story, "when @Kenji")


async def test_a_name_of_two_people_is_asked_about_and_nothing_is_done(story: Story) -> None:
    await met(story, "Kenji Sato")
    for text in ("when @kenji", "why @kenji", "leave 2026-12-21 @kenji"):
        said = await reads(story, text)
        assert said == "I know two people called kenji: Kenji Mori and Kenji Sato. Write the whole name."
    note, text = filled((await typed(story, "@Kenji Could you look", "later")).form)
    assert (note, text) == ("I know more than one “@Kenji”: choose who it is for.", "Could you look")


async def test_two_people_of_one_name_are_told_apart_where_they_can_be_mentioned(story: Story) -> None:
    await met(story, "Kenji Mori")
    assert f"I know more than one “@Kenji Mori” here. {WHERE} when" in await reads(story, "when @Kenji Mori")


@pytest.mark.parametrize(
    ("typed_text", "name", "rest"),
    [
        ("@Sam hello", "@Sam", "hello"),
        ("@Sam Smith hello there", "@Sam Smith", "hello there"),
        ("@Kenji Sato hello", "@Kenji Sato", "hello"),
        ("@sam Hello there", "@sam", "Hello there"),
        ("@Sam Could you look", "@Sam", "Could you look"),
        ("@Noor Haddad hello", "@Noor Haddad", "hello"),
        ("@Lee Park hello", "@Lee Park", "hello"),
    ],
)
async def test_a_name_that_is_not_known_here_is_left_out_of_the_text_as_a_whole(
    story: Story, typed_text: str, name: str, rest: str
) -> None:
    note, text = filled((await typed(story, typed_text, "later")).form)
    assert (note, text) == (f"I do not know “{name}”: choose who it is for.", rest)
    said = await reads(story, f"when {name}")
    assert said == f"I do not know “{name}” here. {WHERE} when {name}."


async def test_somebody_of_the_norms_file_is_found_before_they_say_anything(story: Story) -> None:
    await story.store.write(lambda tx: tx.accounts.put(AccountRecord(Account(TEAMS, "29:sam"), person="sam")))
    assert "no norms of" in await reads(story, "when @Sam")


async def test_a_text_full_of_names_is_looked_up_so_far_and_no_further(story: Story) -> None:
    assert await reads(story, "@kenji see " + "@kenji " * 300, "later") == "Passed on now to Kenji Mori."
    assert "see @kenji @kenji" in story.read("kenji@teams")[-1]
    looked_up = recognised_people(story, "@kenji " * 300)
    assert len([each for each in await looked_up if isinstance(each, PersonRef)]) == MOST_LOOKED_UP


def recognised_people(story: Story, text: str) -> Awaitable[Pieces]:
    return story.store.read(lambda tx: recognised(tx, TEAMS, (text,)))


async def test_a_mention_stays_the_one_it_is(story: Story) -> None:
    await met(story, "Kenji Sato")
    pieces = (PersonRef("29:kenji", "Kenji"), " hello")
    who = account("maya@teams")
    reply = await story.handle(Command(story.key(), who, "later", pieces, "a:1", profile("maya@teams")))
    assert shown(reply.message) == "Passed on now to Kenji Mori."
