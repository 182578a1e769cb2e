"""Two versions of the services beside each other: who runs which, and one taking the other's place."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from deploy.local.envoy import Envoy
from deploy.local.ports import free_ports
from deploy.local.services import SERVICES, Service, five_services
from services.query.trail.worker import GROUP as TRAIL_GROUP
from shared.events.topics import ACCESS_READ, AGGREGATION_GROUP, INGEST_GROUP, VALIDATION_GROUP
from shared.runtime.kafka_groups import running
from tests.pipeline.probes import metric
from tests.pipeline.running import System, until

GROUPS = {
    "ingest": INGEST_GROUP,
    "validation": VALIDATION_GROUP,
    "aggregation": AGGREGATION_GROUP,
    "query": f"{TRAIL_GROUP}-{ACCESS_READ.name}",
}
"""The consumer group that the processes of a service share."""
WORK = {
    "ingest": "gastrack_ingest_readings_received_total",
    "validation": "gastrack_validation_readings_judged_total",
    "aggregation": "gastrack_aggregation_readings_total",
}
"""What shows that a process of a service works."""
SHARED_WITHIN_SECONDS = 90.0
ENDS_WITHIN_SECONDS = 60.0
"""As a pod may take (terminationGracePeriodSeconds)."""


@dataclass(slots=True)
class Versions:
    """The services of a system, each in the version of a folder of code; the drill's users ask those in `open`."""

    system: System
    open: dict[str, Sequence[Service]] = field(default_factory=dict)
    made: int = 0

    def begin(self, code: Path) -> None:
        """Start all services in a version, instead of those that the system was made with."""
        self.system.services = {name: self.one(name, code) for name in SERVICES}
        self.system.code = code
        self.system.start()
        self.open = {name: [service] for name, service in self.system.services.items()}
        self.lead_to_who_runs()

    def one(self, name: str, code: Path) -> Service:
        """Return a process of a service in a version, not started."""
        self.made += 1
        found = five_services(self.system.environment, self.system.folder / "logs" / f"{self.made}")[name]
        found.process.working_folder = code
        return found

    def add(self, name: str, code: Path) -> Service:
        """Start one process more, in a version, and let it take requests and partitions."""
        more = self.one(name, code)
        more.start()
        more.wait_ready()
        assert psutil.Process(more.process.pid).cwd() == str(code)
        self.open[name] = [*self.open[name], more]
        return more

    def share(self, name: str) -> None:
        """Wait until the two processes of a service share its group, and both have worked in it."""
        if name in GROUPS:
            bootstrap, group = self.system.servers.kafka_bootstrap, GROUPS[name]
            both = lambda: asyncio.run(running(bootstrap, [group])) == {group: 2}  # noqa: E731 - said once, where it is
            until(both, SHARED_WITHIN_SECONDS, f"two members of {group}")
        if name in WORK:
            before = [metric(one, WORK[name]) for one in self.open[name]]
            until(
                lambda: all(metric(one, WORK[name]) > did for one, did in zip(self.open[name], before, strict=True)),
                SHARED_WITHIN_SECONDS,
                f"work of both processes of {name}",
            )

    def take_away(self, name: str) -> None:
        """End the older process of a service as Kubernetes does; the other has its place."""
        old, new = self.open[name]
        self.open[name] = [new]
        self.system.services[name] = new
        old.process.terminate()
        assert old.process.wait_for_end(ENDS_WITHIN_SECONDS) == 0, old.process.log_tail()

    def lead_to_who_runs(self) -> None:
        """Let the one address lead to the processes that run now."""
        self.system.edge.process.stop()
        behind = {name: service.http_port for name, service in self.system.services.items() if service.http_port}
        folder, ports = self.system.folder, free_ports(2)
        self.system.edge = Envoy(folder / "envoy", folder / "logs" / "envoy.log", (ports[0], ports[1]), behind)
        self.system.edge.start()
        self.system.edge.wait_ready()

    def stop(self) -> None:
        """End what the system does not know of."""
        for services in self.open.values():
            for service in services:
                service.process.stop()
