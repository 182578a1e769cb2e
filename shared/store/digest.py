"""The canonical digest of what the store says: the same line log gives the same digest (promise 2).

Documents are taken by `_id`, keys sorted, so that neither the order of writing nor that of fields matters.
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from shared.runtime.mongo import Database
from shared.store.documents import Collection

CANONICAL = (
    Collection.LINE_DAYS,
    Collection.LINE_MONTHS,
    Collection.REVISIONS,
    Collection.FINDINGS,
    Collection.DECISIONS,
    Collection.TOPOLOGY,
)
_ENCODER = msgspec.msgpack.Encoder(order="deterministic")


async def digest(database: Database) -> dict[str, str]:
    """Return SHA-256 by collection, and of all under "all"."""
    sums = {collection.value: await _digest_of(database, collection) for collection in CANONICAL}
    whole = hashlib.sha256("".join(sums.values()).encode()).hexdigest()
    return {**sums, "all": whole}


async def _digest_of(database: Database, collection: Collection) -> str:
    found = hashlib.sha256()
    async for document in database[collection].find().sort("_id", 1):
        found.update(_ENCODER.encode(_plain(document)))
    return found.hexdigest()


def _plain(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document without what the driver adds to its values' types."""
    return {name: bytes(value) if isinstance(value, bytes) else value for name, value in document.items()}
