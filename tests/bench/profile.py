"""Where the time of one reading goes: the three stages' own handlers, in this process, over the same telegrams.

Only Kafka is left out (records are handed from stage to stage); MongoDB is real. Each stage takes batches as large as
under load: 1,000 telegrams, or all readings of the backfill's; then sixteen records of one partition. What the
processes spend beyond this is the Kafka clients and Faust: the benchmark's CPU figures less these.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from deploy.local.mongod import Mongod
from deploy.local.ports import free_ports
from deploy.local.services import PARTITIONS
from services.aggregation import handlers as aggregation
from services.aggregation import judging
from services.aggregation import settle as settling
from services.aggregation.commits import Commits
from services.aggregation.preparing import Preparing
from services.aggregation.state import PartitionState
from services.ingest import conversion as ingest
from services.ingest.source_record import SourceRecord
from services.validation import handlers as validation
from shared.domain.line_terms import TermsTable
from shared.events import answer, line_log
from shared.events.line_log import TopologyAsked
from shared.events.partitioning import partition_of
from shared.events.register_history import RegisterHistory
from shared.events.topics import TELEMETRY, Topic
from shared.runtime.faust_worker import Record
from shared.runtime.mongo import Database, connect
from shared.store import progress
from shared.store.documents import ensure_collections
from tests.bench.grid import Gateway, Grid
from tests.bench.shapes import SHAPES, Shape
from tests.bench.stopwatch import Stopwatch
from tests.pipeline.whole_log import WholeLog

TELEGRAMS_A_BATCH = 1_000
RECORDS_A_BATCH = 16
"""64 records of a Faust batch over four partitions."""
SHARE = 0.3
"""Of a shape's size: enough that the first batches weigh little."""
Log = dict[int, list[Record]]


def profiled(scale: float) -> str:
    """Return a table a shape: microseconds a reading and stage."""
    return "\n\n".join(_table(shape, scale * SHARE) for shape in SHAPES)


def _table(shape: Shape, scale: float) -> str:
    grid, hours = shape.sized(scale)
    readings = grid.line_count * len(hours)
    told = [f"| {shape.title}: {readings:,} readings | CPU µs a reading | elapsed µs a reading |", "|---|--:|--:|"]
    for name, watch in asyncio.run(_run(shape, grid, hours)).items():
        told.append(_row(f"**{name}**", sum(watch.cpu_s.values()), sum(watch.elapsed_s.values()), readings))
        for stage, elapsed_s in sorted(watch.elapsed_s.items(), key=lambda pair: -pair[1]):
            told.append(_row(stage, watch.cpu_s[stage], elapsed_s, readings))
    return "\n".join(told)


def _row(stage: str, cpu_s: float, elapsed_s: float, readings: int) -> str:
    return f"| {stage} | {cpu_s / readings * 1e6:.2f} | {elapsed_s / readings * 1e6:.2f} |"


async def _run(shape: Shape, grid: Grid, hours: range) -> dict[str, Stopwatch]:
    """Hand telegrams through the three stages; return the time of each."""
    telegrams = list(shape.telegrams(Gateway(grid), hours))
    known_at_ms = int(time.time() * 1000)
    change = line_log.encode(TopologyAsked(0, known_at_ms, grid.register()))
    recorded: Log = {partition: [Record(0, known_at_ms, change)] for partition in range(PARTITIONS)}
    watches = {name: Stopwatch() for name in ("ingest", "validation", "aggregation")}
    _ingested(telegrams, recorded, known_at_ms, watches["ingest"])
    with mongod() as uri:
        database = connect(uri, "gastrack")
        await ensure_collections(database)
        validated = await _validated(database, recorded, watches["validation"])
        await _aggregated(database, validated, watches["aggregation"])
    return watches


