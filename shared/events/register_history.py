"""The register as the stages need it: as it was at any place of `operations`, which is its only source.

The register at an offset is the fold of all changes up to it, so a worker that begins, or goes back, needs no state of
its own: it reads `operations` up to the offset that its position names.
"""

from __future__ import annotations

from typing import TypeVar

from shared.domain.line_terms import TermsTable
from shared.domain.topology import Register
from shared.events.operation import TOPOLOGY, OperationError, decode
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
        """Return the terms of all lines after the operation at an offset of `operations`."""
        change, register = await self._found(offset)
        if change not in self._tables:
            self._tables[change] = TermsTable.of(register)
            _keep_latest(self._tables)
        return self._tables[change]

    async def register_at(self, offset: int) -> Register:
        """Return the register after the operation at an offset of `operations`."""
        return (await self._found(offset))[1]

    async def take(self, offset: int, document: bytes, known_at_ms: int) -> None:
        """Take a change that stands in the line log; first those before it that a new worker has not seen."""
        if offset - 1 > self._latest:
            await self._read(self, offset - 1)
        self._fold(offset, document, known_at_ms)

    def pass_over(self, offset: int) -> None:
        """Take note that the operation at an offset changes no register."""
        if offset == self._latest + 1:
            self._latest = offset

    def _fold(self, offset: int, document: bytes, known_at_ms: int) -> None:
        if offset <= self._latest:
            return
        self._latest = offset
        after = applied(self._registers[max(self._registers)], document, known_at_ms) if document else None
        if isinstance(after, Register):
            self._registers[offset] = after
            _keep_latest(self._registers)

    async def _found(self, offset: int) -> tuple[int, Register]:
        """Return the last change up to an offset and the register after it: kept, or folded anew from `operations`."""
        if offset > self._latest:
            await self._read(self, offset)
        history = self
        if offset < min(self._registers):
            history = RegisterHistory(self._bootstrap)
            await self._read(history, offset)
        change = max(change for change in history._registers if change <= offset)
        return change, history._registers[change]

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
    """Return the document of a change; of any other operation, bytes that change nothing."""
    try:
        operation = decode(value)
    except OperationError:
        return b""
    return operation.document if operation.kind == TOPOLOGY else b""


def _keep_latest(kept: dict[int, Kept]) -> None:
    for offset in sorted(kept)[:-MOST_KEPT]:
        del kept[offset]
