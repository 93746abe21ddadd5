"""One person on two platforms: one day, one queue, one nudge, whichever side they look at."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.inbound import Account
from bot.messages.actions import FormId
from bot.messages.linking import told_maker
from bot.ports import Refused, Tx, Unclear, Wait
from bot.records import HoldState, Tenant
from rules import Status
from tests.support.story import MONDAY, TENANT, Story, account, code_in

HOUR = timedelta(hours=1)


async def linked(presence: bool = True) -> Story:
    """Maya uses Slack, where she is connected, and Teams, where the app sets presences; Ana writes in Slack
    and Lee in Teams, neither of whom wants nudges."""
    story = Story(connect=True, presence=presence)
    await story.enrol("maya")
    for name in ("ana", "lee@teams"):
        await story.says(name, "/boundary mute rituals")
    await story.connects("maya")
    await story.link("maya", "maya@teams")
    story.chat.seen.clear()
    story.teams.calls.clear()
    return story


async def hand(story: Story, presence: str) -> None:
    story.teams.presences[account("maya@teams")] = Status(presence, "", None)


# Statuses and pauses ------------------------------------------------------------------------------


async def test_focus_said_in_slack_sets_both_and_ending_it_in_teams_ends_both() -> None:
    story = await linked()
    await story.says("maya", "/focus 90m")
    assert story.chat.statuses[account("maya")].text == "Focusing, back at 11:35"
    assert story.teams.message("maya@teams") == "Focusing, back at 11:35"
    assert story.teams.presence("maya@teams") == "DoNotDisturb"
    assert story.chat.snoozes[account("maya")] == MONDAY + 1.5 * HOUR
    await story.says("maya@teams", "/focus off")
    assert story.chat.statuses[account("maya")].text == story.teams.message("maya@teams") == ""
    assert story.teams.presence("maya@teams") == ""
    assert account("maya") not in story.chat.snoozes


async def test_focus_said_in_teams_sets_slack_too_and_ends_by_itself_with_two_calls_on_each() -> None:
    story = await linked()
    await story.says("maya@teams", "/focus 90m")
    assert story.chat.statuses[account("maya")].text == "Focusing, back at 11:35"
    await story.until(MONDAY + 2 * HOUR)
    assert story.teams.presence("maya@teams") == story.teams.message("maya@teams") == ""
    assert [what for what, *_ in story.teams.calls] == ["status", "presence"]


async def test_a_presence_set_by_hand_is_left_alone_by_a_standing_norm() -> None:
    story = await linked()
    await hand(story, "Busy")
    await story.says("maya", "/boundary mute rituals")
    await story.until(MONDAY + 10 * HOUR)  # hours end at 17:00
    assert story.teams.presence("maya@teams") == "Busy"
    assert story.chat.snoozes[account("maya")] > MONDAY + 10 * HOUR


async def test_a_presence_set_by_hand_is_put_back_after_what_was_asked_for() -> None:
    story = await linked()
    await hand(story, "BeRightBack")
    await story.says("maya", "/focus 90m")
    assert story.teams.presence("maya@teams") == "DoNotDisturb"
    await story.until(MONDAY + 2 * HOUR)
    assert story.teams.presence("maya@teams") == "BeRightBack"


async def test_a_do_not_disturb_set_by_hand_outlives_a_focus() -> None:
    story = await linked()
    await hand(story, "DoNotDisturb")
    await story.says("maya", "/focus 90m")
    await story.until(MONDAY + 2 * HOUR)
    assert story.teams.presences[account("maya@teams")] == Status("DoNotDisturb", "", None)


async def test_a_presence_set_by_hand_during_ours_stays_when_ours_ends() -> None:
    story = await linked()
    await story.says("maya", "/focus 90m")
    await hand(story, "Busy")
    await story.says("maya", "/focus off")
    assert story.teams.presence("maya@teams") == "Busy"


async def test_asking_again_while_everything_is_paused_replaces_a_presence_set_meanwhile() -> None:
    story = await linked()
    await story.until(MONDAY + 8 * HOUR)  # after hours: paused
    assert story.teams.presence("maya@teams") == "DoNotDisturb"
    await hand(story, "Busy")
    await story.says("maya", "/quiet 30m")
    assert story.teams.presence("maya@teams") == "DoNotDisturb"
    assert story.teams.presences[account("maya@teams")].expires is not None


async def test_a_status_message_set_by_hand_is_left_alone_even_when_asked() -> None:
    story = await linked()
    story.teams.statuses[account("maya@teams")] = Status("At the dentist", "", None)
    await story.says("maya", "/focus 90m")
    assert story.teams.message("maya@teams") == "At the dentist"
    assert story.teams.presence("maya@teams") == "DoNotDisturb"


async def test_without_consent_nothing_is_set_in_teams_and_slack_goes_on() -> None:
    story = await linked(presence=False)
    await story.says("maya@teams", "/focus 90m")
    assert story.teams.calls == []
    assert story.chat.statuses[account("maya")].text == "Focusing, back at 11:35"


async def test_something_urgent_ends_the_pause_on_both_sides_and_sets_it_again() -> None:
    story = await linked()
    await hand(story, "Busy")
    await story.says("maya", "/focus 90m")
    await story.says("ana", "/later @maya the shop is down")
    story.teams.calls.clear()
    hold = (await story.holds("ana"))[0]
    await story.submit("ana", FormId.URGENT, hold.id, reason="broken", sure="yes")
    assert "the shop is down" in story.read("maya")[-1]
    assert story.teams.presence("maya@teams") == "Busy"
    assert account("maya") not in story.chat.snoozes
    await story.until(MONDAY + timedelta(seconds=15))
    assert story.teams.presence("maya@teams") == "DoNotDisturb"
    assert account("maya") in story.chat.snoozes
    await story.until(MONDAY + 2 * HOUR)
    assert story.teams.presence("maya@teams") == "Busy"


async def test_connecting_slack_while_teams_is_paused_already_pauses_slack_too() -> None:
    story = Story(connect=True, presence=True)
    await story.enrol("maya")
    await story.link("maya", "maya@teams")
    await story.says("maya@teams", "/focus 90m")
    assert account("maya") not in story.chat.snoozes
    await story.connects("maya")
    assert story.chat.snoozes[account("maya")] >= MONDAY + 1.5 * HOUR
    assert story.chat.statuses[account("maya")].text == "Focusing, back at 11:35"


async def test_something_urgent_waits_for_the_pause_of_the_account_it_goes_to() -> None:
    """Connected in two workspaces: the message goes to the one used last, after its own snooze ended."""
    story = await linked(presence=False)
    second = replace(account("maya"), tenant="slack:T0")
    await story.store.write(lambda tx: _also(tx, second))
    await story.says("maya", "/focus 90m")
    await story.says("ana", "/later @maya the shop is down")
    hold = (await story.holds("ana"))[0]
    story.chat.answers.append(Wait(600, "post"))
    await story.submit("ana", FormId.URGENT, hold.id, reason="broken", sure="yes")
    urgent = await story.store.read(lambda tx: tx.outbox.get(f"break:{hold.id}"))
    assert urgent is not None
    first = await story.store.read(lambda tx: tx.outbox.get(urgent.after))
    assert first is not None
    assert first.to == urgent.to == account("maya")


def _also(tx: Tx, other: Account) -> None:
    known = tx.accounts.get(account("maya"))
    assert known is not None
    tx.accounts.put(replace(known, account=other))


async def test_who_removes_the_app_in_the_middle_of_a_focus_gets_back_what_was_there() -> None:
    story = await linked()
    await hand(story, "Busy")
    await story.says("maya@teams", "/focus 90m")
    assert story.teams.message("maya@teams") == "Focusing, back at 11:35"
    await story.leaves("maya@teams")
    assert (story.teams.presence("maya@teams"), story.teams.message("maya@teams")) == ("Busy", "")
    assert account("maya") in story.chat.snoozes
    story.teams.calls.clear()
    await story.until(MONDAY + 2 * HOUR)
    assert story.teams.calls == []


async def test_who_left_wears_nothing_new() -> None:
    story = await linked()
    await story.leaves("maya@teams")
    await story.says("maya", "/focus 90m")
    assert story.teams.calls == []


# One queue, one digest ----------------------------------------------------------------------------


async def test_pings_from_both_come_in_one_digest_on_the_platform_used_last() -> None:
    story = await linked()
    await story.says("maya", "/focus 90m")
    await story.says("ana", "/later @maya from slack")
    await story.says("lee@teams", "/later @maya from teams")
    await story.mentions("lee@teams", "maya", channel="19:general")
    assert (await story.says("maya@teams", "/boundary waiting")).startswith("3 waiting, 0 urgent")
    await story.until(MONDAY + 2 * HOUR)
    assert story.read("maya") == []
    digests = story.read("maya@teams")
    assert len(digests) == 1
    assert "from slack" in digests[0]
    assert "from teams" in digests[0]
    assert digests[0].startswith("3 waited while you were away, 0 urgent")


async def test_somebody_of_another_platform_is_named_without_an_id_that_says_nothing_here() -> None:
    story = await linked()
    await story.says("maya", "/focus 90m")
    await story.says("lee@teams", "/later @maya hello")
    await story.says("maya", "/boundary today")
    await story.until(MONDAY + 2 * HOUR)
    assert "Lee wrote" in story.read("maya")[-1]
    assert "29:lee" not in str(story.last("maya"))


async def test_a_nudge_is_sent_once_where_the_person_was_last() -> None:
    story = await linked()
    await story.says("maya@teams", "/boundary today")
    await story.until(MONDAY + 8 * HOUR)
    nudges = [each for each in story.saw("maya") + story.saw("maya@teams") if each.how == "post"]
    assert [each.to for each in nudges] == [account("maya@teams")]


async def test_a_nudge_on_its_way_while_accounts_were_linked_comes_once() -> None:
    story = Story()
    await story.enrol("maya", "maya@teams")
    await story.until(MONDAY + timedelta(hours=6, minutes=39))
    code = code_in(await story.says("maya", "/boundary link"))
    story.clock.at += timedelta(
        minutes=2
    )  # the nudge at the end of the day is due, a quarter of an hour before
    for name in ("maya", "maya@teams"):
        id = (await story.record(name)).person.id
        await story.store.write(lambda tx, id=id: story._swept(tx, id))  # type: ignore[misc]
    await story.says("maya@teams", f"/boundary link {code}")
    days = [each for name in ("maya", "maya@teams") for each in story.read(name) if "end" in each.lower()]
    assert len(days) == 1


async def test_what_one_sent_from_one_side_can_be_taken_back_on_the_other() -> None:
    story = await linked()
    await story.says("ana", "/focus 90m")
    await story.says("maya", "/later @ana never mind")
    shown = await story.command("maya@teams", "/boundary waiting")
    await story.press("maya@teams", shown.message, "Cancel")
    assert [hold.state for hold in await story.holds("maya")] == [HoldState.CANCELLED]


async def test_home_is_shown_anew_on_both_sides() -> None:
    story = await linked()
    await story.says("maya", "/focus 90m")
    assert story.saw("maya", "home")
    assert story.saw("maya@teams", "home")


# Accounts that nothing reaches --------------------------------------------------------------------


async def test_a_digest_that_teams_refuses_comes_in_slack_and_nothing_goes_to_teams_again() -> None:
    story = await linked()
    await story.says("maya@teams", "/focus 90m")
    await story.says("ana", "/later @maya hello")
    story.teams.answers.append(Refused("BotNotInConversationRoster", unreachable=True))
    await story.until(MONDAY + 2 * HOUR)
    assert story.read("maya@teams") == []
    assert ["hello" in each for each in story.read("maya")] == [True]
    assert "reached Maya" in story.read("ana")[-1]
    await story.until(MONDAY + 8 * HOUR)  # the nudge at the end of the day
    assert story.read("maya@teams") == []
    assert "nudge" in story.read("maya")[-1] or "day" in story.read("maya")[-1]


async def test_what_is_on_its_way_when_somebody_removes_the_app_goes_to_the_other_side() -> None:
    story = await linked()
    await story.says("maya@teams", "/focus 90m")
    await story.leaves("maya@teams")
    assert (await story.record("maya")).state.home == account("maya")
    await story.says("lee@teams", "/later @maya hello")
    await story.until(MONDAY + 2 * HOUR)
    assert "hello" in story.read("maya")[-1]


async def test_what_the_platform_kept_waiting_goes_to_the_other_side_when_the_app_is_removed() -> None:
    story = await linked()
    await story.says("maya@teams", "/boundary today")
    story.teams.answers.append(Wait(30, "post"))
    await story.says("lee@teams", "/later @maya hello")
    await story.leaves("maya@teams")
    await story.until(MONDAY + timedelta(minutes=1))
    assert "hello" in story.read("maya")[-1]
    assert story.read("maya@teams") == []


async def test_what_the_platform_kept_waiting_is_given_up_when_there_is_no_other_side() -> None:
    story = await both_in_teams()
    story.teams.answers.append(Wait(30, "post"))
    await story.says("ana@teams", "/later @maya hello")
    await story.leaves("maya@teams")
    await story.until(MONDAY + timedelta(minutes=1))
    assert story.read("ana@teams") == [
        "Your message could not be delivered to Maya. Please write to them directly."
    ]


async def test_what_was_on_its_way_while_accounts_were_linked_reaches_the_one_person() -> None:
    story = await both_in_teams()
    await story.enrol("maya")
    await story.says("maya@teams", "/focus 30m")
    await story.says("ana@teams", "/later @maya one")
    await story.says("ana@teams", "/later @maya two")
    hold = (await story.holds("ana@teams"))[0]
    story.teams.answers.extend([Wait(120, "post"), Wait(120, "post")])
    shown = await story.command("maya@teams", "/boundary waiting")
    await story.press("maya@teams", shown.message, "Deliver these now")
    await story.says("maya@teams", "/focus off")
    await story.link("maya", "maya@teams")
    await story.until(MONDAY + timedelta(minutes=20))
    assert [each for each in story.read("maya@teams") if "one" in each and "two" in each]
    found = await story.store.read(lambda tx: tx.holds.get(hold.id))
    assert found is not None
    assert found.recipient == (await story.record("maya")).person.id


async def both_in_teams() -> Story:
    """Maya and Ana use Teams alone and want no nudges."""
    story = Story()
    for name in ("maya@teams", "ana@teams"):
        await story.says(name, "/boundary mute rituals")
    return story


async def test_without_another_account_senders_hear_and_what_still_waits_goes_when_they_are_back() -> None:
    story = await both_in_teams()
    await story.says("maya@teams", "/focus 90m")
    await story.says("ana@teams", "/later @maya hello")
    await story.leaves("maya@teams")
    story.chat.seen.clear()
    await story.until(MONDAY + 2 * HOUR)
    assert story.read("maya@teams") == []
    assert story.read("ana@teams") == [
        "I cannot reach Maya at the moment, so your message still waits. "
        "If it matters, please write to them directly."
    ]
    await story.says("maya@teams", "/boundary today")
    await story.until(MONDAY + 8 * HOUR)
    assert "hello" in story.read("maya@teams")[0]


async def test_a_digest_refused_for_good_is_given_up_and_its_sender_told() -> None:
    story = await both_in_teams()
    await story.says("maya@teams", "/focus 90m")
    await story.says("ana@teams", "/later @maya hello")
    story.teams.answers.append(Refused("ConversationBlockedByUser", unreachable=True))
    await story.until(MONDAY + 2 * HOUR)
    assert "could not be delivered" in story.read("ana@teams")[-1]
    known = await story.store.read(lambda tx: tx.accounts.get(account("maya@teams")))
    assert known is not None
    assert known.unreachable == "ConversationBlockedByUser"


async def test_nothing_breaks_through_to_somebody_whom_nothing_reaches() -> None:
    story = await both_in_teams()
    await story.says("maya@teams", "/focus 90m")
    await story.says("ana@teams", "/later @maya hello")
    await story.leaves("maya@teams")
    hold = (await story.holds("ana@teams"))[0]
    reply = await story.submit("ana@teams", FormId.URGENT, hold.id, reason="broken", sure="yes")
    assert "I cannot reach them at the moment" in str(reply.message)


# Nobody can see whether it arrived ----------------------------------------------------------------


async def doubtful() -> Story:
    """Sam's message went into a digest in Teams whose answer was lost at about 11:35."""
    story = await both_in_teams()
    await story.says("maya@teams", "/focus 90m")
    await story.says("ana@teams", "/later @maya hello")
    story.chat.seen.clear()
    story.teams.answers.append(Unclear("reset"))
    await story.until(MONDAY + 2 * HOUR)
    return story


