"""What the gas of rows was like: composition and characteristics of hours, and flow-weighted of days and months.

Composition is weighted by the line's own flow, never averaged by the hour: an hour without flow tells nothing of what
was delivered. The characteristics of a period are those of its mean gas.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from shared.domain.analysis import DENSITY, SHARE_ABSENT, WOBBE, mol_percent, number
from shared.domain.attribution import Served, served_by_nobody
from shared.domain.physics.conversion import factors, kwh_of_mj
from shared.domain.physics.iso6976 import BELGIAN, Properties, kref, properties
from shared.domain.quantities import ABSENT
from shared.domain.row_names import names_of_rows
from shared.domain.rules.analysis_evidence import normalised_fractions

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GasRows:
    """The gas of each of many rows; NaN and SHARE_ABSENT where it is not known.

    Attributes:
        shares: Millionths of the whole, shape (rows, components).
        factors: What turns properties at 25/0 into those at the reference that is asked for; NaN without composition.
        ncv_kwh_per_m3: Net calorific value at that reference; so density and gross Wobbe index.
        density_kg_per_m3: See above.
        wobbe_kwh_per_m3: See above.
        kref: Compression factor at 0 °C and 1.01325 bar.
        sources: By whom each row is served, as text; "" where by nobody.
        served: Of hours, by whom and how; None of days and months.
    """

    shares: NDArray[np.int32]
    factors: Properties
    ncv_kwh_per_m3: Floats
    density_kg_per_m3: Floats
    wobbe_kwh_per_m3: Floats
    kref: Floats
    sources: tuple[str, ...]
    served: Served | None = None


def gas_of_hours(found: Served, reference: str = BELGIAN) -> GasRows:
    """Return the gas of hours that are served by analyses, at a reference.

    Density and Wobbe index are the chromatograph's own where it tells them, else those of its composition.

    Raises:
        GasError: A reference without data.
    """
    analyses = found.analyses
    told = analyses["revision"] > 0
    shares = np.where(told[:, None], analyses["shares"], SHARE_ABSENT).astype(np.int32)
    gas, to_reference, compression = _of_composition(shares, reference)
    density, wobbe = number(analyses["density"], DENSITY.scale), number(analyses["wobbe"], WOBBE.scale)
    density, wobbe = (np.where(told, one, np.nan) for one in (density, wobbe))
    if reference != BELGIAN:
        density, wobbe = density * to_reference.density_kg_per_m3, wobbe * to_reference.wobbe_gross_mj_per_m3
    density = np.where(np.isnan(density), gas.density_kg_per_m3, density)
    wobbe = np.where(np.isnan(wobbe), kwh_of_mj(gas.wobbe_gross_mj_per_m3), wobbe)
    sources = tuple(found.names[place] for place in found.chromatograph.tolist())
    net = kwh_of_mj(gas.ncv_mj_per_m3)
    return GasRows(shares, to_reference, net, density, wobbe, compression, sources, found)


def gas_of_nobody(count: int, *, is_hours: bool) -> GasRows:
    """Return rows of which nobody tells the gas: they have the columns of those that have one."""
    gas = gas_of_hours(served_by_nobody(count))
    return gas if is_hours else replace(gas, served=None)


@dataclass(frozen=True, slots=True)
class Flow:
    """How much flowed through a line: scaled volumes of its hours, ABSENT where missing."""

    hours: range
    volume: NDArray[np.int64]


def gas_of_periods(
    found: Served, flow: Flow, starts: NDArray[np.int64], ends: NDArray[np.int64], reference: str = BELGIAN
) -> GasRows:
    """Return the flow-weighted mean gas of periods. Arguments as for `gas_moments`, and a reference.

    Raises:
        GasError: A reference without data.
    """
    return gas_of_moments(gas_moments(found, flow, starts, ends), reference)


@dataclass(frozen=True, slots=True)
class GasMoments:
    """What flow-weighted means of rows are taken of: sums, which add over hours and over lines.

    Attributes:
        moments: Σ |volume| · share, shape (rows, components).
        told: Σ |volume| of the hours that tell a component, of the same shape.
        weight: Σ |volume| of the hours whose gas is known, shape (rows,).
        used: Which of `names` served a row, shape (rows, names).
        names: Ids of chromatographs.
    """

    moments: Floats
    told: Floats
    weight: Floats
    used: NDArray[np.bool_]
    names: tuple[str, ...]

    def times(self, factor: Floats) -> GasMoments:
        """Return the sums with each row's flow counted so many times; at 0 times nobody served it."""
        column = factor[:, None]
        used = self.used & (column != 0)
        return GasMoments(self.moments * column, self.told * column, self.weight * factor, used, self.names)

    def plus(self, other: GasMoments) -> GasMoments:
        """Return the sums of both, row by row."""
        names = tuple(dict.fromkeys((*self.names, *other.names)))
        used = np.zeros((len(self.weight), len(names)), bool)
        for one in (self, other):
            used[:, [names.index(name) for name in one.names]] |= one.used
        told, weight = self.told + other.told, self.weight + other.weight
        return GasMoments(self.moments + other.moments, told, weight, used, names)

    def taken(self, kept: NDArray[np.intp]) -> GasMoments:
        """Return the sums of some rows."""
        return GasMoments(self.moments[kept], self.told[kept], self.weight[kept], self.used[kept], self.names)

    def folded(self, edges: NDArray[np.int64]) -> GasMoments:
        """Return the sums of consecutive rows; `edges` are the first row of each, and the end."""
        low, high = edges[:-1], edges[1:]
        weight = _sums(self.weight[:, None], low, high)[:, 0]
        used = _sums(self.used.astype(np.float64), low, high) > 0
        return GasMoments(_sums(self.moments, low, high), _sums(self.told, low, high), weight, used, self.names)


