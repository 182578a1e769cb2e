"""A service of nothing but an HTTP face, as its own process: it answers at once, never, or with an endless file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route

from shared.runtime.health import Health
from shared.runtime.http_face import Draining, HttpFace
from shared.runtime.lifecycle import Part, run
from shared.runtime.settings import HttpSettings, load

PIECE = b"x" * 65_536


async def at_once(_: Request) -> PlainTextResponse:
    """Answer."""
    return PlainTextResponse("here")


async def never(_: Request) -> PlainTextResponse:
    """Wait for what does not come."""
    await asyncio.Event().wait()
    return PlainTextResponse("there")


async def without_end(_: Request) -> StreamingResponse:
    """Answer as long as somebody takes it."""

    async def pieces() -> AsyncIterator[bytes]:
        while True:
            yield PIECE

    return StreamingResponse(pieces())


def main() -> None:
    """Run it."""
    settings = load(HttpSettings)

    async def parts(_: Health) -> Sequence[Part]:
        app = Starlette(routes=[Route("/", at_once), Route("/never", never), Route("/file", without_end)])
        face = HttpFace(app, settings.http_host, settings.http_port, settings.finishing_seconds)
        return [face, Draining(face, settings.drain_seconds)]

    run("stopping", settings, parts)


if __name__ == "__main__":
    main()
