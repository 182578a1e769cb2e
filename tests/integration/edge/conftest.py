"""Both proxies, started once for all tests of the edge."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deploy.edge.routes import SERVICES
from deploy.local.errors import StartError
from deploy.local.nginx import NGINX
from deploy.local.ports import free_ports
from tests.integration.edge.papers import Papers
from tests.integration.edge.proxies import Proxy, demanding, filled_in
from tests.integration.edge.upstream import Upstream

KINDS = ("envoy", "nginx")


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    """Certificates of all kinds."""
    return Papers.made(tmp_path_factory.mktemp("papers"))


@pytest.fixture(scope="session")
def services() -> Iterator[dict[str, Upstream]]:
    """Services that tell back what reached them."""
    started = {name: Upstream(name, port) for name, port in zip(SERVICES, free_ports(len(SERVICES)), strict=True)}
    yield started
    for service in started.values():
        service.shutdown()
        service.server_close()


@pytest.fixture(scope="session", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Which proxy; nginx only where it can be had."""
    chosen = str(request.param)
    if chosen == "nginx":
        try:
            NGINX.require()
        except StartError as error:
            pytest.skip(str(error))
    return chosen


@pytest.fixture(scope="session")
def edge(
    kind: str, papers: Papers, services: dict[str, Upstream], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxy]:
    """A proxy with its example of deploy/edge: certificates are asked for."""
    proxy = filled_in(kind, tmp_path_factory.mktemp(kind), papers, _ports(services))
    yield proxy
    proxy.stop()


@pytest.fixture(scope="session")
def strict_edge(
    kind: str, papers: Papers, services: dict[str, Upstream], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxy]:
    """A proxy that demands certificates and knows which are revoked."""
    proxy = demanding(kind, tmp_path_factory.mktemp(f"strict-{kind}"), papers, _ports(services))
    yield proxy
    proxy.stop()


def _ports(services: dict[str, Upstream]) -> dict[str, int]:
    return {name: service.server_port for name, service in services.items()}
