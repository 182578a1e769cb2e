"""One process of query takes the place of another under load, through the edge: no request is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from deploy.edge.doors import UPSTREAM_IDLE_S
from deploy.local.servers import Servers
from deploy.local.services import PARTITIONS, Service, common_environment, five_services
from shared.runtime.kafka import ensure_topics
from tests.integration.edge.papers import Papers
from tests.pipeline.askers import Asker, Listener
from tests.pipeline.following_edge import FollowingEdge
from tests.pipeline.running import until

DRAIN_SECONDS = UPSTREAM_IDLE_S + 1
ENDS_WITHIN_SECONDS = 60.0
ASKERS, ANSWERS = 4, 5


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
    """The edge forgets the old one after that was told to end; streams go on until it ends, and then at the new one."""
    old, new = processes
    edge = FollowingEdge(tmp_path / "edge", papers)
    edge.start({"query": old})
    askers = [Asker(edge, ["/v1/lines", "/v1/nodes"]) for _ in range(ASKERS)]
    listeners = [Listener(edge) for _ in range(ASKERS)]
    with ExitStack() as all_of_them:
        for one in (*askers, *listeners):
            all_of_them.enter_context(one)
        all_of_them.callback(edge.process.stop)  # first of all: a listener waits for what does not come
        until(lambda: all(one.events for one in listeners), ENDS_WITHIN_SECONDS, "all listen")
        edge.lead("query", old, new)
        askers[0].wait_for(ANSWERS)
        old.process.terminate()
        askers[0].wait_for(ANSWERS)
        edge.lead("query", new)
        assert old.process.wait_for_end(ENDS_WITHIN_SECONDS) == 0, old.process.log_tail()
        askers[0].wait_for(ANSWERS)
        until(lambda: all(one.events > 1 for one in listeners), ENDS_WITHIN_SECONDS, "all go on listening")
        assert [one.failures for one in askers] == [[]] * ASKERS
        assert [(one.failures, one.ends) for one in listeners] == [([], 1)] * ASKERS
