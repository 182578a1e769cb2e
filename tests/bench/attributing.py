"""Seconds until a changed attribution of a year of 100 lines is recomputed and visible, servers included."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from shared.domain import gas_time
from shared.events.topics import ANALYSES
from shared.runtime.kafka import producer
from shared.store import ledgers
from tests.bench.grid import Gateway, Grid
from tests.bench.rig import BenchError, revisions_in_months
from tests.bench.shapes import past
from tests.bench.throughput import send, told
from tests.bench.whole import whole_system
from tests.pipeline.running import System, until

LINES, HOURS = 100, 8_760
FILLED_WITHIN_S, RECOMPUTED_WITHIN_S = 600.0, 600.0
ALLOWED_S = 60
ANALYSES_A_TELEGRAM = 1_000
HERE, THERE = "HERE", "THERE"
GCV = {HERE: 11.2, THERE: 11.4}


@dataclass(frozen=True, slots=True)
class Attributing:
    """What was recomputed, and how long it took from the command's start until every reader saw all of it."""

    lines: int
    hours: int
    seconds: float


def measured(scale: float) -> Attributing:
    """Fill a year of lines that carry the gas of one chromatograph, then let them carry another one's."""
    hours = past(max(24, round(HOURS * min(scale, 1.0))))
    with whole_system() as made:
        return _attributed(made, Grid(LINES, sends=()), hours)


def _attributed(made: System, grid: Grid, hours: range) -> Attributing:
    made.register(grid.register())
    made.register(_attributions(grid, HERE, hours))
    asyncio.run(_analyse(made.servers.kafka_bootstrap, hours))
    wanted = grid.line_count * len(hours)
    told(f"attributing: {wanted:,} hours of {grid.line_count} lines …")
    asyncio.run(send(made.servers.kafka_bootstrap, Gateway(grid).spans(hours, (744,))))
    until(lambda: made.store(ledgers.total).accepted >= wanted + 2 * len(hours), FILLED_WITHIN_S, "all hours accepted")
    _require(made, grid, hours, HERE)
    told("attributing: the other chromatograph …")
    began = time.monotonic()
    made.register(_attributions(grid, THERE, hours))
    until(lambda: made.store(revisions_in_months) >= 2 * wanted, RECOMPUTED_WITHIN_S, "all hours recomputed")
    seconds = time.monotonic() - began
    _require(made, grid, hours, THERE)
    made.verify()
    return Attributing(grid.line_count, wanted, seconds)


def _attributions(grid: Grid, chromatograph: str, hours: range) -> bytes:
    lines = [line for station in grid.stations for line in grid.lines(station)]
    start = gas_time.hour_text(hours.start)
    attributions = [{"line": line, "from": start, "chromatograph": chromatograph} for line in lines]
    named: list[dict[str, Any]] = [{"id": name, "name": name} for name in GCV]
    return json.dumps({"reason": "benchmark", "chromatographs": named, "attributions": attributions}).encode()


async def _analyse(bootstrap: str, hours: range) -> None:
    """Let both chromatographs tell of every hour."""
    sender = producer(bootstrap)
    await sender.start()
    try:
        for body in _telegrams(hours):
            await sender.send_and_wait(ANALYSES.name, body, partition=0)
    finally:
        await sender.stop()


def _telegrams(hours: range) -> Iterator[bytes]:
    for chromatograph, gcv in GCV.items():
        for first in range(hours.start, hours.stop, ANALYSES_A_TELEGRAM):
            part = range(first, min(first + ANALYSES_A_TELEGRAM, hours.stop))
            analyses = [{"start": gas_time.hour_text(hour), "gcv_kwh_per_m3n": gcv} for hour in part]
            sent = gas_time.hour_text(part.stop)
            telegram = {"telegram": f"{chromatograph}/{first}", "chromatograph": chromatograph, "sent": sent}
            yield json.dumps({**telegram, "analyses": analyses}).encode()


def _require(made: System, grid: Grid, hours: range, chromatograph: str) -> None:
    """Ask as a reader does: the last line's days have the calorific value of the chromatograph.

    Raises:
        BenchError: they have not; a figure would mean nothing.
    """
    line = grid.lines(grid.stations[-1])[-1]
    first, end = (gas_time.gas_day(hour).isoformat() for hour in (hours.start, hours.stop))
    answer = made.get(f"/v1/lines/{line}/measurements?view=day&from={first}&to={end}&limit=1000")
    values = {row["gcv"] for row in answer["rows"]}
    if values != {GCV[chromatograph]}:
        raise BenchError(f"{line} does not carry the gas of {chromatograph}: {sorted(values)[:3]}")
