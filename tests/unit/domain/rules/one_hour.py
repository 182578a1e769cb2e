"""One good hour of one line, to be spoilt: every rule's tests begin here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from shared.domain import gas_time
from shared.domain.line_terms import TermsTable
from shared.domain.reading import Readings, Source, empty_rows
from shared.domain.register import Register
from shared.domain.rules.judging import Finding, Judged, Rejection, judge
from shared.domain.topology import Line, Station, Terms

STATION, OTHER_STATION = "BE-0042", "BE-0043"
FIRST_DAY, DAY = date(2019, 1, 1), date(2026, 11, 20)
HOUR = gas_time.hours_of_day(DAY)[4]
END_MS = (HOUR + 1) * 3_600_000
KNOWN_AT_MS = END_MS + 600_000
TERMS = Terms(
    FIRST_DAY, "A", capacity_m3n_per_h=2_000, sends=("energy_kwh", "gcv_kwh_per_m3n", "temperature_c"), network="H"
)
LINE = Line("BE-0042-A", STATION, (TERMS,))
GOOD = MappingProxyType(
    {"hour": HOUR, "volume": 1_000_000, "energy": 11_500_000, "gcv": 11_500_000, "temperature": 8_400}
)


def line_with(**terms: object) -> Line:
    """Return the line under other terms."""
    changed: Terms = replace(TERMS, **terms)  # type: ignore[arg-type] # each test names real fields of Terms
    return replace(LINE, terms=(changed,))


def table_of(*lines: Line) -> TermsTable:
    """Return the table of a register with both stations and some lines."""
    stations = {name: Station(name, name) for name in (STATION, OTHER_STATION)}
    return TermsTable.of(Register(stations, {line.id: line for line in lines}))


def readings_of(*hours: Mapping[str, int], lines: tuple[str, ...] = (LINE.id,), station: str = STATION) -> Readings:
    """Return good readings with some values changed, all of one telegram."""
    rows = empty_rows(len(hours))
    for row, values in zip(rows, hours, strict=True):
        for name, value in (GOOD | values).items():
            row[name] = value
    return Readings(rows, list(lines), [Source("telemetry", 0, 0, "T1", station, 0)])


def judged(
    *hours: Mapping[str, int],
    line: Line = LINE,
    station: str = STATION,
    known_at_ms: int = KNOWN_AT_MS,
    thresholds: Mapping[str, float] = MappingProxyType({}),
) -> Judged:
    """Judge readings of one line; with none named, the good one."""
    return judge(readings_of(*(hours or ({},)), station=station), table_of(line), known_at_ms, thresholds)


def only_rejection(result: Judged) -> Rejection:
    """Return the one rejection there is, of a reading of which nothing else is said."""
    assert result.findings == []
    (rejection,) = result.rejected
    return rejection


def only_finding(result: Judged) -> Finding:
    """Return the one finding there is."""
    assert result.rejected == []
    (finding,) = result.findings
    return finding


def is_clean(result: Judged) -> bool:
    """Say whether nothing at all is said of the readings."""
    return not (result.rejected or result.findings or result.defects)
