"""The address where documents are fetched: `/v1/policies/{ticket}/{file}`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

Fetched = tuple[str, str, bytes]
"""File name (plain ASCII), content type, content."""
GONE = "This link has been used or has expired. Say /boundary team policy for a new one.\n"


def documents(app: web.Application, path: str, fetch: Callable[[str], Awaitable[Fetched | None]]) -> None:
    """Add the address below `path`. `fetch` says what a ticket is for, None where it is for nothing (any
    more). What a link checker asks for with HEAD uses no ticket up."""

    async def file(request: web.Request) -> web.Response:
        found = await fetch(request.match_info["ticket"])
        if found is None:
            return web.Response(status=404, text=GONE, headers={"Cache-Control": "no-store"})
        name, content_type, content = found
        return web.Response(
            body=content,
            headers={
                "Content-Type": content_type,
                "Content-Disposition": f'attachment; filename="{name}"',
                "Cache-Control": "no-store",
                "X-Content-Type-Options": "nosniff",
                "Referrer-Policy": "no-referrer",
            },
        )

    app.router.add_get(f"{path}/{{ticket}}/{{file}}", file, allow_head=False)
