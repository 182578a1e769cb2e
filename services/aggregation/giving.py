"""Giving hours their gas: where a line tells neither energy nor calorific value, its chromatograph's counts.

Hours that have just come are given it as part of what they say; hours that stand already become a next revision of
themselves, and only they: whatever has the same gas as before stays as it is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from services.aggregation.batch import Step
from services.aggregation.deciding import Deciding, Seen
from services.aggregation.given_gas import DRIFTS_BIT, judge_given, place_of
from services.aggregation.hours import Hours, put_rows, rows_of
from shared.domain import gas_time
from shared.domain.attribution import GasHow
from shared.domain.finding_words import HELD
from shared.domain.gas_told import GAS_TOLD
from shared.domain.hour_gas import (
    HourGas,
    LineGas,
    gas_by_analyses,
    given,
    is_by_analysis,
    is_given,
    mean_gcv,
    takes_gas,
    with_fallback,
)
from shared.domain.quantities import ABSENT, GCV
from shared.domain.reading import Provenance, Validity, flagged
from shared.domain.retelling import Unit
from shared.domain.revision import MOST_REVISIONS, HeldReason
from shared.domain.rules.catalogue import ON_GAS
from shared.domain.rules.judging import DEFECT
from shared.domain.rules.rule import Severity

_RULES = [rule.card.id.encode() for rule in ON_GAS]


def give_gas(deciding: Deciding, step: Step, hours: Hours) -> None:
    """Give hours that a step has changed their gas, as part of what they say now."""
    carrying = np.array([name in deciding.register.gas for name in hours.names], np.bool_)
    if carrying.any():
        _give(deciding, step, hours.only(carrying[hours.line]))


def give_own(deciding: Deciding, step: Step, told: Mapping[str, Sequence[int]]) -> None:
    """Give hours their gas that were estimated or decided; hours by line."""
    pairs = [(place, hour) for place, each in enumerate(told.values()) for hour in each]
    names = list(told)
    slots = [deciding.table.slot(names[place], hour) for place, hour in pairs]
    line, hour = (np.array(column, np.int64) for column in zip(*pairs, strict=True))
    give_gas(deciding, step, Hours(names, line, hour, np.array(slots, np.int64)))


def tell_again(deciding: Deciding, step: Step, unit: Unit) -> None:
    """Give the hours of a unit that stand another gas, where it has become another one; a line may carry none."""
    if unit.line not in deciding.register.gas:
        return
    hours, slots = [], []
    for day in gas_time.days_of(unit.hours):
        number = deciding.table.number.get((unit.line, day))
        if number is not None:
            whole = gas_time.hours_of_day(day)
            told = np.arange(max(whole.start, unit.hours.start), min(whole.stop, unit.hours.stop))
            hours.append(told)
            slots.append(number * gas_time.MAX_HOURS_PER_DAY + told - whole.start)
    if hours:
        hour, slot = np.concatenate(hours), np.concatenate(slots)
        _give(deciding, step, Hours([unit.line], np.zeros(len(hour), np.int64), hour, slot, fresh=False))


def _give(deciding: Deciding, step: Step, hours: Hours) -> None:
    """Find the gas of hours; give it first to those that an analysis serves: of them is the mean of the others."""
    hours = hours.only(takes_gas(rows_of(deciding, hours)))
    if not hours.fresh:
        hours = _not_held(deciding, step, hours)
    if not len(hours):
        return
    gas = _by_analyses(deciding, hours)
    served, others = np.flatnonzero(is_by_analysis(gas)), np.flatnonzero(~is_by_analysis(gas))
    changed = [served[_change(deciding, step, hours.only(served), gas.only(served))]]
    gas = _with_fallback(deciding, hours, gas)
    changed.append(others[_change(deciding, step, hours.only(others), gas.only(others))])
    judge_given(deciding, step, hours, gas, np.sort(np.concatenate(changed)))


def _by_analyses(deciding: Deciding, hours: Hours) -> HourGas:
    """Return the gas that analyses tell; lines that are served alike are looked at once."""
    parts, order = [], []
    known: dict[tuple[LineGas, int, int], HourGas] = {}
    for line in np.unique(hours.line).tolist():
        places = np.flatnonzero(hours.line == line)
        asked = hours.hour[places]
        first, last = int(asked.min()), int(asked.max())
        carries = deciding.register.gas[hours.names[line]]
        key = carries, first, last
        if key not in known:
            known[key] = _of_line(deciding, carries, range(first, last + 1))
        parts.append(known[key].only(asked - first))
        order.append(places)
    return HourGas.joined(parts).only(np.argsort(np.concatenate(order)))


def _of_line(deciding: Deciding, line: LineGas, hours: range) -> HourGas:
    needed = line.needed(hours)
    told = {name: _gas_between(deciding, name, needed) for name in line.serving}
    return gas_by_analyses(line, hours, told, needed)


def _gas_between(deciding: Deciding, chromatograph: str, hours: range) -> NDArray[np.void]:
    """Return what a chromatograph told of a range of hours, as it stands now (GAS_TOLD)."""
    rows = np.zeros(len(hours), GAS_TOLD)
    for day in gas_time.days_of(hours):
        told = deciding.gas_of((chromatograph, day))
        if told is not None:
            whole = gas_time.hours_of_day(day)
            low, high = max(whole.start, hours.start), min(whole.stop, hours.stop)
            rows[low - hours.start : high - hours.start] = told[low - whole.start : high - whole.start]
    return rows


def is_served(deciding: Deciding, line: str, hours: range) -> NDArray[np.bool_]:
    """Say which hours of a line would be given a calorific value, by an analysis or else."""
    if line not in deciding.register.gas:
        return np.zeros(len(hours), np.bool_)
    number = np.zeros(len(hours), np.int64)
    asked = Hours([line], number, np.arange(hours.start, hours.stop), number)
    served: NDArray[np.bool_] = _with_fallback(deciding, asked, _by_analyses(deciding, asked)).how > 0
    return served


def _with_fallback(deciding: Deciding, hours: Hours, gas: HourGas) -> HourGas:
    """Return the gas of hours; where no analysis serves, by the mean of their month or of the month before, or else."""
    others = np.flatnonzero(~is_by_analysis(gas))
    known: dict[tuple[int, str], int] = {}
    means = []
    for line, hour in zip(hours.line[others].tolist(), hours.hour[others].tolist(), strict=True):
        month = gas_time.month_of(gas_time.gas_day(hour))
        if (line, month) not in known:
            known[line, month] = _mean(deciding, hours.names[line], month)
        means.append(known[line, month])
    return gas.replaced(others, with_fallback(gas.only(others), np.array(means, np.int64)))


def _mean(deciding: Deciding, line: str, month: str) -> int:
    for asked in (month, gas_time.month_before(month)):
        slots = deciding.slots((line, asked))
        volume = int(slots["gas_volume"].sum())
        if volume:
            return mean_gcv(int(slots["gas_energy"].sum()), volume)
    return ABSENT


def _change(deciding: Deciding, step: Step, hours: Hours, gas: HourGas) -> NDArray[np.intp]:
    """Let hours say the gas that they are given; return which of them changed."""
    rows = rows_of(deciding, hours)
    kept_back = flagged(rows, Provenance.GAS_BLOCKED)
    nobody_should = (gas.how == GasHow.NONE) & np.isnan(gas.age_h)
    other = ~is_given(rows, gas) | (kept_back & nobody_should)
    changed = np.flatnonzero(other & (hours.fresh | (rows["revision"] < MOST_REVISIONS)))
    if not len(changed):
        return changed
    hours, rows = hours.only(changed), rows[changed]
    told = given(rows, gas.only(changed))
    if not hours.fresh:
        _supersede(deciding, step, hours, rows)
        deciding.settled.regiven.append(hours.slot)
        told["revision"] += 1
        told["known_at"], told["log_offset"] = step.known_at_ms, step.offset
        told["provenance"] &= np.uint8(~int(Provenance.GAS_BLOCKED) & 0xFF)
        free = kept_back[changed] & ~flagged(rows, Provenance.BLOCKED)
        told["validity"][free] = Validity.PRELIMINARY
        told["failed"][free & np.isin(rows["failed"], _RULES)] = b""
        told["found"] &= ~DRIFTS_BIT
    put_rows(deciding, hours, told)
    hows, counts = np.unique(told["gas"], return_counts=True)
    deciding.settled.given += Counter(
        {GasHow(how).name: count for how, count in zip(hows.tolist(), counts.tolist(), strict=True)}
    )
    return changed


def _not_held(deciding: Deciding, step: Step, hours: Hours) -> Hours:
    """Return the hours that may change; of closed months and pinned ones tell what they would have been given."""
    pinned = flagged(rows_of(deciding, hours), Provenance.PINNED)
    closed = deciding.table.closed[hours.slot // gas_time.MAX_HOURS_PER_DAY]
    for held, reason in ((pinned, HeldReason.PINNED), (closed & ~pinned, HeldReason.DEFINITIVE)):
        if held.any():
            _hold(deciding, step, hours.only(held), reason)
    return hours.only(~(pinned | closed))


def _hold(deciding: Deciding, step: Step, hours: Hours, reason: HeldReason) -> None:
    """Tell what hours would have been given that must not change: its calorific value, and the one that stands."""
    gas, rows = _with_fallback(deciding, hours, _by_analyses(deciding, hours)), rows_of(deciding, hours)
    differs = rows["gcv"] != gas.gcv
    differs &= (gas.how != GasHow.MONTH_MEAN) | (rows["gas"] != GasHow.MONTH_MEAN)
    unmarked = differs & ~flagged(rows, Provenance.FOUND)
    marked = rows[unmarked]
    marked["provenance"] |= np.uint8(Provenance.FOUND)
    put_rows(deciding, hours.only(unmarked), marked)
    groups: dict[int, list[Seen]] = defaultdict(list)
    for place in np.flatnonzero(differs).tolist():
        numbers = (_kwh(int(gas.gcv[place])), _kwh(int(rows["gcv"][place])))
        groups[int(hours.line[place])].append((int(hours.hour[place]), *numbers))
    for line, seen in groups.items():
        deciding.find(step, hours.names[line], f"{HELD}{reason}", Severity.W, seen, place=place_of(seen))


def _kwh(gcv: int) -> float | None:
    return None if gcv == ABSENT else gcv / GCV.scale


def _supersede(deciding: Deciding, step: Step, hours: Hours, rows: NDArray[np.void]) -> None:
    """Keep what hours said, and let go what was found of the gas that they had."""
    names = [hours.names[line] for line in hours.line.tolist()]
    deciding.settled.superseded += zip(names, hours.hour.tolist(), rows, strict=True)
    found = flagged(rows, Provenance.FOUND)
    for line in np.unique(hours.line[found]).tolist():
        concerned = hours.hour[found & (hours.line == line)].tolist()
        for rule in (name for each in ON_GAS for name in (each.card.id, f"{DEFECT}{each.card.id}")):
            deciding.lift(step, hours.names[line], concerned, "superseded", rule=rule, graver=True)
