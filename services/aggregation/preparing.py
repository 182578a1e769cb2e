"""Reading all that a batch is decided with: the register, months, gas days, and the contexts of its lines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from services.aggregation.analysing import analysed_days
from services.aggregation.batch import Batch
from services.aggregation.contexts import parts_beside
from services.aggregation.deciding import Registered
from services.aggregation.gas_needs import add_gas
from services.aggregation.needs import Needs, add_holes, needs_of, spans_of
from services.aggregation.places import Places, places_of
from services.aggregation.settle import Given
from services.aggregation.state import PartitionState, months_of
from services.aggregation.table import DayKey
from services.aggregation.ticking import has_holes
from shared.domain import gas_time
from shared.domain.hour_gas import LineGas
from shared.domain.register import Register
from shared.events.line_log import TopologyAsked
from shared.events.partitioning import partition_of
from shared.events.register_history import RegisterHistory
from shared.events.topics import COUNTING_PARTITION
from shared.runtime.mongo import Database
from shared.store.analyses import analyses_of_days


class Preparing:
    """Reads what is not at hand; knows the register at each place of `operations`."""

    def __init__(self, database: Database, register: RegisterHistory, partitions: int) -> None:
        self._database, self._history, self._partitions = database, register, partitions
        self._registered: dict[int, tuple[Register, Registered]] = {}

    async def given(self, partition: int, state: PartitionState, batch: Batch) -> Given:
        """Return all that a batch is decided with."""
        register = await self.registered_at(partition, state.register_offset)
        state.keep_online(register.register.online_from)
        registers, offset = {}, state.register_offset
        for change in (step.asked for step in batch.steps):
            if isinstance(change, TopologyAsked):
                offset = change.offset
                await self._history.take(offset, change.document, change.known_at_ms)
                registers[offset] = await self.registered_at(partition, offset)
        places = places_of(batch)
        needs = needs_of(batch, places, register, registers, state.progress.until_ms)
        await self._load_holes(state, needs)
        for each in {id(one): one for one in (register, *registers.values())}.values():
            needs.add_checks(each.checks)
        add_gas(needs, batch, register)
        self._add_closing(state, needs)
        spans = spans_of(needs)
        parts = {line: parts_beside(*span, state.contexts.get(line)) for line, span in spans.items()}
        await self._load_months(state, places, needs, parts)
        beside = {line: state.stored_days(line, asked) for line, asked in parts.items()}
        keys = [*places.keys, *needs.days, *(key for key in needs.beside if state.has_day(key))]
        wanted = [(line, day) for line, days in beside.items() for day in days]
        await state.load_days(self._database, [*keys, *wanted])
        told = sorted(analysed_days(batch.steps))
        analyses = await analyses_of_days(self._database, told if partition == COUNTING_PARTITION else [])
        await state.load_gas(self._database, partition, {**dict.fromkeys(told), **needs.gas})
        return Given(
            partition, batch, places, state.days, state.months, state.statuses, state.contexts, keys,
            spans, beside, register, registers, offset, state.progress.until_ms, analyses, state.gas,
        )  # fmt: skip

    async def _load_months(
        self, state: PartitionState, places: Places, needs: Needs, parts: Mapping[str, list[tuple[date, date]]]
    ) -> None:
        """Read the months of all days that may be asked for: they tell which of them the store has."""
        keys = {*places.keys, *needs.days, *needs.beside}
        months = {(line, gas_time.month_of(day)) for line, day in keys}
        months |= {(line, gas_time.month_before(month)) for line, month in months if line in needs.carrying}
        months |= {(line, month) for line, asked in parts.items() for part in asked for month in months_of(*part)}
        await state.load_months(self._database, months)

    async def _load_holes(self, state: PartitionState, needs: Needs) -> None:
        """Read the months that deadlines and decisions concern; ask for the overdue days in which hours are missing.

        What the batch itself brings can only fill holes: those that there are now are enough.
        """
        months = {(line, gas_time.month_of(day)) for line, day in needs.due}
        await state.load_months(self._database, months | set(needs.months))
        add_holes(needs, [key for key in needs.due if self._has_holes(state, key)])

    def _add_closing(self, state: PartitionState, needs: Needs) -> None:
        """Ask for all days of the months that close or open, where the batch may change hours of their line."""
        for line, month in needs.months:
            if line in needs.hours or line in needs.carrying or not self._is_clean(state, line, month):
                needs.days |= dict.fromkeys((line, day) for day in gas_time.days_of_month(month))

    @staticmethod
    def _has_holes(state: PartitionState, key: DayKey) -> bool:
        line, day = key
        return has_holes(state.months[line, gas_time.month_of(day)][day.day - 1], day)

    @staticmethod
    def _is_clean(state: PartitionState, line: str, month: str) -> bool:
        """Say whether a month can close by its rollups alone; of any other a refusal lists the hours."""
        slots, days = state.months[line, month], gas_time.days_of_month(month)
        return not slots["hours_blocked"].any() and not any(has_holes(slots[day.day - 1], day) for day in days)

    async def online_from(self, offset: int) -> date | None:
        """Return the first gas day online at an offset of `operations`; None where all are."""
        return (await self._history.register_at(offset)).online_from

    async def registered_at(self, partition: int, offset: int) -> Registered:
        """Return the register at an offset of `operations`, with the lines of a partition in the order of their ids."""
        register = await self._history.register_at(offset)
        kept = self._registered.get(partition)
        if kept is None or kept[0] is not register:
            table = await self._history.table_at(offset)
            mine = [
                line for line in register.lines.values() if partition_of(line.station, self._partitions) == partition
            ]
            lines = tuple(sorted(mine, key=lambda line: line.id))
            gas = {line.id: LineGas.of(line.gas) for line in lines if line.gas}
            kept = self._registered[partition] = register, Registered(register, table, lines, _checks(register), gas)
        return kept[1]


def _checks(register: Register) -> tuple[tuple[str, str], ...]:
    """Return the pairs of a line and one that checks it, each once, in the order of the register."""
    pairs = ((line.id, terms.check.line) for line in register.lines.values() for terms in line.terms if terms.check)
    return tuple(dict.fromkeys(pairs))
