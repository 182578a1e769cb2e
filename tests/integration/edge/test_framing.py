"""Where one request ends and the next begins, sizes, and answers that take their time."""

from __future__ import annotations

import http.client
import json
import socket
import time
from pathlib import Path

import pytest

from deploy.local.ports import free_ports
from tests.integration.edge.papers import Papers
from tests.integration.edge.proxies import Proxy, filled_in
from tests.integration.edge.speaking import ask, connected, context, head, said
from tests.integration.edge.upstream import BETWEEN_SECONDS, EVENTS, STREAM, Upstream

SMUGGLED = b"GET /v1/smuggled HTTP/1.1\r\nHost: grid.example\r\n\r\n"
FRAMES = {
    "length and chunks": b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and length": b"Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n",
    "two lengths": b"Content-Length: 0\r\nContent-Length: 52\r\n\r\n",
    "a list of lengths": b"Content-Length: 0, 52\r\n\r\n",
    "a signed length": b"Content-Length: +0\r\n\r\n",
    "a hexadecimal length": b"Content-Length: 0x0\r\n\r\n",
    "a length below zero": b"Content-Length: -1\r\n\r\n",
    "chunks twice": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and identity": b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "chunks in disguise": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunks behind a tab": b"Transfer-Encoding:\tchunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "chunks before the colon": b"Transfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "chunks folded": b"Transfer-Encoding:\r\n chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "a chunk of no number": b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n",
    "a chunk below zero": b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
}


@pytest.mark.parametrize("frame", FRAMES)
def test_requests_that_end_in_two_places(edge: Proxy, services: dict[str, Upstream], frame: str) -> None:
    """What follows is never taken for a request of the edge's by a service that was sent something else."""
    before = len(services["query"].seen)
    request = b"POST /v1/lines HTTP/1.1\r\nHost: grid.example\r\n" + FRAMES[frame]
    got = said(edge, request + SMUGGLED)
    assert got.status in {0, 400, 501}
    seen = services["query"].seen[before:]
    assert not [one for one in seen if one["path"] == "/v1/smuggled"]


def test_chunks_alone_arrive_whole(edge: Proxy) -> None:
    """A body without a length announced."""
    body = b"Transfer-Encoding: chunked\r\n\r\n" + b"5\r\nhello\r\n" + b"0\r\n\r\n"
    got = said(edge, b"POST /v1/files HTTP/1.1\r\nHost: grid.example\r\n" + body)
    assert (got.json["service"], got.json["received"]) == ("ingest", 5)


@pytest.mark.parametrize("fields", [[("x-long", "x" * 100_000)], [(f"x-{i}", "y" * 900) for i in range(200)]])
def test_a_huge_head_is_refused(edge: Proxy, fields: list[tuple[str, str]]) -> None:
    """As a problem; no service sees it."""
    got = ask(edge, fields=fields)
    assert (got.status, got.json["status"], got.codes) == (431, 431, ["EDGE"])


def test_a_large_body_passes(edge: Proxy) -> None:
    """The limit of bodies is the services' to set, not the edge's."""
    body = b"x" * 33_000_000
    got = said(edge, head("POST", "/v1/files", [("content-length", str(len(body)))]) + body)
    assert (got.json["service"], got.json["received"]) == ("ingest", len(body))


def test_events_arrive_one_by_one(edge: Proxy) -> None:
    """Server-sent events are not held back until the answer ends."""
    with connected(edge, context(edge, "good")) as connection, connection.makefile("rb") as stream:
        connection.sendall(head("GET", STREAM, [("connection", "close")]))
        arrived = [time.monotonic() for line in stream if b"data: " in line]
    assert len(arrived) == EVENTS
    assert arrived[-1] - arrived[0] > BETWEEN_SECONDS  # buffered they would arrive together


def test_http_at_the_port_of_tls(edge: Proxy) -> None:
    """No answer but a refusal: nobody is led to TLS who has said his secrets aloud already."""
    with socket.create_connection(("127.0.0.1", edge.port), timeout=20) as raw:
        raw.sendall(head("GET", "/v1/lines", [("connection", "close")]))
        got = http.client.HTTPResponse(raw)
        try:
            got.begin()
        except (http.client.HTTPException, ConnectionError):
            return
        assert got.status == 400


@pytest.mark.parametrize("method", ["CONNECT", "TRACE"])
def test_methods_of_proxies(edge: Proxy, services: dict[str, Upstream], method: str) -> None:
    """The edge is none for its clients."""
    before = len(services["query"].seen)
    target = "grid.example:443" if method == "CONNECT" else "/v1/lines"
    got = ask(edge, target, method=method)
    assert got.status == 0 or got.status >= 400
    assert len(services["query"].seen) == before


def test_a_service_that_is_away_is_a_problem(kind: str, papers: Papers, tmp_path: Path) -> None:
    """What the edge answers by itself is RFC 9457 problem details too."""
    proxy = filled_in(kind, tmp_path, papers, dict.fromkeys(("ingest", "query", "export"), free_ports(1)[0]))
    got = ask(proxy, papers="good")
    proxy.stop()
    assert got.status == json.loads(got.body)["status"] == {"envoy": 503, "nginx": 502}[kind]
    assert got.headers["content-type"] == "application/problem+json"
    assert got.codes == ["EDGE"]
