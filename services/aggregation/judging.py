"""Judging hours in context after a step changed them, and what follows: findings, validity, what is kept back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from services.aggregation.batch import Step
from services.aggregation.deciding import Deciding, Seen
from services.aggregation.giving import give_own
from shared.domain.line_context import AROUND_HOURS, BLOCKED, PRESENT
from shared.domain.quantities import ABSENT
from shared.domain.reading import MEASURES, Provenance, Readings, Source, Validity, empty_rows
from shared.domain.revision import HOUR, OF_GAS
from shared.domain.rules.catalogue import IN_CONTEXT, ON_VALUES
from shared.domain.rules.context_evidence import ContextEvidence
from shared.domain.rules.context_judging import judge_in_context
from shared.domain.rules.judging import DEFECT
from shared.domain.rules.judging import judge as judge_readings
from shared.domain.rules.rule import Severity
from shared.events.topics import RECORDED

Ints = NDArray[np.int64]


def judge(deciding: Deciding, step: Step, line: Ints, hour: Ints, followed: NDArray[np.bool_]) -> None:
    """Judge hours that a step has changed, each once, and the hours after them that look back on them.

    Args:
        deciding: The batch.
        step: The record.
        line: Number in the contexts of each hour's line.
        hour: Hour numbers.
        followed: Which of them had later hours of their line behind them before the step.
    """
    judged = [(line, hour), *_looking_back(deciding, line, hour, followed), *_checked(deciding, line, hour)]
    lines, hours = (np.concatenate(part) for part in zip(*judged, strict=True))
    names = list(deciding.contexts.numbers)
    terms = deciding.register.table.lookup(names, lines.astype(np.uint32), hours.astype(np.int32))
    evidence = ContextEvidence(deciding.contexts, lines, hours, terms, _check_numbers(deciding, terms))
    found = judge_in_context(evidence, deciding.register.table)
    for rule, fault in found.defects.items():
        deciding.settled.defects.setdefault(rule, fault)
    if len(found.found):
        _conclude(deciding, step, found.found, set(zip(line.tolist(), hour.tolist(), strict=True)))
    if len(found.passed):
        _withdraw(deciding, step, found.passed)


def followed_by(deciding: Deciding, line: Ints, hour: Ints) -> NDArray[np.bool_]:
    """Say which hours have later hours of their line behind them, as far as the contexts know."""
    followed: NDArray[np.bool_] = deciding.contexts.newest[line] > hour
    return followed


def judge_own(deciding: Deciding, step: Step, hours: Mapping[str, Sequence[int]]) -> None:
    """Judge values of ours, estimated or decided, as any other: their gas, by themselves, in context; hours by line."""
    give_own(deciding, step, hours)
    lines = [line for line, told in hours.items() for _ in told]
    told = [hour for each in hours.values() for hour in each]
    _judge_alone(deciding, step, lines, told)
    numbers = np.array([deciding.contexts.numbers[line] for line in lines], np.int64)
    judge(deciding, step, numbers, np.array(told, np.int64), followed_by(deciding, numbers, np.array(told, np.int64)))


def _judge_alone(deciding: Deciding, step: Step, lines: list[str], hours: list[int]) -> None:
    """Judge values of ours by the rules on values; what would reject a reading keeps them back: they are not sent."""
    rows, names = empty_rows(len(hours)), {line: place for place, line in enumerate(dict.fromkeys(lines))}
    standing = np.array([deciding.table.row(*told) for told in zip(lines, hours, strict=True)], HOUR)
    rows["line"], rows["hour"] = [names[line] for line in lines], hours
    for name in ("quality", *MEASURES):
        rows[name] = np.where(standing["gas"] > 0, ABSENT, standing[name]) if name in OF_GAS else standing[name]
    readings = Readings(rows, list(names), [Source(RECORDED.name, deciding.partition, step.offset, "", "", 0)])
    judged = judge_readings(readings, deciding.register.table, step.known_at_ms, rules=ON_VALUES)
    deciding.settled.defects |= judged.defects
    told = [(found.row, found.rule, found.severity, found.observed, found.threshold) for found in judged.findings]
    told += [(one.row, one.rule, Severity.F, one.observed, one.threshold) for one in judged.rejected]
    groups: dict[tuple[str, str, Severity], list[Seen]] = defaultdict(list)
    for row, rule, severity, observed, threshold in told:
        line, hour = lines[row], hours[row]
        _mark(deciding, line, hour, rule.removeprefix(DEFECT), blocks=severity >= Severity.F, fresh=True)
        groups[line, rule, severity].append((hour, observed, threshold))
    _tell(deciding, step, groups)


def _looking_back(deciding: Deciding, line: Ints, hour: Ints, followed: NDArray[np.bool_]) -> list[tuple[Ints, Ints]]:
    """Return the hours that have values already and follow, within a day, one that was changed: they see it anew."""
    late = np.flatnonzero(followed)
    if not len(late):
        return []
    contexts, lines = deciding.contexts, np.repeat(line[late], AROUND_HOURS - 1)
    hours = (hour[late][:, None] + np.arange(1, AROUND_HOURS)).reshape(-1)
    place = contexts.positions(lines, hours)
    present = (place >= 0) & ((contexts.rows["state"][place] & np.uint8(PRESENT)) != 0)
    fresh = present & ~np.isin(place, contexts.positions(line, hour))
    _, first = np.unique(place[fresh], return_index=True)
    wanted = np.flatnonzero(fresh)[first]
    return [(lines[wanted], hours[wanted])] if len(wanted) else []


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
    for line, check in deciding.register.checks:
        if line in deciding.contexts.numbers:
            found[check].append(deciding.contexts.numbers[line])
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
    groups: dict[tuple[str, str, Severity], list[Seen]] = defaultdict(list)
    for number, hour, rule, severity, defect, _, observed, threshold in found.tolist():
        key = (number, hour)
        card = IN_CONTEXT[rule].card.id
        _mark(deciding, names[number], hour, card, blocks=severity >= Severity.F, fresh=key in fresh, bit=1 << rule)
        told = (DEFECT if defect else "") + IN_CONTEXT[rule].card.id
        groups[names[number], told, Severity(severity)].append((hour, observed, threshold))
    _tell(deciding, step, groups)


def _withdraw(deciding: Deciding, step: Step, passed: NDArray[np.void]) -> None:
    """Settle what no longer is so because what a rule looks back on has changed."""
    names = list(deciding.contexts.numbers)
    groups: dict[tuple[str, int], list[int]] = defaultdict(list)
    for number, hour, rule in passed[["line", "hour", "rule"]].tolist():
        row = deciding.table.row(names[number], hour)
        row["found"] &= np.uint16(~(1 << rule) & 0xFFFF)
        deciding.table.put(names[number], hour, row)
        groups[names[number], rule].append(hour)
    for (line, rule), hours in groups.items():
        deciding.lift(step, line, hours, "withdrawn", rule=IN_CONTEXT[rule].card.id)


def _tell(deciding: Deciding, step: Step, groups: Mapping[tuple[str, str, Severity], list[Seen]]) -> None:
    """Tell findings: one a line, rule and severity."""
    for (line, rule, severity), seen in groups.items():
        deciding.find(step, line, rule, severity, seen)


def _mark(  # noqa: PLR0913 - what a rule found of an hour, and what follows
    deciding: Deciding, line: str, hour: int, rule: str, *, blocks: bool, fresh: bool, bit: int = 0
) -> None:
    """Note on an hour that a rule found something; one that has just come stays RECORDED if that keeps it back."""
    row = deciding.table.row(line, hour)
    row["found"] |= np.uint16(bit)
    row["provenance"] |= np.uint8(Provenance.FOUND | (Provenance.BLOCKED if blocks else 0))
    if blocks:
        row["failed"] = row["failed"] or rule.encode()
        row["validity"] = Validity.RECORDED if fresh else row["validity"]
    deciding.table.put(line, hour, row)
    if blocks:
        number = np.array([deciding.contexts.numbers[line]])
        deciding.contexts.rows["state"][deciding.contexts.positions(number, np.array([hour]))] |= np.uint8(BLOCKED)


def _pairs(pairs: list[tuple[int, int]]) -> tuple[Ints, Ints]:
    return np.array([line for line, _ in pairs], np.int64), np.array([hour for _, hour in pairs], np.int64)
