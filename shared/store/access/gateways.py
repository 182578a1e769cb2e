"""Gateways of the access register: clients who deliver for some stations, by a topic of their own if they want."""

from __future__ import annotations

from shared.access.roles import Role
from shared.runtime.mongo import Database
from shared.store.documents import Collection


async def gateways(database: Database) -> list[str]:
    """Return the ids of the gateways whose access has not ended, in order.

    What each may deliver at a moment is what its Caller says (`ClientRegister.caller_named`).
    """
    found = database[Collection.CLIENTS].find({"roles": Role.GATEWAY.value, "ended_at": None}, {"_id": 1})
    return sorted([str(document["_id"]) async for document in found])
