"""Cursors that no answer gave, that are too old, and where somebody begins."""

from __future__ import annotations

import base64
from http import HTTPStatus

import msgspec
import pytest

from services.query.feed.cursor import (
    EARLIEST_MS,
    KEPT_MS,
    FeedCursor,
    Position,
    cursor_of,
    cursor_text,
    from_earliest,
    from_now,
    still_kept,
)
from shared.runtime.problem import ProblemError
from shared.store.changes import BEGIN, WORKED_OFF, Head, Heads, Place
from shared.store.documents import CHANGES_STAY_SECONDS

NOW_MS = 1_795_600_000_000
HEADS = Heads(4, ((0, Head(Place(9, 0, WORKED_OFF), NOW_MS - 50, Place(8))), (1, Head(Place(5), NOW_MS - 90))))


def encoded(value: object) -> str:
    """Return a value in the letters of a cursor."""
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(value)).decode().rstrip("=")


@pytest.mark.parametrize("text", ["?", "A", "AAAA", "ä", "earlier", encoded([1, 0, 0, []])[:-3]])
def test_what_is_no_cursor_is_refused(text: str) -> None:
    """Said so, and nothing is guessed."""
    with pytest.raises(ProblemError) as refused:
        cursor_of(text)
    assert (refused.value.status, refused.value.issues[0].code) == (HTTPStatus.UNPROCESSABLE_ENTITY, "CURSOR")
    assert refused.value.issues[0].position == "since"


@pytest.mark.parametrize(
    "value",
    [
        [2, 0, 0, []],
        [1, -1, 0, []],
        [1, 0, -1, []],
        [1, 0, 0, [[0, [1, 2, 3, 4, 5]]]],
        [1, 0, 0, [[-1, [1]]]],
        [1, 0, 0, [[0, [-1]]]],
        [1, 0, 0, [[0, [1, 0, -2]]]],
        [1, 0, 0, [[0, [2**63]]]],
        [1, 0, 0, [["0", [1]]]],
    ],
)
def test_numbers_that_no_cursor_has_are_refused(value: object) -> None:
    """Another version's, or made up."""
    with pytest.raises(ProblemError):
        cursor_of(encoded(value))


def test_from_now_on_is_behind_everything_that_there_is() -> None:
    """And reaches as far back as the partition that is furthest behind."""
    cursor = from_now(HEADS, NOW_MS)
    assert cursor == FeedCursor(4, NOW_MS - 90, {0: Position(Place(9, 0, WORKED_OFF)), 1: Position(Place(5))})
    assert cursor.unread(HEADS) == []
    assert from_now(Heads(), NOW_MS).reach_ms == NOW_MS


def test_the_earliest_is_before_everything_that_is_kept() -> None:
    """With a day's time to go on, and only where there is something."""
    cursor = from_earliest(HEADS, NOW_MS)
    assert (cursor.reach_ms, cursor.at(0).place, cursor.unread(HEADS)) == (NOW_MS - EARLIEST_MS, BEGIN, [0])
    assert still_kept(cursor, NOW_MS + 3_600_000) == cursor


def test_a_cursor_that_is_too_old_is_gone() -> None:
    """What it still needs may have been removed: it says how to begin anew."""
    still_kept(FeedCursor(0, NOW_MS - KEPT_MS), NOW_MS)
    with pytest.raises(ProblemError) as gone:
        still_kept(FeedCursor(0, NOW_MS - KEPT_MS - 1), NOW_MS)
    assert (gone.value.status, gone.value.issues[0].code) == (HTTPStatus.GONE, "CURSOR_EXPIRED")
    assert "since=earliest" in gone.value.issues[0].message


def test_documents_stay_longer_than_cursors_promise() -> None:
    """So a cursor that is still good finds everything."""
    assert CHANGES_STAY_SECONDS * 1000 > KEPT_MS > EARLIEST_MS


def test_a_partition_that_a_replay_has_emptied_holds_the_reach_back() -> None:
    """What it brings again became known long ago; what was read is still behind the cursor."""
    cursor = FeedCursor(3, NOW_MS - 500, {0: Position(Place(20)), 7: Position(Place(1), 3)})
    assert cursor.unread(HEADS) == []
    behind = cursor.moved(HEADS, {**cursor.positions, 1: Position(Place(5))}, {})
    assert (behind.epoch, behind.reach_ms) == (4, NOW_MS - 500)
    assert cursor_of(cursor_text(behind)) == behind


def test_what_is_left_unread_holds_the_reach_back() -> None:
    """As far as is known when the first of it became known."""
    cursor = FeedCursor(4, NOW_MS - 500, {0: Position(Place(3)), 1: Position(Place(5))})
    assert cursor.moved(HEADS, cursor.positions, {0: NOW_MS - 200}).reach_ms == NOW_MS - 200
    assert cursor.moved(HEADS, cursor.positions, {}).reach_ms == NOW_MS - 500
