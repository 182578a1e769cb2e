"""Seconds to close a gas month of 1,000 lines with `gastrack close-month`, by the one address, servers included."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import timedelta

from shared.domain import gas_time
from shared.store import ledgers
from tests.bench.grid import Gateway, Grid
from tests.bench.rig import BenchError
from tests.bench.throughput import send, told
from tests.bench.whole import whole_system
from tests.pipeline.running import System, until

LINES = 1_000
FILLED_WITHIN_S = 300.0
ALLOWED_S = 30


@dataclass(frozen=True, slots=True)
class Closing:
    """What was closed, and how long it took from the command's start to its end."""

    lines: int
    hours: int
    seconds: float


def measured(scale: float) -> Closing:
    """Fill the last gas month of the lines, then close it; every line must be closed then."""
    lines = max(10, round(LINES * min(scale, 1.0) / 10) * 10)
    with whole_system() as made:
        return _closed(made, Grid(lines))


def _closed(made: System, grid: Grid) -> Closing:
    month = _last_month()
    hours = gas_time.hours_of_month(month)
    made.register(grid.register())
    told(f"closing: {grid.line_count * len(hours):,} hours of {grid.line_count:,} lines …")
    asyncio.run(send(made.servers.kafka_bootstrap, Gateway(grid).spans(hours, (len(hours),))))
    wanted = grid.line_count * len(hours)
    until(lambda: made.store(ledgers.total).accepted >= wanted, FILLED_WITHIN_S, "all hours accepted")
    _wait_for_a_tick(made, grid, month)
    told(f"closing: {month} …")
    began = time.monotonic()
    answer = made.gastrack("close-month", month, "--json", code=None)
    seconds = time.monotonic() - began
    refused = [row for row in answer["rows"] if not row["closed"]]
    if refused or len(answer["rows"]) != grid.line_count:
        raise BenchError(f"{len(refused)} of {len(answer['rows'])} lines were not closed: {refused[:2]}")
    return Closing(grid.line_count, wanted, seconds)


def _last_month() -> str:
    today = gas_time.gas_day(int(time.time() // 3600))
    return gas_time.month_of(today.replace(day=1) - timedelta(days=1))


def _wait_for_a_tick(made: System, grid: Grid, month: str) -> None:
    """Wait until the line log says that the month has ended: the first decision is refused before."""
    line = grid.lines(0)[0]
    arguments = ("close-month", month, "--line", line, "--json")
    until(lambda: bool(made.gastrack(*arguments, code=None)["rows"][0]["closed"]), FILLED_WITHIN_S, "a tick")
