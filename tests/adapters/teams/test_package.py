"""The app package is what Microsoft's schema wants, asks for no more than it needs, and is drawn well."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from adapters.teams import translate
from adapters.teams.icons import color_icon, outline_icon
from adapters.teams.package import LISTED, Developer, Offered, PackageError, Wanted, manifest, package
from adapters.teams.permissions import RSC
from bot.commands import COMMANDS
from bot.version import VERSION

Json = dict[str, Any]
ROOT = Path(__file__).parents[3]
SCHEMA = ROOT / ".venv/teams-schema.json"
WORDS = tuple(Offered(each.word, each.summary, each.example) for each in COMMANDS)
PLAIN = Wanted(
    "0a1b2c3d-0000-4000-8000-00000000000a", VERSION, Developer("Example Ltd", "https://example.org"), WORDS
)
VARIANTS = [
    replace(PLAIN, targeted=targeted, read_mentions=reading)
    for targeted, reading in product((False, True), repeat=2)
]


@pytest.fixture(scope="module")
def schema() -> Draft4Validator:
    if not SCHEMA.exists():
        pytest.skip(
            "Microsoft's schema of manifests is not there: install npm, then make .venv/teams-schema.json"
        )
    return Draft4Validator(json.loads(SCHEMA.read_text(encoding="utf-8-sig")))


def errors(schema: Draft4Validator, value: Json) -> list[str]:
    return [error.message for error in schema.iter_errors(value)]


@pytest.mark.parametrize("wanted", VARIANTS)
def test_every_variant_is_what_microsofts_schema_wants(schema: Draft4Validator, wanted: Wanted) -> None:
    assert errors(schema, manifest(wanted)) == []


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("bots", 0, "commandLists", 0, "commands"), [{"title": "x"}] * 13),
        (("bots", 0, "scopes"), ["everywhere"]),
        (("description", "short"), "x" * 81),
        (("accentColor",), "purple"),
        (("unknown",), True),
        (("developer", "privacyUrl"), "example.org"),
    ],
)
def test_the_schema_finds_a_planted_mistake(
    schema: Draft4Validator, place: tuple[Any, ...], value: Any
) -> None:
    made = manifest(PLAIN)
    inner: Any = made
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    assert errors(schema, made)


def test_a_plain_bot_asks_for_no_permission() -> None:
    made = manifest(PLAIN)
    assert not {"authorization", "webApplicationInfo", "permissions", "devicePermissions"} & made.keys()
    assert made["validDomains"] == []
    assert made["bots"][0]["scopes"] == ["personal", "team", "groupChat"]
    assert "only where it is mentioned" in made["description"]["full"]


def test_reading_mentions_asks_for_what_has_a_reason_and_says_how_it_is_used() -> None:
    made = manifest(replace(PLAIN, read_mentions=True))
    asked = made["authorization"]["permissions"]["resourceSpecific"]
    assert asked == [
        {"name": name, "type": "Application"}
        for name in ("ChannelMessage.Read.Group", "ChatMessage.Read.Chat")
    ]
    assert [each.name for each in RSC] == [each["name"] for each in asked]
    assert all(each.why for each in RSC)
    assert made["webApplicationInfo"]["id"] == PLAIN.app_id
    assert "never its text" in made["description"]["full"]


def test_slash_commands_come_with_targeted_messages_only() -> None:
    (bot,) = manifest(PLAIN)["bots"]
    assert "supportsTargetedMessages" not in bot
    assert not any("triggers" in each for each in bot["commandLists"])
    (bot,) = manifest(replace(PLAIN, targeted=True))["bots"]
    assert bot["supportsTargetedMessages"] is True
    private, together = bot["commandLists"]
    assert "triggers" not in private
    assert together["triggers"] == ["mention", "slash"]
    assert together["scopes"] == ["team", "groupChat"]


def test_the_commands_offered_are_words_of_the_registry_and_home() -> None:
    by_word = {each.word: each for each in COMMANDS}
    private, together = (each["commands"] for each in manifest(PLAIN)["bots"][0]["commandLists"])
    assert [each["title"] for each in private] == [translate.HOME, *LISTED]
    assert [each["title"] for each in together] == [*LISTED, "here"]
    for each in (*private[1:], *together):
        assert each["description"].startswith(by_word[each["title"]].summary)
        assert "/" not in each["description"]


def test_a_message_can_be_delivered_when_its_reader_is_available() -> None:
    (action,) = manifest(PLAIN)["composeExtensions"][0]["commands"]
    assert (action["id"], action["type"], action["fetchTask"]) == ("deliver_when_available", "action", True)
    assert action["context"] == ["message"]


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (replace(PLAIN, app_id=""), "TEAMS_APP_ID is not set"),
        (replace(PLAIN, app_id="28:0a1b2c3d-0000-4000-8000-00000000000a"), "GUID"),
        (replace(PLAIN, version="1.0"), "1.0.0"),
        (replace(PLAIN, developer=Developer("", "https://example.org")), "--developer"),
        (replace(PLAIN, developer=Developer("x" * 33, "https://example.org")), "--developer"),
        (replace(PLAIN, developer=Developer("x", "http://example.org")), "--website"),
        (replace(PLAIN, developer=Developer("x", "https://example.org", privacy="ftp://x")), "--privacy"),
        (replace(PLAIN, developer=Developer("x", "https://example.org", terms="x")), "--terms"),
    ],
)
def test_what_teams_would_refuse_is_refused_with_what_to_give(wrong: Wanted, hint: str) -> None:
    with pytest.raises(PackageError, match=hint):
        package(wrong)


def test_a_package_is_the_manifest_with_its_two_icons_and_the_same_bytes_again() -> None:
    made = package(PLAIN)
    assert made == package(PLAIN)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert archive.namelist() == ["manifest.json", "color.png", "outline.png"]
        assert archive.testzip() is None
        assert json.loads(archive.read("manifest.json")) == manifest(PLAIN)
        assert archive.read("color.png") == color_icon()
    assert package(replace(PLAIN, version="9.9.9")) != made


def pixels(png: bytes) -> list[list[tuple[int, ...]]]:
    """The pixels of an unfiltered RGBA picture, whose checksums are looked at."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    place, parts = 8, {}
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        kind, data = png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        assert struct.unpack(">I", png[place + 8 + length : place + 12 + length])[0] == zlib.crc32(
            kind + data
        )
        parts[kind] = data
        place += 12 + length
    width, height = struct.unpack(">II", parts[b"IHDR"][:8])
    raw = zlib.decompress(parts[b"IDAT"])
    lines = [raw[row * (width * 4 + 1) + 1 : (row + 1) * (width * 4 + 1)] for row in range(height)]
    return [[tuple(line[x * 4 : x * 4 + 4]) for x in range(width)] for line in lines]


def test_the_color_icon_is_a_full_square_with_the_sun_in_the_middle() -> None:
    rows = pixels(color_icon())
    assert (len(rows), {len(row) for row in rows}) == (192, {192})
    assert all(pixel[3] == 255 for row in rows for pixel in row)
    assert rows[0][0] == rows[0][191] == (43, 42, 92, 255)
    assert rows[96][96][:3] == (255, 213, 145)


def test_the_outline_is_white_on_nothing_with_soft_edges() -> None:
    rows = pixels(outline_icon())
    assert (len(rows), {len(row) for row in rows}) == (32, {32})
    assert {pixel[:3] for row in rows for pixel in row} == {(255, 255, 255)}
    opacities = {pixel[3] for row in rows for pixel in row}
    assert {0, 255} < opacities
    assert len(opacities) > 5
    assert all(row[0][3] == row[31][3] == 0 for row in rows)
