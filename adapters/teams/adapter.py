"""Teams as a whole: what the application's start puts together from settings."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TeamsSettings:
    """What the app registration gave us. Secrets do not show in the repr.

    `allowed_tenants` are the tenant ids that may talk to us; `service_hosts` hosts ("host" or "host:port")
    besides Microsoft's that an activity's serviceUrl may name; `features` is a subset of
    {"presence", "hours", "targeted"}. `auth` False (loopback only): nothing is verified and no
    token is asked for.
    """

    app_id: str = ""
    app_password: str = field(default="", repr=False)
    tenant_id: str = ""
    openid_url: str = "https://login.botframework.com/v1/.well-known/openidconfiguration"
    login_url: str = "https://login.microsoftonline.com"
    graph_url: str = "https://graph.microsoft.com/v1.0"
    allowed_tenants: frozenset[str] = frozenset()
    service_hosts: frozenset[str] = frozenset()
    auth: bool = True
    features: frozenset[str] = frozenset()
    timeout: float = 10.0
