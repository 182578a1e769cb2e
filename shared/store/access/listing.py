"""Lists of the access register, as those see them who manage it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shared.access.caller import Caller
from shared.access.certificates.expiry import Left, last_key, left
from shared.runtime.mongo import Database
from shared.store.access.forms import client_of
from shared.store.documents import Collection

Document = dict[str, Any]


async def listed(
    database: Database, collection: Collection, where: Document, after: str, limit: int
) -> Sequence[Document]:
    """Return documents in the order of their ids, those behind one."""
    behind = {"$and": [where, {"_id": {"$gt": after}}]}
    found: list[Document] = await database[collection].find(behind).sort("_id", 1).limit(limit).to_list(limit)
    return found


async def called(database: Database, words: str) -> Document:
    """Return the condition of clients in whose id, company, name, address or fingerprint a text stands.

    Capitals and small letters are alike; of a fingerprint the spaces are left out with which people write it.
    """
    text = words.strip().replace("\0", "\N{REPLACEMENT CHARACTER}")  # a pattern with a NUL is refused by the server
    pattern = {"$regex": re.escape(text), "$options": "i"}
    persons = database[Collection.PERSONS].find({"$or": [{"name": pattern}, {"email": pattern}]}, {"_id": 1})
    key = {"keys.fingerprint": {"$regex": re.escape("".join(text.split())), "$options": "i"}}
    names = [document["_id"] async for document in persons]
    return {"$or": [{"_id": pattern}, {"company": pattern}, key, {"_id": {"$in": names}}]}


async def found(database: Database, collection: Collection, name: str) -> Document | None:
    """Return a document by its id."""
    return await database[collection].find_one({"_id": name})


async def rights_of(database: Database, caller: Caller) -> list[Document]:
    """Return the rights of a caller's company that are for all of it or for him, without those taken back."""
    if not caller.company:
        return []
    where = {"company": caller.company, "client": {"$in": [None, caller.identity]}, "revoked_at": None}
    found: list[Document] = await database[Collection.RIGHTS].find(where).sort("_id", 1).to_list()
    return found


async def persons_of(database: Database, names: Sequence[str]) -> dict[str, Document]:
    """Return who clients and applicants are, by their ids; those who were erased are not among them."""
    asked = database[Collection.PERSONS].find({"_id": {"$in": list(names)}})
    return {document["_id"]: document async for document in asked}


async def standing(database: Database, now: datetime) -> tuple[int, dict[Left, int]]:
    """Return how many clients have access whatever their keys, and how long their last certificates are still good.

    Whose keys were all revoked was shut out on purpose: his certificate neither ends nor has it ended.
    """
    count, by_left = 0, Counter[Left]()
    async for document in database[Collection.CLIENTS].find({"ended_at": None}):
        count, key = count + 1, last_key(client_of(document))
        if key is not None:
            by_left[left(key, now)] += 1
    return count, {step: by_left[step] for step in Left}
