"""Drills of alerts: faults on a running system, a real Prometheus with the rules in a hurry, firing and silence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from deploy.local.prometheus import PROMETHEUS, Prometheus
from shared.runtime.mongo import Database
from shared.store.documents import Collection
from shared.store.ledgers import received_id
from tests.chaos.drilling import Diary, start_again_who_died
from tests.chaos.hurrying import hurried
from tests.pipeline.flow import Flow
from tests.pipeline.running import System, standing, until
from tests.pipeline.stations import plan, recent_hours

pytestmark = [
    pytest.mark.drill,
    pytest.mark.skipif(PROMETHEUS.find() is None, reason=PROMETHEUS.sentence),
]
PLAN = plan("ALERT", stations=8, lines=3)
HOURS = recent_hours(days=1_000)
TELEGRAMS_PER_SECOND = 10.0
NOWHERE = received_id("telemetry", 0, 999_999)
"""A block that nobody has come to yet."""
FIRES_WITHIN_SECONDS = 240.0
"""The longest window and wait in a hurry are 36 and 30 s; servers that come and go take their time."""
ENDS_WITHIN_SECONDS = 420.0
"""Half an hour in a hurry is three minutes; then the store's caches are cold, and the machine may be busy."""
STUCK_WITHIN_SECONDS = 600.0
"""Five minutes that are not in a hurry, and two looks a minute apart."""


@dataclass
class Watched:
    """A system of five services that a Prometheus scrapes."""

    system: System
    prometheus: Prometheus

    def fire(self, *names: str, within_seconds: float = FIRES_WITHIN_SECONDS) -> None:
        """Wait until these alerts fire."""
        until(lambda: set(names) <= self.prometheus.alerts("firing"), within_seconds, f"{names} fire")

    def are_silent(self, *names: str) -> None:
        """Wait until these alerts do not fire; whoever died meanwhile is started again, as a supervisor does."""
        diary = Diary("alerts")

        def silent() -> bool:
            start_again_who_died(self.system, diary, tuple(self.system.services))
            return not set(names) & self.prometheus.alerts("firing")

        until(silent, ENDS_WITHIN_SECONDS, f"{names} are silent")


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """All services, stations that they know, and a Prometheus."""
    folder = tmp_path_factory.mktemp("alerts")
    with standing(folder) as made:
        made.start()
        made.edge.wait_ready()
        made.register(PLAN.document("2020-01-01"))
        operations = {name: service.operations for name, service in made.services.items()}
        prometheus = Prometheus(folder / "prometheus", operations, hurried)
        prometheus.start()
        try:
            prometheus.wait_ready()
            yield Watched(made, prometheus)
        finally:
            prometheus.process.stop()


@pytest.fixture
def flowing(watched: Watched) -> Iterator[Flow]:
    """Telegrams that keep coming; in the end nothing is lost."""
    with Flow(watched.system, PLAN, HOURS, TELEGRAMS_PER_SECOND) as flow:
        flow.wait_for(50)
        yield flow
    assert watched.system.ledger(120)["difference"] == 0


def test_aggregation_is_stopped(watched: Watched, flowing: Flow) -> None:
    """Nobody writes: that is told, and once it is back that readings came late."""
    watched.are_silent("ServiceAway", "LateReadingsBurnFast")
    watched.system.kill("aggregation")
    watched.fire("ServiceAway")
    flowing.wait_for(700)  # more than a minute of telegrams, which are late then
    watched.system.revive("aggregation")
    watched.fire("LateReadingsBurnFast")
    watched.are_silent("ServiceAway", "LateReadingsBurnFast")


def test_validation_is_stopped(watched: Watched, flowing: Flow) -> None:
    """Nothing goes on though everybody else is there: what was received is not readable."""
    assert flowing.telegrams
    watched.are_silent("ServiceAway", "PipelineStands")
    watched.system.kill("validation")
    watched.fire("ServiceAway", "PipelineStands")
    watched.system.revive("validation")
    watched.are_silent("ServiceAway", "PipelineStands")


def test_the_store_is_stopped(watched: Watched, flowing: Flow) -> None:
    """Workers wait and fall behind, readers are refused."""
    assert flowing.telegrams
    provoked = ("StoreAway", "WorkerBehind", "FailedRequestsBurnFast")
    watched.are_silent(*provoked)
    watched.system.kill("mongod")

    def told() -> bool:
        watched.system.call("/v1/lines")
        return set(provoked) <= watched.prometheus.alerts("firing")

    until(told, FIRES_WITHIN_SECONDS, f"{provoked} fire")
    watched.system.revive("mongod")
    watched.are_silent(*provoked)


def test_the_broker_is_stopped(watched: Watched, flowing: Flow) -> None:
    """Nobody can send or go on."""
    assert flowing.telegrams
    watched.are_silent("BrokerAway")
    watched.system.kill("kafka")
    watched.fire("BrokerAway")
    watched.system.revive("kafka")
    watched.are_silent("BrokerAway")


def test_many_dead_letters(watched: Watched, flowing: Flow) -> None:
    """A sender with new software: more than one in a hundred cannot be taken."""
    assert flowing.telegrams
    watched.are_silent("DeadLetters")
    watched.system.send([(PLAN.stations[0], b"no telegram") for _ in range(400)])
    watched.fire("DeadLetters")
    watched.are_silent("DeadLetters")


def test_a_month_that_is_not_its_hours(watched: Watched, flowing: Flow) -> None:
    """Somebody changed a document: told until it is as it was."""
    flowing.ending.set()
    watched.system.ledger(120)
    watched.are_silent("RollupMismatch")
    month = watched.system.store(_some_month)
    watched.system.store(lambda database: _replaced(database, {**month, "changes": month["changes"] + 1}))
    watched.fire("RollupMismatch")
    watched.system.store(lambda database: _replaced(database, month))
    watched.are_silent("RollupMismatch")


def test_readings_that_are_nowhere(watched: Watched, flowing: Flow) -> None:
    """A block of the ledger says that more was received than there is: told while nothing is behind."""
    assert flowing.telegrams
    watched.are_silent("ConservationGap")
    watched.system.store(_received)
    watched.fire("ConservationGap", within_seconds=STUCK_WITHIN_SECONDS)
    watched.system.store(_forgotten)
    watched.are_silent("ConservationGap")


async def _some_month(database: Database) -> dict[str, Any]:
    found = await database[Collection.LINE_MONTHS].find_one({}, sort=[("_id", 1)])
    assert found
    return dict(found)


async def _replaced(database: Database, month: dict[str, Any]) -> None:
    await database[Collection.LINE_MONTHS].replace_one({"_id": month["_id"]}, month)


async def _received(database: Database) -> None:
    await database[Collection.LEDGERS].insert_one({"_id": NOWHERE, "received": 7, "dead_lettered": 0})


async def _forgotten(database: Database) -> None:
    await database[Collection.LEDGERS].delete_one({"_id": NOWHERE})
