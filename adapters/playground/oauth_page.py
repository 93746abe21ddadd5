"""The pages a browser meets outside the workspace's own page: "Allow / Deny", and links to messages."""

from collections.abc import Mapping
from html import escape
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from aiohttp import web

from adapters.playground.api_auth import new_code
from adapters.playground.workspace import Workspace

VIEWER_COOKIE: Final = "playground_as"
_PAGE: Final = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Allow {app}?</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="/boundary.svg" type="image/svg+xml">
<link rel="stylesheet" href="/tokens.css"><link rel="stylesheet" href="/parts.css">
<style>body{{margin:0;font:16px/1.5 var(--words);color:var(--text);background:var(--paper)}}
main{{max-width:30rem;margin:10vh auto;padding:1.5rem 2rem 2rem;border:1px solid var(--line);
border-radius:16px;background:var(--raised);box-shadow:var(--shadow)}}
h1{{font:650 1.4rem/1.3 var(--title)}} select{{font:inherit;color:inherit;padding:.4rem .8rem;
border:1px solid var(--edge);border-radius:9px;background:var(--panel)}} .button{{font:inherit}}</style>
<main><img src="/boundary.svg" alt="" width="44" height="44"><h1>{app} asks for your permission</h1>
<p>In the workspace {team}, it would like to:</p><ul>{scopes}</ul>
<form method="post"><p><label>You are <select name="user">{people}</select></label></p>{hidden}
<button class="button primary" name="decision" value="allow">Allow</button>
<button class="button" name="decision" value="deny">Deny</button></form></main></html>"""

_MEANING: Final[Mapping[str, str]] = {
    "users.profile:read": "see your status",
    "users.profile:write": "set your status",
    "dnd:read": "see when your notifications are paused",
    "dnd:write": "pause your notifications and resume them",
}


class OAuthPages:
    """`/oauth/v2/authorize` for the first workspace of a server."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def ask(self, request: web.Request) -> web.StreamResponse:
        """Show what is asked for; `as=U…`, or whom the page views as, preselects the person."""
        query = dict(request.query)
        problem = self._problem(query)
        if problem:
            raise web.HTTPBadRequest(text=problem)
        scopes = [*_split(query.get("scope")), *_split(query.get("user_scope"))]
        html = _PAGE.format(
            app=escape(self._workspace.app.name),
            team=escape(self._workspace.team_name),
            scopes="".join(f"<li>{escape(_MEANING.get(scope, scope))}</li>" for scope in scopes),
            people=self._people(query.get("as") or request.cookies.get(VIEWER_COOKIE, "")),
            hidden="".join(
                f'<input type="hidden" name="{escape(k)}" value="{escape(v)}">' for k, v in query.items()
            ),
        )
        policy = (
            "default-src 'none'; img-src 'self'; style-src 'self' 'unsafe-inline'; "
            "form-action *; frame-ancestors 'none'"
        )
        return web.Response(text=html, content_type="text/html", headers={"Content-Security-Policy": policy})

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Send the person back with a code, or with `error=access_denied`."""
        form = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        problem = self._problem(form)
        user = self._workspace.users.get(form.get("user", ""))
        if problem or user is None:
            raise web.HTTPBadRequest(text=problem or "Choose who you are.")
        raise web.HTTPFound(self.redirect(form, user.id, allowed=form.get("decision") == "allow"))

    def redirect(self, query: Mapping[str, str], user_id: str, *, allowed: bool) -> str:
        """The address a person is sent back to after Allow or Deny."""
        given = query.get("redirect_uri")
        target = given or next(iter(self._workspace.app.redirect_urls), "")
        extra = {"state": query.get("state", "")}
        if allowed:
            scopes = _split(query.get("scope")), _split(query.get("user_scope"))
            extra = {"code": new_code(self._workspace, user_id, *scopes, given)} | extra
        else:
            extra = {"error": "access_denied"} | extra
        parts = urlsplit(target)
        return urlunsplit(parts._replace(query=urlencode([*parse_qsl(parts.query), *extra.items()])))

    def _problem(self, query: Mapping[str, str]) -> str | None:
        app = self._workspace.app
        if query.get("client_id") != app.client_id:
            return "invalid_client_id: no app has this client_id."
        if not (query.get("scope") or query.get("user_scope")):
            return "no_scopes: the address names no scope and no user_scope."
        redirect = query.get("redirect_uri")
        if not redirect and not app.redirect_urls:
            return "bad_redirect_uri: the address names no redirect_uri."
        if redirect and app.redirect_urls and not redirect.startswith(app.redirect_urls):
            return "bad_redirect_uri: this redirect_uri is not among the app's."
        return None

    def _people(self, chosen: str) -> str:
        people = (user for user in self._workspace.users.values() if not user.is_bot and not user.deleted)
        option = '<option value="{}"{}>{}</option>'
        return "".join(
            option.format(escape(user.id), " selected" if user.id == chosen else "", escape(user.real_name))
            for user in people
        )


async def archive(request: web.Request) -> web.StreamResponse:
    """`/archives/<channel>/p<ts>`: show that message on the page."""
    channel, digits = request.match_info["channel"], request.match_info["digits"]
    raise web.HTTPFound(f"/#{channel}/{digits[:-6]}.{digits[-6:]}")


def _split(scopes: str | None) -> tuple[str, ...]:
    return tuple(scope.strip() for scope in (scopes or "").split(",") if scope.strip())
