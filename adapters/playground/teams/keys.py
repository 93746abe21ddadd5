"""The keys with which the Bot Framework signs: RS256, published as a JWKS with endorsements."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from adapters.playground.records import Json

ENDORSEMENTS: Final = ("msteams", "webchat", "directline", "emulator")


class Keys:
    """One signing key at a time; `rollover()` replaces it at once, as Microsoft may do at any hour."""

    def __init__(self) -> None:
        self.endorsements: tuple[str, ...] = ENDORSEMENTS
        self._private: RSAPrivateKey | None = None

    @property
    def private(self) -> RSAPrivateKey:
        """The private key that signs now; made when first needed."""
        if self._private is None:
            self._private = generate_private_key(public_exponent=65537, key_size=2048)
        return self._private

    @property
    def kid(self) -> str:
        """The id of the key that signs now, from its public half."""
        public = self.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return _base64(hashlib.sha256(public).digest()[:20])

    def rollover(self) -> None:
        """Throw the key away and publish a new one; nothing signed earlier can be verified any more."""
        self._private = None

    def sign(self, claims: Mapping[str, Any], headers: Mapping[str, Any] | None = None) -> str:
        """A JWT over `claims`, signed RS256; `headers` go over `kid` and `x5t`."""
        own = {"kid": self.kid, "x5t": self.kid} | dict(headers or {})
        return jwt.encode(dict(claims), self.private, algorithm="RS256", headers=own)

    def jwks(self) -> Json:
        """The published set of keys."""
        numbers = self.private.public_key().public_numbers()
        key = {
            "kty": "RSA",
            "use": "sig",
            "kid": self.kid,
            "x5t": self.kid,
            "n": _base64(numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")),
            "e": _base64(numbers.e.to_bytes(3, "big")),
            "endorsements": list(self.endorsements),
        }
        return {"keys": [key]}


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
