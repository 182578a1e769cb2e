"""Drill: each service that the edge leads to is replaced under load, one process at a time, and nobody notices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from deploy.edge.doors import UPSTREAM_IDLE_S
from shared.domain import gas_time
from tests.chaos.conftest import PLAN
from tests.chaos.drilling import count_of
from tests.chaos.test_drills import HOURS
from tests.chaos.test_rolling import ENDS_WITHIN_SECONDS
from tests.integration.edge.papers import Papers
from tests.pipeline.askers import Asker, Gateway, Listener
from tests.pipeline.books import assert_nothing_lost_nothing_twice
from tests.pipeline.following_edge import FollowingEdge
from tests.pipeline.meanwhile import Meanwhile
from tests.pipeline.running import System, standing

pytestmark = pytest.mark.drill
TOLD = {"GASTRACK_DRAIN_SECONDS": str(5 + UPSTREAM_IDLE_S), "GASTRACK_SHUTDOWN_SECONDS": "45"}
"""As pods are told."""
TELEGRAMS_PER_SECOND = 30.0
ANSWERS = 5
"""Of each who asks: before the old process is told to end, while it drains (8 s), and when it is gone."""
FIRST = gas_time.gas_day(HOURS.start)
PERIOD = f"from={FIRST}&to={FIRST + timedelta(days=10)}"
LINES = [line for lines in PLAN.lines.values() for line in lines]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[System, FollowingEdge]]:
    """All five services behind an edge that follows their processes."""
    with standing(tmp_path, TOLD) as system, ExitStack() as last:
        system.start()
        system.register(PLAN.document("2020-01-01"))
        edge = FollowingEdge(tmp_path / "following", Papers.made(tmp_path))
        edge.start(system.services)
        last.callback(edge.process.stop)
        yield system, edge


def test_a_rolling_restart_of_what_the_edge_leads_to(
    served: tuple[System, FollowingEdge], capsys: pytest.CaptureFixture[str]
) -> None:
    """Ready, known to the edge, then the old one is told to end, then forgotten: no request and no reading is lost."""
    system, edge = served
    reading = [f"/v1/lines/{line}/measurements?{PERIOD}" for line in LINES]
    gateway, listener = Gateway(edge, system, PLAN, HOURS, TELEGRAMS_PER_SECOND), Listener(edge)
    readers = [Asker(edge, ["/v1/lines", *reading]) for _ in range(2)]
    takers = [Asker(edge, [f"/v1/download?line={line}&{PERIOD}" for line in LINES]) for _ in range(2)]
    asking: dict[str, Sequence[Meanwhile]] = {"ingest": [gateway], "query": readers, "export": takers}
    with gateway, ExitStack() as others:
        for one in (*readers, *takers, listener):
            others.enter_context(one)
        for name in [name for _ in range(count_of(3)) for name in asking]:
            replace(system, edge, name, asking[name])
            listener.wait_for(2)
    ledger = assert_nothing_lost_nothing_twice(system, gateway, "DRILL")
    requests = gateway.telegrams + sum(one.answers for one in (*readers, *takers))
    with capsys.disabled():
        print(  # noqa: T201 - the drill's result
            f"\nfaces replaced: {requests:,} requests, {listener.events} events in {1 + listener.ends} streams, "
            f"{gateway.telegrams:,} telegrams\n  ledger {ledger}"
        )
    asked = [failure for one in (*readers, *takers) for failure in one.failures]
    assert [*gateway.failures, *listener.failures, *asked] == []
    assert ledger["repeated"] == 0


def replace(system: System, edge: FollowingEdge, name: str, load: Sequence[Meanwhile]) -> None:
    """Let another process take a service's place, as a cluster does: the old one is told to end, then forgotten."""
    old, new = system.services[name], system.another(name)
    new.start()
    new.wait_ready()
    edge.lead(name, old, new)
    wait_for_each(load)
    old.process.terminate()
    wait_for_each(load)
    edge.lead(name, new)
    assert old.process.wait_for_end(ENDS_WITHIN_SECONDS) == 0, old.process.log_tail()
    system.services[name] = new
    wait_for_each(load)


def wait_for_each(load: Sequence[Meanwhile]) -> None:
    """Wait until each has been answered some more times."""
    for one in load:
        one.wait_for(ANSWERS)
