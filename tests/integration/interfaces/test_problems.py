"""Whatever goes wrong, whoever says it: a problem with its issues, of the right status, on every service."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.integration.interfaces.conftest import address_of
from tests.pipeline.running import ROOT, System

PROBLEM = "application/problem+json"
JSON = {"Content-Type": "application/json"}
SERVICES = ("query", "ingest", "export")
LARGEST = {"query": 256 * 1024, "ingest": 32 * 1024 * 1024, "export": 256 * 1024}
A_ROUTE = {"query": "/v1/lines", "ingest": "/v1/readings", "export": "/v1/download"}
ANOTHER_METHOD = {"query": "DELETE", "ingest": "DELETE", "export": "DELETE"}


@dataclass(frozen=True)
class Question:
    """What is asked, and what must come back."""

    method: str
    path: str
    status: int
    code: str
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)


OF_INGEST = [
    Question("POST", "/v1/readings", 422, "A1_SCHEMA", b"{", JSON),
    Question("POST", "/v1/readings", 415, "CONTENT_TYPE", b"a", {"Content-Type": "text/csv"}),
    Question("POST", "/v1/analyses", 415, "CONTENT_TYPE", b"a", {"Content-Type": "image/png"}),
    Question("POST", "/v1/files", 415, "CONTENT_TYPE", b"{}", JSON),
    Question("POST", "/v1/files", 422, "NO_FILE", b"--x--\r\n", {"Content-Type": "multipart/form-data; boundary=x"}),
    Question("POST", "/v1/files", 400, "BAD_REQUEST", b"no form", {"Content-Type": "multipart/form-data; boundary=x"}),
    Question(
        "POST", "/v1/files?line=NOBODY", 422, "A9_UNKNOWN_LINE", b"start,volume_m3n\n", {"Content-Type": "text/csv"}
    ),
    Question("POST", "/v1/topology/changes", 422, "FORM", b"{", JSON),
    Question("POST", "/v1/topology/changes", 422, "FORM", b'"\xff"', JSON),
    Question("POST", "/v1/topology/changes", 422, "FORM", b"[" * 100_000, JSON),
    Question(
        "POST", "/v1/topology/changes", 415, "CONTENT_TYPE", b"reason: yaml", {"Content-Type": "application/yaml"}
    ),
    Question("POST", "/v1/decisions?wait=x", 422, "FLOAT_PARSING", b"{}", JSON),
    Question("GET", "/v1/receipts/nobody", 404, "NOT_FOUND"),
]
OF_READERS = [
    Question("GET", "/v1/lines/NOPE", 404, "NOT_FOUND"),
    Question("GET", "/v1/lines?limit=0", 422, "GREATER_THAN_EQUAL"),
    Question("GET", "/v1/decisions/99999", 404, "PENDING"),
    Question("GET", "/v1/lines/BE-0042-A/measurements?view=week", 422, "VIEW"),
    Question("GET", "/v1/lines/BE-0042-A/hours/now/history", 422, "START"),
    Question("GET", "/v1/chromatographs/ZELZATE/analyses?from=2023-01-01&to=2024-01-01", 422, "PERIOD_TOO_LONG"),
    Question("GET", "/v1/download?line=NOPE", 404, "NOT_FOUND"),
    Question("GET", "/v1/download", 422, "LINE"),
    Question("GET", "/v1/download?line=BE-0042-A&format=pdf", 422, "FORMAT"),
]


def ask(address: str, question: Question) -> dict[str, Any]:
    """Ask, check that the answer is a whole problem of the status, and return its headers and issues."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=30)
    connection.request(question.method, question.path, question.body, question.headers)
    answer = connection.getresponse()
    problem = json.loads(answer.read())
    connection.close()
    assert (answer.status, answer.getheader("Content-Type")) == (question.status, PROBLEM), problem
    assert problem["status"] == question.status
    assert problem["title"]
    assert question.code in [issue["code"] for issue in problem["issues"]], problem
    assert all(issue["position"] and issue["message"] for issue in problem["issues"])
    return dict(answer.getheaders())


@pytest.mark.parametrize(
    "question", [*OF_INGEST, *OF_READERS], ids=lambda one: f"{one.method} {one.path[:40]} {one.code}"
)
def test_what_is_asked_wrongly(served: System, question: Question) -> None:
    """At the one address: each says what is wrong, where, and in which code."""
    ask(served.http, question)


@pytest.mark.parametrize("service", SERVICES)
def test_what_no_route_takes(served: System, service: str) -> None:
    """An unknown path, a wrong method, a body that is too large, alike on all services."""
    address, path = address_of(served, service), A_ROUTE[service]
    ask(address, Question("GET", "/v1/nothing/here", 404, "NOT_FOUND"))
    told = ask(address, Question(ANOTHER_METHOD[service], path, 405, "METHOD_NOT_ALLOWED"))
    assert set(told["allow"].split(", ")) <= {"GET", "HEAD", "POST"}
    announced = {"Content-Length": str(LARGEST[service] + 1)}
    ask(address, Question("POST", path, 413, "TOO_LARGE", b"", announced))


def test_what_the_edge_answers_itself(served: System) -> None:
    """A slash that is hidden in a name is refused before any service sees it."""
    ask(served.http, Question("GET", "/v1/lines/a%2Fb", 400, "EDGE"))


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_tells_its_document(served: System, service: str) -> None:
    """At the one address, the same as is committed."""
    committed = json.loads((ROOT / f"docs/openapi/{service}.json").read_text(encoding="utf-8"))
    assert served.get(f"/v1/openapi/{service}.json") == committed
