"""Stations, lines and nodes: what the register says of each, effective-dated in gas days.

A line's station never changes (a move is a new line with a dated code). A line's *terms* (name, capacity, what it
sends ...) hold from a gas day until the next terms begin or the line ends. A node is a weighted sum of lines and of
other nodes; each of its compositions holds from a gas day until the next one begins or the node ends.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from shared.domain import gas_time
from shared.domain.attribution import Attribution, Chromatograph

SENDABLE = ("energy_kwh", "gcv_kwh_per_m3n", "temperature_c", "index_m3", "volume_operating_m3", "pressure_bar_abs")
"""What a line may promise to send beside its volume (rule A10)."""
HEAVIEST = 1_000
"""Bound of a weight, far above any real one (+1, -1 or a fraction)."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for a line from a gas day on. Capacity in m³(n)/h; None: unlimited or unknown.

    `pressure_bar_abs` are the lowest and the highest pressure of the contract.
    """

    start: date
    name: str
    teletransmitted: bool = True
    one_way: bool = True
    network: str = "H"
    capacity_m3n_per_h: int | None = None
    sends: tuple[str, ...] = ()
    thresholds: tuple[tuple[str, float], ...] = ()
    check: Check | None = None
    pressure_bar_abs: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """The line of the same station whose meter checks this one: V = factor · V of that line + offset."""

    line: str
    factor: float = 1.0
    offset_m3n: float = 0.0


@dataclass(frozen=True, slots=True)
class Code:
    """Another code of a line or node: an old one, an EAN. Valid from `start` until `end`, None: without a bound."""

    text: str
    start: date | None = None
    end: date | None = None

    def overlaps(self, other: Code) -> bool:
        """Say whether there is a gas day on which both are valid."""
        return not _ends_by(self.end, other.start) and not _ends_by(other.end, self.start)


@dataclass(frozen=True, slots=True)
class Line:
    """A metering line: its identity, its station, its terms in order of their start, its end and its other codes."""

    id: str
    station: str
    terms: tuple[Terms, ...]
    end: date | None = None
    live_from: date | None = None
    codes: tuple[Code, ...] = ()
    gas: tuple[Attribution, ...] = ()
    """All that was ever said of whose gas it carries; see `attribution.in_force`."""
    online_from: date | None = field(default=None, compare=False)
    """First gas day that is kept online, None: all are. The register's, not the line's: without it two are equal."""

    @property
    def first_day(self) -> date:
        """The first gas day on which it can be active: that of its first terms, unless earlier hours have left."""
        first = self.terms[0].start
        return first if self.online_from is None else max(first, self.online_from)

    def terms_on(self, day: date) -> Terms | None:
        """Return the terms that hold on a gas day, or None where the line is not active."""
        if day < self.first_day or (self.end is not None and day >= self.end):
            return None
        return self.terms[bisect_right([terms.start for terms in self.terms], day) - 1]

    def name_on(self, day: date) -> str:
        """Return the official name on a gas day; outside of the line's life the nearest."""
        return (self.terms_on(max(day, self.first_day)) or self.terms[-1]).name

    def active_hours(self, within: range) -> range:
        """Return those hours of a range in which the line is active."""
        begin = max(within.start, gas_time.hours_of_day(self.first_day).start)
        stop = within.stop if self.end is None else min(within.stop, gas_time.hours_of_day(self.end).start)
        return range(begin, max(begin, stop))


@dataclass(frozen=True, slots=True)
class Composition:
    """What a node is made of from a gas day on: lines and nodes with their weights (at most three places).

    `name` is the node's official name from that day on, "" where it is that of the node.
    """

    start: date
    weights: tuple[tuple[str, Decimal], ...]
    nodes: tuple[tuple[str, Decimal], ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """A weighted sum of lines and nodes, whose composition changes over time; until `end`, where it has one."""

    id: str
    name: str
    compositions: tuple[Composition, ...]
    end: date | None = None
    codes: tuple[Code, ...] = ()

    @property
    def periods(self) -> tuple[tuple[Composition, date | None], ...]:
        """The compositions, each with the first gas day on which it no longer holds; None: it holds until further."""
        ends = [*(composition.start for composition in self.compositions[1:]), self.end]
        return tuple(zip(self.compositions, ends, strict=True))

    def composition_on(self, day: date) -> Composition | None:
        """Return what the node is made of on a gas day, None where there is no such node then."""
        if self.end is not None and day >= self.end:
            return None
        place = bisect_right([composition.start for composition in self.compositions], day)
        return self.compositions[place - 1] if place else None

    def name_on(self, day: date) -> str:
        """Return the official name on a gas day; outside of the node's life the nearest."""
        place = max(1, bisect_right([composition.start for composition in self.compositions], day))
        return self.compositions[place - 1].name or self.name


@dataclass(frozen=True, slots=True)
class Station:
    """A place on the network that sends telegrams."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Issue:
    """Why something was refused: a code, where it stands, and what to do."""

    code: str
    position: str
    message: str


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the register as somebody asked for it: who, why, and what shall hold.

    `correction` says why the past is changed, where the change reaches into months that are closed. `online_from` is
    the first gas day that stays online; None: as before.
    """

    author: str
    reason: str
    stations: tuple[Station, ...] = ()
    lines: tuple[Line, ...] = ()
    nodes: tuple[Node, ...] = ()
    chromatographs: tuple[Chromatograph, ...] = ()
    attributions: tuple[tuple[str, Attribution], ...] = ()
    """Of a line each."""
    correction: str = ""
    online_from: date | None = None


def texts_of(codes: Sequence[Code]) -> list[str]:
    """Return codes as texts, each once, in the order in which they came."""
    return list(dict.fromkeys(code.text for code in codes))


def _ends_by(end: date | None, start: date | None) -> bool:
    """Say whether what ends before `end` is over when something starts; None: at no time, or since ever."""
    return end is not None and start is not None and end <= start
