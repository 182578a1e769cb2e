"""Time columns that are kept by gas month say what each hour's own time says."""

from __future__ import annotations

from datetime import date

import pytest

from shared.domain import gas_time
from shared.domain import text_columns as text
from shared.domain.time_texts import hour_texts


@pytest.mark.parametrize(
    ("first", "hours"),
    [(date(2026, 10, 24), 60), (date(2026, 3, 27), 2_000), (date(1990, 1, 1), 3), (date(2026, 7, 1), 0)],
)
def test_kept_texts_are_those_of_the_hours(first: date, hours: int) -> None:
    """From within a month, over switch days and months, again and again."""
    begin = gas_time.hours_of_day(first).start + 5
    asked = range(begin, begin + hours)
    for _ in range(2):
        told = hour_texts(asked)
        assert text.strings_of(told.start) == [f"{gas_time.hour_start(hour):%Y-%m-%dT%H:%M:%SZ}" for hour in asked]
        assert text.strings_of(told.end) == [f"{gas_time.hour_start(hour + 1):%Y-%m-%dT%H:%M:%SZ}" for hour in asked]
        assert text.strings_of(told.local_start) == [gas_time.local_start(hour).isoformat() for hour in asked]
        assert text.strings_of(told.gas_day) == [gas_time.gas_day(hour).isoformat() for hour in asked]
        firsts = [gas_time.hours_of_day(gas_time.gas_day(hour)).start for hour in asked]
        assert text.strings_of(told.hour) == [str(hour - start + 1) for hour, start in zip(asked, firsts, strict=True)]
