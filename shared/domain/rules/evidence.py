"""What a rule may look at: many readings, what the register says of their lines, and when they became known.

Columns come as float64 with NaN for a value that was not sent: no comparison with NaN holds, so a rule never hits what
it cannot see, and no product of extreme integers overflows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.domain.line_terms import TermsTable
from shared.domain.quantities import ABSENT, QUANTITIES
from shared.domain.reading import MEASURES, Provenance, Readings, flagged

Threshold = float | NDArray[np.float64]
"""One number for all readings, or one a reading."""

STATION_UNKNOWN = -1
_SCALES = {column: quantity.scale for column, quantity in zip(MEASURES, QUANTITIES, strict=True)}


@dataclass(frozen=True, slots=True)
class Evidence:
    """Many readings with their context, one row each.

    Attributes:
        rows: The readings (dtype READING).
        terms: What the register says of each one's line in its hour (dtype TERMS).
        stations: The station that the source names, as TERMS numbers them, or STATION_UNKNOWN.
        known_at_ms: When the record became known, milliseconds since 1970 UTC.
        thresholds: The thresholds of the rule that looks, by name.
    """

    rows: NDArray[np.void]
    terms: NDArray[np.void]
    stations: NDArray[np.int64]
    known_at_ms: int
    thresholds: Mapping[str, Threshold]

    @classmethod
    def of(cls, readings: Readings, table: TermsTable, terms: NDArray[np.void], known_at_ms: int) -> Evidence:
        """Gather what is known of readings whose terms were looked up; without thresholds."""
        named = [_station(source.station, table) for source in readings.sources]
        stations = np.array(named, np.int64)[readings.rows["source"]]
        return cls(readings.rows, terms, stations, known_at_ms, {})

    def __len__(self) -> int:
        """Return how many readings there are."""
        return len(self.rows)

    def scaled(self, measure: str) -> NDArray[np.float64]:
        """Return a measure in its scaled integer unit, NaN where it was not sent."""
        return present(self.rows[measure])

    def value(self, measure: str) -> NDArray[np.float64]:
        """Return a measure in its unit (m³(n), kWh, kWh/m³(n), °C ...), NaN where it was not sent."""
        return self.scaled(measure) / _SCALES[measure]

    def ends_s(self) -> NDArray[np.float64]:
        """Return the ends of the hours in seconds since 1970 UTC."""
        return (self.rows["hour"].astype(np.float64) + 1) * 3600

    def flagged(self, provenance: Provenance) -> NDArray[np.bool_]:
        """Say which readings carry a flag of their provenance."""
        return flagged(self.rows, provenance)

    def part(self, start: int, stop: int) -> Evidence:
        """Return the evidence of some of the readings."""
        cut = slice(start, stop)
        thresholds = {n: t[cut] if isinstance(t, np.ndarray) else t for n, t in self.thresholds.items()}
        return Evidence(self.rows[cut], self.terms[cut], self.stations[cut], self.known_at_ms, thresholds)


def present(integers: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return integers as float64, NaN for ABSENT."""
    return np.where(integers == ABSENT, np.nan, integers.astype(np.float64))


def _station(name: str, table: TermsTable) -> int:
    return table.stations.get(name, STATION_UNKNOWN)
