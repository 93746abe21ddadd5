"""The story, driven through Microsoft's test client as its one current user, Maya."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from tests.teams_e2e.client import (
    BOT,
    CHANNEL,
    GROUP,
    ME,
    PERSONAL,
    Client,
    Json,
    actions,
    name_of,
    texts,
    written,
)

KENJI: Final = "29:kenji"
QUESTION: Final = "which payload do we ship?"
DRAFT: Final = "The draft is ready & waits."
NORMS: Final = """
[people.kenji]
zone = "Asia/Tokyo"
hours = "daily 00:00-24:00"
teams = "29:kenji"

[[people.kenji.windows]]
name = "writing"
kind = "focus"
when = "daily 00:00-24:00"
"""
Tell = Callable[[str], None]


class Camera(Protocol):
    """Who takes the pictures."""

    async def shoot(self, name: str) -> None: ...
    async def turn_to(self, title: str) -> None: ...
    async def press(self, title: str) -> None: ...
    async def fill(self, label: str, words: str) -> None: ...
    async def choose(self, title: str) -> None: ...
    async def reads(self, words: str) -> None: ...


async def played(client: Client, camera: Camera, tell: Tell) -> None:
    """Every step; raises AssertionError with what the bot wrote instead."""
    await arrive(client, camera, tell)
    await focus(client, camera, tell)
    await mention(client, camera, tell)
    await break_through(client, camera, tell)
    await hold_from_the_menu(client, tell)
    await edit_a_norm(client, camera, tell)
    await agree(client, camera, tell)
    await ask(client, camera, tell)


async def arrive(client: Client, camera: Camera, tell: Tell) -> None:
    """Opening a conversation in the page adds the app there first."""
    home = await client.told("Boundary Bot", PERSONAL)
    tell(f"installed: {written(home)[:90]}")
    await camera.shoot("installed")


async def focus(client: Client, camera: Camera, tell: Tell) -> None:
    await client.say(PERSONAL, "focus 90m deep work")
    tell(f"focus: {written(await client.told('Focus until ', PERSONAL, fresh=True))[:90]}")
    await client.say(GROUP, f"<at>{name_of(BOT)}</at> waiting", mentions=(BOT,))
    answer = await client.told("0 waiting, 0 urgent", PERSONAL, fresh=True)
    tell(f"asked in the group, answered in her own chat: {written(answer)[:70]}")
    assert not [each for each in client.messages.values() if each["conversation"] == GROUP]
    await camera.shoot("focus")


async def mention(client: Client, camera: Camera, tell: Tell) -> None:
    """The client lets a bot hear only what mentions it, too."""
    words = f"<at>{name_of(BOT)}</at> <at>{name_of(KENJI)}</at> {QUESTION}"
    await client.say(CHANNEL, words, mentions=(BOT, KENJI))
    note = await client.told("Deliver when back", PERSONAL, fresh=True)
    tell(f"mentioned: {written(note)[:110]}")
    assert QUESTION not in written(note)
    await camera.shoot("mentioned")


async def break_through(client: Client, camera: Camera, tell: Tell) -> None:
    """Through the page: what it makes of the answer to an Action.Execute is Microsoft's own."""
    await camera.press("It's urgent…")
    await client.told("Why can't it wait?", PERSONAL)
    await camera.press("Send now")
    await camera.shoot("urgent-form-empty")
    await camera.choose("Something is broken for customers")
    await camera.fill("In a few words", "the shop is down")
    await camera.choose("This cannot wait until they are back")
    await camera.press("Send now")
    await camera.reads("with your reason")
    tell("urgent: the form was filled in and sent in the page")
    await camera.shoot("urgent-sent")


