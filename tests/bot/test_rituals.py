"""What the choices, forms and words of rituals do: more time and who will notice, own words, the journal."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.flows.rituals import end_of_block, next_block, next_quiet
from bot.inbound import Pressed, Submitted
from bot.messages.actions import Act, FormId
from bot.messages.ritualforms import LONGEST_ANSWER
from bot.normsfile import NormsFileError, parse_norms
from rules import Kind, Mode, Person, Ritual, Window, availability_at, parse_when
from tests.support.shown import buttons_of, fields_of, shown
from tests.support.story import MONDAY, Story, account, maya_and_ana

TODAY = MONDAY.date().isoformat()
END = f"end_of_day:{TODAY}"
TUESDAY = MONDAY.replace(day=24)


@pytest.fixture
async def story() -> Story:
    return await maya_and_ana()


# More time ----------------------------------------------------------------------------------------


async def test_more_time_before_the_day_says_whose_messages_land_later(story: Story) -> None:
    await story.says("maya", "/boundary close now")
    await story.says("ana", "/later @maya good morning")
    await story.until(TUESDAY.replace(hour=9, minute=0))
    reply = await story.press("maya", story.last("maya"), "30 more minutes")
    said = shown(reply.message)
    assert said.startswith("Not started yet: off until 09:30.")
    assert "Colleagues who write read that you are back at 09:30." in said
    assert "What Ana sent lands later: 09:" in said
    await story.until(TUESDAY.replace(hour=9, minute=29))
    assert not [text for text in story.read("maya") if "good morning" in text]


async def test_who_begins_after_all_is_available_at_once(story: Story) -> None:
    await story.until(TUESDAY.replace(hour=9, minute=0))
    nudge = story.last("maya")
    await story.press("maya", nudge, "30 more minutes")
    await story.press("maya", nudge, "I'm starting")
    assert not (await story.record("maya")).person.said


@pytest.mark.parametrize(("hour", "mode"), [(8, Mode.AVAILABLE), (4, Mode.OFF)])
async def test_a_day_may_begin_a_little_before_its_hours(story: Story, hour: int, mode: Mode) -> None:
    await story.says("maya", "/boundary close now")
    await story.until(TUESDAY.replace(hour=hour, minute=0))
    await story.says("maya", "/boundary start The draft")
    person = (await story.record("maya")).person
    assert availability_at(person, (), story.clock.at).mode is mode


async def test_more_time_that_would_cut_a_quiet_window_is_asked_about(story: Story) -> None:
    await story.says("maya", "/quiet daily 17:15-19:00 family dinner")
    await story.until(MONDAY.replace(hour=16, minute=46))
    before = (await story.record("maya")).person
    asked = await story.press("maya", story.last("maya"), "30 more minutes")
    assert shown(asked.message).startswith("Until 17:30 would cut family dinner. Nothing has changed.")
    assert (await story.record("maya")).person == before
    cut = await story.press("maya", asked.message, "Cut it this once")
    assert "You are available until 17:30, then off.\nThis cuts family dinner." in shown(cut.message)
    assert (await story.record("maya")).person.said[-1].until == MONDAY.replace(hour=17, minute=30)


async def test_what_would_be_cut_can_be_kept(story: Story) -> None:
    await story.says("maya", "/quiet daily 17:15-19:00 family dinner")
    await story.until(MONDAY.replace(hour=16, minute=46))
    asked = await story.press("maya", story.last("maya"), "30 more minutes")
    kept = await story.press("maya", asked.message, "Keep it and close")
    assert "You are off until Tue 09:00." in shown(kept.message)


async def test_typed_more_is_about_the_latest_nudge(story: Story) -> None:
    await story.says("maya", "/boundary style cycler")
    await story.says("maya", "/boundary hours mon-fri 09:00-12:00, 14:00-17:00")
    await story.until(MONDAY.replace(hour=11, minute=51))
    assert (await story.says("maya", "/boundary more")).startswith("You are available until 12:30, then off.")
    assert "/boundary more end" in await story.says("maya", "/boundary more horns")


async def test_more_time_to_land_moves_the_beginning_of_the_quiet(story: Story) -> None:
    await story.says("maya", "/quiet daily 15:00-16:00 school run")
    await story.says("maya", "/boundary rituals landing")
    await story.until(MONDAY.replace(hour=14, minute=51))
    reply = await story.press("maya", story.last("maya"), "10 more minutes")
    assert shown(reply.message).startswith("You are available until 15:10, then quiet.")
    assert "back at 16:00" in shown(reply.message)


# One screen ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "fields"),
    [
        ("start", ["matters", "first"]),
        ("close", ["done", "open", "first"]),
        ("handover", ["progress", "next"]),
        ("land", ["stop", "next"]),
    ],
)
async def test_each_ritual_is_one_form_in_which_nothing_is_required(
    story: Story, word: str, fields: list[str]
) -> None:
    opened = await story.command("maya", f"/boundary {word}")
    assert fields_of(opened.form) == fields
    assert opened.form is not None
    assert all(getattr(each, "optional", True) for each in opened.form.fields)


async def test_a_form_sent_empty_still_closes_the_day(story: Story) -> None:
    sent = await story.submit("maya", "ritual", END)
    assert sent.replace
    assert shown(sent.message).startswith("Done for today. You are off until Tue 09:00.")
    assert "What you wrote" not in shown(sent.message)
    assert "is empty" in await story.says("maya", "/boundary journal")


async def test_a_form_sent_long_after_its_moment_only_keeps_what_was_written(story: Story) -> None:
    await story.until(MONDAY.replace(hour=16, minute=46))
    opened = await story.press("maya", story.last("maya"), "Write and close…")
    assert opened.form is not None
    story.clock.at = TUESDAY.replace(hour=10)
    before = (await story.record("maya")).person
    sent = await story.submit("maya", "ritual", opened.form.context, first="Call Ana")
    assert "Its moment is long past, so I have changed nothing else." in shown(sent.message)
    assert (await story.record("maya")).person == before
    assert "First step: Call Ana" in await story.says("maya", "/boundary journal")


async def test_a_day_closed_in_words_is_not_nudged_about_again(story: Story) -> None:
    await story.until(MONDAY.replace(hour=16))
    await story.says("maya", "/boundary close Call Ana")
    await story.says("maya", "/boundary resume")
    await story.until(MONDAY.replace(hour=16, minute=59))
    assert not [text for text in story.read("maya") if "Your hours end" in text]


async def test_a_hand_over_needs_a_block_that_follows(story: Story) -> None:
    said = await story.says("maya", "/boundary handover The review")
    assert said.startswith("No block of hours follows today, so nothing has changed.")
    assert "To end the day: /boundary close" in said
    await story.until(TUESDAY.replace(hour=9, minute=1))
    assert [text for text in story.read("maya") if "Next step: The review" in text]


async def test_an_answer_that_is_too_long_is_refused(story: Story) -> None:
    said = await story.says("maya", f"/boundary close {'x' * (LONGEST_ANSWER + 1)}")
    assert f"{LONGEST_ANSWER} characters" in said


@pytest.mark.parametrize("value", ["lunch:today", "end_of_day", "", "end_of_day:soon"])
async def test_a_form_of_another_version_is_out_of_date(story: Story, value: str) -> None:
    for inbound in (
        Submitted(story.key(), account("maya"), FormId.RITUAL, value, {}),
        Pressed(story.key(), account("maya"), Act.RITUAL_OPEN, value),
    ):
        assert "out of date" in shown((await story.handle(inbound)).message)


# In one's own words -------------------------------------------------------------------------------


async def test_a_ritual_asks_in_the_persons_own_words(story: Story) -> None:
    said = await story.says("maya", "/boundary words end What did I learn today? | What can wait?")
    assert said == "The end-of-day ritual asks now:\nWhat did I learn today?\nWhat can wait?"
    await story.until(MONDAY.replace(hour=16, minute=46))
    nudge = story.last("maya")
    assert "What did I learn today?" in shown(nudge)
    assert "What is done" not in shown(nudge)
    opened = await story.press("maya", nudge, "Write and close…")
    assert fields_of(opened.form) == ["own0", "own1"]
    assert opened.form is not None
    await story.submit("maya", "ritual", opened.form.context, own0="To ask", own1="The rest")
    assert "What did I learn today: To ask\nWhat can wait: The rest" in await story.says(
        "maya", "/boundary journal"
    )


async def test_own_words_are_private_and_can_be_given_up(story: Story) -> None:
    await story.says("maya", "/boundary words start What would make me smile?")
    assert "smile" in await story.says("maya", "/boundary words")
    assert "All rituals ask in my words." in await story.says("ana", "/boundary words")
    assert "smile" not in await story.says("maya", "/boundary journal")
    await story.says("maya", "/boundary journal forget")
    assert "smile" in await story.says("maya", "/boundary words start")
    assert "in my words again" in await story.says("maya", "/boundary words start off")
    assert fields_of((await story.command("maya", "/boundary start")).form) == ["matters", "first"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("end a | b | c | d", "at most 3 questions"),
        (f"end {'x' * 200}", "150 characters"),
        ("horns What?", '"horns" is no kind of nudge'),
        ("weekly What?", "The weekly line asks nothing."),
    ],
)
async def test_own_words_that_cannot_be_taken_say_why(story: Story, words: str, said: str) -> None:
    assert said in await story.says("maya", f"/boundary words {words}")


async def test_what_was_answered_to_questions_of_before_is_not_lost(story: Story) -> None:
    await story.says("maya", "/boundary words end One? | Two?")
    await story.says("maya", "/boundary words end Three?")
    await story.submit("maya", "ritual", END, own0="first", own1="second")
    assert "Three: first\nAnswer: second" in await story.says("maya", "/boundary journal")


# Which nudges come --------------------------------------------------------------------------------


async def test_a_person_chooses_which_rituals_come(story: Story) -> None:
    await story.says("maya", "/quiet daily 15:00-16:00 school run")
    said = await story.says("maya", "/boundary rituals end, landing")
    assert "14:50 landing" in said
    assert "09:00 start-of-day: not as a nudge, others come first: /boundary start" in said
    assert "You prefer end-of-day and landing." in said
    assert (await story.record("maya")).person.rituals == ("end_of_day", "landing")
    usual = await story.says("maya", "/boundary rituals usual")
    assert "what is usual for an integrator" in usual
    assert "comes by itself" in await story.says("maya", "/boundary rituals return")
    assert "/boundary rituals end, landing" in await story.says("maya", "/boundary rituals horns")


@pytest.mark.parametrize("kind", list(Ritual))
async def test_every_kind_has_its_own_switch(story: Story, kind: Ritual) -> None:
    word = {Ritual.RETURN: "return"}.get(kind, kind.value.partition("_")[0])
    await story.says("maya", f"/boundary mute {word}")
    state = (await story.record("maya")).state
    assert {each for each in Ritual if state.ritual(each).muted} == {kind}
    assert "[Turn on]" in shown(await story.opens_home("maya"))
    await story.says("maya", f"/boundary unmute {word}")
    assert not (await story.record("maya")).state.ritual(kind).muted


async def test_a_kind_that_is_off_is_not_replaced_by_another(story: Story) -> None:
    await story.says("maya", "/quiet daily 15:00-16:00 school run")
    await story.says("maya", "/boundary mute end")
    await story.until(MONDAY.replace(hour=23))
    muting = [each for shown_ in story.saw("maya") for each in buttons_of(shown_.message)]
    assert not [each for each in muting if each.action == Act.MUTE and each.value == "landing"]


# Blocks and windows -------------------------------------------------------------------------------


def test_blocks_of_a_day() -> None:
    person = Person("p", "Europe/Lisbon", hours=parse_when("mon-fri 09:00-12:00, 14:00-17:00"))
    noon, evening = MONDAY.replace(hour=12, minute=30), MONDAY.replace(hour=16, minute=0)
    assert end_of_block(person, (), MONDAY) == MONDAY.replace(hour=12, minute=0)
    assert end_of_block(person, (), noon) is None
    assert next_block(person, (), MONDAY) == MONDAY.replace(hour=14, minute=0)
    assert next_block(person, (), evening) is None


def test_the_next_quiet_is_looked_for_a_while_ahead() -> None:
    dinner = Window("dinner", Kind.QUIET, parse_when("daily 18:00-19:00"))
    person = Person("p", "Europe/Lisbon", windows=(dinner,))
    assert next_quiet(person, (), MONDAY) is None
    found = next_quiet(person, (), MONDAY + timedelta(hours=6))
    assert found is not None
    assert (found.mode, found.because) == (Mode.QUIET, "dinner")


# In the norms file --------------------------------------------------------------------------------


def test_a_norms_file_says_which_rituals_come() -> None:
    text = '[people.maya]\nzone = "Europe/Lisbon"\nrituals = ["landing", "end"]\n'
    person = parse_norms(text).people["maya"].person
    assert person.rituals == (Ritual.LANDING, Ritual.END)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ('["ends"]', 'did you mean "end"?'),
        ('"end"', 'for example ["end", "landing"]'),
        ("[3]", "one of start"),
    ],
)
def test_a_ritual_that_a_norms_file_misspells_is_pointed_out(value: str, said: str) -> None:
    with pytest.raises(NormsFileError) as wrong:
        parse_norms(f'[people.maya]\nzone = "Europe/Lisbon"\nrituals = {value}\n')
    assert said in str(wrong.value)
