"""Reading one step ahead."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from functools import partial
from typing import Any

import pytest

from services.export.files.ahead import ahead
from services.export.files.writing import Drain


async def test_steps_come_in_order_and_the_next_one_runs() -> None:
    """While the first is taken, the second has begun; the third has not."""
    begun: list[int] = []

    async def step(number: int) -> int:
        begun.append(number)
        await asyncio.sleep(0)
        return number

    async with aclosing(ahead(partial(step, number) for number in range(4))) as steps:
        assert await anext(steps) == 0
        assert begun == [0, 1]
        assert [number async for number in steps] == [1, 2, 3]


async def test_who_stops_early_ends_what_runs() -> None:
    """Nothing is read for a reader who is gone."""
    ended = asyncio.Event()

    async def waits() -> int:
        try:
            await asyncio.sleep(3600)
        finally:
            ended.set()
        return 1

    async def at_once() -> int:
        await asyncio.sleep(0)
        return 0

    steps: list[Callable[[], Coroutine[Any, Any, int]]] = [at_once, waits]
    async with aclosing(ahead(steps)) as given:
        assert await anext(given) == 0
    assert ended.is_set()


async def test_a_step_that_fails_is_told_at_its_place() -> None:
    """What came before it was given; nothing comes after."""

    async def fails() -> int:
        raise ValueError("broken")

    async def good() -> int:
        return 0

    steps: list[Callable[[], Coroutine[Any, Any, int]]] = [good, fails]
    given = ahead(steps)
    assert await anext(given) == 0
    with pytest.raises(ValueError, match="broken"):
        await anext(given)
    nothing: list[Callable[[], Coroutine[Any, Any, int]]] = []
    assert [one async for one in ahead(nothing)] == []


def test_a_drain_gives_what_was_written_once() -> None:
    """And says how far it is, as who writes an archive wants to know."""
    drain = Drain()
    drain.write(b"ab")
    drain.write(bytearray(b"c"))
    assert (drain.writable(), drain.tell(), drain.taken(), drain.taken()) == (True, 3, b"abc", b"")
