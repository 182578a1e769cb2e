"""A running system: five services as processes on a real MongoDB and a real Kafka, and how a test talks to them."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from deploy.edge.doors import Door
from deploy.local.envoy import Envoy
from deploy.local.ports import free_ports
from deploy.local.process import WatchedProcess
from deploy.local.servers import Servers
from deploy.local.services import PARTITIONS, Service, common_environment, five_services
from gastrack.http_calls import call
from shared.events.topics import OPERATIONS, TELEMETRY
from shared.runtime.kafka import ensure_topics, producer
from shared.runtime.mongo import Database, connect
from shared.store.documents import Collection

ROOT = Path(__file__).parents[2]
ASK_SECONDS = 0.1
DECIDED_WITHIN_SECONDS = 60.0
"""The door answers after 5 s with what is known then; a chain that has just started may share its two cores."""
Result = TypeVar("Result")


class Member(Protocol):
    """A service or a server: a process that can be killed and started again."""

    @property
    def process(self) -> WatchedProcess:
        """What runs."""

    def start(self) -> None:
        """Start it and do not wait."""

    def wait_ready(self) -> None:
        """Wait until it is ready."""


@dataclass(slots=True)
class System:
    """Servers, services and the edge."""

    folder: Path
    servers: Servers
    services: dict[str, Service]
    edge: Envoy
    environment: dict[str, str]
    code: Path = ROOT
    """Whose command is run; another version's stands elsewhere."""

    @property
    def http(self) -> str:
        """The one address."""
        return self.edge.url

    def start(self, *names: str) -> None:
        """Start services and wait until they are ready; all of them where none is named."""
        for name in names or self.services:
            self.services[name].start()
        for name in names or self.services:
            self.services[name].wait_ready()

    def stop(self) -> None:
        """End what still runs."""
        self.edge.process.stop()
        for service in self.services.values():
            if service.process.running:
                service.process.terminate()
        for service in self.services.values():
            if service.process.running:
                service.process.stop()

    def pids(self) -> dict[str, int]:
        """Return the process ids of the services that run."""
        return {name: service.process.pid for name, service in self.services.items() if service.process.running}

    def member(self, name: str) -> Member:
        """Return a service or a server by its name; the servers are `mongod` and `kafka`."""
        servers: dict[str, Member | None] = {"mongod": self.servers.mongod, "kafka": self.servers.kafka}
        found = self.services.get(name) or servers.get(name)
        assert found is not None, f"{name} is none of ours: it cannot be killed"
        return found

    def kill(self, name: str) -> None:
        """End a service or server at once, as a crash does."""
        self.member(name).process.kill()

    def revive(self, name: str) -> None:
        """Start a service or server again and wait until it is ready."""
        self.member(name).start()
        self.member(name).wait_ready()

    def tell(self, name: str, **settings: str) -> None:
        """Give a service other settings, from its next start on."""
        process = self.services[name].process
        process.environment = {**process.environment, **settings}

    def another(self, name: str) -> Service:
        """Return a second process of a service, not started; the test that starts it ends it."""
        return five_services(self.environment, self.folder / "logs" / "second")[name]

    def get(self, path: str) -> Any:
        """Return the JSON answer to a GET; fail with the problem where it is none."""
        status, answer = self.call(path)
        assert status == 200, answer
        return answer

    def call(self, path: str) -> tuple[int, Any]:
        """Return status and JSON answer of a GET."""
        return call(f"{self.http}{path}")

    def post(self, path: str, body: bytes, content_type: str = "application/json") -> tuple[int, Any]:
        """Return status and JSON answer."""
        return call(f"{self.http}{path}", body, content_type)

    def gastrack(self, *arguments: str, code: int | None = 0) -> Any:
        """Run the command as its users do; return its JSON answer, or its text."""
        done = subprocess.run(
            [sys.executable, "-m", "gastrack", *arguments],
            env={**os.environ, **self.environment, "GASTRACK_URL": self.http},
            cwd=self.code,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert code is None or done.returncode == code, f"{done.returncode}: {done.stdout}{done.stderr}"
        return json.loads(done.stdout) if "--json" in arguments and done.stdout else done.stdout + done.stderr

    def store(self, work: Callable[[Database], Coroutine[Any, Any, Result]]) -> Result:
        """Return what `work` finds in the store."""

        async def connected() -> Result:
            database = connect(self.servers.mongo_uri, self.environment["GASTRACK_MONGO_DATABASE"])
            try:
                return await work(database)
            finally:
                database.client.close()

        return asyncio.run(connected())

    def send(self, telegrams: Iterable[tuple[str, bytes]]) -> int:
        """Put telegrams into Kafka as a gateway does; return how many."""
        return len(self.put(telegrams))

    def put(self, telegrams: Iterable[tuple[str, bytes]], topic: str = TELEMETRY.name) -> list[str]:
        """Put telegrams into Kafka; return their positions, as dead letters name those of sources."""
        return asyncio.run(put(self.servers.kafka_bootstrap, telegrams, topic))

    def register(self, document: bytes) -> None:
        """Make stations and lines known, by the command; on a busy machine the outcome comes later than its answer."""
        file = self.folder / "topology.yaml"
        file.write_bytes(document)
        told = self.gastrack("topology", "apply", str(file), "--json", code=None)
        if told.get("outcome") == "pending":
            until(lambda: self._outcome(told["decision"]) is not None, DECIDED_WITHIN_SECONDS, f"an outcome of {told}")
            told["outcome"] = self._outcome(told["decision"])
        assert told.get("outcome") == "accepted", told

    def _outcome(self, decision: int) -> str | None:
        async def read(database: Database) -> str | None:
            found = await database[Collection.DECISIONS].find_one({"_id": f"{OPERATIONS.name}/{decision}"})
            return None if found is None else str(found["outcome"])

        return self.store(read)

    def ledger(self, wait_seconds: float = 60.0) -> dict[str, int]:
        """Return the ledger once nothing is under way; fail where it does not balance."""
        found: dict[str, int] = self.gastrack("ledger", "--wait", str(wait_seconds), "--json")
        return found

    def verify(self) -> dict[str, Any]:
        """Recompute the rollups from the hours; fail where they differ."""
        found: dict[str, Any] = self.gastrack("rollups", "verify", "--json")
        return found


@contextmanager
def standing(folder: Path, environment: Mapping[str, str] | None = None) -> Iterator[System]:
    """Give a system whose servers run and are its own: two systems on one Kafka would take each other's readings."""
    servers = Servers(folder / "servers")
    try:
        servers.start()
        made = system(folder, servers, environment=environment)
        try:
            yield made
        finally:
            made.stop()
    finally:
        servers.stop()


async def put(bootstrap: str, telegrams: Iterable[tuple[str, bytes]], topic: str = TELEMETRY.name) -> list[str]:
    """Put telegrams into Kafka, and wait until each is there for good; return topic/partition/offset of each."""
    sender, pending = producer(bootstrap, linger_ms=5), []
    await sender.start()
    try:
        for station, body in telegrams:
            pending.append(await sender.send(topic, body, key=station.encode()))
        places = [await sent for sent in pending]
    finally:
        await sender.stop()
    return [f"{place.topic}/{place.partition}/{place.offset}" for place in places]


def system(
    folder: Path,
    servers: Servers,
    database: str = "gastrack",
    environment: Mapping[str, str] | None = None,
    doors: Sequence[Door] = (),
) -> System:
    """Return a system on running servers, its topics created, its services not started."""
    asyncio.run(ensure_topics(servers.kafka_bootstrap, PARTITIONS))
    told = {
        **common_environment(servers.kafka_bootstrap, servers.mongo_uri),
        "GASTRACK_MONGO_DATABASE": database,
        "GASTRACK_TICK_SECONDS": "2",
        **(environment or {}),
    }
    services = five_services(told, folder / "logs")
    behind = {name: service.http_port for name, service in services.items() if service.http_port}
    first, second = free_ports(2)
    edge = Envoy(folder / "envoy", folder / "logs" / "envoy.log", (first, second), behind, doors=doors)
    edge.start()
    return System(folder, servers, services, edge, told)


def until(condition: Callable[[], bool], within_seconds: float, what: str) -> None:
    """Ask until a condition holds; fail with what was waited for."""
    deadline = time.monotonic() + within_seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {within_seconds:.0f} s: {what}"
        time.sleep(ASK_SECONDS)
