"""What the chromatographs send: the composition of each hour's gas, and what follows from it by ISO 6976.

The calorific value is that of the metered lines (`gcv_kwh_per_m3n`); the composition is made to burn with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import orjson

from deploy.local.simulator.gas import gcv_kwh_per_m3n
from deploy.local.simulator.grid import Network
from deploy.local.simulator.noise import smooth
from shared.domain.physics.components import COMPONENTS
from shared.domain.physics.conversion import MJ_PER_KWH
from shared.domain.physics.iso6976 import BELGIAN, properties

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deploy.local.simulator.grid import Grid, Station
    from deploy.local.simulator.noise import Floats, Ints


SENT_AFTER_S = 90
"""How long after the end of its last hour a chromatograph sends."""


class _Share(NamedTuple):
    """A component in mol %: at the middle calorific value, more for each kWh/m³(n) above it, deviation of its drift."""

    middle: float
    per_kwh: float
    drift: float


class _Blend(NamedTuple):
    """A gas family: its middle calorific value, and its shares there; nitrogen and methane follow from them."""

    gcv_kwh_per_m3n: float
    nitrogen: float
    shares: dict[str, _Share]


# Rich H gas has more of the heavy ones, so that nitrogen needs to carry a fifth of the moves only; L gas moves by
# nitrogen. What is not named is 0.
_BLENDS = {
    Network.H: _Blend(
        11.5,
        1.2,
        {
            "ethane": _Share(4.6, 5.5, 0.09),
            "propane": _Share(1.0, 1.1, 0.03),
            "isobutane": _Share(0.15, 0.2, 0.006),
            "n_butane": _Share(0.17, 0.2, 0.008),
            "neopentane": _Share(0.004, 0.0, 0.0004),
            "isopentane": _Share(0.035, 0.05, 0.002),
            "n_pentane": _Share(0.03, 0.04, 0.002),
            "n_hexane": _Share(0.035, 0.05, 0.003),
            "carbon_dioxide": _Share(0.9, 0.0, 0.09),
            "helium": _Share(0.03, 0.0, 0.002),
        },
    ),
    Network.L: _Blend(
        10.05,
        11.7,
        {
            "ethane": _Share(3.2, 0.8, 0.07),
            "propane": _Share(0.45, 0.2, 0.015),
            "isobutane": _Share(0.08, 0.0, 0.003),
            "n_butane": _Share(0.1, 0.0, 0.004),
            "neopentane": _Share(0.006, 0.0, 0.0005),
            "isopentane": _Share(0.025, 0.0, 0.002),
            "n_pentane": _Share(0.025, 0.0, 0.002),
            "n_hexane": _Share(0.045, 0.0, 0.004),
            "carbon_dioxide": _Share(1.2, 0.0, 0.06),
            "helium": _Share(0.04, 0.0, 0.002),
        },
    ),
}
_DRIFT_HOURS = 240
_METHANE, _NITROGEN = COMPONENTS.index("methane"), COMPONENTS.index("nitrogen")
# Pure methane, kWh/m³(n): what nitrogen in its place takes away, but for 0.4 % (compression). Each step leaves that
# much of an error: three turn the worst, 0.2 kWh, into less than four decimals can show (0.0001 mol %: 0.00001 kWh).
_METHANE_GCV = 11.06
_STEPS = 3
_PARTS_PER_PERCENT = 10_000


def chromatographs(grid: Grid) -> dict[str, Station]:
    """Each chromatograph of the grid with the first station that it serves, in the order of the stations."""
    found: dict[str, Station] = {}
    for station in grid.stations:
        found.setdefault(station.chromatograph, station)
    return found


def compositions_mol_percent(seed: int, station: Station, hours: Ints) -> Floats:
    """What the station's chromatograph finds in the gas of consecutive hours, mol %.

    One row an hour, in the order of COMPONENTS; four decimals that add up to exactly 100. By ISO 6976 a row burns with
    `gcv_kwh_per_m3n` of its hour, to 0.00002 kWh/m³(n).
    """
    gcv = gcv_kwh_per_m3n(seed, station, hours)
    blend = _BLENDS[station.network]
    found = np.zeros((len(hours), len(COMPONENTS)))
    found[:, _NITROGEN] = blend.nitrogen
    for name, share in blend.shares.items():
        drift = share.drift * smooth(f"{seed}/{station.chromatograph}/{name}", hours, _DRIFT_HOURS)
        found[:, COMPONENTS.index(name)] = share.middle + share.per_kwh * (gcv - blend.gcv_kwh_per_m3n) + drift
    for _ in range(_STEPS):
        burns = properties(_filled_up(found) / 100, BELGIAN).gcv_mj_per_m3 / MJ_PER_KWH
        found[:, _NITROGEN] += (burns - gcv) / _METHANE_GCV * 100
    return _filled_up(found)


def analysis_telegram(chromatograph: str, number: int, sent: int, hours: Ints, compositions: Floats) -> bytes:
    """The analyses of these hours as JSON, in the shape that the topic of analyses takes.

    `number` tells apart what a chromatograph sends within a minute, `sent` is in seconds since the Unix epoch;
    `compositions` are rows as `compositions_mol_percent` gives them.
    """
    moment = str(np.datetime64(sent, "s"))
    minute = moment[:16].replace("-", "").replace(":", "")
    return orjson.dumps(
        {
            "telegram": f"{chromatograph}/{minute}/{number}",
            "chromatograph": chromatograph,
            "sent": f"{moment}Z",
            "analyses": _analyses(hours, compositions),
        }
    )


def _filled_up(found: Floats) -> Floats:
    """The shares in four decimals, methane being the rest; counted in whole parts, so that nothing is lost."""
    parts = np.rint(found * _PARTS_PER_PERCENT)
    parts[:, _METHANE] = 0
    parts[:, _METHANE] = 100 * _PARTS_PER_PERCENT - parts.sum(axis=1)
    return np.asarray(parts / _PARTS_PER_PERCENT, dtype=np.float64)


def _analyses(hours: Ints, compositions: Floats) -> list[dict[str, object]]:
    """The analyses as they stand in a telegram; a component that was not found is absent."""
    starts = np.datetime_as_string(hours.astype("datetime64[h]").astype("datetime64[s]"), timezone="UTC").tolist()
    gas = properties(compositions / 100, BELGIAN)
    told = {
        "start": starts,
        "composition_mol_percent": [_told(row) for row in compositions.tolist()],
        "gcv_kwh_per_m3n": np.round(gas.gcv_mj_per_m3 / MJ_PER_KWH, 4).tolist(),
        "density_kg_per_m3n": np.round(gas.density_kg_per_m3, 5).tolist(),
        "wobbe_kwh_per_m3n": np.round(gas.wobbe_gross_mj_per_m3 / MJ_PER_KWH, 4).tolist(),
    }
    return [dict(zip(told, row, strict=True)) for row in zip(*told.values(), strict=True)]


def _told(composition: list[float]) -> dict[str, float]:
    """One composition by the names of its components."""
    return {name: share for name, share in zip(COMPONENTS, composition, strict=True) if share}


def analyses(grid: Grid, first: int, last: int) -> Iterator[bytes]:
    """What every chromatograph tells of the hours `first` to `last` (at most 1,000), one telegram each."""
    hours = np.arange(first, last + 1)
    for number, (name, station) in enumerate(chromatographs(grid).items()):
        compositions = compositions_mol_percent(grid.seed, station, hours)
        yield analysis_telegram(name, number, (last + 1) * 3600 + SENT_AFTER_S, hours, compositions)
