"""The register as validation needs it: as it was at any place of `operations`, which is its only source.

The register at an offset is the fold of all changes up to it, so a worker that begins, or goes back, needs no state of
its own: it reads `operations` up to the offset that its position names.
"""

from __future__ import annotations

from typing import TypeVar

from shared.domain.line_terms import TermsTable
from shared.domain.topology import Register
from shared.events.operation import OperationError, decode
from shared.events.topics import OPERATIONS
from shared.events.topology import applied
from shared.runtime.kafka import TopicPartition, consumer

NOTHING_CHANGED = -1
MOST_KEPT = 16
"""Registers kept, 2 MB each with 20,000 lines: partitions lie a few changes apart, hardly ever more."""
Kept = TypeVar("Kept")


class RegisterHistory:
    """The register after each of the latest changes; shared by all partitions of a worker."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._latest = NOTHING_CHANGED
        self._registers: dict[int, Register] = {NOTHING_CHANGED: Register()}
        self._tables: dict[int, TermsTable] = {}

    async def table_at(self, offset: int) -> TermsTable:
        """Return the terms of all lines after the change at an offset of `operations`."""
        if offset not in self._tables:
            self._tables[offset] = TermsTable.of(await self._register_at(offset))
            _keep_latest(self._tables)
        return self._tables[offset]

    async def take(self, offset: int, document: bytes, known_at_ms: int) -> None:
        """Take a change that stands in the line log; first those before it that a new worker has not seen."""
        if offset - 1 > self._latest:
            await self._read(self, offset - 1)
        self._fold(offset, document, known_at_ms)

    def _fold(self, offset: int, document: bytes, known_at_ms: int) -> None:
        if offset > self._latest:
            before = self._registers[self._latest]
            after = applied(before, document, known_at_ms)
            self._latest, self._registers[offset] = offset, after if isinstance(after, Register) else before
            _keep_latest(self._registers)

    async def _register_at(self, offset: int) -> Register:
        """Return the register at an offset: kept, or folded anew from `operations`."""
        if offset not in self._registers and offset > self._latest:
            await self._read(self, offset)
        if offset in self._registers:
            return self._registers[offset]
        anew = RegisterHistory(self._bootstrap)
        await self._read(anew, offset)
        return anew._registers[offset]

    async def _read(self, history: RegisterHistory, until: int) -> None:
        """Read the changes that a history does not know yet, up to an offset."""
        place, reader = TopicPartition(OPERATIONS.name, 0), consumer(self._bootstrap, None)
        await reader.start()
        try:
            reader.assign([place])
            reader.seek(place, history._latest + 1)
            while history._latest < until:
                record = await reader.getone()
                history._fold(record.offset, _document(record.value or b""), record.timestamp)
        finally:
            await reader.stop()


def _document(value: bytes) -> bytes:
    """Return the document of an operation; of one that cannot be read, bytes that change nothing."""
    try:
        return decode(value).document
    except OperationError:
        return b""


def _keep_latest(kept: dict[int, Kept]) -> None:
    for offset in sorted(kept)[:-MOST_KEPT]:
        del kept[offset]
