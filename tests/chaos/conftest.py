"""A system of the drill's own, whose members are started again when they die, as the demo's supervisor does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.servers import Servers
from tests.pipeline.running import System, system
from tests.pipeline.stations import Plan, plan

PLAN = plan("DRILL", stations=8, lines=3)


@pytest.fixture
def drilled(tmp_path: Path) -> Iterator[tuple[System, Plan]]:
    """Servers and the three services of the chain, running, and stations that they know."""
    servers = Servers(tmp_path)
    try:
        servers.start()
        made = system(tmp_path, servers)
        try:
            made.start("ingest", "validation", "aggregation")
            made.register(PLAN.document("2020-01-01"))
            yield made, PLAN
        finally:
            made.stop()
    finally:
        servers.stop()
