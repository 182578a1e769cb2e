"""With which keys manifests and access tokens are signed: our own, where none was given, and what is public of each.

Each kind has a collection, and so keys, of its own: what is signed for one purpose never serves the other.

`{_id: "own", private_pem}` is the key that export made for itself, `trail` that of the trail; whoever may read the
database may sign with them.
`{_id: <thumbprint>, jwk}` are the public keys, for good: files outlive the key that signed them.
"""

from __future__ import annotations

from typing import Any

from shared.runtime.mongo import Database
from shared.store.documents import Collection

OWN, OF_TRAIL = "own", "trail"


async def own_key(database: Database, made: str, name: str = OWN, kind: Collection = Collection.SIGNING_KEYS) -> str:
    """Return the private PEM of a service's own key; where there is none yet, `made` becomes it for everybody."""
    keys = database[kind]
    await keys.update_one({"_id": name}, {"$setOnInsert": {"private_pem": made}}, upsert=True)
    document = await keys.find_one({"_id": name})
    assert document is not None  # noqa: S101 - it has just been put there, and nothing removes it
    return str(document["private_pem"])


async def publish_key(
    database: Database, thumbprint: str, jwk: dict[str, Any], kind: Collection = Collection.SIGNING_KEYS
) -> None:
    """Let everybody know a public key."""
    keys = database[kind]
    await keys.update_one({"_id": thumbprint}, {"$setOnInsert": {"jwk": jwk}}, upsert=True)


async def public_keys(database: Database, kind: Collection = Collection.SIGNING_KEYS) -> list[dict[str, Any]]:
    """Return all public keys (JWK) with which anything was ever signed, in the order of their ids."""
    found = database[kind].find({"jwk": {"$exists": True}}).sort("_id", 1)
    return [dict(document["jwk"]) async for document in found]
