"""What the buttons of the two daily nudges do, and zones that move."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from bot.flows.rituals import end_of_hours, kinds_of, next_start
from bot.inbound import Pressed, StatusChanged
from bot.messages.actions import Act
from bot.turn import Refusal
from rules import Person, Ritual, parse_when
from tests.support.shown import shown
from tests.support.story import MONDAY, Story, account

TODAY = MONDAY.date().isoformat()


@pytest.fixture
async def story() -> Story:
    """Maya has enrolled."""
    story = Story()
    await story.enrol("maya")
    return story


@pytest.mark.parametrize(
    ("action", "value", "words"),
    [
        (Act.RITUAL_DONE, f"start_of_day:{TODAY}", "Good start."),
        (Act.RITUAL_MORE, f"start_of_day:{TODAY}", "Not started yet: off until 10:35."),
        (Act.RITUAL_SKIP, f"start_of_day:{TODAY}", "Fine, not today."),
        (Act.RITUAL_DONE, f"end_of_day:{TODAY}", "Done for today. You are off until Tue 09:00."),
        (Act.RITUAL_MORE, f"end_of_day:{TODAY}", "You are available until 17:30, then off."),
        (Act.RITUAL_SKIP, f"end_of_day:{TODAY}", "Fine, not today."),
        (Act.MUTE, "end_of_day", "The end-of-day nudge is off."),
        (Act.UNMUTE, "rituals", "The ritual nudges are on."),
        (Act.RITUAL_DONE, "lunch:today", "That button is out of date."),
    ],
)
async def test_every_choice_says_what_now_holds(story: Story, action: Act, value: str, words: str) -> None:
    reply = await story.handle(Pressed(story.key(), account("maya"), action, value))
    assert shown(reply.message).startswith(words)


async def test_any_answer_counts_as_not_ignored(story: Story) -> None:
    await story.until(MONDAY.replace(hour=16, minute=46))
    assert (await story.record("maya")).state.end_of_day.answered is False
    await story.press("maya", story.last("maya"), "Not today")
    state = (await story.record("maya")).state.end_of_day
    assert (state.answered, state.ignored) == (True, 0)


@pytest.mark.parametrize("choice", ["Write and close…", "Close the day", "30 more minutes", "Not today"])
@pytest.mark.parametrize("later", [timedelta(hours=2, minutes=5), timedelta(days=1, hours=-8)])
async def test_a_nudge_of_hours_ago_changes_nothing(story: Story, choice: str, later: timedelta) -> None:
    sent = MONDAY.replace(hour=16, minute=46)
    await story.until(sent)
    nudge = story.last("maya")
    story.clock.at = sent + later
    before = await story.record("maya")
    reply = await story.press("maya", nudge, choice)
    when = "from earlier today" if later < timedelta(hours=12) else "of 2026-11-23"
    assert shown(reply.message).startswith(f"That end-of-day nudge {when} is long past.")
    assert reply.replace
    after = await story.record("maya")
    assert (after.person, after.state.end_of_day) == (before.person, before.state.end_of_day)


async def test_before_the_hours_begin_it_is_the_day_before_that_is_closed_or_prolonged(story: Story) -> None:
    await story.until(MONDAY.replace(day=24, hour=4, minute=31))
    closed = await story.says("maya", "/boundary close now")
    assert "until 09:00" in closed
    await story.until(MONDAY.replace(day=24, hour=4, minute=40))
    assert "until 05:10" in await story.says("maya", "/boundary more end")
    await story.until(MONDAY.replace(day=24, hour=9, minute=1))
    assert "Available until" in await story.says("maya", "/boundary today")


def test_a_night_shift_that_is_closed_starts_again_the_next_night() -> None:
    night = Person("p", "Europe/Lisbon", hours=parse_when("daily 22:00-06:00"))
    early, monday = MONDAY.replace(day=24, hour=5, minute=45), MONDAY.date()
    assert next_start(night, (), early, monday) == MONDAY.replace(day=24, hour=22, minute=0)


async def test_a_nudge_before_midnight_is_fresh_after_it(story: Story) -> None:
    await story.says("maya", "/boundary hours mon-fri 14:00-24:00")
    await story.until(MONDAY.replace(hour=23, minute=46))
    nudge = story.last("maya")
    story.clock.at = MONDAY.replace(day=24, hour=0, minute=10)
    reply = await story.press("maya", nudge, "Close the day")
    assert shown(reply.message).startswith("Done for today.")


async def test_thirty_more_minutes_can_be_undone(story: Story) -> None:
    await story.until(MONDAY.replace(hour=16, minute=46))
    before = (await story.record("maya")).person
    reply = await story.press("maya", story.last("maya"), "30 more minutes")
    assert (await story.record("maya")).person != before
    await story.press("maya", reply.message, "Undo")
    assert (await story.record("maya")).person == before


def test_the_next_start_is_of_the_next_working_day() -> None:
    person = Person("p", "Europe/Lisbon", hours=parse_when("mon-fri 09:00-12:30, 14:00-18:00"))
    friday = MONDAY.date().replace(day=27)
    at = MONDAY.replace(day=27, hour=12)
    assert next_start(person, (), at, friday) == MONDAY.replace(day=30, hour=9, minute=0)
    free = Person("p", "Europe/Lisbon")
    assert next_start(free, (), at, friday) == MONDAY.replace(day=28, hour=0, minute=0)


def test_hours_that_cross_midnight_end_the_next_day() -> None:
    person = Person("p", "Europe/Lisbon", hours=parse_when("mon 20:00-02:00"))
    assert end_of_hours(person, (), MONDAY.date()) is not None
    assert end_of_hours(person, (), MONDAY.date().replace(day=25)) is None


def test_kinds_are_found_by_any_of_their_names() -> None:
    assert kinds_of("rituals") == (
        Ritual.START, Ritual.END, Ritual.HANDOVER, Ritual.LANDING, Ritual.RETURN
    )  # fmt: skip
    assert kinds_of("all") == tuple(Ritual)
    assert kinds_of("weekly line") == kinds_of("week") == (Ritual.WEEKLY,)
    assert kinds_of("hand-over") == kinds_of("handover") == (Ritual.HANDOVER,)
    assert kinds_of("end") == kinds_of("end_of_day") == kinds_of("end-of-day") == (Ritual.END,)
    with pytest.raises(Refusal, match="horns"):
        kinds_of("horns")


async def test_a_zone_that_shows_the_same_time_is_not_asked_about(story: Story) -> None:
    await story.handle(StatusChanged(story.key(), account("maya"), "", "", 0, "Europe/London"))
    await story.handle(StatusChanged(story.key(), account("maya"), "", "", 0, "No/Such"))
    assert not [text for text in story.read("maya") if "profile now says" in text]


async def test_coming_home_makes_the_next_journey_a_new_question(story: Story) -> None:
    for zone in ("Asia/Tokyo", "Europe/Lisbon", "Asia/Tokyo"):
        await story.handle(StatusChanged(story.key(), account("maya"), "", "", 0, zone))
        await story.until(story.clock.at.replace(minute=story.clock.at.minute + 1))
    assert len([text for text in story.read("maya") if "profile now says Tokyo" in text]) == 2


async def test_a_date_that_is_past_cannot_be_kept_until(story: Story) -> None:
    reply = await story.submit("maya", "zone", "Asia/Tokyo", until="2020-01-01")
    assert "is past" in reply.errors["until"]
    kept = await story.submit("maya", "zone", "Asia/Tokyo", until="")
    assert shown(kept.message) == "Your norms stay in Europe/Lisbon time."


@pytest.mark.parametrize("action", [Act.FOLLOW_ZONE, Act.KEEP_ZONE])
async def test_a_zone_button_without_a_zone_is_out_of_date(story: Story, action: Act) -> None:
    reply = await story.handle(Pressed(story.key(), account("maya"), action, ""))
    assert "out of date" in shown(reply.message)


async def test_home_says_how_to_turn_off_what_has_no_switch_there(story: Story) -> None:
    said = shown(await story.opens_home("maya"))
    _, _, words = said.partition("To turn one off: /boundary mute ")
    offered = [each for each in re.findall(r"[a-z]+", words.partition(")")[0]) if each != "or"]
    assert offered == ["landing", "handover", "return", "weekly", "votes"]
    for word in offered:
        assert re.search(r"\boff\b|no longer", await story.says("maya", f"/boundary mute {word}")), word
