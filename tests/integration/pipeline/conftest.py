"""One running system for the tests that leave it running, and one of a test's own for those that do not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.servers import Servers
from tests.pipeline.running import System, system


@pytest.fixture(scope="package")
def running(stack: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The five services for all tests of this folder; each test has stations of its own."""
    made = system(tmp_path_factory.mktemp("running"), stack, "pipeline")
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture
def own_system(own_stack: Servers, tmp_path: Path) -> Iterator[System]:
    """Servers and services of the test's own, not started but for the servers, to be killed at will."""
    made = system(tmp_path, own_stack)
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture
def chain(running: System) -> Iterator[System]:
    """The shared system for a test that stops some of its services: whatever it does, they run again afterwards."""
    yield running
    for service in running.services.values():
        if not service.process.running:
            service.start()
            service.wait_ready()
