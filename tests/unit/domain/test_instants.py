"""Moments as they are written everywhere."""

from __future__ import annotations

from shared.domain.instants import instant, known_instant


def test_milliseconds_are_kept() -> None:
    """Three places, also where they are zero; before anything is known there is no moment."""
    assert instant(1_795_604_530_007) == known_instant(1_795_604_530_007) == "2026-11-25T11:02:10.007Z"
    assert instant(0) == "1970-01-01T00:00:00.000Z"
    assert known_instant(0) is None
