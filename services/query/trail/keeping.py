"""What the owner of a chain does beside adding to it: signs where it is, and lets leave what its time is over for.

All of it may be done twice, and by two at once: a checkpoint is of entries that are written, and what leaves is named
by one that says so under its signature.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from joserfc.jwk import OKPKey

from shared.runtime import metrics
from shared.runtime.logging import logger
from shared.runtime.mongo import Database
from shared.store import signing_keys
from shared.store.documents import Collection
from shared.store.signing import TRAIL, Signer, payload_of
from shared.store.trail import Checkpoint, Head, keep_checkpoint, last_checkpoint, of_partition, place

SIGNED_EVERY_ENTRIES = 1_000
SIGNED_EVERY = timedelta(days=1)
"""What comes first: so much of a chain its own writer could write anew without anybody seeing it."""
AT_ONCE = 1_000
"""Entries removed, and addresses erased, in one turn: 50 ms."""


@dataclass(frozen=True, slots=True)
class Policy:
    """For how many days entries are kept, and the addresses beside them."""

    kept_days: int
    addresses_kept_days: int


class Keeping:
    """Keeps the chains that this process owns."""

    def __init__(self, database: Database, policy: Policy, given: OKPKey | None = None) -> None:
        self._database, self._policy = database, policy
        self._signer = Signer(database, given, TRAIL, signing_keys.OF_TRAIL)
        self._signed: dict[int, Checkpoint] = {}

    def forget(self, partition: int) -> None:
        """Look at the store anew before anything more is signed of a chain."""
        self._signed.pop(partition, None)

    async def sign(self, head: Head, now: datetime) -> None:
        """Sign where a chain is, if there is enough that is not signed, or it is old enough."""
        signed = self._signed.get(head.partition) or await self._last(head.partition)
        due = head.number - signed.number >= SIGNED_EVERY_ENTRIES or _ms(now - SIGNED_EVERY) > signed.at_ms
        if head.number > signed.number and due:
            signed = Checkpoint(head.partition, head.number, head.hash, _ms(now))
            await self._keep(signed)
        self._signed[head.partition] = signed

    async def let_leave(self, partition: int, now: datetime) -> bool:
        """Remove some entries whose time is over, and the addresses of some; say whether more are left of them."""
        erased = await self._erase(partition, now)
        return await self._cut(partition, now) or erased

    async def _last(self, partition: int) -> Checkpoint:
        found = await last_checkpoint(self._database, partition)
        return Checkpoint(partition, 0, b"", 0) if found is None else await self._read(found["jws"])

    async def _read(self, jws: str) -> Checkpoint:
        jwks = await signing_keys.public_keys(self._database)
        return Checkpoint.of(payload_of(jws, TRAIL, {jwk["kid"]: OKPKey.import_key(jwk) for jwk in jwks}))

    async def _keep(self, checkpoint: Checkpoint) -> None:
        await keep_checkpoint(self._database, checkpoint, await self._signer.signed(checkpoint.payload()))
        metrics.TRAIL_CHECKPOINTS.inc()

    async def _cut(self, partition: int, now: datetime) -> bool:
        """Remove some entries up to the last checkpoint that is old enough; nothing where there is none."""
        limit_ms = _ms(now - timedelta(days=self._policy.kept_days))
        found = await last_checkpoint(self._database, partition, limit_ms)
        if found is None:
            return False
        cut = await self._read(found["jws"])
        if not cut.is_cut:
            await self._keep(replace(cut, is_cut=True))
            logger(__name__).info("the trail is cut", partition=partition, number=cut.number)
        return await self._remove(cut)

    async def _remove(self, cut: Checkpoint) -> bool:
        """Remove some of what lies before a cut, the oldest first; the checkpoints there once no entry is left."""
        log, before = self._database[Collection.ACCESS_LOG], of_partition(cut.partition)
        before["_id"]["$lt"] = place(cut.partition, cut.number + 1)
        found = [one["_id"] async for one in log.find(before, {"_id": 1}).sort("_id", 1).limit(AT_ONCE)]
        if found:
            removed = await log.delete_many({"_id": {"$in": found}})
            metrics.TRAIL_CUT.inc(removed.deleted_count)
        else:
            before["_id"]["$lt"] = cut.id
            await self._database[Collection.ACCESS_CHECKPOINTS].delete_many(before)
        return len(found) == AT_ONCE

    async def _erase(self, partition: int, now: datetime) -> bool:
        log, limit_ms = (
            self._database[Collection.ACCESS_LOG],
            _ms(now - timedelta(days=self._policy.addresses_kept_days)),
        )
        old = {"address_at": {"$lt": limit_ms}, **of_partition(partition)}
        found = [one["_id"] async for one in log.find(old, {"_id": 1}).limit(AT_ONCE)]
        if found:
            gone = {"$unset": dict.fromkeys(("address", "salt", "address_at"), "")}
            metrics.TRAIL_ERASED.inc((await log.update_many({"_id": {"$in": found}}, gone)).modified_count)
        return len(found) == AT_ONCE


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
