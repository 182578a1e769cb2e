"""How long is waited, and how often something is tried."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gastrack_client.errors import PassingError, UnavailableError
from gastrack_client.retrying import MOST_ASKED_SECONDS, Attempts, Retrying, retry_after_seconds

AT_ONCE = Retrying(attempts=3, first_seconds=0.0)


@given(st.integers(1, 50), st.floats(0, 1))
def test_waits_grow_to_a_bound(failures: int, chance: float) -> None:
    """At least half of what is due is waited, at most all of it."""
    due = min(30.0, 2.0 ** (failures - 1))
    assert due / 2 <= Retrying().wait_seconds(failures, None, chance) <= due


def test_what_the_service_asks_is_heeded() -> None:
    """Never less, unless it asks for longer than anybody would."""
    assert Retrying().wait_seconds(1, 45.0, 0.5) == 45.0
    assert Retrying().wait_seconds(6, 1.0, 1.0) == 30.0
    assert Retrying().wait_seconds(1, 1e9, 0.5) == MOST_ASKED_SECONDS


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (None, None),
        ("", None),
        ("7", 7.0),
        ("-7", None),
        ("soon", None),
        ("Thu, 26 Nov 2026 15:00:30 GMT", 30.0),
        ("Thu, 26 Nov 2026 14:00:00 GMT", 0.0),
        ("Thu, 26 Nov 2026 15:00:30 -0000", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str | None, seconds: float | None) -> None:
    """What cannot be read is not there."""
    assert retry_after_seconds(text, datetime(2026, 11, 26, 15, tzinfo=UTC)) == seconds


async def test_it_ends_after_so_many_failures_in_a_row() -> None:
    """What went well in between begins the count anew."""
    attempts = Attempts(AT_ONCE)
    for _ in range(2):
        await attempts.failed(PassingError("away"))
    attempts.progressed()
    for _ in range(2):
        await attempts.failed(PassingError("away"))
    with pytest.raises(UnavailableError, match=r"away \(tried 3 times\)"):
        await attempts.failed(PassingError("away"))
