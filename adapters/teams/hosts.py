"""Which addresses an activity's `serviceUrl` may name: what we send goes there, with our token."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

EXACT: Final = frozenset({"smba.trafficmanager.net"})  # its sisters below trafficmanager.net can be anybody's
DOMAINS: Final = (
    "botframework.com",
    "botframework.azure.us",
    "teams.microsoft.com",
    "teams.microsoft.us",
)
LONGEST: Final = 512

_PLAIN: Final = re.compile(r"[!-\[\]-~]+")
"""Visible ASCII without the backslash, which parsers disagree about."""
_NAME: Final = re.compile(r"[a-z0-9.-]+")


def is_service_url(url: object, extra: Collection[str] = ()) -> bool:
    """Whether we may send to this address: https at Microsoft's hosts or at one of `extra` ("host" or
    "host:port"), which may be plain http on this machine. No user, query or fragment.
    """
    if not isinstance(url, str) or len(url) > LONGEST or not _PLAIN.fullmatch(url):
        return False
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not host or "@" in parts.netloc or "?" in url or "#" in url:
        return False
    if parts.scheme == "https" and port in {None, 443} and _is_microsoft(host):
        return True
    is_extra = bool({host, parts.netloc.lower()} & {each.lower() for each in extra})
    return is_extra and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)))


def is_loopback_url(url: object) -> bool:
    """Whether an address is http or https on this machine."""
    if not isinstance(url, str) or len(url) > LONGEST or not _PLAIN.fullmatch(url):
        return False
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in {"http", "https"}
            and "@" not in parts.netloc
            and is_loopback(parts.hostname or "")
        )
    except ValueError:
        return False


def is_loopback(host: str) -> bool:
    """Whether a host is this machine by its very name."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_microsoft(host: str) -> bool:
    """A name and nothing else: a host like "evil.example%2f.botframework.com" is read in two ways."""
    is_below = any(host == domain or host.endswith(f".{domain}") for domain in DOMAINS)
    return host in EXACT or (is_below and _NAME.fullmatch(host) is not None)
