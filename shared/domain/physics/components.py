"""The components of a gas analysis, in the order of its fields, with what ISO 6976:2016 says of each.

C6+ comes as n-hexane unless the register splits it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Component(NamedTuple):
    """A component: kg/kmol, summation factors at 0 and 15 °C, gross kJ/mol burnt at 0, 15 and 25 °C, hydrogen atoms."""

    name: str
    molar_mass: float
    summation_0: float
    summation_15: float
    gross_0: float
    gross_15: float
    gross_25: float
    hydrogen_atoms: int


TABLE = (
    Component("methane", 16.04246, 0.04886, 0.04452, 892.92, 891.51, 890.58, 4),
    Component("ethane", 30.06904, 0.0997, 0.0919, 1564.35, 1562.14, 1560.69, 6),
    Component("propane", 44.09562, 0.1465, 0.1344, 2224.03, 2221.10, 2219.17, 8),
    Component("isobutane", 58.1222, 0.1885, 0.1722, 2874.21, 2870.58, 2868.20, 10),
    Component("n_butane", 58.1222, 0.2022, 0.1840, 2883.35, 2879.76, 2877.40, 10),
    Component("neopentane", 72.14878, 0.2245, 0.2040, 3521.75, 3517.44, 3514.61, 12),
    Component("isopentane", 72.14878, 0.2458, 0.2251, 3536.01, 3531.68, 3528.83, 12),
    Component("n_pentane", 72.14878, 0.2586, 0.2361, 3542.91, 3538.60, 3535.77, 12),
    Component("n_hexane", 86.17536, 0.3319, 0.3001, 4203.24, 4198.24, 4194.95, 14),
    Component("nitrogen", 28.0134, 0.0214, 0.0170, 0.0, 0.0, 0.0, 0),
    Component("carbon_dioxide", 44.0095, 0.0821, 0.0752, 0.0, 0.0, 0.0, 0),
    Component("oxygen", 31.9988, 0.0311, 0.0276, 0.0, 0.0, 0.0, 0),
    Component("helium", 4.002602, -0.01, -0.01, 0.0, 0.0, 0.0, 0),
    Component("hydrogen", 2.01588, -0.01, -0.01, 286.64, 286.15, 285.83, 2),
)
"""ISO 6976:2016, tables 1 to 3, in the order of an analysis."""

COMPONENTS = tuple(component.name for component in TABLE)
"""The columns of a composition: names in the order of an analysis."""


def _column(field: str) -> NDArray[np.float64]:
    return np.array([getattr(component, field) for component in TABLE], np.float64)


MOLAR_MASS = _column("molar_mass")
"""kg/kmol."""
HYDROGEN_ATOMS = _column("hydrogen_atoms")
SUMMATION = {0: _column("summation_0"), 15: _column("summation_15")}
"""By the temperature of the volume, °C."""
GROSS = {0: _column("gross_0"), 15: _column("gross_15"), 25: _column("gross_25")}
"""kJ/mol, by the temperature of combustion, °C."""
