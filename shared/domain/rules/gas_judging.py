"""Judging the gas that hours are given by a chromatograph: every rule on it, over the hours of many lines at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.domain.hour_gas import HourGas
from shared.domain.line_terms import TermsTable
from shared.domain.rules.catalogue import ON_GAS
from shared.domain.rules.gas_evidence import GasEvidence
from shared.domain.rules.judging import HIT, hits_of
from shared.domain.rules.rule import Rule
from shared.domain.rules.settings import Settings


@dataclass(frozen=True, slots=True)
class JudgedGas:
    """What the rules find: HIT rows (`rule` is a place in ON_GAS), and the first error of each rule that raised."""

    hits: NDArray[np.void]
    defects: dict[str, Exception]


def judge_gas(
    gas: HourGas, terms: NDArray[np.void], table: TermsTable, rules: Sequence[Rule[GasEvidence]] = ON_GAS
) -> JudgedGas:
    """Judge the gas of hours.

    Args:
        gas: What they are given.
        terms: What the register says of each one's line in that hour (dtype TERMS).
        table: The register.
        rules: The rules.
    """
    settings, evidence = Settings({}, table, terms), GasEvidence(gas, terms, {})
    found, defects = [np.zeros(0, HIT)], dict[str, Exception]()
    for place, rule in enumerate(rules):
        hits = hits_of(rule, evidence.under(settings.thresholds(rule)), settings, defects)
        hits["rule"] = place
        found.append(hits)
    return JudgedGas(np.concatenate(found), defects)
