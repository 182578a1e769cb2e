"""What readers wait for: three years of a line as hours, days and months, a year of a node; 8 clients at once, warm."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from http.client import HTTPConnection
from typing import Any

from shared.domain import gas_time
from shared.domain.topology import Composition, Line, Node, Station, Terms
from shared.runtime.mongo import SyncDatabase, connect_sync
from tests.bench.drawing import drawn_ms
from tests.bench.rig import DATABASE, BenchError, Rig, rig
from tests.bench.throughput import told
from tests.integration.query.stored_lines import plausible_hours, reach, register, store_hours

CLIENTS = 8
LINES = 10
YEARS = 3
READ_BYTES = 1 << 20
SECONDS = 6.0
"""Of each question, after the first answers, which warm what there is to warm."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: where, and what is allowed: milliseconds at the median, and answers a second."""

    name: str
    path: str
    allowed_ms: float
    floor_per_s: float = 0.0


@dataclass(slots=True)
class Answered:
    """What a question took: all milliseconds, bytes of one answer, answers a second."""

    asked: Asked
    took_ms: list[float] = field(default_factory=list)
    size: int = 0
    per_s: float = 0.0

    def quantile(self, share: float) -> float:
        """Return the milliseconds that a share of the answers took at most."""
        ordered = sorted(self.took_ms)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def measured() -> list[Answered]:
    """Fill a store with three years of ten lines, and ask the query service."""
    end = gas_time.gas_day(int(time.time()) // 3600).replace(day=1)
    first = end.replace(year=end.year - YEARS)
    with rig() as made:
        made.services["query"].start()
        made.services["query"].wait_ready()
        told(f"reading: {LINES} lines, {YEARS} years …")
        _fill(connect_sync(made.servers.mongo_uri, DATABASE), first, end)
        answered = [_ask(made, asked) for asked in _questions(first, end)]
        return [*answered, _draw(made, Asked("page of three years of hours, drawn", _page(first, end), 1_000))]


def _questions(first: date, end: date) -> list[Asked]:
    period = f"from={first}&to={end}"
    months = f"from={gas_time.month_of(first)}&to={gas_time.month_of(end)}"
    year = f"from={end.replace(year=end.year - 1)}&to={end}"
    line, node = "/v1/lines/BE-0001-0/measurements", "/v1/nodes/NODE/measurements"
    return [
        Asked("three years hourly of one line", f"{line}?view=hour&{period}", 40, 100),
        Asked("the same as columns", f"{line}?view=hour&layout=columns&{period}", 40, 100),
        Asked("three years daily", f"{line}?view=day&{period}", 10),
        Asked("36 months", f"{line}?view=month&{months}", 5),
        Asked(f"node of {LINES} lines over a year hourly", f"{node}?view=hour&{year}", 150),
    ]


def _page(first: date, end: date) -> str:
    return f"/lines/BE-0001-0?view=hour&from={first}&to={end}"


def _fill(database: SyncDatabase[dict[str, Any]], first: date, end: date) -> None:
    names = [f"BE-0001-{place}" for place in range(LINES)]
    hours = range(gas_time.hours_of_day(first).start, gas_time.hours_of_day(end - timedelta(days=1)).stop)
    lines = [Line(name, "BE-0001", (Terms(first, f"Line {name}"),)) for name in names]
    weights = tuple((name, Decimal(1 if place % 2 else "0.5")) for place, name in enumerate(names))
    register(database, Station("BE-0001", "Station"), *lines, Node("NODE", "Node", (Composition(first, weights),)))
    for place, name in enumerate(names):
        store_hours(database, name, hours.start, plausible_hours(hours, seed=place))
    reach(database, hours.stop * 3_600_000)


def _draw(made: Rig, asked: Asked) -> Answered:
    told(f"reading: {asked.name} …")
    port, found = made.services["query"].http_port or 0, Answered(asked)
    found.size = _once(HTTPConnection("127.0.0.1", port, timeout=60), asked.path)
    found.took_ms = drawn_ms(f"http://127.0.0.1:{port}{asked.path}")
    found.per_s = 1e3 * len(found.took_ms) / sum(found.took_ms)
    return found


def _ask(made: Rig, asked: Asked) -> Answered:
    told(f"reading: {asked.name} …")
    port, found = made.services["query"].http_port or 0, Answered(asked)
    found.size = _once(HTTPConnection("127.0.0.1", port, timeout=60), asked.path)
    stop_at = time.perf_counter() + SECONDS
    threads = [threading.Thread(target=_client, args=(port, asked, found, stop_at)) for _ in range(CLIENTS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found.per_s = len(found.took_ms) / (time.perf_counter() - began)
    return found


def _client(port: int, asked: Asked, found: Answered, stop_at: float) -> None:
    """Ask over one connection; plain sockets, so that the two cores work for the service and not for its readers."""
    request, place = f"GET {asked.path} HTTP/1.1\r\nHost: bench\r\n\r\n".encode(), memoryview(bytearray(READ_BYTES))
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        while time.perf_counter() < stop_at:
            began = time.perf_counter()
            connection.sendall(request)
            got = connection.recv_into(place)
            head, _, begun = bytes(place[:got]).partition(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200 ") or f"content-length: {found.size}\r\n".encode() not in head:
                raise BenchError(f"{asked.path}: {head[:200]!r}")
            left = found.size - len(begun)
            while left:
                left -= connection.recv_into(place, min(left, READ_BYTES))
            found.took_ms.append((time.perf_counter() - began) * 1e3)


def _once(connection: HTTPConnection, path: str) -> int:
    """Return how many bytes an answer has."""
    connection.request("GET", path)
    with connection.getresponse() as answer:
        length = len(answer.read())
        if answer.status != 200:
            raise BenchError(f"{path}: {answer.status}")
    return length
