"""What a replay says of its two digests."""

from __future__ import annotations

import pytest

from gastrack.replay import Replayed

BEFORE = {"line_days": "1", "findings": "2", "all": "3"}


@pytest.mark.parametrize(
    ("after", "arrived", "in_time", "words"),
    [
        ({**BEFORE, "findings": "9", "all": "8"}, 0, True, "what the line log says: findings differs"),
        ({**BEFORE, "findings": "9", "all": "8"}, 7, True, "7 records arrived meanwhile"),
        ({}, 0, False, "not read to its end in time"),
        (BEFORE, 0, False, "not read to its end in time"),
    ],
)
def test_it_says_why_they_differ(after: dict[str, str], arrived: int, words: str, *, in_time: bool) -> None:
    """What was not read, what came meanwhile, or which collections are another."""
    told = Replayed(BEFORE, after, 1.0, arrived, in_time)
    assert not told.same
    assert words in told.why


def test_records_without_an_effect_do_no_harm() -> None:
    """Ticks arrive all the time."""
    assert Replayed(BEFORE, dict(BEFORE), 1.0, 3, in_time=True).same
