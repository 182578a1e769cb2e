"""Which documents of several partitions are read next: those that became known first, each partition in its order."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence

from shared.store.changes import Card


def merged(unread: Mapping[int, Sequence[Card]], may_go_on: frozenset[int], most_rows: int) -> list[Card]:
    """Return the documents to read next, until they make enough rows; the last of them may make more.

    Whoever is behind comes first, so no partition waits for one that is busier.

    Args:
        unread: By partition, what is to be read, in its order.
        may_go_on: Partitions of which more than this is to be read: behind the last of it, nothing else is.
        most_rows: How many rows are enough.
    """
    waiting = [(cards[0].known_at_ms, partition, 0) for partition, cards in unread.items() if cards]
    heapq.heapify(waiting)
    chosen: list[Card] = []
    rows = 0
    while waiting and rows < most_rows:
        _, partition, place = heapq.heappop(waiting)
        cards = unread[partition]
        chosen.append(cards[place])
        rows += cards[place].rows
        if place + 1 < len(cards):
            heapq.heappush(waiting, (cards[place + 1].known_at_ms, partition, place + 1))
        elif partition in may_go_on:
            break
    return chosen
