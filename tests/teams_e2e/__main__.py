"""`make teams-e2e`: the story through Microsoft's own local test client, with screenshots of what it shows.

By hand only. It needs Node 20, npm and Chromium; the client is fetched once into .venv.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from playwright.async_api import Page

from tests.support import chromium
from tests.support.serving import ROOT, bare, free_port
from tests.teams_e2e import client, story

CACHE = ROOT / ".venv" / "teams-e2e"
PLACES = {"Personal Chat": client.PERSONAL, "Release crew": client.GROUP, "General": client.CHANNEL}


def tell(line: str) -> None:
    """A line for whoever watches."""
    sys.stdout.write(f"  {line}\n")
    sys.stdout.flush()


class Camera:
    """The client's page, which shows only what arrives while it is open; pictures go into `folder`."""

    def __init__(self, page: Page, folder: Path) -> None:
        self._page, self._folder, self._count = page, folder, 0

    async def open(self, url: str) -> None:
        """Look into every conversation once, which adds the app there, and stay in the person's own chat."""
        await self._page.goto(url)
        for title in (*reversed(PLACES), "Personal Chat"):
            await self.turn_to(title)

    async def turn_to(self, title: str) -> None:
        """Show another conversation."""
        await self._page.get_by_role("treeitem", name=title).last.dispatch_event("click")
        await self._page.wait_for_timeout(700)

    async def press(self, title: str) -> None:
        """Press the latest button with this title, as a person does."""
        await self._page.get_by_role("button", name=title, exact=True).last.click()

    async def fill(self, label: str, words: str) -> None:
        """Type into the latest field with this label."""
        await self._page.get_by_label(label).last.fill(words)

    async def choose(self, title: str) -> None:
        """Tick the latest choice with this title."""
        await self._page.get_by_text(title, exact=True).last.click()

    async def reads(self, words: str) -> None:
        """Wait until these words stand on the page."""
        await self._page.get_by_text(words).last.wait_for()

    async def shoot(self, name: str) -> None:
        """Keep how it looks now."""
        self._count += 1
        await self._page.wait_for_timeout(500)
        await self._page.screenshot(path=self._folder / f"{self._count:02d}-{name}.png")


async def run(shots: Path, linger: bool) -> None:
    """Play the story and leave pictures in `shots`."""
    script = client.fetched(CACHE)
    tell(client.LICENCE.format(folder=script.parent))
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="boundary-teams-e2e-")))
        (folder / "norms.toml").write_text(story.NORMS, encoding="utf-8")
        port = free_port()
        microsoft = await stack.enter_async_context(
            client.running(script, folder, f"http://127.0.0.1:{port}")
        )
        settings = {
            "TEAMS_AUTH": "off",
            "TEAMS_TENANT_ID": client.TENANT,
            "BOUNDARY_NORMS": str(folder / "norms.toml"),
        }
        served = await stack.enter_async_context(bare(folder, port, settings))
        browser = await stack.enter_async_context(chromium.launched())
        page = await browser.new_page(viewport={"width": 1200, "height": 1500})
        page.set_default_timeout(5000)
        tell(f"client {microsoft.url}, bot {served.url}")
        try:
            camera = Camera(page, shots)
            await camera.open(microsoft.url)
            await story.played(microsoft, camera, tell)
        finally:
            (shots / "serve.log").write_bytes(served.log.read_bytes())
            tell(f"screenshots and the bot's log: {shots}")
        if linger:
            await asyncio.to_thread(input, f"  Open {microsoft.url} and look around; Enter ends it. ")


def main() -> None:
    """Run it once."""
    parser = argparse.ArgumentParser(prog="make teams-e2e", description=__doc__)
    parser.add_argument("--shots", type=Path, help="folder for the screenshots; default a new one")
    parser.add_argument("--linger", action="store_true", help="keep it running afterwards, to look around")
    given = parser.parse_args()
    shots = given.shots or Path(tempfile.mkdtemp(prefix="boundary-teams-shots-"))
    shots.mkdir(parents=True, exist_ok=True)
    asyncio.run(run(shots, given.linger))


main()
