"""Warnings come 60, 30 and 7 days before a certificate expires, of the last one alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.access.certificates.expiry import Left, days_left, last_key, left, warning
from tests.registered import NOW, a_client, a_key


@pytest.mark.parametrize(
    ("remaining", "step", "days"),
    [
        (timedelta(days=61), Left.LONGER, 61),
        (timedelta(days=60, seconds=1), Left.LONGER, 60),
        (timedelta(days=60), Left.DAYS_60, 60),
        (timedelta(days=30, seconds=1), Left.DAYS_60, 30),
        (timedelta(days=30), Left.DAYS_30, 30),
        (timedelta(days=7), Left.DAYS_7, 7),
        (timedelta(0), Left.DAYS_7, 0),
        (timedelta(seconds=-1), Left.EXPIRED, 0),
    ],
)
def test_each_step_begins_on_its_second(remaining: timedelta, step: Left, days: int) -> None:
    """On both sides of each bound."""
    key = a_key("anna", not_after=NOW + remaining)
    assert (left(key, NOW), days_left(key, NOW)) == (step, days)
    assert warning(a_client("anna", "ACME", key), key, NOW) is (None if step is Left.LONGER else step)


def test_the_one_that_has_a_successor_may_run_out() -> None:
    """A revoked successor is none."""
    soon = a_key("anna", not_after=NOW + timedelta(days=5))
    later = a_key("next", not_after=NOW + timedelta(days=20))
    client = a_client("anna", "ACME", soon, later)
    assert (warning(client, soon, NOW), warning(client, later, NOW)) == (None, Left.DAYS_30)
    alone = a_client("anna", "ACME", soon, a_key("next", revoked_at=NOW))
    assert warning(alone, soon, NOW) is Left.DAYS_7
    assert last_key(a_client("anna", "ACME", a_key("anna", revoked_at=NOW))) is None
