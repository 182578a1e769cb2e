"""The change feed at rest: one document for each committed batch that changed something, and how far each partition is.

`{_id: "0003|0000000000000001234|000000|0000000000", p, epoch, at, known_at, n, lines, count, runs, statuses, analyses,
parts}`. The `_id` sorts by partition and place. `at` is `known_at` as a date, by which documents expire; `n` how many
rows the document makes for readers, in their order:
`runs` (`count` of them): hours of `lines` that changed, packed RUN rows;
`statuses`: changes of status, `{line, kind, month, first, end, hours, known_at, cause, decision}`;
`analyses`: gas days of which a chromatograph told something else, `{chromatograph, first, end, known_at}`;
`parts`: what a change of the register changed, `{kind, id, new, from, nodes, lines, decision, known_at}`, nodes as
`{node, from}`. Ends are exclusive. What is empty is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from shared.runtime.mongo import Database
from shared.store.documents import Collection

WORKED_OFF = 2**31 - 1
"""`told` of a place at which nothing is left to be told again."""
_OWNERS = {"_id": {"$gte": "aggregation/", "$lt": "aggregation0"}}
Document = dict[str, Any]


class Place(NamedTuple):
    """A place in a partition of the line log: what stands at `offset`, up to `part`, has been applied.

    `told`: and of what is to be told again because of it so many units.
    """

    offset: int
    part: int = 0
    told: int = 0


BEGIN = Place(-1)


def change_id(partition: int, place: Place) -> str:
    """Return the `_id` of what was committed when a partition came to a place; it sorts by both."""
    return f"{partition:04d}|{place.offset:019d}|{place.part:06d}|{place.told:010d}"


def place_of(name: str) -> Place:
    """Return the place that an `_id` names."""
    return Place(*(int(part) for part in name.split("|")[1:]))


@dataclass(frozen=True, slots=True)
class Head:
    """How far aggregation is in a partition.

    Attributes:
        place: Everything up to it is in the store.
        known_at_ms: Whatever comes behind it became known then or later.
        last: Place of the last document of `changes`; `BEGIN` where there is none.
    """

    place: Place
    known_at_ms: int
    last: Place = BEGIN


@dataclass(frozen=True, slots=True)
class Heads:
    """How far aggregation is in each partition, and in which epoch."""

    epoch: int = 0
    of: tuple[tuple[int, Head], ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """What must be known of a document before it is read: where it stands, how many rows it makes, and since when."""

    partition: int
    place: Place
    rows: int
    known_at_ms: int

    @property
    def id(self) -> str:
        """Its `_id`."""
        return change_id(self.partition, self.place)


async def heads(database: Database) -> Heads:
    """Return how far aggregation is: one question, however many partitions there are."""
    fields = {"epoch": 1, "offset": 1, "part": 1, "known_at": 1, "retelling.done": 1, "told": 1}
    found = [document async for document in database[Collection.PROGRESS].find(_OWNERS, fields)]
    of = {int(document["_id"].partition("/")[2]): _head(document) for document in found}
    return Heads(max((int(document["epoch"]) for document in found), default=0), tuple(sorted(of.items())))


def _head(document: Document) -> Head:
    retelling, last = document.get("retelling"), document.get("told")
    told = WORKED_OFF if retelling is None else int(retelling["done"])
    place = Place(int(document["offset"]), int(document["part"]), told)
    return Head(place, int(document["known_at"]), place_of(last) if last else BEGIN)


async def cards(database: Database, partition: int, after: Place, since_ms: int, limit: int) -> list[Card]:
    """Return the documents of a partition behind a place, in their order; none that became known before a moment."""
    where: Document = {"_id": {"$gt": change_id(partition, after), "$lt": f"{partition:04d}}}"}}
    if since_ms:
        where["known_at"] = {"$gte": since_ms}
    found = database[Collection.CHANGES].find(where, {"n": 1, "known_at": 1}).sort("_id", 1).limit(limit)
    return [Card(partition, place_of(one["_id"]), int(one["n"]), int(one["known_at"])) async for one in found]


async def documents(database: Database, chosen: Iterable[Card]) -> dict[str, Document]:
    """Return documents by their `_id`; one that has expired meanwhile is not among them."""
    names = [card.id for card in chosen]
    return {one["_id"]: one async for one in database[Collection.CHANGES].find({"_id": {"$in": names}})}
