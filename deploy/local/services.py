"""The five services as processes: their commands, their environment, how they say that they are ready."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local import http_question
from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.process import WatchedProcess

SERVICES = ("ingest", "validation", "aggregation", "query", "export")
WITH_HTTP = ("ingest", "query", "export")
PARTITIONS = 4  # of the line log in the demo; a cluster starts with 48
DEMO_IDENTITY = "demo"
SHUTDOWN_S = 8  # below the grace that a watched process is given, so a service ends by its own deadline
READY_WITHIN_S = 90.0  # 3 s measured on two idle cores; five Pythons start beside Kafka

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass
class Service:
    """One service; its operations port says whether it is ready."""

    process: WatchedProcess
    operations_port: int
    http_port: int | None = None

    @property
    def operations(self) -> str:
        """Base URL of /health/live, /health/ready and /metrics."""
        return f"http://{LOOPBACK}:{self.operations_port}"

    def start(self) -> None:
        """Start it and do not wait."""
        self.process.start()

    def wait_ready(self) -> None:
        """Wait until it is ready. Raises ServerDiedError if it ends or does not come up."""
        self.process.wait_until(lambda: http_question.is_ok(f"{self.operations}/health/ready"), READY_WITHIN_S)


def five_services(
    environment: Mapping[str, str], logs: Path, inherited_descriptors: Sequence[int] = ()
) -> dict[str, Service]:
    """Service name → service, on free ports, not started; each gets `environment` and its own ports."""
    free = iter(free_ports(len(SERVICES) + len(WITH_HTTP)))
    made = {}
    for name in SERVICES:
        operations_port, http_port = next(free), next(free) if name in WITH_HTTP else None
        process = WatchedProcess(
            name,
            [sys.executable, "-m", f"services.{name}"],
            logs / f"{name}.log",
            {**environment, **_port_settings(operations_port, http_port)},
            inherited_descriptors,
            REPOSITORY,
        )
        made[name] = Service(process, operations_port, http_port)
    return made


def _port_settings(operations_port: int, http_port: int | None) -> dict[str, str]:
    http = {} if http_port is None else {"GASTRACK_HTTP_PORT": str(http_port)}
    return {"GASTRACK_OPERATIONS_PORT": str(operations_port), **http}


def common_environment(kafka_bootstrap: str, mongo_uri: str) -> dict[str, str]:
    """What every one of our processes is told in the demo."""
    return {
        "GASTRACK_KAFKA_BOOTSTRAP": kafka_bootstrap,
        "GASTRACK_MONGO_URI": mongo_uri,
        "GASTRACK_PARTITIONS": str(PARTITIONS),
        "GASTRACK_DEMO_IDENTITY": DEMO_IDENTITY,
        "GASTRACK_SHUTDOWN_SECONDS": str(SHUTDOWN_S),
        "MALLOC_ARENA_MAX": "2",  # as in the image: see the Dockerfile
        "GASTRACK_EXPORT_WEBHOOK_LOOPBACK": "true",  # whoever tries the demo has his receiver on this machine
    }
