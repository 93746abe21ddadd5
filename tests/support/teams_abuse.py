"""Requests to the Teams front door by what must become of them: the abuse table of the facts, and more."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import jwt
from multidict import CIMultiDict

from adapters.teams.front import DEEPEST, LARGEST, LEEWAY, LONGEST_ID
from tests.support.clocks import START
from tests.support.teams_door import (
    APP,
    CONVERSATION,
    SERVICE,
    TENANT,
    activity,
    claims,
    private_key,
    public_pem,
    raw_token,
    request,
    token,
)

NOW = int(START.timestamp())
MARK = "family-dinner-mark"
Sent = tuple[CIMultiDict[str], bytes]


def bearer(text: str) -> Sent:
    return request(f"Bearer {text}")


def claiming(**changed: Any) -> Sent:
    return bearer(token(**changed))


def about(**changed: Any) -> Sent:
    return request(body=activity(**changed))


def typed(kind: str | None) -> Sent:
    return request(kind=kind)


def twice(name: str, value: str) -> Sent:
    headers, raw = request()
    headers.add(name, value)
    return headers, raw


def in_tenant(*, data: object = TENANT, conversation: object = TENANT) -> Sent:
    said = {"id": CONVERSATION, "conversationType": "personal"}
    return about(
        channelData={} if data is None else {"tenant": {"id": data}},
        conversation=said if conversation is None else said | {"tenantId": conversation},
    )


def hmac_with_the_public_key() -> Sent:
    """The classic confusion: HS256 with the public key as the secret."""
    made = raw_token({"alg": "HS256", "kid": "one", "typ": "JWT"}, claims()).rpartition(".")[0]
    digest = hmac.new(public_pem("one"), made.encode(), hashlib.sha256).digest()
    return bearer(f"{made}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}")


def resigned(**changed: Any) -> Sent:
    """Other claims under the signature of a good token."""
    head, _, signature = token().split(".")
    payload = base64.urlsafe_b64encode(json.dumps(claims(**changed)).encode()).rstrip(b"=").decode()
    return bearer(f"{head}.{payload}.{signature}")


BAD_TOKEN: dict[str, Callable[[], Sent]] = {
    "no header": lambda: request(""),
    "empty header": lambda: request(" "),
    "Basic": lambda: request("Basic dXNlcjpwYXNz"),
    "Bearer alone": lambda: request("Bearer"),
    "Bearer and a space": lambda: request("Bearer "),
    "lowercase": lambda: request(f"bearer {token()}"),
    "two spaces": lambda: request(f"Bearer  {token()}"),
    "garbage": lambda: bearer("garbage"),
    "a.b.c": lambda: bearer("a.b.c"),
    "not ASCII": lambda: bearer("ä.ö.ü"),
    "two headers": lambda: twice("Authorization", f"Bearer {token()}"),
    "two tokens": lambda: request(f"Bearer {token()}, Bearer {token()}"),
    "concatenated": lambda: bearer(f"{token()}.{token()}"),
    "self-signed, known kid": lambda: bearer(token("mine", kid="one")),
    "self-signed, unknown kid": lambda: bearer(token("mine")),
    "no kid": lambda: bearer(jwt.encode(claims(), private_key("one"), algorithm="RS256")),
    "kid is empty": lambda: bearer(token(kid="")),
    "kid is a path": lambda: bearer(token(kid="../../dev/null")),
    "kid is long": lambda: bearer(token(kid="x" * (LONGEST_ID + 1))),
    "alg none": lambda: bearer(raw_token({"alg": "none", "kid": "one"}, claims(), b"")),
    "alg none, signed": lambda: bearer(raw_token({"alg": "none", "kid": "one"}, claims())),
    "alg HS256": lambda: bearer(jwt.encode(claims(), "x" * 32, algorithm="HS256", headers={"kid": "one"})),
    "HS256 with our public key": hmac_with_the_public_key,
    "alg RS512": lambda: bearer(
        jwt.encode(claims(), private_key("one"), algorithm="RS512", headers={"kid": "one"})
    ),
    "alg is a list": lambda: bearer(raw_token({"alg": ["RS256"], "kid": "one"}, claims())),
    "crit": lambda: bearer(token(headers={"crit": ["exp"], "exp": NOW})),
    "changed payload": lambda: resigned(aud=APP, exp=NOW + 9999),
    "payload is a list": lambda: bearer(raw_token({"alg": "RS256", "kid": "one"}, b"[]")),
    "no exp": lambda: claiming(exp=None),
    "expired over five minutes ago": lambda: claiming(exp=NOW - LEEWAY),
    "exp is text": lambda: claiming(exp="never"),
    "exp is true": lambda: claiming(exp=True),
    "exp is NaN": lambda: claiming(exp=float("nan")),
    "exp is endless": lambda: claiming(exp=float("inf")),
    "exp is huge": lambda: claiming(exp=10**400),
    "nbf in the future": lambda: claiming(nbf=NOW + LEEWAY + 1),
    "nbf is text": lambda: claiming(nbf="now"),
    "no iss": lambda: claiming(iss=None),
    "wrong iss": lambda: claiming(iss="https://sts.windows.net/x/"),
    "iss and more": lambda: claiming(iss="https://api.botframework.com/"),
    "no aud": lambda: claiming(aud=None),
    "wrong aud": lambda: claiming(aud="another-app"),
    "several aud": lambda: claiming(aud=[APP, "another-app"]),
}

ABOUT_SOMETHING_ELSE: dict[str, Callable[[], Sent]] = {
    "no serviceurl claim": lambda: claiming(serviceurl=None),
    "serviceurl of another": lambda: claiming(serviceurl="https://smba.trafficmanager.net/amer/"),
    "serviceurl said twice": lambda: claiming(serviceUrl="https://smba.trafficmanager.net/amer/"),
    "no serviceUrl in the activity": lambda: about(serviceUrl=None),
    "no channelId": lambda: about(channelId=None),
    "channel not endorsed": lambda: about(channelId="directline"),
    "channelId is a list": lambda: about(channelId=["msteams"]),
    "emulator": lambda: about(channelId="emulator"),
    "another channel that the key may speak for": lambda: about(channelId="webchat"),
}

UNAUTHORISED = BAD_TOKEN | ABOUT_SOMETHING_ELSE

FORBIDDEN: dict[str, Callable[[], Sent]] = {
    "another tenant": lambda: in_tenant(data="someone-else", conversation="someone-else"),
    "no tenant": lambda: in_tenant(data=None, conversation=None),
    "two tenants": lambda: in_tenant(conversation="someone-else"),
    "the other way round": lambda: in_tenant(data="someone-else"),
    "a tenant that is none": lambda: in_tenant(data=["x"]),
    "a tenant of nothing": lambda: in_tenant(data="", conversation=""),
}

MALFORMED: dict[str, Callable[[], Sent]] = {
    "too large": lambda: request(body=b" " * (LARGEST + 1)),
    "encoded": lambda: request(**{"Content-Encoding": "gzip"}),
    "text/plain": lambda: typed("text/plain"),
    "no Content-Type": lambda: typed(None),
    "a form": lambda: typed("application/x-www-form-urlencoded"),
    "two types": lambda: twice("Content-Type", "application/json"),
    "empty": lambda: request(body=b""),
    "bad JSON": lambda: request(body=b"{"),
    "not UTF-8": lambda: request(body=b'{"type":"\xff"}'),
    "a list": lambda: request(body=b"[]"),
    "null": lambda: request(body=b"null"),
    "nothing in it": lambda: request(body=b"{}"),
    "NaN": lambda: request(body=json.dumps(activity(value=float("nan"))).encode()),
    "too deep": lambda: request(body=activity(value=json.loads("[" * DEEPEST + "]" * DEEPEST))),
    "absurdly deep": lambda: request(body=b'{"a":' * 50_000 + b"1" + b"}" * 50_000),
    "no type": lambda: about(type=None),
    "type is a number": lambda: about(type=5),
    "no conversation": lambda: about(conversation=None),
    "conversation is text": lambda: about(conversation="a:x"),
    "no sender": lambda: about(**{"from": None}),
    "sender without id": lambda: about(**{"from": {"name": "x"}}),
    "a bad timestamp": lambda: about(timestamp="yesterday"),
    "a timestamp that is a number": lambda: about(timestamp=1700000000),
    "a long id": lambda: about(id="x" * (LONGEST_ID + 1)),
    "an id that is a list": lambda: about(id=["x"]),
}

WELCOME: dict[str, Callable[[], Sent]] = {
    "the Connector's own": request,
    "expired a moment ago": lambda: claiming(exp=NOW - LEEWAY + 1),
    "valid in a moment": lambda: claiming(nbf=NOW + LEEWAY),
    "without nbf": lambda: claiming(nbf=None),
    "the claim in the other spelling": lambda: claiming(serviceurl=None, serviceUrl=SERVICE),
    "with a charset": lambda: typed("application/json; charset=utf-8"),
    "tenant in channelData only": lambda: in_tenant(conversation=None),
    "tenant in the conversation only": lambda: in_tenant(data=None),
    "tenant in capitals": lambda: in_tenant(data=TENANT.upper()),
    "a header that leads elsewhere": lambda: bearer(
        token(
            headers={
                "jku": "http://127.0.0.1:1/keys",
                "x5u": "http://127.0.0.1:1/cert",
                "jwk": {"kty": "RSA"},
            }
        )
    ),
}
