"""The front door: what a request must be before anything else of ours, or Bolt, looks at it.

Bolt parses before it verifies, answers 500 to several malformed requests and logs their bodies; slack_sdk's
verifier takes one secret and remembers nothing. So: the exact bytes are checked here against all secrets, a
signature is good once, everything else is 401 or 400, and no word of a body is logged. Source:
docs.slack.dev/authentication/verifying-requests-from-slack.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl

from multidict import CIMultiDict, CIMultiDictProxy

from adapters.bodies import Refusal, json_object, storable
from bot.ports import Clock

Json = dict[str, Any]
Headers = CIMultiDictProxy[str] | CIMultiDict[str]

LARGEST: Final = 1024 * 1024  # bytes; Slack's own payloads stay far below
WINDOW: Final = 300  # seconds around now in which a timestamp is accepted
REMEMBERED: Final = (
    100_000  # signatures; beyond it the oldest go, and the dedupe keys in the store still hold
)
FORM_FIELDS: Final = 100

_TIMESTAMP: Final = re.compile(r"[0-9]{1,12}")
_SIGNATURE: Final = re.compile(r"v0=[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Entry:
    """Let in: the parsed body, and its signature, to be forgotten if the handling fails."""

    body: Json = field(repr=False)
    signature: str = ""


class FrontDoor:
    """Checks signed requests. `secrets` are all accepted signing secrets, so that they can be rotated."""

    def __init__(self, clock: Clock, secrets: Sequence[str]) -> None:
        self._clock = clock
        self._secrets = tuple(secret.encode() for secret in secrets if secret)
        self._seen: OrderedDict[str, int] = OrderedDict()

    def check(self, headers: Headers, raw: bytes) -> Entry | Refusal:
        """Signature, window and replay first, on the raw bytes; then the body as a mapping."""
        if len(raw) > LARGEST:
            return Refusal(400, "too_large")
        if headers.get("Content-Encoding"):
            return Refusal(400, "encoded")
        signature = self._signature(headers, raw)
        if isinstance(signature, Refusal):
            return signature
        body = parse(headers.get("Content-Type", ""), raw)
        if isinstance(body, Refusal):
            return body
        self._seen[signature] = int(headers["X-Slack-Request-Timestamp"])
        return Entry(body, signature)

    def forget(self, signature: str) -> None:
        """The handling failed: the same request may come again."""
        self._seen.pop(signature, None)

    def _signature(self, headers: Headers, raw: bytes) -> str | Refusal:
        """The one valid signature of the request, not seen before."""
        stamps, signatures = (
            headers.getall("X-Slack-Request-Timestamp", ()),
            headers.getall("X-Slack-Signature", ()),
        )
        if len(stamps) != 1 or len(signatures) != 1:
            return Refusal(401, "unsigned")
        stamp, signature = stamps[0], signatures[0]
        if not _TIMESTAMP.fullmatch(stamp) or not _SIGNATURE.fullmatch(signature):
            return Refusal(401, "malformed_signature")
        now = int(self._clock.now().timestamp())
        if abs(now - int(stamp)) > WINDOW:
            return Refusal(401, "outside_window")
        if not self._is_valid(stamp, signature, raw):
            return Refusal(401, "bad_signature")
        self._expire(now)
        return Refusal(401, "replayed") if signature in self._seen else signature

    def _is_valid(self, stamp: str, signature: str, raw: bytes) -> bool:
        signed = b"v0:" + stamp.encode() + b":" + raw
        expected = [f"v0={hmac.new(secret, signed, hashlib.sha256).hexdigest()}" for secret in self._secrets]
        matches = [hmac.compare_digest(signature, one) for one in expected]  # all of them, in constant time
        return any(matches)

    def _expire(self, now: int) -> None:
        """Drop what is outside the window anyway, oldest first, and what is too much."""
        while self._seen:
            oldest, stamp = next(iter(self._seen.items()))
            if abs(now - stamp) <= WINDOW and len(self._seen) < REMEMBERED:
                return
            del self._seen[oldest]


def parse(content_type: str, raw: bytes) -> Json | Refusal:
    """JSON, or a form whose field `payload` holds JSON. Our own, since Bolt looks for the word "payload"
    anywhere.
    """
    kind = content_type.partition(";")[0].strip().lower()
    try:
        text = raw.decode("utf-8")
        if kind == "application/json":
            return json_object(text)
        if kind == "application/x-www-form-urlencoded":
            return _form(text)
    except (ValueError, RecursionError):  # not UTF-8, not JSON, too deep, too many fields
        return Refusal(400, "unreadable")
    return Refusal(400, "unknown_content_type")


def _form(text: str) -> Json:
    pairs = parse_qsl(
        text, keep_blank_values=True, max_num_fields=FORM_FIELDS, encoding="utf-8", errors="strict"
    )
    fields = dict(reversed(pairs))  # the first of a repeated field counts
    if "payload" in fields and "command" not in fields:
        return json_object(fields["payload"])
    return {name: storable(value) for name, value in fields.items()}
