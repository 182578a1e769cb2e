"""`kill -9` of each service and of both servers while telegrams flow: nothing is lost, nothing counts twice."""

from __future__ import annotations

import pytest

from tests.pipeline.books import assert_nothing_lost_nothing_twice
from tests.pipeline.flow import Flow
from tests.pipeline.probes import faults, probes
from tests.pipeline.running import System, until
from tests.pipeline.stations import plan, recent_hours

PLAN = plan("KILL", stations=6, lines=3)
CHAIN = ("ingest", "validation", "aggregation")
TOLD_WITHIN_SECONDS = 60.0


def test_one_kill_of_each_while_telegrams_flow(own_system: System) -> None:
    """One after the other in one run, because each start costs; the books are checked after each revival."""
    hours = recent_hours(days=400)
    own_system.start(*CHAIN)
    own_system.register(PLAN.document("2020-01-01"))
    with Flow(own_system, PLAN, hours) as flow:
        for name in (*CHAIN, "mongod", "kafka"):
            flow.wait_for(40)
            own_system.kill(name)
            if name != "kafka":
                flow.wait_for(20)
            if name not in CHAIN:
                assert_all_stay_alive(own_system, name)
            own_system.revive(name)
            flow.wait_for(20)
            for service in CHAIN:
                if not own_system.services[service].process.running:
                    pytest.fail(f"{service} did not outlive the death of {name}:\n{log_of(own_system, service)}")
    ledger = assert_nothing_lost_nothing_twice(own_system, flow, "KILL")
    assert ledger["received"] >= ledger["accepted"] > 0


def assert_all_stay_alive(system: System, without: str) -> None:
    """Check that services wait for a server as those who are live and ready; that the store is away they tell."""
    if without == "mongod":
        until(lambda: faults(system, "aggregation", "store") > 0, TOLD_WITHIN_SECONDS, "that the store is away is told")
    assert probes(system, *CHAIN) == dict.fromkeys(CHAIN, (200, 200))


def log_of(system: System, service: str) -> str:
    """Return the end of a service's log."""
    return system.services[service].process.log_tail()
