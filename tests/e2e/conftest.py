"""Query and export as processes behind Envoy, over servers of their own; a real browser in front."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from deploy.local import browser as installed_browser
from deploy.local.envoy import Envoy
from deploy.local.ports import free_ports
from deploy.local.servers import Servers
from deploy.local.services import common_environment, five_services
from shared.domain import gas_time
from shared.domain.topology import Composition, Node, Station
from shared.runtime.mongo import SyncDatabase, connect_sync
from tests.integration.query.stored_lines import KNOWN_AT_MS, a_line, plausible_hours, reach, register, store_hours

LINE, OTHER, NODE = "BE-0042-A", "BE-0042-B", "NODE-1"
ARTIFACTS = Path(os.environ.get("GASTRACK_ARTIFACTS", Path(__file__).parent / "artifacts"))
"""Pictures of the pages as the tests saw them; git ignores the folder."""
GAP = range(9, 12)
"""Hours of the first gas day of the month before that are missing."""
UNUSED_PORT = 9
"""Stands where ingest would be: these tests send it nothing."""


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """A MongoDB for the pages, and a Kafka for the trail: without it no file is given out."""
    made = Servers(tmp_path_factory.mktemp("e2e-store"))
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="session")
def store(servers: Servers) -> Iterator[SyncDatabase[dict[str, Any]]]:
    """Two lines and a node of both; of the first the last gas days of 23 and 25 hours and the month before with a gap.

    Both have the last three days but for the hour that ended last; the other lacks an hour of yesterday as well.
    """
    made = connect_sync(servers.mongo_uri, "gastrack")
    register(
        made, Station("BE-0042", "MOERBROEK Vaartdijk"), a_line(), a_line("BE-0042-B", name="Moerbroek city run 2")
    )
    ended = last_ended_hour()
    month = gas_time.hours_of_month(gas_time.month_before(gas_time.month_of(gas_time.gas_day(ended))))
    whole = plausible_hours(month)
    whole[GAP.start : GAP.stop] = np.zeros(len(GAP), whole.dtype)
    for hours in (gas_time.hours_of_day(switch_day(23)), gas_time.hours_of_day(switch_day(25))):
        store_hours(made, LINE, hours.start, plausible_hours(hours))
    store_hours(made, LINE, month.start, whole)
    recent = range(gas_time.hours_of_day(gas_time.gas_day(ended) - timedelta(days=2)).start, ended)
    store_hours(made, LINE, recent.start, plausible_hours(recent))
    other = plausible_hours(recent, seed=2)
    other[yesterday().start + GAP.start - recent.start] = np.zeros((), other.dtype)
    store_hours(made, OTHER, recent.start, other)
    register(made, *nodes())
    words = {"author": "anna", "reason": "second run opened", "correction": "it was told late"}
    register(
        made,
        replace(nodes()[0], compositions=(*nodes()[0].compositions, second_run())),
        known_at_ms=KNOWN_AT_MS + 60_000,
        offset=9,
        words=words,
    )
    reach(made, int(time.time() * 1000))
    yield made
    made.client.close()


def nodes() -> tuple[Node, Node]:
    """Return the node as it was told first, and the one within it."""
    first = Composition(date(2023, 11, 1), ((LINE, Decimal(1)),), (("INNER", Decimal(-1)),))
    inner = Composition(date(2023, 11, 1), ((OTHER, Decimal("0.5")),))
    return Node(NODE, "Vaartdijk", (first,)), Node("INNER", "Second run", (inner,))


def second_run() -> Composition:
    """Return what the node is made of since yesterday."""
    return Composition(
        gas_time.gas_day(yesterday().start), ((LINE, Decimal(1)), (OTHER, Decimal("0.5"))), (), "Vaartdijk, both runs"
    )


@pytest.fixture(scope="session")
def address(
    servers: Servers, store: SyncDatabase[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The one address, in front of query and export."""
    assert store.name == "gastrack"
    folder: Path = tmp_path_factory.mktemp("e2e-services")
    every = five_services(common_environment(servers.kafka_bootstrap, servers.mongo_uri), folder)
    services = {name: every[name] for name in ("query", "export")}
    ports = {name: service.http_port or UNUSED_PORT for name, service in services.items()}
    public, admin = free_ports(2)
    envoy = Envoy(folder, folder / "envoy.log", (public, admin), {"ingest": UNUSED_PORT, **ports})
    for service in services.values():
        service.start()
    envoy.start()
    for service in services.values():
        service.wait_ready()
    envoy.wait_ready()
    yield envoy.url
    for process in (envoy.process, *(service.process for service in services.values())):
        process.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium; closed after each module, because Playwright occupies the thread's event loop until then."""
    with sync_playwright() as playwright:
        # Its own sandbox needs rights that containers and root do not have; it visits loopback only.
        launched = playwright.chromium.launch(executable_path=installed_browser.require(), args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page on which any error of the console fails the test: a broken policy, a script, a missing file."""
    opened, complaints = browser.new_page(viewport={"width": 1280, "height": 900}), []
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    opened.close()
    assert complaints == []


@pytest.fixture
def picture(page: Page) -> Callable[[str], None]:
    """Keeps a picture of the page as it is, for somebody to look at."""
    ARTIFACTS.mkdir(parents=True, exist_ok=True)

    def keep(name: str) -> None:
        page.screenshot(path=ARTIFACTS / f"{name}.png")

    return keep


def yesterday() -> range:
    """Return the hours of the gas day before that of the hour that ended last."""
    return gas_time.hours_of_day(gas_time.gas_day(last_ended_hour()) - timedelta(days=1))


def switch_day(hours: int = 25) -> date:
    """Return the last gas day of so many hours that is over."""
    day = gas_time.gas_day(last_ended_hour()) - timedelta(days=1)
    while len(gas_time.hours_of_day(day)) != hours:
        day -= timedelta(days=1)
    return day


def last_ended_hour() -> int:
    """Return the gas hour that ended last."""
    return int(time.time()) // 3600 - 1
