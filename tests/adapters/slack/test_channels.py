"""Buttons under what a team said in a channel: who pressed is answered in private, the rest stays."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from adapters.playground.faults import Fault, FaultKind
from adapters.playground.records import ChannelKind, User
from adapters.slack import readers
from adapters.slack.readers import A_MINUTE, A_TRY, PERSON_KEPT
from bot.inbound import Pressed, Submitted
from bot.messages.model import Actions, Button, Form, Message, TextField
from bot.ports import OUTSIDERS, Done, Refused, Reply, Wait
from tests.support.slack_stage import Stage, account, sentence

PLACE = account("C0PLATFORM")
BALLOT = Message(
    "Core hours?", (Actions((Button("Yes", "vote_yes", "b1"), Button("Change", "propose", "t1"))),)
)
FORM = Form("propose", "Propose", "Send", (TextField("reason", "Reason"),))


async def ballot(stage: Stage) -> str:
    """The ts of a ballot in the channel."""
    posted = await stage.adapter.chat.announce(PLACE, BALLOT, "d_1")
    assert isinstance(posted, Done)
    return posted.ref.partition(":")[2]


def standing(stage: Stage) -> str:
    return json.dumps([m.blocks for m in stage.workspace.channels[PLACE.user].messages.values() if m.bot_id])


def lookups(stage: Stage) -> int:
    return stage.workspace.audit.arrivals["users.info"]


@pytest.mark.parametrize("settles", [True, False])
async def test_who_pressed_is_answered_privately_and_the_ballot_stays(stage: Stage, settles: bool) -> None:
    ts = await ballot(stage)
    before = standing(stage)
    stage.script.replies[Pressed] = Reply(sentence("Your vote counts: yes."), replace=settles)
    for user in ("U0SAM", "U0KENJI"):
        seen = await stage.humans.press(user, ts, "vote_yes~0", channel=PLACE.user)
        assert (seen.ok, seen.text) == (True, "Your vote counts: yes.")
        assert [message.viewer for message in seen.messages] == [user]
    heard = [each for each in stage.script.heard if isinstance(each, Pressed)]
    assert [each.who for each in heard] == [account("U0SAM"), account("U0KENJI")]
    assert {(each.action, each.value, each.surface, each.channel) for each in heard} == {
        ("vote_yes", "b1", "channel", PLACE.user)
    }
    assert standing(stage) == before


async def test_a_guest_who_joined_later_and_presses_is_told_as_one(stage: Stage) -> None:
    ts = await ballot(stage)
    guest = replace(stage.workspace.users["U0ANA"], id="U0GUEST", name="guest", restricted=True)
    stage.workspace.add_user(guest)
    stage.workspace.channels[PLACE.user].members["U0GUEST"] = None
    await stage.humans.press("U0GUEST", ts, "vote_yes~0", channel=PLACE.user)
    heard = stage.script.only()
    assert heard.profiles["U0GUEST"].is_guest


async def test_a_form_opens_from_a_channel_and_its_answer_changes_nothing_there(stage: Stage) -> None:
    ts = await ballot(stage)
    before = standing(stage)
    stage.script.replies[Pressed] = Reply(form=FORM)
    stage.script.replies[Submitted] = Reply(sentence("It is put to the vote."), replace=True)
    opened = await stage.humans.press("U0SAM", ts, "propose~1", channel=PLACE.user)
    assert opened.view is not None
    sent = await stage.humans.submit_view("U0SAM", opened.view["id"], {"reason": {"answer": "too late"}})
    assert "It is put to the vote." in json.dumps(sent.view)
    await stage.adapter.close()
    assert standing(stage) == before


async def test_a_button_in_the_own_chat_still_settles_its_message(stage: Stage) -> None:
    posted = await stage.adapter.chat.post(account("U0SAM"), BALLOT, "d_1")
    assert isinstance(posted, Done)
    channel, _, ts = posted.ref.partition(":")
    stage.script.replies[Pressed] = Reply(sentence("Done."), replace=True)
    await stage.humans.press("U0SAM", ts, "vote_yes~0", channel=channel)
    assert stage.workspace.channels[channel].messages[ts].text == "Done."


# Who reads along --------------------


@pytest.mark.parametrize("shared", ["shared", "invited"])
async def test_a_channel_shared_with_another_organisation_gets_nothing(stage: Stage, shared: str) -> None:
    setattr(stage.workspace.channels[PLACE.user], shared, True)
    assert await stage.adapter.chat.announce(PLACE, BALLOT, "d_1") == Refused(OUTSIDERS)


async def test_without_the_right_to_look_nothing_is_said(stage: Stage) -> None:
    stage.seeded.bot.scopes = tuple(s for s in stage.seeded.bot.scopes if s != "channels:read")
    assert await stage.adapter.chat.announce(PLACE, BALLOT, "d_1") == Refused(OUTSIDERS)


async def test_somebody_whom_slack_does_not_show_is_an_outsider(stage: Stage) -> None:
    stage.workspace.channels[PLACE.user].members["U0NOBODY"] = None
    assert await stage.adapter.chat.announce(PLACE, BALLOT, "d_1") == Refused(OUTSIDERS)


async def test_a_private_channel_is_one_like_any_other(stage: Stage) -> None:
    stage.workspace.add_channel("G0TEAM", "team", ["U0SAM", "U0BOT"], kind=ChannelKind.PRIVATE)
    assert isinstance(await stage.adapter.chat.announce(account("G0TEAM"), BALLOT, "d_1"), Done)


async def test_an_archived_channel_is_a_clear_no(stage: Stage) -> None:
    stage.workspace.channels[PLACE.user].archived = True
    assert await stage.adapter.chat.announce(PLACE, BALLOT, "d_1") == Refused("is_archived")


async def test_who_becomes_a_guest_is_known_from_slacks_event_at_once(stage: Stage) -> None:
    ts = await ballot(stage)
    stage.workspace.users["U0SAM"].restricted = True
    await stage.humans.set_status_by_hand("U0SAM", "away")
    before = lookups(stage)
    assert await stage.adapter.chat.revise(PLACE, f"{PLACE.user}:{ts}", BALLOT) == Refused(OUTSIDERS)
    assert lookups(stage) == before


async def test_people_are_looked_up_once_and_again_half_a_day_later(stage: Stage) -> None:
    await ballot(stage)
    before = lookups(stage)
    stage.time.advance(61)
    await ballot(stage)
    assert lookups(stage) == before
    stage.time.advance(PERSON_KEPT)
    await ballot(stage)
    assert lookups(stage) == 2 * before


async def test_a_large_channel_is_looked_through_in_several_tries(stage: Stage) -> None:
    crowd = [f"U{number:04}" for number in range(100)]
    for user in crowd:
        stage.workspace.add_user(User(user, user.lower(), user, "Etc/UTC"))
    place = account(stage.workspace.add_channel("C0CROWD", "crowd", [*crowd, "U0BOT"]).id)
    tries = [await stage.adapter.chat.announce(place, BALLOT, "d_1") for _ in range(2)]
    assert all(isinstance(each, Wait) for each in tries)
    assert lookups(stage) == 2 * A_TRY == A_MINUTE
    assert isinstance(await stage.adapter.chat.announce(place, BALLOT, "d_1"), Wait)
    assert lookups(stage) == A_MINUTE
    stage.time.advance(61)
    assert isinstance(await stage.adapter.chat.announce(place, BALLOT, "d_1"), Done)
    assert stage.workspace.calls_over_limit() == 0


async def test_a_channel_of_thousands_is_no_teams_own(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "MOST", 3)
    assert await stage.adapter.chat.announce(PLACE, BALLOT, "d_1") == Refused(OUTSIDERS)


async def test_a_lookup_that_is_limited_goes_on_later(stage: Stage) -> None:
    stage.workspace.faults.add(Fault(FaultKind.RATE_LIMITED, method="users.info", times=1, seconds=9))
    assert await stage.adapter.chat.announce(PLACE, BALLOT, "d_1") == Wait(9, "users.info")
    assert isinstance(await stage.adapter.chat.announce(PLACE, BALLOT, "d_1"), Done)