def gas_moments(found: Served, flow: Flow, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> GasMoments:
    """Return the sums over periods.

    Args:
        found: By whom each hour of the flow is served.
        flow: What flowed.
        starts: First hour of each period.
        ends: End hour of each.
    """
    hours, volume = flow.hours, flow.volume
    told = (found.analyses["revision"] > 0) & (volume != ABSENT)
    shares = found.analyses["shares"].astype(np.int64)
    is_known = told & ~(shares == SHARE_ABSENT).all(axis=1)
    # What flows back is gas as well: signed, it would make a mean that lies outside of what it is the mean of.
    weights = np.abs(np.where(is_known, volume, 0).astype(np.float64))  # three years of a large line leave int64
    is_told = shares != SHARE_ABSENT
    parts = np.where(is_told, shares, 0) * weights[:, None]
    low = np.clip(starts - hours.start, 0, len(hours))
    high = np.clip(ends - hours.start, 0, len(hours))
    serving = found.chromatograph[:, None] == np.arange(1, len(found.names))
    used = _sums(serving.astype(np.float64), low, high) > 0
    weight = _sums(weights[:, None], low, high)[:, 0]
    told_weight = _sums(is_told * weights[:, None], low, high)
    return GasMoments(_sums(parts, low, high), told_weight, weight, used, found.names[1:])


def gas_of_moments(sums: GasMoments, reference: str = BELGIAN) -> GasRows:
    """Return the mean gas of rows at a reference.

    Raises:
        GasError: A reference without data.
    """
    flowing = (sums.weight > 0)[:, None] & (sums.told > 0)
    mean = np.rint(sums.moments / np.where(sums.weight > 0, sums.weight, 1)[:, None])
    mean_shares = np.where(flowing, mean, SHARE_ABSENT).astype(np.int32)
    gas, to_reference, compression = _of_composition(mean_shares, reference)
    net, wobbe = kwh_of_mj(gas.ncv_mj_per_m3), kwh_of_mj(gas.wobbe_gross_mj_per_m3)
    sources = names_of_rows(sums.used, sums.names)
    return GasRows(mean_shares, to_reference, net, gas.density_kg_per_m3, wobbe, compression, sources)


def _sums(rows: Floats, low: NDArray[np.int64], high: NDArray[np.int64]) -> Floats:
    """Return the sums of the rows from each `low` to before its `high`."""
    bounds = np.stack([low, high], axis=1).reshape(-1)
    if not len(bounds):
        return np.zeros((0, rows.shape[1]))
    behind = np.concatenate([rows, np.zeros((1, rows.shape[1]))])  # what ends with the last row has somewhere to end
    sums: Floats = np.add.reduceat(behind, bounds, axis=0)[::2]
    return np.where((low < high)[:, None], sums, 0.0)


def _of_composition(shares: NDArray[np.int32], reference: str) -> tuple[Properties, Properties, Floats]:
    """Return properties at a reference, the factors from 25/0 to it, and Kref; NaN where no composition is known."""
    fractions = normalised_fractions(mol_percent(shares))
    with np.errstate(invalid="ignore", divide="ignore"):  # a gas that does not burn has no factor
        known = properties(fractions)
        asked = known if reference == BELGIAN else properties(fractions, reference)
        return asked, factors(known, asked), kref(fractions)
