"""The application's front: once per gesture, one transaction, private answers, nothing for strangers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.app import App
from bot.inbound import Command, Connected, Disconnected, Mentioned, Pressed, StatusChanged, Submitted
from bot.messages.actions import Act
from bot.planning.rows import CONNECTABLE
from bot.ports import Tx
from bot.records import DeliveryState, HoldState, Tenant
from rules import Answer, Reason
from tests.support.shown import shown
from tests.support.story import MONDAY, TENANT, Story, account, pieces, profile


@pytest.fixture
def story() -> Story:
    return Story(connect=True)


async def test_the_same_command_three_times_has_one_effect(story: Story) -> None:
    await story.enrol("maya")
    same = Command("slack:trigger:1", account("maya"), "focus", pieces("90m"), "C1", profile("maya"))
    first, *others = [await story.handle(same) for _ in range(3)]
    assert shown(first.message).startswith("Focus until 11:35.")
    assert [shown(reply.message) for reply in others] == ["I have this already; nothing was done twice."] * 2
    assert len((await story.record("maya")).person.said) == 1


async def test_one_gesture_reported_as_two_events_makes_one_hold(story: Story) -> None:
    await story.enrol("maya", "ana")
    await story.says("maya", "/focus 90m")
    await story.mentions("ana", "maya", twin="client-msg-1")
    await story.mentions("ana", "maya", twin="client-msg-1")
    assert len(await story.holds("ana")) == 1
    assert len(story.saw("ana", "note")) == 1


async def test_two_mentions_are_two_holds_but_one_note(story: Story) -> None:
    await story.enrol("maya", "ana")
    await story.says("maya", "/focus 90m")
    await story.mentions("ana", "maya")
    await story.mentions("ana", "maya")
    assert len(await story.holds("ana")) == 2
    assert len(story.saw("ana", "note")) == 1


async def test_a_mention_of_several_people_makes_one_note_about_those_who_are_away(story: Story) -> None:
    await story.enrol("maya", "ana", "kenji")
    await story.says("maya", "/focus 90m")
    await story.mentions("ana", "maya", "kenji", "lee", "ana")
    note = story.read("ana", "note")
    assert len(note) == 1
    assert "[Never mind (Maya)]" in note[0]
    assert "[Never mind (Kenji)]" in note[0]
    assert "Times are your local time." in note[0]
    assert "ee" not in {hold.recipient for hold in await story.holds("ana")}


async def test_a_mention_of_somebody_available_or_unknown_says_nothing(story: Story) -> None:
    await story.enrol("maya")
    await story.mentions("ana", "maya", "lee")
    assert story.saw("ana") == []
    assert await story.holds("ana") == []


async def test_every_handled_thing_wakes_the_performer(story: Story) -> None:
    await story.says("maya", "/boundary help")
    assert story.pokes == 1


async def test_a_refusal_stores_nothing_but_is_answered_once(story: Story) -> None:
    said = await story.says("ana", "/later @ana hello")
    assert said.startswith("That one is you")
    assert await story.holds("ana") == []


async def test_decisions_about_real_pings_are_kept_in_memory_with_their_trace(story: Story) -> None:
    await story.enrol("maya", "ana")
    seen: list[Reason] = []
    story.app.on_decision = lambda verdict: seen.append(verdict.reason)
    await story.says("maya", "/focus 90m")
    await story.mentions("ana", "maya")
    at, ping, recipient, verdict = story.app.decisions[-1]
    assert at == story.clock.now()
    assert recipient == (await story.record("maya")).person.id
    assert ping.sender == (await story.record("ana")).person.id
    assert verdict.answer is Answer.HOLD
    assert verdict.trace
    assert seen == [Reason.HELD_BY_FOCUS]


async def test_nobody_can_change_somebody_elses_hold(story: Story) -> None:
    await story.enrol("maya", "ana", "kenji")
    await story.says("maya", "/focus 90m")
    await story.says("ana", "/later @maya secret words")
    hold = (await story.holds("ana"))[0]
    for action in (Act.NEVER_MIND, Act.URGENT, Act.EDIT_HOLD, Act.KEEP, Act.FAIR):
        reply = await story.handle(Pressed(story.key(), account("kenji"), action, hold.id))
        assert "no longer here" in shown(reply.message)
        assert reply.form is None
    await story.submit("kenji", "edit_hold", hold.id, text="other words")
    assert (await story.holds("ana"))[0] == hold


async def test_buttons_and_forms_of_older_versions_are_answered(story: Story) -> None:
    reply = await story.handle(Pressed(story.key(), account("maya"), "no_such", "x"))
    assert shown(reply.message) == "That button is out of date."
    sent = await story.handle(Submitted(story.key(), account("maya"), "no_such", ""))
    assert "out of date" in shown(sent.message)


async def test_pressing_what_needs_enrolment_without_it_says_how_to_begin(story: Story) -> None:
    for action in (Act.ADD_WINDOW, Act.RELEASE, Act.EDIT_FRAME, Act.RITUAL_DONE, Act.UNDO):
        reply = await story.handle(Pressed(story.key(), account("maya"), action, ""))
        assert "Say /boundary to set up in a minute." in shown(reply.message)


async def test_a_cancel_after_the_digest_was_bound_says_it_is_on_its_way(story: Story) -> None:
    await story.enrol("maya", "ana")
    await story.says("maya", "/focus 90m")
    reply = await story.command("ana", "/later @maya hello")
    hold = (await story.holds("ana"))[0]
    await story.store.write(lambda tx: tx.holds.put(replace(hold, state=HoldState.RELEASING)))
    told = await story.press("ana", reply.message, "Cancel")
    assert "already on its way" in shown(told.message)


async def test_a_token_is_sealed_and_its_owner_told(story: Story) -> None:
    await story.enrol("maya")
    granted = Connected(story.key(), account("maya"), "xoxp-very-secret", ())
    await story.handle(granted)
    assert "xoxp" not in repr(granted)
    sealed = await story.store.read(lambda tx: tx.tokens.get(account("maya")))
    assert sealed is not None
    assert b"xoxp" not in sealed
    assert story.read("maya")[-1].startswith("Connected.")


async def test_connecting_in_the_middle_of_focus_sets_the_status_at_once(story: Story) -> None:
    await story.enrol("maya")
    await story.says("maya", "/focus 90m")
    assert account("maya") not in story.chat.statuses
    await story.connects("maya")
    assert "11:35" in story.chat.statuses[account("maya")].text


async def test_a_revoked_token_is_deleted_and_its_owner_told_once(story: Story) -> None:
    await story.enrol("maya")
    await story.connects("maya")
    for _ in range(2):
        await story.handle(Disconnected(story.key(), account("maya"), (account("maya").user,)))
    assert await story.store.read(lambda tx: tx.tokens.get(account("maya"))) is None
    assert len([text for text in story.read("maya") if "You are disconnected" in text]) == 1


async def test_a_connection_that_ends_in_quiet_time_is_told_when_its_owner_is_back(story: Story) -> None:
    await story.enrol("maya")
    await story.connects("maya")
    await story.says("maya", "/quiet 90m")
    await story.handle(Disconnected(story.key(), account("maya"), (account("maya").user,)))
    assert "You are disconnected" not in "".join(story.read("maya"))
    await story.until(MONDAY + timedelta(hours=2))
    assert "You are disconnected" in story.read("maya")[-1]


async def test_whoever_connects_again_meanwhile_is_not_told_of_the_end(story: Story) -> None:
    await story.enrol("maya")
    await story.connects("maya")
    await story.says("maya", "/quiet 90m")
    await story.handle(Disconnected(story.key(), account("maya"), (account("maya").user,)))
    await story.connects("maya")
    await story.until(MONDAY + timedelta(hours=2))
    assert "You are disconnected" not in "".join(story.read("maya"))


async def test_uninstalling_deletes_every_token_and_parks_the_tenant(story: Story) -> None:
    await story.knows(Tenant(TENANT, "slack"))
    await story.enrol("maya", "ana")
    await story.connects("maya")
    await story.connects("ana")
    await story.handle(Disconnected(story.key(), account("maya"), uninstalled=True))

    def left(tx: Tx) -> tuple[int, str]:
        tenant = tx.tenants.get(TENANT)
        return len(tx.tokens.all()), tenant.parked if tenant else ""

    assert await story.store.read(left) == (0, "uninstalled")


async def test_a_status_event_only_remembers_the_zone_of_people_who_use_us(story: Story) -> None:
    await story.enrol("maya")
    for name in ("maya", "lee"):
        await story.handle(
            StatusChanged(story.key(), account(name), "In a meeting", ":calendar:", 0, "Asia/Tokyo")
        )
    known = await story.store.read(
        lambda tx: (tx.accounts.get(account("maya")), tx.accounts.get(account("lee")))
    )
    assert known[0] is not None
    assert known[0].zone == "Asia/Tokyo"
    assert known[1] is None
    assert "Tokyo" in story.read("maya")[-1]


async def test_disconnecting_on_home_takes_the_token_away(story: Story) -> None:
    await story.enrol("maya")
    await story.connects("maya")
    home = await story.opens_home("maya")
    await story.press("maya", home, "Disconnect", "home")
    assert await story.store.read(lambda tx: tx.tokens.get(account("maya"))) is None
    assert "[Connect…]" in shown(story.last("maya", "home"))


async def test_a_hold_that_fails_midway_leaves_nothing_behind(story: Story) -> None:
    await story.enrol("maya")
    await story.says("maya", "/focus 90m")

    class BrokenVault:
        def seal(self, text: str, about: str) -> bytes:
            raise RuntimeError("no key")

        def open(self, sealed: bytes, about: str) -> str:
            raise RuntimeError("no key")

        def rotate(self, sealed: bytes) -> bytes:
            raise RuntimeError("no key")

    broken = App(
        store=story.store,
        clock=story.clock,
        vault=BrokenVault(),
        calendars=story.calendars,
        poke=lambda: None,
    )
    sent = Command("k", account("ana"), "later", pieces("@maya hi"), "C1", profile("ana"))
    with pytest.raises(RuntimeError):
        await broken.handle(sent)
    assert await story.holds("ana") == []
    assert "I'll pass on your message" in shown((await story.handle(sent)).message)


async def test_nothing_in_flight_is_left_after_a_mention_is_taken_back(story: Story) -> None:
    await story.enrol("maya", "ana")
    await story.says("maya", "/focus 90m")
    mentioned = Mentioned("m1", account("ana"), "C1", "1.1", (account("maya").user,), "https://x/1")
    await story.handle(mentioned)
    await story.press("ana", story.last("ana", "note"), "Never mind")
    await story.until(MONDAY + timedelta(minutes=90))  # what connecting adds is told after the focus
    counts = await story.store.read(lambda tx: tx.outbox.counts())
    assert counts.get(DeliveryState.DUE, 0) == 0
    assert [hold.state for hold in await story.holds("ana")] == [HoldState.CANCELLED]


async def test_what_the_settings_allow_is_kept_before_anything_comes_in(story: Story) -> None:
    await story.app.begin()
    assert await story.store.read(lambda tx: tx.meta.get(f"{CONNECTABLE}slack")) == "yes"
    await Story(store=story.store).app.begin()
    assert await story.store.read(lambda tx: tx.meta.get(f"{CONNECTABLE}slack")) == ""
