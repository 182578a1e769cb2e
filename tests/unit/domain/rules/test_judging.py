"""Judging as a whole: what follows from hits, and what a rule of ours that raises may not harm."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from shared.domain.reading import Validity
from shared.domain.rules.catalogue import RULES
from shared.domain.rules.evidence import Evidence
from shared.domain.rules.judging import Judged, judge
from shared.domain.rules.rule import Hits, Rule, Severity, rule
from tests.unit.domain.rules.one_hour import (
    DAY,
    HOUR,
    KNOWN_AT_MS,
    LINE,
    TERMS,
    is_clean,
    judged,
    readings_of,
    table_of,
)

_BROKEN_AT = 13_000


def _judged_by(rules: tuple[Rule[Evidence], ...], *temperatures: int) -> Judged:
    readings = readings_of(*({"temperature": each} for each in temperatures))
    return judge(readings, table_of(LINE), KNOWN_AT_MS, rules=rules)


@rule("X1", "raises", formula="", severity=Severity.R, source="test", thresholds={"warm_c": 20.0})
def _raising(evidence: Evidence) -> Hits:
    """Raise where one temperature is 13 °C, hit where one is above 20 °C."""
    if (evidence.rows["temperature"] == _BROKEN_AT).any():
        raise ZeroDivisionError
    return Hits(evidence.value("temperature") > evidence.thresholds["warm_c"])


@rule("X2", "too few answers", formula="", severity=Severity.W, source="test")
def _misshapen(evidence: Evidence) -> Hits:
    """Answer for two readings, however many there are."""
    return Hits(np.zeros(min(len(evidence), 2), np.bool_))


@rule("X3", "two bounds", formula="", severity=Severity.W, source="test", thresholds={"high": 30.0})
def _two_bounds(evidence: Evidence) -> Hits:
    """Warn above 20 °C, fail above the higher bound."""
    temperature_c = evidence.value("temperature")
    graver = np.where(temperature_c > evidence.thresholds["high"], Severity.F, Severity.W).astype(np.uint8)
    return Hits(temperature_c > 20, temperature_c, severity=graver)


def test_one_bad_hour_harms_no_other() -> None:
    """Of three hours the middle one is rejected, the last one is doubtful, the first one is PRELIMINARY."""
    result = judged({}, {"volume": -1}, {"energy": 0})
    assert result.validity.tolist() == [Validity.PRELIMINARY, Validity.RECORDED, Validity.RECORDED]
    assert [(r.row, r.rule) for r in result.rejected] == [(1, "C2")]
    assert [(f.row, f.rule) for f in result.findings] == [(2, "D7")]


def test_the_first_rule_in_catalogue_order_rejects() -> None:
    """A future hour of an unknown line that flows back: one reason, A6, and no findings."""
    readings = readings_of({"hour": 600_000, "volume": -1, "temperature": 99_000}, lines=("X",))
    result = judge(readings, table_of(LINE), KNOWN_AT_MS)
    assert [r.rule for r in result.rejected] == ["A6"]
    assert result.findings == []


def test_findings_stand_in_order() -> None:
    """By row, within a row in catalogue order."""
    doubtful = {"energy": 0, "gcv": 1_000_000, "temperature": 99_000, "volume": 9_000_000}
    result = judged(doubtful, {}, doubtful)
    assert [(f.row, f.rule) for f in result.findings] == [(r, i) for r in (0, 2) for i in ("C1", "D7", "D8", "D10")]


def test_no_readings_no_judgement() -> None:
    """An empty record is judged without a word."""
    result = judge(readings_of(), table_of(LINE), KNOWN_AT_MS)
    assert is_clean(result)
    assert len(result.validity) == 0


def test_an_empty_register_knows_no_line() -> None:
    """Every reading is A9."""
    result = judge(readings_of({}, {}), table_of(), KNOWN_AT_MS)
    assert [(r.row, r.rule) for r in result.rejected] == [(0, "A9"), (1, "A9")]


@pytest.mark.parametrize("place", [0, 1, 2, 3, 4])
def test_a_rule_that_raises_harms_the_reading_it_raises_on(place: int) -> None:
    """That hour stays RECORDED with a finding that names the rule; the rule still judges all others."""
    temperatures = [8_000, 21_000, 8_000, 8_000, 8_000]
    temperatures[place] = _BROKEN_AT
    result = _judged_by((_raising,), *temperatures)
    (finding,) = result.findings
    assert finding[:3] == (place, "DEFECT:X1", Severity.F)
    assert math.isnan(finding.observed)
    assert result.validity[place] == Validity.RECORDED
    assert [r.row for r in result.rejected] == [row for row, each in enumerate(temperatures) if each == 21_000]
    assert isinstance(result.defects["X1"], ZeroDivisionError)


def test_a_rule_that_raises_does_not_stop_the_others() -> None:
    """What the next rule finds on the same hour is said as well."""
    result = _judged_by((_raising, *RULES), _BROKEN_AT, 99_000)
    assert [f.rule for f in result.findings] == ["DEFECT:X1"]
    assert [r.rule for r in result.rejected] == ["X1"]
    result = _judged_by((*RULES, _misshapen), 99_000, 8_000, 8_000)
    assert [f.rule for f in result.findings if f.row == 0] == ["D10"]


def test_a_rule_that_answers_for_too_few_is_halved_until_it_fits() -> None:
    """Two readings fit: nobody is blamed."""
    assert is_clean(_judged_by((_misshapen,), 8_000, 8_000, 8_000, 8_000))


def test_a_rule_that_raises_on_nothing_is_no_finding() -> None:
    """Without readings there is nobody to say it of, but the defect is told."""

    @rule("X4", "always raises", formula="", severity=Severity.W, source="test")
    def always(evidence: Evidence) -> Hits:
        """Raise."""
        raise LookupError(len(evidence))

    result = _judged_by((always,))
    assert result.findings == []
    assert list(result.defects) == ["X4"]


def test_a_rule_with_two_bounds() -> None:
    """The rule says for each reading which bound was broken."""
    result = _judged_by((_two_bounds,), 8_000, 25_000, 35_000)
    assert [(f.row, f.severity) for f in result.findings] == [(1, Severity.W), (2, Severity.F)]
    assert result.validity.tolist() == [Validity.PRELIMINARY, Validity.PRELIMINARY, Validity.RECORDED]


def test_a_rule_explains_itself() -> None:
    """The docstring is the explanation, in one line."""
    assert _raising.card.words == "Raise where one temperature is 13 °C, hit where one is above 20 °C."


def test_line_thresholds_survive_the_halving() -> None:
    """A part of the readings is judged by its own thresholds."""
    strict = replace(TERMS, start=DAY, thresholds=(("X1.warm_c", 5.0),))
    table = table_of(replace(LINE, terms=(TERMS, strict)))
    hours = [{"hour": HOUR - 5}, {"hour": HOUR - 5, "temperature": _BROKEN_AT}, {}, {"hour": HOUR - 5}, {}]
    result = judge(readings_of(*hours), table, KNOWN_AT_MS, rules=(_raising,))
    assert [f.row for f in result.findings] == [1]
    assert [r.row for r in result.rejected] == [2, 4]
