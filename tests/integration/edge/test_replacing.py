"""One process of query takes the place of another under load, through the edge: no request is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.edge.doors import UPSTREAM_IDLE_S
from deploy.local.servers import Servers
from deploy.local.services import PARTITIONS, Service, common_environment, five_services
from shared.runtime.kafka import ensure_topics
from tests.integration.edge.papers import Papers
from tests.pipeline.askers import Asker
from tests.pipeline.following_edge import FollowingEdge

DRAIN_SECONDS = UPSTREAM_IDLE_S + 1
ENDS_WITHIN_SECONDS = 60.0
ASKERS = 4


@pytest.fixture
def processes(stack: Servers, tmp_path: Path) -> Iterator[tuple[Service, Service]]:
    """Two of query, ready."""
    asyncio.run(ensure_topics(stack.kafka_bootstrap, PARTITIONS))
    told = {
        **common_environment(stack.kafka_bootstrap, stack.mongo_uri),
        "GASTRACK_MONGO_DATABASE": "replacing",
        "GASTRACK_DRAIN_SECONDS": str(DRAIN_SECONDS),
        "GASTRACK_SHUTDOWN_SECONDS": "30",
    }
    first, second = (five_services(told, tmp_path / name)["query"] for name in ("first", "second"))
    for process in (first, second):
        process.start()
    for process in (first, second):
        process.wait_ready()
    yield first, second
    for process in (first, second):
        process.process.kill()


def test_nobody_notices(processes: tuple[Service, Service], papers: Papers, tmp_path: Path) -> None:
    """The edge learns of the new one before the old one is told to end, and forgets the old one after that."""
    old, new = processes
    edge = FollowingEdge(tmp_path / "edge", papers)
    edge.start({"query": old})
    askers = [Asker(edge, ["/v1/lines", "/v1/nodes"]) for _ in range(ASKERS)]
    try:
        with askers[0], askers[1], askers[2], askers[3]:
            edge.lead("query", old, new)
            askers[0].wait_for(20)
            old.process.terminate()
            askers[0].wait_for(20)
            edge.lead("query", new)
            assert old.process.wait_for_end(ENDS_WITHIN_SECONDS) == 0, old.process.log_tail()
            askers[0].wait_for(20)
    finally:
        edge.process.stop()
    assert [failure for asker in askers for failure in asker.failures] == []
