"""Servers and pipeline for one measurement: fresh folder, real MongoDB and Kafka, three services as processes."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
import urllib.request
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from prometheus_client.parser import text_string_to_metric_families

from deploy.local.process import WatchedProcess
from deploy.local.servers import Servers
from deploy.local.services import PARTITIONS, Service, common_environment, five_services
from gastrack.http_calls import call
from shared.events.topics import OPERATIONS, RECORDED, VALIDATED
from shared.runtime.kafka import ensure_topics, watcher
from shared.runtime.mongo import Database, connect
from shared.store import ledgers
from shared.store.documents import Collection
from shared.store.ledgers import Ledger
from tests.bench.grid import Grid

PIPELINE = ("ingest", "validation", "aggregation")
DATABASE = "gastrack"
LOOK_SECONDS = 0.02
REGISTERED_WITHIN_S = 120.0
Result = TypeVar("Result")


class BenchError(Exception):
    """The pipeline did not do what is measured; a figure would mean nothing."""


@dataclass(slots=True)
class Rig:
    """What runs."""

    servers: Servers
    services: dict[str, Service]

    def processes(self) -> dict[str, WatchedProcess]:
        """Return every process whose work counts, servers included."""
        ours = {"mongod": self.servers.mongod, "Kafka": self.servers.kafka}
        started = {name: server.process for name, server in ours.items() if server is not None}
        return {**{name: self.services[name].process for name in PIPELINE}, **started}

    def start(self, *names: str) -> None:
        """Start services and wait until they are ready."""
        for name in names:
            self.services[name].start()
        for name in names:
            self.services[name].wait_ready()

    def stop(self) -> None:
        """End the services."""
        running = [service.process for service in self.services.values() if service.process.running]
        for process in running:
            process.terminate()
        for process in running:
            process.stop()

    def metric(self, service: str, name: str) -> float:
        """Return the sum of a metric's samples; 0 while nobody answers yet."""
        try:
            with urllib.request.urlopen(f"{self.services[service].operations}/metrics/", timeout=30) as answer:  # noqa: S310 - our own port
                text = answer.read().decode()
        except OSError:
            return 0.0
        families = text_string_to_metric_families(text)
        return sum(sample.value for family in families for sample in family.samples if sample.name == name)

    def store(self, work: Callable[[Database], Coroutine[Any, Any, Result]]) -> Result:
        """Return what `work` finds in the store."""

        async def connected() -> Result:
            return await work(connect(self.servers.mongo_uri, DATABASE))

        return asyncio.run(connected())

    def register(self, grid: Grid) -> float:
        """Register a grid by the door, as one change; return how many seconds that took."""
        began = time.monotonic()
        url = f"http://127.0.0.1:{self.services['ingest'].http_port}/v1/topology/changes"
        status, answer = call(url, grid.register())
        if status not in (200, 202):
            raise BenchError(f"the register was not taken: {status} {json.dumps(answer)[:300]}")
        self.wait(lambda: self.store(_decided), REGISTERED_WITHIN_S, "the register's outcome")
        self._settle()
        return time.monotonic() - began

    def _settle(self) -> None:
        """Wait until every partition's record of the change has been taken by the last stage."""
        self.wait(lambda: asyncio.run(self._is_settled()), REGISTERED_WITHIN_S, "the register everywhere")

    async def _is_settled(self) -> bool:
        seen = watcher(self.servers.kafka_bootstrap, "gastrack-ingest")
        await seen.start()
        try:
            ends = await seen.ends(RECORDED.name, VALIDATED.name)
        finally:
            await seen.stop()
        documents = connect(self.servers.mongo_uri, DATABASE)[Collection.PROGRESS].find({"_id": {"$regex": "^agg"}})
        stand = {document["_id"]: document["sources"] async for document in documents}
        there = all(end > 0 for end in ends.values())
        return there and len(stand) == PARTITIONS and all(f"{OPERATIONS.name}/0" in s for s in stand.values())

    def wait(self, condition: Callable[[], bool], within_s: float, what: str) -> None:
        """Ask until a condition holds.

        Raises:
            BenchError: it does not hold in time.
            ServerDiedError: a process ended.
        """
        deadline = time.monotonic() + within_s
        while not condition():
            for process in self.processes().values():
                if process.running or process is not self.services["ingest"].process:
                    process.require_alive()
            if time.monotonic() > deadline:
                raise BenchError(f"not within {within_s:.0f} s: {what}")
            time.sleep(LOOK_SECONDS)

    def ledger(self) -> Ledger:
        """Return the stored ledger."""
        return self.store(ledgers.total)

    def hours_in_months(self) -> int:
        """Return how many hours all months together have taken: what a reader of rollups sees."""
        return self.store(revisions_in_months)


async def revisions_in_months(database: Database) -> int:
    """Return how many revisions all months together count."""
    pipeline = [{"$group": {"_id": None, "changes": {"$sum": "$changes"}}}]
    found = [document async for document in database[Collection.LINE_MONTHS].aggregate(pipeline)]
    return int(found[0]["changes"]) if found else 0


async def _decided(database: Database) -> bool:
    decision = await database[Collection.DECISIONS].find_one({})
    if decision is not None and decision["outcome"] != "accepted":
        raise BenchError(f"the register was refused: {decision['issues'][:3]}")
    return decision is not None


@contextmanager
def rig() -> Iterator[Rig]:
    """Give running servers and services that are not started; leave nothing behind."""
    with tempfile.TemporaryDirectory(prefix="gastrack-bench-") as name:
        folder = Path(name)
        servers = Servers(folder)
        try:
            servers.start()
            asyncio.run(ensure_topics(servers.kafka_bootstrap, PARTITIONS))
            told = {
                **common_environment(servers.kafka_bootstrap, servers.mongo_uri),
                "GASTRACK_MONGO_DATABASE": DATABASE,
            }
            made = Rig(servers, five_services(told, folder / "logs"))
            try:
                yield made
            finally:
                made.stop()
        finally:
            servers.stop()
