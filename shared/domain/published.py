"""The columns of a view as outsiders read them: one list of names, units and places for json, csv, xml and pages.

Everything is computed from scaled integers and rounded half to even once, on output: volume 3 places, energy kWh 3,
MJ 4, GJ 7, calorific value 4 (GJ 7), temperature 2. Missing values are absent cells, never 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from shared.domain import gas_time
from shared.domain import text_columns as text
from shared.domain.analysis import SHARE_ABSENT
from shared.domain.attribution import BY_ANALYSIS, GasHow
from shared.domain.gas_rows import GasRows
from shared.domain.period import View
from shared.domain.physics.components import COMPONENTS
from shared.domain.physics.iso6976 import BELGIAN
from shared.domain.quantities import ABSENT, EnergyUnit
from shared.domain.reading import Quality, Validity
from shared.domain.text_columns import Cells, Mask
from shared.domain.time_texts import hour_texts, local_offsets
from shared.domain.view import HourRows, PeriodRows

_ENERGY_FACTOR = {EnergyUnit.KWH: 1, EnergyUnit.MJ: 36, EnergyUnit.GJ: 36}
_ENERGY_PLACES = {EnergyUnit.KWH: 3, EnergyUnit.MJ: 4, EnergyUnit.GJ: 7}
_GCV_PLACES = {EnergyUnit.KWH: 4, EnergyUnit.MJ: 4, EnergyUnit.GJ: 7}
_GCV_RATIO = {EnergyUnit.KWH: 10_000, EnergyUnit.MJ: 36_000, EnergyUnit.GJ: 36_000}
"""kWh/m³(n) times this, rounded, is the calorific value in the unit's places: 3.6 MJ at 4, 0.0036 GJ at 7 places."""
_GCV_SCALE = 1_000_000
_SHARE_PLACES, _DENSITY_PLACES, _KREF_PLACES = 4, 5, 6
CHARACTERISTIC_UNITS = {"density": "kg/m³", "wobbe": "{unit}/m³", "ncv": "{unit}/m³", "kref": ""}
"""The characteristics of a gas, and the unit of each beside that of energy."""
COMPOSITION_GROUP = "composition_mol_percent"
"""Name of the group of shares."""
Floats = NDArray[np.float64]
_INT64_SAFE = 2**62


class VolumeBasis(StrEnum):
    """What kind of cubic metre an hour's volume counts."""

    NORMALISED = "normalised"
    """At 0 °C and 1.01325 bar."""
    OPERATING = "operating"
    """As the operator publishes it, at the pressure and temperature of the pipe."""


@dataclass(frozen=True, slots=True)
class Column:
    """A published column: its name, the text of its cells, whether it is a number, and where it has a value.

    Cells of a list hold names with spaces between; `as_json` are the same cells as json.
    """

    name: str
    cells: Cells
    is_number: bool = False
    present: Mask | None = None
    group: str = ""
    as_json: Cells | None = None

    @property
    def flat_name(self) -> str:
        """The name in a table without groups: `hours_measured` for MEASURED of hours_by_quality."""
        if self.group == COMPOSITION_GROUP:
            return f"{self.name}_mol_percent"
        if self.group == "lines_by_quality" and self.name == Quality.MISSING.name:
            return "lines_quality_missing"  # `lines_missing` are their names
        return f"{self.group.partition('_')[0]}_{self.name.lower()}" if self.group else self.name


def columns_of(rows: HourRows | PeriodRows, unit: EnergyUnit, reference: str = BELGIAN) -> list[Column]:
    """Return the columns of a view, in the order in which they are published; some 20 ms for three years of hours.

    Calorific values are at `reference`, at which the rows' gas must have been computed; volume and energy never change.
    """
    told = hour_columns(rows, unit, reference) if isinstance(rows, HourRows) else period_columns(rows, unit, reference)
    return [*told, *(gas_columns(rows.gas, unit) if rows.gas is not None else ())]


def hour_columns(rows: HourRows, unit: EnergyUnit, reference: str = BELGIAN) -> Iterator[Column]:
    """Return the columns of an hour view, in the order in which they are published; those of the gas come after."""
    yield from time_columns([rows.hours])
    yield from hour_value_columns(rows, unit, reference)


def time_columns(hours: Sequence[range]) -> Iterator[Column]:
    """Return the columns of time of ranges of hours behind each other; there is at least one range."""
    texts = [hour_texts(one) for one in hours]
    for name in ("start", "end", "local_start", "gas_day", "hour"):
        cells = [getattr(one, name) for one in texts]
        yield Column(name, cells[0] if len(cells) == 1 else text.below(cells), is_number=name == "hour")


