"""The register as validation needs it: as it was at any place of `operations`, which is its only source.

The register at an offset is the fold of all changes up to it, so a worker that begins, or goes back, needs no state of
its own: it reads `operations` up to the offset that its position names.
"""

from __future__ import annotations

from shared.domain.line_terms import TermsTable
from shared.domain.topology import Register
from shared.events.operation import OperationError, decode
from shared.events.topics import OPERATIONS
from shared.events.topology import applied
from shared.runtime.kafka import TopicPartition, consumer

NOTHING_CHANGED = -1


class RegisterHistory:
    """The register after each change; shared by all partitions of a worker."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._offsets: list[int] = [NOTHING_CHANGED]
        self._registers: dict[int, Register] = {NOTHING_CHANGED: Register()}
        self._tables: dict[int, TermsTable] = {}

    async def table_at(self, offset: int) -> TermsTable:
        """Return the terms of all lines after the change at an offset of `operations`."""
        if offset not in self._registers:
            await self._read_until(offset)
        if offset not in self._tables:
            self._tables[offset] = TermsTable.of(self._registers[offset])
        return self._tables[offset]

    def take(self, offset: int, document: bytes, known_at_ms: int) -> None:
        """Take a change that stands in the line log."""
        if offset <= self._offsets[-1]:
            return
        before = self._registers[self._offsets[-1]]
        after = applied(before, document, known_at_ms)
        self._offsets.append(offset)
        self._registers[offset] = after if isinstance(after, Register) else before

    async def _read_until(self, offset: int) -> None:
        """Read the changes that are not known yet, up to an offset."""
        place = TopicPartition(OPERATIONS.name, 0)
        reader = consumer(self._bootstrap, None)
        await reader.start()
        try:
            reader.assign([place])
            reader.seek(place, self._offsets[-1] + 1)
            while self._offsets[-1] < offset:
                record = await reader.getone()
                self._take_record(record.offset, record.value or b"", record.timestamp)
        finally:
            await reader.stop()

    def _take_record(self, offset: int, value: bytes, known_at_ms: int) -> None:
        try:
            self.take(offset, decode(value).document, known_at_ms)
        except OperationError:
            self._offsets.append(offset)
            self._registers[offset] = self._registers[self._offsets[-2]]
