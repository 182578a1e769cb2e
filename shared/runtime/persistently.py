"""How workers meet servers that are away, and errors of their own."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from shared.runtime import metrics
from shared.runtime.health import Health
from shared.runtime.kafka import KafkaError
from shared.runtime.logging import logger
from shared.runtime.mongo import PyMongoError, is_passing

BACKOFF_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0)
"""Waits between tries; the last one again and again: a server may be away for hours."""
SOFTWARE_FAULT = 70
"""Exit code of a process that met an error of our own."""
TOLD_SECONDS = 10.0
"""Longer than Kafka takes to give a partition another leader."""
Result = TypeVar("Result")


class HoldStillError(Exception):
    """Somebody asks the workers to wait, as a replay does while it empties the store."""


class ReadAgainError(Exception):
    """The partition must be read again from an offset: what was handed in does not follow the position."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"read again from offset {offset}")
        self.offset = offset


def tell_fault(fault: BaseException) -> None:
    """Count that a server did not answer; that somebody holds us still is no fault of a server."""
    if isinstance(fault, (PyMongoError, KafkaError)):
        metrics.SERVER_FAULTS.labels("store" if isinstance(fault, PyMongoError) else "broker").inc()


async def persistently(work: Callable[[], Awaitable[Result]], stage: str, health: Health) -> Result:
    """Return what `work` returns; try again, with backoff, while a server is away.

    An error of our own ends the process at once, so that nothing is committed; the supervisor starts it again.

    Raises:
        ReadAgainError: as `work` does.
    """
    tries = 0
    while True:
        health.beat()
        try:
            return await work()
        except ReadAgainError:
            raise
        except (PyMongoError, KafkaError, HoldStillError) as fault:
            if isinstance(fault, PyMongoError) and not is_passing(fault):
                _die(stage, fault)
            metrics.SINK_RETRIES.labels(stage).inc()
            tell_fault(fault)
            logger(__name__).warning("waiting to try again", stage=stage, fault=repr(fault)[:400])
            await asyncio.sleep(BACKOFF_SECONDS[min(tries, len(BACKOFF_SECONDS) - 1)])
            tries += 1
        except Exception as fault:  # noqa: BLE001 - the outermost loop: anything else is a defect of ours
            _die(stage, fault)


async def patiently(work: Awaitable[Result], stage: str, health: Health, told_seconds: float = TOLD_SECONDS) -> Result:
    """Return what becomes of work that a client of Kafka tries again by itself, for hours if need be.

    While it lasts, that is told every `told_seconds`, and the loop that waits for it counts as turning.
    """
    working = asyncio.ensure_future(work)
    try:
        while not (await asyncio.wait({working}, timeout=told_seconds))[0]:
            health.beat()
            metrics.SERVER_FAULTS.labels("broker").inc()
            logger(__name__).warning("waiting for the broker", stage=stage)
    finally:
        working.cancel()
    return working.result()


@contextmanager
def ending_at_once(stage: str) -> Iterator[None]:
    """Let an error of our own end the process: Faust would take it for the agent's end, and read no more for ever."""
    try:
        yield
    except Exception as fault:  # noqa: BLE001 - the outermost loop: whatever comes here is a defect of ours
        _die(stage, fault)


def _die(stage: str, fault: BaseException) -> None:
    logger(__name__).error("defect: ending at once", stage=stage, exc_info=fault)
    os._exit(SOFTWARE_FAULT)
