"""What happens seldom: unknown zones, unknown people, connect links, keys that are gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot import names, tickets
from bot.export import export
from bot.inbound import Connected, Disconnected, Profile
from bot.ports import Tx
from bot.records import AccountRecord, PersonRecord, PersonState
from rules import Person
from tests.support.shown import button, shown
from tests.support.story import MONDAY, TENANT, Story, account


@pytest.fixture
def story() -> Story:
    """Nobody has enrolled."""
    return Story()


async def test_a_profile_without_a_zone_is_told_that_it_is_unknown(story: Story) -> None:
    said = await story.says("maya", "/boundary", Profile("Maya"))
    assert "I don't know your time zone." in said
    assert (await story.record("maya")).person.zone == "UTC"


async def test_the_word_alone_shows_the_day_to_whoever_is_known(story: Story) -> None:
    await story.enrol("maya")
    said = await story.says("maya", "/boundary")
    assert said.startswith("Available until 17:00")
    assert "/boundary help shows what you can say." in said


async def test_connect_leads_to_the_platform_with_a_ticket_of_ones_own() -> None:
    story = Story(connect=True)
    await story.enrol("maya")
    offered = await story.command("maya", "/boundary connect")
    url = button(offered.message, "Connect").url
    assert url.startswith("https://bot.example/slack/install?t=")
    ticket = url.partition("t=")[2]
    now = story.clock.now()
    assert await story.store.write(lambda tx: tickets.redeem(tx, ticket, now)) == account("maya")
    assert await story.store.write(lambda tx: tickets.redeem(tx, ticket, now)) is None


async def test_where_connecting_is_impossible_home_does_not_offer_it(story: Story) -> None:
    await story.enrol("maya")
    assert "Connect" not in shown(await story.opens_home("maya"))
    assert "not set up here" in await story.says("maya", "/boundary connect")


async def test_connecting_before_enrolling_keeps_the_token(story: Story) -> None:
    await story.handle(Connected(story.key(), account("lee"), "xoxp-1"))
    known = await story.store.read(lambda tx: tx.accounts.get(account("lee")))
    assert known is not None
    assert known.connected


async def test_losing_the_bots_token_of_an_unknown_tenant_does_no_harm(story: Story) -> None:
    await story.handle(Disconnected(story.key(), account("lee"), bot=True))
    assert story.chat.seen == []


async def test_norms_that_were_set_up_for_somebody_are_explained_once(story: Story) -> None:
    def put(tx: Tx) -> None:
        tx.accounts.put(AccountRecord(account("maya"), "maya"))
        tx.people.put(PersonRecord(Person("maya", "Europe/Lisbon"), PersonState()))

    await story.store.write(put)
    first = await story.says("maya", "/focus 25m")
    assert "Norms are set up for you already: hours none (Europe/Lisbon)" in first
    assert "set up for you already" not in await story.says("maya", "/focus 25m")


async def test_people_are_named_by_what_is_known_of_them(story: Story) -> None:
    await story.enrol("maya")

    def look(tx: Tx) -> list[str]:
        return [
            names.name_of(tx, account("maya")),
            names.name_of(tx, account("lee")),
            names.name_of(tx, account("lee"), "lee"),
            names.who_is(tx, "p_gone", TENANT).label,
            names.who_is(tx, f"{TENANT}/U0LEE", TENANT).user,
        ]

    assert await story.store.read(look) == ["Maya", "", "lee", "", "U0LEE"]


async def test_a_sender_named_before_they_enrolled_still_gets_through(story: Story) -> None:
    await story.enrol("maya")
    people = {"people": account("ana").user}
    await story.submit(
        "maya", "window", "", name="x", kind="focus", when="mon 9-12", passes="nobody", **people
    )
    assert await story.says("ana", "/later @maya one") == "Passed on now to Maya."
    await story.enrol("ana")
    assert await story.says("ana", "/later @maya two") == "Passed on now to Maya."


async def test_an_export_names_what_no_key_opens(story: Story) -> None:
    await story.enrol("maya", "ana")
    await story.says("maya", "/focus 90m")
    await story.says("ana", "/later @maya hello")
    hold = (await story.holds("ana"))[0]
    broken = replace(hold, text=story.vault.seal("hello", "hold:other"))
    await story.store.write(lambda tx: tx.holds.put(broken))
    data = await export(story.store, story.vault, (await story.record("ana")).person.id)
    assert data is not None
    assert data["sent"][0]["text"] == "(sealed with a key that is no longer here)"


async def test_an_export_shows_leave_and_what_was_let_through(story: Story) -> None:
    await story.enrol("maya")
    await story.says("maya", "/boundary leave 2026-12-21..2027-01-03 @sam")
    people = {"people": account("ana").user}
    await story.submit(
        "maya", "window", "", name="x", kind="focus", when="mon 9-12", passes="urgent", **people
    )
    data = await export(story.store, story.vault, (await story.record("maya")).person.id)
    assert data is not None
    assert data["norms"]["leave"][0]["first"] == "2026-12-21"
    through = data["norms"]["windows"][0]["lets_through"]
    assert through == {"everyone": False, "urgent": True, "people": [f"{TENANT}/U0ANA"]}


async def test_home_lists_what_fits_and_says_where_the_rest_is(story: Story) -> None:
    await story.enrol("maya")
    for number in range(22):
        await story.says("maya", f"/focus tue 9-10 norm {number}")
    assert "And 2 more: /boundary norms" in shown(await story.opens_home("maya"))


async def test_a_sender_of_whom_only_an_id_is_known_is_a_colleague(story: Story) -> None:
    await story.enrol("maya")
    await story.says("maya", "/focus 25m")
    await story.mentions("lee", "maya")
    assert "A colleague mentioned you at 10:05" in await story.says("maya", "/boundary waiting")
    assert "Passed on now to kenji." in await story.says("maya", "/later @kenji hello")
    await story.until(MONDAY + timedelta(minutes=25))
    assert not any("reached" in said for said in story.read("maya"))  # that was said already
