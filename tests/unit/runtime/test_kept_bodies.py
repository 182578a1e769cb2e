"""Bodies are kept under their names, as many as there is room for."""

from __future__ import annotations

import pytest

from shared.runtime.kept_bodies import KeptBodies


@pytest.mark.parametrize(("size", "kept"), [(4, ["c", "a"]), (12, [])])
def test_the_bodies_asked_for_longest_ago_leave_first(size: int, kept: list[str]) -> None:
    """There is room for two of them; one that is larger than the room is not kept."""
    bodies = KeptBodies(most_bytes=10)
    for tag in "ab":
        bodies.keep(tag, bytes(size))
    bodies.get("a")
    bodies.keep("c", bytes(size))
    bodies.keep("c", bytes(size))
    assert [tag for tag in "cba" if bodies.get(tag) is not None] == kept


def test_names_take_room_too() -> None:
    """An address may be sixty times as long as what it answers."""
    bodies = KeptBodies(most_bytes=10)
    for tag in ("a" * 9, "b" * 9, "c" * 11):
        bodies.keep(tag, b"1")
    assert [bodies.get(tag * 9) for tag in "ab"] == [None, b"1"]
    assert bodies.get("c" * 11) is None
