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
