"""Targeted messages: only one person sees them, for a day."""

import pytest

from adapters.playground.teams.errors import TeamsError
from tests.support.teams_wire import CREW, MAYA, Stage, text

TARGETED = "?isTargetedActivity=true"


@pytest.fixture(autouse=True)
def declared(stage: Stage) -> None:
    stage.world.app.targeted = True


def to(member: str) -> dict[str, object]:
    return text("Only you see this", recipient={"id": member})


async def test_only_the_recipient_sees_it(stage: Stage) -> None:
    sent = (await stage.send(CREW, to("29:maya"), TARGETED)).body["id"]

    post, now = stage.place(CREW).activities[sent], stage.world.now()
    assert post.seen_by("29:maya", now)
    assert not post.seen_by("29:kenji", now)


async def test_it_needs_a_recipient_who_is_there(stage: Stage) -> None:
    del stage.place(CREW).members["29:ana"]
    missing = await stage.send(CREW, text("For whom?"), TARGETED)
    absent = await stage.send(CREW, to("29:ana"), TARGETED)
    alone = await stage.send(MAYA, to("29:maya"), TARGETED)

    assert (missing.status, missing.code) == (400, "BadArgument")
    assert (absent.status, absent.code) == (404, "BotNotInConversationRoster")
    assert (alone.status, alone.code) == (400, "BadArgument")


async def test_an_app_whose_manifest_does_not_declare_it_may_not(stage: Stage) -> None:
    stage.world.app.targeted = False

    assert (await stage.send(CREW, to("29:maya"), TARGETED)).status == 400
    assert not stage.world.audit.sent_by_bot()


async def test_changing_it_takes_the_query_and_no_recipient(stage: Stage) -> None:
    sent = (await stage.send(CREW, to("29:maya"), TARGETED)).body["id"]

    assert (await stage.change(CREW, sent, text("New"))).status == 404
    assert (await stage.change(CREW, sent, to("29:maya"), TARGETED)).code == "BadArgument"
    assert (await stage.change(CREW, sent, text("New"), TARGETED)).status == 200
    assert stage.place(CREW).activities[sent].text == "New"


async def test_nobody_answers_it(stage: Stage) -> None:
    sent = (await stage.send(CREW, to("29:maya"), TARGETED)).body["id"]

    assert not (await stage.humans.say("29:maya", CREW, "Thanks", reply_to=sent)).ok
    with pytest.raises(TeamsError, match="ActivityNotFound"):
        await stage.humans.say("29:kenji", CREW, "What?", reply_to=sent)
    assert not stage.bot.heard


async def test_it_is_gone_after_a_day(stage: Stage) -> None:
    sent = (await stage.send(CREW, to("29:maya"), TARGETED)).body["id"]
    stage.time.advance(24 * 3600 - 1)
    assert (await stage.change(CREW, sent, text("Still here"), TARGETED)).status == 200
    stage.time.advance(1)

    gone = await stage.remove(CREW, sent, TARGETED)
    assert (gone.status, gone.code) == (404, "ActivityNotFoundInConversation")
    assert not stage.place(CREW).activities[sent].seen_by("29:maya", stage.world.now())
