"""`kill -9` of each service of the chain while chromatographs send: nothing lost, nothing twice."""

from __future__ import annotations

import asyncio

import pytest

from shared.events.topics import ANALYSES
from shared.runtime.kafka import producer
from shared.store.documents import Collection
from tests.integration.pipeline.test_analyses import analysis, kept, telegram
from tests.pipeline.meanwhile import WITHIN_S, Meanwhile
from tests.pipeline.running import System, until
from tests.pipeline.stations import recent_hours
from tests.pipeline.stored import documents

CHROMATOGRAPHS = ("KILL-Z", "KILL-L", "KILL-P")
HOURS = recent_hours(days=120)
CHAIN = ("ingest", "validation", "aggregation")
PAUSE_S = 0.1


class Sending(Meanwhile):
    """Chromatographs that tell one hour after the other."""

    def __init__(self, system: System) -> None:
        super().__init__()
        self.sent: dict[str, list[int]] = {name: [] for name in CHROMATOGRAPHS}
        self._bootstrap = system.servers.kafka_bootstrap

    def done(self) -> int:
        """Return how many hours each chromatograph has told."""
        return len(self.sent[CHROMATOGRAPHS[-1]])

    def run(self) -> None:
        """Send."""
        asyncio.run(self._run())

    async def _run(self) -> None:
        sender = producer(self._bootstrap)
        await sender.start()
        hours = iter(HOURS)
        while not self.ending.is_set():
            hour = next(hours)
            for name in CHROMATOGRAPHS:
                await sender.send_and_wait(ANALYSES.name, telegram(analysis(hour), chromatograph=name), partition=0)
                self.sent[name].append(hour)
            await asyncio.sleep(PAUSE_S)
        await sender.stop()


@pytest.mark.drill
def test_each_analysis_is_kept_once_whoever_dies(own_system: System) -> None:
    """Every hour of every chromatograph stands as its first revision, and the ledger is even."""
    own_system.start(*CHAIN)
    with Sending(own_system) as sending:
        for name in CHAIN:
            sending.wait_for(10)
            own_system.kill(name)
            own_system.revive(name)
        sending.wait_for(10)
    sent = sum(map(len, sending.sent.values()))
    until(lambda: own_system.ledger(WITHIN_S)["received"] >= sent, WITHIN_S, "every analysis received")
    ledger = own_system.ledger(WITHIN_S)
    assert ledger["accepted"] == ledger["received"] == sent
    for name, hours in sending.sent.items():
        assert {hour: int(row["revision"]) for hour, row in kept(own_system, name).items()} == dict.fromkeys(hours, 1)
    assert documents(own_system, Collection.ANALYSIS_REVISIONS) == []
