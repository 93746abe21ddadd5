"""Property tests here repeat the same examples on every run; `BOUNDARY_EXPLORE=1` looks for new ones."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_EXPLORE = os.environ.get("BOUNDARY_EXPLORE") == "1"
_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]

settings.register_profile(
    "rules", deadline=None, derandomize=not _EXPLORE, database=None, suppress_health_check=_SLOW
)
settings.load_profile("rules")
