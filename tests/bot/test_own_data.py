"""Export and forget: everything is shown, and everything goes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from adapters.stores.sqlite import SqliteStore, migrate
from bot import tickets
from bot.export import export
from bot.flows import journal
from bot.forget import forget
from bot.inbound import Account
from bot.messages.actions import FormId
from bot.messages.model import Message
from bot.names import outside_id
from bot.planning import teams_of
from bot.ports import Tx
from bot.records import (
    Acknowledgement,
    JournalEntry,
    LedgerEntry,
    Origin,
    Override,
    Proposal,
    Publication,
    SaidEntry,
    TeamRecord,
    TeamState,
    TeamVersion,
    Vote,
)
from rules import Mode, Said, Team
from tests.support.shown import button, shown
from tests.support.story import MONDAY, Story, account


async def full_story(store: SqliteStore | None = None) -> Story:
    """Maya has norms, history, a token and messages both ways."""
    story = Story(connect=True, store=store) if store else Story(connect=True)
    await story.enrol("maya", "ana")
    await story.connects("maya")
    await story.says("maya", "/quiet daily 18:00-19:30 family dinner")
    await story.says("maya", "/focus 90m deep work")
    await story.says("ana", "/later @maya from ana")
    await story.says("ana", "/focus 90m")
    await story.says("maya", "/later @ana from maya")
    return story


async def test_the_export_has_norms_history_accounts_and_messages_but_no_token() -> None:
    story = await full_story()
    person = (await story.record("maya")).person.id
    data = await export(story.store, story.vault, person)
    assert data is not None
    assert data["norms"]["windows"][0]["when"] == "daily 18:00-19:30"
    assert data["history"][0]["label"].startswith("focus until 11:35")
    assert data["accounts"][0]["connected"] is True
    assert data["waiting"][0]["text"] == "from ana"
    assert data["sent"][0]["text"] == "from maya"
    assert "xoxp" not in json.dumps(data)
    sealed = await export(story.store, None, person)
    assert sealed is not None
    assert sealed["sent"][0]["text"].startswith("(sealed")
    assert await export(story.store, story.vault, "p_nobody") is None


async def test_what_broke_through_is_in_both_exports_and_the_word_on_it_only_in_its_owners() -> None:
    story = Story()
    await story.enrol("maya", "ana")
    await story.says("maya", "/focus 90m")
    await story.says("ana", "/later @maya the shop is down")
    hold = (await story.holds("ana"))[0]
    await story.submit("ana", FormId.URGENT, hold.id, reason="broken", sure="yes")
    await story.perform()
    await story.press("maya", story.last("maya"), "Could have waited")
    mayas, anas = [await export(story.store, None, await person(story, name)) for name in ("maya", "ana")]
    assert mayas is not None
    assert anas is not None
    assert [(each["reason"], each["fair"]) for each in mayas["received"]] == [("broken", False)]
    assert [each["reason"] for each in anas["sent"]] == ["broken"]
    assert "fair" not in json.dumps(anas)


async def in_teams(story: Story) -> tuple[str, str]:
    """Maya and Ana in a team with everything that can be kept of them there; returns their ids."""
    maya, ana = [await person(story, name) for name in ("maya", "ana")]
    team = Team("platform", "Europe/Lisbon", (maya, ana), leads=(maya,), ask_on_leave=maya)
    state = TeamState(
        1, joined=((maya, MONDAY), (ana, MONDAY)), shown=(("2026-W47", maya), ("2026-W47", ana))
    )
    asked = Proposal(
        "p1", "platform", maya, MONDAY, MONDAY, (("ask_on_leave", maya),), "", electorate=(maya, ana)
    )
    lifted = LedgerEntry("l1", "platform", MONDAY, Override.LIFTED, maya, MONDAY, MONDAY, "maya's reason")
    broke = replace(lifted, id="l2", by=ana, reason="ana's reason", verdicts=((maya, True), (ana, False)))

    def fill(tx: Tx) -> None:
        tx.teams.put(TeamRecord(team, state))
        tx.teams.keep(TeamVersion("platform", 1, MONDAY, MONDAY, team, "founded", Origin.FOUNDED, maya))
        tx.ballots.put(asked)
        tx.publications.add(Publication("platform", "2026-W47", MONDAY, (maya, ana), f'{{"who":"{maya}"}}'))
        for each in (lifted, broke):
            tx.ledger.put(each)
        for who in (maya, ana):
            tx.ballots.vote(Vote("p1", who, who == maya, MONDAY))
            tx.acknowledgements.put(Acknowledgement("platform", 1, who, MONDAY))
            tx.said.put(SaidEntry(who, Said(Mode.FOCUS, MONDAY, MONDAY, MONDAY, f"{who} said")))
            sealed = story.vault.seal(f"{who} wrote", journal.ABOUT)
            tx.diary.put(JournalEntry(who, MONDAY.date(), "end_of_day", MONDAY, sealed))

    await story.store.write(fill)
    return maya, ana


async def test_the_export_has_ones_own_part_in_teams_and_nothing_of_anybody_elses() -> None:
    story = Story()
    await story.enrol("maya", "ana")
    maya, ana = await in_teams(story)
    data = await export(story.store, story.vault, maya)
    assert data is not None
    teams = data["teams"]
    since = "2026-11-23T10:05:00Z"
    assert teams["member_of"] == [{"team": "platform", "name": "", "lead": True, "since": since}]
    assert teams["asked_on_leave_in"] == ["platform"]
    assert teams["shown"] == [{"team": "platform", "week": "2026-W47"}]
    assert [each["changes"] for each in teams["proposals"]] == [[["ask_on_leave", maya]]]
    assert teams["votes"] == [{"proposal": "p1", "yes": True, "at": since}]
    assert teams["acknowledged"] == [{"team": "platform", "version": 1, "at": since}]
    assert [(each["reason"], each["fair"]) for each in teams["ledger"]] == [("maya's reason", None)]
    assert teams["judged"] == [{"team": "platform", "at": since, "fair": True}]
    assert teams["counted_in"] == [{"team": "platform", "week": "2026-W47"}]
    assert [each["name"] for each in data["said"]] == [f"{maya} said"]
    assert [(each["kind"], each["text"]) for each in data["journal"]] == [("end_of_day", f"{maya} wrote")]
    told = json.dumps(data)
    assert ana not in told
    assert "ana's reason" not in told
    closed = await export(story.store, None, maya)
    assert closed is not None
    assert closed["journal"][0]["text"].startswith("(sealed")


async def test_the_export_of_whoever_left_a_team_still_has_what_they_did_there() -> None:
    story = Story()
    await story.enrol("maya", "ana")
    await story.says("maya", "/boundary team new Platform")
    await story.says("ana", "/boundary team join platform")
    await story.says("ana", "/boundary team propose core mon-thu 13:00-15:00")
    await story.says("ana", "/boundary team leave platform")
    data = await export(story.store, story.vault, await person(story, "ana"))
    assert data is not None
    assert data["teams"]["member_of"] == []
    assert [each["team"] for each in data["teams"]["proposals"]] == ["platform"]


async def person(story: Story, name: str) -> str:
    return (await story.record(name)).person.id


async def test_the_export_in_chat_is_the_same_as_json() -> None:
    story = await full_story()
    said = await story.says("maya", "/boundary export")
    data = json.loads(said.partition("\n")[2].replace("\n", ""))
    assert data["person"] == (await story.record("maya")).person.id


async def test_a_long_export_says_where_the_rest_is() -> None:
    story = await full_story()
    for number in range(30):
        await story.says("maya", f"/focus tue 9-10 norm {number}")
    said = await story.says("maya", "/boundary export")
    assert f"boundary-bot export {(await story.record('maya')).person.id}" in said


async def test_forgetting_leaves_no_trace_in_the_files(tmp_path: Path) -> None:
    path = tmp_path / "boundary.db"
    migrate(path)
    story = await full_story(SqliteStore(path))
    person, _ = await in_teams(story)
    wrote = story.vault.seal(f"{person} wrote", journal.ABOUT)
    assert wrote in _bytes(tmp_path)
    asked = await story.command("maya", "/boundary forget me")
    assert "1 message waits for you" in shown(asked.message)
    done = await story.press("maya", asked.message, "Delete everything about me")
    assert shown(done.message).startswith("Everything I kept about you is deleted.")
    left = _bytes(tmp_path)
    for trace in (person, account("maya").user, "family dinner", "deep work", "maya's reason"):
        assert trace.encode() not in left, trace
    assert wrote not in left
    assert b"ana's reason" in left
    await story.store.close()


def _bytes(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


async def test_forgetting_takes_a_person_out_of_their_team() -> None:
    story = Story()
    await story.enrol("maya", "ana")
    mayas, anas = [await person(story, name) for name in ("maya", "ana")]
    team = Team("platform", "Europe/Lisbon", (mayas, anas), leads=(mayas,))
    await story.store.write(lambda tx: tx.teams.put(TeamRecord(team)))
    await forget(story.store, mayas, MONDAY)
    assert await story.store.read(lambda tx: tx.teams.of(mayas)) == []
    left = await story.store.read(lambda tx: teams_of(tx, anas))
    assert left == (replace(team, members=(anas,), leads=()),)


async def test_senders_whose_messages_waited_are_told() -> None:
    story = await full_story()
    asked = await story.command("maya", "/boundary forget me")
    await story.press("maya", asked.message, "Delete everything about me")
    assert story.read("ana") == []  # she is in focus herself
    await story.until(MONDAY + timedelta(minutes=90))
    told = next(each for each in story.read("ana") if "Maya" in each)
    assert told.startswith("Maya no longer uses Boundary Bot, so your message did not go out.")
    assert await story.holds("ana") == []
    assert await story.holds("maya") == []


async def test_delivering_first_is_offered_and_works() -> None:
    story = await full_story()
    asked = await story.command("maya", "/boundary forget me")
    await story.press("maya", asked.message, "Deliver what waits first")
    assert "from ana" in story.read("maya")[-1]


async def test_undoing_the_set_up_forgets_too() -> None:
    story = Story()
    welcome = await story.command("maya", "/boundary")
    done = await story.press("maya", welcome.message, "Undo set-up")
    assert shown(done.message).startswith("Undone. I keep nothing about you.")
    again = await story.press("maya", welcome.message, "Undo set-up")
    assert shown(again.message).startswith("Undone.")
    assert await story.store.read(lambda tx: tx.people.ids()) == []


async def test_somebody_who_never_enrolled_can_be_forgotten_and_exported() -> None:
    story = Story()
    await story.enrol("maya")
    await story.says("maya", "/focus 90m")
    await story.says("lee", "/later @maya hello")
    broke = LedgerEntry(
        "l1", "web", MONDAY, Override.BROKE_THROUGH, outside_id(account("lee")), MONDAY, MONDAY, "fire"
    )
    await story.store.write(lambda tx: tx.ledger.put(broke))
    data = json.loads((await story.says("lee", "/boundary export")).partition("\n")[2].replace("\n", ""))
    assert data["person"] is None
    assert [each["reason"] for each in data["ledger"]] == ["fire"]
    assert data["sent"][0]["text"] == "hello"
    asked = await story.command("lee", "/boundary forget me")
    await story.press("lee", asked.message, "Delete everything about me")
    waiting = await story.store.read(lambda tx: tx.accounts.get(account("lee")))
    assert waiting is None
    assert await story.holds("lee") == []
    left = await story.store.read(lambda tx: tx.ledger.get("l1"))
    assert left is not None
    assert left.by.startswith("x_")
    assert left.reason == ""


async def test_forgetting_from_the_terminal_says_whether_there_was_anybody() -> None:
    story = await full_story()
    person = (await story.record("maya")).person.id
    assert await forget(story.store, person, story.clock.now()) is True
    assert await forget(story.store, person, story.clock.now()) is False

    def ids(tx: Tx) -> list[str]:
        return tx.people.ids()

    assert person not in await story.store.read(ids)


async def test_forgetting_takes_back_the_way_to_connect() -> None:
    story = Story(connect=True)
    await story.enrol("maya", "ana")
    offers = {name: (await story.command(name, "/boundary connect")).message for name in ("maya", "ana")}
    asked = await story.command("maya", "/boundary forget me")
    await story.press("maya", asked.message, "Delete everything about me")
    assert await _redeemed(story, offers["maya"]) is None
    assert await _redeemed(story, offers["ana"]) == account("ana")


async def _redeemed(story: Story, offer: Message | None) -> Account | None:
    ticket = button(offer, "Connect").url.partition("t=")[2]
    return await story.store.write(lambda tx: tickets.redeem(tx, ticket, story.clock.now()))
