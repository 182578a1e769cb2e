"""One process of the export service, over a database with two lines, for this folder."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from deploy.local.servers import Servers
from deploy.local.services import Service, common_environment, five_services
from gastrack_client import Question, Retrying
from shared.domain import gas_time
from shared.runtime.mongo import SyncDatabase, connect_sync
from tests.integration.downloads.rough_way import RoughWay
from tests.integration.query.stored_lines import a_line, plausible_hours, reach, register, store_hours

FIRST, END = date(2023, 11, 1), date(2026, 11, 1)
AT_ONCE = Retrying(attempts=3, first_seconds=0.001)
OCTOBER = Question(lines=["BE-0042-A"], first="2026-10-01", end="2026-11-01")
LONG = Question(lines=["BE-0042-A"], first="2024-01-01", end="2026-11-01")
"""Some 25,000 rows, 4 MB."""


@pytest.fixture(scope="package")
def stored(stack: Servers) -> Iterator[SyncDatabase[dict[str, Any]]]:
    """Line BE-0042-A with three years of hours up to November 2026, and BE-0042-B without any."""
    made = connect_sync(stack.mongo_uri, f"downloads-{uuid4().hex}")
    register(made, a_line(first=FIRST), a_line("BE-0042-B", FIRST), known_at_ms=0)
    hours = range(gas_time.hours_of_day(FIRST).start, gas_time.hours_of_day(END).start)
    store_hours(made, "BE-0042-A", hours.start, plausible_hours(hours))
    reach(made, hours.stop * 3_600_000 + 7_200_000)
    yield made
    made.client.drop_database(made.name)
    made.client.close()


@pytest.fixture(scope="package")
def service(
    stack: Servers, stored: SyncDatabase[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """The service, running."""
    told = {**common_environment(stack.kafka_bootstrap, stack.mongo_uri), "GASTRACK_MONGO_DATABASE": stored.name}
    made = five_services(told, tmp_path_factory.mktemp("downloads"))["export"]
    made.start()
    try:
        made.wait_ready()
        yield made
    finally:
        made.process.stop()


@pytest.fixture
def url(service: Service) -> str:
    """The service's address."""
    return f"http://127.0.0.1:{service.http_port}"


@pytest.fixture
def way(service: Service) -> Iterator[RoughWay]:
    """A way to the service that does what it is told to connections."""
    assert service.http_port is not None
    with RoughWay(service.http_port) as made:
        yield made
