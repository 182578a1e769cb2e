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
    """Seconds by stage. One thing runs at a time: awaited work is one chain, so a stack tells what runs inside what."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._inside: list[float] = []
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
        began = time.perf_counter()
        self._inside.append(0.0)
        try:
            yield
        finally:
            took = time.perf_counter() - began
            self.seconds[stage] += took - self._inside.pop()
            if self._inside:
                self._inside[-1] += took
