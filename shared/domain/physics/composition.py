"""A composition as somebody states it, in mol %, becomes mole fractions that add up to one; or a reason why not.

ISO 6976 does not normalise. So it is done before, within the first bound of rule D1, and what was normalised is told.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.domain.physics.components import KNOWN
from shared.domain.physics.gas_error import GasError, GasReason

ACCEPTED_MOL_PERCENT = 0.5
"""How far from 100 a sum may be and still be normalised: the first bound of rule D1."""
_PLACES = 9  # what is left beyond is how binary numbers add decimal ones


@dataclass(frozen=True, slots=True)
class Composition:
    """Mole fractions, of shape (1, components) in the order of KNOWN, and what they added up to before, in mol %."""

    fractions: NDArray[np.float64]
    sum_mol_percent: float

    def fraction(self, component: str) -> float:
        """Return the mole fraction of a component."""
        return float(self.fractions[0, KNOWN.index(component)])


def composition_of(mol_percent: Mapping[str, float]) -> Composition:
    """Return the composition that these shares describe; a component that is not named is none of it.

    Raises:
        GasError: An unknown component, a share that is negative or no number, or a sum that is not about 100.
    """
    shares = np.zeros((1, len(KNOWN)))
    for name, share in mol_percent.items():
        if name not in KNOWN:
            text = f"no component {name[:40]!r}: write of {', '.join(KNOWN)}"
            raise GasError(GasReason.UNKNOWN_COMPONENT, f"composition.{name[:40]}", text)
        if not math.isfinite(share):
            text = f"{share} is no share: write mol % as a decimal number"
            raise GasError(GasReason.COMPOSITION_NUMBER, f"composition.{name}", text)
        if share < 0:
            text = f"{share} mol % is less than nothing: write 0 where the chromatograph found none"
            raise GasError(GasReason.COMPOSITION_NEGATIVE, f"composition.{name}", text)
        shares[0, KNOWN.index(name)] = share
    total = sum(shares[0].tolist())  # of plain floats: too much is infinite, without a warning
    if not round(abs(total - 100), _PLACES) <= ACCEPTED_MOL_PERCENT:
        text = f"the shares add up to {total:.6g} mol %: within {ACCEPTED_MOL_PERCENT} of 100 they are normalised"
        raise GasError(GasReason.COMPOSITION_SUM, "composition", text)
    return Composition(shares / total, total)
