"""Where time goes: functions are wrapped by name, and a stage's time is without that of the stages inside it."""

from __future__ import annotations

import functools
import inspect
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class Stopwatch:
    """Seconds by stage: `elapsed_s`, and `cpu_s` of all our threads, which other programs disturb less.

    One thing runs at a time: awaited work is one chain, so a stack tells what runs inside what.
    """

    def __init__(self) -> None:
        self.elapsed_s: dict[str, float] = defaultdict(float)
        self.cpu_s: dict[str, float] = defaultdict(float)
        self._inside: list[tuple[float, float]] = []
        self._undo: list[Callable[[], None]] = []

    def wrap(self, owner: object, name: str, stage: str) -> None:
        """Let `owner.name` count for a stage, until `release`."""
        original = getattr(owner, name)
        wrapped = self._timed_coroutine(original, stage)
        if not inspect.iscoroutinefunction(original):
            wrapped = self._timed(original, stage)
        setattr(owner, name, wrapped)
        self._undo.append(functools.partial(setattr, owner, name, original))

    def release(self) -> None:
        """Put back what was wrapped, the last first."""
        while self._undo:
            self._undo.pop()()

    def _timed(self, original: Callable[..., Any], stage: str) -> Callable[..., Any]:
        @functools.wraps(original)
        def timed(*arguments: Any, **named: Any) -> Any:
            with self.timing(stage):
                return original(*arguments, **named)

        return timed

    def _timed_coroutine(self, original: Callable[..., Any], stage: str) -> Callable[..., Any]:
        @functools.wraps(original)
        async def timed(*arguments: Any, **named: Any) -> Any:
            with self.timing(stage):
                return await original(*arguments, **named)

        return timed

    @contextmanager
    def timing(self, stage: str) -> Iterator[None]:
        """Count what happens inside for a stage."""
        began, began_cpu = time.perf_counter(), time.process_time()
        self._inside.append((0.0, 0.0))
        try:
            yield
        finally:
            took, took_cpu = time.perf_counter() - began, time.process_time() - began_cpu
            within, within_cpu = self._inside.pop()
            self.elapsed_s[stage] += took - within
            self.cpu_s[stage] += took_cpu - within_cpu
            if self._inside:
                outer, outer_cpu = self._inside[-1]
                self._inside[-1] = (outer + took, outer_cpu + took_cpu)
