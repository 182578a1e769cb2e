"""The gas that hours are given where the line does not tell it: calorific value, and the energy that follows.

An hour takes gas if it has a normalised volume and neither energy nor calorific value were sent; its line's attribution
says whose. What it is given stands in the hour with the way in which it was found, so that another analysis or
attribution finds the hours that it changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from shared.domain.attribution import (
    BY_ANALYSIS,
    Attribution,
    GasHow,
    each_in_force,
    hours_needed,
    in_force,
    served,
    serving,
)
from shared.domain.gas_told import good_gas
from shared.domain.quantities import ABSENT, GCV, energies_of
from shared.domain.reading import Provenance, flagged
from shared.domain.revision import has_values

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
NO_AGE = np.nan
"""Age of an analysis where none was asked for."""
TOO_OLD = np.inf
"""Its age where it is older than any that is held, or never came."""


@dataclass(frozen=True, slots=True)
class HourGas:
    """The gas of many hours, one each.

    Attributes:
        how: GasHow; NONE where nobody serves.
        chromatograph: Place of the chromatograph in the line's own list, from 1; 0 where no analysis serves.
        analysed: Hour of the analysis.
        gcv: Millionths of kWh/m³(n), ABSENT where it is not known.
        before: That of the hour before, by analyses alone.
        age_h: How much older the analysis is than it should be; NO_AGE where no chromatograph is named.
        contract: The calorific value of the contract, ABSENT where there is none.
    """

    how: NDArray[np.uint8]
    chromatograph: Ints
    analysed: Ints
    gcv: Ints
    before: Ints
    age_h: Floats
    contract: Ints

    def only(self, rows: NDArray[np.intp]) -> HourGas:
        """Return the gas of some of the hours."""
        return HourGas(*(getattr(self, name)[rows] for name in HourGas.__slots__))

    def replaced(self, rows: NDArray[np.intp], others: HourGas) -> HourGas:
        """Return the gas of hours, some of which have that of others."""
        columns = {name: getattr(self, name).copy() for name in HourGas.__slots__}
        for name, column in columns.items():
            column[rows] = getattr(others, name)
        return HourGas(**columns)

    @classmethod
    def joined(cls, parts: Sequence[HourGas]) -> HourGas:
        """Return the gas of all parts behind each other; there is at least one."""
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in cls.__slots__))


@dataclass(frozen=True, slots=True)
class LineGas:
    """Whose gas a line carries: the attributions in force, and all chromatographs that were ever named for it.

    An hour at rest names its chromatograph by the place in this list, from 1: words are only added, so it stays.
    """

    attributions: tuple[Attribution, ...]
    names: tuple[str, ...]

    @property
    def serving(self) -> tuple[str, ...]:
        """Whoever may serve now."""
        return serving(self.attributions)

    @classmethod
    def of(cls, told: Sequence[Attribution]) -> LineGas:
        """Return that of a line of which this was told; equal for lines that are served alike, whenever it was told."""
        return cls(tuple(replace(one, known_at_ms=0) for one in in_force(told)), serving(told))

    def needed(self, hours: range) -> range:
        """Return the hours whose analyses serve some hours and the one before them."""
        return hours_needed(self.attributions, _around(hours))


def _around(hours: range) -> range:
    return range(hours.start - 1, hours.stop)


def gas_by_analyses(line: LineGas, hours: range, known: Mapping[str, NDArray[np.void]], needed: range) -> HourGas:
    """Return the gas that analyses tell of the hours of a line; where none serves, how is NONE.

    Args:
        line: Whose gas it carries.
        hours: The hours.
        known: Of each chromatograph a GAS_TOLD row for every hour of `needed`.
        needed: At least `line.needed(hours)`.
    """
    attributions, around = line.attributions, _around(hours)
    found = served(attributions, around, known, needed, good_gas)
    gcv = np.where(found.how > 0, found.analyses["gcv"], ABSENT)
    places = {name: place for place, name in enumerate(line.names, start=1)}
    numbers = np.array([places.get(name, 0) for name in found.names], np.int64)[found.chromatograph]
    contract, age_h = np.full(len(around), ABSENT), np.full(len(around), NO_AGE)
    for attribution, within in each_in_force(attributions, around):
        here = slice(within.start - around.start, within.stop - around.start)
        contract[here] = attribution.contract_gcv
        if attribution.chromatographs:
            age_h[here] = TOO_OLD
    wanted = np.arange(around.start, around.stop) - found.delay_h
    age_h = np.where(found.how > 0, wanted - found.hour, age_h)
    return HourGas(
        found.how[1:],
        numbers[1:],
        np.where(found.how > 0, found.hour, 0)[1:],
        gcv[1:],
        gcv[:-1],
        age_h[1:],
        contract[1:],
    )


def takes_gas(rows: NDArray[np.void]) -> NDArray[np.bool_]:
    """Say which hours (HOUR) have a normalised volume and were told neither energy nor calorific value."""
    untold = (rows["gas"] > 0) | ((rows["energy"] == ABSENT) & (rows["gcv"] == ABSENT))
    takes: NDArray[np.bool_] = (
        has_values(rows) & (rows["volume"] != ABSENT) & ~flagged(rows, Provenance.VOLUME_OPERATING) & untold
    )
    return takes


def is_by_analysis(gas: HourGas) -> NDArray[np.bool_]:
    """Say which hours an analysis serves."""
    return np.isin(gas.how, BY_ANALYSIS)


def with_fallback(gas: HourGas, mean: Ints) -> HourGas:
    """Return the gas of hours where no analysis serves: the mean of their gas month, else what the contract says.

    Args:
        gas: The hours.
        mean: Mean calorific value of each one's month, ABSENT where there is none.
    """
    named = ~np.isnan(gas.age_h)
    by_mean = named & (mean != ABSENT)
    gcv = np.where(by_mean, mean, gas.contract)
    how = np.select([by_mean, gcv != ABSENT], [int(GasHow.MONTH_MEAN), int(GasHow.CONTRACT)], int(GasHow.NONE))
    nobody = np.zeros(len(gcv), np.int64)
    return HourGas(how.astype(np.uint8), nobody, nobody, gcv, gas.before, gas.age_h, gas.contract)


def given(rows: NDArray[np.void], gas: HourGas) -> NDArray[np.void]:
    """Return hours (HOUR) with the gas that they are given, and the energy that follows."""
    told = rows.copy()
    told["gas"], told["chromatograph"], told["analysed"] = gas.how, gas.chromatograph, gas.analysed
    told["gcv"] = gas.gcv
    told["energy"] = energies_of(rows["volume"], gas.gcv)
    return told


def is_given(rows: NDArray[np.void], gas: HourGas) -> NDArray[np.bool_]:
    """Say which hours have this gas already. A mean that was told once stays: the month has only gone on since."""
    same = (rows["gas"] == gas.how) & (rows["chromatograph"] == gas.chromatograph) & (rows["analysed"] == gas.analysed)
    kept: NDArray[np.bool_] = same & ((rows["gcv"] == gas.gcv) | (gas.how == GasHow.MONTH_MEAN))
    return kept


def mean_gcv(energy: int, volume: int) -> int:
    """Return the mean calorific value of energy and volume (both thousandths), ABSENT where nothing flowed."""
    return ABSENT if volume == 0 else round(Fraction(energy * GCV.scale, volume))
