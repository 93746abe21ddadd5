"""Who may do what: every button and every form, pressed and sent by somebody whom it is none of their
business."""

from __future__ import annotations

import json

import pytest

from bot.inbound import Account, Command, Pressed, Profile, Submitted
from bot.insight import insight
from bot.messages.actions import Act, FormId
from bot.ports import Tx
from bot.records import Tenant
from tests.support.story import TENANT, Story, account, pieces

PRIVATE, HELD = "zq-private-name", "zq-held-text"
STRANGERS = {
    "a colleague": account("ana"),
    "somebody who has not enrolled": account("kenji"),
    "the sender's id elsewhere": Account("slack:T2", account("sam").user),
    "the recipient's id elsewhere": Account("slack:T2", account("maya").user),
}
FILLED = {"text": "changed", "reason": "blocked", "sure": "yes", "words": "now", "until": "2026-12-04"}
QUESTIONS = ("when @maya", "when @maya @sam", "why", "waiting", "today", "export", "undo")


async def story_of_two() -> Story:
    """Maya has private norms and is away; Sam has a message and a mention waiting for her."""
    story = Story(connect=True)
    await story.enrol("maya", "sam", "ana")
    await story.connects("maya")
    await story.knows(Tenant("slack:T2", "slack"))
    await story.says("maya", f"/quiet daily 09:00-23:30 {PRIVATE}")
    await story.says("maya", f"/focus 90m {PRIVATE} now")
    await story.says("sam", f"/later @maya {HELD}")
    await story.mentions("sam", "maya")
    return story


async def kept(story: Story) -> list[str]:
    """Everything stored about Maya and Sam."""

    def read(tx: Tx) -> list[str]:
        accounts = [tx.accounts.get(account(name)) for name in ("maya", "sam")]
        people = [tx.people.get(each.person) for each in accounts if each]
        holds = tx.holds.sent_by(account("sam"), 100)
        return [repr(each) for each in (*accounts, *people, *holds, tx.tokens.get(account("maya")))]

    return await story.store.read(read)


async def stolen(story: Story) -> list[str]:
    """Values of Maya's and Sam's buttons and forms that somebody else may have got hold of."""
    person = (await story.record("maya")).person.id
    holds = [hold.id for hold in await story.holds("sam")]
    return [
        *holds,
        PRIVATE,
        f"was:{PRIVATE}",
        person,
        f"{person}:start",
        f"{TENANT}/{account('maya').user}",
        "",
    ]


@pytest.mark.parametrize("who", STRANGERS.values(), ids=STRANGERS)
async def test_no_button_or_form_of_others_does_or_shows_anything(who: Account) -> None:
    story = await story_of_two()
    before, shown = await kept(story), list[str]()
    for value in await stolen(story):
        for act in Act:
            reply = await story.app.handle(Pressed(story.key(), who, act, value, surface="home"))
            shown.append("" if PRIVATE in value else repr(reply))
        for form in FormId:
            for fields in ({}, FILLED):
                reply = await story.app.handle(Submitted(story.key(), who, form, value, fields))
                shown.append("" if PRIVATE in value else repr(reply))
    assert await kept(story) == before
    await story.perform()
    shown += [repr(each.message) for each in story.chat.seen if each.to == who]
    assert not any(PRIVATE in each or HELD in each for each in shown)


@pytest.mark.parametrize("who", [account("sam"), *STRANGERS.values()], ids=["the sender", *STRANGERS])
@pytest.mark.parametrize("question", QUESTIONS)
async def test_no_answer_names_the_private_norm_of_somebody_else(who: Account, question: str) -> None:
    story = await story_of_two()
    asked = Command(story.key(), who, "boundary", pieces(question), "C1", Profile("X", "UTC"))
    assert PRIVATE not in repr(await story.app.handle(asked))
    await story.perform()
    assert not any(PRIVATE in repr(each.message) for each in story.chat.seen if each.to != account("maya"))
    assert not any(PRIVATE in status.text for status in story.chat.statuses.values())
    accounts = [account("maya"), account("sam")]
    panel = await story.store.read(
        lambda tx: insight(tx, who, accounts, tuple(story.app.decisions), story.clock.now())
    )
    assert PRIVATE not in json.dumps(panel)


async def test_a_name_is_made_of_visible_characters() -> None:
    story = Story()
    await story.enrol("maya")
    await story.submit(
        "maya", "window", name="\u202ereverse\u2069 me\x07", when="daily 12:00-13:00", kind="break"
    )
    assert [window.name for window in (await story.record("maya")).person.windows] == ["reverse me"]
