"""Which service gets a request: by the table, and by nothing that another reader could read differently."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest

from deploy.edge.routes import REST, ROUTES, service_of
from tests.integration.edge.proxies import Proxy
from tests.integration.edge.speaking import ask, ask_h2, said

ASKED = [
    ("POST", "/v1/readings", "ingest"),
    ("POST", "/v1/files?line=BE-0042-A", "ingest"),
    ("POST", "/v1/decisions", "ingest"),
    ("GET", "/v1/decisions", "query"),
    ("GET", "/v1/decisions/17", "query"),
    ("POST", "/v1/topology/changes", "ingest"),
    ("GET", "/v1/receipts/abc", "ingest"),
    ("GET", "/v1/download?line=A&format=csv", "export"),
    ("GET", "/v1/exports/5", "export"),
    ("GET", "/v1/keys", "export"),
    ("GET", "/v1/openapi/ingest.json", "ingest"),
    ("GET", "/v1/openapi/export.json", "export"),
    ("GET", "/v1/openapi/query.json", "query"),
    ("GET", "/v1/nodes/N/topology?at=2026-01-01", "query"),
    ("GET", "/v1/readingsmore", "query"),
    ("POST", "/v1/access/applications", "query"),
    ("POST", "/v1/oauth/token", "query"),
    ("GET", "/v1/oauth/keys", "query"),
    ("GET", "/.well-known/oauth-authorization-server", "query"),
    ("GET", "/static/a.js", "query"),
    ("GET", "/", "query"),
]
TRAPS = [
    "/v1/readings/../lines",
    "/v1/lines/../readings",
    "/v1/lines/./A",
    "/v1/lines/%2e%2e/readings",
    "/v1/lines/.%2E/readings",
    "/v1/lines/..",
    "/v1/lines/%2E",
    "/../../etc/passwd",
    "//v1/readings",
    "/v1//readings",
    "/v1/lines//A",
    "/v1/lines/a%2Fb",
    "/v1%2freadings",
    "/v1/lines/a%5Cb",
    "/v1/lines/a\\b",
    "/v1\\readings",
    "/v1/lines/a%00",
    "/v1/lines#/v1/readings",
    "/v1/lines/..;/readings",
    "/v1/lines/a;b",
    "/v1/lines?a=/../b//c%2Fd",
    "/v1/readings?../lines",
    "/V1/readings",
    "/v1/readings%20",
    "/v1/r%65adings",
]


@pytest.mark.parametrize(("method", "path", "service"), ASKED)
def test_each_path_goes_to_its_service(edge: Proxy, method: str, path: str, service: str) -> None:
    """Path and query arrive as they were sent."""
    got = ask(edge, path, method=method, fields=[("content-length", "0")])
    assert (got.json["service"], got.json["method"], got.json["path"]) == (service, method, path)


def test_every_route_of_the_table(edge: Proxy) -> None:
    """The path itself, what lies below it, and no path that merely begins alike."""
    for route in ROUTES:
        method, quiet = route.method or "GET", [("content-length", "0")]
        found = [ask(edge, route.path + more, method=method, fields=quiet) for more in ("", "/a", "?a=b", "a")]
        assert [got.json["service"] for got in found] == [*[route.service] * 3, REST]


@pytest.mark.parametrize("over", ["http/1.1", "h2"])
@pytest.mark.parametrize("path", TRAPS)
def test_a_path_that_can_be_read_in_two_ways(edge: Proxy, path: str, over: str) -> None:
    """It is refused, or arrives in the way in which it chose its service."""
    got = ask(edge, path) if over == "http/1.1" else ask_h2(edge, None, [], path)
    if got.status == 200:
        arrived = got.json["path"].partition("?")[0]
        assert got.json["service"] == service_of(arrived, "GET")
        assert not re.search(r"//|\\|#", arrived)
        assert not {".", ".."} & set(unquote(arrived).split("/"))
        assert "/" not in unquote(arrived.replace("/", ""))
    else:
        assert got.status in {0, 400}


def test_a_refused_path_is_a_problem(edge: Proxy) -> None:
    """As from a service, so that a program reads one kind of error."""
    got = ask(edge, "/v1/lines/a%2Fb")
    assert (got.status, got.headers["content-type"]) == (400, "application/problem+json")
    assert (got.json["title"], got.json["status"], got.codes) == ("Bad Request", 400, ["EDGE"])


def test_the_edges_own_places_are_nobodys(edge: Proxy) -> None:
    """Where nginx keeps its answers is no address; Envoy has none, and asks query."""
    got = ask(edge, "/.edge/certificate")
    assert got.status == (404 if edge.kind == "nginx" else 200)


def test_an_address_with_a_scheme(edge: Proxy) -> None:
    """As a client sends that takes the edge for a proxy: the path is what counts."""
    got = said(edge, b"GET https://grid.example/v1/readings?a=b HTTP/1.1\r\nHost: grid.example\r\n\r\n")
    assert got.status == 400 or (got.json["service"], got.json["path"]) == ("ingest", "/v1/readings?a=b")
