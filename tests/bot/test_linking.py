"""Linking two accounts: the code, what linking joins, and taking it apart again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.stores.sqlite import SqliteStore, migrate
from bot import planning
from bot.export import export
from bot.flows import linking
from bot.forget import forget
from bot.inbound import Account, Command
from bot.messages.actions import FormId
from bot.names import account_of, resolved
from bot.ports import Tx, Wait
from bot.records import Conversation, Marks, Parcel, TeamRecord, Tenant
from rules import Team, format_when
from tests.support.shown import shown
from tests.support.story import MONDAY, TEAMS, TENANT, Story, account, code_in

BOTH = ("maya", "maya@teams")


@pytest.fixture
async def two() -> Story:
    """Maya has set herself up on both sides, differently, and both tenants have a name."""
    return await apart()


async def apart(story: Story | None = None) -> Story:
    story = story or Story(presence=True)
    await story.knows(Tenant(TENANT, "slack", "Acme"))
    await story.knows(Tenant(TEAMS, "teams", "Acme Ltd"))
    await story.enrol(*BOTH, "ana")
    await story.says("maya", "/quiet daily 18:00-19:30 family dinner")
    await story.says("maya@teams", "/boundary hours mon-fri 08:00-16:00")
    return story


async def hours(story: Story, name: str) -> str:
    when = (await story.record(name)).person.hours
    return format_when(when) if when else ""


async def person(story: Story, name: str) -> str:
    return (await story.record(name)).person.id


# The code -----------------------------------------------------------------------------------------


async def test_a_code_is_shown_with_where_to_type_it_and_only_its_hash_is_kept(two: Story) -> None:
    said = await two.says("maya", "/boundary link")
    code = code_in(said)
    assert said.startswith(f"Say this to me where your other account is: /boundary link {code}")
    assert "The code works once and for ten minutes." in said
    assert two.read("maya@teams") == two.read("ana") == []


async def test_linking_keeps_the_norms_of_the_side_where_the_code_was_made(two: Story) -> None:
    said = await two.link("maya", "maya@teams")
    assert said.startswith(
        "Linked: Slack (Acme) and Teams (Acme Ltd). The norms from Slack (Acme) hold on both sides.\n"
        "Those from Teams (Acme Ltd) are kept in your history: /boundary undo brings them back"
    )
    assert await hours(two, "maya@teams") == "weekdays 09:00-17:00"
    assert await person(two, "maya") == await person(two, "maya@teams")
    for name in BOTH:
        assert "Linked: Slack (Acme), Teams (Acme Ltd)." in await two.says(name, "/boundary norms")
        assert "Linked: Slack (Acme), Teams (Acme Ltd)." in await two.says(name, "/boundary today")
        assert "Linked: Slack (Acme), Teams (Acme Ltd)." in shown(await two.opens_home(name))


async def test_undo_brings_the_other_norms_back_and_once_more_the_first(two: Story) -> None:
    await two.link("maya", "maya@teams")
    assert await two.says("maya@teams", "/boundary undo") == (
        "Undone: keeping the norms from Slack (Acme). 2 earlier changes can be undone too."
    )
    assert await hours(two, "maya") == "weekdays 08:00-16:00"
    await two.says("maya", "/boundary undo")
    assert await hours(two, "maya") == "weekdays 09:00-17:00"
    await two.says("maya", "/boundary undo")
    assert (await two.record("maya@teams")).person.windows == ()


async def test_the_same_norms_on_both_sides_leave_nothing_to_bring_back() -> None:
    story = Story()
    await story.enrol(*BOTH)
    said = await story.link("maya@teams", "maya")
    assert said.startswith("Linked: Slack and Teams. The norms from Teams hold on both sides.")
    assert "undo" not in said
    assert await story.says("maya", "/boundary undo") == "There is nothing to undo."


async def test_a_code_works_once(two: Story) -> None:
    code = code_in(await two.says("maya", "/boundary link"))
    await two.says("maya@teams", f"/boundary link {code.lower().replace('-', ' ')}")
    assert "not one I know" in await two.says("ana@teams", f"/boundary link {code}")


async def test_a_code_lives_for_ten_minutes(two: Story) -> None:
    code = code_in(await two.says("maya", "/boundary link"))
    two.clock.at += timedelta(minutes=10, seconds=1)
    assert "older than ten minutes" in await two.says("maya@teams", f"/boundary link {code}")


async def test_a_new_code_takes_the_place_of_the_one_before(two: Story) -> None:
    first = code_in(await two.says("maya", "/boundary link"))
    second = code_in(await two.says("maya", "/boundary link"))
    assert "not one I know" in await two.says("maya@teams", f"/boundary link {first}")
    assert (await two.says("maya@teams", f"/boundary link {second}")).startswith("Linked:")


async def test_typing_a_code_where_it_was_made_gives_another_for_the_other_side(two: Story) -> None:
    code = code_in(await two.says("maya", "/boundary link"))
    said = await two.says("maya", f"/boundary link {code}")
    assert said.startswith("That code was made here, in Slack (Acme); it is for the other side.")
    assert code_in(said) != code
    assert (await two.says("maya@teams", f"/boundary link {code_in(said)}")).startswith("Linked:")


async def test_too_many_wrong_codes_make_one_wait_and_nobody_else(two: Story) -> None:
    for _ in range(linking.TRIES):
        assert "not one I know" in await two.says("maya@teams", "/boundary link AAAA-AAAA")
    code = code_in(await two.says("maya", "/boundary link"))
    assert "one code too many" in await two.says("maya@teams", f"/boundary link {code}")
    assert "not one I know" in await two.says("ana", "/boundary link AAAA-AAAA")
    two.clock.at += timedelta(minutes=10)
    assert (await two.link("maya", "maya@teams")).startswith("Linked:")


async def test_two_accounts_of_one_tenant_are_not_linked(two: Story) -> None:
    assert "A person has one account there" in await two.link("maya", "ana")
    await two.link("maya", "maya@teams")
    await two.enrol("ana@teams")
    assert "A person has one account there" in await two.link("maya", "ana@teams")
    assert await person(two, "ana") != await person(two, "maya")


async def test_linking_again_says_that_it_is_so(two: Story) -> None:
    await two.link("maya", "maya@teams")
    assert (await two.link("maya@teams", "maya")).startswith(
        "These are linked already: Slack (Acme) and Teams (Acme Ltd)."
    )


async def test_guests_neither_make_nor_type_a_code(two: Story) -> None:
    def make_guest(tx: Tx) -> None:
        known = tx.accounts.get(account("maya"))
        assert known is not None
        tx.accounts.put(replace(known, guest=True))

    code = code_in(await two.says("maya", "/boundary link"))
    await two.store.write(make_guest)
    assert "guests cannot be linked" in await two.says("maya@teams", f"/boundary link {code}")


# Who has norms ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("made", "typed"), [BOTH, BOTH[::-1]])
async def test_the_side_without_norms_takes_those_of_the_other(made: str, typed: str) -> None:
    story = Story()
    await story.enrol("maya")
    await story.says("maya", "/boundary hours mon-fri 10:00-18:00")
    said = await story.link(made, typed)
    assert "The norms from Slack hold on both sides." in said
    assert "You are set up" not in said
    assert await hours(story, "maya@teams") == "weekdays 10:00-18:00"


async def test_somebody_without_norms_on_either_side_gets_the_defaults_for_both() -> None:
    story = Story()
    said = await story.link("maya", "maya@teams")
    assert "You are set up with defaults." in said
    assert await hours(story, "maya@teams") == "weekdays 09:00-17:00"
    record = await story.record("maya")
    assert (record.state.home, record.person.zone) == (account("maya@teams"), "Europe/Lisbon")


# What comes together ------------------------------------------------------------------------------


async def test_what_waits_on_both_sides_comes_in_one_list(two: Story) -> None:
    for name in BOTH:
        await two.says(name, "/focus 90m")
    await two.says("ana", "/later @maya one")
    await two.says("ana@teams", "/later @maya two")
    assert "2 messages wait for you in one list now." in await two.link("maya@teams", "maya")
    await two.until(MONDAY + timedelta(hours=2))
    digest = next(each for each in two.read("maya") if "waited" in each)
    assert "one" in digest
    assert "two" in digest


async def test_what_the_other_side_showed_by_norms_that_no_longer_hold_is_taken_down(two: Story) -> None:
    await two.says("maya@teams", "/focus 90m")
    assert two.teams.presence("maya@teams") == "DoNotDisturb"
    await two.link("maya", "maya@teams")
    assert two.teams.presence("maya@teams") == two.teams.message("maya@teams") == ""


async def test_what_holds_is_set_on_the_side_that_is_new(two: Story) -> None:
    await two.says("maya", "/focus 90m")
    assert two.teams.presence("maya@teams") == ""
    await two.link("maya", "maya@teams")
    assert two.teams.presence("maya@teams") == "DoNotDisturb"
    assert two.teams.message("maya@teams") == "Focusing, back at 11:35"


async def test_norms_of_others_go_on_naming_both(two: Story) -> None:
    await two.enrol("ana@teams")
    await two.submit("ana@teams", "window", name="care", kind="quiet", when="daily 9-23", passes="nobody",
                     people=account("maya@teams").user)  # fmt: skip
    await two.submit("ana@teams", "leave", first="2026-12-01", stand_in=account("maya@teams").user)
    old = await person(two, "maya@teams")
    await two.link("maya", "maya@teams")
    norms = await two.says("ana@teams", "/boundary norms")
    assert "lets Maya through" in norms
    assert "Maya stands in" in norms
    assert await two.says("maya@teams", "/later @ana may I") == "Passed on now to Ana."
    new = await person(two, "maya")
    assert await two.store.read(lambda tx: resolved(tx, old)) == new
    assert await two.store.read(lambda tx: account_of(tx, old, TEAMS)) == account("maya@teams")


async def test_the_place_in_a_team_is_kept(two: Story) -> None:
    old, anas = await person(two, "maya@teams"), await person(two, "ana")
    team = Team("platform", "Europe/Lisbon", (old, anas), leads=(old,))
    await two.store.write(lambda tx: tx.teams.put(TeamRecord(team)))
    await two.link("maya", "maya@teams")
    new = await person(two, "maya")
    found = await two.store.read(lambda tx: planning.teams_of(tx, new))
    assert found == (replace(team, members=(new, anas), leads=(new,)),)


async def test_a_person_of_the_norms_file_keeps_their_id_whichever_norms_hold(two: Story) -> None:
    def name_it(tx: Tx) -> None:
        record = tx.people.get(old)
        known = tx.accounts.get(account("maya"))
        assert record is not None
        assert known is not None
        tx.people.put(replace(record, person=replace(record.person, id="maya")))
        tx.people.remove(old)
        tx.accounts.put(replace(known, person="maya"))

    old = await person(two, "maya")
    await two.store.write(name_it)
    await two.link("maya@teams", "maya")
    assert await person(two, "maya@teams") == "maya"
    assert await hours(two, "maya") == "weekdays 08:00-16:00"


async def test_a_third_account_joins_and_every_id_that_went_out_of_use_leads_to_the_one_person(
    two: Story,
) -> None:
    third = Account("slack:T2", "U2MAYA")
    await two.handle(Command(two.key(), third, "boundary", ("today",)))
    old = [await person(two, name) for name in BOTH]
    await two.link("maya", "maya@teams")
    reply = await two.handle(Command(two.key(), third, "boundary", ("link",)))
    said = await two.says("maya", f"/boundary link {code_in(shown(reply.message))}")
    assert said.startswith("Linked: Slack (Acme), Slack and Teams (Acme Ltd).")
    new = await person(two, "maya@teams")
    assert new not in old
    assert [await two.store.read(lambda tx, id=id: resolved(tx, id)) for id in old] == [new, new]  # type: ignore[misc]
    assert set((await two.record("maya")).state.aliases) == set(old)
    assert await forget(two.store, old[1], two.clock.now())
    assert await two.store.read(lambda tx: tx.people.ids()) == [await person(two, "ana")]


# Taking it apart ----------------------------------------------------------------------------------


async def unlink(story: Story, name: str) -> str:
    asked = await story.command(name, "/boundary unlink")
    place = "Teams (Acme Ltd)" if "@" in name else "Slack (Acme)"
    done = await story.press(name, asked.message, f"Unlink {place}")
    return shown(asked.message) + "\n" + shown(done.message)


async def test_unlinking_leaves_a_copy_of_the_norms_and_says_what_stays_where(two: Story) -> None:
    await two.link("maya", "maya@teams")
    await two.says("maya", "/focus 90m")
    await two.says("ana", "/later @maya hello")
    said = await unlink(two, "maya@teams")
    assert "This takes Teams (Acme Ltd) off the link with Slack (Acme). Nothing is lost:" in said
    assert "The 1 waiting for you, your history and your teams stay with Slack (Acme)." in said
    assert said.endswith(
        "Teams (Acme Ltd) is on its own now, with a copy of your norms. Slack (Acme) goes on as before."
    )
    one, other = await two.record("maya"), await two.record("maya@teams")
    assert one.person.id != other.person.id
    assert replace(one.person, id="") == replace(other.person, id="")
    assert (one.state.home, other.state.home) == (account("maya"), account("maya@teams"))
    assert "Linked" not in await two.says("maya", "/boundary norms")


async def test_each_side_goes_its_own_way_after_unlinking(two: Story) -> None:
    await two.link("maya", "maya@teams")
    await two.says("maya", "/focus 90m")
    await unlink(two, "maya@teams")
    assert two.teams.presence("maya@teams") == "DoNotDisturb"
    await two.says("maya", "/focus off")
    assert two.teams.presence("maya@teams") == "DoNotDisturb"
    await two.says("maya@teams", "/focus off")
    assert two.teams.presence("maya@teams") == ""


async def test_the_side_that_made_the_code_hears_and_can_throw_the_other_out(two: Story) -> None:
    await two.link("maya", "maya@teams")
    told = next(each for each in two.saw("maya", "post") if "now linked with" in shown(each.message))
    assert shown(told.message).startswith("This account is now linked with Teams (Acme Ltd)")
    assert not [each for each in two.read("maya@teams") if "now linked" in each]
    await two.says("maya@teams", "/focus 90m")
    await two.says("ana", "/later @maya hello")
    thrown = await two.press("maya", told.message, "That was not me")
    assert shown(thrown.message).startswith("Teams (Acme Ltd) is off the link.")
    record = await two.record("maya")
    assert record.state.home == account("maya")
    assert record.person.id != await person(two, "maya@teams")
    assert (await two.says("maya@teams", "/boundary waiting")).startswith("0 waiting")
    assert (await two.says("maya", "/boundary waiting")).startswith("1 waiting")


async def test_the_side_that_made_the_code_hears_at_once_even_of_a_link_that_is_off_again(two: Story) -> None:
    await two.says("maya", "/quiet 30m")
    two.chat.answers.append(Wait(60, "post"))
    await two.link("maya", "maya@teams")
    await unlink(two, "maya@teams")
    await two.until(MONDAY + timedelta(minutes=2))
    assert [said.partition(".")[0] for said in two.read("maya")] == [
        "This account was linked with Teams (Acme Ltd) by your code, and the link is off again"
    ]


async def test_a_nudge_muted_or_seen_on_one_side_is_so_on_both(two: Story) -> None:
    await two.says("maya@teams", "/boundary mute end")
    told = await two.record("maya@teams")
    start = replace(told.state.start_of_day, sent=MONDAY.date())
    await two.store.write(
        lambda tx: tx.people.put(replace(told, state=replace(told.state, start_of_day=start)))
    )
    await two.link("maya", "maya@teams")
    state = (await two.record("maya")).state
    assert (state.end_of_day.muted, state.start_of_day.muted) == (True, False)
    assert state.start_of_day.sent == MONDAY.date()


async def test_what_is_not_linked_cannot_be_unlinked(two: Story) -> None:
    assert "This account is linked with no other." in await two.says("maya", "/boundary unlink")
    assert "This account is linked with no other." in await two.says("lee", "/boundary unlink")


async def test_an_unlinked_account_can_be_linked_again(two: Story) -> None:
    await two.link("maya", "maya@teams")
    await unlink(two, "maya")
    assert (await two.link("maya@teams", "maya")).startswith("Linked:")
    assert await person(two, "maya") == await person(two, "maya@teams")


async def test_what_happened_on_one_side_today_counts_on_both(two: Story) -> None:
    today = MONDAY.date()
    there = await two.record("maya@teams")
    state = replace(there.state, nudges_on=today, nudges=2, digest_on=today, told_connect=True)
    await two.store.write(lambda tx: tx.people.put(replace(there, state=state)))
    here = await two.record("maya")
    await two.store.write(
        lambda tx: tx.people.put(replace(here, state=replace(here.state, nudges_on=today, nudges=1)))
    )
    await two.link("maya", "maya@teams")
    joint = await two.record("maya")
    assert (joint.state.nudges_on, joint.state.nudges, joint.state.digest_on) == (today, 2, today)
    assert joint.state.told_connect
    assert joint.version > max(here.version, there.version)


async def test_a_message_from_before_the_link_can_still_be_judged(two: Story) -> None:
    await two.says("maya@teams", "/focus 90m")
    await two.says("ana@teams", "/later @maya the shop is down")
    hold = (await two.holds("ana@teams"))[0]
    await two.submit("ana@teams", FormId.URGENT, hold.id, reason="broken", sure="yes")
    ping = two.last("maya@teams")
    await two.link("maya", "maya@teams")
    await two.press("maya@teams", ping, "Could have waited")
    assert [hold.fair for hold in await two.holds("ana@teams")] == [False]


async def test_whoever_a_norm_named_before_they_linked_gets_through_from_either_side(two: Story) -> None:
    await two.submit("maya", "window", name="care", kind="quiet", when="daily 9-23", passes="nobody",
                     people=account("lee").user)  # fmt: skip
    await two.link("maya", "maya@teams")
    await two.enrol("lee@teams")
    assert "Maya is away" in await two.says("lee@teams", "/later @maya hello")
    await two.link("lee@teams", "lee")
    assert await two.says("lee@teams", "/later @maya hello") == "Passed on now to Maya."


async def test_an_account_taken_off_keeps_nothing_of_the_other(two: Story) -> None:
    await two.link("maya", "maya@teams")
    await two.says("maya", "/focus 90m")
    joint = await two.record("maya")
    worn = joint.state.marked(Marks(account("maya"), snoozed_until=MONDAY))
    await two.store.write(lambda tx: tx.people.put(replace(joint, state=worn)))
    await unlink(two, "maya@teams")
    alone = await two.record("maya@teams")
    assert [marks.account for marks in alone.state.marks] == [account("maya@teams")]
    assert alone.next_at is not None
    data = await export(two.store, two.vault, alone.person.id)
    assert "U0MAYA" not in json.dumps(data)


# Export and forget --------------------------------------------------------------------------------


async def test_the_export_covers_both_accounts_and_both_sides_messages(two: Story) -> None:
    await two.link("maya", "maya@teams")
    await two.says("ana", "/focus 90m")
    await two.says("maya", "/later @ana from slack")
    await two.says("maya@teams", "/later @lee from teams")
    data = await export(two.store, two.vault, await person(two, "maya"))
    assert data is not None
    assert {each["user"] for each in data["accounts"]} == {"U0MAYA", "29:maya"}
    assert {each["directory_id"] for each in data["accounts"]} == {"", "aad-maya"}
    assert len(data["sent"]) == 2
    assert len(data["state"]["aliases"]) == 1
    again = await export(two.store, two.vault, data["state"]["aliases"][0])
    assert again == data


async def test_forgetting_a_linked_person_leaves_no_trace_of_either_account(tmp_path: Path) -> None:
    path = tmp_path / "boundary.db"
    migrate(path)
    story = await apart(Story(connect=True, presence=True, store=SqliteStore(path)))
    old = [await person(story, name) for name in BOTH]
    await story.link("maya", "maya@teams")
    await story.store.write(_leave_traces)
    await story.says("ana@teams", "/later @maya secret words")
    await story.says("maya@teams", "/boundary link")
    asked = await story.command("maya", "/boundary forget me")
    await story.press("maya", asked.message, "Delete everything about me")
    left = _bytes(tmp_path)
    for trace in (*old, "U0MAYA", "29:maya", "aad-maya", "a:maya", "family dinner", "a parcel"):
        assert trace.encode() not in left, trace
    await story.store.close()


def _bytes(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


def _leave_traces(tx: Tx) -> None:
    known = tx.accounts.get(account("maya@teams"))
    assert known is not None
    tx.accounts.put(replace(known, dm="a:maya"))
    tx.conversations.put(Conversation(TEAMS, "a:maya", "https://smba.example/", "personal", "29:maya"))
    tx.inbox.add(Parcel("teams:1", TEAMS, "a:maya", b"a parcel", MONDAY))


async def test_forgetting_by_an_id_that_went_out_of_use_forgets_the_person(two: Story) -> None:
    old = await person(two, "maya@teams")
    await two.link("maya", "maya@teams")
    assert await forget(two.store, old, two.clock.now()) is True
    assert await two.store.read(lambda tx: (tx.accounts.get(account("maya")), tx.people.get(old))) == (
        None,
        None,
    )


async def test_who_writes_to_both_sides_learns_nothing_from_names_and_export(two: Story) -> None:
    """Ana, linked herself, knows Maya in Slack and somebody called Mai in Teams."""
    await two.link("ana", "ana@teams")
    await two.link("maya", "maya@teams")
    await two.says("maya@teams", "/focus 90m")
    await two.store.write(lambda tx: _renamed(tx, "maya@teams", "Mai"))
    said = await two.says("ana@teams", "/later @maya to teams")
    assert "Mai " in said
    two.chat.seen.clear()
    listed = await two.says("ana", "/boundary waiting")
    await two.until(MONDAY + timedelta(hours=3))
    everything = json.dumps([listed, *two.read("ana"), *two.read("ana@teams")])
    assert "Mai" in everything
    assert "Maya" not in everything
    assert "U0MAYA" not in everything
    data = await export(two.store, two.vault, await person(two, "ana"))
    assert data is not None
    assert [each["to"] for each in data["sent"]] == [f"{TEAMS}/29:maya"]


async def test_who_gets_a_message_learns_no_other_account_of_its_sender(two: Story) -> None:
    await two.link("ana", "ana@teams")
    await two.link("maya", "maya@teams")
    await two.store.write(lambda tx: _renamed(tx, "ana", "Anonymous Fox"))
    await two.says("maya", "/focus 90m")
    await two.says("ana@teams", "/later @maya hello")
    await two.says("maya", "/boundary today")
    await two.until(MONDAY + timedelta(hours=3))
    digest = next(each for each in two.read("maya") if "hello" in each)
    assert "Ana wrote" in digest
    assert "Fox" not in digest


def _renamed(tx: Tx, who: str, name: str) -> None:
    known = tx.accounts.get(account(who))
    assert known is not None
    tx.accounts.put(replace(known, name=name))


async def test_the_link_is_shown_to_nobody_else(two: Story) -> None:
    await two.link("maya", "maya@teams")
    await two.says("maya@teams", "/focus 90m")
    said = await two.says("ana", "/later @maya hello")
    await two.until(MONDAY + timedelta(hours=3))
    everything = json.dumps([said, *two.read("ana"), *two.read("ana", "home")])
    assert "Teams" not in everything
    assert "29:maya" not in everything
