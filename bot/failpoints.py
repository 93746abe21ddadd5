"""Named places where a fault test kills the process. In normal runs `hit` is one comparison.

`BOUNDARY_FAILPOINT=after_claim:3` makes the process kill itself (SIGKILL, no clean-up) the third time it
gets there.
"""

from __future__ import annotations

import os
import signal
from enum import StrEnum


class Failpoint(StrEnum):
    """Before and after each commit and each platform call of the delivery protocol, and on the way of a
    parcel through the inbox: stored but not acknowledged, taken up, handled but not yet removed."""

    AFTER_ACCEPT = "after_accept"
    BEFORE_PARCEL = "before_parcel"
    AFTER_PARCEL = "after_parcel"
    BEFORE_HANDLE_COMMIT = "before_handle_commit"
    AFTER_HANDLE_COMMIT = "after_handle_commit"
    BEFORE_SWEEP_COMMIT = "before_sweep_commit"
    AFTER_SWEEP_COMMIT = "after_sweep_commit"
    BEFORE_CLAIM = "before_claim"
    AFTER_CLAIM = "after_claim"
    AFTER_GUARD = "after_guard"
    AFTER_CALL = "after_call"
    AFTER_RECORD = "after_record"
    BEFORE_PROBE = "before_probe"
    AFTER_PROBE = "after_probe"
    BEFORE_SETTLE = "before_settle"
    AFTER_SETTLE = "after_settle"


_name, _, _count = os.environ.get("BOUNDARY_FAILPOINT", "").partition(":")
_left = int(_count or "1") if _name else 0


def hit(point: Failpoint) -> None:
    """Die here if the environment asks for it."""
    global _left  # noqa: PLW0603 -- a countdown for one process's life
    if _name != point:
        return
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