def hour_value_columns(rows: HourRows, unit: EnergyUnit, reference: str = BELGIAN) -> Iterator[Column]:
    """Return what hours say, without when they are: of hours of many lines at once, whose `hours` only count them."""
    yield from _hour_values(rows, unit, reference)
    known = rows.known["revision"] > 0
    validity = text.choices(rows.known["validity"], ["", *Validity.__members__])
    yield Column("validity", validity, present=known)
    quality = np.where(known, rows.known["quality"], Quality.MISSING)
    yield Column("quality", text.choices(quality, ["", *Quality.__members__]))
    revision = text.decimals(rows.known["revision"].astype(np.int64), 0)
    yield Column("revision", revision, is_number=True, present=known)
    basis = text.choices(rows.has_operating_volume.astype(np.int64), list(VolumeBasis))
    yield Column("volume_basis", basis, present=rows.has_volume)
    method = rows.known["method"]
    yield Column("method", text.short_texts(method), present=method != b"")


def known_at_column(rows: HourRows | PeriodRows) -> Column:
    """Return when each row's latest change became known."""
    known_at = rows.known["known_at"] if isinstance(rows, HourRows) else rows.rollups["known_at"]
    return Column("known_at", text.instants(known_at), present=known_at > 0)


def period_columns(rows: PeriodRows, unit: EnergyUnit, reference: str = BELGIAN) -> Iterator[Column]:
    """Return the columns of a day or month view, in the order in which they are published; the gas's come after."""
    first_days = np.array([gas_time.day_number(day) for day in rows.first_days], np.int64)
    label = text.dates(first_days)
    yield Column("gas_day", label) if rows.view is View.DAY else Column("month", label[:, :7])
    yield Column("start", text.utc_hours(rows.starts))
    yield Column("end", text.utc_hours(rows.ends))
    yield Column("local_start", text.local_hours(rows.starts, local_offsets(rows.starts)))
    yield from period_values(rows, unit, reference)
    yield weakest_validity_column(rows.rollups)
    yield from completeness_columns(rows)


def _hour_values(rows: HourRows, unit: EnergyUnit, reference: str) -> Iterator[Column]:
    values, known = rows.has_values, rows.known
    volume, energy, gcv = known["volume"], known["energy"], known["gcv"]
    has_volume, has_energy = rows.has_volume, values & (energy != ABSENT)
    yield _number("volume_m3n", volume, has_volume, 3)
    yield _number("energy", energy, has_energy, _ENERGY_PLACES[unit], _ENERGY_FACTOR[unit])
    reported, both = values & (gcv != ABSENT), has_volume & has_energy & (volume != 0)
    numerator = np.where(reported, gcv, np.where(both, energy, 0))
    denominator = np.where(reported, _GCV_SCALE, np.where(both, volume, 1))
    # Per operating m³ there is no reference to convert from.
    is_stated = (reported | both) & (~rows.has_operating_volume if reference != BELGIAN else True)
    yield _gcv(numerator, denominator, is_stated, unit, _factor(rows.gas, reference))
    warm = values & (known["temperature"] != ABSENT)
    temperature = np.where(warm, known["temperature"], 0)
    yield _number("temperature_c", ratio(temperature, np.full(len(values), 10), 1), warm, 2)


def _factor(gas: GasRows | None, reference: str) -> Floats | None:
    """Return what turns calorific values into those at a reference, None where they are; NaN: not known."""
    if reference == BELGIAN:
        return None
    return np.array(np.nan) if gas is None else gas.factors.gcv_mj_per_m3


def _gcv(
    numerator: NDArray[np.int64], denominator: NDArray[np.int64], present: Mask, unit: EnergyUnit, factor: Floats | None
) -> Column:
    """Return calorific values: exact as they are stated, converted by the gas itself at another reference."""
    if factor is None:
        return _number("gcv", ratio(numerator, denominator, _GCV_RATIO[unit]), present, _GCV_PLACES[unit])
    return _converted("gcv", np.where(present, numerator / denominator, np.nan) * factor, unit)


def _converted(name: str, kwh_per_m3: Floats, unit: EnergyUnit) -> Column:
    """Return plain numbers in kWh/m³ in a unit."""
    return _plain(name, kwh_per_m3 * (_GCV_RATIO[unit] / 10 ** _GCV_PLACES[unit]), _GCV_PLACES[unit])


def _plain(name: str, numbers: Floats, places: int) -> Column:
    known = np.isfinite(numbers)
    scaled = np.rint(np.where(known, numbers, 0) * 10**places).astype(np.int64)
    return Column(name, text.decimals(scaled, places), is_number=True, present=known)


