"""The stored ledgers of promise 1: what was received, and where every reading of it ended.

`received/<topic>/<partition>/<block>`: `{received, dead_lettered}`, counted by ingest over whole blocks of 1,000
offsets, by maximum, so that counting a block again changes nothing. `outcomes/<topic>/<partition>/<block>/<p>`:
`{accepted, repeated, held, dead_lettered, x: {<offset>: {...}}}`, counted by the owner of partition p of the line log
in the transaction of what it wrote; `x` says what was not accepted, by single offset, for receipts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shared.domain.revision import Outcome
from shared.runtime.mongo import Database
from shared.store.documents import Collection

BLOCK_OFFSETS = 1_000


@dataclass(frozen=True, slots=True)
class Ledger:
    """Readings by where they are: received = accepted + repeated + held + dead-lettered, once nothing is under way."""

    received: int
    accepted: int
    repeated: int
    held: int
    dead_lettered: int

    @property
    def difference(self) -> int:
        """Readings that are under way; at rest, anything but 0 is a loss or a double count."""
        return self.received - self.accepted - self.repeated - self.held - self.dead_lettered


def received_id(topic: str, partition: int, block: int) -> str:
    """Return the `_id` of a block's count at the door."""
    return f"received/{topic}/{partition}/{block}"


def outcomes_id(topic: str, partition: int, block: int, log_partition: int) -> str:
    """Return the `_id` of a block's outcomes in one partition of the line log."""
    return f"outcomes/{topic}/{partition}/{block}/{log_partition}"


async def unbalanced(database: Database) -> dict[str, int]:
    """Return the difference of each block of offsets (topic/partition/block) that is not 0."""
    of_block = {"$slice": [{"$split": ["$_id", "/"]}, 1, 3]}
    outcomes = [{"$ifNull": [f"${outcome.value}", 0]} for outcome in Outcome]
    difference = {"$subtract": [{"$ifNull": ["$received", 0]}, {"$add": outcomes}]}
    steps: list[dict[str, Any]] = [
        {"$group": {"_id": of_block, "off": {"$sum": difference}}},
        {"$match": {"off": {"$ne": 0}}},
    ]
    return {"/".join(one["_id"]): int(one["off"]) async for one in database[Collection.LEDGERS].aggregate(steps)}


async def total(database: Database) -> Ledger:
    """Add up all ledgers."""
    names = ["received", *(outcome.value for outcome in Outcome)]
    sums = {name: {"$sum": f"${name}"} for name in names}
    found = [document async for document in database[Collection.LEDGERS].aggregate([{"$group": {"_id": None, **sums}}])]
    counts = found[0] if found else dict.fromkeys(names, 0)
    return Ledger(*(int(counts[name]) for name in names))
