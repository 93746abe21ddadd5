"""One call to Microsoft: counted, perhaps spoiled by a fault, authorised, limited, run, audited, answered."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime
from typing import Any, Final

from aiohttp import web

from adapters.playground.answer import Answer, deliver
from adapters.playground.audit import CallRecord
from adapters.playground.faults import Fault, FaultKind
from adapters.playground.limits import Limit, retry_after
from adapters.playground.records import Json
from adapters.playground.teams.errors import TeamsError
from adapters.playground.teams.world import TeamsWorld

BOT: Final = "bot"
GRAPH: Final = "graph"
OPEN: Final = ""
"""For calls that need no token."""


@dataclass(frozen=True, slots=True)
class Call:
    """What a handler receives. `raw` is the body's text, `match` the parts of the path."""

    world: TeamsWorld
    name: str
    raw: str
    match: Mapping[str, str]
    query: Mapping[str, str]

    @property
    def thread(self) -> str:
        """The conversation that the path names, without `;messageid=`; "" for none."""
        return self.match.get("conversation", "").partition(";")[0]

    def json(self) -> Json:
        """The body as a JSON object; BadSyntax otherwise."""
        try:
            body: Any = json.loads(self.raw)
        except (RecursionError, ValueError):
            body = None
        if not isinstance(body, dict):
            raise TeamsError("BadSyntax", "Bad format of the request body.")
        return body

    def limit(self, limits: Sequence[Limit]) -> None:
        """Count this call against `limits`; raises Throttled."""
        wait = self.world.limits.take(limits)
        if wait is not None:
            until = self.world.limits.monotonic() + wait
            self.world.audit.penalised(self.name, until, self.thread)
            raise Throttled(wait)


class Throttled(Exception):
    """A limit is used up; `seconds` to wait."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


async def _text(request: web.Request) -> str:
    """The body; "", which is no JSON either, for bytes that are no text."""
    try:
        return await request.text()
    except (LookupError, UnicodeDecodeError):
        return ""


Handler = Callable[[Call], Answer]
Words = Callable[[TeamsError], Answer]
"""How one of Microsoft's services words a refusal."""


def connector_words(error: TeamsError) -> Answer:
    """A refusal as the connector words it."""
    if error.code == "InvalidAuthenticationToken":
        return Answer({"message": "Authorization has been denied for this request."}, error.status)
    return Answer({"error": {"code": error.code, "message": error.message}}, error.status)


class Wire:
    """The calls of one service. `audience` is what its tokens are meant for, `words` how it refuses."""

    def __init__(self, world: TeamsWorld, audience: str, words: Words = connector_words) -> None:
        self._world = world
        self._audience = audience
        self._words = words

    def route(self, verb: str, path: str, name: str, handler: Handler) -> web.RouteDef:
        """The route of the call `name`: that is what faults, counters and limits know it by."""

        async def handle(request: web.Request) -> web.StreamResponse:
            return await self._handle(request, name, handler)

        return web.route(verb, path, handle)

    async def _handle(self, request: web.Request, name: str, handler: Handler) -> web.StreamResponse:
        world = self._world
        call = Call(world, name, await _text(request), request.match_info, request.query)
        world.audit.arrived(name, world.limits.monotonic(), call.thread)
        fault = world.faults.pick(name)
        if fault is not None and fault.kind is FaultKind.SLOW_ACCEPT:
            await asyncio.sleep(fault.seconds)
        if fault is None or fault.takes_effect:
            answer = self._run(call, request.headers.get("Authorization", ""), handler)
        else:
            answer = Answer("")
        answer = self._spoiled(call, answer, fault)
        self._record(call, answer, fault)
        return await deliver(request, answer, fault)

    def _run(self, call: Call, authorization: str, handler: Handler) -> Answer:
        try:
            self._authorise(authorization)
            return handler(call)
        except TeamsError as error:
            return self._words(error)
        except Throttled as refused:
            return self._throttled(retry_after(refused.seconds))

    def _authorise(self, authorization: str) -> None:
        if self._audience == OPEN:
            return
        scheme, _, secret = authorization.partition(" ")
        if scheme.lower() != "bearer" or self._world.token(secret, self._audience) is None:
            raise TeamsError("InvalidAuthenticationToken")

    def _throttled(self, seconds: int, *, http_date: bool = False) -> Answer:
        answer = self._words(TeamsError("TooManyRequests"))
        at = self._world.now() + timedelta(seconds=seconds)
        answer.headers["Retry-After"] = format_datetime(at, usegmt=True) if http_date else str(seconds)
        return answer

    def _spoiled(self, call: Call, answer: Answer, fault: Fault | None) -> Answer:
        """What a fault makes of an answer, before the connection itself is touched."""
        if fault is None:
            return answer
        if fault.kind is FaultKind.RATE_LIMITED:
            seconds = retry_after(fault.seconds)
            call.world.audit.penalised(call.name, call.world.limits.monotonic() + seconds, call.thread)
            return self._throttled(seconds, http_date=fault.http_date)
        if fault.kind is FaultKind.SERVER_ERROR:
            code = "PreconditionFailed" if fault.status == 412 else "ServiceError"
            return self._words(TeamsError(code, status=fault.status))
        return self._words(TeamsError(fault.error)) if fault.kind is FaultKind.ERROR else answer

    def _record(self, call: Call, answer: Answer, fault: Fault | None) -> None:
        body = answer.body if isinstance(answer.body, dict) else {}
        error = body.get("error")
        code = error.get("code") if isinstance(error, dict) else error
        outcome = "ok" if answer.status < 300 else str(code or answer.status)
        world = call.world
        world.audit.answered(
            CallRecord(
                method=call.name,
                at=world.limits.monotonic(),
                wall=world.now().timestamp(),
                team=world.tenant_id,
                user=call.match.get("user"),
                channel=call.thread or None,
                outcome=f"{outcome}+{fault.kind}" if fault else outcome,
                args=dict(call.query),
            )
        )
