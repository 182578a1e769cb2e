"""Telegrams that keep coming while something is killed, and what was sent of them for good."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from collections.abc import Iterator
from typing import Self

from shared.events.topics import TELEMETRY
from shared.runtime.kafka import KafkaError, producer
from tests.pipeline.running import System, until
from tests.pipeline.stations import Plan, of_hours, volume_thousandths

HOURS_PER_TELEGRAM = 4
AFTER_THE_END_SECONDS = 120.0
"""How long the last telegram may take: the broker may have to come back first."""


class Flow:
    """Sends each hour of each line once, station by station, from a thread of its own, until the `with` ends."""

    def __init__(self, system: System, plan: Plan, hours: range, telegrams_per_second: float = 40.0) -> None:
        self.sent: dict[str, set[int]] = defaultdict(set)
        self.telegrams = 0
        self._bootstrap, self._plan, self._hours = system.servers.kafka_bootstrap, plan, hours
        self._pause = 1 / telegrams_per_second
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="flow", daemon=True)

    def __enter__(self) -> Self:
        """Begin to send."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Send no more, and wait until the broker has the last one."""
        self._ending.set()
        self._thread.join(AFTER_THE_END_SECONDS)
        assert not self._thread.is_alive(), "the broker never took the last telegram"

    def wait_for(self, more: int, within_seconds: float = 120.0) -> None:
        """Wait until some more telegrams have been sent."""
        goal = self.telegrams + more
        until(lambda: self.telegrams >= goal, within_seconds, f"{more} telegrams more")

    @property
    def volumes(self) -> dict[str, dict[int, int]]:
        """Return what each line must say in the end, in thousandths of m³(n)."""
        return {line: {hour: volume_thousandths(line, hour) for hour in hours} for line, hours in self.sent.items()}

    def _run(self) -> None:
        asyncio.run(self._send_all())

    async def _send_all(self) -> None:
        sender = producer(self._bootstrap)
        await sender.start()
        try:
            for station, hours, body in self._telegrams():
                if self._ending.is_set():
                    return
                while not await _is_sent(sender, station, body):  # noqa: ASYNC110 - a broker that is away tells nobody
                    await asyncio.sleep(self._pause)
                for line in self._plan.lines[station]:
                    self.sent[line].update(hours)
                self.telegrams += 1
                await asyncio.sleep(self._pause)
        finally:
            await sender.stop()

    def _telegrams(self) -> Iterator[tuple[str, range, bytes]]:
        for first in range(self._hours.start, self._hours.stop, HOURS_PER_TELEGRAM):
            hours = range(first, min(first + HOURS_PER_TELEGRAM, self._hours.stop))
            for station in self._plan.stations:
                yield station, hours, of_hours(self._plan, station, hours, f"{station}/{first}")


async def _is_sent(sender: object, station: str, body: bytes) -> bool:
    """Send; a telegram that was perhaps not taken is sent again, as a gateway does, and counts as a repetition."""
    try:
        await sender.send_and_wait(TELEMETRY.name, body, key=station.encode())  # type: ignore[attr-defined] # untyped
    except KafkaError:
        return False
    return True
