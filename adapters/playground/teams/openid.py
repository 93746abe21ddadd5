"""The OpenID configuration and the keys with which the bot checks what it hears.

The real ones: login.botframework.com/v1/.well-known/openidconfiguration and its `jwks_uri`.
"""

from typing import Final

from aiohttp import web

from adapters.playground.answer import Answer
from adapters.playground.teams.wire import OPEN, Call, Wire
from adapters.playground.teams.world import TeamsWorld

ISSUER: Final = "https://api.botframework.com"


class OpenId:
    """Serves the published half of the world's keys; `world.audit.key_fetches` counts the fetches."""

    def __init__(self, world: TeamsWorld) -> None:
        self._wire = Wire(world, OPEN)

    def routes(self) -> list[web.RouteDef]:
        """The two addresses."""
        on, base = self._wire.route, "/teams/openid/.well-known"
        return [
            on("GET", base + "/openidconfiguration", "openid.configuration", _configuration),
            on("GET", base + "/keys", "openid.keys", _keys),
        ]


def _configuration(call: Call) -> Answer:
    return Answer(
        {
            "issuer": ISSUER,
            "authorization_endpoint": "https://invalid.botframework.com",
            "jwks_uri": f"{call.world.base_url}/teams/openid/.well-known/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        }
    )


def _keys(call: Call) -> Answer:
    call.world.audit.key_fetches += 1
    return Answer(call.world.keys.jwks())
