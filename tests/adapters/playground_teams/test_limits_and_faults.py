"""Rate limits in sliding windows, and faults on purpose."""

from email.utils import parsedate_to_datetime

import aiohttp
import pytest

from adapters.playground.faults import Fault, FaultKind
from adapters.playground.limits import Limit
from tests.support.teams_wire import CREW, KENJI, MAYA, Stage, card, paragraph, text


async def burst(stage: Stage, calls: int, place: str = MAYA) -> list[int]:
    return [(await stage.send(place, text("x"))).status for _ in range(calls)]


async def test_seven_messages_a_second_and_eight_in_two(stage: Stage) -> None:
    assert await burst(stage, 8) == [201] * 7 + [429]
    stage.time.advance(1.0)
    assert await burst(stage, 2) == [201, 429]
    assert await burst(stage, 1, KENJI) == [201]  # counted per conversation
    assert stage.world.limits.over == 2


async def test_sixty_messages_in_half_a_minute(stage: Stage) -> None:
    for _ in range(15):
        assert await burst(stage, 4) == [201] * 4
        stage.time.advance(1.0)
    refused = await stage.send(MAYA, text("one more"))

    assert refused.status == 429
    assert int(refused.headers["Retry-After"]) == 15
    stage.time.advance(15.0)
    assert await burst(stage, 1) == [201]


async def test_fifty_calls_a_second_for_the_whole_tenant(stage: Stage) -> None:
    for number in range(50):
        answer = await stage.connector("PUT", f"conversations/{MAYA}/activities/{number}", text("x"))
        assert answer.status == 404

    assert (await stage.connector("PUT", f"conversations/{CREW}/activities/1", text("x"))).status == 429


async def test_a_message_that_is_split_counts_twice(stage: Stage) -> None:
    for _ in range(3):
        await stage.send(MAYA, card(paragraph("Card")) | {"text": "Words"})

    assert await burst(stage, 2) == [201, 429]


async def test_coming_back_before_retry_after_is_noticed(stage: Stage) -> None:
    await burst(stage, 9)
    await burst(stage, 1, KENJI)  # nobody was told to stay away from there

    assert stage.world.audit.early == 1


async def test_retry_after_can_be_a_date(stage: Stage) -> None:
    stage.world.faults.add(Fault(FaultKind.RATE_LIMITED, seconds=30, http_date=True, times=1))
    answer = await stage.send(MAYA, text("x"))

    wait = parsedate_to_datetime(answer.headers["Retry-After"]) - stage.world.now()
    assert answer.status == 429
    assert wait.total_seconds() == 30
    assert not stage.world.audit.sent_by_bot()


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (Fault(FaultKind.SERVER_ERROR, status=412), 412, "PreconditionFailed"),
        (Fault(FaultKind.SERVER_ERROR, status=502), 502, "ServiceError"),
        (Fault(FaultKind.ERROR, error="MessageWritesBlocked"), 403, "MessageWritesBlocked"),
    ],
)
async def test_a_fault_answers_as_the_platform_would_and_stores_nothing(
    stage: Stage, fault: Fault, status: int, code: str
) -> None:
    stage.world.faults.add(fault)
    answer = await stage.send(MAYA, text("x"))

    assert (answer.status, answer.code) == (status, code)
    assert not stage.world.audit.sent_by_bot()


async def test_an_hour_takes_eighteen_hundred_messages(stage: Stage) -> None:
    for _ in range(1799):  # as if they had been sent, within none of the shorter windows
        stage.world.limits.take([Limit(("send", MAYA, "3600.0"), 1800, 3600.0)])

    assert await burst(stage, 2) == [201, 429]


async def test_members_are_read_fourteen_times_a_second(stage: Stage) -> None:
    path = f"conversations/{MAYA}/members/29:maya"
    statuses = [(await stage.connector("GET", path)).status for _ in range(15)]

    assert statuses == [200] * 14 + [429]


async def test_a_lost_answer_leaves_the_message(stage: Stage) -> None:
    stage.world.faults.add(Fault(FaultKind.DROP, "activities.send", times=1))

    with pytest.raises(aiohttp.ClientError):
        await stage.send(MAYA, text("Was it sent?"))
    assert [post.text for post in stage.world.audit.sent_by_bot()] == ["Was it sent?"]
    assert stage.world.audit.outcomes["activities.send", "ok+drop"] == 1


async def test_a_fault_can_let_the_first_calls_pass(stage: Stage) -> None:
    stage.world.faults.add(Fault(FaultKind.SERVER_ERROR, spare=2, times=1))

    assert await burst(stage, 4) == [201, 201, 503, 201]
