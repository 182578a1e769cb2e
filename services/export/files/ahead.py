"""Reading one step ahead: while a reader takes what is there, the next is on its way."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable
from typing import Any, TypeVar

Read = TypeVar("Read")


async def ahead(steps: Iterable[Callable[[], Coroutine[Any, Any, Read]]]) -> AsyncGenerator[Read, None]:
    """Give what steps read, in their order, the next one running already; whoever stops early ends it."""
    running: asyncio.Task[Read] | None = None
    try:
        for step in steps:
            before, running = running, asyncio.create_task(step())
            if before is not None:
                yield await before
        if running is not None:
            yield await running
    finally:
        if running is not None and not running.done():
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
