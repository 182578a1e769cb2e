"""The canonical digest of what the store says: the same line log gives the same digest (promise 2).

Documents are taken by `_id`, keys sorted, so that neither the order of writing nor that of fields matters. `changes` is
not among them: it has a document a batch, and how batches are cut is nobody's promise.
"""

from __future__ import annotations

import hashlib

import msgspec

from shared.runtime.mongo import Database
from shared.store.documents import Collection

CANONICAL = (
    Collection.LINE_DAYS,
    Collection.LINE_MONTHS,
    Collection.REVISIONS,
    Collection.CLOSINGS,
    Collection.FINDINGS,
    Collection.DECISIONS,
    Collection.TOPOLOGY,
    Collection.TOPOLOGY_VERSIONS,
    Collection.ANALYSES,
    Collection.ANALYSIS_REVISIONS,
    Collection.GAS_TOLD,
)


def _plain(value: object) -> int:
    """Return an integer that the driver gives a type of its own."""
    if isinstance(value, int):
        return int(value)
    raise TypeError(f"{type(value).__name__} has no place in a document of ours")


_ENCODER = msgspec.msgpack.Encoder(order="deterministic", enc_hook=_plain)


async def digest(database: Database) -> dict[str, str]:
    """Return SHA-256 by collection, and of all under "all"."""
    sums = {collection.value: await _digest_of(database, collection) for collection in CANONICAL}
    whole = hashlib.sha256("".join(sums.values()).encode()).hexdigest()
    return {**sums, "all": whole}


async def _digest_of(database: Database, collection: Collection) -> str:
    found = hashlib.sha256()
    async for document in database[collection].find().sort("_id", 1):
        found.update(_ENCODER.encode(document))
    return found.hexdigest()
