"""An answer that never arrives: the gap is noticed, nothing is written past it, validation answers again."""

from __future__ import annotations

import time

from deploy.local.services import PARTITIONS
from shared.events.partitioning import partition_of
from shared.events.topics import VALIDATED
from shared.runtime.mongo import Database
from shared.store.documents import Collection
from tests.pipeline.kafka_groups import remove_all, wait_for_group
from tests.pipeline.running import System, until
from tests.pipeline.stations import of_hours, plan, recent_hours
from tests.pipeline.stored import documents, hours_by_line

PLAN = plan("GAP", stations=4, lines=2)
HOURS = recent_hours(days=10)
INGEST_GROUP = "gastrack-ingest"


def send_day(system: System, number: int) -> None:
    """Send a gas day of every line."""
    hours = HOURS[number * 24 : number * 24 + 24]
    system.send([(station, of_hours(PLAN, station, hours, f"{station}/{number}")) for station in PLAN.stations])


def assert_all_present(system: System, days: int) -> None:
    """Check that every hour of the days sent is there, once."""
    ledger, stored = system.ledger(90.0), hours_by_line(system, "GAP")
    assert {line: sorted(hours) for line, hours in stored.items()} == {
        line: list(HOURS[: days * 24]) for lines in PLAN.lines.values() for line in lines
    }
    assert ledger["difference"] == 0
    assert documents(system, Collection.REVISIONS, {"_id": {"$regex": "^GAP"}}) == []
    assert documents(system, Collection.REANSWERS) == []


def answered(system: System) -> dict[str, int]:
    """Return validation's position in each partition."""
    found = documents(system, Collection.PROGRESS, {"_id": {"$regex": "^validation/"}})
    return {document["_id"]: document["offset"] for document in found}


def test_an_answer_that_was_never_written(chain: System) -> None:
    """Validation's position jumps over a record, as if its answer had been lost on the way to the broker."""
    chain.register(PLAN.document("2020-01-01"))
    send_day(chain, 0)
    assert_all_present(chain, days=1)
    chain.services["validation"].process.stop()
    send_day(chain, 1)
    wait_for_group(chain, INGEST_GROUP)
    partition = partition_of(PLAN.stations[0], PARTITIONS)

    async def jump(database: Database) -> None:
        progress = database[Collection.PROGRESS]
        taken = {"$inc": {"offset": 1, "read": 1}, "$max": {"known_at": int(time.time() * 1000)}}
        await progress.update_one({"_id": f"validation/{partition}"}, taken)

    chain.store(jump)
    chain.revive("validation")
    send_day(chain, 2)
    assert_all_present(chain, days=3)
    assert "answering again" in chain.services["validation"].process.log.read_text()


def test_answers_that_the_broker_lost(chain: System) -> None:
    """The topic is emptied before aggregation has read it, as after a disk that lost its end."""
    chain.services["aggregation"].process.stop()
    before = answered(chain)
    send_day(chain, 3)
    until(lambda: all(offset > before[name] for name, offset in answered(chain).items()), 60, "answers")
    remove_all(chain, VALIDATED)
    chain.revive("aggregation")
    send_day(chain, 4)
    assert_all_present(chain, days=5)
