"""Drills of alerts: a service, the store, the broker are stopped."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.events.topics import gateway_topic
from tests.chaos.alerts.watched import PLAN, Watched, needs_prometheus
from tests.pipeline.flow import Flow
from tests.pipeline.gateways import register_gateway, wait_for_relay
from tests.pipeline.probes import faults, probes
from tests.pipeline.running import System
from tests.pipeline.stations import of_hours, recent_hours

pytestmark = [pytest.mark.drill, needs_prometheus]
GATEWAY = "alert-gw"
GOOD = (200, 200)
"""Live, and ready: whoever waits for a server turns, and has started."""
DOWNLOAD = f"/v1/download?line={PLAN.lines[PLAN.stations[0]][0]}&view=day&from=2026-10-01&to=2026-10-02&format=json"


def staying_alive(system: System, server: str) -> Callable[[], dict[str, float]]:
    """Return what checks that all services are live and ready, and a look whether they told of faults of a server."""
    before = {name: faults(system, name, server) for name in system.services}

    def told() -> dict[str, float]:
        assert probes(system, *system.services) == dict.fromkeys(system.services, GOOD)
        return {name: faults(system, name, server) - before[name] for name in system.services}

    return told


def test_aggregation_is_stopped(watched: Watched, flowing: Flow) -> None:
    """Nobody writes: that is told, and once it is back that readings came late; slowly burns what burned fast."""
    watched.are_silent("ServiceAway", "LateReadingsBurnFast", "LateReadingsBurnSlowly")
    with watched.without("aggregation"):
        watched.fire("ServiceAway")
        flowing.wait_for(700)  # more than a minute of telegrams, which are late then
    watched.fire("LateReadingsBurnFast", "LateReadingsBurnSlowly")
    watched.are_silent("ServiceAway", "LateReadingsBurnFast", "LateReadingsBurnSlowly")


def test_validation_is_stopped(watched: Watched, flowing: Flow) -> None:
    """Nothing goes on though everybody else is there: what was received is not readable."""
    assert flowing.telegrams
    watched.are_silent("ServiceAway", "PipelineStands")
    with watched.without("validation"):
        watched.fire("ServiceAway", "PipelineStands")
    watched.are_silent("ServiceAway", "PipelineStands")


def test_the_store_is_stopped(watched: Watched, flowing: Flow) -> None:
    """Workers wait and fall behind, readers are refused, what gateways send is not passed on; and everybody lives."""
    assert flowing.telegrams
    system, (station, *_) = watched.system, PLAN.stations
    register_gateway(system, GATEWAY, [station])
    watched.are_silent("StoreAway", "WorkerBehind", "RelayStands", "FailedRequestsBurnFast", "FailedRequestsBurnSlowly")
    alive = staying_alive(system, "store")
    with watched.without("mongod"):
        system.put([(station, of_hours(PLAN, station, recent_hours(days=1), "GW"))], gateway_topic(GATEWAY).name)
        watched.fire(
            "StoreAway",
            "WorkerBehind",
            "RelayStands",
            "FailedRequestsBurnFast",
            "FailedRequestsBurnSlowly",
            meanwhile=lambda: (system.call("/v1/lines"), alive()),
        )
        assert min(alive()[name] for name in ("validation", "aggregation", "query", "export")) > 0
    wait_for_relay(system)
    watched.are_silent("StoreAway", "WorkerBehind", "RelayStands", "FailedRequestsBurnFast", "FailedRequestsBurnSlowly")


def test_the_broker_is_stopped(watched: Watched, flowing: Flow) -> None:
    """Nobody can send or go on, and no file is given that cannot be told to the trail; and everybody lives."""
    assert flowing.telegrams
    system = watched.system
    watched.are_silent("BrokerAway", "TrailAway")
    alive = staying_alive(system, "broker")
    with watched.without("kafka"):
        watched.fire("BrokerAway", "TrailAway", meanwhile=lambda: (system.call(DOWNLOAD), alive()))
        assert sum(alive().values()) > 0
    watched.are_silent("BrokerAway", "TrailAway")
