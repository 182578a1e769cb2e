"""What a company has of its own: granted to it or to a client of it, and not passed on to it by another."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

from shared.access.belonging import lines_of
from shared.access.caller import NO_RIGHTS, Rights
from shared.access.opening import opened_by, rights_of
from shared.runtime.mongo import Database, SyncDatabase, synchronous
from shared.store.access.forms import company_of, right_of
from shared.store.access.resolving import nodes_now
from shared.store.documents import Collection


async def rights_owned(database: Database, company: str, today: date) -> Rights:
    """Return the lines and nodes that a company has of its own on a gas day; nothing where it has no agreement."""
    return await asyncio.to_thread(_owned, synchronous(database), company, today)


def _owned(store: SyncDatabase[dict[str, Any]], company: str, today: date) -> Rights:
    told = store[Collection.COMPANIES].find_one({"_id": company})
    if told is None:
        return NO_RIGHTS
    asked = {"company": company, "delegated_by": None, "revoked_at": None}
    granted = [right_of(document) for document in store[Collection.RIGHTS].find(asked)]
    holding = [right for right in granted if right.holds(company_of(told), today)]
    return rights_of(opened_by(holding, lambda node: lines_of(nodes_now(store, node), node)))
