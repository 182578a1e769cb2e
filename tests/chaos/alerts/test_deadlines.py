"""Drill of alerts: deadlines pass without the hours; in a system of its own, in which no time has passed before."""

from __future__ import annotations

import time
from pathlib import Path
from uuid import uuid4

import pytest

from deploy.local.services import DEMO_IDENTITY
from shared.events import operation
from shared.events.operation import Operation
from shared.events.topics import OPERATIONS
from tests.chaos.alerts.faults import live_lines
from tests.chaos.alerts.watched import needs_prometheus, watching
from tests.chaos.drilling import CHAIN
from tests.pipeline.running import standing, until

pytestmark = [pytest.mark.drill, needs_prometheus]
BEGINS_WITHIN_SECONDS = 60.0
DUE = "sum(gastrack_aggregation_values_due_total)"


def test_hours_are_not_delivered(tmp_path: Path) -> None:
    """Lines went live days ago, as ingest learns when it comes back; with its first tick their deadlines pass."""
    with standing(tmp_path) as system, watching(system, CHAIN) as watched:
        asked = Operation(operation.TOPOLOGY, uuid4().hex, DEMO_IDENTITY, int(time.time() * 1000), live_lines())
        system.put([("register", operation.encode(asked))], OPERATIONS.name)
        system.start("aggregation", "validation")
        until(lambda: bool(watched.prometheus.values(DUE)), BEGINS_WITHIN_SECONDS, "deadlines are counted")
        assert not watched.prometheus.alerts("firing") & {"HoursNotDelivered", "HoursNotDeliveredForDays"}
        system.start("ingest")
        watched.fire("HoursNotDelivered", "HoursNotDeliveredForDays")
        watched.are_silent("HoursNotDelivered", "HoursNotDeliveredForDays")
