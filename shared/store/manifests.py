"""Manifests of files at rest: signed, for whoever fetched the file alone, until they expire."""

from __future__ import annotations

from datetime import datetime

from shared.runtime.mongo import Database
from shared.store.documents import Collection


async def keep_manifest(database: Database, manifest: str, by: str, jws: str, at: datetime) -> None:
    """Keep a manifest under its id; `by` is the identity of who fetched the file."""
    document = {"_id": manifest, "by": by, "jws": jws, "at": at}
    await database[Collection.MANIFESTS].replace_one({"_id": manifest}, document, upsert=True)


async def find_manifest(database: Database, manifest: str, by: str) -> str | None:
    """Return the manifest of a file that somebody fetched, or None."""
    document = await database[Collection.MANIFESTS].find_one({"_id": manifest, "by": by})
    return None if document is None else str(document["jws"])
