"""Who changes the access register, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from shared.domain import gas_time


@dataclass(frozen=True, slots=True)
class Acting:
    """A client by his id, or the command by its own name, at a moment."""

    by: str
    at: datetime

    @property
    def today(self) -> date:
        """The gas day that is running."""
        return gas_day(self.at)


def gas_day(moment: datetime) -> date:
    """Return the gas day that is running at a moment."""
    return gas_time.gas_day(int(moment.timestamp()) // 3600)
