"""A batch while it is decided: what every step may look at and change, and the ways in which hours change."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.aggregation.batch import Batch, Step
from services.aggregation.settled import Found, Lifted, MonthStatus, Settled
from services.aggregation.table import DayKey, MonthKey, Table
from shared.domain import gas_time
from shared.domain.hour_gas import LineGas
from shared.domain.line_context import Contexts
from shared.domain.line_terms import TermsTable
from shared.domain.quantities import ABSENT
from shared.domain.reading import MEASURES, Provenance, Quality, Validity
from shared.domain.register import Register
from shared.domain.revision import HOUR
from shared.domain.rollup import ROLLUP, fold_hours
from shared.domain.rules.catalogue import default_settings
from shared.domain.rules.rule import Severity
from shared.domain.topology import Line
from shared.events.topics import OPERATIONS, RECORDED, SOURCES

DEFAULTS = default_settings()
NOTHING = np.zeros(31, ROLLUP)
Seen = tuple[int, float | None, float | None]
"""An hour, what was observed in it, and the threshold; NaN or None where there is no number."""


@dataclass(frozen=True, slots=True)
class Registered:
    """The register at a place of the line log: itself, as columns, and the lines that this partition owns.

    `checks`: pairs of a line and one that checks it at any time. `gas`: whose gas its lines carry, of those that do.
    """

    register: Register
    table: TermsTable
    lines: tuple[Line, ...]
    checks: tuple[tuple[str, str], ...]
    gas: Mapping[str, LineGas]


@dataclass(slots=True)
class Deciding:
    """Everything that the steps of a batch share.

    `registers` are those after each change of the register in this batch, by its offset in `operations`; `register` the
    one that holds now. `months` and `statuses` are as the store has them, `until_ms` is the last tick before.
    """

    partition: int
    batch: Batch
    table: Table
    contexts: Contexts
    settled: Settled
    register: Registered
    registers: Mapping[int, Registered]
    months: Mapping[MonthKey, NDArray[np.void]]
    statuses: Mapping[MonthKey, MonthStatus]
    until_ms: int
    numbers: NDArray[np.int64]
    """Number in the contexts of each line of the batch."""
    closed: set[MonthKey] = field(default_factory=set)
    named: Counter[int] = field(default_factory=Counter)
    analyses: Mapping[DayKey, NDArray[np.void]] = field(default_factory=dict)
    """Gas days of chromatographs as the store has them."""
    gas: Mapping[DayKey, NDArray[np.void]] = field(default_factory=dict)
    """The same in the compact form that every partition keeps (25 GAS_TOLD rows)."""

    def next_name(self, step: Step) -> str:
        """Return the next name of what a record of the line log leads to: its position, and a running number."""
        self.named[step.offset] += 1
        return f"{RECORDED.name}/{self.partition}/{step.offset}/{self.named[step.offset]}"

    def gas_of(self, key: DayKey) -> NDArray[np.void] | None:
        """Return what a chromatograph told of a gas day as it stands now."""
        told = self.settled.gas.get(key)
        return self.gas.get(key) if told is None else told

    def status(self, key: MonthKey) -> MonthStatus:
        """Return the status of a month as it stands now."""
        return self.settled.months.get(key) or self.statuses.get(key) or MonthStatus(None, 0, 0)

    def slots(self, key: MonthKey) -> NDArray[np.void]:
        """Return the rollups of a month's days as they stand now."""
        slots = self.months.get(key, NOTHING).copy()
        line, month = key
        for day in gas_time.days_of_month(month):
            slots[day.day - 1] = self.rollup(line, day)
        return slots

    def rollup(self, line: str, day: date) -> np.void:
        """Return the rollup of a gas day as it stands now."""
        place = self.table.number.get((line, day))
        rollup: np.void = self.months.get((line, gas_time.month_of(day)), NOTHING)[day.day - 1]
        if place is not None and self.table.changed[place]:
            rollup = fold_hours(self.table.days[place][None, :])[0]
        return rollup

    def version(self, key: MonthKey) -> int:
        """Return the version of a month: it grows with every revision and every change of status."""
        return int(self.slots(key)["changes"].sum()) + self.status(key).statuses

    def month_state(self, line: str, month: str) -> dict[str, Any]:
        """Return what stands of a month, for who decides on it."""
        key = (line, month)
        return {"month": month, "version": self.version(key), "closed": key in self.closed}

    def hour_state(self, line: str, hour: int) -> dict[str, Any]:
        """Return what stands of an hour, for who decides on it."""
        row = self.table.row(line, hour)
        told = bool(row["revision"])
        validity = Validity(int(row["validity"]) or Validity.RECORDED)
        if self.is_closed(line, hour):
            validity = Validity.DEFINITIVE
        return {
            "start": gas_time.hour_text(hour),
            "revision": int(row["revision"]),
            "validity": validity.name if told else None,
            "quality": Quality(int(row["quality"])).name if told else Quality.MISSING.name,
            "pinned": bool(row["provenance"] & Provenance.PINNED),
        }

    def is_closed(self, line: str, hour: int) -> bool:
        """Say whether an hour's month is closed."""
        return (line, gas_time.month_of(gas_time.gas_day(hour))) in self.closed

    def take_rows(self, line: str, hours: Sequence[int], rows: Sequence[np.void]) -> None:
        """Let hours say what a tick or a decision makes of them: what they said before is superseded."""
        for hour, row in zip(hours, rows, strict=True):
            before = self.table.row(line, hour)
            self.table.put(line, hour, row)
            if row["revision"] != before["revision"] and before["revision"]:
                self.settled.superseded.append((line, hour, before))
        number = self.contexts.numbers.get(line, -1)
        if number >= 0 and hours:
            self.contexts.tell(np.full(len(hours), number), np.array(hours, np.int64), np.array(rows, HOUR))

    def find(  # noqa: PLR0913 - what was found, of what, by whom
        self, step: Step, line: str, rule: str, severity: Severity, seen: Sequence[Seen], *, place: str = ""
    ) -> None:
        """Tell what a rule found in hours of a line; `place` names it within the step, else it is counted."""
        position = f"{RECORDED.name}/{self.partition}/{step.offset}/{place}" if place else self.next_name(step)
        name = f"{position}/{line}|{rule}"
        hours, observed, threshold = (list(column) for column in zip(*seen, strict=True))
        numbers = [finite(value) for value in observed], [finite(value) for value in threshold]
        found = Found(name, line, rule, severity.name, hours, *numbers, step.known_at_ms, step.offset)
        self.settled.findings.append(found)

    def lift(  # noqa: PLR0913 - which findings, how, and by what
        self,
        step: Step,
        line: str,
        hours: Sequence[int],
        how: str,
        decision: int | None = None,
        *,
        rule: str = "",
        graver: bool = False,
        spared: str = "",
    ) -> None:
        """Let the findings of hours hold nothing back any more: see `Lifted`."""
        if hours:
            self.settled.findings.append(
                Lifted(line, list(hours), how, step.known_at_ms, decision, rule, graver, spared)
            )


