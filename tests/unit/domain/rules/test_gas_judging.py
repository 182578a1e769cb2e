"""Rules on the gas that hours are given: too old, not of this network, another one within an hour."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest

from shared.domain.attribution import GasHow
from shared.domain.hour_gas import HourGas
from shared.domain.line_terms import TermsTable
from shared.domain.quantities import ABSENT
from shared.domain.register import Register
from shared.domain.rules.catalogue import ON_GAS
from shared.domain.rules.gas_evidence import GasEvidence
from shared.domain.rules.gas_judging import judge_gas
from shared.domain.rules.rule import Hits, Rule, Severity
from shared.domain.topology import Line
from tests.unit.domain.rules.one_context import FIRST, LINE, STATION, TERMS

GCV = 11_200_000


class Told(NamedTuple):
    """What an hour is given: calorific value, that of the hour before, and the age of the analysis."""

    gcv: int = GCV
    before: int = GCV
    age_h: float = 0.0


def found(*told: Told, line: Line = LINE, rules: list[Rule[GasEvidence]] | None = None) -> list[tuple[int, str, str]]:
    """Return row, rule and severity of what is found."""
    count = len(told)
    nothing, gcv, before = np.zeros(count, np.int64), *(np.array([one[i] for one in told], np.int64) for i in (0, 1))
    how = np.full(count, GasHow.ANALYSIS, np.uint8)
    age_h = np.array([one.age_h for one in told])
    gas = HourGas(how, nothing, nothing, gcv, before, age_h, np.full(count, ABSENT))
    table = TermsTable.of(Register({STATION.id: STATION}, {line.id: line}))
    terms = table.lookup([line.id], np.zeros(count, np.uint32), np.full(count, FIRST, np.int32))
    judged = judge_gas(gas, terms, table, rules or list(ON_GAS))
    assert not judged.defects or rules
    hits = sorted(judged.hits[["row", "rule", "severity"]].tolist())
    return [(row, (rules or ON_GAS)[rule].card.id, Severity(severity).name) for row, rule, severity in hits]


@pytest.mark.parametrize(
    ("age_h", "severity"),
    [
        (0.0, None),
        (1.0, None),
        (np.nan, None),
        (-1.0, None),
        (np.nextafter(1.0, 2), "W"),
        (24.0, "W"),
        (np.nextafter(24.0, 25), "F"),
        (np.inf, "F"),
    ],
)
def test_d13_analysis_of_another_hour(age_h: float, severity: str | None) -> None:
    """Shown beyond an hour, kept back beyond a day; where no chromatograph is named there is no age."""
    assert found(Told(age_h=age_h)) == ([] if severity is None else [(0, "D13", severity)])


def test_d8_of_the_network_of_the_line() -> None:
    """As a line's own calorific value; one that is not known is not judged."""
    told = [
        Told(9_999_999, 9_999_999),
        Told(10_000_000, 10_000_000),
        Told(12_800_001, 12_800_001),
        Told(ABSENT, ABSENT),
    ]
    assert found(*told) == [(0, "D8", "F"), (2, "D8", "F")]
    lean = replace(LINE, terms=(replace(TERMS, network="L"),))
    assert found(Told(9_999_999, 9_999_999), line=lean) == []


def test_d15_of_the_gas_itself() -> None:
    """By the analyses alone: more than three percent from one hour to the next, up or down."""
    told = [Told(11_535_999), Told(11_536_001), Told(10_863_999), Told(before=ABSENT), Told(before=0)]
    assert found(*told) == [(1, "D15", "W"), (2, "D15", "W")]


def test_settings_of_the_line() -> None:
    """Thresholds and severities are its own, as of any rule."""
    own = (("D13.held_h", 48.0), ("D15.severity", 2.0))
    patient = replace(LINE, terms=(replace(TERMS, thresholds=own),))
    assert found(Told(age_h=47.0), Told(12_000_000), line=patient) == [(0, "D13", "W"), (1, "D15", "F")]


def test_a_rule_that_raises_harms_no_other_hour() -> None:
    """It is told as a defect, of the one hour that it raises on."""

    def fails(evidence: GasEvidence) -> Hits:
        if (evidence.gas.age_h == 7).any():
            raise ZeroDivisionError
        return ON_GAS[1].find(evidence)

    broken = replace(ON_GAS[1], find=fails)
    assert found(Told(age_h=30), Told(age_h=7), Told(), rules=[broken]) == [(0, "D13", "F"), (1, "D13", "F")]
