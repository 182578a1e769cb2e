"""What a service says of itself on its operations port, as Kubernetes and Prometheus ask it."""

from __future__ import annotations

from urllib.request import urlopen

from prometheus_client.parser import text_string_to_metric_families

from deploy.local.services import Service
from gastrack.http_calls import call
from tests.pipeline.running import System

FAULTS = "gastrack_server_faults_total"


def probes(system: System, *names: str) -> dict[str, tuple[int, int]]:
    """Return the status of /health/live and of /health/ready of each of these services; 0 where nobody answers."""
    asked = {name: system.services[name].operations for name in names}
    return {name: (call(f"{at}/health/live")[0], call(f"{at}/health/ready")[0]) for name, at in asked.items()}


def faults(system: System, service: str, server: str) -> float:
    """Return how often a service told that a server (`store`, `broker`) did not answer."""
    return metric(system.services[service], FAULTS, server=server)


def metric(service: Service, name: str, **labels: str) -> float:
    """Return the sum of a metric's samples with these labels in a process; 0 where it tells none."""
    with urlopen(f"{service.operations}/metrics/", timeout=30) as answer:  # noqa: S310 - our own port
        families = text_string_to_metric_families(answer.read().decode())
    samples = (sample for family in families for sample in family.samples)
    return sum(one.value for one in samples if one.name == name and labels.items() <= one.labels.items())
