"""Of what the strip on every page warns, and when."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from services.query.pages.strip import Warned, warned
from shared.access.caller import Caller
from shared.access.ends import Ends, ends_of
from tests.registered import NOW, a_client, a_company, a_key

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("days", "state"), [(61, ""), (60, "ahead"), (31, "ahead"), (30, "soon"), (7, "urgent"), (0, "urgent")]
)
def test_steps_are_those_of_the_interface(days: int, state: str) -> None:
    """60, 30 and 7 days, of certificate and agreement alike; before nothing is said."""
    told = [Warned(what, state, days) for what in ("certificate", "agreement")] if state else []
    assert list(warned(Caller("anna", ends=Ends(NOW + days * DAY, TODAY + days * DAY)), NOW)) == told


def test_what_is_over_is_warned_of_no_more() -> None:
    """It is refused at the door."""
    assert list(warned(Caller("anna", ends=Ends(NOW - DAY, TODAY - DAY)), NOW)) == []


def test_a_certificate_that_another_follows_is_none_to_warn_of() -> None:
    """The last one counts; a revoked one follows nothing; staff have no agreement."""
    soon, later = a_key("old", not_after=NOW + DAY), a_key("new", not_after=NOW + 90 * DAY)
    assert ends_of(a_client("anna", "ACME", soon, later), a_company()).certificate == later.not_after
    revoked = a_key("new", not_after=NOW + 90 * DAY, revoked_at=NOW)
    assert ends_of(a_client("anna", "ACME", soon, revoked), a_company()) == Ends(soon.not_after, date(2030, 1, 1))
    assert ends_of(a_client("sven", "", soon), None) == Ends(soon.not_after, None)
    assert ends_of(a_client("anna", "ACME", revoked), a_company(end=TODAY)) == Ends(None, TODAY)