def day_to_change(
    changed: dict[DayKey, NDArray[np.void]],
    before: Mapping[DayKey, NDArray[np.void]],
    key: DayKey,
    form: np.dtype[np.void],
) -> NDArray[np.void]:
    """Return the 25 rows of a gas day among those that change; the first time a copy of what stood before."""
    if key not in changed:
        known = before.get(key)
        changed[key] = np.zeros(gas_time.MAX_HOURS_PER_DAY, form) if known is None else known.copy()
    return changed[key]


def finite(value: float | None) -> float | None:
    """Return a number as it can rest; None where there is none."""
    return value if value is not None and math.isfinite(value) else None


def candidate_of(deciding: Deciding, step: Step, place: int, decision: int | None = None) -> np.void:
    """Return a row without values that comes from a tick, or from the decision at an offset of `operations`."""
    row: np.void = np.zeros(1, HOUR)[0]
    for name in MEASURES:
        row[name] = ABSENT
    row["validity"] = Validity.PRELIMINARY
    row["known_at"], row["log_offset"], row["source_place"] = step.known_at_ms, step.offset, place
    if decision is None:
        row["source_topic"], row["source_partition"] = SOURCES.index(RECORDED.name), deciding.partition
        row["source_offset"] = step.offset
    else:
        row["source_topic"], row["source_offset"] = SOURCES.index(OPERATIONS.name), decision
    return row
