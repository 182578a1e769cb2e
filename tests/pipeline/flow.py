"""Telegrams that keep coming while something is killed, and what was sent of them for good."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping

from shared.events.topics import TELEMETRY
from shared.runtime.kafka import KafkaError, producer
from tests.pipeline.meanwhile import Meanwhile
from tests.pipeline.running import System
from tests.pipeline.stations import Plan, of_hours, volume_thousandths

HOURS_PER_TELEGRAM = 4


class Flow(Meanwhile):
    """Sends each hour of each line once, station by station; to `telemetry`, or to the topic of a station's gateway."""

    def __init__(
        self,
        system: System,
        plan: Plan,
        hours: range,
        telegrams_per_second: float = 40.0,
        topics: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        self.sent: dict[str, set[int]] = defaultdict(set)
        self.telegrams = 0
        self._bootstrap, self._plan, self._hours = system.servers.kafka_bootstrap, plan, hours
        self._pause = 1 / telegrams_per_second
        self._topics = topics or {}

    def done(self) -> int:
        """Return how many telegrams have been sent."""
        return self.telegrams

    @property
    def volumes(self) -> dict[str, dict[int, int]]:
        """Return what each line must say in the end, in thousandths of m³(n)."""
        return {line: {hour: volume_thousandths(line, hour) for hour in hours} for line, hours in self.sent.items()}

    def run(self) -> None:
        """Send; a broker that is away takes the last one when it comes back."""
        asyncio.run(self._send_all())

    def telegrams_due(self) -> Iterator[tuple[str, bytes]]:
        """Yield station and telegram one after the other, with a pause behind each, until the end.

        Whoever asks for the next one has handed the one before over for good: it counts as sent.
        """
        for station, hours, body in self._telegrams():
            if self.ending.is_set():
                return
            yield station, body
            self._count(station, hours)
            self.ending.wait(self._pause)

    def _count(self, station: str, hours: range) -> None:
        for line in self._plan.lines[station]:
            self.sent[line].update(hours)
        self.telegrams += 1

    async def _send_all(self) -> None:
        sender = producer(self._bootstrap)
        await sender.start()
        try:
            for station, hours, body in self._telegrams():
                if self.ending.is_set():
                    return
                topic = self._topics.get(station, TELEMETRY.name)
                while not await _is_sent(sender, topic, station, body):  # noqa: ASYNC110 - a broker that is away tells nobody
                    await asyncio.sleep(self._pause)
                self._count(station, hours)
                await asyncio.sleep(self._pause)
        finally:
            await sender.stop()

    def _telegrams(self) -> Iterator[tuple[str, range, bytes]]:
        for first in range(self._hours.start, self._hours.stop, HOURS_PER_TELEGRAM):
            hours = range(first, min(first + HOURS_PER_TELEGRAM, self._hours.stop))
            for station in self._plan.stations:
                yield station, hours, of_hours(self._plan, station, hours, f"{station}/{first}")


async def _is_sent(sender: object, topic: str, station: str, body: bytes) -> bool:
    """Send; a telegram that was perhaps not taken is sent again, as a gateway does, and counts as a repetition."""
    try:
        await sender.send_and_wait(topic, body, key=station.encode())  # type: ignore[attr-defined] # untyped
    except KafkaError:
        return False
    return True
