"""A service that is away for a moment: Envoy asks again, for all who ask at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

from deploy.edge.routes import SERVICES
from deploy.local.ports import free_ports
from tests.integration.edge.papers import Papers
from tests.integration.edge.proxies import Proxy, filled_in
from tests.integration.edge.speaking import Answer, ask
from tests.integration.edge.upstream import Upstream
from tests.pipeline.running import until

ASKERS = 24
MET_WITHIN_SECONDS = 30.0
FAILED = "cluster.query.upstream_cx_connect_fail"


def failed_connects(proxy: Proxy) -> int:
    """Return how often Envoy found nobody at the address of query."""
    connection = HTTPConnection("127.0.0.1", proxy.admin, timeout=20)
    connection.request("GET", f"/stats?filter=^{FAILED}$")
    told = connection.getresponse().read().decode()
    connection.close()
    return int(told.partition(":")[2] or 0)


def test_many_meet_a_service_that_is_away_for_a_moment(papers: Papers, tmp_path: Path) -> None:
    """By itself Envoy asks again for three of them at most, and refuses all others."""
    port = free_ports(1)[0]
    proxy = filled_in("envoy", tmp_path, papers, dict.fromkeys(SERVICES, port))
    with ThreadPoolExecutor(ASKERS) as pool:
        asking = [pool.submit(ask, proxy, papers="good") for _ in range(ASKERS)]
        until(lambda: failed_connects(proxy) >= ASKERS, MET_WITHIN_SECONDS, "all have found nobody")
        upstream = Upstream("query", port)
        answers: list[Answer] = [one.result() for one in asking]
    proxy.stop()
    upstream.shutdown()
    upstream.server_close()
    assert [one.status for one in answers] == [200] * ASKERS
