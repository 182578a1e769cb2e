"""What goes wrong on the way, where and how often: the labels that rules are measured against.

Rates are those of a well-kept grid: some 99.5 % of the hours arrive, and one in a few hundred is wrong or late.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from deploy.local.simulator.noise import RunPlan, runs, uniform

if TYPE_CHECKING:
    from deploy.local.simulator.grid import Line
    from deploy.local.simulator.noise import Flags, Ints, Runs


class Fault(StrEnum):
    """What is wrong with an hour; GAP to BAD_GCV exclude each other, the last three come on top."""

    GAP = "gap"  # never sent
    UNIT_JUMP = "unit-jump"  # volume and energy times 10, 0.1, 1000 or 0.001
    FROZEN = "frozen"  # every value but the index stands still, the run's first hour included
    SPIKE = "spike"  # volume and energy more than three times the highest of the day around
    NEGATIVE = "negative"  # volume and energy below zero on a one-way line
    BAD_GCV = "bad-gcv"  # calorific value outside the network's band, energy still right
    LATE = "late"  # teletransmitted, but sent two hours or more after its end
    LATE_FILE = "late-file"  # not teletransmitted, and collected five days or more after the collection day
    REPEATED = "repeated"  # sent again with the same values in another telegram


# The place of a fault in this order is its code in an array, and its rank where two would meet; 0 is no fault.
VALUE_FAULTS = (Fault.GAP, Fault.UNIT_JUMP, Fault.FROZEN, Fault.SPIKE, Fault.NEGATIVE, Fault.BAD_GCV)
CODE = {fault: code for code, fault in enumerate(VALUE_FAULTS, start=1)}

_GAPS = RunPlan(every_hours=720, probability=0.35, shortest=1, longest=12)
_UNIT_JUMPS = RunPlan(every_hours=4320, probability=0.2, shortest=6, longest=36)
_FROZEN = RunPlan(every_hours=2160, probability=0.25, shortest=8, longest=36)
_BAD_GCV = RunPlan(every_hours=2160, probability=0.3, shortest=1, longest=6)
_OUTAGES = RunPlan(every_hours=1440, probability=0.5, shortest=3, longest=30)
_SPIKE_RATE = 1 / 4000
_NEGATIVE_RATE = 1 / 8000
_REPEATED_RATE = 1 / 400
_WEEK_HOURS = 168
_LATE_FILE_RATE = 0.1
_LATE_FILE_HOURS = (120, 288)
_FILE_HOURS = (3, 48)

LONGEST_FROZEN_HOURS = _FROZEN.longest
LONGEST_DELAY_HOURS = _WEEK_HOURS + _LATE_FILE_HOURS[1]
NEVER = -1


@dataclass(frozen=True, slots=True)
class Label:
    """One fault of one hour: the line, the hour as a number since the Unix epoch (UTC), what was done to it."""

    line: str
    hour: int
    kind: Fault


def frozen_runs(seed: int, line: Line, hours: Ints) -> Runs:
    """The runs in which the line's computer repeats what it last sent."""
    return runs(f"{seed}/{line.id}/frozen", hours, _FROZEN)


def value_faults(seed: int, line: Line, hours: Ints) -> Ints:
    """The code of each hour's value fault, 0 where there is none. A bad GCV strikes all lines of a chromatograph."""
    key = f"{seed}/{line.id}"
    happens: dict[Fault, Flags] = {
        Fault.GAP: runs(f"{key}/gap", hours, _GAPS).inside,
        Fault.UNIT_JUMP: runs(f"{key}/unit", hours, _UNIT_JUMPS).inside,
        Fault.FROZEN: frozen_runs(seed, line, hours).inside,
        Fault.SPIKE: uniform(f"{key}/spike", hours) < _SPIKE_RATE,
        Fault.NEGATIVE: (uniform(f"{key}/negative", hours) < _NEGATIVE_RATE) & line.one_way,
        Fault.BAD_GCV: runs(f"{seed}/{line.station.chromatograph}/bad", hours, _BAD_GCV).inside,
    }
    return np.select([happens[fault] for fault in VALUE_FAULTS], [CODE[fault] for fault in VALUE_FAULTS], 0)


def delivery_hours(seed: int, line: Line, hours: Ints) -> Ints:
    """The hour after whose end each hour is sent: itself where all is well; gaps are not looked at here.

    A station whose line to the world was down sends what it kept one hour after the outage. A line without
    teletransmission is read out once a week, and its file follows hours to days later.
    """
    if not line.teletransmitted:
        return _file_hours(seed, line, hours)
    outage = runs(f"{seed}/{line.station.id}/outage", hours, _OUTAGES)
    return np.where(outage.inside, outage.end_hour + 1, hours)


def is_late(line: Line, hours: Ints, delivered: Ints) -> Flags:
    """Which hours come later than this kind of line promises."""
    if line.teletransmitted:
        return delivered > hours
    collected = _week_start(line, hours) + _WEEK_HOURS
    return delivered - collected >= _LATE_FILE_HOURS[0]


def repeated(seed: int, line: Line, hours: Ints) -> Flags:
    """Which hours the station's gateway sends a second time."""
    return uniform(f"{seed}/{line.station.id}/repeated", hours) < _REPEATED_RATE


def _week_start(line: Line, hours: Ints) -> Ints:
    """The first hour of the collection week; lines are read out on different days."""
    shift = sum(line.id.encode()) % _WEEK_HOURS
    return (hours + shift) // _WEEK_HOURS * _WEEK_HOURS - shift


def _file_hours(seed: int, line: Line, hours: Ints) -> Ints:
    """When the file with each hour is delivered."""
    key = f"{seed}/{line.id}/file"
    start = _week_start(line, hours)
    late = uniform(f"{key}/late", start) < _LATE_FILE_RATE
    shortest = np.where(late, _LATE_FILE_HOURS[0], _FILE_HOURS[0])
    longest = np.where(late, _LATE_FILE_HOURS[1], _FILE_HOURS[1])
    delay = shortest + (uniform(f"{key}/delay", start) * (longest - shortest)).astype(np.int64)
    return np.asarray(start + _WEEK_HOURS + delay, dtype=np.int64)
