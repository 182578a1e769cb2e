"""Judging hours in context after a step changed them, and what follows: findings, validity, what is kept back."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from services.aggregation.batch import Step
from services.aggregation.deciding import Deciding
from services.aggregation.settled import Found
from shared.domain.line_context import AROUND_HOURS, BLOCKED, PRESENT
from shared.domain.reading import Provenance, Validity
from shared.domain.rules.catalogue import IN_CONTEXT
from shared.domain.rules.context_evidence import ContextEvidence
from shared.domain.rules.context_judging import judge_in_context
from shared.domain.rules.judging import DEFECT
from shared.domain.rules.rule import Severity

Ints = NDArray[np.int64]


def judge(deciding: Deciding, step: Step, line: Ints, hour: Ints) -> None:
    """Judge hours that a step has changed, each once, and the hours after them that look back on them.

    Args:
        deciding: The batch.
        step: The record.
        line: Number in the contexts of each hour's line.
        hour: Hour numbers.
    """
    judged = [(line, hour), *_looking_back(deciding, line, hour), *_checked(deciding, line, hour)]
    lines, hours = (np.concatenate(part) for part in zip(*judged, strict=True))
    names = list(deciding.contexts.numbers)
    terms = deciding.register.table.lookup(names, lines.astype(np.uint32), hours.astype(np.int32))
    evidence = ContextEvidence(deciding.contexts, lines, hours, terms, _check_numbers(deciding, terms))
    found = judge_in_context(evidence, deciding.register.table)
    for rule, fault in found.defects.items():
        deciding.settled.defects.setdefault(rule, fault)
    if len(found.found):
        _conclude(deciding, step, found.found, set(zip(line.tolist(), hour.tolist(), strict=True)))


def _looking_back(deciding: Deciding, line: Ints, hour: Ints) -> list[tuple[Ints, Ints]]:
    """Return the hours that have values already and follow, within a day, one that was changed: they see it anew."""
    late = np.flatnonzero(deciding.contexts.newest[line] > hour)
    if not len(late):
        return []
    changed = set(zip(line[late].tolist(), hour[late].tolist(), strict=True))
    lines = np.repeat(line[late], AROUND_HOURS - 1)
    hours = (hour[late][:, None] + np.arange(1, AROUND_HOURS)).reshape(-1)
    place = deciding.contexts.positions(lines, hours)
    there = (place >= 0) & ((deciding.contexts.rows["state"][place] & np.uint8(PRESENT)) != 0)
    changed |= set(zip(line.tolist(), hour.tolist(), strict=True))
    wanted = sorted(set(zip(lines[there].tolist(), hours[there].tolist(), strict=True)) - changed)
    return [_pairs(wanted)] if wanted else []


def _checked(deciding: Deciding, line: Ints, hour: Ints) -> list[tuple[Ints, Ints]]:
    """Return the same hours of the lines that these lines check."""
    if (deciding.register.table.rows["check"] < 0).all():
        return []
    names, checked_by = list(deciding.contexts.numbers), _checked_lines(deciding)
    told = set(zip(line.tolist(), hour.tolist(), strict=True))
    wanted = {(other, at) for number, at in told for other in checked_by.get(names[number], ())} - told
    return [_pairs(sorted(wanted))] if wanted else []


def _checked_lines(deciding: Deciding) -> dict[str, list[int]]:
    """Return, by line, the numbers in the contexts of the lines that it checks."""
    found: dict[str, list[int]] = defaultdict(list)
    for name, number in deciding.contexts.numbers.items():
        known = deciding.register.register.lines.get(name)
        for check in {terms.check.line for terms in known.terms if terms.check} if known else ():
            found[check].append(number)
    return found


def _check_numbers(deciding: Deciding, terms: NDArray[np.void]) -> Ints:
    """Return the number in the contexts of the line that checks each hour's line, -1 where there is none."""
    numbers = np.full(len(terms), -1, np.int64)
    named = np.flatnonzero(terms["check"] >= 0)
    if len(named):
        names = list(deciding.register.table.numbers)
        numbers[named] = [deciding.contexts.numbers.get(names[number], -1) for number in terms["check"][named].tolist()]
    return numbers


def _conclude(deciding: Deciding, step: Step, found: NDArray[np.void], fresh: set[tuple[int, int]]) -> None:
    """Write what was found into the hours, and tell it: one finding a line, rule and severity."""
    names = list(deciding.contexts.numbers)
    groups: dict[tuple[str, str, str], list[tuple[int, float, float]]] = defaultdict(list)
    for number, hour, rule, severity, defect, observed, threshold in found.tolist():
        key = (number, hour)
        _mark(deciding, names[number], hour, rule, blocks=severity == Severity.F, fresh=key in fresh)
        told = (DEFECT if defect else "") + IN_CONTEXT[rule].card.id
        groups[names[number], told, Severity(severity).name].append((hour, observed, threshold))
    for (line, rule, severity), each in groups.items():
        hours, observed, threshold = zip(*each, strict=True)
        name = f"{deciding.next_name(step)}/{line}|{rule}"
        numbers = ([_number(value) for value in observed], [_number(value) for value in threshold])
        deciding.settled.findings.append(
            Found(name, line, rule, severity, list(hours), *numbers, step.known_at_ms, step.offset)
        )


def _mark(  # noqa: PLR0913 - what a rule found of an hour, and what follows
    deciding: Deciding, line: str, hour: int, rule: int, *, blocks: bool, fresh: bool
) -> None:
    """Note on an hour that a rule found something; one that has just come stays RECORDED if that keeps it back."""
    row = deciding.table.row(line, hour)
    row["found"] |= np.uint16(1 << rule)
    row["provenance"] |= np.uint8(Provenance.FOUND | (Provenance.BLOCKED if blocks else 0))
    if blocks and fresh:
        row["validity"] = Validity.RECORDED
    deciding.table.put(line, hour, row)
    if blocks:
        number = np.array([deciding.contexts.numbers[line]])
        deciding.contexts.rows["state"][deciding.contexts.positions(number, np.array([hour]))] |= np.uint8(BLOCKED)


def _pairs(pairs: list[tuple[int, int]]) -> tuple[Ints, Ints]:
    return np.array([line for line, _ in pairs], np.int64), np.array([hour for _, hour in pairs], np.int64)


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
