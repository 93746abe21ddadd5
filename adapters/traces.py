"""What may be said about an error in a log: never its text, which may quote a message or a token."""

from __future__ import annotations

import traceback


def where(error: BaseException) -> str:
    """The type of an error and the line it comes from."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"
