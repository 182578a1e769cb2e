"""How much of a period stands in the table of a page."""

from __future__ import annotations

import pytest

from services.query.pages.page_rows import table_rows


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (745, 745), (1_096, 1_096), (2_209, 120), (26_304, 120)])
def test_a_long_period_begins_in_the_table(count: int, shown: int) -> None:
    """A month of hours and three years of gas days are whole; of a quarter of hours the first five gas days."""
    assert len(range(count)[table_rows(count)]) == shown
