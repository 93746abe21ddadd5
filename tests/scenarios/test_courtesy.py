"""What makes the conversation considerate: the right place, names instead of ids, nobody's own quiet time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.flows.holds import seal_about
from bot.inbound import Command, HomeOpened, Mentioned, PersonRef, Pressed, Profile, ShortcutUsed
from bot.messages.actions import Act
from bot.messages.model import TextField
from bot.records import HoldState
from tests.support.shown import shown
from tests.support.story import MONDAY, Story, account, profile


@pytest.fixture
def story() -> Story:
    return Story()


async def test_the_note_about_a_mention_in_a_thread_stands_in_that_thread(story: Story) -> None:
    await story.enrol("maya", "ana")
    await story.says("maya", "/focus 90m")
    await story.mentions("ana", "maya", thread="1700.1")
    await story.mentions("ana", "maya")
    assert [each.thread for each in story.saw("ana", "note")] == ["1700.1", ""]


async def test_one_note_a_thread_is_enough(story: Story) -> None:
    await story.enrol("maya", "ana")
    await story.says("maya", "/focus 90m")
    await story.mentions("ana", "maya", thread="1700.1")
    await story.mentions("ana", "maya", thread="1700.1")
    assert len(story.saw("ana", "note")) == 1
    assert [hold.thread for hold in await story.holds("ana")] == ["1700.1", "1700.1"]


async def test_a_new_ping_judges_nothing_but_itself(story: Story) -> None:
    await story.enrol("maya", "ana", "kenji")
    await story.says("maya", "/focus 90m")
    await story.says("ana", "/later @maya hello")
    first = (await story.holds("ana"))[0]
    assert first.release_at is not None
    moved = replace(first, release_at=first.release_at + timedelta(hours=1))
    await story.store.write(lambda tx: tx.holds.put(moved))
    await story.says("kenji", "/later @maya hello")
    assert (await story.holds("ana"))[0] == moved
    second = (await story.holds("kenji"))[0]
    assert second.release_at is not None
    assert (await story.record("maya")).next_at <= second.release_at  # type: ignore[operator]


async def test_where_a_message_landed_is_told_when_its_sender_is_back_themself(story: Story) -> None:
    await story.enrol("maya", "ana")
    await story.says("maya", "/focus 30m")
    await story.says("ana", "/later @maya hello")
    await story.says("ana", "/focus 3h")
    await story.until(MONDAY + timedelta(hours=2))
    assert any("hello" in each for each in story.read("maya"))
    assert story.read("ana") == []
    await story.until(MONDAY + timedelta(hours=3))
    assert [each.at for each in story.saw("ana", "post")] == [MONDAY + timedelta(hours=3)]
    assert story.read("ana")[0].startswith("Your message reached Maya at 10:")


async def test_a_release_that_moves_is_told_when_its_sender_is_back_themself(story: Story) -> None:
    await story.enrol("maya", "ana")
    await story.says("maya", "/focus 30m")
    await story.says("ana", "/later @maya hello")
    await story.says("ana", "/focus 1h")
    await story.says("maya", "/focus 3h")
    assert story.read("ana") == []
    await story.until(MONDAY + timedelta(hours=1))
    assert "changed their plans" in story.read("ana")[0]


async def test_what_connecting_adds_is_told_in_working_time() -> None:
    story = Story(connect=True, now=MONDAY.replace(hour=20))
    await story.enrol("maya")
    assert story.read("maya") == []
    await story.until(MONDAY + timedelta(days=1))
    offers = [each for each in story.saw("maya", "post") if "[Connect\u2026]" in shown(each.message)]
    assert [each.at for each in offers] == [MONDAY.replace(day=24, hour=9, minute=0)]


async def test_a_text_that_no_key_opens_is_not_delivered_and_its_sender_is_told(story: Story) -> None:
    await story.enrol("maya", "ana")
    await story.says("maya", "/focus 30m")
    await story.says("ana", "/later @maya lost words")
    await story.says("ana", "/later @maya kept words")
    held = await story.holds("ana")
    texts = {story.vault.open(hold.text or b"", seal_about(hold.id)): hold for hold in held}
    lost, kept = texts["lost words"], texts["kept words"]
    sealed = story.vault.seal("lost words", "hold:other")
    await story.store.write(lambda tx: tx.holds.put(replace(lost, text=sealed)))
    reply = await story.handle(Pressed(story.key(), account("ana"), Act.EDIT_HOLD, lost.id))
    assert "cannot open that text any more" in shown(reply.message)
    await story.until(MONDAY + timedelta(hours=1))
    digest = next(each for each in story.read("maya") if "kept words" in each)
    assert "Ana wrote something that I cannot open any more" in digest
    states = {hold.id: hold.state for hold in await story.holds("ana")}
    assert states == {lost.id: HoldState.CANCELLED, kept.id: HoldState.DELIVERED}
    told = story.read("ana")
    assert "Your message could not be delivered to Maya. Please write to them directly." in told
    assert sum(each.startswith("Your message reached Maya") for each in told) == 1


async def test_a_sender_who_never_used_us_is_called_by_name_in_their_own_time(story: Story) -> None:
    await story.enrol("maya")
    await story.says("maya", "/focus 90m")
    told = {account("kenji").user: profile("kenji")}
    link = "https://t1.example/p1"
    users = (account("maya").user,)
    await story.handle(Mentioned("m1", account("kenji"), "C1", "1.1", users, link, profiles=told))
    assert "Maya is away from notifications and back at 20:35." in story.read("kenji", "note")[0]
    assert "Kenji mentioned you at 10:05" in await story.says("maya", "/boundary waiting")


async def test_a_name_that_is_known_is_not_written_over(story: Story) -> None:
    await story.enrol("maya")
    told = {account("maya").user: Profile("Somebody Else", "Asia/Tokyo")}
    await story.handle(HomeOpened("h1", account("maya"), profiles=told))
    kept = await story.store.read(lambda tx: tx.accounts.get(account("maya")))
    assert kept is not None
    assert (kept.name, kept.zone) == ("Maya", "Europe/Lisbon")


async def test_nobody_is_ever_shown_a_platforms_id(story: Story) -> None:
    await story.enrol("maya", "ana")
    lee = PersonRef(account("lee").user)
    stand_in = (f"leave {MONDAY.date()}..{MONDAY.date()} ", lee)
    answer = await story.handle(Command("k1", account("maya"), "boundary", stand_in, "C1", profile("maya")))
    later = (PersonRef(account("maya").user), " please ask ", lee)
    held = await story.handle(Command("k2", account("ana"), "later", later, "C1", profile("ana")))
    to_lee = await story.handle(Command("k3", account("ana"), "later", (lee, " hello"), "C1", profile("ana")))
    seen = [shown(reply.message) for reply in (answer, held, to_lee)]
    seen += [await story.says("maya", f"/boundary {word}") for word in ("leave", "norms", "why", "waiting")]
    seen += [await story.says("ana", f"/boundary {word}") for word in ("waiting", "when @maya")]
    seen += [shown(await story.opens_home("maya")), *story.read("ana"), *story.read("lee")]
    assert [each for each in seen if lee.user in each] == []
    assert "Your colleague stands in" in seen[0]
    assert "Your colleague stands in until then." in seen[1]


async def test_the_shortcut_names_whom_a_message_mentions(story: Story) -> None:
    await story.enrol("maya")
    text = ("ask ", PersonRef(account("maya").user), " or ", PersonRef("U0NOBODY"))
    used = ShortcutUsed("s1", account("ana"), "C1", "1.1", account("sam").user, text)
    form = (await story.handle(used)).form
    assert form is not None
    texts = [each.value for each in form.fields if isinstance(each, TextField)]
    assert texts[0] == "ask @Maya or a colleague"
