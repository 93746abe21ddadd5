"""Statuses, presences and working hours through Graph: what is written is read back, and what goes wrong."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.teams.graph import NO_CONSENT, USER_GONE, Graph
from adapters.teams.statuses import (
    NOTHING,
    PAIRS,
    iana_zone,
    preferred_presence,
    presence_read,
    status_message,
    status_read,
    status_text,
    working_hours,
)
from adapters.teams.tokens import AppTokens
from bot.ports import Outcome, Refused, Unclear, Wait
from rules import Mode, Status
from rules.statuses import _EMOJI
from tests.support.microsoft import PASSWORD, TENANT, Microsoft, Say, microsoft
from tests.support.outside import START, HandClock
from tests.support.teams_stage import teams_stage

FORBIDDEN = Say(403, {"error": {"code": "Authorization_RequestDenied", "message": "secret words"}})


def read_back(content: str) -> Status:
    return status_read({"statusMessage": {"message": {"content": content}}})


# Words --------------------


@given(
    st.text(max_size=60)
    | st.sampled_from(["\N{DIRECT HIT}", "\N{DIRECT HIT} ", "\N{DIRECT HIT}  x", ":a: b"])
)
def test_whatever_stood_there_is_put_back_as_it_was(content: str) -> None:
    assert status_text(read_back(content)) == content


@given(st.sampled_from(sorted(_EMOJI.values())), st.text(min_size=1, max_size=60).map(str.strip))
def test_ours_are_read_as_they_were_written(emoji: str, text: str) -> None:
    status = Status(text, emoji, None)
    assert read_back(status_text(status)) == status


def test_each_mode_has_a_sign_that_people_see() -> None:
    signs = [status_text(Status("", _EMOJI[mode], None)) for mode in Mode if mode in _EMOJI]
    assert len(set(signs)) == len(_EMOJI)
    assert not any(":" in sign for sign in signs)


@pytest.mark.parametrize(
    "presence", [{}, {"statusMessage": None}, {"statusMessage": {"message": None}},
                 {"statusMessage": {"message": {"content": None}}}, {"statusMessage": []}],
)  # fmt: skip
def test_no_status_message_is_no_status(presence: dict[str, Any]) -> None:
    assert status_read(presence) == NOTHING


def test_a_status_that_comes_as_html_is_read_as_words() -> None:
    message = {"content": "<p>Q &amp; A</p>", "contentType": "html"}
    assert status_read({"statusMessage": {"message": message}}) == Status("Q & A", "", None)
    message = {"content": "<p>Q &amp; A</p>", "contentType": "text"}
    assert status_read({"statusMessage": {"message": message}}) == Status("<p>Q &amp; A</p>", "", None)


def test_the_end_of_a_status_is_in_utc_without_a_suffix() -> None:
    at = datetime(2026, 11, 24, 15, 30, tzinfo=timezone(timedelta(hours=9)))
    body = status_message(Status("Back at 15:30", ":dart:", at))["statusMessage"]
    assert body["expiryDateTime"] == {"dateTime": "2026-11-24T06:30:00", "timeZone": "UTC"}
    assert body["message"] == {"content": "\N{DIRECT HIT} Back at 15:30", "contentType": "text"}
    assert "expiryDateTime" not in status_message(Status("Out", "", None))["statusMessage"]
    assert status_message(Status("", "", at))["statusMessage"] == {
        "message": {"content": "", "contentType": "text"}
    }


@pytest.mark.parametrize(
    ("pair", "name"),
    [
        ("DoNotDisturb/DoNotDisturb", "DoNotDisturb"),
        ("Busy/Busy", "Busy"),
        ("BeRightBack/BeRightBack", "BeRightBack"),
        ("Offline/OffWork", "OffWork"),
        ("Available/Available", ""),
        ("Busy/InAMeeting", ""),
        ("Busy/InACall", ""),
        ("DoNotDisturb/Presenting", ""),
        ("Away/Away", ""),
        ("Offline/Offline", ""),
        ("PresenceUnknown/PresenceUnknown", ""),
    ],
)
def test_only_what_is_set_by_hand_counts_as_set(pair: str, name: str) -> None:
    availability, activity = pair.split("/")
    assert presence_read({"availability": availability, "activity": activity}) == Status(name, "", None)


@given(st.sampled_from(sorted(PAIRS)), st.timedeltas(timedelta(seconds=-5), timedelta(days=3)))
def test_a_presence_ends_no_earlier_and_less_than_a_minute_later(name: str, left: timedelta) -> None:
    body = preferred_presence(Status(name, "", START + left), START)
    assert body is not None
    minutes = timedelta(minutes=int(body["expirationDuration"].removeprefix("PT").removesuffix("M")))
    assert left <= minutes
    assert minutes < max(left, timedelta(0)) + timedelta(minutes=1) or minutes == timedelta(minutes=1)
    assert (body["availability"], body["activity"]) == PAIRS[name]


def test_a_presence_without_an_end_leaves_it_to_graph() -> None:
    assert preferred_presence(Status("Busy", "", None), START) == {"availability": "Busy", "activity": "Busy"}
    assert preferred_presence(Status("InAMeeting", "", None), START) is None


def mailbox(zone: object, **changes: object) -> dict[str, Any]:
    hours = {
        "daysOfWeek": ["monday", "tuesday", "wednesday", "thursday", "friday"],
        "startTime": "08:00:00.0000000",
        "endTime": "16:30:00.0000000",
        "timeZone": {"name": zone},
    }
    return {"workingHours": hours | changes}


@pytest.mark.parametrize(
    ("zone", "iana"),
    [
        ("Pacific Standard Time", "America/Los_Angeles"),
        ("GMT Standard Time", "Europe/London"),
        ("Europe/Lisbon", "Europe/Lisbon"),
        ("Customized Time Zone", ""),
        ("../../etc/passwd", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_zones_come_by_windows_or_iana_name(zone: object, iana: str) -> None:
    assert iana_zone(zone) == iana
    assert working_hours(mailbox(zone)) == (("weekdays 08:00-16:30", iana) if iana else ("", ""))


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"daysOfWeek": ["sunday", "monday"]}, "sun,mon 08:00-16:30"),
        ({"startTime": "22:00:00", "endTime": "06:00:00"}, "weekdays 22:00-06:00"),
        ({"endTime": "00:00:00.0000000"}, "weekdays 08:00-24:00"),
        ({"daysOfWeek": []}, ""),
        ({"daysOfWeek": ["someday"]}, ""),
        ({"startTime": None}, ""),
        ({"startTime": "later"}, ""),
    ],
)
def test_hours_are_text_that_a_person_could_have_typed(changes: dict[str, object], text: str) -> None:
    assert working_hours(mailbox("Europe/Lisbon", **changes)) == (
        (text, "Europe/Lisbon") if text else ("", "")
    )


# Calls --------------------


class Stage:
    def __init__(self, service: Microsoft, http: aiohttp.ClientSession) -> None:
        self.service, self.clock = service, HandClock()
        settings = service.settings()
        self.tokens = AppTokens(settings, self.clock)
        self.graph = Graph(http, settings, self.tokens, self.clock, chance=lambda: 0.0)

    async def write(self) -> object:
        return await self.graph.set_status_message(TENANT, "aad-1", {"statusMessage": {}})


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with microsoft() as service, aiohttp.ClientSession() as http:
        yield Stage(service, http)


async def test_without_consent_nothing_is_asked_for_a_while_and_the_operator_reads_it_once(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.service.script += [FORBIDDEN] * 3
    assert await stage.write() == Wait(NO_CONSENT, "graph.write/30s")
    assert await stage.graph.presence(TENANT, "aad-2") == Wait(NO_CONSENT, "graph.read/30s")
    assert await stage.graph.mailbox_settings(TENANT, "aad-2") == Wait(NO_CONSENT, "graph.hours")
    warnings = [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]
    assert [warning.split("use ")[1].split()[0] for warning in warnings] == ["presence", "hours"]
    assert all("consent" in warning and "secret words" not in warning for warning in warnings)


async def test_who_graph_does_not_know_is_refused(stage: Stage) -> None:
    stage.service.script.append(Say(404, {"error": {"code": "Request_ResourceNotFound"}}))
    assert await stage.write() == USER_GONE


@pytest.mark.parametrize("status", [429, 503])
async def test_graph_says_when_to_come_back(stage: Stage, status: int) -> None:
    stage.service.script.append(Say(status, headers={"Retry-After": "12"}))
    assert await stage.write() == Wait(12, "graph.write/30s")


@pytest.mark.parametrize(
    "said",
    [Say(500), Say(502), Say(503), Say(504), Say(hang_up=True), Say(200, cut=True), Say(200, text="{")],
)
async def test_what_is_unclear_was_asked_once(stage: Stage, said: Say) -> None:
    await stage.graph.presence(TENANT, "aad-1")
    stage.service.script.append(said)
    assert isinstance(await stage.graph.presence(TENANT, "aad-1"), Unclear)
    assert len(stage.service.asked) == 2


async def test_a_refused_token_is_renewed_once(stage: Stage) -> None:
    stage.service.script += [Say(401), Say(200)]
    assert not isinstance(await stage.write(), Outcome)
    assert [asked.token for asked in stage.service.asked] == ["token-1", "token-2"]
    stage.service.script += [Say(401), Say(401)]
    assert await stage.write() == Wait(NO_CONSENT, "graph.write/30s")


async def test_a_login_that_refuses_does_not_park_the_tenant_for_graph(stage: Stage) -> None:
    stage.service.logins.append(Say(401, {"error": "invalid_client"}))
    assert await stage.write() == Wait(NO_CONSENT, "graph.write/30s")
    assert stage.service.asked == []


async def test_other_refusals_carry_graphs_name_only(stage: Stage) -> None:
    stage.service.script += [Say(400, {"error": {"code": "InvalidArgument", "message": PASSWORD}}), Say(409)]
    assert await stage.write() == Refused("InvalidArgument")
    assert await stage.write() == Refused("HTTP 409")


# Against the local tenant --------------------


async def test_a_block_of_focus_shows_as_do_not_disturb_until_its_end() -> None:
    async with teams_stage() as stage:
        maya = await stage.meet("maya")
        ends = stage.clock.now() + timedelta(minutes=89, seconds=30)
        assert not isinstance(
            await stage.chat.write_presence(maya, Status("DoNotDisturb", "", ends)), Refused
        )
        preferred = stage.world.users["29:maya"].preferred
        assert preferred is not None
        assert preferred.expires == stage.clock.now() + timedelta(minutes=90)
        assert await stage.chat.read_presence(maya) == Status("DoNotDisturb", "", None)
        await stage.chat.write_presence(maya, NOTHING)
        assert stage.world.users["29:maya"].preferred is None
        assert await stage.chat.read_presence(maya) == NOTHING


async def test_a_status_message_ends_when_it_says() -> None:
    async with teams_stage() as one:
        maya = await one.meet("maya")
        ends = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
        await one.chat.write_status(maya, Status("Focusing, back at 18:00", ":dart:", ends))
        written = one.world.users["29:maya"].status_message
        assert written is not None
        assert (written.text, written.expires) == ("\N{DIRECT HIT} Focusing, back at 18:00", ends)
        assert await one.chat.read_status(maya) == Status("Focusing, back at 18:00", ":dart:", None)


async def test_graphs_own_limit_is_kept(stage: Stage) -> None:
    for _ in range(750):
        assert stage.graph.meter.take([("graph.write", TENANT)]) == 0.0
    answer = await stage.write()
    assert isinstance(answer, Wait)
    assert answer.method == "graph.write/30s"
    assert stage.service.asked == []


async def test_a_login_that_does_not_answer_is_waited_for(stage: Stage) -> None:
    stage.service.logins.append(Say(503))
    assert await stage.write() == Wait(5.0, "login.token")
