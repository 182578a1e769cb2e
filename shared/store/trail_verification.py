"""Proving a trail unbroken: every chain is followed from its last cut, or its first entry, to its head."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from joserfc.jwk import OKPKey

from shared.runtime.mongo import Database
from shared.store import signing_keys
from shared.store.documents import Collection
from shared.store.signing import TRAIL, SigningKeyError, payload_of
from shared.store.trail import (
    NO_HASH,
    Checkpoint,
    Document,
    Head,
    address_digest,
    head_in,
    linked,
    of_partition,
    place,
    place_of,
)


@dataclass(frozen=True, slots=True)
class Broken:
    """Where a trail is broken, and how."""

    place: str
    why: str


@dataclass(slots=True)
class VerifiedChain:
    """What was found in a partition: entries `first` to `last`, the checkpoints that were signed, and every break."""

    partition: int
    first: int
    last: int = 0
    entries: int = 0
    checkpoints: int = 0
    broken: list[Broken] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class VerifiedTrail:
    """All chains, and the keys (thumbprints) by which signatures were taken."""

    chains: list[VerifiedChain]
    keys: list[str]

    @property
    def broken(self) -> list[Broken]:
        """All breaks."""
        return [one for chain in self.chains for one in chain.broken]


async def verify_trail(database: Database, trusted: Iterable[str] = ()) -> VerifiedTrail:
    """Follow all chains of the trail; entries that are added meanwhile are not looked at.

    Args:
        database: The store.
        trusted: Thumbprints of the keys whose signatures are taken; none: all that the store publishes.
    """
    only = frozenset(trusted)
    keys = {jwk["kid"]: OKPKey.import_key(jwk) for jwk in await signing_keys.public_keys(database)}
    keys = {name: key for name, key in keys.items() if not only or name in only}
    chains = [await _verified(database, one, keys) for one in sorted(await _partitions(database))]
    return VerifiedTrail(chains, sorted(keys))


async def _partitions(database: Database) -> set[int]:
    """Return all partitions of which anything is there: whose head is gone still has entries."""
    found: set[int] = {head["_id"] async for head in database[Collection.ACCESS_HEADS].find({}, {"_id": 1})}
    for collection in (Collection.ACCESS_LOG, Collection.ACCESS_CHECKPOINTS):
        last = ""
        while one := await database[collection].find_one({"_id": {"$gt": last}}, {"_id": 1}, sort=[("_id", 1)]):
            partition = str(one["_id"]).partition("/")[0]
            found.add(int(partition))
            last = f"{partition}0"
    return found


async def _verified(database: Database, partition: int, keys: Mapping[str, OKPKey]) -> VerifiedChain:
    """Verify one chain; anew where it was cut meanwhile."""
    while True:
        following = await _followed(database, partition, keys)
        if not following.chain.broken or await _last_cut(database, partition) == following.cut_id:
            return following.chain


async def _last_cut(database: Database, partition: int) -> str | None:
    condition = {**of_partition(partition), "cut": True}
    found = await database[Collection.ACCESS_CHECKPOINTS].find_one(condition, {"_id": 1}, sort=[("_id", -1)])
    return None if found is None else str(found["_id"])


class _Following:
    """A chain while it is followed: which entry comes next, and what it must follow."""

    def __init__(self, partition: int, signed: Mapping[int, Checkpoint]) -> None:
        cuts = [one for one in signed.values() if one.is_cut]
        cut = max(cuts, key=lambda one: one.number, default=Checkpoint(partition, 0, NO_HASH, 0))
        self.chain = VerifiedChain(partition, cut.number + 1, cut.number, checkpoints=len(signed))
        self.previous, self._signed, self.cut_id = cut.hash, signed, cut.id if cut.is_cut else None

    def breaks(self, number: int, why: str) -> None:
        """Note a break."""
        self.chain.broken.append(Broken(place(self.chain.partition, number), why))

    def follow(self, document: Document) -> None:
        """Take the next entry that is there."""
        expected = self.chain.last + 1
        try:
            number = place_of(document["_id"])[1]
            told = bytes(document["previous"]), bytes(document["hash"])
            is_as_chained = linked(told[0], document["_id"], document["entry"]) == told[1]
            is_from_there = "salt" not in document or _says_its_address(document)
        except (KeyError, TypeError, ValueError):
            self.breaks(expected, f"{str(document['_id'])[:40]!r} has not the form of an entry")
            return
        self._compare(number, told, is_as_chained=is_as_chained)
        if not is_from_there:
            self.breaks(number, "the address beside it is another one")
        self.previous, self.chain.last = told[1], number
        self.chain.entries += 1

    def _compare(self, number: int, told: tuple[bytes, bytes], *, is_as_chained: bool) -> None:
        expected, signed = self.chain.last + 1, self._signed.get(number)
        if number != expected:
            self.breaks(expected, f"{number - expected} entries are missing from here on")
        elif told[0] != self.previous:
            self.breaks(number, "does not follow the entry before it: one of the two was changed")
        if not is_as_chained:
            self.breaks(number, "says something else than what was chained")
        if signed is not None and signed.hash != told[1]:
            self.breaks(number, "is not what was signed")

    def end(self, head: Head | None) -> None:
        """Compare where the chain ends with where it should."""
        last = self.chain.last
        if head is None:
            self.breaks(last, "the head of the chain is gone: nobody can say whether anything is missing behind this")
            return
        if head.number > last:
            self.breaks(last + 1, f"{head.number - last} entries are missing from here on")
        elif (head.number, head.hash) != (last, self.previous):
            self.breaks(last, "the chain does not end where its head says")
        beyond = [number for number in self._signed if number > max(last, head.number)]
        if beyond:
            self.breaks(max(beyond), "was signed, but is not there")


def _says_its_address(document: Document) -> bool:
    return address_digest(document["salt"], document["address"]) == str(document["entry"]["from"])


async def _followed(database: Database, partition: int, keys: Mapping[str, OKPKey]) -> _Following:
    # Before the head: what is signed while this runs is not beyond the head that is read then.
    signed, refused = await _checkpoints(database, partition, keys)
    found = await database[Collection.ACCESS_HEADS].find_one({"_id": partition})
    head = None if found is None else head_in(found)
    following = _Following(partition, signed)
    following.chain.broken.extend(refused)
    places = of_partition(partition)
    places["_id"]["$gt"] = place(partition, following.chain.last)
    if head is not None:
        places["_id"]["$lt"] = place(partition, head.number + 1)
    async for document in database[Collection.ACCESS_LOG].find(places).sort("_id", 1):
        following.follow(document)
    following.end(head)
    return following


async def _checkpoints(
    database: Database, partition: int, keys: Mapping[str, OKPKey]
) -> tuple[dict[int, Checkpoint], list[Broken]]:
    """Return the checkpoints of a chain by the number of their entry, and those that nobody signed."""
    signed: dict[int, Checkpoint] = {}
    refused = []
    async for document in database[Collection.ACCESS_CHECKPOINTS].find(of_partition(partition)):
        name = str(document["_id"])
        try:
            told = Checkpoint.of(payload_of(document["jws"], TRAIL, keys))
        except (SigningKeyError, KeyError, TypeError, ValueError) as fault:
            refused.append(Broken(name, f"its signature does not hold: {fault}"))
            continue
        if told.id == name:
            signed[told.number] = told
        else:
            refused.append(Broken(name, f"was signed for {told.id}"))
    return signed, refused
