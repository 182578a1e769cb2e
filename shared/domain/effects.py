"""What a change of the register changed: which parts of it, from which gas day, and which nodes that concerns. Pure.

A node is concerned from the first gas day on for which it is another sum: its composition is another one, a node that
it holds then is concerned, or a line that it holds then begins, ends, or carries another gas. What the hours of that
line say is told where they change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from shared.domain import gas_time
from shared.domain.register import Register
from shared.domain.topology import Line, Node


class _Part(Protocol):
    """Anything of the register that has an id."""

    @property
    def id(self) -> str:
        """Its id."""


_AnyPart = TypeVar("_AnyPart", bound=_Part)


@dataclass(frozen=True, slots=True)
class NodeEffect:
    """A node that is another sum from a gas day on."""

    node: str
    start: date


@dataclass(frozen=True, slots=True)
class ChangedPart:
    """A station, line, node or chromatograph (`kind`) of which a change says something else.

    Attributes:
        kind: station, line, node or chromatograph.
        id: Its id.
        is_new: Whether there was none before.
        start: The first gas day for which something else holds; None for what holds for all time, a name.
        nodes: The nodes that this concerns, itself among them.
        lines: Of a station its lines: whoever may see one of them may see the station.
    """

    kind: str
    id: str
    is_new: bool
    start: date | None = None
    nodes: tuple[NodeEffect, ...] = ()
    lines: tuple[str, ...] = ()


def changed_parts(before: Register, after: Register) -> list[ChangedPart]:
    """Return what is new or says something else after a change: by kind, in the order of the ids."""
    holders = _Holders(after)
    return [
        *(
            ChangedPart("station", part.id, was is None, lines=_lines_of(after, part.id))
            for was, part in _changed(before.stations, after.stations)
        ),
        *(
            ChangedPart("chromatograph", part.id, was is None)
            for was, part in _changed(before.chromatographs, after.chromatographs)
        ),
        *(_changed_line(was, line, holders) for was, line in _changed(before.lines, after.lines)),
        *(_changed_node(was, node, holders) for was, node in _changed(before.nodes, after.nodes)),
    ]


def _changed(
    before: Mapping[str, _AnyPart], after: Mapping[str, _AnyPart]
) -> Iterator[tuple[_AnyPart | None, _AnyPart]]:
    for name in sorted(after):
        was, part = before.get(name), after[name]
        if was is not part and was != part:
            yield was, part


def _lines_of(register: Register, station: str) -> tuple[str, ...]:
    return tuple(sorted(line.id for line in register.lines.values() if line.station == station))


def _changed_line(was: Line | None, line: Line, holders: _Holders) -> ChangedPart:
    if was is None:  # no node can have held it before
        return ChangedPart("line", line.id, is_new=True, start=line.terms[0].start)
    days = [*(terms.start for each in (was, line) for terms in each.terms), *_ends(was, line)]
    gas = [gas_time.gas_day(told.start) for told in line.gas[len(was.gas) :]]
    other_terms = _other_days(days, was.terms_on, line.terms_on)
    other_life = _other_days(days, lambda day: was.terms_on(day) is None, lambda day: line.terms_on(day) is None)
    start, of_nodes = min([*other_terms, *gas], default=None), min([*other_life, *gas], default=None)
    nodes = () if of_nodes is None else holders.of_line(line.id, of_nodes)
    return ChangedPart("line", line.id, is_new=False, start=start, nodes=nodes)


def _changed_node(was: Node | None, node: Node, holders: _Holders) -> ChangedPart:
    days = [day for each in (was, node) if each is not None for day in _edges(each)]
    other_sum = _other_days(days, lambda day: _members(was, day), lambda day: _members(node, day))
    other_names = _other_days(days, lambda day: was and was.name_on(day), node.name_on)
    start, of_nodes = min([*other_sum, *other_names], default=None), min(other_sum, default=None)
    nodes = () if of_nodes is None else holders.outwards({node.id: of_nodes})
    return ChangedPart("node", node.id, is_new=was is None, start=start, nodes=nodes)


class _Holders:
    """Which nodes hold a line or node, and from which gas day to which other one; looked up once for all."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._spells: dict[tuple[str, str], list[tuple[str, date, date]]] | None = None

    def of_line(self, line: str, since: date) -> tuple[NodeEffect, ...]:
        """Return the nodes that hold a line on a gas day or later, at once or through others."""
        return self.outwards(self._holding("line", line, since))

    def outwards(self, starts: Mapping[str, date]) -> tuple[NodeEffect, ...]:
        """Return nodes with all that hold them, each from the first gas day on for which it holds one of them."""
        found, waiting = dict(starts), list(starts)
        while waiting:
            inner = waiting.pop()
            for node, start in self._holding("node", inner, found[inner]).items():
                if node not in found or start < found[node]:
                    found[node] = start
                    waiting.append(node)
        return tuple(NodeEffect(node, found[node]) for node in sorted(found))

    def _holding(self, kind: str, name: str, since: date) -> dict[str, date]:
        if self._spells is None:
            self._spells = self._found()
        starts: dict[str, date] = {}
        for node, start, end in self._spells.get((kind, name), ()):
            if since < end:
                starts.setdefault(node, max(since, start))
        return starts

    def _found(self) -> dict[tuple[str, str], list[tuple[str, date, date]]]:
        spells: dict[tuple[str, str], list[tuple[str, date, date]]] = {}
        for node in self._register.nodes.values():
            for composition, end in node.periods:
                named = [("line", name) for name, _ in composition.weights]
                for key in [*named, *(("node", name) for name, _ in composition.nodes)]:
                    spells.setdefault(key, []).append((node.id, composition.start, end or date.max))
        return spells


def _other_days(days: Iterable[date], before: Callable[[date], object], after: Callable[[date], object]) -> list[date]:
    """Return those days, of all on which something may begin or end, for which it is another."""
    return [day for day in sorted(days) if before(day) != after(day)]


def _members(node: Node | None, day: date) -> object:
    """Return what a node is made of on a gas day, in no order; None where there is no such node."""
    composition = node.composition_on(day) if node else None
    return composition and (sorted(composition.weights), sorted(composition.nodes))


def _edges(node: Node) -> list[date]:
    return [*(composition.start for composition in node.compositions), *([] if node.end is None else [node.end])]


def _ends(*lines: Line) -> list[date]:
    return [line.end for line in lines if line.end is not None]
