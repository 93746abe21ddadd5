"""The chat against the local tenant: where things go, what is remembered of it, and what goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from adapters.playground.faults import Fault, FaultKind
from adapters.playground.teams.seed import CREW, GENERAL
from adapters.teams.chat import NO_DIRECTORY_ID, PRESENCE_OFF, UNREADABLE
from adapters.teams.graph import NO_CONSENT
from adapters.teams.members import profile_of
from adapters.teams.places import NEVER_HEARD, WANTED, Ref
from bot.inbound import Account, Profile
from bot.messages.model import Message, Paragraph, Plain, Quote
from bot.ports import Chat, Done, Presences, Refused, Snoozes, Tx, Unclear, Wait
from bot.records import AccountRecord, Conversation, Lane
from rules import Status
from tests.support.records import delivery
from tests.support.teams_stage import TeamsStage, teams_stage

OWN = "a:1maya"
GONE = Fault(FaultKind.ERROR, "activities.send", times=1, error="ConversationNotFound")
BUSY = Fault(FaultKind.RATE_LIMITED, "activities.send", times=1, seconds=7)


def sentence(text: str) -> Message:
    return Message(text, (Paragraph(((Plain(text),),)),))


LONG = Message("long", tuple(Quote(f"{number} " + "word " * 900) for number in range(30)))


@pytest.fixture
async def stage() -> AsyncIterator[TeamsStage]:
    async with teams_stage() as one:
        await one.join_groups()
        yield one


def said(stage: TeamsStage, conversation: str = OWN) -> list[str]:
    return [post.summary for post in stage.standing(conversation)]


# The own chat --------------------


def test_it_is_a_chat_with_presences_and_without_snoozes(stage: TeamsStage) -> None:
    chat: Chat = stage.chat
    assert isinstance(chat, Presences)
    assert not isinstance(chat, Snoozes)
    assert (chat.platform, chat.probes, chat.tells_expiry) == ("teams", False, False)


async def test_a_first_message_opens_the_chat_and_keeps_it(stage: TeamsStage) -> None:
    maya = stage.account("maya")
    assert await stage.chat.post(maya, sentence("hello"), "d_1") == Done(f"{OWN} {stage.standing(OWN)[0].id}")
    for _ in range(2):
        await stage.chat.post(maya, sentence("again"), "d_2")
    assert said(stage) == ["hello", "again", "again"]
    assert stage.world.audit.arrivals["conversations.create"] == 1
    record, place = await stage.record(maya), await stage.conversation(OWN)
    assert record is not None
    assert place is not None
    assert (record.dm, place.kind, place.user) == (OWN, "personal", maya.user)
    assert place.service_url == stage.world.service_url


async def test_only_what_comes_unasked_raises_a_notification(stage: TeamsStage) -> None:
    maya = await stage.meet("maya")
    await stage.chat.post(maya, sentence("digest"), "d_1")
    await stage.chat.answer(maya, OWN, sentence("answer"))
    shown = [post.raw.get("channelData") for post in stage.standing(OWN)]
    assert shown == [{"notification": {"alert": True}}, None]


async def test_what_is_known_of_an_account_stays_when_its_chat_is_opened(stage: TeamsStage) -> None:
    known = AccountRecord(stage.account("maya"), "maya", "Maya Costa", directory_id="aad")
    await stage.store.write(lambda tx: tx.accounts.put(known))
    await stage.chat.post(known.account, sentence("hello"), "d_1")
    assert await stage.record(known.account) == replace(known, dm=OWN)


async def test_who_does_not_have_the_app_cannot_be_reached(stage: TeamsStage) -> None:
    refused = Refused("BotNotInConversationRoster", unreachable=True)
    assert await stage.chat.post(stage.account("ana"), sentence("x"), "d_1") == refused
    maya = await stage.meet("maya")
    stage.world.users["29:maya"].blocked = True
    blocked = Refused("ConversationBlockedByUser", unreachable=True)
    assert await stage.chat.post(maya, sentence("x"), "d_1") == blocked


async def test_a_dead_reference_is_dropped_and_a_new_chat_opened_once(stage: TeamsStage) -> None:
    maya = await stage.meet("maya")
    stage.world.faults.add(GONE)
    assert isinstance(await stage.chat.post(maya, sentence("hello"), "d_1"), Done)
    assert said(stage) == ["hello"]
    assert stage.world.audit.arrivals["conversations.create"] == 1
    stage.world.faults.add(replace(GONE, times=None))
    refused = await stage.chat.post(maya, sentence("x"), "d_2")
    assert refused == Refused("ConversationNotFound", unreachable=True)
    assert stage.world.audit.arrivals["activities.send"] == 4


async def test_a_dead_reference_is_forgotten_although_no_new_one_comes(stage: TeamsStage) -> None:
    maya = await stage.meet("maya")
    stage.world.faults.add(GONE)
    stage.world.faults.add(Fault(FaultKind.SERVER_ERROR, "conversations.create"))
    assert await stage.chat.post(maya, sentence("x"), "d_1") == Wait(5.0, "conversations.create/2s")
    assert await stage.conversation(OWN) is None
    record = await stage.record(maya)
    assert record is not None
    assert record.dm == ""


async def test_a_tenant_never_heard_from_is_not_guessed_at(stage: TeamsStage) -> None:
    other = Account("teams:other", "29:x")
    assert await stage.chat.post(other, sentence("x"), "d_1") == NEVER_HEARD
    assert await stage.new_chat().post(stage.account("maya"), sentence("x"), "d_1") != NEVER_HEARD


async def test_a_pause_is_named_by_the_person_as_their_budget_is(stage: TeamsStage) -> None:
    maya = await stage.meet("maya")
    stage.world.faults.add(BUSY)
    assert await stage.chat.post(maya, sentence("x"), "d_1") == Wait(7, "activities.send/2s", maya.user)


async def test_too_big_is_refused_and_not_sent_again(stage: TeamsStage) -> None:
    maya = await stage.meet("maya")
    stage.world.faults.add(Fault(FaultKind.ERROR, "activities.send", times=1, error="MessageSizeTooBig"))
    assert await stage.chat.post(maya, sentence("x"), "d_1") == Refused("MessageSizeTooBig")
    assert stage.world.audit.arrivals["activities.send"] == 1


async def test_nothing_can_be_read_back(stage: TeamsStage) -> None:
    assert await stage.chat.find(stage.account("maya"), ["d_1"]) == UNREADABLE
    assert sum(stage.world.audit.arrivals.values()) == 0


# Long messages --------------------


async def test_a_long_message_comes_in_parts_and_is_taken_back_whole(stage: TeamsStage) -> None:
    maya = await stage.meet("maya")
    posted = await stage.chat.post(maya, LONG, "d_1")
    assert isinstance(posted, Done)
    posts = stage.standing(OWN)
    assert len(posts) > 1
    assert Ref.of(posted.ref) == Ref(OWN, tuple(post.id for post in posts))
    for _ in range(2):
        assert await stage.chat.withdraw(maya, posted.ref) == Done(posted.ref)
    assert stage.standing(OWN) == []


async def test_the_first_part_decides(stage: TeamsStage) -> None:
    maya = await stage.meet("maya")
    stage.world.faults.add(BUSY)
    assert isinstance(await stage.chat.post(maya, LONG, "d_1"), Wait)
    assert said(stage) == []


def after_the_first_part(stage: TeamsStage, fault: Fault) -> None:
    """Switch `fault` on as soon as something stands in the own chat."""

    def strike() -> None:
        if len(stage.standing(OWN)) == 1 and stage.world.faults.struck == 0:
            stage.world.faults.clear()
            stage.world.faults.add(fault)

    stage.world.on_change(strike)


@pytest.mark.parametrize("kind", [FaultKind.SERVER_ERROR, FaultKind.DROP])
async def test_a_later_part_that_is_lost_leaves_the_message_unclear(
    stage: TeamsStage, kind: FaultKind
) -> None:
    maya = await stage.meet("maya")
    after_the_first_part(stage, Fault(kind, "activities.send", times=1))
    assert isinstance(await stage.chat.post(maya, LONG, "d_1"), Unclear)


async def test_a_later_part_that_is_refused_leaves_the_message_unclear(stage: TeamsStage) -> None:
    maya = await stage.meet("maya")
    after_the_first_part(stage, Fault(FaultKind.ERROR, "activities.send", times=1, error="MessageSizeTooBig"))
    assert isinstance(await stage.chat.post(maya, LONG, "d_1"), Unclear)
    assert len(said(stage)) == 1


async def test_a_later_part_that_has_to_wait_a_little_is_sent_again(stage: TeamsStage) -> None:
    maya = await stage.meet("maya")
    after_the_first_part(stage, replace(BUSY, seconds=0))
    sending = asyncio.create_task(stage.chat.post(maya, LONG, "d_1"))
    while not sending.done():
        stage.pass_by(0.1)
        await asyncio.sleep(0.01)
    assert isinstance(await sending, Done)
    assert stage.world.audit.outcomes["activities.send", "TooManyRequests+rate_limited"] == 1


# Notes and answers --------------------


@pytest.mark.parametrize(("channel", "thread"), [(CREW, ""), (f"{GENERAL};messageid=1", ""), (GENERAL, "1")])
async def test_a_note_is_seen_by_its_reader_only_and_says_where_it_went(
    stage: TeamsStage, channel: str, thread: str
) -> None:
    maya = await stage.meet("maya")
    noted = await stage.chat.note(maya, channel, sentence("Kenji is back at 9"), "d_1", thread)
    assert isinstance(noted, Done)
    (post,) = stage.standing(channel.partition(";")[0])
    assert post.viewer == maya.user
    where = channel if not thread else f"{channel};messageid={thread}"
    assert Ref.of(noted.ref) == Ref(where, (post.id,), private=True)
    assert said(stage) == []
    assert await stage.chat.withdraw(maya, noted.ref) == Done(noted.ref)
    assert stage.standing(channel.partition(";")[0]) == []


async def test_without_the_feature_a_note_goes_to_the_own_chat(stage: TeamsStage) -> None:
    maya = await stage.meet("maya")
    chat = stage.new_chat(features=frozenset())
    noted = await chat.note(maya, CREW, sentence("Kenji is back at 9"), "d_1")
    assert isinstance(noted, Done)
    assert Ref.of(noted.ref).conversation == OWN
    assert (said(stage), said(stage, CREW)) == (["Kenji is back at 9"], [])


@pytest.mark.parametrize(
    "error", ["BadArgument", "ConversationBlockedByUser", "ActivityNotFoundInConversation"]
)
async def test_a_refused_note_falls_back_to_the_own_chat(stage: TeamsStage, error: str) -> None:
    maya = await stage.meet("maya")
    stage.world.faults.add(Fault(FaultKind.ERROR, "activities.send", times=1, error=error))
    noted = await stage.chat.note(maya, CREW, sentence("x"), "d_1")
    assert isinstance(noted, Done)
    assert Ref.of(noted.ref) == Ref(OWN, (stage.standing(OWN)[0].id,))


async def test_a_note_that_may_stand_is_not_said_again(stage: TeamsStage) -> None:
    maya = await stage.meet("maya")
    stage.world.faults.add(Fault(FaultKind.DROP, "activities.send", times=1))
    assert isinstance(await stage.chat.note(maya, CREW, sentence("x"), "d_1"), Unclear)
    assert (len(said(stage, CREW)), said(stage)) == (1, [])


async def test_a_note_about_a_place_that_we_do_not_know_goes_to_the_own_chat(stage: TeamsStage) -> None:
    maya = await stage.meet("maya")
    assert isinstance(await stage.chat.note(maya, "19:elsewhere", sentence("x"), "d_1"), Done)
    assert said(stage) == ["x"]


async def test_an_answer_goes_where_only_the_asking_person_sees_it(stage: TeamsStage) -> None:
    maya = await stage.meet("maya")
    for place, text in ((OWN, "in person"), (CREW, "in the crew"), ("19:elsewhere", "elsewhere")):
        assert isinstance(await stage.chat.answer(maya, place, sentence(text)), Done)
    assert said(stage) == ["in person", "elsewhere"]
    crew = [(post.summary, post.viewer) for post in stage.standing(CREW)]
    assert crew == [("in the crew", maya.user)]
    quiet = stage.new_chat(features=frozenset())
    assert isinstance(await quiet.answer(maya, CREW, sentence("private")), Done)
    assert len(said(stage, CREW)) == 1


@pytest.mark.parametrize("error", ["BadArgument", "BotNotInConversationRoster", "ConversationNotFound"])
async def test_a_refused_answer_falls_back_to_the_own_chat(stage: TeamsStage, error: str) -> None:
    maya = await stage.meet("maya")
    stage.world.faults.add(Fault(FaultKind.ERROR, "activities.send", times=1, error=error))
    assert isinstance(await stage.chat.answer(maya, CREW, sentence("private")), Done)
    assert (said(stage), said(stage, CREW)) == (["private"], [])


async def test_an_answer_that_may_stand_is_not_given_again(stage: TeamsStage) -> None:
    maya = await stage.meet("maya")
    stage.world.faults.add(Fault(FaultKind.DROP, "activities.send", times=1))
    assert isinstance(await stage.chat.answer(maya, CREW, sentence("private")), Unclear)
    assert said(stage) == []


async def test_an_answer_in_somebody_elses_chat_is_never_given(stage: TeamsStage) -> None:
    maya = await stage.meet("maya")
    await stage.meet("kenji")
    assert isinstance(await stage.chat.answer(maya, "a:1kenji", sentence("for maya")), Done)
    assert (said(stage), said(stage, "a:1kenji")) == (["for maya"], [])


@pytest.mark.parametrize("wrong", [{"user": "29:kenji"}, {"kind": "groupChat"}])
async def test_nothing_private_goes_where_others_may_be(stage: TeamsStage, wrong: dict[str, str]) -> None:
    maya = await stage.meet("maya")
    shared = Conversation(stage.tenant, CREW, stage.world.service_url, "personal", user=maya.user)

    def mix_up(tx: Tx) -> None:
        tx.conversations.put(replace(shared, **wrong))
        tx.accounts.put(AccountRecord(maya, dm=CREW))

    await stage.store.write(mix_up)
    assert isinstance(await stage.chat.post(maya, sentence("for maya"), "d1"), Done)
    assert (said(stage), said(stage, CREW)) == (["for maya"], [])


async def test_answers_and_deliveries_share_one_ceiling(stage: TeamsStage) -> None:
    maya = await stage.meet("maya")
    for _ in range(3):
        assert isinstance(await stage.chat.answer(maya, OWN, sentence("answer")), Done)
    for _ in range(4):
        assert isinstance(await stage.chat.post(maya, sentence("delivery"), "d_1"), Done)
    assert isinstance(await stage.chat.post(maya, sentence("over"), "d_9"), Wait)
    assert stage.world.audit.arrivals["activities.send"] == 7


# Home --------------------


async def shown(stage: TeamsStage) -> str:
    place = await stage.conversation(OWN)
    assert place is not None
    return place.home


async def wish(stage: TeamsStage, home: str = WANTED) -> Account:
    maya = await stage.meet("maya")

    def work(tx: Tx) -> None:
        place = tx.conversations.get(stage.tenant, OWN)
        assert place is not None
        tx.conversations.put(replace(place, home=home))

    await stage.store.write(work)
    return maya


async def test_home_is_posted_once_and_then_kept_up_to_date_in_place(stage: TeamsStage) -> None:
    maya = await wish(stage)
    for text in ("one", "two", "three"):
        assert isinstance(await stage.chat.publish_home(maya, sentence(text)), Done)
    assert said(stage) == ["three"]
    assert await shown(stage) == stage.standing(OWN)[0].id


async def test_what_home_says_next_is_not_lost_while_the_card_is_being_posted(stage: TeamsStage) -> None:
    maya = await wish(stage)
    await asyncio.gather(*(stage.chat.publish_home(maya, sentence(text)) for text in ("one", "two")))
    assert said(stage) == ["two"]


async def test_a_person_who_never_asked_for_home_sees_none(stage: TeamsStage) -> None:
    maya = await stage.meet("maya")
    assert await stage.chat.publish_home(maya, sentence("x")) == Done()
    assert await stage.chat.publish_home(stage.account("kenji"), sentence("x")) == Done()
    assert sum(stage.world.audit.arrivals.values()) == 0


async def test_a_home_that_was_deleted_is_forgotten(stage: TeamsStage) -> None:
    maya = await wish(stage, "1700000000000")
    assert await stage.chat.publish_home(maya, sentence("x")) == Done()
    assert await shown(stage) == ""
    assert said(stage) == []


async def test_a_home_that_must_wait_is_still_wanted(stage: TeamsStage) -> None:
    maya = await wish(stage)
    stage.world.faults.add(BUSY)
    assert isinstance(await stage.chat.publish_home(maya, sentence("x")), Wait)
    assert await shown(stage) == WANTED
    assert isinstance(await stage.chat.publish_home(maya, sentence("x")), Wait), "nothing goes there before"
    stage.pass_by(BUSY.seconds)
    assert isinstance(await stage.chat.publish_home(maya, sentence("x")), Done)


async def test_a_home_that_comes_again_once_the_bot_may_speak_is_still_wanted(stage: TeamsStage) -> None:
    maya = await wish(stage)
    stage.world.faults.add(Fault(FaultKind.ERROR, "activities.send", times=2, error="BotNotRegistered"))
    refused = await stage.chat.publish_home(maya, sentence("x"))
    assert isinstance(refused, Refused)
    assert refused.tenant_wide
    assert await shown(stage) == WANTED


async def test_a_home_whose_answer_was_lost_is_not_posted_twice(stage: TeamsStage) -> None:
    maya = await wish(stage)
    stage.world.faults.add(Fault(FaultKind.DROP, "activities.send", times=1))
    assert isinstance(await stage.chat.publish_home(maya, sentence("x")), Unclear)
    assert await stage.chat.publish_home(maya, sentence("x")) == Done()
    assert said(stage) == ["x"]


# People --------------------


async def test_a_profile_tells_name_kind_and_directory_id(stage: TeamsStage) -> None:
    plain = stage.new_chat(features=frozenset())
    maya, noor = await plain.profile(stage.account("maya")), await plain.profile(stage.account("noor"))
    robot = await plain.profile(Account(stage.tenant, stage.world.app.bot_id))
    assert isinstance(maya, Profile)
    assert isinstance(noor, Profile)
    assert isinstance(robot, Profile)
    assert (maya.name, maya.directory_id, maya.hours) == ("Maya Costa", stage.world.users["29:maya"].aad, "")
    assert (maya.is_guest, noor.is_guest, maya.is_bot, robot.is_bot) == (False, True, False, True)


def test_somebody_of_another_organisation_is_a_guest() -> None:
    member = {"id": "29:zoe", "name": "Zoe", "userRole": "user", "userPrincipalName": "zoe@example.org"}
    assert not profile_of(member, "teams:7e1a").is_guest
    assert not profile_of(member | {"tenantId": "7E1A"}, "teams:7e1a").is_guest
    assert profile_of(member | {"tenantId": "0ther"}, "teams:7e1a").is_guest


async def test_working_hours_come_with_the_profile_and_never_in_its_way(stage: TeamsStage) -> None:
    found = [await stage.chat.profile(stage.account("maya"))]
    stage.world.app.permissions = frozenset()
    found += [await stage.chat.profile(stage.account("maya")) for _ in range(2)]
    told = [(each.name, each.hours, each.zone) for each in found if isinstance(each, Profile)]
    assert told == [
        ("Maya Costa", "weekdays 09:00-17:00", "Europe/London"),
        ("Maya Costa", "", ""),
        ("Maya Costa", "", ""),
    ]
    assert stage.world.audit.arrivals["graph.mailbox.get"] == 2
    stage.pass_by(NO_CONSENT)
    await stage.chat.profile(stage.account("maya"))
    assert stage.world.audit.arrivals["graph.mailbox.get"] == 3


async def test_whose_directory_id_we_do_not_know_is_looked_up_once(stage: TeamsStage) -> None:
    maya = stage.account("maya")
    for _ in range(2):
        assert await stage.chat.read_status(maya) == Status("", "", None)
    assert stage.world.audit.arrivals["members.get"] == 1
    record = await stage.record(maya)
    assert record is not None
    assert record.directory_id == stage.world.users["29:maya"].aad


async def test_without_a_directory_id_graph_is_not_asked(stage: TeamsStage) -> None:
    stage.world.users["29:maya"].aad = ""
    assert await stage.chat.read_status(stage.account("maya")) == NO_DIRECTORY_ID


async def test_without_the_feature_presence_is_refused(stage: TeamsStage) -> None:
    chat, maya, busy = (
        stage.new_chat(features=frozenset()),
        await stage.meet("maya"),
        Status("Busy", "", None),
    )
    assert await chat.read_presence(maya) == await chat.write_presence(maya, busy) == PRESENCE_OFF
    assert await chat.read_status(maya) == await chat.write_status(maya, busy) == PRESENCE_OFF
    assert await stage.chat.write_presence(maya, Status("InAMeeting", "", None)) == Refused(
        "unknown_presence"
    )


# Costs and secrets --------------------


def test_a_chat_that_is_known_is_not_paid_for_again(stage: TeamsStage) -> None:
    row = replace(delivery(lane=Lane.MESSAGE), to=stage.account("kenji"))
    first = {cost.method for cost in stage.chat.costs(row)}
    stage.chat.remember(stage.account("kenji"))
    assert first - {cost.method for cost in stage.chat.costs(row)} == {
        "conversations.create/2s",
        "conversations.create/1h",
    }


def test_a_ref_reads_back_as_written() -> None:
    for ref in (Ref("a:1", ("1",)), Ref("19:x@thread.tacv2;messageid=1", ("1", "2"), private=True)):
        assert Ref.of(ref.text()) == ref
    assert Ref("a:1", ()).text() == ""


# Corners --------------------


async def test_an_answer_can_be_a_reply(stage: TeamsStage) -> None:
    maya = await stage.meet("maya")
    answered = await stage.chat.answer(maya, OWN, sentence("yes"), reply_to="1700000000000")
    assert isinstance(answered, Done)
    assert said(stage) == ["yes"]


async def test_what_stood_where_the_bot_is_no_longer_is_gone(stage: TeamsStage) -> None:
    maya = await stage.meet("maya")
    assert await stage.chat.withdraw(maya, "19:left-behind 1700") == Done("19:left-behind 1700")
    assert sum(stage.world.audit.arrivals.values()) == 0


async def test_a_copy_that_cannot_be_taken_back_now_is_not_called_gone(stage: TeamsStage) -> None:
    maya = await stage.meet("maya")
    posted = await stage.chat.post(maya, sentence("twice"), "d_1")
    assert isinstance(posted, Done)
    stage.world.faults.add(Fault(FaultKind.SERVER_ERROR, "activities.delete", times=1, status=502))
    assert isinstance(await stage.chat.withdraw(maya, posted.ref), Wait)
    stage.world.users["29:maya"].blocked = True
    assert isinstance(await stage.chat.withdraw(maya, posted.ref), Refused)


async def test_a_home_of_somebody_who_blocked_the_bot_stays_known(stage: TeamsStage) -> None:
    maya = await wish(stage)
    await stage.chat.publish_home(maya, sentence("one"))
    stage.world.users["29:maya"].blocked = True
    refused = await stage.chat.publish_home(maya, sentence("two"))
    assert isinstance(refused, Refused)
    assert refused.unreachable
    assert await shown(stage) != ""


async def test_a_person_who_cannot_be_looked_up_has_no_presence(stage: TeamsStage) -> None:
    unreachable = Refused("BotNotInConversationRoster", unreachable=True)
    for answer in (
        await stage.chat.read_presence(stage.account("ana")),
        await stage.chat.write_presence(stage.account("ana"), Status("Busy", "", None)),
        await stage.chat.write_status(stage.account("ana"), Status("Busy", "", None)),
    ):
        assert answer == unreachable


async def test_the_service_of_a_tenant_is_remembered_over_a_restart(stage: TeamsStage) -> None:
    await stage.chat.heard(stage.tenant, stage.world.service_url)
    again = stage.new_chat()
    assert isinstance(await again.post(stage.account("kenji"), sentence("x"), "d_1"), Done)


async def test_a_tenant_in_several_regions_is_not_written_down_at_every_message(stage: TeamsStage) -> None:
    written = []
    other = f"{stage.world.service_url}emea/"
    for url in [stage.world.service_url, other] * 3:
        await stage.chat.heard("teams:new", url)
        written.append(await stage.store.read(lambda tx: tx.meta.get("service:teams:new")))
    assert written == [stage.world.service_url, *[other] * 5]


async def test_a_chat_whose_opening_was_lost_is_opened_again(stage: TeamsStage) -> None:
    stage.world.faults.add(Fault(FaultKind.DROP, "conversations.create", times=1))
    assert await stage.chat.post(stage.account("kenji"), sentence("x"), "d_1") == Wait(
        5.0, "conversations.create/2s"
    )
    assert isinstance(await stage.chat.post(stage.account("kenji"), sentence("x"), "d_1"), Done)
    assert said(stage, "a:1kenji") == ["x"]


async def test_what_was_wished_meanwhile_is_not_overwritten(stage: TeamsStage) -> None:
    maya = await wish(stage)
    place = await stage.chat.places.own(maya)
    assert place is not None
    assert not await stage.chat.places.swap_home(place, "", "1700")
    await stage.chat.places.forget(maya, place)
    assert not await stage.chat.places.swap_home(place, WANTED, "")
    await stage.chat.places.forget(maya, place)
    assert await stage.chat.publish_home(maya, sentence("x")) == Done()
