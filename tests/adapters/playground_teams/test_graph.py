"""Presences, status messages and mailbox settings over Graph."""

from datetime import timedelta

import pytest

from tests.support.teams_wire import Json, Stage

MAYA = "users/aad00000-0000-4000-8000-00006d617961"
PREFER = f"{MAYA}/presence/setUserPreferredPresence"
STATUS = f"{MAYA}/presence/setStatusMessage"
QUIET = {"availability": "DoNotDisturb", "activity": "DoNotDisturb", "expirationDuration": "PT90M"}


@pytest.fixture(autouse=True)
def consented(stage: Stage) -> None:
    stage.world.app.permissions = frozenset({"Presence.ReadWrite.All", "MailboxSettings.Read"})


async def seen(stage: Stage) -> tuple[str, str]:
    presence = (await stage.graph("GET", f"{MAYA}/presence")).body
    return presence["availability"], presence["activity"]


def status(words: str, expires: Json | None = None) -> Json:
    message = {"message": {"content": words, "contentType": "text"}}
    return {"statusMessage": message | ({"expiryDateTime": expires} if expires else {})}


async def test_a_preferred_presence_beats_a_meeting_and_ends_by_itself(stage: Stage) -> None:
    stage.maya.presence = ("Busy", "InAMeeting")

    assert (await stage.graph("POST", PREFER, QUIET)).status == 200
    assert await seen(stage) == ("DoNotDisturb", "DoNotDisturb")
    stage.time.advance(90 * 60)
    assert await seen(stage) == ("Busy", "InAMeeting")


@pytest.mark.parametrize(("pair", "days"), [("Busy", 1), ("Away", 7)])
async def test_without_a_duration_it_lasts_as_long_as_documented(stage: Stage, pair: str, days: int) -> None:
    await stage.graph("POST", PREFER, {"availability": pair, "activity": pair})
    stage.time.advance(days * 86_400 - 1)
    assert await seen(stage) == (pair, pair)
    stage.time.advance(1)
    assert await seen(stage) == ("Available", "Available")


async def test_it_needs_a_presence_session_and_says_nothing_about_it(stage: Stage) -> None:
    stage.maya.signed_in = False

    assert (await stage.graph("POST", PREFER, QUIET)).status == 200
    assert await seen(stage) == ("Offline", "Offline")


async def test_clearing_succeeds_although_nothing_was_set(stage: Stage) -> None:
    stage.humans.set_presence("29:maya", "Busy")
    for _ in range(2):
        assert (await stage.graph("POST", f"{MAYA}/presence/clearUserPreferredPresence", {})).status == 200
    assert await seen(stage) == ("Available", "Available")


async def test_what_was_chosen_by_hand_never_ends(stage: Stage) -> None:
    stage.humans.set_presence("29:maya", "Offline")
    stage.time.advance(90 * 86_400)

    assert await seen(stage) == ("Offline", "OffWork")


@pytest.mark.parametrize(
    "wrong",
    [
        {"availability": "Busy", "activity": "InAMeeting"},
        {"availability": "OutOfOffice", "activity": "OutOfOffice"},
        QUIET | {"expirationDuration": "90m"},
        QUIET | {"expirationDuration": "PT0S"},
    ],
)
async def test_other_pairs_and_durations_are_refused(stage: Stage, wrong: Json) -> None:
    answer = await stage.graph("POST", PREFER, wrong)

    assert (answer.status, answer.code) == (400, "InvalidArgument")
    assert stage.maya.preferred is None


async def test_a_status_message_ends_but_its_end_is_not_told(stage: Stage) -> None:
    at = stage.world.now() + timedelta(hours=1)
    end = {"dateTime": at.replace(tzinfo=None).isoformat() + ".0000000", "timeZone": "UTC"}

    assert (await stage.graph("POST", STATUS, status("Focusing", end))).status == 200
    shown = (await stage.graph("GET", f"{MAYA}/presence")).body["statusMessage"]
    assert shown == {"message": {"content": "Focusing", "contentType": "text"}}
    stage.time.advance(3600)
    assert (await stage.graph("GET", f"{MAYA}/presence")).body["statusMessage"] is None


async def test_an_empty_status_message_clears_it(stage: Stage) -> None:
    stage.humans.set_status_message("29:maya", "By hand")
    await stage.graph("POST", STATUS, status(""))

    assert stage.maya.status_message is None


async def test_an_end_with_a_zone_of_its_own_is_refused(stage: Stage) -> None:
    end = {"dateTime": "2026-11-23T10:00:00Z", "timeZone": "UTC"}

    assert (await stage.graph("POST", STATUS, status("x", end))).status == 400


async def test_without_consent_everything_is_denied(stage: Stage) -> None:
    stage.world.app.permissions = frozenset({"Presence.Read.All"})
    denied = [
        await stage.graph("POST", PREFER, QUIET),
        await stage.graph("POST", STATUS, status("x")),
        await stage.graph("GET", f"{MAYA}/mailboxSettings"),
    ]

    assert {(one.status, one.code) for one in denied} == {(403, "Authorization_RequestDenied")}
    assert denied[0].body["error"]["message"] == "Insufficient privileges to complete the operation."
    assert (await stage.graph("GET", f"{MAYA}/presence")).status == 200


async def test_many_are_read_at_once_and_strangers_left_out(stage: Stage) -> None:
    ids = [user.aad for user in stage.world.users.values()] + ["nobody"]
    many = await stage.graph("POST", "communications/getPresencesByUserId", {"ids": ids})
    too_many = await stage.graph("POST", "communications/getPresencesByUserId", {"ids": ["x"] * 651})

    assert [one["id"] for one in many.body["value"]] == ids[:-1]
    assert too_many.status == 400
    assert (await stage.graph("GET", "users/nobody/presence")).code == "Request_ResourceNotFound"
    assert (await stage.graph("GET", "users/29:maya/presence")).status == 404


async def test_working_hours_come_with_a_windows_or_iana_zone(stage: Stage) -> None:
    hours = (await stage.graph("GET", f"{MAYA}/mailboxSettings")).body["workingHours"]

    assert hours["startTime"] == "09:00:00.0000000"
    assert hours["daysOfWeek"][0] == "monday"
    assert hours["timeZone"] == {"name": "GMT Standard Time"}


async def test_presence_calls_are_limited(stage: Stage) -> None:
    from adapters.playground.teams.graph import PRESENCE_LIMIT

    for _ in range(PRESENCE_LIMIT.calls):
        stage.world.limits.take([PRESENCE_LIMIT])
    assert (await stage.graph("GET", f"{MAYA}/presence")).status == 429
    stage.time.advance(30)
    assert (await stage.graph("GET", f"{MAYA}/presence")).status == 200
