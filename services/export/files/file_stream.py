"""A file on its way to one reader: what it holds is given back when he is gone, or takes nothing any more.

Its texts go out as they are, views where they were unpacked: the interface of servers speaks of bytes, but ours and all
that stands before it take either, and copy it once more.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from services.export.files.writing import Text
from shared.runtime import metrics
from shared.runtime.logging import logger

SLOW_SECONDS = 120.0
"""A reader who takes not even a piece in so long is gone."""
PIECE_BYTES = 320 * 1024
"""Handed over at a time, two months of hours as csv: a reader of 3 kB a second takes one before he counts as gone."""


class FileStream(StreamingResponse):
    """Sends a file of which the first block was read already."""

    def __init__(
        self,
        first: Text,
        rest: AsyncGenerator[Text, None],
        media_type: str,
        headers: Mapping[str, str],
        slow_seconds: float = SLOW_SECONDS,
    ) -> None:
        super().__init__(rest, media_type=media_type, headers=headers)
        self._first: Text = first
        self._rest, self._slow_seconds = rest, slow_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file; however it ends, nothing of it is held any longer."""
        metrics.DOWNLOADS.inc()
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._rest.aclose()
            metrics.DOWNLOADS.dec()

    async def stream_response(self, send: Send) -> None:
        """Send block by block; the next is read once the reader has taken the one before."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        try:
            await self._send(send, self._first)
            self._first = b""
            async for block in self._rest:
                await self._send(send, block)
        except TimeoutError:
            logger(__name__).info("a reader takes nothing any more: his file ends unfinished")
            # Without its last chunk: whoever reads on sees that the file was cut off.
            raise ConnectionError("the reader takes nothing any more") from None
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send(self, send: Send, text: Text) -> None:
        for begin in range(0, len(text), PIECE_BYTES):
            piece = memoryview(text)[begin : begin + PIECE_BYTES]
            async with asyncio.timeout(self._slow_seconds):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
