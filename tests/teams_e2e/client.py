"""Microsoft's local test client for Teams (the Agents Playground) as a process, and its ways in.

It knows six people, of whom only the current user can type in its page. It sends no token, shows targeted
messages to everybody, and cannot delete.

What it taught us, beside what the local tenant in adapters/playground/teams plays already: its serviceUrl has
no slash at the end; `from` of an install has no name, and its clientInfo no zone; an install is followed by a
conversationUpdate that adds the bot, in a personal chat the person too; ids of activities are not ids of
messages; required inputs are checked before anything is sent; a picker of people is a plain text field; the
words of an Execute's answer stay below the card until closed; the page shows only what arrives while open.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp

from tests.support.serving import free_port

PACKAGE: Final = "@microsoft/m365agentsplayground"
VERSION: Final = "0.2.28"
LICENCE: Final = (
    f"{PACKAGE} {VERSION} is Microsoft's, under their pre-release licence: for evaluating it by hand only. "
    "It is no dependency of Boundary Bot and never part of its checks. Its LICENSE file is in {folder}."
)
TENANT: Final = "7e1a0000-0000-4000-8000-000000007e1a"
BOT: Final = "28:b0b0b0b0-0000-4000-8000-00000000b0b0"
PERSONAL, GROUP, CHANNEL = "a:1maya", "19:crew@thread.v2", "19:general@thread.tacv2"
PEOPLE: Final = {"maya": "Maya Costa", "kenji": "Kenji Mori", "ana": "Ana Duarte", "lee": "Lee Park"} | {
    "sam": "Sam Rivera", "noor": "Noor Haddad"
}  # fmt: skip
ME: Final = "29:maya"

Json = dict[str, Any]


def _person(key: str, number: int) -> Json:
    given, _, surname = PEOPLE[key].partition(" ")
    return {
        "id": f"29:{key}",
        "name": PEOPLE[key],
        "userPrincipleName": f"{key}@example.com",  # spelt so by them
        "aadObjectId": f"00000000-0000-4000-8000-{number:012d}",
        "givenName": given,
        "surname": surname,
        "email": f"{key}@example.com",
    }


def configuration() -> str:
    """`.m365agentsplayground.yml`, as JSON, which YAML contains."""
    me, *others = [_person(key, number) for number, key in enumerate(PEOPLE, 1)]
    place = {"id": "19:news@thread.tacv2", "name": "News"}
    team = {"id": CHANNEL, "name": "Platform", "aadGroupId": "9f0c0000-0000-4000-8000-000000009f0c"}
    return json.dumps(
        {
            "version": "0.1.1",
            "tenantId": TENANT,
            "bot": {"id": BOT, "name": "Boundary Bot"},
            "currentUser": me,
            "users": others,
            "personalChat": {"id": PERSONAL},
            "groupChat": {"id": GROUP, "name": "Release crew"},
            "team": team | {"channels": [place]},
        }
    )


def fetched(folder: Path) -> Path:
    """The client's start script in `folder`, fetched from npm the first time."""
    script = folder / "node_modules" / PACKAGE / "cli.js"
    if not script.is_file():
        npm = shutil.which("npm")
        if npm is None:
            raise SystemExit("make teams-e2e needs Node 20 with npm (Debian, Ubuntu: apt-get install npm).")
        folder.mkdir(parents=True, exist_ok=True)
        quiet = ("--no-audit", "--no-fund", "--ignore-scripts", "--silent", "--prefix", str(folder))
        subprocess.run([npm, "install", *quiet, f"{PACKAGE}@{VERSION}"], check=True)  # noqa: S603 -- fixed words
    return script


