"""Texts of deliveries: built when they are claimed, from ids, and never about what is no longer true."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.compose import REPEAT, compose
from bot.messages.actions import Topic
from bot.messages.digest import DIGEST_LIMIT
from bot.messages.model import Message
from bot.ports import Tx
from bot.records import Delivery, Hold, HoldState, Lane
from rules import Digest, Effect, EndSnooze, Landed, Nudge, Say, SenderNote, Urgency, UrgentPing
from rules.effects import TeamPost
from tests.support.shown import shown
from tests.support.story import MONDAY, Story, account


@pytest.fixture
async def story() -> Story:
    """Maya focuses until 11:35; Ana has three messages waiting for her, the last one urgent."""
    story = Story()
    await story.enrol("maya", "ana")
    await story.says("maya", "/boundary style separator")
    await story.says("maya", "/quiet 90m")
    for text in ("first", "second", "third"):
        story.clock.at += timedelta(seconds=1)
        await story.says("ana", f"/later @maya {text}")
    third = (await story.holds("ana"))[-1]
    await story.submit("ana", "urgent", third.id, reason="deadline", words="tonight", sure="yes")
    return story


async def built(story: Story, effect: Effect, to: str = "maya", **changes: object) -> Message | None:
    row = Delivery("d", "k", Lane.MESSAGE, account(to), effect, story.clock.now())
    row = replace(row, **changes)  # type: ignore[arg-type]
    return await story.store.write(lambda tx: compose(tx, story.vault, row, story.clock.now()))


async def set_state(story: Story, state: HoldState) -> list[Hold]:
    """Put every hold of Ana's into a state; returns them."""

    def put(tx: Tx) -> list[Hold]:
        found = [replace(hold, state=state) for hold in tx.holds.sent_by(account("ana"), 1000)]
        for hold in found:
            tx.holds.put(hold)
        return found

    return await story.store.write(put)


def ids(holds: list[Hold]) -> tuple[str, ...]:
    return tuple(hold.id for hold in holds)


async def test_a_digest_puts_urgent_first_then_mentions_then_texts(story: Story) -> None:
    held = await set_state(story, HoldState.RELEASING)
    text = shown(await built(story, Digest("p", ids(held))))
    assert text.startswith("3 waited while you were away, 1 urgent\nUrgent. Ana wrote at 10:05 (A deadline")
    assert text.index("third") < text.index("first") < text.index("second")


async def test_mentions_stand_together_before_texts_whoever_wrote_them(story: Story) -> None:
    await story.enrol("kenji")
    await set_state(story, HoldState.CANCELLED)
    texts = [("kenji", "early words"), ("ana", "late words")]
    for sender, words in texts:
        story.clock.at += timedelta(minutes=1)
        await story.mentions(sender, "maya")
        await story.says(sender, f"/later @maya {words}")
    held = [hold for name in ("kenji", "ana") for hold in (await story.holds(name))[-2:]]
    await story.store.write(
        lambda tx: [tx.holds.put(replace(hold, state=HoldState.RELEASING)) for hold in held]
    )
    message = await built(story, Digest("p", ids(held)))
    assert message is not None
    assert [type(part).__name__ for part in message.parts][:3] == ["Heading", "Bullets", "Paragraph"]
    said = shown(message)
    places = [
        said.index(words) for words in ("Kenji mentioned", "Ana mentioned", "early words", "late words")
    ]
    assert places == sorted(places)


async def test_a_digest_says_when_it_is_late_or_may_be_a_repeat(story: Story) -> None:
    held = await set_state(story, HoldState.RELEASING)
    due = story.clock.now() - timedelta(minutes=11)
    late = shown(await built(story, Digest("p", ids(held)), due_at=due, because="repeat"))
    assert "I was delayed" in late
    assert "may be a repeat" in late
    assert "delayed" not in shown(await built(story, Digest("p", ids(held))))


async def test_a_digest_leaves_out_what_was_taken_back(story: Story) -> None:
    held = await set_state(story, HoldState.RELEASING)
    await story.store.write(lambda tx: tx.holds.put(replace(held[0], state=HoldState.CANCELLED)))
    assert "2 waited" in shown(await built(story, Digest("p", ids(held))))
    await set_state(story, HoldState.CANCELLED)
    assert await built(story, Digest("p", ids(held))) is None


async def test_a_text_that_no_key_opens_is_named_and_not_shown(story: Story) -> None:
    held = await set_state(story, HoldState.RELEASING)
    wrong = story.vault.seal("secret", "hold:other")
    await story.store.write(lambda tx: tx.holds.put(replace(held[0], text=wrong)))
    text = shown(await built(story, Digest("p", (held[0].id,))))
    assert "wrote something that I cannot open any more" in text
    assert "secret" not in text


