"""What the rules cost, what the context of lines takes, and how well they find what the simulator spoilt."""

from __future__ import annotations

import asyncio
import resource
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from services.aggregation import judging as judging_in_context
from services.validation import handlers as validation
from shared.domain import gas_time
from shared.domain.line_context import HISTORY_HOURS, KEPT_HOURS, nothing
from shared.runtime.mongo import Database, connect
from shared.store.documents import Collection, ensure_collections
from tests.bench.profile import mongod
from tests.bench.stopwatch import Stopwatch
from tests.bench.throughput import told
from tests.bench.year import FIRST_DAY, Hours, found_hours, judged, labelled, year

LINES_IN_MEMORY = 10_000
FOUND_BY = {"spike": "C5", "frozen": "C8", "unit-jump": "A8", "gap": "B2"}
MISSING_TOO = ("negative", "late", "late-file")
"""Labels whose hours can be missing at their deadline: refused, or sent later."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How a rule finds a fault: hours labelled, hours found, and hours that are both."""

    fault: str
    rule: str
    labelled: int
    found: int
    right: int
    hit: int

    @property
    def precision(self) -> float:
        """Share of what was found that is right."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of what was labelled that was found."""
        return self.hit / self.labelled if self.labelled else 1.0


@dataclass(frozen=True, slots=True)
class Rules:
    """The figures of the rules: µs a reading, MB of context, accuracy by fault, and the clean year."""

    readings: int
    alone_us: float
    in_context_us: float
    context_mb: float
    accuracy: list[Accuracy]
    clean_hours: int
    clean_found: int


def measured() -> Rules:
    """Judge a faulty and a clean year; the context's memory is the growth of the process."""
    context_mb = _context_mb()
    with mongod() as uri:
        return asyncio.run(_measured(uri, context_mb))


async def _measured(uri: str, context_mb: float) -> Rules:
    told("rules: a simulated year with faults …")
    grid, records = year(clean=False)
    database = await _database(uri, "faulty")
    await judged(database, records)
    accuracy = _accuracy(labelled(grid), await found_hours(database))
    told("rules: a clean simulated year …")
    _, records = year(clean=True, days_a_message=5)
    watch, database = Stopwatch(), await _database(uri, "clean")
    watch.wrap(validation, "judge", "alone")
    watch.wrap(judging_in_context, "judge_in_context", "in context")
    await judged(database, records)
    watch.release()
    hours = await _hours(database)
    found = await found_hours(database)
    distinct = {(line, hour) for by_line in found.values() for line, at in by_line.items() for hour in at}
    alone, context = watch.cpu_s["alone"] / hours * 1e6, watch.cpu_s["in context"] / hours * 1e6
    return Rules(hours, alone, context, context_mb, accuracy, hours, len(distinct))


async def _database(uri: str, name: str) -> Database:
    database = connect(uri, name)
    await ensure_collections(database)
    return database


async def _hours(database: Database) -> int:
    months = database[Collection.LINE_MONTHS].aggregate([{"$group": {"_id": None, "sum": {"$sum": "$changes"}}}])
    return int((await months.to_list(1))[0]["sum"])


def _accuracy(labels: dict[str, Hours], found: dict[str, Hours]) -> list[Accuracy]:
    """Count hours from the day on which four weeks of history are there."""
    begin = gas_time.hours_of_day(FIRST_DAY + timedelta(days=1)).start + HISTORY_HOURS
    counted = []
    for fault, rule in FOUND_BY.items():
        spoilt, told_of = _pairs(labels[fault], begin), _pairs(found[rule], begin)
        if fault == "gap":
            others = [_pairs(labels[other], begin) for other in (*MISSING_TOO, "undelivered")]
            right = told_of & spoilt.union(*others)
        else:
            spoilt -= _pairs(labels["undelivered"], begin)
            right = told_of & spoilt
        counted.append(Accuracy(fault, rule, len(spoilt), len(told_of), len(right), len(told_of & spoilt)))
    return counted


def _pairs(hours: Hours, begin: int) -> set[tuple[str, int]]:
    return {(line, hour) for line, at in hours.items() for hour in at if hour >= begin}


def _context_mb() -> float:
    """Return by how many MB the process grows with the kept contexts of 10,000 lines."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    row = nothing(1)
    kept = {f"LINE-{number}": (number, np.repeat(row, KEPT_HOURS)) for number in range(LINES_IN_MEMORY)}
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 / 1e6
    assert len(kept) == LINES_IN_MEMORY
    return grown
