"""What files cost: three years of a line, cold and rendered; a month of 100 lines; 2.6 million rows; the first byte."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.client import HTTPConnection
from typing import Any

import numpy as np
import psutil

from shared.domain import gas_time
from shared.domain.revision import HOUR
from shared.domain.rollup import fold_days, fold_hours
from shared.domain.topology import Line, Station, Terms
from shared.runtime.mongo import SyncDatabase, connect_sync
from shared.store.documents import Collection, day_id, month_id, slot_name
from tests.bench.rig import DATABASE, BenchError, Rig, rig
from tests.bench.throughput import told
from tests.integration.query.stored_lines import plausible_hours, reach, register

LINES = 100
YEARS = 3
TIMES = 8
"""Each question, of another line or month where it shall be cold."""
FIRST_BYTE_MS = 100
MOST_MB_OF_A_FILE = 150
READ_BYTES, LOOK_BYTES = 1 << 20, 4 << 20
"""Read at most at a time; and how much between two looks at the memory, which take the reader's time."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Files of one kind: their addresses after /v1/download?, their rows in all.

    Attributes:
        floor: How many rows a second are wanted.
        most_mb: What the process may hold in all.
    """

    name: str
    queries: tuple[str, ...]
    rows: int
    floor: int = 0
    most_mb: int | None = None


@dataclass(slots=True)
class Fetched:
    """What files of one kind took together: rows, bytes, seconds, those of the process, the latest first byte."""

    asked: Asked
    size: int = 0
    seconds: float = 0.0
    cpu_s: float = 0.0
    first_byte_ms: list[float] = field(default_factory=list)
    before_mb: float = 0.0
    peak_mb: float = 0.0

    @property
    def per_s(self) -> float:
        """Rows a second."""
        return self.asked.rows / self.seconds

    @property
    def per_cpu_s(self) -> float:
        """Rows a second of the export process alone."""
        return self.asked.rows / max(self.cpu_s, 1e-3)


def measured() -> list[Fetched]:
    """Fill a store with three years of a hundred lines, all but the running year closed, and fetch files."""
    end = gas_time.gas_day(int(time.time()) // 3600).replace(day=1)
    first = end.replace(year=end.year - YEARS)
    with rig() as made:
        told(f"downloads: {LINES} lines, {YEARS} years …")
        _fill(connect_sync(made.servers.mongo_uri, DATABASE), first, end)
        made.services["export"].start()
        made.services["export"].wait_ready()
        return [_fetch(made, asked) for asked in _questions(first, end)]


def _questions(first: date, end: date) -> Iterator[Asked]:
    period, hours = f"from={first}&to={end}", _hours(first, end)
    cold = tuple(f"line={_name(place)}&{period}" for place in range(TIMES))
    lines = "&".join(f"line={_name(place)}" for place in range(LINES))
    yield Asked("warming", (f"line={_name(LINES - 1)}&{period}",), hours)
    # First, for its memory: what the others keep is bounded, and not the file's.
    yield Asked("100 lines, three years", (f"{lines}&{period}",), LINES * hours, most_mb=MOST_MB_OF_A_FILE)
    yield Asked("three years hourly, cold", cold, TIMES * hours, 300_000)
    again = cold[-1:] * TIMES * 5  # a fifth of a second for eight tells little
    yield Asked("the same, rendered", again, len(again) * hours, 1_500_000)
    months = gas_time.months_between(first, end - timedelta(days=1))[:TIMES]
    bounds = [
        (gas_time.first_day_of_month(one), gas_time.first_day_of_month(gas_time.next_month(one))) for one in months
    ]
    rows = LINES * sum(_hours(*bound) for bound in bounds)
    yield Asked("100 lines, one month", tuple(f"{lines}&from={low}&to={high}" for low, high in bounds), rows, 200_000)
    # Whose library is loaded by the first of a process.
    yield Asked("parquet's first", (f"line={_name(TIMES - 1)}&{period}&format=parquet",), hours)
    for form in ("xml", "json", "xlsx", "parquet"):
        queries = tuple(f"line={_name(place)}&{period}&format={form}" for place in range(TIMES, TIMES + 3))
        yield Asked(f"three years hourly as {form}", queries, len(queries) * hours)


def _hours(first: date, end: date) -> int:
    return gas_time.hours_of_day(end).start - gas_time.hours_of_day(first).start


def _name(place: int) -> str:
    return f"BE-{place // 10:04d}-{place % 10}"


def _fill(database: SyncDatabase[dict[str, Any]], first: date, end: date) -> None:
    hours = range(gas_time.hours_of_day(first).start, gas_time.hours_of_day(end - timedelta(days=1)).stop)
    names = [_name(place) for place in range(LINES)]
    lines = [Line(name, "BE-0001", (Terms(first, f"Line {name}"),)) for name in names]
    register(database, Station("BE-0001", "Station"), *lines)
    days, months = _documents(first, end, plausible_hours(hours))
    for name in names:
        owned = {"p": 0, "l": name}
        database[Collection.LINE_DAYS].insert_many([{"_id": day_id(name, day), **owned, **one} for day, one in days])
        database[Collection.LINE_MONTHS].insert_many(
            [{"_id": month_id(name, month), **owned, **one} for month, one in months]
        )
    reach(database, hours.stop * 3_600_000)


def _documents(first: date, end: date, rows: Any) -> tuple[list[tuple[date, Any]], list[tuple[str, Any]]]:
    """Return the days and months of a line, all closed but the last."""
    days, months, begin = [], dict[str, dict[str, Any]](), 0
    slots = dict[str, list[Any]]()
    for place in range((end - first).days):
        day = first + timedelta(days=place)
        hours: Any = rows[begin : begin + len(gas_time.hours_of_day(day))]
        begin += len(hours)
        rollup = fold_hours(hours[None, :].astype(HOUR))[0]
        days.append((day, {"h": hours.tobytes(), "r": rollup.tobytes()}))
        month = gas_time.month_of(day)
        slots.setdefault(month, []).append((slot_name(day), rollup))
    for month, of_month in slots.items():
        whole = fold_days(_stacked([rollup for _, rollup in of_month]))
        packed = {name: rollup.tobytes() for name, rollup in of_month}
        counted = {"changes": int(whole["changes"]), "known_at": int(whole["known_at"])}
        months[month] = {"d": packed, **counted, "closed": True}
    months[gas_time.month_of(end - timedelta(days=1))].pop("closed")
    return days, list(months.items())


def _stacked(rollups: list[Any]) -> Any:
    return np.array(rollups, rollups[0].dtype)


def _fetch(made: Rig, asked: Asked) -> Fetched:
    told(f"downloads: {asked.name} …")
    export, found = made.services["export"], Fetched(asked)
    process = psutil.Process(export.process.pid)
    found.before_mb = found.peak_mb = process.memory_info().rss / 1e6
    connection = HTTPConnection("127.0.0.1", export.http_port or 0, timeout=300)

    def look() -> None:
        found.peak_mb = max(found.peak_mb, process.memory_info().rss / 1e6)

    before, began = sum(process.cpu_times()[:2]), time.perf_counter()
    for query in asked.queries:
        _once(connection, query, found, look)
    found.seconds, found.cpu_s = time.perf_counter() - began, sum(process.cpu_times()[:2]) - before
    return found


def _once(connection: HTTPConnection, query: str, found: Fetched, look: Callable[[], None]) -> None:
    began, ends, looked_at = time.perf_counter(), 0, found.size
    connection.request("GET", f"/v1/download?{query}")
    with connection.getresponse() as answer:
        if answer.status != 200:
            raise BenchError(f"{query[:80]}: {answer.status} {answer.read(300)!r}")
        while block := answer.read1(READ_BYTES):
            if not ends:
                found.first_byte_ms.append((time.perf_counter() - began) * 1e3)
            ends += 1
            found.size += len(block)
            if found.size - looked_at >= LOOK_BYTES:
                looked_at = found.size
                look()
    look()
