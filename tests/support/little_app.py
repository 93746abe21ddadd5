"""A small app that speaks Slack's wire: every kind of answer that the playground's page must show."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
from aiohttp import web

from adapters.playground.clock import PlaygroundClock
from adapters.playground.seed import Seeded

Json = dict[str, Any]


SHOWN: Json = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))


class LittleApp:
    """Answers commands, mentions, buttons and forms; `seen` keeps what arrived."""

    def __init__(self, seeded: Seeded, clock: PlaygroundClock, http: aiohttp.ClientSession) -> None:
        self.seen: list[Json] = []
        self.decision: Json | None = None
        self.focus: set[str] = set()
        self._seeded, self._clock, self._http = seeded, clock, http
        self.api_url = ""

    def application(self) -> web.Application:
        app = web.Application()
        app.add_routes([web.post("/slack/events", self._receive)])
        return app

    async def _receive(self, request: web.Request) -> web.Response:
        raw = await request.text()
        if request.content_type == "application/json":
            await self._event(json.loads(raw)["event"])
            return web.Response()
        fields = dict(parse_qsl(raw, keep_blank_values=True))
        answer = await (
            self._interaction(json.loads(fields["payload"])) if "payload" in fields else self._command(fields)
        )
        return web.json_response(answer) if answer else web.Response()

    async def _event(self, event: Json) -> None:
        self.seen.append(event)
        if event["type"] == "message" and "<@U0MAYA>" in event.get("text", "") and self.focus:
            self.decision = self._held(event["user"])
            await self._call(
                "chat.postEphemeral",
                channel=event["channel"],
                user=event["user"],
                text="Maya is focusing and back at 15:00.",
                blocks=SHOWN["note"],
            )
        if event["type"] == "app_home_opened":
            await self._call(
                "views.publish", user_id=event["user"], view={"type": "home", "blocks": SHOWN["home"]}
            )

    async def _command(self, fields: Json) -> Json:
        self.seen.append(fields)
        if fields["command"] == "/focus":
            self.focus.add(fields["user_id"])
            until = int((self._clock.now() + timedelta(minutes=90)).timestamp())
            profile = {
                "status_text": "Focusing until 11:45",
                "status_emoji": ":dart:",
                "status_expiration": until,
            }
            token = self._seeded.users[fields["user_id"]].secret
            await self._call("users.profile.set", token, profile=profile)
            await self._call("dnd.setSnooze", token, num_minutes=90)
            return {
                "text": "Focus until *11:45*. 4 people will be told if they write.",
                "response_type": "ephemeral",
            }
        return {"text": f"Try `/focus 90m`, not `{fields['command']} {fields['text']}`."}

    async def _interaction(self, payload: Json) -> Json:
        self.seen.append(payload)
        if payload["type"] == "view_submission":
            return self._submitted(payload["view"])
        if payload["type"] in {"block_actions", "message_action"}:
            action = payload.get("actions", [{"action_id": "add"}])[0]["action_id"]
            if action in {"add", "urgent"}:
                await self._call("views.open", trigger_id=payload["trigger_id"], view=SHOWN["form"])
            elif action in {"later", "never"}:
                body = {"text": "It goes out between 15:00 and 15:15.", "replace_original": True}
                await self._http.post(payload["response_url"], json=body)
        return {}

    @staticmethod
    def _submitted(view: Json) -> Json:
        when = view["state"]["values"]["when"]["v"]["value"]
        if "-" not in when:
            error = f"“{when}” names no times. Write it like: daily 18:00-19:30"
            return {"response_action": "errors", "errors": {"when": error}}
        words = {"type": "section", "text": {"type": "plain_text", "text": f"Quiet {when}."}}
        frame = {
            name: {"type": "plain_text", "text": text}
            for name, text in (("title", "Saved"), ("close", "Close"))
        }
        return {"response_action": "update", "view": {"type": "modal", "blocks": [words], **frame}}

    def _held(self, sender: str) -> Json:
        trace = (
            ("on_call", False, "Nobody is on call."),
            ("urgent", False, "The ping is routine."),
            ("focus", True, "Focus lets only urgent pings through until 11:45."),
        )
        return {
            "at": f"{self._clock.now():%Y-%m-%dT%H:%M:%SZ}",
            "sender": sender,
            "recipient": "U0MAYA",
            "verdict": "hold",
            "reason": "held_by_focus",
            "release_at": "2026-11-23T11:45:00Z",
            "reply_by": "2026-11-24T10:30:00Z",
            "trace": [dict(zip(("rule", "applied", "because"), step, strict=True)) for step in trace],
        }

    async def insight(self, user: str) -> Json:
        """Canned days in the shape of `/playground/insight`; nothing of somebody who is on Teams only."""
        if user not in self._seeded.workspace.users:
            return {}
        person = self._seeded.workspace.users[user]
        local = self._clock.now()
        ribbons = [
            self._ribbon(one.id, one.name, one.tz, local.date().isoformat())
            for one in self._seeded.workspace.users.values()
            if not one.is_bot
        ]
        mine = next(ribbon for ribbon in ribbons if ribbon["user"] == user)
        norms = [
            {"name": "family dinner", "kind": "quiet", "when": "daily 18:00-19:30", "passes": "nobody"},
            {"name": "hours", "kind": "hours", "when": "mon-thu 09:00-12:30, 14:00-18:00"},
        ]
        return {
            "person": {"id": user, "name": person.real_name, "zone": person.tz, "style": "separator"},
            "ribbon": mine, "ribbons": ribbons, "norms": norms, "decision": self.decision,
            "waiting": {"total": 1 if self.decision else 0, "urgent": 0},
        }  # fmt: skip

    def _ribbon(self, user: str, name: str, zone: str, date: str) -> Json:
        parts = [
            (0, 540, "off", "outside hours"),
            (540, 690, "focus", "said" if user in self.focus else "deep work"),
            (690, 750, "available", "hours"),
            (750, 840, "break", "lunch"),
            (840, 1080, "available", "hours"),
            (1080, 1170, "quiet", "family dinner"),
            (1170, 1440, "off", "outside hours"),
        ]
        if user == "U0KENJI":
            parts = [
                (0, 600, "off", "outside hours"),
                (600, 720, "recharge", "run"),
                (720, 1140, "available", "hours"),
                (1140, 1440, "off", "outside hours"),
            ]
        if user == "U0ANA":
            parts = [(0, 1440, "leave", "leave")]
        named = [dict(zip(("start", "end", "mode", "because"), part, strict=True)) for part in parts]
        return {"user": user, "name": name, "date": date, "zone": zone, "parts": named, "now": 615}

    async def _call(self, method: str, token: str = "", **arguments: Any) -> None:
        headers = {"authorization": f"Bearer {token or self._seeded.bot.secret}"}
        async with self._http.post(f"{self.api_url}{method}", json=arguments, headers=headers) as response:
            answer = await response.json()
            assert answer["ok"], (method, answer)
