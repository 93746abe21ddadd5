"""`/api/<method>`: decode, let faults strike, authorise, limit, run, answer; all of it is audited."""

import asyncio
import base64
import binascii
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from aiohttp import web

from adapters.playground import api_auth, api_chat, api_conversations, api_people, api_views
from adapters.playground.answer import Answer, deliver
from adapters.playground.audit import CallRecord, safe_args
from adapters.playground.call import Call, Handler, authorise
from adapters.playground.errors import SlackError
from adapters.playground.faults import Fault, FaultKind
from adapters.playground.limits import limits_of, retry_after
from adapters.playground.methods import METHODS, Method
from adapters.playground.records import Json
from adapters.playground.workspace import Workspace, direct_id

HANDLERS: Final[Mapping[str, Handler]] = MappingProxyType(
    {
        **api_auth.HANDLERS,
        **api_chat.HANDLERS,
        **api_conversations.HANDLERS,
        **api_people.HANDLERS,
        **api_views.HANDLERS,
    }
)


class WebApi:
    """Slack's Web API over one or several workspaces; the token says which."""

    def __init__(self, workspaces: tuple[Workspace, ...], extra: Mapping[str, Handler] | None = None) -> None:
        self._workspaces = workspaces
        self._handlers = {**HANDLERS, **(extra or {})}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one HTTP request."""
        name = request.match_info["method"]
        args, encoding = await _arguments(request)
        secret, basic = _credentials(request, args)
        call = self._call(name, args, encoding, secret, basic)
        fault = call.workspace.faults.pick(name)
        answer = await self._under(call, secret, fault)
        _record(call, answer, fault)
        return await deliver(request, answer, fault)

    def direct(self, name: str, secret: str | None, args: Json) -> Answer:
        """The same without HTTP and faults, for benchmarks in virtual time; limits and audit apply."""
        call = self._call(name, args, "json", secret, None)
        answer = self._run(call, secret)
        _record(call, answer, None)
        return answer

    def _call(
        self, name: str, args: Json, encoding: str, secret: str | None, basic: tuple[str, str] | None
    ) -> Call:
        workspace = self._workspace(secret, basic)
        workspace.audit.arrived(name, workspace.limits.monotonic())
        return Call(workspace, METHODS.get(name, Method(name, 2, 20)), args, encoding, basic=basic)

    async def _under(self, call: Call, secret: str | None, fault: Fault | None) -> Answer:
        if fault is None:
            return self._run(call, secret)
        if fault.kind is FaultKind.SLOW_ACCEPT:
            await asyncio.sleep(fault.seconds)
        answer = self._run(call, secret) if fault.takes_effect else Answer({"ok": False, "error": "not_run"})
        return spoiled(call.workspace, call.method.name, answer, fault)

    def _run(self, call: Call, secret: str | None) -> Answer:
        handler = self._handlers.get(call.method.name)
        if handler is None:
            return Answer({"ok": False, "error": "unknown_method", "req_method": call.method.name})
        try:
            authorise(call, secret)
            refused = _limited(call)
            answer = refused or Answer({"ok": True} | handler(call))
        except SlackError as error:
            answer = Answer({"ok": False, "error": error.name} | error.fields)
        if call.granted is not None:
            answer.headers["x-oauth-scopes"] = ",".join(call.granted.scopes)
            needed = call.method.scopes.get(call.granted.kind, ())
            answer.headers["x-accepted-oauth-scopes"] = ",".join(needed)
        return answer

    def _workspace(self, secret: str | None, basic: tuple[str, str] | None) -> Workspace:
        for workspace in self._workspaces:
            if secret in workspace.tokens or (basic and basic[0] == workspace.app.client_id):
                return workspace
        return self._workspaces[0]


def spoiled(workspace: Workspace, name: str, answer: Answer, fault: Fault) -> Answer:
    """What a fault makes of an answer, before the connection itself is touched."""
    if fault.kind is FaultKind.RATE_LIMITED:
        seconds = retry_after(fault.seconds)
        workspace.audit.penalised(name, workspace.limits.monotonic() + seconds)
        body: Json | str = {"ok": False, "error": "ratelimited"} if fault.json_body else "slow down"
        return Answer(body, 429, {"Retry-After": str(seconds)})
    if fault.kind is FaultKind.SERVER_ERROR:
        return Answer("" if fault.status == 502 else {"ok": False, "error": "internal_error"}, fault.status)
    if fault.kind is FaultKind.ERROR:
        return Answer({"ok": False, "error": fault.error})
    return answer


def _limited(call: Call) -> Answer | None:
    token = call.granted.secret if call.granted else None
    user = call.granted.user if call.granted else None
    wait = call.workspace.limits.take(limits_of(call.method, channel=_channel(call), user=user, token=token))
    if wait is None:
        return None
    seconds = retry_after(wait)
    call.workspace.audit.penalised(call.method.name, call.workspace.limits.monotonic() + wait)
    return Answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": str(seconds)})


def _channel(call: Call) -> str | None:
    name = call.text("channel")
    if name and name[:1] in {"U", "W"} and call.granted and name in call.workspace.users:
        return direct_id(name, call.granted.user)
    return name


def _record(call: Call, answer: Answer, fault: Fault | None) -> None:
    body = answer.body if isinstance(answer.body, dict) else {}
    outcome = "ok" if body.get("ok") else str(body.get("error", answer.status))
    workspace = call.workspace
    workspace.audit.answered(
        CallRecord(
            method=call.method.name,
            at=workspace.limits.monotonic(),
            wall=workspace.epoch(),
            team=workspace.team_id,
            user=call.granted.user if call.granted else None,
            channel=_channel(call),
            outcome=f"{outcome}+{fault.kind}" if fault else outcome,
            args=safe_args(call.args),
        )
    )


async def _arguments(request: web.Request) -> tuple[Json, str]:
    args: Json = dict(request.query)
    if request.method == "GET":
        return args, "query"
    if request.content_type == "application/json":
        try:
            body: Any = await request.json()
        except (RecursionError, ValueError):
            body = None
        return args | (body if isinstance(body, dict) else {}), "json"
    form = await request.post()
    return args | {name: value for name, value in form.items() if isinstance(value, str)}, "form"


def _credentials(request: web.Request, args: Json) -> tuple[str | None, tuple[str, str] | None]:
    scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
    if scheme == "Bearer":
        return rest, None
    token = args.get("token")
    if scheme != "Basic":
        return (str(token) if token else None), None
    try:
        name, _, password = base64.b64decode(rest).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None, None
    return None, (name, password)
