"""The generated parts of the documentation: `make docs` writes them, tests/test_docs.py compares.

A part stands between `<!-- begin NAME -->` and `<!-- end NAME -->`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from adapters.teams import package
from adapters.teams.permissions import GRAPH, RSC
from bot.commands import COMMANDS
from bot.commands.team import TEAM_WORDS
from bot.metrics import Metrics
from bot.settings_table import SECTIONS, TABLE, Row
from rules import Reason, text

ROOT = Path(__file__).parents[2]
FILES = ("README.md", "deploy/docs/reference.md", "deploy/teams/README.md")
EXAMPLE = "deploy/examples/boundary.toml"
MANIFEST = "deploy/teams/manifest.json"


def _markdown(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}"
    lines = (f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows)
    return "\n".join([head, *lines])


def commands() -> str:
    """What people can say in chat."""
    rows = ((f"`{each.example}`", each.summary, f"`{each.usage}`") for each in COMMANDS)
    return _markdown(("say", "it does", "in general"), rows)


def teams() -> str:
    """What a team can say."""
    rows = ((f"`{each.example}`", each.summary, f"`{each.usage}`") for each in TEAM_WORDS)
    return _markdown(("say", "it does", "in general"), rows)


def settings() -> str:
    """All settings."""
    return _markdown(("setting", "default", "what it does", "where to get it"), map(_setting, TABLE))


def _setting(row: Row) -> tuple[str, str, str, str]:
    default = row.default if " " in row.default or not row.default else f"`{row.default}`"
    return f"`{row.name}`{' (secret)' if row.secret else ''}", default, row.help, row.where


def reasons() -> str:
    """Why a ping is delivered or held."""
    return _markdown(
        ("reason", "what the sender may read"), ((f"`{each.value}`", text(each)) for each in Reason)
    )


def metrics() -> str:
    """What /metrics shows."""
    families = sorted(Metrics().registry.collect(), key=lambda family: family.name)
    suffix = {"counter": "_total"}
    rows = ((f"`{each.name}{suffix.get(each.type, '')}`", each.type, each.documentation) for each in families)
    return _markdown(("metric", "kind", "what it counts"), rows)


def permissions() -> str:
    """What Microsoft is asked for, and why."""
    switches = {"channels": "`--read-mentions` of `boundary-bot teams-package`"}
    rows = (
        (f"`{each.name}`", switches.get(each.feature, f"`{each.feature}` in `TEAMS_FEATURES`"), each.why)
        for each in (*GRAPH, *RSC)
    )
    return _markdown(("permission", "asked for by", "what for"), rows)


PARTS: dict[str, Callable[[], str]] = {
    "commands": commands,
    "teams": teams,
    "settings": settings,
    "reasons": reasons,
    "metrics": metrics,
    "permissions": permissions,
}


def filled(document: str) -> str:
    """The document with every generated part as it should be."""

    def part(found: re.Match[str]) -> str:
        name = found["name"]
        return f"<!-- begin {name} -->\n\n{PARTS[name]()}\n\n<!-- end {name} -->"

    pattern = r"<!-- begin (?P<name>\w+) -->\n.*?<!-- end (?P=name) -->"
    return re.sub(pattern, part, document, flags=re.DOTALL)


def example() -> str:
    """The example of a settings file: every setting, commented out."""
    lines = [
        "# boundary.toml: all settings of Boundary Bot. Environment variables of the same name win:",
        "# BOUNDARY_PORT is port in [boundary], SLACK_BOT_TOKEN is bot_token in [slack], TEAMS_APP_ID is",
        "# app_id in [teams].",
        "# Keep this file out of version control once it holds a secret.",
    ]
    for section in SECTIONS:
        lines += ["", f"[{section}]"]
        for row in (row for row in TABLE if row.section == section):
            lines += [f"# {row.help}", *([f"# Get it here: {row.where}."] if row.where else [])]
            lines += [f"# {row.key} = {_value(row)}"]
    return "\n".join(lines) + "\n"


def _value(row: Row) -> str:
    if row.name in ("BOUNDARY_SECRET_KEYS", "SLACK_SIGNING_SECRET"):
        return '["newest", "older"]'
    value = row.example or row.default
    return value if re.fullmatch(r"\d+", value) else f'"{value}"'


def manifest() -> str:
    """The example of a Teams app manifest: everything switched on."""
    words = tuple(package.Offered(each.word, each.summary, each.example) for each in COMMANDS)
    wanted = package.Wanted(
        "00000000-0000-0000-0000-000000000000",
        "1.0.0",
        package.Developer("Example Ltd", "https://boundary.example.org"),
        words,
        targeted=True,
        read_mentions=True,
    )
    return json.dumps(package.manifest(wanted), ensure_ascii=False, indent=2) + "\n"


def main() -> None:
    """Write every generated part."""
    for name in FILES:
        path = ROOT / name
        path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")
    (ROOT / EXAMPLE).write_text(example(), encoding="utf-8")
    (ROOT / MANIFEST).write_text(manifest(), encoding="utf-8")


if __name__ == "__main__":
    main()
