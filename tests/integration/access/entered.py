"""A real server behind a door, and requests exactly as they stand on the wire."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import FastAPI

from deploy.local.ports import LOOPBACK, free_ports
from shared.runtime.http_face import HttpFace

PATIENCE_SECONDS = 20.0


@dataclass(slots=True)
class Connection:
    """A kept-alive connection, on which one request after the other is asked."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def ask(self, path: str, headers: Mapping[str, str], method: str = "GET") -> tuple[int, bytes]:
        """Ask with headers; return status and body of an answer that says how long it is."""
        head = await self.begin(path, [f"{name}: {value}" for name, value in headers.items()], method)
        async with asyncio.timeout(PATIENCE_SECONDS):
            length = next(int(line[15:]) for line in head.lower().split("\r\n") if line.startswith("content-length:"))
            return status_of(head), await self.reader.readexactly(length)

    async def begin(self, path: str, lines: list[str], method: str = "GET") -> str:
        """Ask with lines of headers as they are written; return the head of the answer."""
        request = [f"{method} {path} HTTP/1.1", "Host: gas.example", *lines, "", ""]
        self.writer.write("\r\n".join(request).encode("latin-1"))
        await self.writer.drain()
        async with asyncio.timeout(PATIENCE_SECONDS):
            return (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")

    async def rest(self) -> bytes:
        """Return what still comes until the server closes the connection."""
        got = b""
        async with asyncio.timeout(PATIENCE_SECONDS):
            try:
                while some := await self.reader.read(64 * 1024):
                    got = (got + some)[-100:]  # only how it ends is looked at
            except ConnectionError:
                return got
        return got

    def close(self) -> None:
        """Leave."""
        self.writer.close()


@dataclass(slots=True)
class Server:
    """Where an application is served."""

    app: FastAPI
    port: int

    async def connect(self) -> Connection:
        """Open a connection."""
        return Connection(*await asyncio.open_connection(LOOPBACK, self.port))

    async def ask(self, path: str, headers: Mapping[str, str], method: str = "GET") -> tuple[int, bytes]:
        """Ask on a connection of its own."""
        connection = await self.connect()
        try:
            return await connection.ask(path, headers, method)
        finally:
            connection.close()

    async def status(self, path: str, lines: list[str], method: str = "GET") -> int:
        """Return the status of a request whose headers are written as they are."""
        connection = await self.connect()
        try:
            return status_of(await connection.begin(path, lines, method))
        finally:
            connection.close()


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[Server]:
    """Serve an application by uvicorn, as our services do."""
    port = free_ports(1)[0]
    face = HttpFace(app, LOOPBACK, port, 1)
    await face.start()
    try:
        yield Server(app, port)
    finally:
        await face.stop()


def status_of(head: str) -> int:
    """Return the status that a head tells."""
    return int(head.split(" ", 2)[1])


def lines_of(headers: Mapping[str, str]) -> list[str]:
    """Return headers as they are written."""
    return [f"{name}: {value}" for name, value in headers.items()]