async def test_a_digest_that_may_be_lost_comes_back_in_the_next_one_which_says_so() -> None:
    story = await doubtful()
    assert story.read("maya@teams") == story.read("ana@teams") == []
    hold = (await story.holds("ana@teams"))[0]
    assert (hold.state, hold.doubted, hold.text is not None) == (HoldState.WAITING, True, True)
    assert hold.release_at is not None
    assert hold.release_at >= MONDAY + 2.5 * HOUR
    await story.says("maya@teams", "/boundary here 20m")
    await story.until(MONDAY + 2.4 * HOUR)
    assert story.read("maya@teams") == []
    await story.until(MONDAY + 6.9 * HOUR)
    digest = story.read("maya@teams")[0]
    assert "hello" in digest
    assert "This may be a repeat" in digest
    assert "reached Maya" in story.read("ana@teams")[-1]


async def test_a_second_lost_answer_is_told_to_the_sender() -> None:
    story = await doubtful()
    story.teams.answers.append(Unclear("reset"))
    await story.until(MONDAY + 6.9 * HOUR)
    assert story.read("maya@teams") == []
    assert "I cannot see whether your message to Maya arrived" in story.read("ana@teams")[-1]
    assert [hold.text for hold in await story.holds("ana@teams")] == [None]


async def test_what_was_passed_on_at_once_and_may_be_lost_comes_again_later() -> None:
    story = Story()
    await story.enrol("maya@teams")
    story.teams.answers.append(Unclear("reset"))
    await story.says("ana@teams", "/later @maya hello")
    await story.until(MONDAY + 6.9 * HOUR)
    assert "This may be a repeat" in story.read("maya@teams")[0]


