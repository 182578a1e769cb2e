"""Which assertions clients have used already: each counts once, whichever process it comes to.

`{_id: <SHA-256 of client and jti>, until}`; MongoDB removes them once nobody could use them any more.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from shared.runtime.mongo import Database, DuplicateKeyError
from shared.store.documents import Collection


async def use_once(database: Database, client: str, jti: str, until: datetime) -> bool:
    """Note that a client's assertion is used; say whether this was the first time. It expires at `until`."""
    name = sha256(f"{client}\0{jti}".encode()).hexdigest()
    try:
        await database[Collection.ASSERTIONS].insert_one({"_id": name, "until": until})
    except DuplicateKeyError:
        return False
    return True
