"""Where a person is talked to, what the platform knows of them at first contact, and what connecting means on
each platform."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.inbound import Account, Disconnected, Left, Mentioned, Pressed, Profile, StatusChanged
from bot.messages.actions import Act, FormId
from bot.messages.model import NoteField, TextField
from bot.messages.words import plain
from bot.records import AccountRecord
from tests.support.shown import button, shown
from tests.support.story import TEAMS, Story, account

OTHER = account("maya@teams")


async def linked() -> Story:
    story = Story(connect=True)
    await story.enrol("maya", "ana")
    await story.link("maya@teams", "maya")
    assert (await story.record("maya")).state.home == account("maya")
    return story


async def command(story: Story) -> None:
    await story.says("maya@teams", "/boundary today")


async def mention(story: Story) -> None:
    await story.handle(Mentioned(story.key(), OTHER, "19:c", "1", ("29:ana",), "https://teams.example/1"))


async def press(story: Story) -> None:
    await story.handle(Pressed(story.key(), OTHER, Act.LOOK))


async def submit(story: Story) -> None:
    await story.submit("maya@teams", FormId.ZONE, "Europe/Lisbon", until="")


async def home(story: Story) -> None:
    await story.opens_home("maya@teams")


async def shortcut(story: Story) -> None:
    await story.shortcut("maya@teams", "hello")


@pytest.mark.parametrize("act", [command, mention, press, submit, home, shortcut])
async def test_a_person_is_talked_to_where_they_did_something_last(
    act: Callable[[Story], Awaitable[None]],
) -> None:
    story = await linked()
    await act(story)
    assert (await story.record("maya")).state.home == OTHER


async def test_what_happens_by_itself_moves_nobody() -> None:
    story = await linked()
    await story.handle(StatusChanged(story.key(), OTHER, "At lunch", "", zone="Europe/Lisbon"))
    await story.handle(Disconnected(story.key(), OTHER, (OTHER.user,)))
    assert (await story.record("maya")).state.home == account("maya")


async def test_leaving_from_an_account_that_nobody_knew_is_remembered_until_it_comes_back() -> None:
    story = Story()
    await story.handle(Left(story.key(), account("lee@teams")))
    known = await story.store.read(lambda tx: tx.accounts.get(account("lee@teams")))
    assert known == AccountRecord(account("lee@teams"), unreachable="uninstalled")
    await story.opens_home("lee@teams")
    known = await story.store.read(lambda tx: tx.accounts.get(account("lee@teams")))
    assert known is not None
    assert known.unreachable == ""


async def test_a_mention_in_a_channel_does_not_bring_back_a_chat_that_the_app_was_removed_from() -> None:
    story = await linked()
    await story.leaves("maya@teams")
    await mention(story)
    assert (await story.record("maya")).state.home == account("maya")
    await command(story)
    assert (await story.record("maya")).state.home == OTHER


async def test_only_norms_are_left_of_somebody_who_removed_the_app_everywhere() -> None:
    story = await linked()
    await story.leaves("maya@teams")
    await story.leaves("maya")
    record = await story.record("maya")
    assert record.state.home is None
    assert record.person.hours is not None
    await story.says("maya", "/boundary today")
    assert (await story.record("maya")).state.home == account("maya")


async def test_undoing_the_set_up_of_one_side_does_not_delete_the_other() -> None:
    story = Story()
    welcome = await story.command("maya", "/boundary")
    await story.link("maya", "maya@teams")
    refused = await story.press("maya", welcome.message, "Undo set-up")
    assert "Your accounts are linked by now" in shown(refused.message)
    assert (await story.record("maya@teams")).person.hours is not None


async def test_forgetting_says_that_it_is_on_all_sides() -> None:
    story = await linked()
    asked = await story.says("maya", "/boundary forget me")
    assert "Linked: Slack, Teams: it is deleted on all sides." in asked


async def test_platforms_that_disagree_about_the_zone_are_asked_about_once() -> None:
    story = await linked()
    for _ in range(3):
        await story.says("maya", "/boundary today", Profile("Maya", "Europe/Lisbon"))
        await story.says("maya@teams", "/boundary today", Profile("Maya", "Asia/Tokyo"))
        story.clock.at += timedelta(minutes=1)
    asked = [each for each in story.read("maya@teams") + story.read("maya") if "Tokyo" in each]
    assert len(asked) == 1


# First contact ------------------------------------------------------------------------------------

CALENDAR = Profile("Noor", "Europe/Lisbon", directory_id="aad-noor", hours="mon-fri 08:00-16:30")


async def test_the_hours_of_the_calendar_are_offered_and_never_imposed() -> None:
    story = Story()
    welcome = (await story.command("noor@teams", "/boundary", CALENDAR)).message
    assert "Your calendar says mon-fri 08:00-16:30." in shown(welcome)
    assert "Your hours: weekdays 09:00-17:00." in await story.says("noor@teams", "/boundary hours")
    taken = await story.press("noor@teams", welcome, "Use these hours")
    assert shown(taken.message).startswith("Your hours are weekdays 08:00-16:30.")
    await story.press("noor@teams", taken.message, "Undo")
    assert "Your hours: weekdays 09:00-17:00." in await story.says("noor@teams", "/boundary hours")


@pytest.mark.parametrize("hours", ["", "mon-fri 09:00-17:00", "whenever"])
async def test_hours_that_add_nothing_are_not_offered(hours: str) -> None:
    story = Story()
    welcome = await story.command("noor@teams", "/boundary", Profile("Noor", hours=hours))
    assert "Your calendar" not in shown(welcome.message)


async def test_somebody_whose_norms_came_from_a_file_is_offered_their_hours_too() -> None:
    story = Story()
    await story.enrol("noor@teams")
    record = await story.record("noor@teams")
    unmet = replace(record, state=replace(record.state, met=False))
    await story.store.write(lambda tx: tx.people.put(unmet))
    said = (await story.command("noor@teams", "/boundary today", CALENDAR)).message
    assert "Your calendar says mon-fri 08:00-16:30." in shown(said)
    assert button(said, "Use these hours").value == "mon-fri 08:00-16:30"


@pytest.mark.parametrize(
    ("own", "said", "filled"),
    [
        (
            "",
            ", so I filled that in. Until you save, weekdays 09:00-17:00 holds.",
            "mon-fri 08:00-16:30",
        ),
        ("mon-thu 10:00-15:00", ".", "mon-thu 10:00-15:00"),
    ],
)
async def test_the_calendar_fills_in_the_hours_of_who_has_chosen_none(
    own: str, said: str, filled: str
) -> None:
    story = Story()
    known = {account("noor@teams").user: CALENDAR}
    if own:
        await story.says("noor@teams", f"/boundary hours {own}")
    before = (await story.record("noor@teams")).person if own else None
    reply = await story.handle(Pressed(story.key(), account("noor@teams"), Act.SET_UP, profiles=known))
    assert reply.form is not None
    note, hours, *_ = reply.form.fields
    assert isinstance(note, NoteField)
    assert plain(note.line) == f"Your calendar says mon-fri 08:00-16:30{said}"
    assert isinstance(hours, TextField)
    assert hours.value == filled
    assert before in {None, (await story.record("noor@teams")).person}


async def test_an_old_button_with_hours_that_cannot_be_read_says_so() -> None:
    story = Story()
    await story.enrol("noor@teams")
    reply = await story.handle(Pressed(story.key(), account("noor@teams"), Act.TAKE_HOURS, "whenever"))
    assert "That button is out of date." in shown(reply.message)


async def test_the_directorys_id_is_kept_with_the_account() -> None:
    story = Story()
    await story.enrol("noor@teams")
    await story.says("noor@teams", "/boundary today", Profile("Noor"))
    found = await story.store.read(lambda tx: tx.accounts.by_directory(TEAMS, "aad-noor"))
    assert found is not None
    assert found.account == account("noor@teams")


async def test_the_directorys_id_of_somebody_mentioned_is_kept_too() -> None:
    story = Story()
    lee = Account(TEAMS, "29:lee")
    known = {"29:lee": Profile("Lee", directory_id="aad-lee")}
    await story.handle(Left(story.key(), account("maya@teams"), profiles=known))
    found = await story.store.read(lambda tx: tx.accounts.get(lee))
    assert found is not None
    assert found.directory_id == "aad-lee"


# Connecting ---------------------------------------------------------------------------------------


async def test_where_the_app_sets_presences_there_is_nothing_to_connect() -> None:
    story = Story(connect=True, presence=True)
    await story.enrol("maya", "maya@teams")
    assert "There is nothing to connect here" in await story.says("maya@teams", "/boundary connect")
    assert "[Connect]" in await story.says("maya", "/boundary connect")
    assert "Connect" not in shown(await story.opens_home("maya@teams"))
    assert "[Connect…]" in shown(await story.opens_home("maya"))


async def test_without_consent_it_says_who_can_switch_presences_on() -> None:
    story = Story(connect=True)
    await story.enrol("maya@teams")
    said = await story.says("maya@teams", "/boundary connect")
    assert "an administrator decides" in said
    assert "TEAMS_FEATURES=presence" in said


async def test_taking_the_consent_away_ends_what_is_set_in_teams() -> None:
    story = Story(presence=True)
    await story.enrol("maya@teams")
    await story.says("maya@teams", "/focus 90m")
    story.teams.calls.clear()
    story.app = Story(store=story.store).app
    await story.app.begin()
    await story.says("maya@teams", "/focus off")
    assert story.teams.calls == []