def gas_columns(gas: GasRows, unit: EnergyUnit) -> Iterator[Column]:
    """Return the columns of what the gas was like: shares in mol %, characteristics, and by whom they were told."""
    for place, component in enumerate(COMPONENTS):
        shares = gas.shares[:, place].astype(np.int64)
        known = shares != SHARE_ABSENT
        cells = text.decimals(np.where(known, shares, 0), _SHARE_PLACES)
        yield Column(component, cells, is_number=True, present=known, group=COMPOSITION_GROUP)
    yield _plain("density", gas.density_kg_per_m3, _DENSITY_PLACES)
    yield _converted("wobbe", gas.wobbe_kwh_per_m3, unit)
    yield _converted("ncv", gas.ncv_kwh_per_m3, unit)
    yield _plain("kref", gas.kref, _KREF_PLACES)
    names = sorted(set(gas.sources))
    chosen = np.searchsorted(names, gas.sources) if names else np.zeros(0, np.int64)
    yield Column(
        "chromatograph", text.choices(chosen, names), present=np.array([bool(one) for one in gas.sources], bool)
    )
    if gas.served is not None:
        how = gas.served.how
        yield Column("gas_quality", text.choices(how, list(GasHow.__members__)), present=how > 0)
        yield Column("analysis_start", text.utc_hours(gas.served.hour), present=np.isin(how, BY_ANALYSIS))


def period_values(rows: PeriodRows, unit: EnergyUnit, reference: str, more_places: int = 0) -> Iterator[Column]:
    """Return volume, energy, calorific value and temperature; sums in smaller parts need more places."""
    rollups = rows.rollups
    yield _number("volume_m3n", rollups["volume"], rollups["hours_with_volume"] > 0, 3 + more_places)
    has_energy = rollups["hours_with_energy"] > 0
    places, factor = _ENERGY_PLACES[unit] + more_places, _ENERGY_FACTOR[unit]
    yield _number("energy", rollups["energy"], has_energy, places, factor)
    paired = rollups["paired_volume"]
    divisor = np.where(paired == 0, 1, paired)
    yield _gcv(rollups["paired_energy"], divisor, paired != 0, unit, _factor(rows.gas, reference))
    volume = rollups["temperature_volume"]
    mean = ratio(rollups["temperature_moment"], np.where(volume == 0, 1, volume) * 10, 1)
    yield _number("temperature_c", mean, volume != 0, 2)


def weakest_validity_column(rollups: NDArray[np.void]) -> Column:
    """Return the weakest validity among the hours present."""
    by_validity = rollups["by_validity"]
    weakest = np.where(by_validity.any(axis=1), (by_validity > 0).argmax(axis=1) + 1, 0)
    return Column("validity", text.choices(weakest, ["", *Validity.__members__]), present=weakest > 0)


def completeness_columns(rows: PeriodRows) -> Iterator[Column]:
    """Return how many hours are expected and present, and how many of each validity and quality."""
    present = rows.rollups["hours_present"].astype(np.int64)
    expected = np.maximum(rows.expected, present)
    yield count_column("hours_expected", expected)
    yield count_column("hours_present", present)
    yield from by_validity_and_quality(rows, "hours")


def by_validity_and_quality(rows: PeriodRows, what: str) -> Iterator[Column]:
    """Return the counts of `what` by validity and by quality; what is not present is MISSING."""
    present = rows.rollups["hours_present"].astype(np.int64)
    expected = np.maximum(rows.expected, present)
    for validity in Validity:
        yield count_column(validity.name, rows.rollups["by_validity"][:, validity - 1], f"{what}_by_validity")
    for quality in Quality:
        count = expected - present if quality is Quality.MISSING else rows.rollups["by_quality"][:, quality - 1]
        yield count_column(quality.name, count, f"{what}_by_quality")


def ratio(numerator: NDArray[np.int64], denominator: NDArray[np.int64], factor: int) -> NDArray[np.int64]:
    """Return numerator · factor / denominator rounded half to even, exactly; no denominator is 0."""
    if int(np.abs(numerator).max(initial=0)) * factor >= _INT64_SAFE:
        numerator, denominator = numerator.astype(object), denominator.astype(object)
    above, below = numerator * factor * np.sign(denominator), np.abs(denominator)
    whole = above // below
    twice = (above - whole * below) * 2
    up = (twice > below) | ((twice == below) & (whole % 2 == 1))
    rounded: NDArray[np.int64] = (whole + up).astype(np.int64)
    return rounded


def _number(name: str, values: NDArray[np.int64], present: Mask, places: int, factor: int = 1) -> Column:
    scaled = np.where(present, values, 0) * factor
    return Column(name, text.decimals(scaled, places), is_number=True, present=present)


def count_column(name: str, values: NDArray[np.integer], group: str = "") -> Column:
    """Return a column of whole numbers."""
    return Column(name, text.decimals(values.astype(np.int64), 0), is_number=True, group=group)
