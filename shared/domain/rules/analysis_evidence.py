"""What a rule may look at in an analysis: what the chromatograph reported, and what follows from it.

NaN stands for what was not reported: no comparison with NaN holds, so a rule never hits what it cannot see.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.domain.physics.iso6976 import Properties, properties
from shared.domain.rules.evidence import Threshold


@dataclass(frozen=True, slots=True)
class AnalysisEvidence:
    """Many analyses, one row each; made by `of`.

    Attributes:
        composition_mol_percent: As reported, of shape (n, components) in the order of COMPONENTS.
        gcv_kwh_per_m3n: Gross calorific value as reported, 25/0.
        density_kg_per_m3n: Density as reported.
        wobbe_kwh_per_m3n: Gross Wobbe index as reported, 25/0.
        computed: ISO 6976 at 25/0 of the normalised composition, NaN where there is none.
        thresholds: The thresholds of the rule that looks, by name.
    """

    composition_mol_percent: NDArray[np.float64]
    gcv_kwh_per_m3n: NDArray[np.float64]
    density_kg_per_m3n: NDArray[np.float64]
    wobbe_kwh_per_m3n: NDArray[np.float64]
    computed: Properties
    thresholds: Mapping[str, Threshold]

    @classmethod
    def of(
        cls,
        composition_mol_percent: NDArray[np.float64],
        *,
        gcv_kwh_per_m3n: NDArray[np.float64],
        density_kg_per_m3n: NDArray[np.float64],
        wobbe_kwh_per_m3n: NDArray[np.float64],
    ) -> AnalysisEvidence:
        """Gather what is known of analyses, and compute once what all rules compare it with; without thresholds."""
        with np.errstate(all="ignore"):  # parts that no gas has give NaN or infinity, and no warning
            computed = properties(normalised_fractions(composition_mol_percent))
        reported = gcv_kwh_per_m3n, density_kg_per_m3n, wobbe_kwh_per_m3n
        return cls(composition_mol_percent, *reported, computed, {})


def sum_mol_percent(composition_mol_percent: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what each composition adds up to, a component that was not reported being none of it.

    NaN where not a single component was reported; infinite where the parts have no sum.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        total = np.ascontiguousarray(_parts(composition_mol_percent)).sum(axis=1)
    reported = ~np.isnan(composition_mol_percent).all(axis=1)
    return np.where(reported, np.where(np.isnan(total), np.inf, total), np.nan)


def normalised_fractions(composition_mol_percent: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return mole fractions that add up to one, a component that was not reported being 0.

    A row is NaN where the composition has no component, or a sum that is not positive and finite.
    """
    total = sum_mol_percent(composition_mol_percent)
    whole = np.where((total > 0) & np.isfinite(total), total, np.nan)
    return _parts(composition_mol_percent) / whole[:, np.newaxis]


def _parts(composition_mol_percent: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.isnan(composition_mol_percent), 0.0, composition_mol_percent)
