"""Readings a second: telegrams stand in Kafka, the pipeline begins to read, until the last is in its month's rollup."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass

from shared.events.topics import TELEMETRY
from shared.runtime.kafka import producer
from shared.store.ledgers import Ledger
from tests.bench.grid import Gateway
from tests.bench.rig import LOOK_SECONDS, PIPELINE, BenchError, Rig, rig
from tests.bench.shapes import Shape
from tests.bench.usage import Usage, peak_memory_mb, usage

WITHIN_S = 180.0
TELEGRAMS_IN_FLIGHT = 2_000
OUTCOMES, OPERATIONS = "gastrack_aggregation_readings_total", "gastrack_aggregation_store_operations_total"
RECEIVED = "gastrack_ingest_readings_received_total"


@dataclass(frozen=True, slots=True)
class Timed:
    """What a measurement took: seconds, CPU, and write operations of aggregation."""

    seconds: float
    used: Usage
    store_operations: float


@dataclass(frozen=True, slots=True)
class Cost:
    """What the readings of a measurement cost, and what the store says of them."""

    readings: int
    registered_s: float
    timed: Timed
    memory_mb: dict[str, float]
    ledger: Ledger
    hours_in_months: int

    @property
    def faults(self) -> list[str]:
        """Return why this is no result: a reading that is not in exactly one place, or not in its month."""
        told = []
        if self.ledger.difference or self.ledger.received != self.readings:
            told.append(f"ledger: {self.readings} sent, {self.ledger}")
        if not self.ledger.accepted == self.hours_in_months == self.readings:
            told.append(f"{self.hours_in_months} hours in the months, {self.ledger.accepted} accepted")
        return told


def measured(shape: Shape, scale: float) -> Cost:
    """Run a shape on servers of its own."""
    with rig() as running:
        grid, hours = shape.sized(scale)
        running.start(*PIPELINE)
        registered_s = running.register(grid)
        running.services["ingest"].process.stop()
        told(f"{shape.name}: {len(grid.stations) * 10:,} lines registered in {registered_s:.1f} s; telegrams …")
        asyncio.run(send(running.servers.kafka_bootstrap, shape.telegrams(Gateway(grid), hours)))
        readings = grid.line_count * len(hours)
        told(f"{shape.name}: {readings:,} readings stand in Kafka; the pipeline begins …")
        return cost(running, readings, registered_s, _timed(running, readings))


def cost(running: Rig, readings: int, registered_s: float, timed: Timed) -> Cost:
    """Gather what a measurement cost, and ask the store."""
    running.wait(lambda: running.ledger().difference == 0, WITHIN_S, "a ledger that balances")
    memory = {name: peak_memory_mb(process.pid) for name, process in running.processes().items()}
    return Cost(readings, registered_s, timed, memory, running.ledger(), running.hours_in_months())


async def send(bootstrap: str, telegrams: Iterable[tuple[str, bytes]]) -> None:
    """Return when the broker has all telegrams for good."""
    sender = producer(bootstrap, linger_ms=20)
    await sender.start()
    pending = []
    try:
        for station, body in telegrams:
            pending.append(await sender.send(TELEMETRY.name, body, key=station.encode()))
            if len(pending) == TELEGRAMS_IN_FLIGHT:
                await asyncio.gather(*pending)
                pending.clear()
        await asyncio.gather(*pending)
    finally:
        await sender.stop()


def _timed(running: Rig, readings: int) -> Timed:
    """Start ingest; return what it takes from its first batch to the last rollup.

    The clock starts with the last look (50 a second) at which ingest had taken nothing, and stops with the first at
    which aggregation has committed everything with write concern majority.
    """
    operations = running.metric("aggregation", OPERATIONS)
    running.services["ingest"].start()
    pids = {name: process.pid for name, process in running.processes().items()}
    before, began = usage(pids), time.monotonic()
    while running.metric("ingest", RECEIVED) == 0:
        before, began = usage(pids), time.monotonic()
        running.services["ingest"].process.require_alive()
        time.sleep(LOOK_SECONDS)
    deadline = began + WITHIN_S
    while running.metric("aggregation", OUTCOMES) < readings:
        if time.monotonic() > deadline:
            raise BenchError(f"not within {WITHIN_S:.0f} s: {readings:,} readings; {running.ledger()}")
        running.services["aggregation"].process.require_alive()
        time.sleep(LOOK_SECONDS)
    seconds, used = time.monotonic() - began, usage(pids).since(before)
    return Timed(seconds, used, running.metric("aggregation", OPERATIONS) - operations)


def told(text: str) -> None:
    """Tell whoever waits what happens; figures go to standard output, this does not."""
    sys.stderr.write(f"{text}\n")
