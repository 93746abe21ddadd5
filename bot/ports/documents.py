"""What turns a document into a file."""

from __future__ import annotations

from typing import Protocol

from bot.messages.document import Document


class Typesetter(Protocol):
    """Sets documents for print. The same document gives the same bytes, whenever and wherever it is set."""

    def pdf(self, document: Document) -> bytes:
        """A PDF whose text can be selected and searched; any text is set, whatever its script."""
