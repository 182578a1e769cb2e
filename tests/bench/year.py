"""A simulated year through the two stages that judge, over a real MongoDB: its line log, and what was found."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import yaml

from deploy.local import simulator
from deploy.local.simulator.faults import NEVER
from deploy.local.simulator.grid import Grid, Line
from deploy.local.simulator.hours import hours_of, true_hours
from deploy.local.simulator.register import topology_yaml
from deploy.local.simulator.scales import SCALE
from services.aggregation.handlers import Aggregation
from services.validation.handlers import Validation
from shared.domain import gas_time
from shared.domain.quantities import ABSENT, QUANTITIES
from shared.domain.reading import MEASURES, Readings, Source, empty_rows
from shared.events import line_log
from shared.events.codec import MAX_READINGS
from shared.events.line_log import Recorded, Tick, TopologyAsked
from shared.events.register_history import RegisterHistory
from shared.events.topics import Topic
from shared.runtime.faust_worker import Record
from shared.runtime.mongo import Database
from shared.store.documents import Collection
from tests.integration.pipeline.stages import caught_up
from tests.pipeline.whole_log import WholeLog

FIRST_DAY, DAYS = date(2024, 1, 1), 366
HOUR_MS = 3_600_000
DEADLINE_PASSED_MS = 5 * HOUR_MS
"""After the end of a gas day, beyond its deadline (rule B2: 4 h)."""
RECORDS_A_BATCH = 16
ONE_PARTITION = 1
Hours = dict[str, set[int]]


@dataclass(slots=True)
class Kept:
    """A topic in memory, and a clock of its own."""

    messages: list[bytes] = field(default_factory=list)

    async def send(self, _: Topic, messages: Sequence[tuple[int, bytes]]) -> None:
        """Keep messages."""
        self.messages += [value for _, value in messages]


def year(*, clean: bool, days_a_message: int = 1) -> tuple[Grid, list[Record]]:
    """Return the grid and the line log of a year: lines with deadlines, hours as they are delivered, a tick a message.

    Args:
        clean: What is true, instead of what faulty stations send.
        days_a_message: How much time a message holds, of all lines. Hours wait for it: late is only what waits longer.
    """
    grid = simulator.grid()
    lines = [(line, _delivered(grid, line, clean=clean)) for line in grid.lines]
    begin = _bounds()[0]
    register = _register(grid, late_h=days_a_message * 24 + 2)
    records = [Record(0, begin * HOUR_MS, line_log.encode(TopologyAsked(0, begin * HOUR_MS, register)))]
    for day in range(0, DAYS, days_a_message):
        end = gas_time.hours_of_day(FIRST_DAY + timedelta(days=min(day + days_a_message, DAYS) - 1)).stop
        for message in _messages(lines, begin, end):
            records.append(Record(len(records), end * HOUR_MS + 60_000, message))
        tick_ms = end * HOUR_MS + DEADLINE_PASSED_MS
        records.append(Record(len(records), tick_ms, line_log.encode(Tick(tick_ms))))
        begin = end
    return grid, records


def _bounds() -> tuple[int, int]:
    last_day = FIRST_DAY + timedelta(days=DAYS - 1)
    return gas_time.hours_of_day(FIRST_DAY).start, gas_time.hours_of_day(last_day).stop


def _register(grid: Grid, late_h: int) -> bytes:
    document = yaml.safe_load(topology_yaml(grid, FIRST_DAY))
    for line in document["lines"]:
        line["live_from"], line["thresholds"] = FIRST_DAY, {"B5.hours": late_h}
    return json.dumps(document, default=str).encode()


def _delivered(grid: Grid, line: Line, *, clean: bool) -> np.ndarray:
    first, end = _bounds()
    return (true_hours if clean else hours_of)(grid.seed, line, first, end - 1)


def _messages(lines: list[tuple[Line, np.ndarray]], begin: int, end: int) -> Iterator[bytes]:
    """Yield messages with all hours that are delivered from one hour to another: at most 2,000 readings each."""
    due = [(line, rows[(rows["delivered"] >= begin) & (rows["delivered"] < end)]) for line, rows in lines]
    share = MAX_READINGS // len(due)
    for first in range(0, max(len(rows) for _, rows in due), share):
        cut = [(line, rows[first : first + share]) for line, rows in due if len(rows) > first]
        yield line_log.encode(Recorded(_readings(cut, end * 100 + first // share)))


def _readings(cut: list[tuple[Line, np.ndarray]], offset: int) -> Readings:
    """Return readings of lines; each station has a source of its own, all in one record of the source topic."""
    rows, begin = empty_rows(sum(len(part) for _, part in cut)), 0
    stations = list(dict.fromkeys(line.station.id for line, _ in cut))
    for number, (line, part) in enumerate(cut):
        own = rows[begin : begin + len(part)]
        own["line"], own["hour"], own["source"] = number, part["hour"], stations.index(line.station.id)
        for name, quantity in zip(MEASURES, QUANTITIES, strict=True):
            own[name] = part[quantity.field] * (quantity.scale // SCALE[quantity.field])
        if not line.one_way:
            own["index"] = ABSENT
        begin += len(part)
    rows["place"], rows["meter"] = np.arange(len(rows)), 1
    sources = [Source("telemetry", 0, offset, f"{station}/{offset}", station, offset) for station in stations]
    return Readings(rows, [line.id for line, _ in cut], sources, ["", "M"])


async def judged(database: Database, records: list[Record]) -> None:
    """Let both stages take a line log."""
    register, topic = RegisterHistory("nobody:1"), Kept()
    judging = Validation(database, WholeLog(), register, topic)
    deciding = Aggregation(database, WholeLog(), register, ONE_PARTITION)
    for first in range(0, len(records), RECORDS_A_BATCH):
        await judging.handle(0, records[first : first + RECORDS_A_BATCH])
    for first in range(0, len(topic.messages), RECORDS_A_BATCH):
        some = topic.messages[first : first + RECORDS_A_BATCH]
        await deciding.handle(0, [Record(first + place, 0, value) for place, value in enumerate(some)])
        await caught_up(deciding, 0)


async def found_hours(database: Database) -> dict[str, Hours]:
    """Return, by rule and line, the hours in which something was found."""
    found: dict[str, Hours] = defaultdict(lambda: defaultdict(set))
    async for document in database[Collection.FINDINGS].find():
        found[document["rule"]][document["line"]] |= set(document["hours"])
    return found


def labelled(grid: Grid) -> dict[str, Hours]:
    """Return, by label and line, the hours that the simulator spoilt; `undelivered` are those that never come."""
    first, end = _bounds()
    told: dict[str, Hours] = defaultdict(lambda: defaultdict(set))
    for label in simulator.labels(grid, first, end - 1):
        told[label.kind][label.line].add(label.hour)
    for line in grid.lines:
        rows = hours_of(grid.seed, line, first, end - 1)
        late = (rows["delivered"] == NEVER) | (rows["delivered"] >= end)
        told["undelivered"][line.id] |= set(rows["hour"][late].tolist())
    return told