@dataclass(slots=True)
class Client:
    """The running client. `messages` has everything that the bot sent, by message id, as last changed."""

    url: str
    session: aiohttp.ClientSession
    messages: dict[str, Json] = field(default_factory=dict)
    known: frozenset[str] = frozenset()

    async def say(
        self, conversation: str, text: str, *, mentions: tuple[str, ...] = (), who: str = ME
    ) -> str:
        """Write a message; `mentions` are ids whose `<at>name</at>` stands in the text. Gives its id."""
        self.known = frozenset(self.messages)
        named = [{"mentioned": {"id": each}, "text": f"<at>{name_of(each)}</at>"} for each in mentions]
        body = {"from": {"id": ME}, "text": text, "textFormat": "plain", "mentions": named}
        answer = await self._post(f"/_conversation/v1/conversations/{conversation}/messages", body)
        return str(answer["messageId"])

    async def invoke(self, conversation: str, name: str, value: Json, *, reply_to: str = "") -> Json:
        """Send an invoke and give the body of the bot's answer."""
        body: Json = {"name": name, "value": value, "from": {"id": ME}, "conversation": {"id": conversation}}
        return await self._post(
            "/_conversation/v1/invoke", body | ({"replyToId": reply_to} if reply_to else {})
        )

    async def told(self, words: str, conversation: str = "", *, fresh: bool = False) -> Json:
        """Wait for a message of the bot with these words in it, the latest of several; a `fresh` one
        was not there yet when somebody wrote last."""
        for _ in range(200):
            for id_, message in reversed(self.messages.items()):
                is_new = not fresh or id_ not in self.known
                if is_new and words in written(message) and conversation in message["conversation"]:
                    return message
            await asyncio.sleep(0.05)
        seen = "\n".join(
            f"- {each['conversation']}: {written(each)[:300]}" for each in self.messages.values()
        )
        raise AssertionError(f"The bot never wrote {words!r}. What it wrote:\n{seen}")

    async def listen(self) -> None:
        """Collect what the bot sends until cancelled."""
        async with self.session.ws_connect(f"{self.url}/_ws_conversation/v1/conversations/stream") as stream:
            async for frame in stream:
                if frame.type is aiohttp.WSMsgType.TEXT:
                    self._heard(json.loads(frame.data))

    def _heard(self, event: Json) -> None:
        message = event.get("message") or {}
        if message.get("messageId") and (message.get("from") or {}).get("id", "").startswith("28:"):
            place = str(event.get("actionConversationId") or "")
            known = self.messages.pop(message["messageId"], {})
            self.messages[message["messageId"]] = known | message | {"conversation": place}

    async def _post(self, path: str, body: Json) -> Json:
        async with self.session.post(f"{self.url}{path}", json=body) as answer:
            text = await answer.text()
            if answer.status >= 400:
                raise AssertionError(f"{path}: {answer.status} {text[:500]}")
        found = json.loads(text) if text.startswith("{") else {}
        return found if isinstance(found, dict) else {}


def name_of(user: str) -> str:
    """The display name of somebody of the client's configuration."""
    return "Boundary Bot" if user == BOT else PEOPLE[user.removeprefix("29:")]


def card_of(message: Json) -> Json:
    """The Adaptive Card of a message; {} without one."""
    cards = [each.get("content") for each in message.get("attachments") or []]
    return next((each for each in cards if isinstance(each, dict)), {})


def actions(node: Any) -> list[Json]:
    """Every action anywhere in a card."""
    if isinstance(node, list):
        return [found for each in node for found in actions(each)]
    if not isinstance(node, dict):
        return []
    own = [node] if str(node.get("type", "")).startswith("Action.") else []
    return own + [found for key, each in node.items() if key != "fallback" for found in actions(each)]


def texts(node: Any) -> str:
    """Every text of a card, in its order, runs of one paragraph joined."""
    if isinstance(node, list):
        return " ".join(filter(None, map(texts, node)))
    if not isinstance(node, dict):
        return ""
    if node.get("type") == "RichTextBlock":
        return "".join(run if isinstance(run, str) else str(run.get("text", "")) for run in node["inlines"])
    own = [
        str(node[key])
        for key in ("text", "title", "label", "errorMessage", "value")
        if isinstance(node.get(key), str)
    ]
    rest = [texts(each) for key, each in node.items() if key not in ("data", "fallback", "fallbackText")]
    return " ".join(filter(None, own + rest))


def written(message: Json) -> str:
    """What a person reads in a message."""
    return f"{message.get('text') or ''} {texts(card_of(message))}".strip()


@asynccontextmanager
async def running(script: Path, folder: Path, bot: str) -> AsyncIterator[Client]:
    """The client on a free port of this computer, facing the bot's address, until the block ends."""
    (folder / ".m365agentsplayground.yml").write_text(configuration(), encoding="utf-8")
    preload = Path(__file__).with_name("loopback.cjs")
    port = free_port()
    environ = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ} | {
        "NODE_OPTIONS": f"--require {preload}",
        "TEAMSAPPTESTER_BROWSER": "none",
        "BOT_ENDPOINT": f"{bot}/api/messages",
    }
    url = f"http://127.0.0.1:{port}"
    process = await asyncio.create_subprocess_exec(
        "node", str(script), "start", "-c", "msteams", "-p", str(port), "--service-url", f"{url}/_connector",
        "--disable-telemetry", cwd=folder, env=environ, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        line = (await asyncio.wait_for(process.stdout.readline(), 60)).decode()
        assert re.search(rf"Listening on {port}\b", line), line
        async with aiohttp.ClientSession() as session:
            client = Client(url, session)
            listening = asyncio.create_task(client.listen())
            yield client
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
    finally:
        process.terminate()
        await process.wait()
