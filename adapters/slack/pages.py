"""The small pages a person's browser shows on the way to Connect and back. No scripts, nothing from
elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Final

from aiohttp import web

_PAGE: Final = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
<style>:root{{color-scheme:light dark}}
body{{font:1.125rem/1.5 system-ui,sans-serif;max-width:34rem;margin:12vh auto;padding:0 1rem}}</style>
<main><h1>{title}</h1><p>{text}</p></main></html>"""
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Page:
    """A title and what to do next."""

    status: int
    title: str
    text: str

    def response(self) -> web.Response:
        """The page as HTML."""
        html = _PAGE.format(title=escape(self.title), text=escape(self.text))
        return web.Response(status=self.status, text=html, content_type="text/html", headers=HEADERS)


_AGAIN: Final = "Go back to Slack, open Boundary Bot's Home tab and press Connect again."

CONNECTED: Final = Page(
    200,
    "You are connected",
    "From now on your status and your notifications follow your norms. You can close this page. To take it "
    "back, press Disconnect on Boundary Bot's Home tab.",
)
DENIED: Final = Page(
    200,
    "You are not connected",
    "You chose not to allow it, and nothing has changed. Everything but your status and your notifications "
    "works without it.",
)
LINK_USED: Final = Page(410, "This link does not work any more", f"It works once, for ten minutes. {_AGAIN}")
STATE_GONE: Final = Page(
    400,
    "That took too long",
    f"The way to Slack and back may take five minutes, once, in one browser. {_AGAIN}",
)
OTHER_PERSON: Final = Page(
    403,
    "You are signed in to Slack as somebody else",
    "The link was made for another account, so nothing was connected. Sign in to Slack in this browser as "
    f"yourself. {_AGAIN}",
)
NOT_GRANTED: Final = Page(
    502, "Slack did not confirm the connection", f"Nothing has changed. Wait a minute. {_AGAIN}"
)
NOT_STORED: Final = Page(
    503, "The connection could not be kept", f"Nothing has changed. Wait a minute. {_AGAIN}"
)
OFF: Final = Page(
    404,
    "Connecting is not set up here",
    "Whoever runs this bot has to set SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and BOUNDARY_PUBLIC_URL first.",
)
