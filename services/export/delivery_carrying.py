"""Handing over what is ready, delivery by delivery: tried, tried again later and later, given up with the reason."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from services.export.job_told import told
from services.export.schedule_told import delivery_told
from shared.domain.topology import Issue
from shared.runtime import metrics
from shared.runtime.http_state import Clock, utc_now
from shared.runtime.mongo import Database
from shared.store import deliveries, export_jobs, schedules
from shared.store.deliveries import DeliveryState
from shared.store.export_jobs import Document
from shared.store.schedules import Where

COURIER_SECONDS = 0.5
LANES = 4
"""Deliveries that are handed over at a time: a receiver that does not answer holds up one of them."""
LEASE_SECONDS = 60.0
"""Longer than any try takes; who dies over one leaves it to the next."""
BEHIND_ANOTHER_SECONDS = 1.0
FASTEST_SECONDS, SLOWEST_SECONDS, TIMES = 5.0, 24 * 3600.0, 5.0
MOST_TRIES = 9
"""5 s, 25 s, 2 min, 10 min, 52 min, 4 h, 22 h, a day: two days in all."""


class Taken(StrEnum):
    """What became of a try."""

    TAKEN = "taken"
    REFUSED = "refused"
    GONE = "gone"
    """Nobody is there any more, and says so: the schedule ends."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What became of a try, and why."""

    taken: Taken
    issue: Issue | None = None


class Carrier(Protocol):
    """One way to hand over a file."""

    async def carry(self, where: Document, delivery: Document, now: datetime) -> Carried:
        """Hand over a delivery as it is told; never raises for what a receiver does."""


def wait_seconds(tries: int, chance: float, fastest: float = FASTEST_SECONDS) -> float:
    """Return how long to wait after so many tries (1, 2, ...): ever longer, by `chance` (0 to 1) a fifth more or less.

    Without chance all that failed together would come again together.
    """
    return float(min(fastest * TIMES ** (tries - 1), SLOWEST_SECONDS) * (0.8 + 0.4 * chance))


class Courier:
    """Hands over what is ready; several replicas may, one beside the other."""

    def __init__(
        self,
        database: Database,
        carriers: Mapping[Where, Carrier],
        now: Clock = utc_now,
        fastest_seconds: float = FASTEST_SECONDS,
    ) -> None:
        self._database, self._carriers, self._now = database, carriers, now
        self._fastest = fastest_seconds

    async def start(self) -> None:
        """Nothing is to be opened: each try has a connection of its own."""

    async def stop(self) -> None:
        """Nothing is held."""

    async def turn(self) -> None:
        """Hand over what is due, some at a time."""
        await asyncio.gather(*(self.carry_next() for _ in range(LANES)))

    async def carry_next(self) -> bool:
        """Try the delivery that is due longest; say whether there was one."""
        delivery = await deliveries.claim(self._database, list(self._carriers), LEASE_SECONDS)
        if delivery is None:
            return False
        if not await deliveries.is_next(self._database, delivery):
            await deliveries.again(self._database, delivery["_id"], BEHIND_ANOTHER_SECONDS, is_counted=False)
            return True
        schedule = await schedules.find(self._database, delivery["owner"], delivery["schedule"])
        if schedule is None:
            problem = asdict(Issue("SCHEDULE_GONE", "delivery", "its schedule was removed before it was taken"))
            await deliveries.fail(self._database, delivery["_id"], DeliveryState.READY, problem)
            return True
        carried = await self._carried(schedule, delivery)
        metrics.DELIVERIES.labels(delivery["where"], carried.taken.value).inc()
        await self._conclude(delivery, carried)
        return True

    async def _carried(self, schedule: Document, delivery: Document) -> Carried:
        now = self._now()
        job = await export_jobs.find(self._database, delivery["owner"], delivery["job"])
        export = told(job, now) if job else None
        if export is None or export["result"] is None:
            return Carried(Taken.REFUSED, Issue("EXPORT_GONE", "delivery", "its export was removed, or has expired"))
        carrier = self._carriers[Where(delivery["where"])]
        return await carrier.carry(schedule["where"], delivery_told(delivery, export), now)

    async def _conclude(self, delivery: Document, carried: Carried) -> None:
        name, problem = delivery["_id"], asdict(carried.issue) if carried.issue else {}
        tries = delivery["attempts"] + 1
        if carried.taken is Taken.TAKEN:
            await deliveries.delivered(self._database, name)
        elif carried.taken is Taken.GONE:
            await schedules.disable(self._database, delivery["schedule"], problem)
            await deliveries.fail_all(self._database, delivery["schedule"], problem)
        elif tries >= MOST_TRIES:
            await deliveries.fail(self._database, name, DeliveryState.READY, problem)
        else:
            wait = wait_seconds(tries, random.random(), self._fastest)  # noqa: S311 - no secret hangs on it
            await deliveries.again(self._database, name, wait, is_counted=True, problem=problem)
