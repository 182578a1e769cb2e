"""The register: stations, lines and nodes, effective-dated in gas days, as a fold over accepted changes.

A line's station never changes (a move is a new line). A line's *terms* (name, capacity, what it sends ...) hold from a
gas day until the next terms begin or the line ends. A node is a weighted sum of lines, valid from a gas day.
`Register.applied(change)` is pure: the same changes in the same order give the same register and the same refusals.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from shared.domain import gas_time
from shared.domain.attribution import Attribution, Chromatograph

SENDABLE = ("energy_kwh", "gcv_kwh_per_m3n", "temperature_c", "index_m3", "volume_operating_m3", "pressure_bar_abs")
"""What a line may promise to send beside its volume (rule A10)."""
MOST_ATTRIBUTIONS = 1_000
"""Of a line, superseded ones included: a change every day for three years almost."""
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
class Line:
    """A metering line: its identity, its station, its terms in order of their start, its end and its other codes."""

    id: str
    station: str
    terms: tuple[Terms, ...]
    end: date | None = None
    live_from: date | None = None
    aliases: tuple[str, ...] = ()
    gas: tuple[Attribution, ...] = ()
    """All that was ever said of whose gas it carries; see `attribution.in_force`."""

    def terms_on(self, day: date) -> Terms | None:
        """Return the terms that hold on a gas day, or None where the line is not active."""
        if self.end is not None and day >= self.end:
            return None
        place = bisect_right([terms.start for terms in self.terms], day)
        return self.terms[place - 1] if place else None

    def active_hours(self, within: range) -> range:
        """Return those hours of a range in which the line is active."""
        begin = max(within.start, gas_time.hours_of_day(self.terms[0].start).start)
        stop = within.stop if self.end is None else min(within.stop, gas_time.hours_of_day(self.end).start)
        return range(begin, max(begin, stop))


@dataclass(frozen=True, slots=True)
class Composition:
    """The lines of a node with their weights (at most three places), valid from a gas day."""

    start: date
    weights: tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Node:
    """A weighted sum of lines, whose composition changes over time."""

    id: str
    name: str
    compositions: tuple[Composition, ...]


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
    """A change of the register as somebody asked for it: who, why, and what shall hold."""

    author: str
    reason: str
    stations: tuple[Station, ...] = ()
    lines: tuple[Line, ...] = ()
    nodes: tuple[Node, ...] = ()
    chromatographs: tuple[Chromatograph, ...] = ()
    attributions: tuple[tuple[str, Attribution], ...] = ()
    """Of a line each."""


@dataclass(frozen=True, slots=True)
class Register:
    """All stations, lines, nodes and chromatographs, by id. Never changed in place."""

    stations: dict[str, Station] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    chromatographs: dict[str, Chromatograph] = field(default_factory=dict)

    def applied(self, change: Change) -> Register | tuple[Issue, ...]:
        """Return the register after a change, or the reasons why it is refused as a whole."""
        after = Register(dict(self.stations), dict(self.lines), dict(self.nodes), dict(self.chromatographs))
        after.stations.update((station.id, station) for station in change.stations)
        after.chromatographs.update((one.id, one) for one in change.chromatographs)
        issues: list[Issue] = []
        for place, line in enumerate(change.lines):
            issues += after._take_line(line, f"lines[{place}]")
        for place, node in enumerate(change.nodes):
            issues += after._take_node(node, f"nodes[{place}]")
        for place, (of_line, attribution) in enumerate(change.attributions):
            issues += after._take_attribution(of_line, attribution, f"attributions[{place}]")
        return tuple(issues) or after

    def _take_line(self, line: Line, position: str) -> list[Issue]:
        before = self.lines.get(line.id)
        issues = [*self._line_issues(line, before, position), *self._check_issues(line, position)]
        if not issues:
            self.lines[line.id] = _merged_line(before or line, line)
        return issues

    def _line_issues(self, line: Line, before: Line | None, position: str) -> list[Issue]:
        issues = []
        if line.station not in self.stations:
            text = f"station {line.station} is not registered: name it under stations"
            issues.append(Issue("UNKNOWN_STATION", f"{position}.station", text))
        if before is not None and before.station != line.station:
            text = f"line {line.id} stands in station {before.station}: a move is a new line"
            issues.append(Issue("STATION_CHANGED", f"{position}.station", text))
        first = min((terms.start for terms in (*line.terms, *(before.terms if before else ()))), default=None)
        if first is None:
            issues.append(Issue("NO_TERMS", position, f"line {line.id} is new: say from which gas day it counts"))
        elif line.end is not None and line.end <= first:
            issues.append(Issue("ENDS_BEFORE_START", f"{position}.until", f"line {line.id} begins on {first}"))
        return issues

    def _check_issues(self, line: Line, position: str) -> list[Issue]:
        """Say why a check meter cannot be that line's: the stage that compares them holds one station whole."""
        issues = []
        for check in (terms.check for terms in line.terms if terms.check is not None):
            other = self.lines.get(check.line)
            if other is None or other.station != line.station or other.id == line.id:
                text = f"{check.line} is no other line of station {line.station}: register it first"
                issues.append(Issue("CHECK_LINE", f"{position}.check.line", text))
        return issues

    def _take_attribution(self, line: str, attribution: Attribution, position: str) -> list[Issue]:
        issues = [
            Issue("UNKNOWN_CHROMATOGRAPH", position, f"{name} is not registered: name it under chromatographs")
            for name in attribution.chromatographs
            if name not in self.chromatographs
        ]
        if line not in self.lines:
            issues.append(Issue("UNKNOWN_LINE", f"{position}.line", f"line {line} is not registered"))
        if not issues and len(self.lines[line].gas) >= MOST_ATTRIBUTIONS:
            issues.append(Issue("TOO_MANY", position, f"a line keeps at most {MOST_ATTRIBUTIONS:,} attributions"))
        if not issues and not _says_nothing_new(self.lines[line], attribution):
            self.lines[line] = replace(self.lines[line], gas=(*self.lines[line].gas, attribution))
        return issues

    def _take_node(self, node: Node, position: str) -> list[Issue]:
        issues = [issue for c in node.compositions for issue in self._composition_issues(c, position)]
        if not issues:
            self.nodes[node.id] = _merged_node(self.nodes.get(node.id, node), node)
        return issues

    def _composition_issues(self, composition: Composition, position: str) -> list[Issue]:
        issues = []
        for place, (line, weight) in enumerate(composition.weights):
            where = f"{position}.lines[{place}]"
            if line not in self.lines:
                issues.append(Issue("UNKNOWN_LINE", f"{where}.line", f"line {line} is not registered"))
            if not _is_weight(weight):
                text = f"weight {weight}: not 0, at most {HEAVIEST}, at most three places"
                issues.append(Issue("WEIGHT", f"{where}.weight", text))
        return issues