async def test_what_somebody_without_norms_may_not_have_got_is_told_to_its_sender() -> None:
    story = Story()
    story.teams.answers.append(Unclear("reset"))
    await story.says("ana@teams", "/later @maya hello")
    await story.perform()
    assert "I cannot see whether your message" in story.read("ana@teams")[-1]


async def test_what_slack_cannot_be_asked_about_is_told_to_its_sender_and_not_sent_again() -> None:
    story = Story()
    await story.enrol("maya")
    await story.says("ana", "/boundary mute rituals")
    await story.says("maya", "/focus 90m")
    await story.says("ana", "/later @maya hello")
    story.chat.answers.append(Unclear("reset"))
    story.chat.found = Refused("missing_scope")
    await story.until(MONDAY + 2.1 * HOUR)
    assert [hold.state for hold in await story.holds("ana")] == [HoldState.CANCELLED]
    assert "I cannot see whether your message to Maya arrived" in story.read("ana")[-1]


async def test_asking_to_see_what_waits_shows_what_may_be_a_repeat_at_once() -> None:
    story = await doubtful()
    shown = await story.command("maya@teams", "/boundary waiting")
    await story.press("maya@teams", shown.message, "Deliver these now")
    assert "This may be a repeat" in story.read("maya@teams")[-1]


