"""A way to a service on which connections break off, are answered by somebody else, or demand a certificate."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from anyio.from_thread import start_blocking_portal

BLOCK_BYTES = 16 * 1024
AWAY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Stall:
    """After so many bytes nothing comes any more, and nothing says that it will not."""

    after: int


class RoughWay:
    """A proxy for bytes; what is told in `plan` happens to one connection after the other, then all is well.

    An int: so many bytes of the answers come through, then the connection ends. Bytes: they are the answer. `seen` are
    the heads of requests; `stalled` is set once a connection stalls.
    """

    def __init__(self, port: int, tls: ssl.SSLContext | None = None) -> None:
        self.plan: list[int | bytes | Stall] = []
        self.seen: list[str] = []
        self.always: int | Stall | None = None
        self.stalled = threading.Event()
        self._target, self._tls, self._running, self.port = port, tls, ExitStack(), 0

    def __enter__(self) -> Self:
        portal = self._running.enter_context(start_blocking_portal())
        server = portal.call(self._listen)
        self._running.callback(portal.call, self._end, server)
        self.port = server.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running.close()

    @property
    def url(self) -> str:
        """Its address."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._meet, "127.0.0.1", 0, ssl=self._tls)

    async def _end(self, server: asyncio.Server) -> None:
        server.close()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        fate = self.plan.pop(0) if self.plan else self.always
        with contextlib.suppress(ConnectionError, ssl.SSLError, asyncio.IncompleteReadError):
            if isinstance(fate, bytes):
                self.seen.append((await reader.readuntil(b"\r\n\r\n")).decode())
                writer.write(fate)
                await writer.drain()
            else:
                await self._pass_on(reader, writer, fate)
        writer.close()

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fate: int | Stall | None
    ) -> None:
        theirs, ours = await asyncio.open_connection("127.0.0.1", self._target)
        asking = asyncio.create_task(self._ask(reader, ours))
        most = fate.after if isinstance(fate, Stall) else fate
        try:
            while block := await theirs.read(BLOCK_BYTES if most is None else min(BLOCK_BYTES, most)):
                writer.write(block)
                await writer.drain()
                if most is not None and (most := most - len(block)) <= 0:
                    if isinstance(fate, Stall):
                        self.stalled.set()
                        await asking  # until who asks is gone
                    return
        finally:
            asking.cancel()
            ours.close()

    async def _ask(self, reader: asyncio.StreamReader, ours: asyncio.StreamWriter) -> None:
        while block := await reader.read(BLOCK_BYTES):
            self.seen.append(block.decode("latin-1"))
            ours.write(block)
        ours.close()
