"""Who read what, as it rests: entries in chains, one a partition of `access.read`, which nobody changes any more.

`access_log`: `{_id: "3/000000000017", entry, previous, hash, address, salt, address_at}`: partition 3's 17th entry.
`entry` says who read what and when; `hash` is SHA-256 of `previous`, the hash of the entry before, and of the entry's
canonical bytes, its place among them: so no entry can be changed, left out or moved without all behind it. The address
is personal data with a life of its own: the entry holds SHA-256 of salt and address, and both rest beside it until they
are erased; `address_at` is there as long as they are.
`access_heads`: `{_id: 3, offset, number, hash, tellers}`: how far a chain is, moved in the transaction that adds
entries: the last offset read, the last entry, and of each process that tells the number of its last message.
`access_checkpoints`: `{_id: "3/000000000017", at, jws, cut}`: a hash that was signed. One that is a cut says so under
the signature: entries up to it have been removed because their time was over.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.runtime.mongo import ClientSession, Database, SyncDatabase
from shared.store.documents import Collection
from shared.store.progress import FencedError

Document = dict[str, Any]
NO_HASH = bytes(32)
"""What the first entry of a chain follows."""
TELLERS_KEPT_MS = 24 * 3600 * 1000
"""How long a process that says nothing may come back with an old message: a producer tries for minutes at most."""


@dataclass(frozen=True, slots=True)
class Head:
    """How far the chain of a partition is; `tellers` by name the number of the last message, and when it came (ms)."""

    partition: int
    offset: int = -1
    number: int = 0
    hash: bytes = NO_HASH
    tellers: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed hash: of which entry, when (ms), and whether all up to it has been cut."""

    partition: int
    number: int
    hash: bytes
    at_ms: int
    is_cut: bool = False

    @property
    def id(self) -> str:
        """Its `_id`."""
        return place(self.partition, self.number)

    def payload(self) -> Document:
        """Return what is signed."""
        told = {"partition": self.partition, "number": self.number, "hash": self.hash.hex(), "at": self.at_ms}
        return {**told, "cut": self.is_cut}

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> Checkpoint:
        """Return the checkpoint of a signed payload.

        Raises:
            KeyError, TypeError, ValueError: it is none.
        """
        partition, number, at_ms = (int(payload[name]) for name in ("partition", "number", "at"))
        return cls(partition, number, bytes.fromhex(payload["hash"]), at_ms, is_cut=bool(payload["cut"]))


def place(partition: int, number: int) -> str:
    """Return the `_id` of an entry: in the order of their ids stand those of a partition."""
    return f"{partition}/{number:012d}"


def place_of(name: str) -> tuple[int, int]:
    """Return partition and number of an `_id`.

    Raises:
        ValueError: it is none.
    """
    partition, _, number = name.partition("/")
    return int(partition), int(number)


def of_partition(partition: int) -> Document:
    """Return the condition of all documents of a partition."""
    return {"_id": {"$gt": f"{partition}/", "$lt": f"{partition}0"}}


def linked(previous: bytes, name: str, entry: Mapping[str, Any]) -> bytes:
    """Return the hash of an entry at its place, behind the entry with another hash."""
    canonical = json.dumps({**entry, "place": name}, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(previous + canonical.encode()).digest()


def address_digest(salt: bytes, address: str) -> str:
    """Return what an entry holds of an address."""
    return hashlib.sha256(salt + address.encode()).hexdigest()


async def head_of(database: Database, partition: int) -> Head:
    """Return how far a chain is; one that is new begins."""
    new = Head(partition)
    heads, key = database[Collection.ACCESS_HEADS], {"_id": partition}
    await heads.update_one(key, {"$setOnInsert": _fields(new)}, upsert=True)
    found = await heads.find_one(key)
    assert found is not None  # noqa: S101 - it has just been put there, and nothing removes it
    return head_in(found)


def head_in(found: Mapping[str, Any]) -> Head:
    """Return the head that a document says."""
    tellers = {name: (number, at_ms) for name, (number, at_ms) in found["tellers"].items()}
    return Head(found["_id"], found["offset"], found["number"], bytes(found["hash"]), tellers)


def append(
    database: SyncDatabase[Document], session: ClientSession, before: Head, after: Head, entries: Sequence[Document]
) -> None:
    """Add entries to a chain and move its head, in the caller's transaction.

    Raises:
        FencedError: the chain is not where `before` says.
    """
    here = {"_id": before.partition, "offset": before.offset, "number": before.number}
    moved = database[Collection.ACCESS_HEADS].update_one(here, {"$set": _fields(after)}, session=session)
    if moved.matched_count == 0:
        raise FencedError(f"the trail {before.partition} no longer stands at {before.offset}")
    if entries:
        database[Collection.ACCESS_LOG].insert_many(entries, session=session)


def _fields(head: Head) -> Document:
    tellers = {name: list(told) for name, told in head.tellers.items()}
    return {"offset": head.offset, "number": head.number, "hash": head.hash, "tellers": tellers}


async def last_checkpoint(database: Database, partition: int, before_ms: int | None = None) -> Document | None:
    """Return the last checkpoint of a chain, or the last one that was signed before a moment."""
    condition = of_partition(partition)
    if before_ms is not None:
        condition["at"] = {"$lt": before_ms}
    return await database[Collection.ACCESS_CHECKPOINTS].find_one(condition, sort=[("_id", -1)])


async def keep_checkpoint(database: Database, checkpoint: Checkpoint, jws: str) -> None:
    """Keep a checkpoint; a cut takes the place of what was signed there before."""
    document = {"at": checkpoint.at_ms, "jws": jws, "cut": checkpoint.is_cut}
    update = {"$set": document} if checkpoint.is_cut else {"$setOnInsert": document}
    await database[Collection.ACCESS_CHECKPOINTS].update_one({"_id": checkpoint.id}, update, upsert=True)
