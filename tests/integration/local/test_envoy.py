"""The one address: what goes where, streams that are not held back, bodies that are not limited."""

import http.client
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.local import http_question
from deploy.local.envoy import Envoy
from deploy.local.ports import free_ports
from deploy.local.process import WatchedProcess
from deploy.local.services import WITH_HTTP

STAND_IN = (
    "import tests.integration.local.standin_service as s, unittest.mock as m, signal, sys\n"
    "s.anyio = m.Mock()\n"  # no Kafka here
    "s.main(sys.argv[1])"
)


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Envoy]:
    """Envoy in front of three stand-ins."""
    folder = tmp_path_factory.mktemp("edge")
    numbers = iter(free_ports(2 + 2 * len(WITH_HTTP)))
    behind = {name: next(numbers) for name in WITH_HTTP}
    processes = [stand_in(folder, name, port, next(numbers)) for name, port in behind.items()]
    envoy = Envoy(folder, folder / "envoy.log", (next(numbers), next(numbers)), behind)
    for process in processes:
        process.start()
    envoy.start()
    for process, port in zip(processes, behind.values(), strict=True):
        address = f"http://127.0.0.1:{port}/"
        process.wait_until(lambda address=address: http_question.is_ok(address), 20)  # type: ignore[misc]  # bound at once
    envoy.wait_ready()
    yield envoy
    for process in (*processes, envoy.process):
        process.stop()


def stand_in(folder: Path, name: str, port: int, operations_port: int) -> WatchedProcess:
    """A stand-in that answers with its name."""
    environment = {"GASTRACK_HTTP_PORT": str(port), "GASTRACK_OPERATIONS_PORT": str(operations_port)}
    command = [sys.executable, "-c", STAND_IN, name]
    return WatchedProcess(name, command, folder / f"{name}.log", environment, working_folder=Path(os.curdir).resolve())


def ask(edge: Envoy, method: str, path: str, body: bytes | None = None) -> dict[str, Any]:
    """What the edge answers."""
    connection = http.client.HTTPConnection(edge.url.removeprefix("http://"), timeout=30)
    connection.request(method, path, body)
    answer: dict[str, Any] = json.loads(connection.getresponse().read())
    connection.close()
    return answer


@pytest.mark.parametrize(
    ("method", "path", "service"),
    [
        ("POST", "/v1/readings", "ingest"),
        ("POST", "/v1/files?line=BE-0042-A", "ingest"),
        ("POST", "/v1/analyses", "ingest"),
        ("POST", "/v1/decisions", "ingest"),
        ("GET", "/v1/decisions", "query"),
        ("GET", "/v1/decisions/17", "query"),
        ("POST", "/v1/topology/changes", "ingest"),
        ("GET", "/v1/receipts/abc", "ingest"),
        ("GET", "/v1/download?line=A&format=csv", "export"),
        ("POST", "/v1/exports", "export"),
        ("GET", "/v1/exports/5", "export"),
        ("GET", "/v1/schedules", "export"),
        ("GET", "/v1/deliveries", "export"),
        ("GET", "/v1/openapi/ingest.json", "ingest"),
        ("GET", "/v1/openapi/export.json", "export"),
        ("GET", "/v1/openapi/query.json", "query"),
        ("GET", "/v1/lines", "query"),
        ("GET", "/v1/nodes/N/topology?at=2026-01-01", "query"),
        ("GET", "/v1/readingsmore", "query"),
        ("GET", "/", "query"),
    ],
)
def test_each_path_goes_to_its_service(edge: Envoy, method: str, path: str, service: str) -> None:
    """The edge sends as the design says, and leaves path and query as they are."""
    answer = ask(edge, method, path, b"{}" if method == "POST" else None)
    assert (answer["service"], answer["method"], answer["path"]) == (service, method, path)


def test_events_arrive_one_by_one(edge: Envoy) -> None:
    """Server-sent events are not held back until the answer ends."""
    connection = http.client.HTTPConnection(edge.url.removeprefix("http://"), timeout=30)
    connection.request("GET", "/v1/stream")
    answer, arrived = connection.getresponse(), []
    while answer.readline():
        arrived.append(time.monotonic())
        answer.readline()
    connection.close()
    assert len(arrived) == 3
    assert arrived[2] - arrived[0] > 0.3  # they leave 0.6 s apart; buffered they would arrive together


def test_a_large_body_passes(edge: Envoy) -> None:
    """The limit of bodies is ingest's to set, not the edge's."""
    body = b"x" * 20_000_000
    assert ask(edge, "POST", "/v1/files", body)["received"] == len(body)


def test_a_service_that_is_away_is_a_problem(tmp_path: Path) -> None:
    """What Envoy answers by itself is RFC 9457 problem details too."""
    numbers = free_ports(3)
    envoy = Envoy(tmp_path, tmp_path / "envoy.log", (numbers[0], numbers[1]), dict.fromkeys(WITH_HTTP, numbers[2]))
    envoy.start()
    envoy.wait_ready()
    connection = http.client.HTTPConnection(envoy.url.removeprefix("http://"), timeout=30)
    connection.request("GET", "/v1/lines")
    answer = connection.getresponse()
    problem = json.loads(answer.read())
    connection.close()
    envoy.process.stop()
    assert answer.status == problem["status"] == 503
    assert answer.getheader("Content-Type") == "application/problem+json"
    assert problem["title"] == "Service Unavailable"
    assert [issue["code"] for issue in problem["issues"]] == ["EDGE"]
