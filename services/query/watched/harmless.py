"""A watch whose own defect ends nobody's reading: it is told loudly, and tried again at the next turn."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from shared.runtime.kafka import KafkaError
from shared.runtime.logging import logger
from shared.runtime.mongo import PyMongoError


def harmless(watch: str, turn: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    """Return a turn that raises only what servers that are away make it raise; `watch` names it in the log."""

    async def turned() -> None:
        try:
            await turn()
        except (KafkaError, PyMongoError, TimeoutError):
            raise
        except Exception as fault:  # noqa: BLE001 - a document that cannot be read must not end the service for its readers
            logger(__name__).error("defect: nothing can be watched", watch=watch, exc_info=fault)

    return turned
