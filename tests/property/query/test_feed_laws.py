"""The change feed as laws: cursors come back as they were, and a merge reads every partition in its order."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from services.query.feed.cursor import FeedCursor, Position, cursor_of, cursor_text
from services.query.feed.merging import merged
from shared.store.changes import BEGIN, WORKED_OFF, Card, Head, Heads, Place

places = st.one_of(
    st.just(BEGIN),
    st.builds(
        Place,
        st.integers(0, 2**40),
        st.integers(0, 999_999),
        st.one_of(st.integers(0, 10**6), st.just(WORKED_OFF)),
    ),
)
positions = st.dictionaries(st.integers(0, 1023), st.builds(Position, places, st.integers(0, 10**6)), max_size=60)
cursors = st.builds(FeedCursor, st.integers(0, 1000), st.integers(0, 2**42), positions)
waiting = st.dictionaries(
    st.integers(0, 4),
    st.lists(st.tuples(st.integers(1, 5), st.integers(0, 3)), max_size=6),
    max_size=5,
)


@given(cursors)
def test_a_cursor_comes_back_as_it_was(cursor: FeedCursor) -> None:
    """Whatever it says, in letters that need no escaping in an address or an event."""
    text = cursor_text(cursor)
    assert text.replace("-", "").replace("_", "").isalnum()
    assert cursor_of(text) == cursor


def test_a_cursor_of_48_partitions_is_short() -> None:
    """It stands in every event and every link."""
    far = {partition: Position(Place(2**31, 0, WORKED_OFF)) for partition in range(48)}
    assert len(cursor_text(FeedCursor(1, 2**41, far))) < 800


def cards_of(drawn: dict[int, list[tuple[int, int]]]) -> dict[int, list[Card]]:
    """Return cards from rows and steps of time: within a partition time never goes back."""
    made: dict[int, list[Card]] = {}
    for partition, told in drawn.items():
        known_at, cards = 0, []
        for offset, (rows, later) in enumerate(told):
            known_at += later
            cards.append(Card(partition, Place(offset), rows, known_at))
        made[partition] = cards
    return made


@given(waiting, st.sets(st.integers(0, 4)), st.integers(1, 20))
def test_a_merge_reads_each_partition_from_its_first_on(
    drawn: dict[int, list[tuple[int, int]]], may_go_on: set[int], most: int
) -> None:
    """In order, none left out; enough rows, and at most one document beyond that; the oldest first."""
    unread = cards_of(drawn)
    chosen = merged(unread, frozenset(may_go_on), most)
    by_partition = defaultdict(list)
    for card in chosen:
        by_partition[card.partition].append(card)
    assert all(unread[partition][: len(cards)] == cards for partition, cards in by_partition.items())
    assert sum(card.rows for card in chosen[:-1]) < most
    assert [card.known_at_ms for card in chosen] == sorted(card.known_at_ms for card in chosen)
    is_all = len(chosen) == sum(map(len, unread.values()))
    is_enough = sum(card.rows for card in chosen) >= most
    may_be_more = bool(chosen) and chosen[-1].partition in may_go_on and chosen[-1] == unread[chosen[-1].partition][-1]
    assert is_all or is_enough or may_be_more


@given(cursors, st.dictionaries(st.integers(0, 1023), st.tuples(places, places, st.integers(0, 2**42)), max_size=60))
def test_a_cursor_never_reaches_further_than_what_is_read(
    cursor: FeedCursor, told: dict[int, tuple[Place, Place, int]]
) -> None:
    """Nor back: what may still come became known no earlier than it says."""
    heads = Heads(1, tuple(sorted((name, Head(max(a, b), at, min(a, b))) for name, (a, b, at) in told.items())))
    read = {**{name: Position(head.last) for name, head in heads.of}, **cursor.positions}
    behind = cursor.moved(heads, read, {})
    assert behind.reach_ms >= cursor.reach_ms
    open_ms = [head.known_at_ms for name, head in heads.of if head.place >= read[name].place]
    assert behind.reach_ms <= max(cursor.reach_ms, min(open_ms, default=cursor.reach_ms))
    assert dict(behind.positions) == read
