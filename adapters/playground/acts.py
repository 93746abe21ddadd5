"""What the page's `POST /playground/act` can do, and what it answers."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from adapters.playground import modals
from adapters.playground.clock import PlaygroundClock
from adapters.playground.errors import SlackError
from adapters.playground.human import Humans, Seen
from adapters.playground.posting import find_seen
from adapters.playground.records import Json
from adapters.playground.workspace import Workspace

NextChange = Callable[[], Awaitable[datetime | None]]


class Acts:
    """One method per act; unknown acts and missing fields raise KeyError or ValueError."""

    def __init__(self, workspace: Workspace, humans: Humans, next_change: NextChange | None) -> None:
        self._workspace = workspace
        self._humans = humans
        self._next_change = next_change

    async def perform(self, body: Json) -> Json:
        """Do one act; the answer is `{ok, error?, errors?, view?, …}`."""
        act = body.get("act")
        if act not in _ACTS:
            raise ValueError(f"no such act: {act}; use one of {', '.join(_ACTS)}")
        if act != "clock":
            self._workspace.user(str(body.get("as")))
        return await _ACTS[act](self, body)

    async def _say(self, body: Json) -> Json:
        seen = await self._humans.say(body["as"], body["channel"], str(body["text"]), body.get("thread_ts"))
        return seen_json(seen)

    async def _command(self, body: Json) -> Json:
        """`{command, text}`, or the whole line in `text` as typed."""
        command, text = body.get("command"), str(body.get("text", ""))
        if not command:
            command, _, text = text.partition(" ")
        return seen_json(await self._humans.command(body["as"], body["channel"], command, text.strip()))

    async def _press(self, body: Json) -> Json:
        """`{ts, channel}` or `{view_id}`; `action_id`, `block_id`, `value` or `selected_…`, `state`."""
        where = body.get("view_id") or body["ts"]
        fields = {key: value for key, value in body.items() if key.startswith("selected_")}
        seen = await self._humans.press(
            body["as"],
            where,
            body["action_id"],
            fields or body.get("value"),
            block_id=body.get("block_id"),
            channel=body.get("channel"),
            state=body.get("state"),
        )
        return seen_json(seen)

    async def _shortcut(self, body: Json) -> Json:
        seen = await self._humans.shortcut(
            body["as"], body["callback_id"], body.get("channel"), body.get("ts")
        )
        return seen_json(seen)

    async def _open_home(self, body: Json) -> Json:
        return seen_json(await self._humans.open_home(body["as"]))

    async def _submit_view(self, body: Json) -> Json:
        values = body.get("values") or body.get("state") or {}
        return seen_json(await self._humans.submit_view(body["as"], body["view_id"], values))

    async def _close_view(self, body: Json) -> Json:
        everything = bool(body.get("everything"))
        return seen_json(await self._humans.close_view(body["as"], body["view_id"], everything=everything))

    async def _set_status(self, body: Json) -> Json:
        await self._humans.set_status_by_hand(
            body["as"], str(body.get("text", "")), str(body.get("emoji", "")), int(body.get("expiration", 0))
        )
        return {"ok": True}

    async def _set_snooze(self, body: Json) -> Json:
        await self._humans.set_snooze_by_hand(body["as"], int(body.get("minutes", 0)))
        return {"ok": True}

    async def _dismiss(self, body: Json) -> Json:
        """Take an ephemeral message away, as the client's "dismiss" does."""
        channel = self._workspace.channel_for(body["as"], body["channel"])
        message = find_seen(channel, body["ts"], body["as"])
        if message.viewer is None:
            raise SlackError("cant_delete_message")
        channel.ephemeral.remove(message)
        self._workspace.changed()
        return {"ok": True}

    async def _clock(self, body: Json) -> Json:
        """`{speed: n}`, `{jump: "…Z"}` or `{next_change: true}`."""
        clock = self._workspace.clock
        if not isinstance(clock, PlaygroundClock):
            raise SlackError("clock_is_real")
        if "speed" in body:
            clock.set_speed(float(body["speed"]))
        if "jump" in body:
            clock.jump(datetime.fromisoformat(str(body["jump"])))
        if body.get("next_change"):
            at = await self._next_change() if self._next_change else None
            if at is None:
                return {"ok": False, "error": "nothing_changes"}
            clock.jump(max(at, clock.now()))
        self._workspace.changed()
        return {"ok": True}


def seen_json(seen: Seen) -> Json:
    """What a person sees, for the page."""
    answer: Json = {"ok": seen.ok}
    if seen.error:
        answer["error"] = seen.error
    if seen.errors:
        answer["errors"] = seen.errors
    if seen.view:
        answer["view"] = modals.public(seen.view)
    if seen.url:
        answer["url"] = seen.url
    if seen.ts:
        answer["ts"] = seen.ts
    return answer


_ACTS: Final[dict[str, Callable[[Acts, Json], Awaitable[Json]]]] = {
    "say": Acts._say,
    "command": Acts._command,
    "press": Acts._press,
    "shortcut": Acts._shortcut,
    "open_home": Acts._open_home,
    "submit_view": Acts._submit_view,
    "close_view": Acts._close_view,
    "set_status": Acts._set_status,
    "set_snooze": Acts._set_snooze,
    "dismiss": Acts._dismiss,
    "clock": Acts._clock,
}
