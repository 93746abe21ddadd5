"""What stands before the Teams front door: an issuer of keys and tokens on loopback, and activities."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import aiohttp
import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm
from multidict import CIMultiDict

from adapters.teams.adapter import TeamsSettings
from adapters.teams.front import TeamsFrontDoor
from adapters.teams.keys import SigningKeys
from tests.support.clocks import START, FakeClock

APP = "0b0c5d1e-0000-4000-8000-00000000b0b0"
TENANT = "7e1a2b3c-0000-4000-8000-000000000001"
ISSUER = "https://api.botframework.com"
SERVICE = "https://smba.trafficmanager.net/emea/"
CONVERSATION = "a:maya-and-the-bot"
JSON = "application/json"
Json = dict[str, Any]


class HandClock(FakeClock):
    """Stands still; `pass_by` moves the wall clock and the monotonic one together."""

    def __init__(self, start: datetime = START) -> None:
        super().__init__(start)
        self.passed = 0.0

    def pass_by(self, seconds: float) -> None:
        self.passed += seconds
        self.set(now=self.now() + timedelta(seconds=seconds))

    def monotonic(self) -> float:
        return 1000.0 + getattr(self, "passed", 0.0)


@cache
def private_key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """One key pair a name, made once a run."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def public_pem(name: str) -> bytes:
    return private_key(name).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def listed(name: str, endorsements: list[str] | None = None, **other: Any) -> Json:
    """A key as a JWKS shows it."""
    shown = json.loads(RSAAlgorithm.to_jwk(private_key(name).public_key()))
    named = ["msteams", "webchat"] if endorsements is None else endorsements
    return {
        "kty": "RSA",
        "use": "sig",
        "kid": name,
        "n": shown["n"],
        "e": shown["e"],
        "endorsements": named,
    } | other


@dataclass(slots=True)
class Issuer:
    """The OpenID document and its keys on loopback. `asked` lists the paths that were fetched."""

    keys: list[Json] = field(default_factory=lambda: [listed("one")])
    asked: list[str] = field(default_factory=list)
    status: int = 200
    delay: float = 0.0
    document: Json | None = None
    body: bytes | None = None
    url: str = ""
    moved_to: str = ""

    async def openid(self, request: web.Request) -> web.Response:
        if self.moved_to:
            location, self.moved_to = self.moved_to, ""
            return web.Response(status=302, headers={"Location": location})
        return await self._answer(
            request, self.document or {"issuer": ISSUER, "jwks_uri": f"{self.url}/keys"}
        )

    async def jwks(self, request: web.Request) -> web.Response:
        return await self._answer(request, {"keys": self.keys})

    async def _answer(self, request: web.Request, found: Json) -> web.Response:
        self.asked.append(request.path)
        await asyncio.sleep(self.delay)
        if self.body is not None:
            return web.Response(body=self.body)
        return web.json_response(found, status=self.status)


@asynccontextmanager
async def issuing() -> AsyncIterator[Issuer]:
    issuer = Issuer()
    app = web.Application()
    app.router.add_get("/openid", issuer.openid)
    app.router.add_get("/keys", issuer.jwks)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    issuer.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield issuer
    finally:
        await runner.cleanup()


@dataclass(slots=True)
class Threshold:
    """A door, its issuer, its keys and its clock; `refused` are the reasons that it told."""

    door: TeamsFrontDoor
    issuer: Issuer
    keys: SigningKeys
    clock: HandClock
    refused: list[str]


@asynccontextmanager
async def threshold(**other: Any) -> AsyncIterator[Threshold]:
    """A front door whose keys come from an issuer on loopback. `other`: settings."""
    clock, refused = HandClock(), list[str]()
    async with issuing() as issuer, aiohttp.ClientSession() as session:
        settings = door_settings(issuer.url, **other)
        keys = SigningKeys(clock, settings.openid_url, session, timeout=1.0)
        try:
            door = TeamsFrontDoor(clock, settings, keys, refused.append)
            yield Threshold(door, issuer, keys, clock, refused)
        finally:
            await keys.close()


def door_settings(issuer_url: str, **other: Any) -> TeamsSettings:
    given = {
        "app_id": APP,
        "openid_url": f"{issuer_url}/openid",
        "login_url": f"{issuer_url}/login",
        "graph_url": f"{issuer_url}/graph",
        "allowed_tenants": frozenset({TENANT}),
    }
    return TeamsSettings(**(given | other))


def claims(**changed: Any) -> Json:
    """What Microsoft's tokens claim; a change to None leaves a claim out."""
    now = int(START.timestamp())
    usual = {"iss": ISSUER, "aud": APP, "exp": now + 3600, "nbf": now - 300, "serviceurl": SERVICE}
    return {name: value for name, value in (usual | changed).items() if value is not None}


def token(key: str = "one", *, kid: str | None = None, headers: Json | None = None, **changed: Any) -> str:
    given = {"kid": key if kid is None else kid} | (headers or {})
    return jwt.encode(claims(**changed), private_key(key), algorithm="RS256", headers=given)


def raw_token(header: Mapping[str, Any], payload: Mapping[str, Any] | bytes, signature: bytes = b"x") -> str:
    """A token put together by hand."""
    said = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    parts = (json.dumps(header).encode(), said, signature)
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def activity(**changed: Any) -> Json:
    """A message that Maya wrote to the bot; a change to None leaves a field out."""
    usual: Json = {
        "type": "message",
        "id": "1700000000001",
        "timestamp": "2026-11-23T18:00:00.1234567Z",
        "serviceUrl": SERVICE,
        "channelId": "msteams",
        "from": {"id": "29:maya", "name": "Maya Costa", "aadObjectId": "aad-maya"},
        "recipient": {"id": f"28:{APP}", "name": "Boundary Bot"},
        "conversation": {"id": CONVERSATION, "conversationType": "personal", "tenantId": TENANT},
        "channelData": {"tenant": {"id": TENANT}},
        "text": "focus 90m",
        "textFormat": "plain",
        "locale": "en-GB",
        "entities": [{"type": "clientInfo", "locale": "en-GB", "timezone": "Europe/Lisbon"}],
    }
    return {name: value for name, value in (usual | changed).items() if value is not None}


def request(
    bearer: str | None = None, body: object = None, *, kind: str | None = JSON, **extra: str
) -> tuple[CIMultiDict[str], bytes]:
    """Headers and bytes of a request; without arguments the Connector's own."""
    headers = CIMultiDict(extra)
    if bearer != "":
        headers["Authorization"] = bearer or f"Bearer {token()}"
    if kind is not None:
        headers["Content-Type"] = kind
    found = activity() if body is None else body
    return headers, found if isinstance(found, bytes) else json.dumps(found).encode()
