"""Buttons under what a team said in a channel or group chat: who pressed is answered in private, and what
everybody sees stays."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from adapters.playground.teams.records import Kind, TeamsUser
from adapters.teams.answers import IN_OWN_CHAT, NOT_HERE
from adapters.teams.channels import PAGES
from adapters.teams.connector import MEMBERS_PAGE
from bot.inbound import Account, Pressed, Submitted
from bot.messages import forms
from bot.messages.model import Actions, Button, Message
from bot.ports import OUTSIDERS, Done, Refused, Reply
from tests.support.slack_stage import sentence
from tests.support.teams_inbound import ANA, KENJI, MAYA, Inbound, inbound

OWN, CLUB = "19:own@thread.tacv2", "19:club@thread.v2"
BALLOT = Message("Core hours?", (Actions((Button("Yes", "vote_yes", "b1"), Button("Change", "propose"))),))
LONG = Message("Your vote", (*BALLOT.parts, *sentence("It counts as yes until Thursday.").parts))


@pytest.fixture(params=[OWN, CLUB])
def place(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def team_talks(at: Inbound, place: str) -> str:
    """The id of a ballot in a channel or group chat without guests."""
    kind = Kind.CHANNEL if place == OWN else Kind.GROUP
    members = [MAYA, KENJI, ANA, at.world.app.bot_id]
    at.world.add_conversation(place, kind, "Own", members, team=OWN if kind is Kind.CHANNEL else "")
    await at.humans.add_app(MAYA, place)
    posted = await at.adapter.chat.announce(at.account(place), BALLOT, "d_1")
    assert isinstance(posted, Done)
    return posted.ref.rpartition(" ")[2]


def shared(at: Inbound, place: str) -> list[tuple[str, dict[str, object]]]:
    """What everybody there sees: each message with the views that replaced its card for some."""
    posts = at.world.conversations[place].activities.values()
    return [
        (post.summary, dict(post.views))
        for post in posts
        if post.by_bot and post.viewer is None and not post.deleted
    ]


async def test_a_channel_gets_a_thread_and_a_group_chat_a_message(place: str) -> None:
    async with inbound() as at:
        ballot = await team_talks(at, place)
        assert at.world.conversations[place].activities[ballot].root is None
        assert shared(at, place) == [("Core hours?", {})]


@pytest.mark.parametrize("replace", [True, False])
async def test_who_pressed_is_answered_in_passing_and_the_ballot_stays(place: str, replace: bool) -> None:
    async with inbound() as at:
        ballot = await team_talks(at, place)
        at.script.replies[Pressed] = Reply(sentence("Your vote counts: yes."), replace=replace)
        for user in (MAYA, KENJI):
            done = await at.humans.press(user, place, ballot, "Yes")
            assert (done.ok, done.toast) == (True, "Your vote counts: yes.")
        await at.quiet()
        heard = [each for each in at.script.heard if isinstance(each, Pressed)]
        assert [each.who.user for each in heard] == [MAYA, KENJI]
        assert {(each.action, each.value, each.surface, each.channel) for each in heard} == {
            ("vote_yes", "b1", "channel", place)
        }
        assert shared(at, place) == [("Core hours?", {})]


async def test_a_longer_answer_is_a_targeted_message(place: str) -> None:
    async with inbound() as at:
        ballot = await team_talks(at, place)
        at.script.replies[Pressed] = Reply(LONG, replace=True)
        assert (await at.humans.press(KENJI, place, ballot, "Yes")).ok
        assert [(post.viewer, post.summary) for post in at.said(place)][1:] == [(KENJI, "Your vote")]
        assert shared(at, place) == [("Core hours?", {})]


async def test_without_targeted_messages_a_longer_answer_is_in_the_own_chat(place: str) -> None:
    async with inbound(features=frozenset()) as at:
        ballot = await team_talks(at, place)
        at.script.replies[Pressed] = Reply(LONG)
        done = await at.humans.press(KENJI, place, ballot, "Yes")
        assert done.toast == IN_OWN_CHAT
        assert [post.summary for post in at.said(at.personal(KENJI))] == ["Your vote"]


async def test_a_form_opened_from_a_channel_works_and_changes_nothing_there(place: str) -> None:
    async with inbound() as at:
        ballot = await team_talks(at, place)
        at.script.replies[Pressed] = Reply(form=forms.leave())
        assert (await at.humans.press(MAYA, place, ballot, "Change")).ok
        form = at.said(place)[-1]
        assert form.viewer == MAYA
        at.script.replies[Submitted] = Reply(sentence("Saved."), replace=True)
        typed = {"first": "2026-12-21", "last": "2027-01-03"}
        assert (await at.humans.press(MAYA, place, form.id, "Save", typed)).ok
        await at.quiet()
        assert isinstance(at.script.heard[-1], Submitted)
        assert at.script.heard[-1].who.user == MAYA
        assert shared(at, place) == [("Core hours?", {})]


async def test_who_cannot_be_reached_is_told_so_and_the_ballot_stays() -> None:
    async with inbound(features=frozenset()) as at:
        ballot = await team_talks(at, OWN)
        at.script.replies[Pressed] = Reply(form=forms.leave())
        done = await at.humans.press(ANA, OWN, ballot, "Change")  # who never added the app
        assert done.toast == NOT_HERE
        assert shared(at, OWN) == [("Core hours?", {})]


# Who reads along --------------------


def _newcomer(number: int = 0, **changes: object) -> TeamsUser:
    made = TeamsUser(
        f"29:new{number}", f"aad-new-{number}", "New Comer", f"new{number}@play.example", "Etc/UTC"
    )
    for name, value in changes.items():
        setattr(made, name, value)
    return made


@pytest.fixture
async def talking() -> AsyncIterator[Inbound]:
    async with inbound() as at:
        await team_talks(at, OWN)
        yield at


@pytest.mark.parametrize(
    "changes",
    [{"guest": True}, {"tenant": "5e1f"}, {"anonymous": True}, {"upn": "x_y.example#EXT#@play.example"}],
)
async def test_guests_anonymous_people_and_other_organisations_are_outsiders(
    talking: Inbound, changes: dict[str, object]
) -> None:
    talking.world.add_user(_newcomer(**changes))
    place = talking.world.add_conversation(
        CLUB, Kind.GROUP, "Club", [MAYA, "29:new0", talking.world.app.bot_id]
    )
    await talking.humans.add_app(MAYA, place.id)
    refused = await talking.adapter.chat.announce(talking.account(CLUB), BALLOT, "d_2")
    assert refused == Refused(OUTSIDERS)
    assert talking.said(CLUB) == []


@pytest.mark.parametrize("guest", [True, False])
async def test_every_page_of_members_is_read(talking: Inbound, guest: bool) -> None:
    crowd = [talking.world.add_user(_newcomer(number)).id for number in range(MEMBERS_PAGE + 20)]
    talking.world.users[crowd[-1]].guest = guest
    talking.world.add_conversation(CLUB, Kind.GROUP, "Club", [MAYA, *crowd, talking.world.app.bot_id])
    await talking.humans.add_app(MAYA, CLUB)
    outcome = await talking.adapter.chat.announce(talking.account(CLUB), BALLOT, "d_2")
    assert (outcome == Refused(OUTSIDERS)) is guest
    assert talking.world.audit.arrivals["members.list"] == 3  # the first for the channel


async def test_a_channel_of_thousands_is_no_teams_own(
    talking: Inbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.teams.connector.MEMBERS_PAGE", 1)
    crowd = [talking.world.add_user(_newcomer(number)).id for number in range(PAGES)]
    talking.world.add_conversation(CLUB, Kind.GROUP, "Club", [MAYA, *crowd, talking.world.app.bot_id])
    await talking.humans.add_app(MAYA, CLUB)
    assert await talking.adapter.chat.announce(talking.account(CLUB), BALLOT, "d_2") == Refused(OUTSIDERS)


@pytest.mark.parametrize("where", [MAYA, "a:1maya", "19:nowhere@thread.v2"])
async def test_what_is_no_channel_of_ours_is_a_clear_no(talking: Inbound, where: str) -> None:
    refused = await talking.adapter.chat.announce(Account(talking.tenant, where), BALLOT, "d_2")
    assert refused == Refused("BotNotInConversationRoster")
