"""The real servers for every integration test: one MongoDB and one Kafka in a temporary folder."""

from collections.abc import Iterator

import pytest

from deploy.local.servers import Servers


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """MongoDB and Kafka for the whole run: `mongo_uri`, `kafka_bootstrap`, and the handles `mongod` and `kafka`.

    Shared: use a database and topics of your own, and leave both servers running.
    """
    yield from _running(Servers(tmp_path_factory.mktemp("stack")))


@pytest.fixture
def own_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """A MongoDB and a Kafka of the test's own, empty, to be killed and started again at will; four seconds."""
    yield from _running(Servers(tmp_path_factory.mktemp("own-stack")))


def _running(servers: Servers) -> Iterator[Servers]:
    try:
        servers.start()
        yield servers
    finally:
        servers.stop()
