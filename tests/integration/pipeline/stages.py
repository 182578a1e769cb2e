"""The two stages over a real store, with a topic in memory between them: what a test wants to lose, it loses."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

from deploy.local.services import PARTITIONS
from services.aggregation.handlers import Aggregation
from services.validation.handlers import Validation
from shared.domain.reading import Readings, Source, empty_rows
from shared.events import line_log
from shared.events.line_log import Recorded, Tick, TopologyAsked
from shared.events.register_history import RegisterHistory
from shared.events.topics import Topic
from shared.runtime.faust_worker import Record
from shared.runtime.mongo import Database, connect
from shared.store.documents import ensure_collections
from tests.pipeline.stations import Plan
from tests.pipeline.whole_log import WholeLog

PARTITION = 0
FIRST_KNOWN_MS = 1_790_000_000_000


@asynccontextmanager
async def database_on(uri: str) -> AsyncIterator[Database]:
    """Give an empty database of the test's own."""
    made = connect(uri, f"stages-{uuid4().hex}")
    await ensure_collections(made)
    try:
        yield made
    finally:
        await made.client.drop_database(made.name)
        made.client.close()


@dataclass(slots=True)
class Topic0:
    """Partition 0 of the validated readings, in memory. `lose` names places at which a message is not written."""

    messages: list[bytes] = field(default_factory=list)
    lose: set[int] = field(default_factory=set)
    count: int = 0

    async def send(self, _: Topic, messages: Sequence[tuple[int, bytes]]) -> None:
        """Append, but for what gets lost."""
        for _partition, value in messages:
            if self.count not in self.lose:
                self.messages.append(value)
            self.count += 1

    def records(self, first: int, count: int) -> list[Record]:
        """Return records from an offset on."""
        found = self.messages[first : first + count]
        return [Record(first + place, FIRST_KNOWN_MS, value) for place, value in enumerate(found)]


def validation(database: Database, sink: Topic0, register: RegisterHistory | None = None) -> Validation:
    """Return a validation that knows the register from the line log alone, or another one's."""
    return Validation(database, WholeLog(), register or RegisterHistory("nobody:1"), sink)


def aggregation(database: Database, register: RegisterHistory | None = None) -> Aggregation:
    """Return an aggregation that knows the register from the line log alone, or another one's."""
    return Aggregation(database, WholeLog(), register or RegisterHistory("nobody:1"), PARTITIONS)


async def caught_up(deciding: Aggregation, partition: int = PARTITION) -> None:
    """Let aggregation go on until nothing of a partition waits, however busy the machine is."""
    while deciding.is_behind(partition):
        await deciding.turn()


def line_log_of(plan: Plan, hours: range, per_message: int = 3) -> list[Record]:
    """Return the line log of a station: its registration, then its hours, some in each message."""
    station = plan.stations[0]
    values = [line_log.encode(TopologyAsked(0, FIRST_KNOWN_MS, plan.document("2020-01-01")))]
    for number, first in enumerate(range(hours.start, hours.stop, per_message)):
        wanted = range(first, min(first + per_message, hours.stop))
        rows = empty_rows(len(wanted))
        rows["hour"], rows["volume"], rows["place"] = list(wanted), 1_000, range(len(wanted))
        source = Source("telemetry", 0, number, f"T{number}", station, FIRST_KNOWN_MS)
        values.append(line_log.encode(Recorded(Readings(rows, [plan.lines[station][0]], [source]))))
    return [Record(offset, FIRST_KNOWN_MS + offset, value) for offset, value in enumerate(values)]


def tick(offset: int) -> Record:
    """Return a tick, as they keep coming at the end of the line log."""
    return Record(offset, FIRST_KNOWN_MS + offset, line_log.encode(Tick(FIRST_KNOWN_MS + offset)))
