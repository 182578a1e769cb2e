"""A real Prometheus scrapes the running services, and every query of the dashboards has an answer."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from typing import Any
from urllib.request import urlopen

import pytest

from deploy.local.prometheus import PROMETHEUS, PROMTOOL, Prometheus
from tests.integration.monitoring.dashboard import Asked, queries
from tests.pipeline.running import System, standing, until

WINDOW_SECONDS = 20
"""For rates: twenty scrapes of the test's configuration."""
MAY_HAVE_NO_SERIES = {
    f"gastrack_{name}"
    for name in (
        "aggregation_decisions_total",
        "aggregation_findings_total",
        "aggregation_estimates_total",
        "aggregation_gas_given_total",
        "aggregation_retention_documents_removed_total",
        "access_certificates",
        "export_attempts_total",
        "export_delivery_tries_total",
        "export_hopeless_total",
        "export_deliveries_made_total",
        "http_answers_cut_off_total",
        "ingest_dead_letters_total",
        "relay_messages_total",
        "worker_sink_retries_total",
    )
}
"""Nothing of that happened while the test ran; their panels show 0 then. All others have something to show."""
REGISTER = {
    "reason": "test",
    "stations": [{"id": "MON-1", "name": "Monitored"}],
    "lines": [
        {"id": "MON-1-A", "station": "MON-1", "name": "Monitored", "from": "2020-01-01", "sends": ["energy_kwh"]}
    ],
}
pytestmark = pytest.mark.skipif(PROMETHEUS.find() is None, reason=PROMETHEUS.sentence)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Five services on servers of their own."""
    with standing(tmp_path_factory.mktemp("monitored")) as started:
        started.start()
        started.edge.wait_ready()
        yield started


@pytest.fixture(scope="module")
def prometheus(running: System) -> Iterator[Prometheus]:
    """Prometheus with the project's configuration, a second between scrapes."""
    operations = {name: service.operations for name, service in running.services.items()}
    started = Prometheus(running.folder / "prometheus", operations)
    started.start()
    try:
        started.wait_ready()
        until(lambda: len(started.values('up{job="gastrack"} == 1')) == len(operations), 30, "all are scraped")
        yield started
    finally:
        started.process.stop()


def _telegram(number: int) -> bytes:
    """Return a telegram with an hour that passes, one with a finding (partner missing) and one that is refused."""
    hour = int(time.time()) // 3600 - 3 - number
    starts = [time.strftime("%Y-%m-%dT%H:00:00Z", time.gmtime((hour - 100 * n) * 3600)) for n in range(3)]
    hours: list[dict[str, Any]] = [
        {"start": starts[0], "volume_m3n": 10.0 + number, "energy_kwh": 115.0},
        {"start": starts[1], "volume_m3n": 10.0},
        {"start": starts[2], "volume_m3n": "ten"},
    ]
    sent = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    lines = [{"line": "MON-1-A", "hours": hours}, {"line": "MON-1-UNKNOWN", "hours": hours[:1]}]
    return json.dumps({"telegram": f"MON/{number}", "station": "MON-1", "sent": sent, "lines": lines}).encode()


@pytest.fixture(scope="module")
def flowing(running: System, prometheus: Prometheus) -> Prometheus:
    """Telegrams have flowed for some scrapes, and what they did is in Prometheus."""
    assert running.post("/v1/topology/changes", json.dumps(REGISTER).encode())[0] == 200
    for number in range(8):
        assert running.post("/v1/readings", _telegram(number))[0] == 202
        _wait_for_settled(prometheus, 3 * (number + 1))
    running.get("/v1/lines")
    return prometheus


def _wait_for_settled(prometheus: Prometheus, readings: int) -> None:
    """Wait until so many readings went the whole way and the next scrape saw it."""
    query = "sum(gastrack_aggregation_readings_total)"
    until(lambda: _sum(prometheus, query) >= readings, 30, f"{readings} readings are settled and scraped")


def _sum(prometheus: Prometheus, query: str) -> float:
    return sum(float(series["value"][1]) for series in prometheus.values(query))


@pytest.mark.parametrize("asked", queries(), ids=lambda asked: f"{asked.board}: {asked.panel}")
def test_a_panels_query_has_an_answer(flowing: Prometheus, asked: Asked) -> None:
    """No error, and something to show, without the 0 that stands in for what never happened."""
    query = asked.within(WINDOW_SECONDS)
    if not asked.metrics & MAY_HAVE_NO_SERIES and not asked.is_of_failures:
        assert "vector(" not in query
    until(lambda: bool(flowing.values(query)), 40, query)


def test_the_ledger_of_prometheus_balances(running: System, flowing: Prometheus) -> None:
    """What the metric shows is what the command says."""
    ledger = running.ledger()
    assert ledger["difference"] == 0
    until(lambda: _sum(flowing, 'gastrack_ledger_readings{column="received"}') == ledger["received"], 20, "received")
    assert _sum(flowing, "sum(gastrack_ledger_difference_readings)") == 0


def test_what_was_promised_is_measured(flowing: Prometheus) -> None:
    """From receipt to readable within a minute, nothing off, nothing wrong; and no alert fires on a healthy system."""
    until(lambda: _sum(flowing, 'gastrack_aggregation_readable_readings_total{within="60s"}') >= 24, 20, "readable")
    assert _sum(flowing, 'gastrack_aggregation_readable_readings_total{within="later"}') == 0
    until(lambda: _sum(flowing, "sum(gastrack_query_rollups_compared_total)") > 0, 30, "rollups are compared")
    assert _sum(flowing, "max(gastrack_query_rollup_mismatches)") == 0
    assert _sum(flowing, "time() - min(gastrack_aggregation_read_up_to_timestamp_seconds)") < 60
    assert flowing.alerts("firing") == set()


@pytest.mark.skipif(PROMTOOL.find() is None, reason=PROMTOOL.sentence)
@pytest.mark.parametrize("name", ["ingest", "validation", "aggregation", "query", "export"])
def test_promtool_finds_no_fault_in_what_a_service_publishes(running: System, flowing: Prometheus, name: str) -> None:
    """Names, units and types are as Prometheus wants them."""
    until(lambda: bool(flowing.values(f'up{{service="{name}"}} == 1')), 20, f"{name} is scraped")
    with urlopen(f"{running.services[name].operations}/metrics/", timeout=10) as answer:  # noqa: S310 - our own address
        told = answer.read()
    done = subprocess.run(
        [PROMTOOL.require(), "check", "metrics"], input=told, capture_output=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, b"")
