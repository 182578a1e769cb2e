"""Handing over one delivery that is ready: tried, tried again later and later, given up with the reason."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from services.export.files.asked import Download
from services.export.jobs import ordered as jobs
from services.export.jobs.attempt import RIGHT_LOST, Workshop, is_right_lost
from services.export.jobs.told import told
from services.export.schedules.told import delivery_told
from shared.access.caller import Caller
from shared.access.read import Read, What
from shared.access.roles import Task
from shared.domain.topology import Issue
from shared.runtime import metrics
from shared.runtime.http_state import Clock, check_role, utc_now
from shared.runtime.problem import ProblemError
from shared.runtime.reads_told import Teller
from shared.runtime.trail import Reading, TrailAwayError, trail_away
from shared.store import deliveries, schedules
from shared.store.deliveries import DeliveryState
from shared.store.export_jobs import Document, Order, order_of
from shared.store.schedules import Where

BEHIND_ANOTHER_SECONDS = 1.0
FASTEST_SECONDS, SLOWEST_SECONDS, TIMES = 5.0, 24 * 3600.0, 5.0
LOOK_SECONDS = 1.0
"""How often the owner's rights are looked at while a file is handed over."""
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


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is handed over: a delivery as it is told, and its file, which is read when it is asked for."""

    told: Document
    file_name: str
    blocks: Callable[[], AsyncIterator[bytes]]


class Carrier(Protocol):
    """One way to hand over a file; `lease_seconds` is longer than any try takes."""

    lease_seconds: float

    async def carry(self, where: Document, parcel: Parcel, now: datetime) -> Carried:
        """Hand over a delivery; never raises for what a receiver does."""


def wait_seconds(tries: int, chance: float, fastest: float = FASTEST_SECONDS) -> float:
    """Return how long to wait after so many tries (1, 2, ...): ever longer, by `chance` (0 to 1) a fifth more or less.

    Without chance all that failed together would come again together.
    """
    return float(min(fastest * TIMES ** (tries - 1), SLOWEST_SECONDS) * (0.8 + 0.4 * chance))


class Courier:
    """Hands over what is ready; several replicas may, one beside the other."""

    def __init__(
        self,
        shop: Workshop,
        carriers: Mapping[Where, Carrier],
        now: Clock = utc_now,
        fastest_seconds: float = FASTEST_SECONDS,
        trail: Teller | None = None,
    ) -> None:
        self._shop, self._carriers, self._now = shop, carriers, now
        self._database, self._fastest, self._trail = shop.database, fastest_seconds, trail

    async def carry_next(self) -> bool:
        """Try the delivery of each kind that is due longest; say whether there was one."""
        return any([await self._carry_next_of(kind) for kind in self._carriers])

    async def _carry_next_of(self, kind: Where) -> bool:
        delivery = await deliveries.claim(self._database, kind, self._carriers[kind].lease_seconds)
        if delivery is None:
            return False
        try:
            await self._try(delivery)
        except asyncio.CancelledError:  # the service ends: another may try at once
            await deliveries.again(self._database, delivery["_id"], 0, is_counted=False)
            raise
        return True

    async def _try(self, delivery: Document) -> None:
        name = delivery["_id"]
        if not await deliveries.is_next(self._database, delivery):
            await deliveries.again(self._database, name, BEHIND_ANOTHER_SECONDS, is_counted=False)
            return
        schedule = await schedules.find(self._database, delivery["owner"], delivery["schedule"])
        if schedule is None:
            problem = asdict(Issue("SCHEDULE_GONE", "delivery", "its schedule was removed before it was taken"))
            await deliveries.fail(self._database, name, DeliveryState.READY, problem)
            return
        carried = await self._carried(schedule, delivery)
        metrics.DELIVERIES.labels(delivery["where"], carried.taken.value).inc()
        await self._conclude(delivery, carried)

    async def _carried(self, schedule: Document, delivery: Document) -> Carried:
        """Hand over a delivery, as far as its owner may still read what is in it."""
        now, caller = self._now(), await self._shop.caller_named(delivery["owner"])
        try:
            check_role(caller, Task.DOWNLOAD)
            kept, download = await jobs.file_for(self._database, caller, delivery["job"], now)
            job = await jobs.job_of(self._database, caller, delivery["job"])
            await self._tell(caller, schedule["where"], delivery, download)
        except ProblemError as refused:
            return Carried(Taken.REFUSED, refused.issues[0])
        results = self._shop.results
        parcel = Parcel(
            delivery_told(delivery, told(job, now)),
            kept["file_name"],
            lambda: results.read(kept["name"], 0, kept["size"]),
        )
        carrying = self._carriers[Where(delivery["where"])].carry(schedule["where"], parcel, now)
        return await self._while_allowed(caller, order_of(job["asked"]), kept.get("named", ()), carrying)

    async def _while_allowed(
        self, caller: Caller, order: Order, named: Sequence[str], carrying: Coroutine[Any, Any, Carried]
    ) -> Carried:
        """Hand over as long as the owner may read what is in it; once he may not, it breaks off within a second."""
        task = asyncio.create_task(carrying)
        try:
            while not (await asyncio.wait([task], timeout=LOOK_SECONDS))[0]:
                if await is_right_lost(self._shop, caller, order, named):
                    return Carried(Taken.REFUSED, RIGHT_LOST)
            return task.result()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _tell(self, caller: Caller, where: Document, delivery: Document, download: Download) -> None:
        """Tell the trail what is about to be handed over; of a webhook the receiver is told when he fetches it.

        Raises:
            ProblemError: 503, the trail is away.
        """
        if self._trail is None or delivery["where"] != Where.SFTP:
            return
        read = Read.asked(What.DELIVERY, download.question, lines=download.lines, nodes=download.nodes)
        try:
            await self._trail.tell_for_good(Reading(caller.identity, caller.company, str(where["host"]), read))
        except TrailAwayError:
            raise trail_away() from None

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
