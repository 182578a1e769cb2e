"""Judging analyses: what is rejected, what is kept back, what is only told."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.domain.analysis import KEPT_ANALYSIS, apply_analysis, empty_analyses
from shared.domain.revision import Outcome
from shared.domain.rules.analysis_judging import judge_analyses, online_only

HOUR = 498_754
KNOWN_AT_MS = (HOUR + 1) * 3_600_000 + 130_000
WHOLE = [933_212, 25_656, 15_368, 0, 0, 0, 0, 0, 0, 10_350, 15_414, 0, 0, 0]
"""Annex D example 1: 11.249056 kWh/m³(n) at 25/0."""


def analyses(*methane_millionths: int) -> NDArray[np.void]:
    """Return analyses of the example with another share of methane each."""
    rows = empty_analyses(len(methane_millionths))
    rows["hour"], rows["shares"], rows["gcv"] = HOUR, WHOLE, 11_249_056
    rows["shares"][:, 0] = methane_millionths
    return rows


def test_a_good_analysis_has_no_findings() -> None:
    """It is applied as it is."""
    judged = judge_analyses(analyses(933_212), KNOWN_AT_MS)
    assert (judged.rejected, judged.findings, judged.doubts) == ({}, [], {})


def test_an_analysis_that_serves_nothing_online_is_rejected() -> None:
    """A6, whatever else was found of it; the others stay as they were judged."""
    rows = analyses(933_212 - 15_000, 933_212 - 15_000, 933_212 - 25_000)
    rows["hour"] = [HOUR - 2, HOUR - 1, HOUR - 2]
    judged = judge_analyses(rows, KNOWN_AT_MS)
    kept = online_only(judged, rows["hour"], HOUR - 1)
    assert {row: one.rule for row, one in kept.rejected.items()} == {0: "A6", 2: "D1"}
    assert (kept.rejected[0].observed, kept.rejected[0].threshold) == ((HOUR - 1) * 3600, (HOUR - 1) * 3600)
    assert (kept.doubts, {one.row for one in kept.findings}) == ({1: "D1"}, {1})
    assert online_only(judged, rows["hour"], HOUR - 2) is judged


def test_a_sum_that_is_far_off_is_rejected_and_one_that_is_near_waits() -> None:
    """D1: more than 2 mol % is no composition; up to 0.5 is normalised; what lies between is kept back."""
    judged = judge_analyses(analyses(933_212, 933_212 - 4_000, 933_212 - 15_000, 933_212 - 25_000), KNOWN_AT_MS)
    assert [(row, one.rule) for row, one in judged.rejected.items()] == [(3, "D1")]
    assert judged.doubts == {2: "D1"}
    assert [one.row for one in judged.findings if one.rule == "D1"] == [2]


def test_an_analysis_of_an_hour_that_has_not_ended_is_rejected() -> None:
    """A6, with the bound that it broke; clocks may differ by two minutes."""
    assert not judge_analyses(analyses(933_212), KNOWN_AT_MS - 250_000).rejected
    rejected = judge_analyses(analyses(933_212), KNOWN_AT_MS - 251_000).rejected[0]
    assert (rejected.rule, rejected.observed) == ("A6", (HOUR + 1) * 3600)


def test_a_calorific_value_of_another_gas_is_kept_back() -> None:
    """D3, beyond its second bound."""
    rows = analyses(933_212)
    rows["gcv"] = 11_275_000  # within the second bound: shown, and applied
    mild = judge_analyses(rows, KNOWN_AT_MS)
    assert ([(one.rule, one.severity.name) for one in mild.findings], mild.doubts) == ([("D3", "W")], {})
    rows["gcv"] = 11_400_000
    assert judge_analyses(rows, KNOWN_AT_MS).doubts == {0: "D3"}


def _kept(revision: int, sent: int, gcv: int = 11_249_056) -> np.void:
    row: np.void = np.zeros(1, KEPT_ANALYSIS)[0]
    row["revision"], row["sent"], row["gcv"] = revision, sent, gcv
    return row


@pytest.mark.parametrize(
    ("kept", "coming", "became"),
    [
        (_kept(0, 0), _kept(0, 5), Outcome.ACCEPTED),
        (_kept(1, 5), _kept(0, 4), Outcome.REPEATED),
        (_kept(1, 5), _kept(0, 5, 11_300_000), Outcome.ACCEPTED),
        (_kept(1, 5), _kept(0, 4, 11_300_000), Outcome.HELD),
        (_kept(65_535, 5), _kept(0, 9, 11_300_000), Outcome.HELD),
    ],
)
def test_what_becomes_of_an_analysis(kept: np.void, coming: np.void, became: Outcome) -> None:
    """The later sent wins, then the order of arrival."""
    assert apply_analysis(kept, coming) is became
