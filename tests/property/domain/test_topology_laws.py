"""The register as laws: the same changes give the same register, and terms hold without gap until the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.register import Register
from shared.domain.topology import Change, Line, Station, Terms

STATION = Station("S", "Station")
START = date(2026, 1, 1)
days = st.integers(0, 40).map(lambda days: START + timedelta(days=days))
terms = st.lists(st.builds(Terms, days, st.sampled_from("ABC")), min_size=1, max_size=5)


def _registered(*many: list[Terms]) -> Line:
    """Return the line after a change for each list of terms."""
    register = Register()
    for some in many:
        after = register.applied(Change("op", "test", (STATION,), (Line("L", STATION.id, tuple(some)),)))
        assert isinstance(after, Register)
        register = after
    return register.lines["L"]


@given(terms, days)
def test_the_latest_terms_that_have_begun_hold(some: list[Terms], day: date) -> None:
    """Of two that begin on the same day the one written last; before the first, none."""
    begun = [(t.start, place, t) for place, t in enumerate(some) if t.start <= day]
    expected = max(begun, key=lambda entry: entry[:2])[2] if begun else None
    assert _registered(some).terms_on(day) == expected


@given(terms, terms)
def test_two_changes_are_one(first: list[Terms], second: list[Terms]) -> None:
    """Telling terms in two changes, or all in one, gives the same line."""
    assert _registered(first, second) == _registered([*first, *second])


@given(terms)
def test_a_change_applied_twice_is_applied_once(some: list[Terms]) -> None:
    """What is applied is a statement of what holds, not a step."""
    assert _registered(some, some) == _registered(some)


@given(terms, days, days)
def test_an_ended_line_is_not_active(some: list[Terms], end: date, day: date) -> None:
    """From its end on, whatever terms begin later."""
    active = replace(_registered(some), end=end).terms_on(day) is not None
    assert active == (min(t.start for t in some) <= day < end)
