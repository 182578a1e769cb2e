"""`kill -9` of each service of the chain while chromatographs send: nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
import threading
from typing import Self

import pytest

from shared.events.topics import ANALYSES
from shared.runtime.kafka import producer
from shared.store.documents import Collection
from tests.integration.pipeline.test_analyses import analysis, kept, telegram
from tests.pipeline.running import System, until
from tests.pipeline.stations import recent_hours
from tests.pipeline.stored import documents

CHROMATOGRAPHS = ("KILL-Z", "KILL-L", "KILL-P")
HOURS = recent_hours(days=120)
CHAIN = ("ingest", "validation", "aggregation")
WITHIN_S = 120.0
PAUSE_S = 0.1


class Sending:
    """Chromatographs that tell one hour after the other, from a thread of their own, until the `with` ends."""

    def __init__(self, system: System) -> None:
        self.sent: dict[str, list[int]] = {name: [] for name in CHROMATOGRAPHS}
        self._bootstrap, self._ending = system.servers.kafka_bootstrap, threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="sending", daemon=True)

    def __enter__(self) -> Self:
        """Begin to send."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Send no more."""
        self._ending.set()
        self._thread.join(WITHIN_S)
        assert not self._thread.is_alive(), "the last analysis was never sent"

    def wait_for(self, more: int) -> None:
        """Wait until each chromatograph has told some more hours."""
        last = CHROMATOGRAPHS[-1]
        goal = len(self.sent[last]) + more
        until(lambda: len(self.sent[last]) >= goal, WITHIN_S, f"{more} analyses more")

    async def _run(self) -> None:
        sender = producer(self._bootstrap)
        await sender.start()
        hours = iter(HOURS)
        while not self._ending.is_set():
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
