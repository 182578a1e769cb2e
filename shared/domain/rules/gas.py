"""Family D: do energy, calorific value and temperature belong to natural gas, and to each other?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from shared.domain.quantities import ENERGY, GCV, PRESSURE
from shared.domain.reading import Provenance
from shared.domain.rules.evidence import Evidence, Threshold, present
from shared.domain.rules.rule import Hits, Severity, rule

_TO_VOLUME_TIMES_GCV = GCV.scale  # thousandths of kWh · 1e6 = thousandths of m³(n) · millionths of kWh/m³(n)


@rule(
    "D7",
    "energy identity",
    formula="|E - Vn·GCV| ≤ max(absolute_kwh, relative·|Vn·GCV|)",
    severity=Severity.F,
    source="AVEVA; both thresholds [P]",
    thresholds={"absolute_kwh": 1.0, "relative": 0.0005},
)
def energy_identity(evidence: Evidence) -> Hits:
    """Energy is normalised volume times gross calorific value; what was sent disagrees by more than rounding.

    Judged where all three are there and the volume is a normalised one. Observed and threshold: kWh.
    """
    # In the unit of the product, so that sums up to 9 million kWh are whole numbers below 2**53: exact at the bound.
    product = evidence.scaled("volume") * evidence.scaled("gcv")
    difference = np.abs(evidence.scaled("energy") * _TO_VOLUME_TIMES_GCV - product)
    unit = ENERGY.scale * _TO_VOLUME_TIMES_GCV
    absolute = np.multiply(evidence.thresholds["absolute_kwh"], unit)
    allowed = np.maximum(absolute, np.abs(product) * evidence.thresholds["relative"])
    normalised = ~evidence.flagged(Provenance.VOLUME_OPERATING)
    return Hits(normalised & (difference > allowed), difference / unit, allowed / unit)


class GasOfNetwork(Protocol):
    """What D8 looks at: readings, or the gas that hours are given."""

    @property
    def terms(self) -> NDArray[np.void]:
        """What the register says of each one's line (dtype TERMS)."""

    @property
    def thresholds(self) -> Mapping[str, Threshold]:
        """The rule's thresholds by name."""

    def value(self, measure: str) -> NDArray[np.float64]:
        """Return a measure in its unit, NaN where there is none."""


@rule(
    "D8",
    "calorific value range",
    formula="H gas: h_lowest ≤ GCV ≤ h_highest; L gas: l_lowest ≤ GCV ≤ l_highest; else lowest ≤ GCV ≤ highest",
    severity=Severity.F,
    source="Energinet (31 to 55 MJ/m³(n)); H and L gas [P]",
    thresholds={
        "h_lowest": 10.0,
        "h_highest": 12.8,
        "l_lowest": 8.8,
        "l_highest": 10.8,
        "lowest": 31 / 3.6,
        "highest": 55 / 3.6,
    },
)
def gcv_of_network(evidence: GasOfNetwork) -> Hits:
    """A calorific value that the gas of this network cannot have: as it was sent, or as a chromatograph gives it.

    The network is the one in the line's terms; in any other than H and L only the range of natural gas holds. Observed
    and threshold: kWh/m³(n).
    """
    gcv, network, limits = evidence.value("gcv"), evidence.terms["network"], evidence.thresholds
    networks = [network == b"H", network == b"L"]
    lowest = np.select(networks, [limits["h_lowest"], limits["l_lowest"]], limits["lowest"])
    highest = np.select(networks, [limits["h_highest"], limits["l_highest"]], limits["highest"])
    too_low = gcv < lowest
    return Hits(too_low | (gcv > highest), gcv, np.where(too_low, lowest, highest))


@rule(
    "D10",
    "temperature, pressure",
    formula="lowest_c ≤ T ≤ highest_c; lowest ≤ p ≤ highest pressure of the contract",
    severity=Severity.W,
    source="Fluxys connections; both thresholds [P]",
    thresholds={"lowest_c": -20.0, "highest_c": 60.0},
)
def state_plausible(evidence: Evidence) -> Hits:
    """A gas temperature that no station has, or a pressure outside the line's contract.

    Where both are wrong the temperature is told. Observed and threshold: °C, or bar absolute for the pressure.
    """
    temperature_c = evidence.value("temperature")
    cold, bound_c = _outside(temperature_c, evidence.thresholds["lowest_c"], evidence.thresholds["highest_c"])
    pressure_bar = evidence.value("pressure")
    limits = [present(evidence.terms[name]) / PRESSURE.scale for name in ("pressure_lowest", "pressure_highest")]
    strained, bound_bar = _outside(pressure_bar, *limits)
    return Hits(cold | strained, np.where(cold, temperature_c, pressure_bar), np.where(cold, bound_c, bound_bar))


def _outside(
    values: NDArray[np.float64], lowest: Threshold, highest: Threshold
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Say which values lie outside two bounds, and which bound is the nearer one."""
    too_low = values < lowest
    return too_low | (values > highest), np.where(too_low, lowest, highest)
