"""What the metrics say of blocks of the ledger that are off."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from deploy.local.servers import Servers
from services.aggregation import ledgers_told
from services.aggregation.ledgers_told import LedgersTold
from shared.runtime.metrics import CATALOGUE
from shared.runtime.mongo import Database
from shared.store import ledgers
from shared.store.documents import Collection
from shared.store.ledgers import outcomes_id, received_id
from tests.integration.pipeline.stages import database_on


@pytest.fixture
async def database(stack: Servers) -> AsyncIterator[Database]:
    """Ledgers of three blocks: one is whole, of one five readings are nowhere, of one two are counted twice."""
    async with database_on(stack.mongo_uri) as made:
        for block, received, accepted in ((0, 1_000, 990), (1, 800, 795), (2, 10, 12)):
            count = {"_id": received_id("telemetry", 1, block), "received": received, "dead_lettered": 0}
            await made[Collection.LEDGERS].insert_one(count)
            outcome = {"_id": outcomes_id("telemetry", 1, block, 3), "accepted": accepted, "repeated": 0, "held": 0}
            await made[Collection.LEDGERS].insert_one(outcome)
        rest = {"_id": outcomes_id("telemetry", 1, 0, 2), "accepted": 4, "repeated": 3, "held": 2, "dead_lettered": 1}
        await made[Collection.LEDGERS].insert_one(rest)
        yield made


def stuck() -> float | None:
    """Return what the metric says."""
    return CATALOGUE.get_sample_value("gastrack_ledger_stuck_readings")


async def test_blocks_that_are_off_are_found(database: Database) -> None:
    """Each by itself: what is lost in one and counted twice in another does not cancel out."""
    assert await ledgers.unbalanced(database) == {"telemetry/1/1": 5, "telemetry/1/2": -2}


async def test_what_stays_off_is_told_until_it_is_mended(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what has not changed for some minutes: before that it is under way."""
    monkeypatch.setattr(ledgers_told, "LOOK_SECONDS", -1.0)
    telling = LedgersTold(database)
    await telling.tell()
    assert stuck() == 0
    monkeypatch.setattr(ledgers_told, "STUCK_AFTER_SECONDS", 0.0)
    await telling.tell()
    assert stuck() == 7
    mended = {"$inc": {"accepted": 5}}
    await database[Collection.LEDGERS].update_one({"_id": outcomes_id("telemetry", 1, 1, 3)}, mended)
    await telling.tell()
    assert stuck() == 2
    await telling.leave()
    assert stuck() == 0


async def test_a_block_that_moves_is_under_way(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Off by another number than before: somebody works on it."""
    monkeypatch.setattr(ledgers_told, "LOOK_SECONDS", -1.0)
    monkeypatch.setattr(ledgers_told, "STUCK_AFTER_SECONDS", 1e-9)
    telling = LedgersTold(database)
    for _ in range(3):
        moved = {"$inc": {"accepted": 1}}
        await database[Collection.LEDGERS].update_one({"_id": outcomes_id("telemetry", 1, 1, 3)}, moved)
        await telling.tell()
        assert stuck() in {0, 2}
