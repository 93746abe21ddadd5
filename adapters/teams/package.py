"""The app package that an administrator uploads: manifest.json and two icons, always the same bytes for the
same input.

Manifest 1.29, the first with slash commands and targeted messages; sources: [MST resources/schema] and
Microsoft's own schema, against which a test checks every variant. It asks for no more than the permissions
whose reasons stand in adapters/teams/permissions.py.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from adapters.teams.icons import color_icon, outline_icon
from adapters.teams.permissions import RSC

Json = dict[str, Any]

MANIFEST: Final = "manifest.json"
COLOR, OUTLINE = "color.png", "outline.png"
MANIFEST_VERSION: Final = "1.29"
SCHEMA: Final = "https://developer.microsoft.com/json-schemas/teams/v1.29/MicrosoftTeams.schema.json"
ACCENT: Final = "#8A4F86"
PRIVATELY: Final = "personal"
TOGETHER: Final = ("team", "groupChat")

HOME: Final = "home"
LISTED: Final = (
    "focus", "quiet", "back", "resume", "later", "today", "waiting", "when", "why", "norms", "help",
)  # fmt: skip
"""The words that Teams offers while somebody types. It takes twelve: besides these, `home` in the bot's own
chat and `here` among others."""

SHORT: Final = "Keeps your time norms: quiet when you need it, what waited when you are back"
FULL: Final = (
    "Say when you want to be left in peace, in plain words: family dinner daily 18:00-19:30. People who "
    "write through Boundary Bot are told when you will see it; what waited comes together when you are "
    "back; what cannot wait needs a reason. Nothing about you is measured or shown to others, and you can "
    "export or delete everything kept about you at any time."
)
HEARS: Final = " It hears a channel or group chat only where it is mentioned."
READS: Final = (
    " Where an owner of a team or chat consents, it receives the messages there, looks only at whom they "
    "mention, and tells the sender privately when a mentioned person is away. It keeps a link to the message "
    "and never its text, and uses the messages for nothing else."
)

_GUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
_VERSION: Final = re.compile(r"\d{1,5}\.\d{1,5}\.\d{1,5}", re.ASCII)
_MOMENT: Final = (2026, 1, 1, 0, 0, 0)  # of every file in the package, so that equal input makes equal bytes


class PackageError(ValueError):
    """A package that Teams would refuse; the message says what to give instead."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A word people can say: as typed, what it does, and a complete example."""

    word: str
    summary: str
    example: str


@dataclass(frozen=True, slots=True)
class Developer:
    """Who runs the bot, as Teams shows it. Addresses are https; "" stands for the website."""

    name: str
    website: str
    privacy: str = ""
    terms: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to put into a package. `app_id` is the GUID of the app registration, which becomes the id of the
    bot and of the app; `words` has all of LISTED and "here"; `targeted` offers slash commands;
    `read_mentions` asks owners for their messages.
    """

    app_id: str
    version: str
    developer: Developer
    words: Sequence[Offered]
    targeted: bool = False
    read_mentions: bool = False


def package(wanted: Wanted) -> bytes:
    """The zip file. Raises PackageError for an id, version or address that Teams would refuse."""
    content = {
        MANIFEST: (json.dumps(manifest(wanted), ensure_ascii=False, indent=2) + "\n").encode(),
        COLOR: color_icon(),
        OUTLINE: outline_icon(),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in content.items():
            archive.writestr(_entry(name), data)
    return buffer.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _MOMENT)
    entry.create_system = 3  # as on Linux, wherever it is made
    entry.external_attr = 0o644 << 16
    return entry


def manifest(wanted: Wanted) -> Json:
    """The manifest as JSON. Raises PackageError."""
    if not wanted.app_id:
        raise PackageError(
            "TEAMS_APP_ID is not set. Copy the Application (client) ID of the app registration into it, or "
            "give it with --app-id."
        )
    if not _GUID.fullmatch(wanted.app_id):
        raise PackageError(
            "The app id is no GUID. Copy the Application (client) ID of the app registration, such as "
            "00000000-0000-0000-0000-000000000000, into TEAMS_APP_ID or --app-id."
        )
    if not _VERSION.fullmatch(wanted.version):
        raise PackageError("The version must be three numbers, such as 1.0.0.")
    app_id = wanted.app_id.lower()
    return {
        "$schema": SCHEMA,
        "manifestVersion": MANIFEST_VERSION,
        "version": wanted.version,
        "id": app_id,
        "developer": _developer(wanted.developer),
        "name": {"short": "Boundary Bot", "full": "Boundary Bot: time norms for people and teams"},
        "description": {"short": SHORT, "full": FULL + (READS if wanted.read_mentions else HEARS)},
        "icons": {"color": COLOR, "outline": OUTLINE},
        "accentColor": ACCENT,
        "defaultInstallScope": PRIVATELY,
        "bots": [_bot(app_id, wanted)],
        "composeExtensions": [_message_action(app_id)],
        "staticTabs": [{"entityId": each, "scopes": [PRIVATELY]} for each in ("conversations", "about")],
        "validDomains": [],
        **(_reading(app_id) if wanted.read_mentions else {}),
    }


def _developer(developer: Developer) -> Json:
    if not 0 < len(developer.name) <= 32:
        raise PackageError("The developer's name must have 1 to 32 characters: give one with --developer.")
    return {
        "name": developer.name,
        "websiteUrl": _https(developer.website, "--website"),
        "privacyUrl": _https(developer.privacy or developer.website, "--privacy"),
        "termsOfUseUrl": _https(developer.terms or developer.website, "--terms"),
    }


def _https(url: str, option: str) -> str:
    if not url.lower().startswith("https://") or len(url) > 2048:
        raise PackageError(
            f"Teams wants an https address of whoever runs the bot: give it with {option} https://… or set "
            "BOUNDARY_PUBLIC_URL."
        )
    return url


def _bot(app_id: str, wanted: Wanted) -> Json:
    by_word = {each.word: _command(each) for each in wanted.words}
    home = {"title": HOME, "description": "Your norms, your day and what waits, with all you can change."}
    alone = [home, *(by_word[word] for word in LISTED)]
    together: Json = {"scopes": list(TOGETHER), "commands": [by_word[word] for word in (*LISTED, "here")]}
    if wanted.targeted:
        together = {"triggers": ["mention", "slash"], **together}
    return {
        "botId": app_id,
        "scopes": [PRIVATELY, *TOGETHER],
        **({"supportsTargetedMessages": True} if wanted.targeted else {}),
        "commandLists": [{"scopes": [PRIVATELY], "commands": alone}, together],
    }


def _command(offered: Offered) -> Json:
    """As it is typed to the bot: without the slash words that other platforms need."""
    example = offered.example.removeprefix("/boundary ").removeprefix("/")
    more = f" For example: {example}" if example != offered.word else ""
    return {"title": offered.word, "description": f"{offered.summary}{more}"}


def _message_action(app_id: str) -> Json:
    return {
        "botId": app_id,
        "commands": [
            {
                "id": "deliver_when_available",
                "type": "action",
                "context": ["message"],
                "title": "Deliver when available",
                "description": "Pass a message on when its reader is back.",
                "fetchTask": True,
            }
        ],
    }


def _reading(app_id: str) -> Json:
    """Consent of a team's or chat's owner for all its messages; needs an app to name, at no address."""
    rows = [{"name": each.name, "type": "Application"} for each in RSC]
    return {
        "webApplicationInfo": {"id": app_id, "resource": "https://RscPermissionOnly"},
        "authorization": {"permissions": {"resourceSpecific": rows}},
    }
