"""Thresholds and severities: ours, the installation's, the line's from a gas day on."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from shared.domain.reading import Validity
from shared.domain.rules.catalogue import default_settings, setting_refusal
from shared.domain.rules.rule import Severity
from tests.unit.domain.rules.one_hour import DAY, HOUR, LINE, TERMS, is_clean, judged, line_with, only_finding

_OFF_BY_TEN_KWH = {"energy": 11_510_000}


def test_the_installation_sets_a_threshold() -> None:
    """0.1 % instead of 0.05 %."""
    assert only_finding(judged(_OFF_BY_TEN_KWH)).threshold == pytest.approx(5.75)
    assert is_clean(judged(_OFF_BY_TEN_KWH, thresholds={"D7.relative": 0.001}))


def test_a_line_sets_a_threshold() -> None:
    """The line's own goes before the installation's."""
    line = line_with(thresholds=(("D7.relative", 0.001),))
    assert is_clean(judged(_OFF_BY_TEN_KWH, line=line, thresholds={"D7.relative": 0.0001}))


def test_a_threshold_holds_from_its_gas_day() -> None:
    """The hour before 06:00 of that gas day is judged by what held before."""
    strict = replace(TERMS, start=DAY, thresholds=(("D8.h_highest", 11.0),))
    line = replace(LINE, terms=(TERMS, strict))
    result = judged({"hour": HOUR - 5}, {"hour": HOUR - 4}, line=line)
    assert [(f.row, f.rule, f.threshold) for f in result.findings if f.rule == "D8"] == [(1, "D8", 11.0)]


def test_terms_that_set_nothing_leave_the_installation_its_threshold() -> None:
    """Once the line's own threshold has ended, the installation's holds again."""
    own = replace(TERMS, thresholds=(("D10.highest_c", 5.0),))
    line = replace(LINE, terms=(own, replace(TERMS, start=DAY)))
    result = judged({"hour": HOUR - 5}, {"hour": HOUR}, line=line, thresholds={"D10.highest_c": 7.0})
    assert [f.threshold for f in result.findings if f.rule == "D10"] == [5.0, 7.0]


def test_the_installation_sets_a_severity() -> None:
    """A temperature that blocks the close."""
    result = judged({"temperature": 70_000}, thresholds={"D10.severity": Severity.F})
    assert only_finding(result).severity is Severity.F
    assert result.validity.tolist() == [Validity.RECORDED]


def test_a_line_sets_a_severity_from_its_gas_day() -> None:
    """A rule may reject on one line, from a day on, what it shows on others."""
    strict = replace(TERMS, start=DAY, thresholds=(("D10.severity", float(Severity.R)),))
    line = replace(LINE, terms=(TERMS, strict))
    result = judged({"hour": HOUR - 5, "temperature": 70_000}, {"temperature": 70_000}, line=line)
    assert [(r.row, r.rule) for r in result.rejected] == [(1, "D10")]
    assert (0, "D10", Severity.W, 70.0, 60.0) in result.findings


@pytest.mark.parametrize("number", [0.0, 4.0, 1.5, math.nan])
def test_a_number_that_is_no_severity_leaves_the_default(number: float) -> None:
    """The door refuses it; should it stand in the log all the same, judging goes on."""
    line = line_with(thresholds=(("D10.severity", number),))
    assert only_finding(judged({"temperature": 70_000}, line=line)).severity is Severity.W


@pytest.mark.parametrize(
    ("name", "number", "said"),
    [
        ("D7.relativ", 0.1, "no setting"),
        ("A2.severity", 1, "no setting"),
        ("D7.relative", math.inf, "finite"),
        ("D7.severity", 4, "write 1 (W), 2 (F), 3 (R)"),
        ("C5.severity", 3, "write 1 (W), 2 (F)"),
        ("close.working_day", 16, "a whole number from 0 to 15"),
        ("close.working_day", -1, "a whole number from 0 to 15"),
        ("B2.file_h", 1.5, "a whole number from 0 to 1488"),
    ],
)
def test_what_cannot_be_set(name: str, number: float, said: str) -> None:
    """The refusal says what to write instead."""
    assert said in (setting_refusal(name, number) or "")


def test_every_default_can_be_set() -> None:
    """Each threshold and severity, to what it is already."""
    defaults = default_settings()
    assert defaults["D7.relative"] == 0.0005
    assert defaults["C2.severity"] == Severity.R
    assert [setting_refusal(name, number) for name, number in defaults.items()] == [None] * len(defaults)
