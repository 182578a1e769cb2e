"""When a right may be used: the bounds of its period and of its agreement, on their days."""

from __future__ import annotations

from datetime import date

import pytest

from shared.access.opening import Holding, opened_to
from tests.registered import NOW, a_company, a_right

FIRST, LAST, END = date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)
BEFORE = date(2026, 2, 28)


@pytest.mark.parametrize(("today", "is_open"), [(BEFORE, False), (FIRST, True), (LAST, True), (END, False)])
def test_a_right_is_open_from_its_first_day_until_its_last(today: date, is_open: bool) -> None:  # noqa: FBT001 - a case
    """Its own period of use, or that of its agreement: the day that is told as the end is not included."""
    for company, right in (
        (a_company(), a_right("1", line="L", use=(FIRST, END))),
        (a_company(first=FIRST, end=END), a_right("1", line="L")),
    ):
        opened = opened_to(Holding(company, (right,)), "anna", today, lambda _: {})
        assert bool(opened.lines) is is_open


def test_what_was_taken_back_or_belongs_to_no_agreement_opens_nothing() -> None:
    """Nor what is a colleague's, nor what is passed on without anything behind it."""
    rights = (
        a_right("1", line="L", revoked_at=NOW),
        a_right("2", line="L", agreement="A-2"),
        a_right("3", line="L", client="bart"),
        a_right("4", line="L", delegated_by="GIVER"),
    )
    holding = Holding(a_company(), rights, {"GIVER": Holding(a_company("GIVER"))})
    assert not opened_to(holding, "anna", FIRST, lambda _: {}).lines
