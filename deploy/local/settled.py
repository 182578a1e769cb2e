"""Whether everything that the simulated gateways sent has found its place: asked of the stored ledgers of promise 1."""

import asyncio
import os
from pathlib import Path

from deploy.local import history
from shared.runtime.mongo import PyMongoError, connect
from shared.store import ledgers
from shared.store.ledgers import Ledger


def settled(folder: Path, mongo_uri: str, until: int) -> Ledger | None:
    """The ledger, once everything before hour `until` is sent and every reading received is in exactly one place.

    None before that, and while MongoDB is away.
    """
    sent = history.read(folder)
    if sent is None or sent.following < until:
        return None
    try:
        ledger = asyncio.run(_total(mongo_uri))
    except PyMongoError:
        return None
    return ledger if ledger.difference == 0 and ledger.received >= sent.readings else None


async def _total(mongo_uri: str) -> Ledger:
    database = connect(mongo_uri, os.environ.get("GASTRACK_MONGO_DATABASE", "gastrack"))
    try:
        return await ledgers.total(database)
    finally:
        database.client.close()
