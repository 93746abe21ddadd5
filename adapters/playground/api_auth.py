"""The `auth.*` and `oauth.*` methods, and the grants behind them."""

import secrets
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from adapters.playground.call import Call, Handler
from adapters.playground.errors import SlackError
from adapters.playground.records import Json, OAuthCode, TokenKind
from adapters.playground.workspace import Workspace

CODE_SECONDS: Final = 600.0


def test(call: Call) -> Json:
    """`auth.test`."""
    workspace = call.workspace
    answer: Json = {
        "url": f"{workspace.base_url}/",
        "team": workspace.team_name,
        "team_id": workspace.team_id,
    }
    if call.token.kind is TokenKind.APP:
        return answer | {"app_id": workspace.app.app_id, "app_name": workspace.app.name}
    answer |= {"user": call.me.name, "user_id": call.me.id, "is_enterprise_install": False}
    return answer | ({"bot_id": call.me.bot_id} if call.me.bot_id else {})


def revoke(call: Call) -> Json:
    """`auth.revoke`; with `test` nothing happens."""
    if call.flag("test"):
        return {"revoked": False}
    call.workspace.revoke(call.token)
    return {"revoked": True}


def access(call: Call) -> Json:
    """`oauth.v2.access`: a code, once, for the tokens its owner allowed."""
    app = call.workspace.app
    client_id, client_secret = call.basic or (call.text("client_id"), call.text("client_secret"))
    if client_id != app.client_id:
        raise SlackError("invalid_client_id")
    if not secrets.compare_digest(str(client_secret).encode(), app.client_secret.encode()):
        raise SlackError("bad_client_secret")
    code = call.workspace.codes.get(call.need("code", "invalid_code"))
    if code is None or code.used or call.workspace.clock.monotonic() > code.expires:
        raise SlackError("invalid_code")
    if (call.text("redirect_uri") or None) != code.redirect_uri:
        raise SlackError("bad_redirect_uri")
    code.used = True
    return _granted(call.workspace, code)


def new_code(
    workspace: Workspace,
    user_id: str,
    bot_scopes: Iterable[str],
    user_scopes: Iterable[str],
    redirect_uri: str | None,
) -> str:
    """An authorisation code, after a person pressed Allow."""
    code = secrets.token_urlsafe(24)
    expires = workspace.clock.monotonic() + CODE_SECONDS
    workspace.codes[code] = OAuthCode(user_id, tuple(bot_scopes), tuple(user_scopes), redirect_uri, expires)
    return code


def _granted(workspace: Workspace, code: OAuthCode) -> Json:
    person: Json = {"id": code.user}
    if code.user_scopes:
        token = workspace.grant(TokenKind.USER, code.user, code.user_scopes)
        person |= {"scope": ",".join(token.scopes), "access_token": token.secret, "token_type": "user"}
    answer: Json = {
        "app_id": workspace.app.app_id,
        "authed_user": person,
        "team": {"id": workspace.team_id, "name": workspace.team_name},
        "enterprise": None,
        "is_enterprise_install": False,
    }
    if not code.bot_scopes:
        return answer
    bot = workspace.grant(TokenKind.BOT, workspace.bot_user, code.bot_scopes)
    return answer | {
        "access_token": bot.secret,
        "token_type": "bot",
        "scope": ",".join(bot.scopes),
        "bot_user_id": workspace.bot_user,
    }


HANDLERS: Final[Mapping[str, Handler]] = MappingProxyType(
    {"auth.test": test, "auth.revoke": revoke, "oauth.v2.access": access}
)
