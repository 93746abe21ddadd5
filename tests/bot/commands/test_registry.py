"""The registry: every word has help, an example that works, and an error that shows how to say it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.commands import COMMANDS, CommandSpec
from bot.commands.reading import read
from bot.inbound import PersonRef
from tests.support.shown import shown
from tests.support.story import Story, account

WORDS = [spec.word for spec in COMMANDS]


@pytest.mark.parametrize("spec", COMMANDS, ids=WORDS)
async def test_the_example_of_every_word_is_understood(story: Story, spec: CommandSpec) -> None:
    if spec.word == "remove":
        await story.says("maya", "/focus tue 9-10 deep work")
    if spec.word == "later":
        await story.says("maya", "/focus 90m")
        said = await story.says("ana", spec.example)
    else:
        said = await story.says("maya", spec.example)
    assert said
    for complaint in ("For example:", 'At "', "no word I know", "is not understood", "out of date"):
        assert complaint not in said


@pytest.mark.parametrize("spec", COMMANDS, ids=WORDS)
async def test_every_word_has_help_with_its_usage_and_example(story: Story, spec: CommandSpec) -> None:
    said = await story.says("maya", f"/boundary help {spec.word}")
    assert spec.usage in said
    assert spec.example in said
    assert spec.summary in said
    assert await story.says("maya", f"/boundary {spec.word} help") == said
    assert spec.example in await story.says("maya", "/boundary help")


@pytest.mark.parametrize("spec", COMMANDS, ids=WORDS)
async def test_every_word_survives_nonsense_without_an_exclamation_mark(
    story: Story, spec: CommandSpec
) -> None:
    for text in ("%%%", "25:00", "@nobody", "-" * 600, "until", "until yesterday"):
        said = await story.says("maya", f"/boundary {spec.word} {text}")
        assert said
        assert "!" not in said.replace("!!", "")


@pytest.mark.parametrize(
    ("typed", "quoted", "example"),
    [
        ("/focus 90x", '"90x"', "90m"),
        ("/focus tues day 9-10", "", "mon"),
        ("/quiet daily 18:00-25:00 dinner", '"25:00"', "09:00"),
        ("/boundary hours monday nine", "", "mon-fri"),
        ("/boundary zone Europa/Lisbon", '"Europa/Lisbon"', "Europe/Lisbon"),
        ("/boundary style loose", '"loose"', "/boundary style separator"),
        ("/boundary leave soon", '"soon"', "2026-12-21"),
        ("/boundary leave 2026-12-21..2026-12-01", "2026-12-01", "/boundary leave 2026-12-21..2027-01-03"),
        ("/boundary leave 2020-01-01", "2020-01-01", "/boundary leave"),
        ("/boundary holidays ES", '"ES"', "/boundary holidays PT"),
        ("/boundary digests noon", '"noon"', "16:30"),
        ("/boundary remove lunch", '"lunch"', "/boundary remove"),
        ("/boundary mute horns", '"horns"', "/boundary mute rituals"),
        ("/boundary why maybe", '"maybe"', "/boundary why urgent"),
        ("/boundary when tomorrow", "When", "/boundary when @maya @sam"),
        ("/boundary back 25:00", '"25:00"', "until"),
        ("/boundary fcus 90m", "fcus", "/focus 90m deep work"),
        ("/later hello there", "who", "/later @maya"),
        ("/later @sam", "pass on", "/later @maya"),
        ("/later @maya hi", "That one is you", "/later @maya"),
    ],
)
async def test_an_error_quotes_the_word_and_shows_a_correct_example(
    story: Story, typed: str, quoted: str, example: str
) -> None:
    said = await story.says("maya", typed)
    assert quoted in said
    assert example in said


async def test_words_typed_in_the_bots_own_chat_work_like_commands(story: Story) -> None:
    assert (await story.says("maya", "boundary focus 25m")).startswith("Focus until 10:30.")
    assert "Did you mean waiting?" in await story.says("maya", "boundary waitin")


async def test_a_first_word_of_any_kind_is_a_first_contact(story: Story) -> None:
    said = await story.says("kenji", "boundary gibberish")
    assert "no word I know" in said
    assert "[Three questions…] [Undo set-up]" in said
    assert (await story.record("kenji")).person.zone == "Asia/Tokyo"


@pytest.mark.parametrize(
    "typed", ["/later @maya hi", "/boundary help", "/boundary when @maya", "/boundary waiting"]
)
async def test_asking_or_writing_to_others_enrols_nobody(story: Story, typed: str) -> None:
    await story.says("kenji", typed)
    known = await story.store.read(lambda tx: tx.accounts.get(account("kenji")))
    assert known is None or known.person == ""


def test_words_are_unique_and_their_examples_begin_with_what_is_typed() -> None:
    names = [name for spec in COMMANDS for name in (spec.word, *spec.also)]
    assert len(names) == len(set(names))
    for spec in COMMANDS:
        start = spec.slash or f"/boundary {spec.word}"
        assert spec.example.startswith(start)
        assert all(form.startswith(start) for form in spec.usage.split(" | /")[:1])


def test_mentions_become_marks_and_come_back_as_names() -> None:
    words = read((PersonRef("U1", "maya"), " and ", PersonRef("U2", ""), " hello \U000f0000 there"))
    people, rest = words.leading_people()
    assert [person.user for person in people] == ["U1", "U2"]
    assert rest.plain() == "hello  there"
    assert words.plain().startswith("@maya and a colleague hello")


@given(st.lists(st.one_of(st.text(), st.builds(PersonRef, st.text(min_size=1), st.text())), max_size=8))
def test_any_text_can_be_read_and_never_grows_mentions(found: list[str | PersonRef]) -> None:
    words = read(tuple(found))
    people, _ = words.all_people()
    assert len(people) == sum(isinstance(piece, PersonRef) for piece in found)
    assert not any(0xF0000 <= ord(letter) <= 0xFFFFD for letter in words.plain()) or any(
        0xF0000 <= ord(letter) <= 0xFFFFD for person in people for letter in person.label + person.user
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(WORDS), st.text(max_size=60))
async def test_whatever_people_type_is_answered_with_words(story: Story, word: str, text: str) -> None:
    reply = await story.command("ana", f"/boundary {word} {text}")
    assert shown(reply.message) or reply.form


@pytest.mark.parametrize("greeting", ["", "hi", "Hello!", "hey,", "?", "hello there"])
async def test_a_greeting_shows_the_day_and_how_to_get_help(story: Story, greeting: str) -> None:
    said = await story.says("maya", f"/boundary {greeting}")
    assert said.startswith("Available until 17:00")
    assert said.endswith("/boundary help shows what you can say.")


async def test_a_greeting_of_somebody_new_sets_them_up(story: Story) -> None:
    assert "You are set up with defaults" in await story.says("kenji", "/boundary hello")
