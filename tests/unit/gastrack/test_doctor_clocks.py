"""What the doctor says of MongoDB's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gastrack.doctor.broker import CLOCK_SECONDS
from gastrack.doctor.finding import Area
from gastrack.doctor.store import of_clock


@pytest.mark.parametrize(("apart_minutes", "words"), [(60, "s ahead of that"), (-60, "s behind that")])
def test_a_clock_that_is_wrong_is_told(apart_minutes: int, words: str) -> None:
    """Which way, and how to set it right."""
    (told,) = of_clock(datetime.now(UTC) + timedelta(minutes=apart_minutes))
    assert (told.area, words in told.wrong, "NTP" in told.mend) == (Area.CLOCKS, True, True), told


def test_clocks_that_differ_as_clocks_do_are_not_told() -> None:
    """An answer takes its time, too."""
    assert list(of_clock(datetime.now(UTC) - timedelta(seconds=CLOCK_SECONDS / 2))) == []
