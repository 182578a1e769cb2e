"""What a batch led to: everything that will be written of it but the position."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.aggregation.table import DayKey, MonthKey
from shared.domain.hour_changes import RUN
from shared.domain.revision import HeldReason, Outcome

OUTCOMES = (Outcome.ACCEPTED, Outcome.REPEATED, Outcome.HELD, Outcome.DEAD_LETTERED)
"""Outcomes by their number in `Settled.outcome`."""
ACCEPTED, REPEATED, HELD, DEAD = range(4)


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule found in hours of a line, or why readings of it were held (then `rows` are what they said)."""

    id: str
    line: str
    rule: str
    severity: str
    hours: list[int]
    observed: list[float | None]
    threshold: list[float | None]
    known_at_ms: int
    log_offset: int
    rows: bytes = b""
    chromatograph: str = ""
    """Of an analysis: whose it is; then there is no line."""


@dataclass(frozen=True, slots=True)
class Lifted:
    """Findings of hours that no longer hold anything back, and by what: superseded, or a decision's outcome.

    Those of one `rule` that keep nothing back (`graver`: those that do as well), empty: of all; but not those of a rule
    that is `spared`.
    """

    line: str
    hours: list[int]
    how: str
    known_at_ms: int
    decision: int | None = None
    rule: str = ""
    graver: bool = False
    spared: str = ""
    chromatograph: str = ""


@dataclass(frozen=True, slots=True)
class MonthStatus:
    """A month's status after a change of it: what closed it (None: open), how many changes, and the latest."""

    closed: dict[str, Any] | None
    statuses: int
    known_at_ms: int


@dataclass(slots=True)
class AnalysesSettled:
    """What became of analyses: the gas days of chromatographs that changed, and beside them what is counted and kept.

    `beside` are analyses that were superseded or held: chromatograph, hour, what names them, and the row. `counts` are
    outcomes by offset in the topic, `letters` those that became dead letters, by their source position.
    """

    days: dict[DayKey, NDArray[np.void]] = field(default_factory=dict)
    beside: list[tuple[str, int, str, np.void]] = field(default_factory=list)
    counts: Counter[tuple[int, str]] = field(default_factory=Counter)
    letters: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(slots=True)
class Settled:
    """What a batch led to.

    `outcome` has the number of an outcome for each candidate. `days` are the gas days that changed (25 HOUR rows and
    the rollup); `superseded` what hours said before; `held` why candidates were held; `findings` what was found and
    lifted, in order; `closings` and `months` the changes of status; `decided` what became of decisions; `contexts`
    what is kept of lines; `defects` the first error of each rule that raised; `estimated` counts overdue hours, `due`
    all whose deadline passed, by what was there; `analysed` is what became of analyses, `gas` the same in the compact
    form, by gas days of chromatographs; `given` counts the hours that were given a gas, by how it was found; `regiven`
    are the places in the table of those that had come before, and `runs` the hours that changed, of `lines`.
    """

    outcome: NDArray[np.uint8]
    days: dict[DayKey, tuple[NDArray[np.void], np.void]] = field(default_factory=dict)
    superseded: list[tuple[str, int, np.void]] = field(default_factory=list)
    held: dict[int, HeldReason] = field(default_factory=dict)
    findings: list[Found | Lifted] = field(default_factory=list)
    closings: list[dict[str, Any]] = field(default_factory=list)
    months: dict[MonthKey, MonthStatus] = field(default_factory=dict)
    decided: list[dict[str, Any]] = field(default_factory=list)
    contexts: dict[str, tuple[int, NDArray[np.void]]] = field(default_factory=dict)
    defects: dict[str, Exception] = field(default_factory=dict)
    estimated: Counter[str] = field(default_factory=Counter)
    due: Counter[str] = field(default_factory=Counter)
    analysed: AnalysesSettled = field(default_factory=AnalysesSettled)
    gas: dict[DayKey, NDArray[np.void]] = field(default_factory=dict)
    given: Counter[str] = field(default_factory=Counter)
    regiven: list[NDArray[np.int64]] = field(default_factory=list)
    runs: NDArray[np.void] = field(default_factory=lambda: np.zeros(0, RUN))
    lines: list[str] = field(default_factory=list)
