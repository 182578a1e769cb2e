"""Judging the gas that hours are given, and what follows: findings, validity, what is kept back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from services.aggregation.batch import Step
from services.aggregation.deciding import Deciding, Seen
from services.aggregation.hours import Hours, put_rows, rows_of
from shared.domain.hour_gas import HourGas
from shared.domain.reading import Provenance, Validity, flagged
from shared.domain.rules.catalogue import IN_CONTEXT, ON_GAS
from shared.domain.rules.gas_judging import judge_gas
from shared.domain.rules.judging import DEFECT
from shared.domain.rules.rule import Severity
from shared.domain.rules.step import quality_drifts

_DRIFTS = ON_GAS.index(quality_drifts)
DRIFTS_BIT = np.uint16(1 << IN_CONTEXT.index(quality_drifts))
"""The one rule on gas that may pass or fail because of the hour before; its hits are remembered in the hour."""


def judge_given(deciding: Deciding, step: Step, hours: Hours, gas: HourGas, changed: NDArray[np.intp]) -> None:
    """Judge the gas of hours that changed; of the others, whether it still drifts: the hour before may have changed.

    Hours that nobody serves and that were never given any gas are told once, as long as somebody should serve them.
    """
    rows = rows_of(deciding, hours)
    terms = deciding.register.table.lookup(hours.names, hours.line.astype(np.uint32), hours.hour.astype(np.int32))
    judged = judge_gas(gas, terms, deciding.register.table)
    for rule, fault in judged.defects.items():
        deciding.settled.defects.setdefault(rule, fault)
    is_changed = np.full(len(hours), hours.fresh)
    is_changed[changed] = True
    drifted, is_free = (rows["found"] & DRIFTS_BIT) != 0, ~flagged(rows, Provenance.GAS_BLOCKED)
    hits, is_untold = judged.hits, (rows["gas"] == 0) & is_free
    drifts = np.zeros(len(hours), np.bool_)
    drifts[hits["row"][hits["rule"] == _DRIFTS]] = True
    _drift_no_more(deciding, step, hours.only(drifted & ~drifts & ~is_changed & is_free))
    news = is_changed[hits["row"]] | ((hits["rule"] == _DRIFTS) & ~drifted[hits["row"]])
    news |= is_untold[hits["row"]] & (hits["severity"] >= Severity.F)
    _conclude(deciding, step, hours, hits[news], is_changed)


def _drift_no_more(deciding: Deciding, step: Step, hours: Hours) -> None:
    if not len(hours):
        return
    rows = rows_of(deciding, hours)
    rows["found"] &= ~DRIFTS_BIT
    put_rows(deciding, hours, rows)
    for line in np.unique(hours.line).tolist():
        concerned = hours.hour[hours.line == line].tolist()
        deciding.lift(step, hours.names[line], concerned, "withdrawn", rule=quality_drifts.card.id)


def _conclude(
    deciding: Deciding, step: Step, hours: Hours, hits: NDArray[np.void], is_changed: NDArray[np.bool_]
) -> None:
    """Write what was found into the hours, and tell it: one finding a line, rule and severity."""
    if not len(hits):
        return
    rows = rows_of(deciding, hours)
    groups: dict[tuple[int, str, Severity], list[Seen]] = defaultdict(list)
    for place, rule, severity, defect, observed, threshold in hits[
        ["row", "rule", "severity", "defect", "observed", "threshold"]
    ].tolist():
        row, card, blocks = rows[place], ON_GAS[rule].card.id, severity >= Severity.F
        row["provenance"] |= np.uint8(Provenance.FOUND | (Provenance.GAS_BLOCKED if blocks else 0))
        if rule == _DRIFTS:
            row["found"] |= DRIFTS_BIT
        if blocks:
            row["failed"] = row["failed"] or card.encode()
            row["validity"] = Validity.RECORDED if is_changed[place] else row["validity"]
        told = (DEFECT if defect else "") + card
        groups[int(hours.line[place]), told, Severity(severity)].append((int(hours.hour[place]), observed, threshold))
    put_rows(deciding, hours, rows)
    for (line, rule, severity), seen in groups.items():
        place = "" if hours.fresh else place_of(seen)
        deciding.find(step, hours.names[line], rule, severity, seen, place=place)


def place_of(seen: Sequence[Seen]) -> str:
    """Name what is found of hours that are told again by the first of them: parts must not count."""
    return f"gas/{seen[0][0]}"
