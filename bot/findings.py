"""What a check found, as a value that the terminal prints and `--json` carries."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is: only PROBLEM makes a command fail."""

    FINE = "fine"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` was found, how bad it is, and what to `do` about it ("" for nothing). Never a secret."""

    check: str
    level: Level
    what: str
    do: str = ""

    def sentence(self) -> str:
        """One or two sentences for an error line."""
        return f"{self.what} {self.do}".strip()

    def as_json(self) -> dict[str, str]:
        """The object that `doctor --json` prints in its `findings`."""
        return {"check": self.check, "level": self.level.value, "what": self.what, "do": self.do}
