"""Headless Chromium for tests that look at a page as a person does."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, async_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_FLAGS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
)
_ADVICE = "Needs Chromium: install it (Debian: apt-get install chromium) or set CHROMIUM to its path."


def path() -> str:
    """Where Chromium is; skips the test, saying what to install, when there is none."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if not found:
        pytest.skip(_ADVICE)
    return found


@asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    """A browser of its own, with an empty profile."""
    executable = path()
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=executable, args=list(_FLAGS))
        try:
            yield browser
        finally:
            await browser.close()
