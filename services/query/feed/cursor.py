"""The cursor of the change feed: a position per partition, and since when everything behind it is still kept. Pure."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import starmap

import msgspec

from services.query.asked.parameters import refused_cursor
from shared.domain.topology import Issue
from shared.runtime.problem import ProblemError
from shared.store.changes import BEGIN, WORKED_OFF, Head, Heads, Place
from shared.store.documents import CHANGES_KEPT_DAYS

EARLIEST = "earliest"
"""As `since`: from the first change that is kept on."""
VERSION = 1
_DAY_MS = 24 * 3600 * 1000
KEPT_MS = CHANGES_KEPT_DAYS * _DAY_MS
EARLIEST_MS = KEPT_MS - _DAY_MS
"""How far back `earliest` begins: a day less, so that there is a day's time to go on from the first page."""
MOST_CHARACTERS = 16_384
"""Of a cursor: 1,024 partitions of some 12 bytes each; 48 partitions make 700."""


@dataclass(frozen=True, slots=True)
class Position:
    """Everything of a partition up to a place has been told, and of the next document so many rows."""

    place: Place = BEGIN
    rows: int = 0


@dataclass(frozen=True, slots=True)
class FeedCursor:
    """How far somebody has read.

    Attributes:
        epoch: The epoch in which he did: rows of a document count in it alone, for a replay cuts documents anew.
        reach_ms: Whatever he has not read became known then or later.
        positions: By partition; one that is not here has not been begun.
    """

    epoch: int
    reach_ms: int
    positions: Mapping[int, Position] = field(default_factory=dict)

    def at(self, partition: int) -> Position:
        """Return how far he is in a partition."""
        return self.positions.get(partition, Position())

    def unread(self, heads: Heads) -> list[int]:
        """Return the partitions in which something is to be read."""
        return [partition for partition, head in heads.of if head.last > self.at(partition).place]

    def moved(self, heads: Heads, positions: Mapping[int, Position], unread_ms: Mapping[int, int]) -> FeedCursor:
        """Return the cursor after some reading.

        Args:
            heads: How far aggregation was before it.
            positions: How far he is now, in every partition.
            unread_ms: Of partitions in which something is left: when the first of it became known, where that is known.
        """
        ahead = FeedCursor(heads.epoch, self.reach_ms, positions)
        left = {partition: unread_ms.get(partition, self.reach_ms) for partition in ahead.unread(heads)}
        reaches = [left.get(partition, ahead._reach(partition, head)) for partition, head in heads.of]
        if positions.keys() - dict(heads.of).keys():  # a replay has not come to them yet
            reaches.append(self.reach_ms)
        return FeedCursor(heads.epoch, max(self.reach_ms, min(reaches, default=self.reach_ms)), positions)

    def _reach(self, partition: int, head: Head) -> int:
        """Return since when something may come in a partition of which everything is read."""
        is_behind = head.place < self.at(partition).place  # a replay has not come so far again
        return self.reach_ms if is_behind else head.known_at_ms


def from_now(heads: Heads, now_ms: int) -> FeedCursor:
    """Return the cursor behind everything that there is."""
    positions = {partition: Position(head.place) for partition, head in heads.of}
    return FeedCursor(heads.epoch, min([head.known_at_ms for _, head in heads.of], default=now_ms), positions)


def from_earliest(heads: Heads, now_ms: int) -> FeedCursor:
    """Return the cursor before everything that is kept."""
    return FeedCursor(heads.epoch, now_ms - EARLIEST_MS)


def cursor_text(cursor: FeedCursor) -> str:
    """Return a cursor as readers carry it."""
    positions = [_numbers(partition, position) for partition, position in sorted(cursor.positions.items())]
    packed = msgspec.msgpack.encode([VERSION, cursor.epoch, cursor.reach_ms, positions])
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def cursor_of(text: str) -> FeedCursor:
    """Return the cursor that an answer gave.

    Raises:
        ProblemError: 422, no answer gave it.
    """
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
        version, epoch, reach_ms, positions = _DECODER.decode(packed)
    except (ValueError, msgspec.MsgspecError):  # binascii.Error is among them
        raise refused_cursor("since") from None
    if version != VERSION or min(epoch, reach_ms) < 0:
        raise refused_cursor("since")
    return FeedCursor(epoch, reach_ms, dict(starmap(_position, positions)))


def still_kept(cursor: FeedCursor, now_ms: int) -> FeedCursor:
    """Return a cursor behind which nothing has been removed yet.

    Raises:
        ProblemError: 410, something may have been.
    """
    if cursor.reach_ms >= now_ms - KEPT_MS:
        return cursor
    text = (
        f"changes are kept for {CHANGES_KEPT_DAYS} days, and what follows this cursor is older: ask without since for "
        f"a new cursor, then fetch the measurements that you keep anew; or read what is kept with since={EARLIEST}"
    )
    raise ProblemError(HTTPStatus.GONE, [Issue("CURSOR_EXPIRED", "since", text)])


_Numbers = tuple[int, list[int]]
_DECODER = msgspec.msgpack.Decoder(tuple[int, int, int, list[_Numbers]])
_MOST_NUMBERS = 4
_TOO_MUCH = 2**62


def _numbers(partition: int, position: Position) -> _Numbers:
    """Return a position as few numbers: those at the end that are 0 are left out."""
    offset, part, told = position.place
    numbers = [offset + 1, part, -1 if told == WORKED_OFF else told, position.rows]
    while numbers and not numbers[-1]:
        numbers.pop()
    return partition, numbers


def _position(partition: int, numbers: list[int]) -> tuple[int, Position]:
    """Return the position that such numbers stand for."""
    offset, part, told, rows, *more = (*numbers, *[0] * (_MOST_NUMBERS - len(numbers)))
    if more or min(partition, offset, part, told + 1, rows) < 0 or max(partition, *numbers, 0) >= _TOO_MUCH:
        raise refused_cursor("since")
    return partition, Position(Place(offset - 1, part, WORKED_OFF if told == -1 else told), rows)