# Where a digest goes when its reader has moved ----------------------------------------------------


async def test_a_digest_that_its_platform_kept_waiting_goes_where_the_person_is_by_then() -> None:
    story = await linked()
    await story.says("maya", "/focus 90m")
    await story.says("ana", "/later @maya hello")
    await story.store.write(lambda tx: tx.tenants.put(Tenant(TENANT, "slack", parked="token_revoked")))
    await story.until(MONDAY + 2 * HOUR)
    assert story.read("maya") == []
    await story.says("maya@teams", "/boundary today")
    await story.sweep()
    assert ["hello" in each for each in story.read("maya@teams")] == [True]
    await story.store.write(lambda tx: tx.tenants.put(Tenant(TENANT, "slack")))
    await story.until(MONDAY + 2.5 * HOUR)
    assert not [each for each in story.read("maya") if "hello" in each]


async def test_a_digest_that_found_its_tenant_closed_goes_where_the_person_is_by_then() -> None:
    story = await linked()
    await story.knows(Tenant(TENANT, "slack"))
    await story.says("maya", "/focus 90m")
    await story.says("lee@teams", "/later @maya hello")
    story.chat.answers.append(Refused("token_revoked", tenant_wide=True))
    await story.until(MONDAY + 2 * HOUR)
    assert [hold.state for hold in await story.holds("lee@teams")] == [HoldState.WAITING]
    await story.says("maya@teams", "/boundary today")
    await story.sweep()
    assert ["hello" in each for each in story.read("maya@teams")] == [True]
    await story.knows(Tenant(TENANT, "slack"))
    await story.until(MONDAY + 2.5 * HOUR)
    assert not [each for each in story.read("maya") if "hello" in each]


