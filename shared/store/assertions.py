"""Which assertions clients have used already: each counts once, whichever process it comes to.

`{_id: <SHA-256 of client and jti>, until}`; MongoDB removes them once nobody could use them any more.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from shared.runtime.mongo import Database, DuplicateKeyError
from shared.store.documents import Collection

_LONGER = timedelta(minutes=1)
"""MongoDB removes by its own clock, which may be ahead of those by which assertions are looked at."""


async def use_once(database: Database, client: str, jti: str, until: datetime) -> bool:
    """Note that a client's assertion is used; say whether this was the first time. It counts until `until`."""
    name = sha256(f"{client}\0{jti}".encode()).hexdigest()
    try:
        await database[Collection.ASSERTIONS].insert_one({"_id": name, "until": until + _LONGER})
    except DuplicateKeyError:
        return False
    return True
