"""Answers as zstd or gzip, as the reader accepts; what is streamed stays streamed, and tags stay true (ADR 0023)."""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.runtime.encodings import Blocks, Coding, Held, accepted, tag_in, whole
from shared.runtime.kept_bodies import KeptBodies

SMALL_BYTES = 1_000
"""Below this an answer fits one packet (some 1,400 bytes with its headers) as it is."""
_OWN_THREAD_BYTES = 64 * 1024
"""From this on a body is compressed off the event loop: 0.2 ms, more than the way to a thread takes."""
MOST_KEPT_BYTES = 16 * 1024 * 1024
"""Of encoded answers: some twenty of three years of hours."""
_TEXTS = ("application/json", "application/problem+json", "application/xml", "application/javascript", "image/svg+xml")
_STREAM = "text/event-stream"
_NOT_MODIFIED = 304
_WHOLE_ANSWERS = range(200, 600)
_PART = 206


class Compression:
    """Compresses texts above a small size; server-sent events, parts, `no-transform` and what is encoded pass."""

    def __init__(self, app: ASGIApp) -> None:
        self._app, self._kept = app, KeptBodies(MOST_KEPT_BYTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        offered = ",".join(headers.getlist("accept-encoding"))
        codings = tuple(accepted(offered)) if offered and "range" not in headers else ()
        held = Held(", ".join(headers.getlist("if-none-match")), codings)
        if held.header:
            asked = MutableHeaders(raw=list(scope["headers"]))
            asked["if-none-match"] = held.plain
            scope["headers"] = asked.raw  # in this scope, for what times the request learns its route from it
        address = f"{scope['path']}?{scope['query_string'].decode('latin-1')}"
        await self._app(scope, receive, _Answer(send, held, self._kept, address).send)


class _Answer:
    """One answer on its way out; its head waits for the first block, which tells how long the whole is."""

    def __init__(self, send: Send, held: Held, kept: KeptBodies, address: str) -> None:
        self._send, self._held, self._kept, self._address = send, held, kept, address
        self._head: Message | None = None
        self._blocks: Blocks | None = None

    async def send(self, message: Message) -> None:
        """Send a message, encoded where it is to be."""
        if message["type"] == "http.response.start":
            await self._begin(message)
        elif self._head is not None:
            await self._first(self._head, message)
        elif self._blocks is not None:
            await self._send(await self._encoded(self._blocks, message))
        else:
            await self._send(message)

    async def _begin(self, head: Message) -> None:
        headers = MutableHeaders(scope=head)
        is_text = _is_text(headers)
        if is_text or head["status"] == _NOT_MODIFIED:
            headers.add_vary_header("Accept-Encoding")
        if head["status"] == _NOT_MODIFIED and "etag" in headers:
            headers["etag"] = self._held.named(headers["etag"])
        if is_text and self._held.codings and head["status"] in _WHOLE_ANSWERS and head["status"] != _PART:
            self._head = head
        else:
            await self._send(head)

    async def _first(self, head: Message, message: Message) -> None:
        self._head, coding = None, self._held.codings[0]
        body, has_more = message.get("body", b""), message.get("more_body", False)
        if has_more:
            _say(head, coding, None)
            self._blocks = Blocks(coding)
            message = await self._encoded(self._blocks, message)
        elif len(body) >= SMALL_BYTES:
            encoded = await self._whole(head, body, coding)
            _say(head, coding, len(encoded))
            message = {**message, "body": encoded}
        await self._send(head)
        await self._send(message)

    async def _whole(self, head: Message, body: bytes, coding: Coding) -> bytes:
        """Encode a body; one whose tag names its bytes is encoded once for all who ask for it."""
        tag = Headers(raw=head["headers"]).get("etag", "")
        name = f"{self._address} {tag_in(tag, coding)}" if tag.startswith('"') else ""
        encoded = self._kept.get(name) if name else None
        if encoded is None:
            encoded = (
                whole(coding, body) if len(body) < _OWN_THREAD_BYTES else await asyncio.to_thread(whole, coding, body)
            )
            if name:
                self._kept.keep(name, encoded)
        return encoded

    async def _encoded(self, blocks: Blocks, message: Message) -> Message:
        body, is_last = message.get("body", b""), not message.get("more_body", False)
        if len(body) < _OWN_THREAD_BYTES:
            return {**message, "body": blocks.block(body, is_last=is_last)}
        return {**message, "body": await asyncio.to_thread(blocks.block, body, is_last=is_last)}


def _is_text(headers: Headers) -> bool:
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    is_text = media_type in _TEXTS or (media_type.startswith("text/") and media_type != _STREAM)
    is_ours_to_encode = "content-encoding" not in headers and "no-transform" not in headers.get("cache-control", "")
    return is_text and is_ours_to_encode


def _say(head: Message, coding: Coding, length: int | None) -> None:
    """Tell in the head how the body is encoded, how long it is, and the tag of exactly these bytes."""
    headers = MutableHeaders(scope=head)
    headers["content-encoding"] = coding.value
    for name in ("content-length", "accept-ranges"):
        del headers[name]
    if length is not None:
        headers["content-length"] = str(length)
    if "etag" in headers:
        headers["etag"] = tag_in(headers["etag"], coding)