async def test_a_full_digest_shows_every_text(story: Story) -> None:
    for number in range(DIGEST_LIMIT - 3):
        await story.says("ana", f"/later @maya text number {number}")
    held = await set_state(story, HoldState.RELEASING)
    message = await built(story, Digest("p", ids(held)))
    assert len(held) == DIGEST_LIMIT
    assert all(f"text number {number}" in shown(message) for number in range(DIGEST_LIMIT - 3))
    assert message is not None
    assert len(message.parts) <= 50


async def test_an_urgent_ping_gives_the_reason_and_asks_for_a_verdict(story: Story) -> None:
    held = await set_state(story, HoldState.RELEASING)
    urgent = next(hold for hold in held if hold.urgency is Urgency.URGENT)
    text = shown(await built(story, UrgentPing("p", urgent.id), because="repeat"))
    assert text.startswith("Ana says this cannot wait.\nA deadline before they are back: tonight.\nthird")
    assert "may be a repeat" in text
    assert "[Fair] [Could have waited]" in text
    assert await built(story, UrgentPing("p", "h_gone")) is None


async def test_a_sender_note_is_only_about_what_still_waits(story: Story) -> None:
    held = await set_state(story, HoldState.WAITING)
    assert "Maya is away" in shown(await built(story, SenderNote("p", ids(held)), "ana"))
    await set_state(story, HoldState.CANCELLED)
    assert await built(story, SenderNote("p", ids(held)), "ana") is None


async def test_landed_is_one_message_to_a_sender(story: Story) -> None:
    held = await set_state(story, HoldState.DELIVERED)
    assert (
        shown(await built(story, Landed("p", ids(held)), "ana")) == "Your 3 messages reached Maya at 10:05."
    )
    await set_state(story, HoldState.WAITING)
    assert await built(story, Landed("p", ids(held)), "ana") is None


async def test_nudges_say_what_waits_and_when_hours_end(story: Story) -> None:
    person = (await story.record("maya")).person.id
    start = shown(await built(story, Nudge(person, "start_of_day", MONDAY.date())))
    assert start.startswith("Good morning. 3 waited, 1 urgent.")
    end = shown(await built(story, Nudge(person, "end_of_day", MONDAY.date())))
    assert end.startswith("Your hours end at 17:00. 3 waiting, 1 urgent.")
    sunday = shown(await built(story, Nudge(person, "end_of_day", date(2026, 11, 22))))
    assert sunday.startswith("Your hours end soon.")
    assert await built(story, Nudge("p_gone", "end_of_day", MONDAY.date())) is None


async def test_what_is_said_once_is_dropped_when_it_is_no_longer_true(story: Story) -> None:
    held = await set_state(story, HoldState.WAITING)
    facts = tuple(("hold", hold.id) for hold in held)
    assert await built(story, Say("p", Topic.CONNECT)) is None
    assert await built(story, Say("p", Topic.ZONE, (("zone", "Europe/Lisbon"),))) is None
    assert await built(story, Say("p", Topic.ZONE)) is None
    assert "has changed their plans" in shown(await built(story, Say("p", Topic.MOVED, facts), "ana"))
    await set_state(story, HoldState.DELIVERED)
    assert await built(story, Say("p", Topic.MOVED, facts), "ana") is None


@pytest.mark.parametrize(
    ("topic", "facts", "words"),
    [
        (Topic.CONNECTED, (), "Connected."),
        (Topic.DISCONNECTED, (), "You are disconnected"),
        (Topic.UNDELIVERED, (), "could not be delivered"),
        (Topic.UNDELIVERED, (("sure", "no"),), "I cannot see whether your message arrived"),
        (
            Topic.GONE,
            (("name", "Maya"), ("count", "2")),
            "Maya no longer uses Boundary Bot, so your 2 messages",
        ),
        (Topic.GONE, (), "The person you wrote to no longer uses"),
        (Topic.ZONE, (("zone", "Asia/Tokyo"),), "Your profile now says Tokyo"),
    ],
)
async def test_every_topic_has_its_words(
    story: Story, topic: Topic, facts: tuple[tuple[str, str], ...], words: str
) -> None:
    assert words in shown(await built(story, Say("p", topic.value, facts)))


async def test_connect_is_offered_where_it_is_possible() -> None:
    story = Story(connect=True)
    await story.enrol("maya")
    assert "[Connect…]" in shown(await built(story, Say("p", Topic.CONNECT)))
    await story.connects("maya")
    assert await built(story, Say("p", Topic.CONNECT)) is None


async def test_an_effect_without_words_has_none(story: Story) -> None:
    assert await built(story, EndSnooze("p", MONDAY)) is None


async def test_what_a_team_said_and_says_again_to_a_member_says_that_it_may_be_a_repeat(story: Story) -> None:
    await story.says("maya", "/boundary team new Platform")
    founded = TeamPost("platform", "founded")
    once, again = await built(story, founded), await built(story, founded, because=REPEAT)
    assert "may be a repeat" not in shown(once)
    assert shown(again).startswith(shown(once))
    assert shown(again).endswith("This may be a repeat: I could not see whether it reached you before.")
