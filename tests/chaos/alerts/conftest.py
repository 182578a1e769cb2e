"""One system for all drills of alerts, and a Prometheus that watches it with the rules in a hurry."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.chaos.alerts.watched import HOURS, PLAN, TELEGRAMS_PER_SECOND, Watched, watching
from tests.pipeline.flow import Flow
from tests.pipeline.running import standing


@pytest.fixture(scope="package")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """All services, stations that they know, and a Prometheus."""
    with standing(tmp_path_factory.mktemp("alerts")) as made:
        made.start()
        made.edge.wait_ready()
        made.register(PLAN.document("2020-01-01"))
        with watching(made) as watched:
            yield watched


@pytest.fixture
def flowing(watched: Watched) -> Iterator[Flow]:
    """Telegrams that keep coming; in the end nothing is lost."""
    with Flow(watched.system, PLAN, HOURS, TELEGRAMS_PER_SECOND) as flow:
        flow.wait_for(50)
        yield flow
    assert watched.system.ledger(120)["difference"] == 0
