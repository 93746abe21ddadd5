"""What an app sends back to an action: the body of its 200 to a command, and posts to a `response_url`."""

from typing import Final

from aiohttp import web

from adapters.playground import posting
from adapters.playground.answer import Answer, deliver
from adapters.playground.api import spoiled
from adapters.playground.api_chat import checked_blocks
from adapters.playground.audit import CallRecord, safe_args
from adapters.playground.errors import SlackError
from adapters.playground.faults import Fault
from adapters.playground.records import Channel, Json, Message, ResponseUrl
from adapters.playground.workspace import SLACKBOT, Workspace

NAME: Final = "response_url"


class ResponseUrls:
    """`POST /response/<team>/<key>`: five uses within 30 minutes."""

    def __init__(self, workspaces: tuple[Workspace, ...]) -> None:
        self._workspaces = {workspace.team_id: workspace for workspace in workspaces}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one post."""
        workspace = self._workspaces.get(request.match_info["team"])
        if workspace is None:
            raise web.HTTPNotFound
        try:
            body = await request.json()
        except (RecursionError, ValueError):
            body = None
        workspace.audit.arrived(NAME, workspace.limits.monotonic())
        fault = workspace.faults.pick(NAME)
        ran = fault is None or fault.takes_effect
        answer = self._run(workspace, request.match_info["key"], body) if ran else Answer("not run")
        answer = spoiled(workspace, NAME, answer, fault) if fault else answer
        _record(workspace, answer, fault, body)
        return await deliver(request, answer, fault)

    def _run(self, workspace: Workspace, key: str, body: object) -> Answer:
        grant = workspace.response_urls.get(key)
        if grant is None or workspace.clock.monotonic() > grant.expires:
            return Answer({"ok": False, "error": "expired_url"}, 404)
        if not isinstance(body, dict):
            return Answer({"ok": False, "error": "invalid_payload"}, 400)
        if grant.uses_left == 0:
            return Answer({"ok": False, "error": "used_url"}, 404)
        grant.uses_left -= 1
        try:
            respond(workspace, grant, body)
        except SlackError as error:
            return Answer({"ok": False, "error": error.name} | error.fields, 400)
        return Answer("ok")


def respond(workspace: Workspace, grant: ResponseUrl, body: Json) -> Message | None:
    """Do what a response asks for: post, replace or delete, whoever may post in the channel."""
    channel = workspace.channels[grant.channel]
    original = _original(channel, grant)
    if body.get("delete_original"):
        if original is not None:
            posting.remove(workspace, channel, original)
        return None
    blocks = checked_blocks(body.get("blocks"))
    text = str(body.get("text") or "")
    if not text and not blocks:
        raise SlackError("no_text")
    if body.get("replace_original") and original is not None:
        posting.edit(workspace, channel, original, text, blocks)
        return original
    viewer = None if body.get("response_type") == "in_channel" else grant.user
    return posting.post(
        workspace,
        channel,
        workspace.bot_user,
        text,
        method=NAME,
        blocks=blocks,
        thread_ts=body.get("thread_ts"),
        viewer=viewer,
    )


def from_slackbot(workspace: Workspace, channel: Channel, viewer: str, text: str) -> Message:
    """What Slack itself tells a person, only visible to them."""
    return posting.post(workspace, channel, SLACKBOT, text, method="slackbot", viewer=viewer)


def _original(channel: Channel, grant: ResponseUrl) -> Message | None:
    if grant.original_ts is None:
        return None
    try:
        return posting.find_seen(channel, grant.original_ts, grant.user)
    except SlackError:
        return None


def _record(workspace: Workspace, answer: Answer, fault: Fault | None, body: object) -> None:
    refused = answer.body.get("error") if isinstance(answer.body, dict) else None
    outcome = str(refused or ("ok" if answer.status == 200 else answer.status))
    args = safe_args(body) if isinstance(body, dict) else {}
    workspace.audit.answered(
        CallRecord(
            NAME,
            workspace.limits.monotonic(),
            workspace.epoch(),
            workspace.team_id,
            None,
            None,
            f"{outcome}+{fault.kind}" if fault else outcome,
            args,
        )
    )
