"""Hours that are to be told again because their gas has changed: of which lines, and in which order.

A change of an attribution may concern years of many lines. So the hours are worked off in parts, line by line and gas
month by gas month: the unit of work is the same however many of them a part holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from shared.domain import gas_time
from shared.domain.attribution import touched_by_analyses, touched_by_words
from shared.domain.hour_gas import LineGas
from shared.domain.topology import Line

AHEAD_H = 48
"""Hours after the change in which there may be values already: senders' clocks may be ahead, but not by so much."""


@dataclass(frozen=True, slots=True)
class Retelling:
    """Why hours are to be told again, and how many units of it are done.

    Attributes:
        log_offset: Place in the line log of what changed their gas.
        known_at_ms: When that became known.
        before: The operation after which the register was another one; with `after`, of a change of the register.
        after: The operation that changed the register, or after which it stands.
        chromatograph: Who told of hours; "" for a change of the register.
        first: The first of these hours.
        end: The hour after the last of them.
        done: Units that are done.
    """

    log_offset: int
    known_at_ms: int
    before: int
    after: int
    chromatograph: str = ""
    first: int = 0
    end: int = 0
    done: int = 0


@dataclass(frozen=True, slots=True)
class Unit:
    """Hours of a line in one gas month."""

    line: str
    month: str
    hours: range


def units_of_analyses(lines: Iterable[tuple[str, LineGas]], chromatograph: str, told: range) -> list[Unit]:
    """Return the hours of lines that a chromatograph's word on some hours may change, in order."""
    return [
        unit for line, gas in lines for unit in _units(line, touched_by_analyses(gas.attributions, chromatograph, told))
    ]


def units_of_words(before: dict[str, Line], after: Iterable[Line], known_at_ms: int) -> list[Unit]:
    """Return the hours of lines whose attribution has changed since the register was another one, in order."""
    until = known_at_ms // 3_600_000 + AHEAD_H
    units = []
    for line in after:
        told = before[line.id].gas if line.id in before else ()
        if len(line.gas) > len(told):
            units += _units(line.id, touched_by_words(told, line.gas, until))
    return units


def online(units: Iterable[Unit], online_from: date | None) -> list[Unit]:
    """Return the units of gas months that are online: of the others nothing is told again."""
    first = gas_time.month_of(online_from or gas_time.FIRST_DAY)
    return [unit for unit in units if unit.month >= first]


def units_of_hours(line: str, hours: range) -> list[Unit]:
    """Return hours of a line, gas month by gas month."""
    return _units(line, [hours])


def _units(line: str, touched: list[range]) -> list[Unit]:
    """Cut hours into gas months; hours that are touched twice count once."""
    months: dict[str, range] = {}
    for hours in touched:
        for month, part in _by_month(hours):
            known = months.get(month, part)
            months[month] = range(min(known.start, part.start), max(known.stop, part.stop))
    return [Unit(line, month, months[month]) for month in sorted(months)]


@lru_cache(maxsize=1024)
def _by_month(hours: range) -> tuple[tuple[str, range], ...]:
    """Cut hours into gas months; many lines are touched in the same hours."""
    wholes = [(month, gas_time.hours_of_month(month)) for month in gas_time.months_of(gas_time.supported(hours))]
    return tuple((month, range(max(hours.start, w.start), min(hours.stop, w.stop))) for month, w in wholes)
