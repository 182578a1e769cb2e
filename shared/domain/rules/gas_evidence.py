"""What a rule may look at in the gas that hours are given by a chromatograph.

NaN stands for what is not known: no comparison with NaN holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from shared.domain.hour_gas import HourGas
from shared.domain.quantities import GCV
from shared.domain.rules.evidence import Threshold, present


@dataclass(frozen=True, slots=True)
class GasEvidence:
    """The gas of many hours, one row each.

    Attributes:
        gas: What they are given.
        terms: What the register says of each one's line in that hour (dtype TERMS).
        thresholds: The thresholds of the rule that looks, by name.
    """

    gas: HourGas
    terms: NDArray[np.void]
    thresholds: Mapping[str, Threshold]

    def __len__(self) -> int:
        """Return how many hours there are."""
        return len(self.terms)

    def value(self, _measure: str) -> NDArray[np.float64]:
        """Return the calorific value in kWh/m³(n): the one measure that a gas has here."""
        return present(self.gas.gcv) / GCV.scale

    def told(self, measure: str) -> NDArray[np.float64]:
        """Return the same, as rules in context ask for it."""
        return self.value(measure)

    def before(self, _measure: str, _hours: int) -> NDArray[np.float64]:
        """Return the calorific value of the hour before, in kWh/m³(n)."""
        return present(self.gas.before) / GCV.scale

    def threshold(self, name: str) -> NDArray[np.float64]:
        """Return a threshold, one a row."""
        return np.broadcast_to(np.asarray(self.thresholds[name], np.float64), len(self))

    def under(self, thresholds: Mapping[str, Threshold]) -> GasEvidence:
        """Return the same hours under the thresholds of a rule."""
        return replace(self, thresholds=thresholds)

    def part(self, start: int, stop: int) -> GasEvidence:
        """Return the evidence of some of the hours."""
        cut = slice(start, stop)
        thresholds = {n: t[cut] if isinstance(t, np.ndarray) else t for n, t in self.thresholds.items()}
        return GasEvidence(self.gas.only(np.arange(start, stop)), self.terms[cut], thresholds)
