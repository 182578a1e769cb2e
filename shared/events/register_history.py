"""The register as the stages need it: as it was at any place of `operations`, which is its only source.

The register at an offset is the fold of all changes up to it, so a worker that begins, or goes back, needs no state of
its own: it reads `operations` once, up to the offset that its position names.
"""

from __future__ import annotations

from typing import TypeVar

from shared.domain.line_terms import TermsTable
from shared.domain.register import Register
from shared.events.operation import TOPOLOGY, OperationError, decode
from shared.events.topics import OPERATIONS
from shared.events.topology import applied
from shared.runtime.kafka import TopicPartition, consumer

NOTHING_CHANGED = -1
MOST_KEPT = 16
"""Registers kept, 2 MB each with 20,000 lines: those asked for last, for partitions lie a few changes apart."""
Kept = TypeVar("Kept")


class RegisterHistory:
    """The register after each change; shared by all partitions of a worker.

    All accepted changes stay at hand, so that a register of long ago is folded from the one before it that is kept.
    """

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._latest = NOTHING_CHANGED
        self._accepted: dict[int, tuple[bytes, int]] = {}
        self._registers: dict[int, Register] = {NOTHING_CHANGED: Register()}
        self._tables: dict[int, TermsTable] = {}

    async def table_at(self, offset: int) -> TermsTable:
        """Return the terms of all lines after the operation at an offset of `operations`."""
        change, register = await self._found(offset)
        if change not in self._tables:
            self._tables[change] = TermsTable.of(register)
        _used(self._tables, change)
        return self._tables[change]

    async def register_at(self, offset: int) -> Register:
        """Return the register after the operation at an offset of `operations`."""
        return (await self._found(offset))[1]

    async def take(self, offset: int, document: bytes, known_at_ms: int) -> None:
        """Take a change that stands in the line log; first those before it that a new worker has not seen."""
        if offset - 1 > self._latest:
            await self._read(offset - 1)
        self._fold(offset, document, known_at_ms)

    def pass_over(self, offset: int) -> None:
        """Take note that the operation at an offset changes no register."""
        if offset == self._latest + 1:
            self._latest = offset

    def _fold(self, offset: int, document: bytes, known_at_ms: int) -> None:
        if offset <= self._latest:
            return
        after = applied(self._register_after(self._last_change(offset)), document, known_at_ms) if document else ()
        self._latest = offset
        if isinstance(after, Register):
            self._accepted[offset] = document, known_at_ms
            self._registers[offset] = after
            _used(self._registers, offset)

    async def _found(self, offset: int) -> tuple[int, Register]:
        """Return the last change up to an offset and the register after it."""
        if offset > self._latest:
            await self._read(offset)
        change = self._last_change(offset)
        return change, self._register_after(change)

    def _last_change(self, offset: int) -> int:
        return max((change for change in self._accepted if change <= offset), default=NOTHING_CHANGED)

    def _register_after(self, change: int) -> Register:
        """Return the register after a change: kept, or folded anew from the nearest one before it."""
        if change not in self._registers:
            base = max((kept for kept in self._registers if kept < change), default=NOTHING_CHANGED)
            register = self._registers.get(base, Register())
            for offset, (document, known_at_ms) in self._accepted.items():
                if base < offset <= change:
                    after = applied(register, document, known_at_ms)
                    register = after if isinstance(after, Register) else register
            self._registers[change] = register
        _used(self._registers, change)
        return self._registers[change]

    async def _read(self, until: int) -> None:
        """Read the changes that are not known yet, up to an offset."""
        place, reader = TopicPartition(OPERATIONS.name, 0), consumer(self._bootstrap, None)
        await reader.start()
        try:
            reader.assign([place])
            reader.seek(place, self._latest + 1)
            while self._latest < until:
                record = await reader.getone()
                self._fold(record.offset, _document(record.value or b""), record.timestamp)
        finally:
            await reader.stop()


def _document(value: bytes) -> bytes:
    """Return the document of a change; of any other operation, bytes that change nothing."""
    try:
        operation = decode(value)
    except OperationError:
        return b""
    return operation.document if operation.kind == TOPOLOGY else b""


def _used(kept: dict[int, Kept], change: int) -> None:
    """Note that something is asked for; drop what was asked for longest ago."""
    kept[change] = kept.pop(change)
    for forgotten in list(kept)[:-MOST_KEPT]:
        del kept[forgotten]
