"""Somebody who delivers and reads by HTTP while something fails, and keeps what he was answered."""

from __future__ import annotations

from collections import Counter, defaultdict

from tests.pipeline.meanwhile import Meanwhile
from tests.pipeline.running import System
from tests.pipeline.stations import Plan, of_hours, volume_thousandths

PAUSE_SECONDS = 0.2


class AtTheDoors(Meanwhile):
    """Delivers each hour of each station until it is taken, and reads the lines after each try."""

    def __init__(self, system: System, plan: Plan, hours: range) -> None:
        super().__init__()
        self.delivered: Counter[int] = Counter()
        self.read: Counter[int] = Counter()
        self.volumes: dict[str, dict[int, int]] = defaultdict(dict)
        """What was taken (202), by line and hour, in thousandths of m³(n)."""
        self._system, self._plan, self._hours = system, plan, hours

    def done(self) -> int:
        """Return how many telegrams were taken."""
        return self.delivered[202]

    def run(self) -> None:
        """Deliver; what is not taken is delivered again, also after the end was asked for."""
        for hour in self._hours:
            for station in self._plan.stations:
                if self.ending.is_set():
                    return
                while not self._is_taken(station, hour):
                    self.ending.wait(PAUSE_SECONDS)

    def _is_taken(self, station: str, hour: int) -> bool:
        status, _ = self._system.post("/v1/readings", of_hours(self._plan, station, [hour], f"{station}/{hour}"))
        self.delivered[status] += 1
        if status == 202:
            for line in self._plan.lines[station]:
                self.volumes[line][hour] = volume_thousandths(line, hour)
        self.ending.wait(PAUSE_SECONDS)
        self.read[self._system.call("/v1/lines")[0]] += 1
        return status == 202
