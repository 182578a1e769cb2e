"""The components of a gas, with what ISO 6976:2016 says of each.

The first fourteen are those of an analysis, in the order of its fields; C6+ comes as n-hexane unless the register
splits it. The others are known to the physics only.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Component(NamedTuple):
    """A component: kg/kmol, then its summation factors, its gross heat in kJ/mol, and its hydrogen atoms.

    Summation factors are those at 0, 15, 15.55 and 20 °C and their standard uncertainty; heats are those of burning at
    0, 15, 15.55, 20 and 25 °C and their standard uncertainty.
    """

    name: str
    molar_mass: float
    summation: tuple[float, float, float, float, float]
    gross: tuple[float, float, float, float, float, float]
    hydrogen_atoms: int


_NO_HEAT = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
_LIGHT = (-0.01, -0.01, -0.01, -0.01, 0.025)
TABLE = (
    Component(
        "methane", 16.04246, (0.04886, 0.04452, 0.04437, 0.04317, 0.0005),
        (892.92, 891.51, 891.46, 891.05, 890.58, 0.19), 4,
    ),
    Component(
        "ethane", 30.06904, (0.0997, 0.0919, 0.0916, 0.0895, 0.0011),
        (1564.35, 1562.14, 1562.06, 1561.42, 1560.69, 0.51), 6,
    ),
    Component(
        "propane", 44.09562, (0.1465, 0.1344, 0.1340, 0.1308, 0.0016),
        (2224.03, 2221.10, 2220.99, 2220.13, 2219.17, 0.51), 8,
    ),
    Component(
        "isobutane", 58.1222, (0.1885, 0.1722, 0.1717, 0.1673, 0.0031),
        (2874.21, 2870.58, 2870.45, 2869.39, 2868.20, 0.72), 10,
    ),
    Component(
        "n_butane", 58.1222, (0.2022, 0.1840, 0.1834, 0.1785, 0.0039),
        (2883.35, 2879.76, 2879.63, 2878.58, 2877.40, 0.72), 10,
    ),
    Component(
        "neopentane", 72.14878, (0.2245, 0.2040, 0.2033, 0.1979, 0.0060),
        (3521.75, 3517.44, 3517.28, 3516.02, 3514.61, 0.25), 12,
    ),
    Component(
        "isopentane", 72.14878, (0.2458, 0.2251, 0.2244, 0.2189, 0.0088),
        (3536.01, 3531.68, 3531.52, 3530.25, 3528.83, 0.23), 12,
    ),
    Component(
        "n_pentane", 72.14878, (0.2586, 0.2361, 0.2354, 0.2295, 0.0107),
        (3542.91, 3538.60, 3538.45, 3537.19, 3535.77, 0.23), 12,
    ),
    Component(
        "n_hexane", 86.17536, (0.3319, 0.3001, 0.2990, 0.2907, 0.0271),
        (4203.24, 4198.24, 4198.06, 4196.60, 4194.95, 0.32), 14,
    ),
    Component("nitrogen", 28.0134, (0.0214, 0.0170, 0.0169, 0.0156, 0.0010), _NO_HEAT, 0),
    Component("carbon_dioxide", 44.0095, (0.0821, 0.0752, 0.0749, 0.0730, 0.0020), _NO_HEAT, 0),
    Component("oxygen", 31.9988, (0.0311, 0.0276, 0.0275, 0.0265, 0.0010), _NO_HEAT, 0),
    Component("helium", 4.002602, _LIGHT, _NO_HEAT, 0),
    Component("hydrogen", 2.01588, _LIGHT, (286.64, 286.15, 286.13, 285.99, 285.83, 0.02), 2),
    Component(
        "n_heptane", 100.20194, (0.4076, 0.3668, 0.3654, 0.3547, 0.1001),
        (4862.88, 4857.18, 4856.98, 4855.31, 4853.43, 0.67), 16,
    ),
    Component(
        "n_octane", 114.22852, (0.4845, 0.4346, 0.4329, 0.4198, 0.1002),
        (5522.41, 5516.01, 5515.78, 5513.90, 5511.80, 0.76), 18,
    ),
    Component(
        "n_nonane", 128.2551, (0.5617, 0.5030, 0.5010, 0.4856, 0.1006),
        (6182.92, 6175.82, 6175.56, 6173.48, 6171.15, 0.81), 20,
    ),
    Component(
        "n_decane", 142.28168, (0.6713, 0.5991, 0.5967, 0.5778, 0.1006),
        (6842.69, 6834.90, 6834.62, 6832.33, 6829.77, 0.87), 22,
    ),
    Component(
        "water", 18.01528, (0.3093, 0.2562, 0.2546, 0.2419, 0.0150),
        (45.064, 44.431, 44.408, 44.222, 44.013, 0.004), 2,
    ),
    Component(
        "hydrogen_sulfide", 34.08088, (0.1006, 0.0923, 0.0920, 0.0898, 0.0023),
        (562.93, 562.38, 562.36, 562.19, 562.01, 0.23), 2,
    ),
    Component(
        "carbon_monoxide", 28.0101, (0.0258, 0.0217, 0.0215, 0.0203, 0.0010),
        (282.80, 282.91, 282.91, 282.95, 282.98, 0.06), 0,
    ),
    Component("argon", 39.948, (0.0307, 0.0273, 0.0272, 0.0262, 0.0010), _NO_HEAT, 0),
)  # fmt: skip
"""ISO 6976:2016, tables A.2 to A.4."""

KNOWN = tuple(component.name for component in TABLE)
"""Every component, in the order of the table: a composition's columns are the first of these, as many as it has."""
COMPONENTS = KNOWN[: KNOWN.index("hydrogen") + 1]
"""The columns of an analysis: names in the order of its fields."""
FAHRENHEIT_60 = 15.55
"""60 °F in °C, as the standard rounds it."""


def _columns(values: list[tuple[float, ...]], celsius: tuple[float, ...]) -> dict[float, NDArray[np.float64]]:
    return {degrees: np.array([value[place] for value in values]) for place, degrees in enumerate(celsius)}


MOLAR_MASS = np.array([component.molar_mass for component in TABLE])
"""kg/kmol."""
HYDROGEN_ATOMS = np.array([component.hydrogen_atoms for component in TABLE], np.float64)
SUMMATION = _columns([component.summation for component in TABLE], (0, 15, FAHRENHEIT_60, 20))
"""By the temperature of the volume, °C."""
SUMMATION_UNCERTAINTY = np.array([component.summation[-1] for component in TABLE])
GROSS = _columns([component.gross for component in TABLE], (0, 15, FAHRENHEIT_60, 20, 25))
"""kJ/mol, by the temperature of combustion, °C."""
GROSS_UNCERTAINTY = np.array([component.gross[-1] for component in TABLE])
"""kJ/mol."""
