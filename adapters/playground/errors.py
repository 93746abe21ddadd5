"""The one error the workspace answers with: a Slack error name and the fields beside it."""

from typing import Any


class SlackError(Exception):
    """Becomes `{"ok": false, "error": name, …fields}` on the wire."""

    def __init__(self, name: str, **fields: Any) -> None:
        super().__init__(name)
        self.name = name
        self.fields = fields