async def hold_from_the_menu(client: Client, tell: Tell) -> None:
    """ "Deliver when available" on a message; the page has no menu for it, so the invokes are ours."""
    payload: Json = {
        "id": await client.say(CHANNEL, DRAFT),
        "body": {"contentType": "html", "content": "<p>The draft is ready &amp; waits.</p>"},
        "from": {"user": {"id": ME, "displayName": name_of(ME)}},
    }
    value: Json = {"commandId": "deliver_when_available", "commandContext": "message"}
    value |= {"messagePayload": payload}
    opened = await client.invoke(CHANNEL, "composeExtension/fetchTask", value)
    form = opened["task"]["value"]["card"]["content"]
    data = next(each["data"] for each in actions(form) if each["type"] == "Action.Submit")
    for to, wanted in (("", "This is needed"), (KENJI, "pass on your message")):
        filled = value | {"data": data | {"to": to, "text": DRAFT, "needs_by": ""}}
        answer = await client.invoke(CHANNEL, "composeExtension/submitAction", filled)
        shown = answer["task"]["value"]
        said = shown if isinstance(shown, str) else texts(shown["card"]["content"])
        assert wanted in said, answer
        tell(f"from the menu, to {to or 'nobody'}: {said[:90]}")
    query = {"commandId": "search", "parameters": [{"name": "q", "value": "x"}]}
    found = await client.invoke(PERSONAL, "composeExtension/query", query)
    tell(f"a query: {found['composeExtension']['text']}")


async def edit_a_norm(client: Client, camera: Camera, tell: Tell) -> None:
    await client.say(PERSONAL, "quiet daily 18:00-19:30 family dinner")
    await client.told("family dinner", PERSONAL)
    await client.say(PERSONAL, "home")
    home = await client.told("Add a norm", PERSONAL, fresh=True)
    await camera.shoot("home")
    tell(f"home: {written(home)[:90]}")
    await camera.press("Add a norm…")
    await camera.reads("Who gets through")
    await camera.fill("Name", "run")
    await camera.fill("When", "tues 25:00")
    await camera.press("Save")
    await camera.reads("25:00")
    await camera.shoot("norm-with-an-error")
    await camera.fill("When", "tue,thu 07:00-08:00")
    await camera.press("Save")
    await client.told("tue,thu 07:00-08:00", PERSONAL)
    tell("a norm: refused with the sentence at its field, corrected, saved")
    await camera.shoot("norm-saved")


async def agree(client: Client, camera: Camera, tell: Tell) -> None:
    """A team of one votes in the group chat: what is posted there changes in its place."""
    at = f"<at>{name_of(BOT)}</at>"
    await client.say(GROUP, f"{at} team new Crew", mentions=(BOT,))
    tell(f"founded: {written(await client.told('has founded the team', GROUP))[:90]}")
    await client.say(GROUP, f"{at} team propose core mon-thu 13:00-15:00 from now", mentions=(BOT,))
    tell(f"to vote on: {written(await client.told('0 of 1 voted', GROUP))[:110]}")
    await client.say(GROUP, f"{at} team vote yes", mentions=(BOT,))
    decided = await client.told("Accepted", GROUP)
    posted = [each for each in client.messages.values() if each["conversation"] == GROUP]
    ballots = [each for each in posted if "Proposal 1" in written(each)]
    assert ballots == [decided], "the ballot was not changed in its place"
    tell(f"decided: {written(decided)[:110]}")
    await camera.turn_to("Release crew")
    await camera.shoot("decided")
    await camera.turn_to("Personal Chat")
    await client.say(PERSONAL, "team")
    tell(f"the norms: {written(await client.told('The norms of', PERSONAL, fresh=True))[:110]}")
    await camera.shoot("team")


async def ask(client: Client, camera: Camera, tell: Tell) -> None:
    for words, wanted in {
        "today": "Today, as of",
        "norms": "family dinner",
        "waiting": "1 message still waiting",
        "why urgent": "It would reach you now",
        "help": "What you can say",
        "leave": "No leave planned",
        "nonsense": "is no word I know",
    }.items():
        await client.say(PERSONAL, words)
        answer = await client.told(wanted, PERSONAL, fresh=True)
        tell(f"{words}: {written(answer)[:80]}")
        await camera.shoot(words.partition(" ")[0])
