"""The smallest connector and login that a Teams client can talk to, in a process of its own: it accepts
whatever comes, so that what is measured is the client.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

TOKEN = b'{"access_token": "a-token-of-the-bench", "expires_in": 3600, "token_type": "Bearer"}'
ACCEPTED = b'{"id": "1700000000000"}'
COUNTS = "/counts"


class Service(asyncio.Protocol):
    """One connection, kept alive; `counts` are logins and messages of all connections."""

    counts = [0, 0]  # noqa: RUF012 - of the whole process

    def __init__(self) -> None:
        self._seen = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._seen += data
        while (end := self._seen.find(b"\r\n\r\n")) >= 0:
            head = self._seen[:end]
            length = next(
                (int(line[15:]) for line in head.split(b"\r\n") if line[:15].lower() == b"content-length:"), 0
            )
            if len(self._seen) < end + 4 + length:
                return
            self._seen = self._seen[end + 4 + length :]
            self._transport.write(self._answer(head))

    def _answer(self, head: bytes) -> bytes:
        target = head.split(b" ", 2)[1]
        status, body = b"201 Created", ACCEPTED
        if target == COUNTS.encode():
            status, body = b"200 OK", b"%d %d" % tuple(self.counts)
        elif target.startswith(b"/login"):
            status, body = b"200 OK", TOKEN
            self.counts[0] += 1
        else:
            self.counts[1] += 1
        kind = b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        return b"HTTP/1.1 " + status + b"\r\n" + kind + body


@contextmanager
def service() -> Iterator[str]:
    """Its address while it runs."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_run, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    try:
        yield f"http://127.0.0.1:{ours.recv()}"
    finally:
        ours.close()
        process.terminate()
        process.join()
        process.close()


def _run(pipe: Connection) -> None:
    asyncio.run(_serve(pipe))


async def _serve(pipe: Connection) -> None:
    server = await asyncio.get_running_loop().create_server(Service, "127.0.0.1", 0)
    pipe.send(server.sockets[0].getsockname()[1])
    async with server:
        await server.serve_forever()
