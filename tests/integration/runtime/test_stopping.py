"""A service that is told to end: nobody who is on his way to it is lost, nobody who takes for ever holds it up."""

from __future__ import annotations

import http.client
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from deploy.local import http_question
from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.process import WatchedProcess
from deploy.local.services import Service

PATIENCE_SECONDS = 30.0
DRAIN_SECONDS = 3.0
Begun = Callable[..., Service]


@pytest.fixture
def begun(tmp_path: Path) -> Iterator[Begun]:
    """Start the service with some settings."""
    started: list[Service] = []

    def begin(**settings: str) -> Service:
        operations_port, http_port = free_ports(2)
        told = {
            "GASTRACK_MONGO_URI": "mongodb://nobody",
            "GASTRACK_DEMO_IDENTITY": "demo",
            "GASTRACK_OPERATIONS_PORT": str(operations_port),
            "GASTRACK_HTTP_PORT": str(http_port),
            **settings,
        }
        command = [sys.executable, "-m", "tests.integration.runtime.stopping_service"]
        process = WatchedProcess("stopping", command, tmp_path / "log", told, working_folder=Path(os.curdir).resolve())
        service = Service(process, operations_port, http_port)
        started.append(service)
        service.start()
        service.wait_ready()
        return service

    yield begin
    for service in started:
        service.process.stop()


def connected(service: Service) -> http.client.HTTPConnection:
    """Open a connection to its HTTP face; once it is closed it is not opened again."""
    connection = http.client.HTTPConnection(LOOPBACK, service.http_port, timeout=PATIENCE_SECONDS)
    connection.connect()
    connection.auto_open = 0
    return connection


def asked(connection: http.client.HTTPConnection) -> tuple[int, str | None]:
    """Ask on a connection; return status and what is to become of the connection."""
    connection.request("GET", "/")
    answer = connection.getresponse()
    assert answer.read() == b"here"
    return answer.status, answer.getheader("connection")


def told_to_end(service: Service) -> None:
    """Ask it to end, and wait until whoever asks for its readiness is told."""
    service.process.terminate()
    service.process.wait_until(lambda: not http_question.is_ok(f"{service.operations}/health/ready"), PATIENCE_SECONDS)


def test_who_still_comes_is_served_and_asked_to_go(begun: Begun) -> None:
    """On a connection that was kept, and on a new one: the answer is whole, and ends its connection."""
    service = begun(GASTRACK_DRAIN_SECONDS=str(DRAIN_SECONDS))
    with closing(connected(service)) as kept:
        assert asked(kept) == (200, None)
        begun_at = time.monotonic()
        told_to_end(service)
        assert asked(kept) == (200, "close")
        with closing(connected(service)) as new:
            assert asked(new) == (200, "close")
    assert service.process.wait_for_end(PATIENCE_SECONDS) == 0
    assert time.monotonic() - begun_at >= DRAIN_SECONDS


def test_who_takes_for_ever_is_cut_off_and_sees_it(begun: Begun) -> None:
    """Who has not been answered is told so; and the service is not killed by its own deadline."""
    service = begun(GASTRACK_SHUTDOWN_SECONDS="2")
    with closing(connected(service)) as taking, closing(connected(service)) as waiting:
        taking.request("GET", "/file")
        waiting.request("GET", "/never")
        with closing(taking.getresponse()) as file:
            assert file.read(1) == b"x"
            service.process.terminate()
            answer = waiting.getresponse()
            assert (answer.status, json.load(answer)["issues"][0]["code"]) == (503, "ENDING")
            assert service.process.wait_for_end(PATIENCE_SECONDS) == 0, service.process.log_tail()
            with pytest.raises(http.client.IncompleteRead):
                file.read()
    assert "Traceback" not in service.process.log.read_text()
