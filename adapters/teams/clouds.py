"""What Microsoft names differently in its cloud for the US government (GCC High and DoD).

Three settings choose it: TEAMS_OPENID_URL, TEAMS_LOGIN_URL and TEAMS_GRAPH_URL, each an address below ".us".

Source: botframework-connector, GovernmentConstants; never tried against a real tenant. GCC is not meant: that
is the public cloud.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

BOT_SCOPE: Final = "https://api.botframework.com/.default"
GRAPH_SCOPE: Final = "https://graph.microsoft.com/.default"
ISSUER: Final = "https://api.botframework.com"
US_ISSUER: Final = "https://api.botframework.us"
LOGIN: Final = "login.microsoftonline.com"
US_LOGIN: Final = "login.microsoftonline.us"
SHARED_TENANT: Final = "botframework.com"
"""Whose token endpoint serves the bot scope when the registration is not bound to one tenant."""
US_SHARED_TENANT: Final = "MicrosoftServices.onmicrosoft.us"


def issuer(openid_url: str) -> str:
    """Who must have issued the tokens that are checked with the keys of this OpenID document."""
    return US_ISSUER if _host(openid_url).endswith(".botframework.azure.us") else ISSUER


def shared_tenant(login_url: str) -> str:
    """Where an app that is bound to no tenant asks for its token to the bot service."""
    return US_SHARED_TENANT if _is_us(login_url) else SHARED_TENANT


def scope_at(scope: str, login_url: str, graph_url: str) -> str:
    """A scope as the cloud names it. A token of one cloud is never asked for with the name of the other."""
    if not _is_us(login_url):
        return scope
    return f"https://{_host(graph_url)}/.default" if scope == GRAPH_SCOPE else f"{US_ISSUER}/.default"


def is_public(login_url: str) -> bool:
    """Whether the login service is Microsoft's own for everybody, no stand-in and no other cloud."""
    return _host(login_url) == LOGIN


def _is_us(login_url: str) -> bool:
    return _host(login_url) == US_LOGIN


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
