"""The register at any place of `operations`, without asking Kafka for what was taken before."""

from __future__ import annotations

import json

from shared.events.register_history import MOST_KEPT, NOTHING_CHANGED, RegisterHistory

CHANGES = 3 * MOST_KEPT


def change(number: int) -> bytes:
    """Return a change that registers one more station; every seventh one is none."""
    station = {"id": f"S{number}", "name": "x"}
    return b"{" if number % 7 == 6 else json.dumps({"reason": "x", "stations": [station]}).encode()


async def taken() -> RegisterHistory:
    """Return a history that has taken all changes; nobody answers at its address."""
    history = RegisterHistory("nobody:1")
    for number in range(CHANGES):
        await history.take(number, change(number), 1)
    return history


async def test_a_register_of_long_ago_is_folded_from_what_is_at_hand() -> None:
    """However many changes later, in whatever order it is asked for."""
    history = await taken()
    for offset in [*range(CHANGES - 1, -1, -5), *range(CHANGES)]:
        stations = (await history.register_at(offset)).stations
        assert list(stations) == [f"S{number}" for number in range(offset + 1) if number % 7 != 6]
        assert len((await history.table_at(offset)).stations) == len(stations)
    assert (await history.register_at(NOTHING_CHANGED)).stations == {}


async def test_only_some_are_kept() -> None:
    """Those that were asked for last: each takes megabytes."""
    history = await taken()
    first = await history.register_at(0)
    for offset in range(CHANGES):
        await history.table_at(offset)
    assert len(history._registers) == len(history._tables) == MOST_KEPT
    assert await history.register_at(0) is not first
    assert await history.register_at(0) is await history.register_at(0)
