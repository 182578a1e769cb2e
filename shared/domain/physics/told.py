"""What the physics tells of a gas, under the names that programs read: the command and the page say the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shared.domain.physics.composition import Composition
from shared.domain.physics.compressibility import CompressionFactor
from shared.domain.physics.conversion import kwh_of_mj
from shared.domain.physics.gas_error import GasError
from shared.domain.physics.iso6976 import (
    EDITION,
    KREF_DEFINITION,
    Properties,
    gcv_uncertainty_mj_per_m3,
    kref,
    properties,
)

Told = dict[str, float | str]


def properties_told(composition: Composition, reference: str, uncertainty: NDArray[np.float64] | None = None) -> Told:
    """Return the properties of one gas, and how they were computed.

    Args:
        composition: The gas.
        reference: One of `iso6976.REFERENCES`.
        uncertainty: Standard uncertainties of its mole fractions, of the same shape: then that of the GCV is told too.

    Raises:
        GasError: Another reference.
    """
    gas = properties(composition.fractions, reference)
    told: Told = {name: float(getattr(gas, name)[0]) for name in Properties.__slots__}
    told["gcv_kwh_per_m3"], told["ncv_kwh_per_m3"] = (
        float(kwh_of_mj(heat)[0]) for heat in (gas.gcv_mj_per_m3, gas.ncv_mj_per_m3)
    )
    told["kref"] = float(kref(composition.fractions)[0])
    if uncertainty is not None and gas.gcv_mj_per_m3[0] > 0:  # of what does not burn nothing is uncertain
        uncertain = gcv_uncertainty_mj_per_m3(composition.fractions, uncertainty, reference)
        told["gcv_standard_uncertainty_mj_per_m3"] = float(uncertain[0])
    told |= {"reference": reference, "edition": EDITION, "kref_definition": KREF_DEFINITION}
    return told | {"sum_mol_percent": composition.sum_mol_percent}


def compressibility_told(factor: CompressionFactor) -> Told:
    """Return a compression factor with its method and edition."""
    return {"compression_factor": factor.value, "method": factor.method.value, "edition": factor.edition}


def issue_told(fault: GasError) -> dict[str, str]:
    """Return why there is no number, in the form of every issue of ours."""
    return {"code": fault.code.value, "position": fault.position, "message": fault.message}
