"""Entra's login for apps: the client-credentials grant, and the discovery that msal does before it.

Source: learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow, and
reference-error-codes for the AADSTS numbers.
"""

import hmac
import re
from typing import Final
from urllib.parse import parse_qs, urlsplit

from aiohttp import web

from adapters.playground.answer import Answer
from adapters.playground.teams.errors import TeamsError
from adapters.playground.teams.wire import BOT, GRAPH, OPEN, Call, Wire
from adapters.playground.teams.world import TOKEN_LIFE, TeamsWorld

SCOPES: Final = {
    "https://api.botframework.com/.default": BOT,
    "https://graph.microsoft.com/.default": GRAPH,
}
MULTI_TENANT: Final = "botframework.com"
_NOBODY: Final = "00000000-0000-0000-0000-000000000000"


class Login:
    """Gives the app its tokens; `world.audit.tokens_granted` counts them."""

    def __init__(self, world: TeamsWorld) -> None:
        self._world = world
        self._wire = Wire(world, OPEN, self._words)

    def routes(self) -> list[web.RouteDef]:
        """Discovery and token endpoint of every tenant."""
        on, base = self._wire.route, "/teams/login/{tenant}"
        return [
            on("GET", base + "/v2.0/.well-known/openid-configuration", "login.discovery", _discovery),
            on("POST", base + "/oauth2/v2.0/token", "login.token", _token),
        ]

    def _words(self, error: TeamsError) -> Answer:
        number = re.match(r"AADSTS(\d+)", error.message)
        at = self._world.now().strftime("%Y-%m-%d %H:%M:%SZ")
        traces = f"Trace ID: {_NOBODY} Correlation ID: {_NOBODY} Timestamp: {at}"
        codes = [int(number[1])] if number else []
        return Answer(
            {
                "error": error.code,
                "error_description": f"{error.message} {traces}",
                "error_codes": codes,
                "timestamp": at,
                "trace_id": _NOBODY,
                "correlation_id": _NOBODY,
            },
            error.status,
        )


def _discovery(call: Call) -> Answer:
    """The addresses start with https whatever the server speaks: msal takes no others."""
    tenant = _tenant(call)
    base = f"https://{urlsplit(call.world.base_url).netloc}/teams/login/{tenant}"
    return Answer(
        {
            "issuer": f"{base}/v2.0",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "jwks_uri": f"{base}/discovery/v2.0/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "response_types_supported": ["code"],
        }
    )


def _token(call: Call) -> Answer:
    tenant, app = _tenant(call), call.world.app
    form = {name: values[0] for name, values in parse_qs(call.raw, keep_blank_values=True).items()}
    if form.get("grant_type") != "client_credentials":
        raise TeamsError("unsupported_grant_type", "AADSTS70003: This grant type is not supported.")
    client = form.get("client_id", "")
    if client != app.app_id:
        raise TeamsError(
            "unauthorized_client",
            f"AADSTS700016: Application with identifier '{client}' was not found in directory '{tenant}'.",
        )
    if not hmac.compare_digest(form.get("client_secret", "").encode(), app.password.encode()):
        raise TeamsError(
            "invalid_client",
            "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is "
            f"the client secret value, not the client secret ID, for a secret added to app '{client}'.",
        )
    audience = SCOPES.get(form.get("scope", "").removesuffix(" offline_access"))
    if audience is None:
        raise TeamsError(
            "invalid_scope",
            f"AADSTS1002012: The provided value for scope {form.get('scope', '')} is not valid. Client "
            "credential flows must have a scope value with /.default suffixed to the resource identifier.",
        )
    seconds = int(TOKEN_LIFE.total_seconds())
    secret = call.world.grant(audience).secret
    return Answer(
        {"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": secret}
    )


def _tenant(call: Call) -> str:
    tenant = call.match["tenant"]
    if tenant not in {call.world.tenant_id, MULTI_TENANT}:
        raise TeamsError("invalid_request", f"AADSTS90002: Tenant '{tenant}' not found.")
    return tenant
