"""Rituals as days tell them: a cycler with care in the middle, a separator's week, back from leave."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest

from bot.messages.actions import Act
from bot.messages.model import Message
from bot.ports import Reply
from rules import Mode, availability_at, rituals
from rules.transitions import LATEST
from tests.support.shown import buttons_of, fields_of, shown
from tests.support.story import MONDAY, Story, account

TUESDAY, WEDNESDAY, FRIDAY = (MONDAY.replace(day=day) for day in (24, 25, 27))
NEXT_MONDAY = MONDAY.replace(day=30)


def at(day: datetime, hour: int, minute: int = 0) -> datetime:
    return day.replace(hour=hour, minute=minute)


def nudges(story: Story, name: str = "maya") -> list[str]:
    """When and of which kind each nudge was, "Mon 16:45 end_of_day"."""
    return [
        f"{each.at:%a %H:%M} {switch}" for each in story.saw(name, "post") if (switch := _kind(each.message))
    ]


def _kind(message: Message) -> str:
    found = [each.value for each in buttons_of(message) if each.action == Act.MUTE]
    return found[0] if found else ""


async def write(story: Story, nudge: Message, label: str, **fields: str) -> Reply:
    """Open the form of a nudge and send it."""
    opened = await story.press("maya", nudge, label)
    assert opened.form is not None
    assert set(fields) <= set(fields_of(opened.form))
    return await story.submit("maya", "ritual", opened.form.context, **fields)


@pytest.fixture
async def cycler() -> Story:
    """Maya works, cares, works; Ana writes to her."""
    story = Story(connect=True)
    await story.enrol("maya", "ana")
    await story.connects("maya")
    await story.says("ana", "/boundary mute all")
    await story.says("maya", "/boundary style cycler")
    await story.says("maya", "/boundary hours mon-fri 09:00-12:00, 14:00-17:00")
    return story


async def test_a_ritual_that_was_skipped_is_no_longer_announced(cycler: Story) -> None:
    assert "16:45 end-of-day\n" in await cycler.says("maya", "/boundary rituals")
    await cycler.says("maya", "/boundary skip end")
    said = await cycler.says("maya", "/boundary rituals")
    assert "16:45 end-of-day: not as a nudge, you answered it already\n" in said


async def test_a_day_of_work_care_work(cycler: Story) -> None:
    await cycler.until(at(MONDAY, 11, 52))
    nudge = cycler.last("maya")
    assert shown(nudge).startswith("This block of hours ends at 12:00. The next one begins at 14:00.")
    closed = await write(cycler, nudge, "Write and close…", progress="The review", next="Chapter 3")
    assert closed.replace
    assert "You are off until 14:00. What you wrote comes back then" in shown(closed.message)
    assert cycler.chat.statuses[account("maya")].text == "Off, back at 14:00"
    assert cycler.chat.snoozes[account("maya")] == at(MONDAY, 14)
    await cycler.until(at(MONDAY, 13, 59))
    assert "Chapter 3" not in "".join(cycler.read("maya"))
    await cycler.until(at(MONDAY, 14, 1))
    assert "In progress: The review\nNext step: Chapter 3" in cycler.read("maya")[-1]
    await cycler.until(at(MONDAY, 16, 46))
    assert nudges(cycler) == ["Mon 11:50 handover", "Mon 16:45 end_of_day"]


async def test_closing_the_day_sets_off_and_snooze_at_once(cycler: Story) -> None:
    await cycler.until(at(MONDAY, 16, 46))
    cycler.clock.at = at(MONDAY, 16, 50)
    await write(cycler, cycler.last("maya"), "Write and close…")
    assert cycler.chat.statuses[account("maya")].text == "Off, back Tue 09:00"
    assert cycler.chat.snoozes[account("maya")] == at(TUESDAY, 9)


async def test_in_teams_closing_the_day_shows_at_once_too() -> None:
    story = Story(presence=True)
    await story.says("maya@teams", "/boundary")
    await story.until(at(MONDAY, 16, 46))
    opened = await story.press("maya@teams", story.last("maya@teams"), "Write and close…")
    assert opened.form is not None
    assert story.teams.presence("maya@teams") == ""
    sent = await story.submit("maya@teams", "ritual", opened.form.context, first="Call Ana")
    assert sent.replace
    assert story.teams.presence("maya@teams") != ""
    assert "Tue 09:00" in story.teams.message("maya@teams")
    assert "Call Ana" not in story.teams.message("maya@teams")


async def test_the_evenings_words_come_back_in_the_morning_without_a_nudge(cycler: Story) -> None:
    await cycler.until(at(MONDAY, 16, 46))
    closed = await write(cycler, cycler.last("maya"), "Write and close…", open="Budget; at my desk at nine")
    assert shown(closed.message).startswith("Done for today. You are off until Tue 09:00.")
    await cycler.until(at(TUESDAY, 9, 1))
    back = cycler.saw("maya", "post")[-1]
    assert (back.at.hour, back.at.minute) == (9, 0)
    assert "Open: Budget; at my desk at nine" in shown(back.message)
    assert not _kind(back.message)  # a cycler's two nudges are the hand-over and the end
    await cycler.until(at(WEDNESDAY, 9, 1))
    assert sum("Budget" in text for text in cycler.read("maya")) == 1


async def separated(now: datetime) -> Story:
    """Maya draws a hard line; Ana is a colleague who wants no nudges."""
    story = Story(now=now, connect=True)
    await story.enrol("maya", "ana")
    await story.connects("maya")
    await story.says("ana", "/boundary mute all")
    await story.says("maya", "/boundary style separator")
    return story


@pytest.fixture
async def separator() -> Story:
    """It is Monday."""
    return await separated(MONDAY)


@pytest.fixture
async def on_friday() -> Story:
    """The last day of the week has begun."""
    return await separated(FRIDAY)


async def live(story: Story, until: datetime) -> None:
    """Days on which Maya answers each nudge."""
    while story.clock.at < until:
        seen = len(story.saw("maya", "post"))
        await story.until(min(until, story.clock.at + timedelta(hours=1)))
        for each in story.saw("maya", "post")[seen:]:
            if _kind(each.message):
                await story.press("maya", each.message, "Not today")


async def test_a_separators_week(separator: Story) -> None:
    await separator.says("maya", "/focus tue 09:30-11:30 deep work")
    await separator.until(at(TUESDAY, 9, 1))
    begun = await write(separator, separator.last("maya"), "Say what matters…", matters="The draft for Ana")
    assert shown(begun.message).startswith("Good start.")
    await separator.until(at(WEDNESDAY, 10))
    await separator.says("ana", "/boundary leave 2026-11-25..2026-11-26")
    await separator.says("maya", "/later @ana no hurry")
    await live(separator, at(FRIDAY, 16, 44))
    for day in ("Tue", "Wed", "Thu"):
        assert [each[10:] for each in nudges(separator) if day in each] == ["start_of_day", "end_of_day"]
    await separator.until(at(FRIDAY, 16, 46))
    week = shown(separator.last("maya"))
    assert "Your week, for you alone:" in week
    assert "Focus: 2 h kept of the 2 h you planned." in week
    assert "Evenings since Mon 23 Nov: 4 of 4 stayed yours." in week
    assert "Others: 1 message of yours waited for 1 person to be back." in week
    assert "What mattered:\nThe draft for Ana" in week
    assert "[Turn the weekly line off]" in week


async def test_what_was_written_on_friday_comes_back_on_monday(on_friday: Story) -> None:
    await on_friday.until(at(FRIDAY, 16, 46))
    await write(on_friday, on_friday.last("maya"), "Write and close…", first="Read the plan")
    await on_friday.until(at(NEXT_MONDAY, 9, 1))
    begin = on_friday.last("maya")
    assert shown(begin).startswith("Good morning.")
    assert "You wrote at Fri 16:46:\nFirst step: Read the plan" in shown(begin)
    opened = await on_friday.press("maya", begin, "Say what matters…")
    assert opened.form is not None
    assert "Read the plan" in [getattr(each, "value", "") for each in opened.form.fields]


async def test_the_weekly_line_has_a_switch_of_its_own(on_friday: Story) -> None:
    await on_friday.until(at(FRIDAY, 16, 46))
    off = await on_friday.press("maya", on_friday.last("maya"), "Turn the weekly line off")
    assert shown(off.message).startswith("The weekly nudge is off.")
    assert not off.replace  # the day can still be closed there
    await live(on_friday, at(FRIDAY + timedelta(days=7), 16, 44))
    await on_friday.until(at(FRIDAY + timedelta(days=7), 16, 46))
    assert "Your week" not in shown(on_friday.last("maya"))
    assert "Your hours end" in shown(on_friday.last("maya"))
    assert "It does not come by itself." in await on_friday.says("maya", "/boundary week")


async def test_without_the_end_of_the_day_the_weekly_line_comes_alone(on_friday: Story) -> None:
    await on_friday.says("maya", "/boundary mute end")
    await on_friday.until(at(FRIDAY, 16, 46))
    assert nudges(on_friday)[-1] == "Fri 16:45 weekly"
    read = await on_friday.press("maya", on_friday.last("maya"), "Good to know")
    assert read.replace
    assert (await on_friday.record("maya")).state.weekly.answered


async def test_who_closes_the_last_day_early_gets_the_weekly_line_with_it(on_friday: Story) -> None:
    await on_friday.until(at(FRIDAY, 15))
    said = await on_friday.says("maya", "/boundary close now")
    assert "Done for today." in said
    assert "Your week, for you alone:" in said
    await on_friday.until(at(NEXT_MONDAY, 8))
    assert not [each for each in nudges(on_friday) if "Fri" in each and "start" not in each]


async def test_back_from_leave(separator: Story) -> None:
    await separator.says("maya", "/boundary close Ask Sam for the keys")
    await separator.says("maya", "/boundary leave 2026-11-24..2026-11-27 @sam")
    for text in ("one", "two"):
        await separator.says("ana", f"/later @maya {text}")
    await separator.until(at(NEXT_MONDAY, 8, 59))
    assert not [each for each in nudges(separator) if "Mon" not in each]
    await separator.until(at(NEXT_MONDAY, 9))
    welcome = next(each for each in separator.saw("maya") if "Welcome back" in shown(each.message)).message
    assert shown(welcome).startswith("Welcome back. 2 waited from 1 person, 0 urgent.\nAna: 2")
    assert "First step: Ask Sam for the keys" in shown(welcome)
    assert nudges(separator)[-1] == "Mon 09:00 return_from_leave"
    held = await separator.press("maya", welcome, "Hold the first hour")
    assert held.replace
    assert "focus until 10:00" in shown(held.message)
    await separator.until(at(NEXT_MONDAY, 9, 59))
    assert not [text for text in separator.read("maya") if "one" in text.split()]
    await separator.until(at(NEXT_MONDAY, 10, 16))
    assert [text for text in separator.read("maya") if "2 waited while you were away" in text]


async def test_nothing_comes_on_leave_or_on_a_holiday(separator: Story) -> None:
    await separator.says("maya", "/boundary holidays PT")
    await separator.says("maya", "/boundary leave 2026-12-02..2026-12-04")
    before = len(nudges(separator))
    await separator.until(MONDAY.replace(month=12, day=1, hour=0, minute=1))
    away = len(nudges(separator))
    assert away > before
    await separator.until(MONDAY.replace(month=12, day=6, hour=23))  # the 1st is a holiday, then leave
    assert len(nudges(separator)) == away


async def test_ten_minutes_to_land_before_the_school_run(separator: Story) -> None:
    await separator.says("maya", "/quiet weekdays 15:00-15:45 school run")
    await separator.says("maya", "/boundary rituals landing, end")
    await separator.until(at(MONDAY, 14, 51))
    nudge = separator.last("maya")
    assert shown(nudge).startswith("10 minutes to land: school run begins at 15:00.")
    landed = await write(separator, nudge, "Write and land…", next="Answer Kenji")
    assert "Landed: quiet from now on, school run from 15:00." in shown(landed.message)
    status = separator.chat.statuses[account("maya")]
    assert "15:45" in status.text
    assert "school" not in status.text
    await separator.until(at(MONDAY, 15, 46))
    assert "Next step: Answer Kenji" in separator.read("maya")[-1]
    assert nudges(separator)[-1] == "Mon 14:50 landing"


async def test_a_nudge_that_would_be_late_never_comes_and_its_words_still_do(separator: Story) -> None:
    await separator.until(at(MONDAY, 16, 46))
    await write(separator, separator.last("maya"), "Write and close…", first="Call Ana")
    separator.clock.at = at(TUESDAY, 9, 20)  # the process was down
    await separator.sweep()
    assert not [each for each in nudges(separator) if "Tue" in each]
    assert "First step: Call Ana" in separator.read("maya")[-1]


# Every style, a fortnight long -------------------------------------------------------------------


@pytest.mark.parametrize("chosen", ["usual", "landing, handover, start, end"])
@pytest.mark.parametrize("style", ["separator", "integrator", "cycler"])
async def test_never_more_than_two_a_day_never_late_and_never_in_ones_quiet_time(
    style: str, chosen: str
) -> None:
    story = await separated(MONDAY)
    for words in (
        f"style {style}",
        "hours mon-thu 09:00-12:00, 13:30-17:30; fri 09:00-13:00",
        "leave 2026-11-30..2026-11-30",
        f"rituals {chosen}",
    ):
        await story.says("maya", f"/boundary {words}")
    await story.says("maya", "/quiet daily 15:00-15:45 school run")
    await live(story, MONDAY + timedelta(days=14))
    person = (await story.record("maya")).person
    seen = [each for each in story.saw("maya", "post") if _kind(each.message)]
    days = Counter(each.at.date() for each in seen)
    assert max(days.values()) == 2
    assert at(NEXT_MONDAY, 0).date() not in days
    for each in seen:
        assert availability_at(person, (), each.at).mode is Mode.AVAILABLE
        due = [ritual.at for ritual in rituals(person, (), each.at - LATEST, each.at + timedelta(seconds=1))]
        assert due, f"{each.at} is the moment of no ritual"


async def test_ignored_nudges_stop_and_nothing_takes_their_place(cycler: Story) -> None:
    await cycler.says("maya", "/quiet daily 15:00-15:45 school run")
    await cycler.until(MONDAY + timedelta(days=21))
    kinds = Counter(each.split()[2] for each in nudges(cycler))
    assert kinds == {"handover": 3, "end_of_day": 3, "weekly": 3}
