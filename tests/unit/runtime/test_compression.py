"""Answers in the coding that a reader accepts: the right bytes, true tags, and streams that stay streams."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import cramjam
import httpx2
import pytest
from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse
from starlette.types import Message, Scope

from shared.runtime import compression, http
from shared.runtime.compression import SMALL_BYTES
from shared.runtime.door import open_door
from shared.runtime.encodings import Coding, accepted, whole
from shared.runtime.entity_tags import HeldTags

BODY = b"0123456789 abcdefghij " * 20_000
DECODED = {"zstd": cramjam.zstd.decompress, "gzip": cramjam.gzip.decompress}


def an_application() -> FastAPI:
    """Return an application with one route of each kind."""
    app = FastAPI()
    http.install(app, limit_bytes=100, admit=open_door("demo"))

    @app.get("/long")
    async def long(request: Request) -> Response:
        headers = {"ETag": '"one-rows"', "Accept-Ranges": "bytes"}
        if "one-rows" in HeldTags.of(request.headers.get("if-none-match", "")):
            return Response(status_code=304, headers=headers)
        return Response(BODY, media_type="application/json", headers=headers)

    @app.get("/sized/{size}")
    async def sized(size: int) -> Response:
        return Response(BODY[:size], media_type="text/html")

    @app.get("/kind/{kind}")
    async def of_kind(kind: str) -> Response:
        headers = {"content-encoding": "br"} if kind == "br" else {"etag": 'W/"weak"'}
        known = {"image": "image/png", "part": "text/csv"}
        return Response(BODY, 206 if kind == "part" else 200, headers, known.get(kind, "text/css"))

    @app.get("/streamed/{kind}")
    async def streamed(kind: str) -> StreamingResponse:
        async def blocks() -> AsyncIterator[bytes]:
            for block in (BODY, b"", b"a short one", BODY):
                yield block

        return StreamingResponse(blocks(), media_type="text/event-stream" if kind == "events" else "text/csv")

    return app


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    """A client that asks for no coding by itself."""
    transport = httpx2.ASGITransport(an_application())
    async with httpx2.AsyncClient(transport=transport, base_url="http://test", headers={"Accept-Encoding": ""}) as made:
        yield made


async def raw(client: httpx2.AsyncClient, path: str, **headers: str) -> tuple[httpx2.Response, bytes]:
    """Return an answer and the bytes as they travelled."""
    async with client.stream(
        "GET", path, headers={name.replace("_", "-"): text for name, text in headers.items()}
    ) as told:
        return told, b"".join([block async for block in told.aiter_raw()])


@pytest.mark.parametrize(
    ("header", "codings"),
    [
        ("", []),
        ("identity", []),
        ("br", []),
        ("gzip", ["gzip"]),
        ("gzip, deflate, br, zstd", ["zstd", "gzip"]),
        ("GZIP;Q=1.0 , zstd ; q=0.5", ["gzip", "zstd"]),
        ("gzip;q=0", []),
        ("*", ["zstd", "gzip"]),
        ("*;q=0.1, zstd;q=0", ["gzip"]),
        ("identity;q=0.5, gzip;q=0.2, zstd;q=0.8", ["zstd"]),
        ("gzip;q=2, zstd;level=1, ;q=1", []),
    ],
)
def test_what_a_reader_accepts(header: str, codings: list[str]) -> None:
    """Weights count; of equal ones zstd comes first; what says nothing known is not accepted."""
    assert accepted(header) == [Coding(name) for name in codings]


@pytest.mark.parametrize("coding", DECODED)
async def test_a_long_answer_is_encoded(client: httpx2.AsyncClient, coding: str) -> None:
    """Its length is that of the bytes that travel, its tag is their own, and it varies by what was accepted."""
    told, body = await raw(client, "/long", accept_encoding=coding)
    assert told.headers["content-encoding"] == coding
    assert int(told.headers["content-length"]) == len(body) < len(BODY) / 10
    assert bytes(DECODED[coding](body)) == BODY
    assert told.headers["etag"] == f'"one-rows-{coding}"'
    assert told.headers["vary"] == "Accept-Encoding"
    assert "accept-ranges" not in told.headers
    assert (await raw(client, "/long", accept_encoding=coding))[1] == body  # equal tags, equal bytes


async def test_plain_bytes_vary_too(client: httpx2.AsyncClient) -> None:
    """A cache between must not give the plain form to all."""
    told, body = await raw(client, "/long")
    assert (body, told.headers["etag"], told.headers["vary"]) == (BODY, '"one-rows"', "Accept-Encoding")
    assert "content-encoding" not in told.headers


@pytest.mark.parametrize(
    ("held", "accepts", "status", "tag"),
    [
        ('"one-rows-zstd"', "zstd, gzip", 304, '"one-rows-zstd"'),
        ('"one-rows-gzip"', "zstd, gzip", 304, '"one-rows-gzip"'),
        ('W/"one-rows-gzip"', "gzip", 304, '"one-rows-gzip"'),
        ('"one-rows"', "gzip", 304, '"one-rows"'),
        ('"one-rows"', "", 304, '"one-rows"'),
        ('"one-rows-zstd"', "gzip", 200, '"one-rows-gzip"'),
        ('"one-rows-zstd"', "", 200, '"one-rows"'),
        ('"other-zstd"', "zstd", 200, '"one-rows-zstd"'),
        ('"other", W/"one-rows-zstd"', "zstd", 304, '"one-rows-zstd"'),
        ("no tag", "zstd", 200, '"one-rows-zstd"'),
    ],
)
async def test_who_holds_the_content_is_told_so(
    client: httpx2.AsyncClient, held: str, accepts: str, status: int, tag: str
) -> None:
    """By the tag of any form that it could get now; 304 names that form again."""
    told, _ = await raw(client, "/long", accept_encoding=accepts, if_none_match=held)
    assert (told.status_code, told.headers["etag"], told.headers["vary"]) == (status, tag, "Accept-Encoding")


async def test_small_answers_travel_as_they_are(client: httpx2.AsyncClient) -> None:
    """Below a packet nothing is won."""
    for size, coding in ((SMALL_BYTES - 1, None), (SMALL_BYTES, "zstd")):
        told, _ = await raw(client, f"/sized/{size}", accept_encoding="zstd")
        assert told.headers.get("content-encoding") == coding


@pytest.mark.parametrize("kind", ["image", "part", "br"])
async def test_what_is_no_whole_text_passes(client: httpx2.AsyncClient, kind: str) -> None:
    """Images, parts, and what a route encoded itself."""
    told, body = await raw(client, f"/kind/{kind}", accept_encoding="zstd")
    assert (body, told.headers.get("content-encoding")) == (BODY, "br" if kind == "br" else None)


async def test_a_weak_tag_stays_and_ranges_are_of_plain_bytes(client: httpx2.AsyncClient) -> None:
    """A weak tag names no bytes; who asks for a part gets no coding."""
    assert (await raw(client, "/kind/text", accept_encoding="zstd"))[0].headers["etag"] == 'W/"weak"'
    assert (await raw(client, "/long", accept_encoding="zstd", range="bytes=0-9"))[1] == BODY


async def test_head_tells_what_get_would(client: httpx2.AsyncClient) -> None:
    """The same coding, length and tag, and no body."""
    asked = {"Accept-Encoding": "gzip"}
    got, head = await client.get("/long", headers=asked), await client.head("/long", headers=asked)
    told = ("content-encoding", "content-length", "etag", "vary")
    assert [head.headers[name] for name in told] == [got.headers[name] for name in told]
    assert head.content == b""


@pytest.mark.parametrize(("kind", "coding"), [("file", "gzip"), ("file", "zstd"), ("events", None), ("file", None)])
async def test_what_is_streamed_arrives_block_by_block(kind: str, coding: str | None) -> None:
    """Each block leaves when it is written, readable so far; events are never encoded."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        await asyncio.Event().wait()
        return {}

    accepts = (coding or ("zstd" if kind == "events" else "identity")).encode()
    scope: Scope = {"type": "http", "method": "GET", "path": f"/streamed/{kind}", "query_string": b"", "root_path": ""}
    scope.update(headers=[(b"accept-encoding", accepts)], http_version="1.1", scheme="http", server=("x", 1))
    await an_application()({**scope, "asgi": {"version": "3.0", "spec_version": "2.4"}}, receive, send)
    head, *blocks = sent
    assert dict(head["headers"]).get(b"content-encoding") == (coding.encode() if coding else None)
    assert [message.get("more_body", False) for message in blocks] == [True, True, True, True, False]
    assert all(blocks[place]["body"] for place in (0, 2, 3))
    whole = b"".join(message["body"] for message in blocks)
    assert bytes(DECODED[coding](whole) if coding else whole) == BODY + b"a short one" + BODY


async def test_what_a_strong_tag_names_is_encoded_once(
    client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For each coding and address; what has no tag, or a weak one, is encoded each time."""
    encoded = []

    def counted(coding: Coding, body: bytes) -> bytes:
        encoded.append(coding)
        return whole(coding, body)

    monkeypatch.setattr(compression, "whole", counted)
    answers = [await raw(client, "/long", accept_encoding=coding) for coding in ("zstd", "gzip", "zstd")]
    assert answers[0][1] == answers[2][1]
    assert (await raw(client, "/long?another", accept_encoding="zstd"))[1] == answers[0][1]
    assert encoded == ["zstd", "gzip", "zstd"]
    for path in ("/kind/weak", f"/sized/{len(BODY)}"):
        for _ in range(2):
            await raw(client, path, accept_encoding="zstd")
    assert len(encoded) == 3 + 4
