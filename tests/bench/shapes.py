"""What is measured: shapes of load, their size at scale 1, what each must reach and what we want."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from shared.domain import gas_time
from tests.bench.grid import LINES_PER_STATION, Gateway, Grid

DAYS_AGO = 2
"""The last hour sent is the last of the gas day before yesterday: none is in the future, no deadline is running."""
SPANS = (24, 168, 744, 48, 336)
"""Hours of a telegram in the backfill, in turn: a day, a week, a month, two days, two weeks."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A load: `floor` and `wish` in readings/s. Telegrams stand in Kafka before the pipeline begins to read."""

    name: str
    title: str
    lines: int
    hours: int
    floor: int
    wish: int
    telegrams: Callable[[Gateway, range], Iterator[tuple[str, bytes]]]
    scaled_lines: bool = False

    def sized(self, scale: float) -> tuple[Grid, range]:
        """Return the grid and the hours at a scale: of few lines the hours scale, of many lines their number."""
        if self.scaled_lines and scale < 1:
            return Grid(max(1, round(self.lines * scale / LINES_PER_STATION)) * LINES_PER_STATION), past(self.hours)
        return Grid(self.lines), past(max(1, round(self.hours * scale)))


def past(hours: int) -> range:
    """Return so many hours that end with a gas day, so that a run at noon does what a run at night does."""
    end = gas_time.hours_of_day(gas_time.gas_day(int(time.time() // 3600)) - timedelta(days=DAYS_AGO)).stop
    return range(end - hours, end)


SHAPES = (
    Shape(
        "live",
        "100 lines hour by hour, 10 readings a telegram",
        *(100, 6_000, 60_000, 150_000),
        Gateway.hour_by_hour,
    ),
    Shape(
        "wide",
        "20,000 lines with one new hour each, 12 hours",
        *(20_000, 12, 20_000, 40_000),
        Gateway.hour_by_hour,
        scaled_lines=True,
    ),
    Shape(
        "backfill",
        "100 lines for a year, 24 to 744 hours a telegram",
        *(100, 8_760, 100_000, 200_000),
        lambda gateway, hours: gateway.spans(hours, SPANS),
    ),
)
LATENCY = "latency"
"""The fourth: 1,000 readings/s offered, and how long until each shows in its month."""
RULES, CLOSING, ATTRIBUTING, PHYSICS, READING = "rules", "closing", "attributing", "physics", "reading"
"""And the rules, the close of a month, a changed attribution, the gas physics, and what readers wait for."""
DOWNLOADS = "downloads"
"""And what files cost."""
ACCESS = "access"
"""And what it costs to know who asks."""
OFFERED_PER_S = 1_000
LATENCY_SECONDS = 30
LATENCY_LINES = 100
FLOOR_MS, WISH_MS = 250, 120
