"""How an hour is held: whole numbers, each in the resolution with which it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from deploy.local.simulator.noise import Ints

# Parts of the unit that is in the name: volumes and energy in thousandths, GCV in ten-thousandths, and so on.
SCALE = {
    "volume_m3n": 1000,
    "energy_kwh": 1000,
    "gcv_kwh_per_m3n": 10000,
    "temperature_c": 10,
    "index_m3": 1000,
    "volume_operating_m3": 1000,
    "pressure_bar_abs": 100,
}

# hour: number since the Unix epoch, UTC; fault: code of the value fault; delivered: hour after whose end it is sent.
HOUR = np.dtype(
    [("hour", np.int64), *((name, np.int64) for name in SCALE), ("fault", np.int64), ("delivered", np.int64)]
)

_ENERGY_SCALE = SCALE["volume_m3n"] * SCALE["gcv_kwh_per_m3n"] // SCALE["energy_kwh"]


def energy_of(rows: NDArray[np.void]) -> Ints:
    """Volume times calorific value as sent, in thousandths of kWh: within half a thousandth, far inside rule D7."""
    return np.asarray(np.rint(rows["volume_m3n"] * rows["gcv_kwh_per_m3n"] / _ENERGY_SCALE), dtype=np.int64)
