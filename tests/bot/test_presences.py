"""Presences on their way out: noted before they are set, and paid for like snoozes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.perform.calling import Caller
from bot.perform.jobs import Job, Result, SnoozeWork, StatusWork, WakeWork
from bot.ports import Chat, Done, Outcome, Presences, Refused, Tx, Unclear
from bot.records import Cost, Delivery, Lane, Marks
from rules import EndSnooze, Ours, SetStatus, Snooze, Status
from tests.support.story import EMPTY, MONDAY, Shown, Story, StoryClock, TeamsLikeChat, account

MAYA = account("maya@teams")
END = MONDAY + timedelta(minutes=90)
PAUSE = Status("DoNotDisturb", "", END)


class Stage:
    """One account in a chat like Teams, and what was noted before a write."""

    def __init__(self) -> None:
        self.clock = StoryClock(MONDAY)
        self.chat = TeamsLikeChat(self.clock, list[Shown]())
        self.noted: list[Ours] = []
        self.caller = Caller(1.0, self.clock.now, self._note)

    async def _note(self, job: Job, ours: Ours) -> None:
        assert self.chat.presences.get(MAYA, EMPTY).text != "DoNotDisturb", "noted after it was set"
        self.noted.append(ours)

    async def pause(self, ours: Ours | None = None, *, asked: bool = False) -> Result:
        row = Delivery("d", "k", Lane.SNOOZE, MAYA, Snooze("maya", END, asked), MONDAY)
        return await self.caller.perform(self.chat, Job(row, 0.0, work=SnoozeWork(MONDAY, END, ours, asked)))

    async def wake(self, ours: Ours | None) -> Result:
        row = Delivery("d", "k", Lane.SNOOZE, MAYA, EndSnooze("maya", END), MONDAY)
        return await self.caller.perform(self.chat, Job(row, 0.0, work=WakeWork(END, ours)))

    async def say(self, wanted: Status | None, ours: Ours | None = None, *, asked: bool = False) -> Result:
        row = Delivery("d", "k", Lane.STATUS, MAYA, SetStatus("maya", MONDAY, END, asked), MONDAY)
        work = StatusWork(wanted, ours, END, asked)
        return await self.caller.perform(self.chat, Job(row, 0.0, work=work))


@pytest.fixture
def stage() -> Stage:
    return Stage()


async def test_a_pause_is_noted_before_it_is_set_since_by_hand_it_would_look_the_same(stage: Stage) -> None:
    result = await stage.pause()
    assert stage.chat.presences[MAYA] == PAUSE
    assert stage.noted == [result.ours] == [Ours(PAUSE, None, MONDAY)]


async def test_a_pause_that_was_noted_and_never_set_is_set_the_next_time(stage: Stage) -> None:
    await stage.pause(Ours(PAUSE, None, MONDAY))
    assert stage.chat.presences[MAYA] == PAUSE


async def test_a_pause_that_stands_already_costs_one_reading(stage: Stage) -> None:
    ours = Ours(PAUSE, None, MONDAY)
    stage.chat.presences[MAYA] = PAUSE
    result = await stage.pause(ours)
    assert (result.wrote, result.ours, stage.chat.calls) == (False, ours, [])


async def test_a_presence_by_hand_stands_before_a_norm_and_behind_what_was_asked_for(stage: Stage) -> None:
    busy = Status("Busy", "", None)
    stage.chat.presences[MAYA] = busy
    assert (await stage.pause()).wrote is False
    asked = await stage.pause(asked=True)
    assert isinstance(asked.ours, Ours)
    assert asked.ours.before == busy
    await stage.wake(asked.ours)
    assert stage.chat.presences[MAYA] == busy


async def test_ending_a_pause_gives_the_presence_back_to_the_platform(stage: Stage) -> None:
    stage.chat.presences[MAYA] = PAUSE
    result = await stage.wake(Ours(PAUSE, None, MONDAY))
    assert (stage.chat.presences[MAYA], result.ours) == (EMPTY, None)


async def test_a_pause_that_nothing_is_known_of_is_not_ended(stage: Stage) -> None:
    stage.chat.presences[MAYA] = replace(PAUSE, expires=None)
    assert (await stage.wake(None)).wrote is False
    assert stage.chat.presences[MAYA].text == "DoNotDisturb"


async def test_a_message_of_ours_is_known_by_its_words_alone(stage: Stage) -> None:
    first = Status("Focusing, back at 11:35", ":dart:", END)
    set_first = await stage.say(first)
    assert isinstance(set_first.ours, Ours)
    same = await stage.say(first, None)  # set, but never noted
    assert (same.wrote, same.ours) == (False, Ours(first, None, MONDAY))
    await stage.say(None, set_first.ours)
    assert stage.chat.statuses[MAYA] == EMPTY


async def test_a_message_by_hand_is_left_alone_even_when_asked(stage: Stage) -> None:
    stage.chat.statuses[MAYA] = Status("At the dentist", "", None)
    result = await stage.say(Status("Focusing", ":dart:", END), asked=True)
    assert (result.wrote, result.ours) == (False, None)


@pytest.mark.parametrize("answer", [Unclear("reset"), Refused("no")])
async def test_a_presence_that_cannot_be_read_is_not_written(stage: Stage, answer: Outcome) -> None:
    async def unreadable(to: object) -> Outcome:
        return answer

    stage.chat.read_presence = unreadable  # type: ignore[method-assign]
    assert await stage.pause() == Result(answer, wrote=False)
    assert await stage.wake(None) == Result(answer, wrote=False)
    assert stage.noted == []


async def test_an_answer_that_is_lost_leaves_what_is_known_as_it_was(stage: Stage) -> None:
    async def lost(to: object, presence: Status) -> Outcome:
        return Unclear("reset")

    stage.chat.write_presence = lost  # type: ignore[method-assign]
    result = await stage.pause()
    assert (result.outcome, result.ours) == (Unclear("reset"), "keep")
    assert stage.noted  # so that the next attempt knows its own pause


class Silent:
    """A chat that cannot pause anything."""

    platform, probes, tells_expiry = "silent", False, False


async def test_a_chat_that_pauses_nothing_is_left_alone(stage: Stage) -> None:
    silent: Chat = Silent()  # type: ignore[assignment]
    row = Delivery("d", "k", Lane.SNOOZE, MAYA, Snooze("maya", END), MONDAY)
    for work in (SnoozeWork(MONDAY, END), WakeWork(END)):
        result = await stage.caller.perform(silent, Job(row, 0.0, work=work))
        assert (result.outcome, result.wrote) == (Done(), False)
    assert not isinstance(silent, Presences)


async def test_a_reading_that_was_enough_gives_the_token_of_the_writing_back() -> None:
    story = Story(presence=True)
    await story.enrol("maya@teams")
    await story.says("maya@teams", "/focus 90m")
    story.teams.presences[MAYA] = Status("Busy", "", None)
    story.teams.costs = _prices  # type: ignore[method-assign]
    await story.store.write(lambda tx: tx.outbox.add(_pause(tx)))
    await story.perform()
    assert story.teams.presence("maya@teams") == "Busy"
    budgets = [await story.store.read(lambda tx, of=of: tx.budgets.get(MAYA.tenant, of, "")) for of in PAID]  # type: ignore[misc]
    assert [budget and budget.tokens for budget in budgets] == [99.0, 1.0]


PAID = ("graph.read", "graph.write")


def _prices(delivery: Delivery) -> tuple[Cost, ...]:
    return (Cost(PAID[0], 1000, 100), Cost(PAID[1], 20))


def _pause(tx: Tx) -> Delivery:
    known = tx.accounts.get(MAYA)
    assert known is not None
    return Delivery("d", "k", Lane.SNOOZE, MAYA, Snooze(known.person, END), MONDAY)


async def test_what_is_left_on_each_account_is_kept_apart_and_forgotten_when_it_is_nothing() -> None:
    story = Story(connect=True, presence=True)
    await story.enrol("maya")
    await story.connects("maya")
    await story.link("maya", "maya@teams")
    await story.says("maya", "/focus 90m")
    state = (await story.record("maya")).state
    assert {each.account for each in state.marks} == {account("maya"), MAYA}
    teams, slack = state.marks_on(MAYA), state.marks_on(account("maya"))
    assert teams.pause is not None
    assert (teams.snoozed_until, slack.pause) == (None, None)
    assert slack.snoozed_until == END
    await story.says("maya", "/focus off")
    state = (await story.record("maya")).state
    assert all(each == Marks(each.account) for each in state.marks)
