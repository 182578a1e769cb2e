"""A system of the drill's own, whose members are started again when they die, as the demo's supervisor does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pipeline.running import System, standing
from tests.pipeline.stations import Plan, plan

PLAN = plan("DRILL", stations=8, lines=3)


@pytest.fixture
def drilled(tmp_path: Path) -> Iterator[tuple[System, Plan]]:
    """Servers and the three services of the chain, running, and stations that they know."""
    with standing(tmp_path) as made:
        made.start("ingest", "validation", "aggregation")
        made.register(PLAN.document("2020-01-01"))
        yield made, PLAN