async def test_a_digest_whose_tenant_opens_again_comes_there() -> None:
    story = await linked()
    await story.knows(Tenant(TENANT, "slack"))
    await story.says("maya", "/focus 90m")
    await story.says("lee@teams", "/later @maya hello")
    story.chat.answers.append(Refused("token_revoked", tenant_wide=True))
    await story.until(MONDAY + 2 * HOUR)
    await story.knows(Tenant(TENANT, "slack"))
    await story.until(MONDAY + 2.5 * HOUR)
    assert ["hello" in each for each in story.read("maya")] == [True]


async def test_what_was_asked_for_in_a_tenant_that_closed_comes_when_it_opens_again() -> None:
    story = await linked()
    await story.knows(Tenant(TENANT, "slack"))
    await story.says("maya", "/focus 90m")
    await story.says("lee@teams", "/later @maya hello")
    shown = await story.command("maya", "/boundary waiting")
    story.chat.answers.append(Refused("token_revoked", tenant_wide=True))
    await story.press("maya", shown.message, "Deliver these now")
    await story.knows(Tenant(TENANT, "slack"))
    await story.until(MONDAY + timedelta(minutes=5))
    assert ["hello" in each for each in story.read("maya")] == [True]


async def test_a_digest_planned_on_one_side_and_claimed_after_the_move_goes_to_the_other() -> None:
    story = await linked()
    await story.says("maya", "/focus 90m")
    await story.says("ana", "/later @maya hello")
    hold = (await story.holds("ana"))[0]
    assert hold.release_at is not None
    story.clock.at = hold.release_at
    person = (await story.record("maya")).person.id
    await story.store.write(lambda tx: story._swept(tx, person))
    await story.says("maya@teams", "/boundary today")
    assert story.read("maya") == []
    assert "hello" in story.read("maya@teams")[0]


async def test_what_waits_never_goes_to_an_account_that_was_thrown_out_meanwhile() -> None:
    story = await linked()
    await story.says("maya", "/focus 90m")
    await story.says("ana", "/later @maya hello")
    shown = await story.command("maya@teams", "/boundary waiting")
    story.teams.answers.append(Wait(120, "elsewhere"))
    await story.press("maya@teams", shown.message, "Deliver these now")
    await story.press("maya", told_maker(["Teams"]), "That was not me")
    await story.until(MONDAY + HOUR)
    assert not [each for each in story.read("maya@teams") if "hello" in each]
    assert [each for each in story.read("maya") if "hello" in each]


async def test_a_side_that_comes_back_in_the_middle_of_a_focus_wears_it() -> None:
    story = await linked()
    await story.says("maya", "/focus 90m")
    await story.leaves("maya@teams")
    story.teams.presences.clear()
    await story.says("maya@teams", "/boundary today")
    assert story.teams.presence("maya@teams") == "DoNotDisturb"