def _ingested(telegrams: list[tuple[str, bytes]], log: Log, known_at_ms: int, watch: Stopwatch) -> None:
    """Convert telegrams batch by batch; add what comes out to the line log."""
    watch.wrap(ingest, "taken_apart", "decode JSON, check form")
    watch.wrap(ingest, "columns_of", "columns")
    watch.wrap(line_log, "encode", "encode")
    offsets = dict.fromkeys(range(PARTITIONS), 0)
    coming = iter(telegrams)
    while some := list(islice(coming, TELEGRAMS_A_BATCH)):
        converter = ingest.Converter(PARTITIONS)
        with watch.timing("the rest of converting"):
            for station, body in some:
                partition = partition_of(station, PARTITIONS)
                converter.take(SourceRecord(TELEMETRY.name, partition, offsets[partition], body))
                offsets[partition] += 1
            converter.flush()
        for partition, value in converter.messages:
            log[partition].append(Record(len(log[partition]), known_at_ms, value))
    watch.release()


class _Kept:
    """A sink that keeps what it is sent, as the topic would."""

    def __init__(self, known_at_ms: int) -> None:
        self.log: Log = {partition: [] for partition in range(PARTITIONS)}
        self._known_at_ms = known_at_ms

    async def send(self, _: Topic, messages: Sequence[tuple[int, bytes]]) -> None:
        """Keep messages."""
        for partition, value in messages:
            self.log[partition].append(Record(len(self.log[partition]), self._known_at_ms, value))


async def _validated(database: Database, log: Log, watch: Stopwatch) -> Log:
    sink = _Kept(log[0][0].timestamp_ms)
    stage = validation.Validation(database, WholeLog(), RegisterHistory(""), sink)
    await _handled(stage, {partition: records[:1] for partition, records in log.items()})
    watch.wrap(line_log, "decode", "decode")
    watch.wrap(validation, "judge", "judge")
    watch.wrap(TermsTable, "lookup", "judge: look up terms")
    watch.wrap(answer, "encode", "encode")
    watch.wrap(progress, "save", "position (round trip, majority)")
    with watch.timing("the rest of the handler"):
        await _handled(stage, {partition: records[1:] for partition, records in log.items()})
    watch.release()
    return sink.log


async def _aggregated(database: Database, log: Log, watch: Stopwatch) -> None:
    stage = aggregation.Aggregation(database, WholeLog(), RegisterHistory(""), PARTITIONS)
    await _handled(stage, {partition: records[:1] for partition, records in log.items()})
    watch.wrap(answer, "decode", "decode")
    watch.wrap(line_log, "decode", "decode")
    watch.wrap(aggregation, "gather", "gather")
    watch.wrap(Preparing, "given", "read what is not at hand")
    watch.wrap(aggregation, "settle", "settle")
    watch.wrap(settling, "contexts_of", "settle: lay contexts")
    watch.wrap(judging, "judge_in_context", "settle: rules in context")
    watch.wrap(aggregation, "writes_of", "make operations")
    watch.wrap(Commits, "commit", "transaction (encode, round trips, majority)")
    watch.wrap(PartitionState, "committed", "take over")
    with watch.timing("the rest of the handler"):
        await _handled(stage, {partition: records[1:] for partition, records in log.items()})
    watch.release()


async def _handled(stage: validation.Validation | aggregation.Aggregation, log: Log) -> None:
    """Hand a stage its records, sixteen of a partition at a time, the partitions in turn."""
    longest = max(len(records) for records in log.values())
    for first in range(0, longest, RECORDS_A_BATCH):
        for partition, records in log.items():
            if some := records[first : first + RECORDS_A_BATCH]:
                await stage.handle(partition, some)


@contextmanager
def mongod() -> Iterator[str]:
    """Give the address of a MongoDB of the measurement's own."""
    with tempfile.TemporaryDirectory(prefix="gastrack-profile-") as name:
        folder = Path(name)
        server = Mongod(folder / "mongodb", folder / "logs" / "mongod.log", free_ports(1)[0])
        try:
            server.start()
            server.wait_ready()
            yield server.uri
        finally:
            server.process.stop()
