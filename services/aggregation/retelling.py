"""What is to be told again because its gas has changed: what follows from a step, and its parts."""

from __future__ import annotations

from dataclasses import replace

from services.aggregation.analysing import told_of
from services.aggregation.batch import Batch
from services.aggregation.preparing import Preparing
from shared.domain.retelling import Retelling, Unit, online, units_of_analyses, units_of_words
from shared.events.line_log import Analysed, TopologyAsked
from shared.events.register_history import RegisterHistory
from shared.runtime.mongo import Database
from shared.store.documents import Collection, month_id

UNITS_A_PART = 8
"""Line-months of a part of what is told again: at most 5,960 hours, a fifth of a second."""
LOOKED_AT = 2_000
"""Line-months that are looked at for whether there is anything to be told again."""


class Retellings:
    """Finds the units of a retelling, and which of them there is anything to tell again of."""

    def __init__(self, database: Database, register: RegisterHistory, preparing: Preparing) -> None:
        self._database, self._register, self._preparing = database, register, preparing
        self._found: dict[int, tuple[Retelling, list[Unit]]] = {}

    @staticmethod
    def after(batch: Batch, before: int) -> Retelling | None:
        """Return what follows from the last step of a batch, where that is long; `before`: the operation before it."""
        step = batch.steps[-1] if batch.steps else None
        if step is None or not step.is_long:
            return None
        match step.asked:
            case TopologyAsked(offset):
                return Retelling(step.offset, step.known_at_ms, before, offset)
            case Analysed(analyses):
                chromatograph, told = told_of(analyses)
                return Retelling(step.offset, step.known_at_ms, before, before, chromatograph, told.start, told.stop)
            case _:
                return None

    async def part_of(self, partition: int, retelling: Retelling) -> tuple[tuple[Unit, ...], Retelling | None]:
        """Return the next part of what is to be told again, and what is left then."""
        units, at = await self._units(partition, retelling), retelling.done
        chosen: list[Unit] = []
        while at < len(units) and len(chosen) < UNITS_A_PART:
            looked_at = units[at : at + LOOKED_AT]
            names = [month_id(unit.line, unit.month) for unit in looked_at]
            found = self._database[Collection.LINE_MONTHS].find({"_id": {"$in": names}}, {"_id": 1})
            there = {document["_id"] async for document in found}
            for name, unit in zip(names, looked_at, strict=True):
                if len(chosen) == UNITS_A_PART:
                    break
                at += 1
                if name in there:
                    chosen.append(unit)
        left = replace(retelling, done=at) if at < len(units) else None
        if left is None:
            self._found.pop(partition, None)
        return tuple(chosen), left

    async def _units(self, partition: int, retelling: Retelling) -> list[Unit]:
        """Return all units of a retelling; they are kept for its next part."""
        whole, kept = replace(retelling, done=0), self._found.get(partition)
        if kept is None or kept[0] != whole:
            kept = self._found[partition] = whole, await self._found_units(partition, whole)
        return kept[1]

    async def _found_units(self, partition: int, retelling: Retelling) -> list[Unit]:
        after = await self._preparing.registered_at(partition, retelling.after)
        if retelling.chromatograph:
            told = range(retelling.first, retelling.end)
            units = units_of_analyses(after.gas.items(), retelling.chromatograph, told)
        else:
            before = await self._register.register_at(retelling.before)
            units = units_of_words(before.lines, after.lines, retelling.known_at_ms)
        return online(units, after.register.online_from)
