"""What the messages of a partition add to its chain. Pure but for the salts, which are given."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from shared.events import access_read
from shared.events.access_read import ReadingTold
from shared.events.codec import MalformedEventError
from shared.store.trail import TELLERS_KEPT_MS, Document, Head, address_digest, linked, place

UNREADABLE = "unreadable"
"""What an entry says was read where nobody can say it: the record is none that this software knows."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record of `access.read`: its offset, the broker's time (ms), its bytes."""

    offset: int
    at_ms: int
    value: bytes


@dataclass(frozen=True, slots=True)
class Chained:
    """What is written: the head before and after, the entries between; and how many messages never came."""

    before: Head
    after: Head
    entries: Sequence[Document]
    lost: int


@dataclass(slots=True)
class _Growing:
    """A chain while entries are added."""

    partition: int
    number: int
    hash: bytes
    salt: Callable[[], bytes]
    entries: list[Document] = field(default_factory=list)

    def add(self, entry: Document, address: str) -> None:
        salt, previous = self.salt(), self.hash
        self.number += 1
        name, entry = place(self.partition, self.number), {**entry, "from": address_digest(salt, address)}
        self.hash = linked(previous, name, entry)
        beside = {"address": address, "salt": salt, "address_at": entry["at"]}
        self.entries.append({"_id": name, "entry": entry, "previous": previous, "hash": self.hash, **beside})


def chained(head: Head, records: Iterable[Record], salt: Callable[[], bytes]) -> Chained:
    """Return what records add to a chain: a message that was there already adds nothing.

    Args:
        head: How far the chain is.
        records: Of its partition, in their order; those that the chain has are passed over.
        salt: Gives 16 random bytes, others each time.
    """
    growing, tellers = _Growing(head.partition, head.number, head.hash, salt), dict(head.tellers)
    offset, lost = head.offset, 0
    for record in records:
        if record.offset <= offset:
            continue
        offset = record.offset
        try:
            told = access_read.decode(record.value)
        except MalformedEventError:
            growing.add(_unreadable(record), "")
            continue
        last, _ = tellers.get(told.teller, (0, 0))
        tellers[told.teller] = (max(last, told.number), record.at_ms)
        if told.number <= last:
            continue
        lost += told.number - last - 1
        for index, reading in enumerate(told.readings):
            growing.add(_entry(reading, f"{told.teller}/{told.number}/{index}"), reading.address)
    kept = _kept(tellers)
    after = Head(head.partition, offset, growing.number, growing.hash, kept)
    return Chained(head, after, growing.entries, lost)


def _kept(tellers: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """Return the processes of which more may still come."""
    latest = max((at_ms for _, at_ms in tellers.values()), default=0)
    return {name: told for name, told in tellers.items() if told[1] > latest - TELLERS_KEPT_MS}


def _entry(reading: ReadingTold, told: str) -> Document:
    return {
        "at": reading.at_ms,
        "until": reading.until_ms,
        "times": reading.times,
        "client": reading.client,
        "company": reading.company,
        "what": reading.what,
        "lines": list(reading.lines),
        "nodes": list(reading.nodes),
        "gas": list(reading.gas),
        "first": reading.first,
        "end": reading.end,
        "told": told,
    }


def _unreadable(record: Record) -> Document:
    told = ReadingTold(record.at_ms, record.at_ms, 0, "", "", "", UNREADABLE, (), (), (), "", "")
    return _entry(told, f"offset {record.offset}: {hashlib.sha256(record.value).hexdigest()}")
