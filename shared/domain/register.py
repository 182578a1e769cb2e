"""The register: all that was ever said of stations, lines and nodes, as a fold over accepted changes.

`Register.applied(change)` is pure: the same changes in the same order give the same register and the same refusals.
A change is taken as a whole or not at all.

The first gas day online is told to every line: it bounds what they may hold.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from shared.domain import gas_time
from shared.domain.attribution import Attribution, Chromatograph
from shared.domain.codes import code_issues, id_issues, merged_codes
from shared.domain.node_checks import merged_node, node_issues
from shared.domain.past import past_issues
from shared.domain.retention import floor_issues
from shared.domain.topology import Change, Issue, Line, Node, Station

MOST_ATTRIBUTIONS = 1_000
"""Of a line, superseded ones included: a change every day for three years almost."""


@dataclass(frozen=True, slots=True)
class Register:
    """All stations, lines, nodes and chromatographs, by id. Never changed in place.

    `online_from` is the first gas day that is kept online; None: all are.
    """

    stations: dict[str, Station] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    chromatographs: dict[str, Chromatograph] = field(default_factory=dict)
    online_from: date | None = None

    def applied(
        self, change: Change, open_from: date = gas_time.FIRST_DAY, latest_floor: date = gas_time.LAST_DAY
    ) -> Register | tuple[Issue, ...]:
        """Return the register after a change, or the reasons why it is refused as a whole.

        Args:
            change: What shall hold.
            open_from: First gas day of the months that are not closed; what changes before it needs a correction's
                reason.
            latest_floor: The latest day that may become the first one online.
        """
        parts = dict(self.stations), dict(self.lines), dict(self.nodes), dict(self.chromatographs)
        after = Register(*parts, change.online_from or self.online_from)
        after.stations.update((station.id, station) for station in change.stations)
        after.chromatographs.update((one.id, one) for one in change.chromatographs)
        issues: list[Issue] = []
        if change.online_from is not None:
            issues += floor_issues(change.online_from, self.online_from, latest_floor)
        for place, line in enumerate(change.lines):
            issues += after._take_line(line, f"lines[{place}]")
        for node in change.nodes:
            after.nodes[node.id] = merged_node(after.nodes.get(node.id), node)
        for place, (of_line, attribution) in enumerate(change.attributions):
            issues += after._take_attribution(of_line, attribution, f"attributions[{place}]")
        issues += node_issues(change, self.nodes, after.nodes, after.lines)
        issues += code_issues(change, after.lines, after.nodes)
        coded = (self.lines, self.nodes), (after.lines, after.nodes)
        issues += id_issues(change, *coded, (self.stations, after.stations))
        if not issues and not change.correction:
            issues += past_issues(change, *coded, open_from)
        return tuple(issues) or _bounded(after)

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
        else:
            issues += _over_issues(line, before, position)
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


def _bounded(register: Register) -> Register:
    """Tell every line the first gas day online."""
    told = ((name, line) for name, line in register.lines.items() if line.online_from != register.online_from)
    register.lines.update([(name, replace(line, online_from=register.online_from)) for name, line in told])
    return register


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


def _over_issues(line: Line, before: Line | None, position: str) -> list[Issue]:
    """Say that terms can never hold: they begin when the line has ended."""
    end = line.end if line.end is not None or before is None else before.end
    late = [terms.start for terms in line.terms if end is not None and terms.start >= end]
    text = f"line {line.id} ends on {end}: what begins then or later is a new line"
    return [Issue("ENDS_BEFORE_START", f"{position}.from", text)] if late else []


def _merged_line(before: Line, after: Line) -> Line:
    """Return the line with the new terms in place of those that began on the same days."""
    terms = {t.start: t for t in before.terms} | {t.start: t for t in after.terms}
    return replace(
        after,
        terms=tuple(terms[start] for start in sorted(terms)),
        end=after.end if after.end is not None else before.end,
        live_from=after.live_from or before.live_from,
        codes=merged_codes(before.codes, after.codes),
        gas=before.gas,
    )
