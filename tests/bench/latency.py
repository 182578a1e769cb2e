"""Seconds from telegram to visible rollup, at 1,000 readings/s offered.

A telegram's time begins when it is due to be sent, so a sender that is held up hides nothing. Every telegram is
followed: its station's first line is watched, 200 looks a second at the months' `changes` (majority reads, as readers
read), and a telegram is visible with the first look that has counted its hour.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import uvloop

from shared.domain import gas_time
from shared.events.topics import TELEMETRY
from shared.runtime.kafka import AIOKafkaProducer, producer
from shared.runtime.mongo import Database, connect
from shared.store.documents import Collection, month_id
from tests.bench.grid import LINES_PER_STATION, Gateway, Grid
from tests.bench.rig import DATABASE, PIPELINE, Rig, rig
from tests.bench.shapes import LATENCY_LINES, LATENCY_SECONDS, OFFERED_PER_S
from tests.bench.throughput import OPERATIONS, Cost, Timed, cost, told
from tests.bench.usage import usage

LOOK_SECONDS = 0.005
WARM_UP_S = 10.0
"""Telegrams of the first seconds are sent and not counted: Kafka compiles itself then, and every month is new."""
DRAIN_S = 30.0


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds from telegram to visible rollup; `telegrams` were followed."""

    telegrams: int
    p50_ms: float
    p99_ms: float
    highest_ms: float
    cost: Cost


def measured(scale: float) -> Latency:
    """Offer 1,000 readings/s for 30 seconds, less at a smaller scale."""
    with rig() as running:
        grid = Grid(LATENCY_LINES)
        running.start(*PIPELINE)
        registered_s = running.register(grid)
        telegrams = round(max(2.0, LATENCY_SECONDS * min(scale, 2.0)) + WARM_UP_S) * OFFERED_PER_S // LINES_PER_STATION
        hours = _hours_of_one_month(telegrams // len(grid.stations))
        told(f"latency: {OFFERED_PER_S:,} readings/s for {telegrams * LINES_PER_STATION / OFFERED_PER_S:.0f} s …")
        operations = running.metric("aggregation", OPERATIONS)
        pids = {name: process.pid for name, process in running.processes().items()}
        before, began = usage(pids), time.monotonic()
        waited_ms = uvloop.run(_followed(running, grid, hours))
        seconds, used = time.monotonic() - began, usage(pids).since(before)
        timed = Timed(seconds, used, running.metric("aggregation", OPERATIONS) - operations)
        p50, p99, highest = np.quantile(waited_ms, [0.5, 0.99, 1.0]).tolist()
        found = cost(running, len(hours) * grid.line_count, registered_s, timed)
        return Latency(len(waited_ms), p50, p99, highest, found)


def _hours_of_one_month(count: int) -> range:
    """Return the first hours of the last whole gas month: they are all counted in one document a line."""
    this = gas_time.month_of(gas_time.gas_day(int(time.time() // 3600)))
    last_day = gas_time.hours_of_day(gas_time.first_day_of_month(this)).start - 1
    first = gas_time.hours_of_day(gas_time.gas_day(last_day).replace(day=1)).start
    return range(first, first + count)


async def _followed(running: Rig, grid: Grid, hours: range) -> list[float]:
    """Send and watch; return how long each telegram took, in milliseconds."""
    month = gas_time.month_of(gas_time.gas_day(hours.start))
    ids = {month_id(grid.lines(station)[0], month): station for station in grid.stations}
    database = connect(running.servers.mongo_uri, DATABASE)
    sender = producer(running.servers.kafka_bootstrap)
    await sender.start()
    try:
        begins = time.monotonic() + 0.5
        due = begins + np.arange(len(hours) * len(ids)) * (LINES_PER_STATION / OFFERED_PER_S)
        sending = asyncio.create_task(_send(sender, Gateway(grid), hours, due.tolist()))
        visible = await _watched(database, ids, len(hours), float(due[-1]) + DRAIN_S)
        await sending
    finally:
        await sender.stop()
    counted = due - begins >= WARM_UP_S
    waited: list[float] = ((visible - due)[counted] * 1000).tolist()
    return waited


async def _send(sender: AIOKafkaProducer, gateway: Gateway, hours: range, due: list[float]) -> None:
    """Send each telegram when it is due."""
    pending = []
    for at, (station, body) in zip(due, gateway.hour_by_hour(hours), strict=True):
        await asyncio.sleep(max(0.0, at - time.monotonic()))
        pending.append(await sender.send(TELEMETRY.name, body, key=station.encode()))
    await asyncio.gather(*pending)


async def _watched(database: Database, ids: Mapping[str, int], hours: int, deadline: float) -> np.ndarray:
    """Return when each telegram became visible, in the order in which they are sent: by hour, then by station."""
    months = database[Collection.LINE_MONTHS]
    visible = np.full((hours, len(ids)), np.nan)
    seen = dict.fromkeys(ids, 0)
    while min(seen.values()) < hours and time.monotonic() < deadline:
        documents = await months.find({"_id": {"$in": list(ids)}}, {"changes": 1}).to_list(len(ids))
        now = time.monotonic()
        for document in documents:
            name, changes = document["_id"], int(document["changes"])
            visible[seen[name] : changes, ids[name]] = now
            seen[name] = changes
        await asyncio.sleep(LOOK_SECONDS)
    return visible.reshape(-1)
