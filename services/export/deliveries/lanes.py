"""The part of the service that hands over deliveries: some at a time, until it is stopped."""

from __future__ import annotations

import asyncio

from services.export.deliveries.carrying import Courier
from shared.runtime.logging import logger
from shared.runtime.mongo import PyMongoError, is_passing

LANES = 4
"""Deliveries that are handed over at a time: a receiver that does not answer holds up one of them."""
LOOK_SECONDS = 1.0


class DeliveryLanes:
    """Lets a courier go, again and again."""

    def __init__(self, courier: Courier) -> None:
        self._courier = courier
        self._log = logger(__name__)

    async def start(self) -> None:
        """Begin."""
        self._lanes = [asyncio.create_task(self._run()) for _ in range(LANES)]

    async def ended(self) -> None:
        """Wait for the end of any; raises what it raised, unless the store was away."""
        await asyncio.shield(asyncio.wait(self._lanes, return_when=asyncio.FIRST_COMPLETED))
        for lane in self._lanes:
            if lane.done() and not lane.cancelled():
                lane.result()

    async def stop(self) -> None:
        """Break off what is under way: it is tried again."""
        for lane in self._lanes:
            lane.cancel()
        await asyncio.gather(*self._lanes, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                if await self._courier.carry_next():
                    continue
            except PyMongoError as fault:
                if not is_passing(fault):
                    raise
                self._log.warning("deliveries wait: the store is away", fault=repr(fault)[:200])
            await asyncio.sleep(LOOK_SECONDS)
