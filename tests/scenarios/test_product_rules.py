"""The ten product rules, one test or more after each. Rule 9 has a file of its own:
test_settings_matter.py."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest

import bot.messages
from adapters.stores.sqlite import SqliteStore, migrate
from bot import records
from bot.messages.actions import Act
from bot.messages.model import Message
from rules import Status, values
from tests.support.shown import buttons_of, shown
from tests.support.story import MONDAY, Story, account

SOURCES = sorted(Path(bot.messages.__path__[0]).rglob("*.py"))


@pytest.fixture
async def team() -> Story:
    """Maya, Ana and Sam have enrolled, and Maya is connected."""
    story = Story(connect=True)
    await story.enrol("maya", "ana", "sam")
    await story.connects("maya")
    return story


# 1. No platform lets a bot intercept a message ---------------------------------------------------


async def test_rule_1_a_mention_stays_where_it_is_and_only_a_link_is_passed_on(team: Story) -> None:
    await team.says("maya", "/focus 90m")
    await team.mentions("ana", "maya")
    hold = (await team.holds("ana"))[0]
    assert hold.text is None
    assert hold.link.startswith("https://")
    assert "I'll pass on a link to your message" in team.read("ana", "note")[0]
    assert account("maya") in team.chat.snoozes


def test_rule_1_no_sentence_claims_to_intercept() -> None:
    for source in SOURCES:
        words = source.read_text(encoding="utf-8").lower()
        for claim in ("intercept", "blocked your message", "stopped your message", "delayed your message"):
            assert claim not in words, source


# 2. Silence is never total -----------------------------------------------------------------------


async def test_rule_2_what_waits_is_always_counted_and_can_be_looked_at_early(team: Story) -> None:
    await team.says("maya", "/quiet 3h")
    await team.says("ana", "/later @maya one")
    await team.says("sam", "/later @maya two")
    for typed in ("/boundary today", "/boundary waiting"):
        assert "2 waiting, 0 urgent" in await team.says("maya", typed)
    home = await team.opens_home("maya")
    assert "2 waiting, 0 urgent. [Look now]" in shown(home)
    looked = await team.press("maya", home, "Look now", "home")
    await team.press("maya", looked.message, "Deliver these now")
    assert "one" in team.read("maya")[-1]
    assert "two" in team.read("maya")[-1]


# 3. Breaking through needs a reason --------------------------------------------------------------


async def test_rule_3_without_a_reason_and_a_confirmation_nothing_breaks_through(team: Story) -> None:
    await team.says("maya", "/focus 90m")
    reply = await team.command("ana", "/later @maya the shop is down")
    opened = await team.press("ana", reply.message, "Send now…")
    assert opened.form is not None
    for given in ({}, {"reason": "broken"}, {"sure": "yes"}, {"reason": "because", "sure": "yes"}):
        assert (await team.submit("ana", "urgent", opened.form.context, **given)).errors
    assert not [text for text in team.read("maya") if "cannot wait" in text]


async def test_rule_3_the_reason_is_kept_and_the_recipient_says_whether_it_was_fair(team: Story) -> None:
    await team.says("maya", "/focus 90m")
    reply = await team.command("ana", "/later @maya the shop is down")
    hold = (await team.holds("ana"))[0]
    await team.submit("ana", "urgent", hold.id, reason="broken", words="shop", sure="yes")
    assert "[Fair] [Could have waited]" in team.read("maya")[-1]
    await team.press("maya", team.last("maya"), "Could have waited")
    kept = (await team.holds("ana"))[0]
    assert (kept.reason, kept.fair) == ("broken: shop", False)
    assert "could have waited" not in " ".join(team.read("ana")).lower()
    assert reply.message is not None


# 4. A status set by hand is never overwritten, ours is put back ----------------------------------


async def test_rule_4_a_standing_norm_leaves_a_status_set_by_hand(team: Story) -> None:
    by_hand = Status("On a train", ":train:", None)
    team.chat.statuses[account("maya")] = by_hand
    await team.until(MONDAY + timedelta(days=1))
    assert team.chat.statuses[account("maya")] == by_hand


async def test_rule_4_what_was_there_before_is_put_back(team: Story) -> None:
    by_hand = Status("On a train", ":train:", None)
    team.chat.statuses[account("maya")] = by_hand
    await team.says("maya", "/focus 25m")
    assert "10:30" in team.chat.statuses[account("maya")].text
    await team.until(MONDAY + timedelta(hours=1))
    assert team.chat.statuses[account("maya")] == by_hand


# 5. The name of a norm is private ----------------------------------------------------------------


async def _others_saw(story: Story) -> str:
    await story.mentions("ana", "maya")
    said = [await story.says("ana", "/later @maya hello"), await story.says("ana", "/boundary when @maya")]
    status = story.chat.statuses.get(account("maya"))
    return " ".join([*said, *story.read("ana", ""), status.text if status else ""])


async def test_rule_5_others_read_when_a_person_is_back_and_no_name(team: Story) -> None:
    await team.says("maya", "/quiet mon 10:00-12:00 therapy")
    await team.says("maya", "/boundary here 1m")
    await team.says("maya", "/boundary resume")
    seen = await _others_saw(team)
    assert "therapy" not in seen
    assert "12:00" in seen


async def test_rule_5_a_name_that_its_owner_shares_is_shown(team: Story) -> None:
    await team.submit(
        "maya",
        "window",
        name="deep work",
        kind="focus",
        when="mon 10:00-12:00",
        passes="default",
        share="yes",
    )
    seen = await _others_saw(team)
    assert "Maya is in deep work and back at 12:00." in seen


# 6. The bot is itself a notifier -----------------------------------------------------------------


def _nudges(story: Story) -> list[Message]:
    seen = [each.message for each in story.saw("maya", "post")]
    return [message for message in seen if any(button.action == Act.MUTE for button in buttons_of(message))]


def _kinds(nudges: list[Message]) -> Counter[str]:
    """How many of each kind, by what their first off switch turns off."""
    switches = [[each for each in buttons_of(nudge) if each.action == Act.MUTE] for nudge in nudges]
    return Counter(found[0].value for found in switches)


async def test_rule_6_at_most_two_nudges_a_day_each_with_its_off_switch(team: Story) -> None:
    await team.until(MONDAY + timedelta(days=1) - timedelta(hours=1, minutes=10))
    for _ in range(2):
        before = len(_nudges(team))
        await team.until(team.clock.at + timedelta(days=1))
        assert len(_nudges(team)) - before <= 2
    await team.press("maya", _nudges(team)[-1], "Turn these off")
    before = len(_nudges(team))
    await team.until(team.clock.at + timedelta(days=3))
    kinds = _kinds(_nudges(team)[before:])
    assert set(kinds) == {"start_of_day", "weekly"}  # the weekly line has a switch of its own


async def test_rule_6_a_kind_that_is_ignored_three_times_stops(team: Story) -> None:
    await team.says("maya", "/boundary hours daily 9-17")
    await team.until(MONDAY + timedelta(days=10))
    assert _kinds(_nudges(team)) == {"start_of_day": 3, "end_of_day": 3, "weekly": 1}
    assert "The end-of-day nudge is off. [Turn on]" in shown(await team.opens_home("maya"))
    await team.says("maya", "/boundary unmute end")
    await team.until(MONDAY + timedelta(days=11))
    assert _kinds(_nudges(team)) == {"start_of_day": 3, "end_of_day": 4, "weekly": 1}


async def test_rule_6_no_nudge_in_the_persons_own_quiet_time(team: Story) -> None:
    await team.says("maya", "/quiet mon 16:00-18:00 dinner")
    await team.until(MONDAY.replace(hour=15, minute=59))
    before = len(_nudges(team))
    await team.until(MONDAY.replace(hour=18))
    assert all(
        MONDAY.replace(hour=16) > each.at or each.message not in _nudges(team)[before:]
        for each in team.saw("maya")
    )


# 7. No message text is kept for analysis ---------------------------------------------------------


async def test_rule_7_held_text_is_sealed_and_gone_after_delivery(tmp_path: Path) -> None:
    path = tmp_path / "boundary.db"
    migrate(path)
    story = Story(store=SqliteStore(path))
    await story.enrol("maya", "ana")
    await story.says("maya", "/focus 90m")
    await story.says("ana", "/later @maya Xylophone lessons")
    assert (await story.holds("ana"))[0].text is not None
    assert b"Xylophone" not in _bytes(tmp_path)
    await story.until(MONDAY + timedelta(hours=2))
    assert "Xylophone" in " ".join(story.read("maya"))
    assert (await story.holds("ana"))[0].text is None
    assert b"Xylophone" not in _bytes(tmp_path)
    await story.store.close()


def _bytes(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())


async def test_rule_7_a_cancelled_text_is_gone_too(team: Story) -> None:
    await team.says("maya", "/focus 90m")
    reply = await team.command("ana", "/later @maya hello")
    await team.press("ana", reply.message, "Cancel")
    assert (await team.holds("ana"))[0].text is None


# 8. No presence, no response speed, no figure about one person to another -------------------------


def test_rule_8_nothing_that_is_stored_could_hold_presence_or_speed() -> None:
    forbidden = ("online", "presence", "last_seen", "active", "score", "response_time", "rank", "typing")
    for name in _stored_fields():
        assert not any(word in name for word in forbidden), name


def _stored_fields() -> Iterator[str]:
    for module in (records, values):
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if hasattr(kind, "__dataclass_fields__"):
                yield from (field.name for field in fields(kind))


async def test_rule_8_a_colleague_learns_nothing_by_asking_about_somebody(team: Story) -> None:
    await team.says("maya", "/quiet daily 9-23 therapy")
    for typed in (
        "/boundary today @maya",
        "/boundary waiting @maya",
        "/boundary norms @maya",
        "/boundary why @maya",
    ):
        said = await team.says("ana", typed)
        assert "therapy" not in said
        assert "23:00" not in said


# 10. Every decision can be explained -------------------------------------------------------------


async def test_rule_10_why_names_the_winner_the_losers_and_what_would_change_it(team: Story) -> None:
    await team.says("maya", "/focus mon 9-12 deep work")
    await team.says("maya", "/quiet mon 10-11 call home")
    said = await team.says("maya", "/boundary why @ana")
    assert '"call home" (quiet) decides the mode' in said
    assert '"deep work" (focus) is open too, but quiet beats focus' in said
    assert "it would be delivered at 12:00" in said
    assert "Ana is not on its list" in said
    assert "p_" not in said


async def test_rule_10_why_also_speaks_of_the_last_ping_that_waits(team: Story) -> None:
    await team.says("maya", "/focus 90m")
    await team.mentions("ana", "maya")
    assert "The last one that waits came from Ana at 10:05. You are focusing." in await team.says(
        "maya", "/boundary why"
    )