def heard_at(before: Register, after: Register, known_at_ms: int) -> Register:
    """Return a changed register whose new attributions became known at a moment, milliseconds since 1970."""
    lines = dict(after.lines)
    for name, line in after.lines.items():
        count = len(before.lines[name].gas) if name in before.lines else 0
        if len(line.gas) > count:
            heard = tuple(replace(one, known_at_ms=known_at_ms) for one in line.gas[count:])
            lines[name] = replace(line, gas=(*line.gas[:count], *heard))
    return replace(after, lines=lines)


def _says_nothing_new(line: Line, attribution: Attribution) -> bool:
    """Say whether the last word for that hour is the same already."""
    words = [told for told in line.gas if told.start == attribution.start]
    return bool(words) and replace(attribution, known_at_ms=words[-1].known_at_ms) == words[-1]


def _is_weight(weight: Decimal) -> bool:
    return weight.is_finite() and 0 < abs(weight) <= HEAVIEST and weight == round(weight, 3)


def _merged_line(before: Line, after: Line) -> Line:
    """Return the line with the new terms in place of those that began on the same days."""
    terms = {t.start: t for t in before.terms} | {t.start: t for t in after.terms}
    return replace(
        after,
        terms=tuple(terms[start] for start in sorted(terms)),
        end=after.end if after.end is not None else before.end,
        live_from=after.live_from or before.live_from,
        aliases=tuple(dict.fromkeys((*before.aliases, *after.aliases))),
        gas=before.gas,
    )


def _merged_node(before: Node, after: Node) -> Node:
    compositions = {c.start: c for c in before.compositions} | {c.start: c for c in after.compositions}
    return replace(after, compositions=tuple(compositions[start] for start in sorted(compositions)))
