"""Family B by example."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from shared.domain.reading import Provenance, Validity
from shared.domain.rules.rule import Severity
from tests.unit.domain.rules.one_hour import END_MS, LINE, is_clean, judged, line_with, only_finding

_LATE_MS = END_MS + 2 * 3_600_000


def test_b5_hour_that_came_late() -> None:
    """Two hours after its end: shown, and PRELIMINARY all the same."""
    result = judged(known_at_ms=_LATE_MS)
    assert only_finding(result) == (0, "B5", Severity.W, 2.0, 1.5)
    assert result.validity.tolist() == [Validity.PRELIMINARY]


def test_b5_an_hour_and_a_half_is_in_time() -> None:
    """The bound itself is in time, one millisecond more is not."""
    assert is_clean(judged(known_at_ms=END_MS + 5_400_000))
    assert only_finding(judged(known_at_ms=END_MS + 5_400_001)).rule == "B5"


def test_b5_files_are_not_late() -> None:
    """A file brings what it brings when it comes."""
    assert is_clean(judged({"provenance": Provenance.FROM_FILE}, known_at_ms=_LATE_MS))


def test_b5_line_without_teletransmission() -> None:
    """Nobody expects its hours within 1.5 h."""
    assert is_clean(judged(line=line_with(teletransmitted=False), known_at_ms=_LATE_MS))


def test_b5_line_that_is_not_live_yet() -> None:
    """Deadlines begin on the gas day on which a line goes live."""
    assert is_clean(judged(line=replace(LINE, live_from=date(2026, 11, 21)), known_at_ms=_LATE_MS))
    assert not is_clean(judged(line=replace(LINE, live_from=date(2026, 11, 20)), known_at_ms=_LATE_MS))
