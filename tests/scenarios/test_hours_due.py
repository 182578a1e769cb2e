"""What the metric says of hours at their deadline, in scenarios in which some are missing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.runtime.metrics import CATALOGUE
from shared.runtime.mongo import Database
from shared.store import epochs
from shared.store.documents import Collection
from tests.scenarios.running import emptied, read, told, whole

HERE = Path(__file__).parent


def due() -> dict[str, float]:
    """Return the counters."""
    name, states = "gastrack_aggregation_values_due_total", ("delivered", "estimated", "missing")
    return {state: CATALOGUE.get_sample_value(name, {"found": state}) or 0.0 for state in states}


async def counted(database: Database, scenario: str) -> dict[str, int]:
    """Return by how much the counters rose in a scenario."""
    before, folder = due(), HERE / scenario
    await whole(told(read(folder, "given"), read(folder, "when")), database)
    return {state: int(count - before[state]) for state, count in due().items()}


@pytest.mark.parametrize(
    ("scenario", "expected"),
    [
        ("missing_hours_are_estimated_at_the_deadline", {"delivered": 743, "estimated": 1, "missing": 0}),
        ("hour_that_nothing_can_estimate_stays_missing", {"delivered": 21, "estimated": 0, "missing": 3}),
    ],
)
async def test_hours_are_counted_at_their_deadline(database: Database, scenario: str, expected: dict[str, int]) -> None:
    """By what was there then: each hour of each gas day once."""
    assert await counted(await emptied(database), scenario) == expected


async def test_a_replay_counts_no_deadline_again(database: Database) -> None:
    """What became known before it is only told again."""
    await epochs.hold(await emptied(database))
    await epochs.release(database)
    assert await epochs.raised_ms(database) > 0
    later = {"$set": {"raised_at": datetime(2100, 1, 1, tzinfo=UTC)}}
    await database[Collection.EPOCHS].update_one({}, later)  # the scenario's own time is nobody's clock
    found = await counted(database, "missing_hours_are_estimated_at_the_deadline")
    assert found == {"delivered": 0, "estimated": 0, "missing": 0}
