"""A real Prometheus scrapes the running services, and every query of the dashboard has an answer."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

import pytest

from deploy.local.ports import free_ports
from deploy.local.process import WatchedProcess
from deploy.local.servers import Servers
from deploy.monitoring.targets import FILE_NAME, targets
from tests.integration.monitoring.dashboard import Asked, queries
from tests.pipeline.running import ROOT, System, system, until

PROMETHEUS = shutil.which("prometheus")
WINDOW_SECONDS = 20
"""For rates: twenty scrapes of the test's configuration."""
MAY_HAVE_NO_SERIES = {"gastrack_worker_sink_retries_total", "gastrack_aggregation_retention_documents_removed_total"}
"""Nothing was away and nothing left while the test ran; their panels show 0 then."""
REGISTER = {
    "reason": "test",
    "stations": [{"id": "MON-1", "name": "Monitored"}],
    "lines": [
        {"id": "MON-1-A", "station": "MON-1", "name": "Monitored", "from": "2020-01-01", "sends": ["energy_kwh"]}
    ],
}
pytestmark = pytest.mark.skipif(
    PROMETHEUS is None, reason="no prometheus binary here: install Debian's package prometheus to run this test"
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Five services on servers of their own: two systems on one Kafka would take each other's readings."""
    folder = tmp_path_factory.mktemp("monitored")
    servers = Servers(folder / "servers")
    try:
        servers.start()
        started = system(folder, servers)
        try:
            started.start()
            started.edge.wait_ready()
            yield started
        finally:
            started.stop()
    finally:
        servers.stop()


@pytest.fixture(scope="module")
def prometheus(running: System) -> Iterator[str]:
    """Prometheus with the project's configuration, a second between scrapes; its address."""
    (running.folder / FILE_NAME).write_text(
        targets({name: service.operations for name, service in running.services.items()}), encoding="utf-8"
    )
    shutil.copy(ROOT / "deploy" / "monitoring" / "alerts.yml", running.folder)
    ours = (ROOT / "deploy" / "monitoring" / "prometheus.yml").read_text(encoding="utf-8")
    quicker = ours.replace("interval: 5s", "interval: 1s").replace("timeout: 4s", "timeout: 1s")
    (running.folder / "prometheus.yml").write_text(quicker.replace("../../data/", ""), encoding="utf-8")
    address = f"127.0.0.1:{free_ports(1)[0]}"
    told = {"config.file": "prometheus.yml", "storage.tsdb.path": "tsdb", "web.listen-address": address}
    process = WatchedProcess(
        "prometheus",
        [str(PROMETHEUS), *(f"--{name}={value}" for name, value in told.items())],
        running.folder / "prometheus.log",
        {},
        working_folder=running.folder,
    )
    process.start()
    try:
        until(lambda: len(_values(address, 'up{job="gastrack"} == 1')) == len(running.services), 30, "all are scraped")
        yield address
    finally:
        process.stop()


def _values(address: str, query: str) -> list[Any]:
    """Return what Prometheus answers to a query; nothing while it is not there yet."""
    try:
        with urlopen(f"http://{address}/api/v1/query?query={quote(query)}", timeout=5) as answer:
            told = json.load(answer)
    except OSError:
        return []
    assert told["status"] == "success", told
    return list(told["data"]["result"])


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
def flowing(running: System, prometheus: str) -> str:
    """Telegrams have flowed for some scrapes, and what they did is in Prometheus."""
    assert running.post("/v1/topology/changes", json.dumps(REGISTER).encode())[0] == 200
    for number in range(8):
        assert running.post("/v1/readings", _telegram(number))[0] == 202
        _wait_for_settled(prometheus, 3 * (number + 1))
    running.get("/v1/lines")
    return prometheus


def _wait_for_settled(address: str, readings: int) -> None:
    """Wait until so many readings went the whole way and the next scrape saw it."""
    query = "sum(gastrack_aggregation_readings_total)"
    until(lambda: _sum(address, query) >= readings, 30, f"{readings} readings are settled and scraped")


def _sum(address: str, query: str) -> float:
    return sum(float(series["value"][1]) for series in _values(address, query))


@pytest.mark.parametrize("asked", queries(), ids=lambda asked: asked.panel)
def test_a_panels_query_has_an_answer(flowing: str, asked: Asked) -> None:
    """No error, and something to show, without the 0 that stands in for what never happened."""
    query = asked.within(WINDOW_SECONDS)
    if not asked.metrics & MAY_HAVE_NO_SERIES:
        assert "vector(" not in query
    until(lambda: bool(_values(flowing, query)), 10, query)


def test_the_ledger_of_prometheus_balances(running: System, flowing: str) -> None:
    """What the metric shows is what the command says."""
    ledger = running.ledger()
    assert ledger["difference"] == 0
    until(lambda: _sum(flowing, 'gastrack_ledger_readings{column="received"}') == ledger["received"], 20, "received")
    assert _sum(flowing, "sum(gastrack_ledger_difference_readings)") == 0
