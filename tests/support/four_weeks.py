"""Four weeks of the playground's team, 14 September to 12 October 2026, as its people live them.

All times are Lisbon's. The first Monday of October is a holiday in Portugal, and the third week of September
one of holidays in Japan.
"""

from __future__ import annotations

from tests.support.weeks import Post, Weeks

SUMMARIES = ("2026-09-21 09:30", "2026-09-28 09:30", "2026-10-06 09:30", "2026-10-12 09:30")
HOLIDAY = "2026-10-05 09:30"


async def live(weeks: Weeks) -> None:
    """All four, up to the last summary."""
    await begin(weeks)
    await a_change_is_accepted(weeks)
    await focus_and_rituals(weeks)
    await weeks.at(SUMMARIES[0])
    await a_week_of_urgency(weeks)
    await weeks.at(SUMMARIES[1])
    await a_suggestion_is_rejected(weeks)
    await lifted_focus_leave_and_ignored_rituals(weeks)
    await weeks.at("2026-10-05 07:59")
    await weeks.through("2026-10-05 09:00")
    await weeks.at(HOLIDAY)
    await weeks.at(SUMMARIES[2])
    await weeks.at(SUMMARIES[3])


async def begin(weeks: Weeks) -> None:
    """Only Maya lets her status be set: each of the others would cost real seconds of Slack's limits."""
    for name in ("sam", "kenji", "ana"):
        await weeks.humans.revoke(f"U0{name.upper()}")
    await weeks.at("2026-09-14 09:00")


def ballot(weeks: Weeks, number: int, place: str = "#platform") -> Post:
    """The ballot as it stands in a place of the team."""
    return weeks.post(place, f"Proposal {number} for Platform", lambda post: not post.viewer)


async def vote(weeks: Weeks, number: int, **votes: str) -> None:
    """Cast votes below the ballot; "kenji" does so in Teams."""
    for name, label in votes.items():
        place = "core" if name == "kenji" else "#platform"
        who = "kenji@teams" if name == "kenji" else name
        await weeks.presses(who, ballot(weeks, number, place), label)


# Week 38 ------------------------------------------------------------------------------------------


async def a_change_is_accepted(weeks: Weeks) -> None:
    await weeks.at("2026-09-14 10:00")
    await weeks.says("maya", "/boundary team propose core mon-thu 13:00-15:00")
    await vote(weeks, 1, kenji="No", ana="Yes", maya="Yes", lee="Yes")
    await weeks.at("2026-09-15 00:00")  # decided on Monday, in force at midnight
    await weeks.at("2026-09-15 09:30")


async def focus_and_rituals(weeks: Weeks) -> None:
    await weeks.at("2026-09-15 16:00")
    await weeks.says("ana", "@maya could you look at the notes?")
    await weeks.says("kenji", "/boundary team focus off I hand over to Lisbon then")
    await weeks.through("2026-09-15 17:45")
    form = await weeks.presses("maya", weeks.post("maya", "Your hours end"), "Write and close…")
    await weeks.submits("maya", form, done="The payload", open="", first="The release notes")
    await weeks.at("2026-09-16 09:30")
    await weeks.says("sam", "@kenji which build?")
    await weeks.says("sam", "@ana which build?")
    await weeks.through("2026-09-16 12:30")  # Maya's day begins where the shared focus ends


# Week 39: the one that is counted by hand -----------------------------------------------------------


async def a_week_of_urgency(weeks: Weeks) -> None:
    await weeks.at("2026-09-21 13:00")
    await urgent(weeks, "sam", "maya", "broken")
    await weeks.says("ana", "@maya whenever you are back")
    await weeks.presses("maya", weeks.post("maya", "this cannot wait"), "Fair")
    await weeks.through("2026-09-21 14:30")
    await weeks.at("2026-09-22 16:00")
    await weeks.says("sam", "@maya the notes are ready")
    await weeks.through("2026-09-22 17:30")
    await weeks.at("2026-09-22 20:00")
    await urgent(weeks, "maya", "ana", "deadline")
    await weeks.says("maya", "@ana and the plan, tomorrow")
    await weeks.presses("ana", weeks.post("ana", "this cannot wait"), "Could have waited")
    await weeks.at("2026-09-23 07:59")
    await weeks.through("2026-09-23 10:00")
    await urgent(weeks, "ana", "sam", "blocked")
    await weeks.says("ana", "@maya after the focus, please")
    await weeks.presses("sam", weeks.post("sam", "this cannot wait"), "Fair")
    await weeks.through("2026-09-23 12:30")
    await weeks.at("2026-09-24 11:00")
    await weeks.says("maya", "@sam good morning, when it is one")
    await weeks.through("2026-09-24 14:00")
    await weeks.at("2026-09-24 20:00")
    await urgent(weeks, "sam", "kenji", "broken")
    await weeks.presses("kenji", weeks.post("kenji", "this cannot wait"), "Fair")
    await weeks.at("2026-09-25 10:00")
    await urgent(weeks, "ana", "lee", "deadline")
    await weeks.presses("lee", weeks.post("lee", "this cannot wait"), "Could have waited")
    await weeks.at("2026-09-25 23:00")
    await weeks.says("lee", "@sam for Monday")


async def urgent(weeks: Weeks, sender: str, recipient: str, reason: str) -> None:
    """Mention somebody who is away, and say why it cannot wait."""
    await weeks.says(sender, f"@{recipient} please look at this now")
    note = weeks.post("#platform", "I'll pass on", lambda post: post.viewer == sender)
    form = await weeks.presses(sender, note, "It's urgent…")
    await weeks.submits(sender, form, reason=reason, words="The shop is down", sure=["yes"])


# Week 40 -------------------------------------------------------------------------------------------


async def a_suggestion_is_rejected(weeks: Weeks) -> None:
    await weeks.at("2026-09-28 10:00")
    await weeks.presses("ana", weeks.post("#platform", "Platform: week 39"), "Put it to the vote")
    await vote(weeks, 2, maya="No", kenji="No", ana="Yes", lee="No")


async def lifted_focus_leave_and_ignored_rituals(weeks: Weeks) -> None:
    await weeks.at("2026-09-28 11:00")
    await weeks.says("ana", "/boundary leave 2026-09-30..2026-10-02 @sam")
    await weeks.at("2026-09-28 17:45")  # Maya leaves this ritual unanswered, and the next two
    await weeks.at("2026-09-29 11:00")
    await weeks.says("maya", "/boundary team lift tomorrow 10:00-11:00 incident review")
    await weeks.presses("ana", weeks.post("#platform", "incident review", _public), "Fair")
    await weeks.at("2026-09-29 17:45")
    await weeks.at("2026-09-30 10:15")
    await weeks.says("sam", "@maya which build did it?")
    await weeks.at("2026-09-30 17:45")
    await weeks.at("2026-10-01 11:00")
    await weeks.says("maya", "@ana are you there?")
    await weeks.says("maya", "/boundary team undo")
    await vote(weeks, 3, maya="Yes", lee="Yes", sam="Yes")
    await weeks.at("2026-10-01 17:45")
    await weeks.at("2026-10-02 00:00")


def _public(post: Post) -> bool:
    return not post.viewer
