"""What a change of the register changed: which parts of it, from which gas day, and which nodes that concerns. Pure.

A node is concerned from the first gas day on for which it is another sum: its composition is another one, or a line
that it holds then begins, ends, or carries another gas. What the hours of that line say is told where they change.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from shared.domain import gas_time
from shared.domain.topology import Composition, Line, Node, Register


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
        *(_changed_node(was, node) for was, node in _changed(before.nodes, after.nodes)),
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
    nodes = () if of_nodes is None else holders.holding(line.id, of_nodes)
    return ChangedPart("line", line.id, is_new=False, start=start, nodes=nodes)


def _changed_node(was: Node | None, node: Node) -> ChangedPart:
    compositions = (was.compositions if was else (), node.compositions)
    days = [composition.start for each in compositions for composition in each]
    before, after = (_weights_on(each) for each in compositions)
    start = min(_other_days(days, before, after), default=None)
    nodes = () if start is None else (NodeEffect(node.id, start),)
    return ChangedPart("node", node.id, is_new=was is None, start=start, nodes=nodes)


class _Holders:
    """Which nodes hold a line, and from which gas day to which other one; looked up once for all lines."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._spells: dict[str, list[tuple[str, date, date]]] | None = None

    def holding(self, line: str, since: date) -> tuple[NodeEffect, ...]:
        """Return the nodes that hold a line on a gas day or later, each from the first such day."""
        if self._spells is None:
            self._spells = self._found()
        starts: dict[str, date] = {}
        for node, start, end in self._spells.get(line, ()):
            if since < end:
                starts.setdefault(node, max(since, start))
        return tuple(NodeEffect(node, starts[node]) for node in sorted(starts))

    def _found(self) -> dict[str, list[tuple[str, date, date]]]:
        spells: dict[str, list[tuple[str, date, date]]] = {}
        for node in self._register.nodes.values():
            ends = [*(composition.start for composition in node.compositions[1:]), date.max]
            for composition, end in zip(node.compositions, ends, strict=True):
                for line, _ in composition.weights:
                    spells.setdefault(line, []).append((node.id, composition.start, end))
        return spells


def _other_days(
    days: Iterable[date], before: Callable[[date], object], after: Callable[[date], object]
) -> Iterator[date]:
    """Yield those days, of all on which something may begin or end, for which it is another."""
    return (day for day in sorted(days) if before(day) != after(day))


def _weights_on(compositions: tuple[Composition, ...]) -> Callable[[date], object]:
    """Return what tells the weights of a gas day, in no order; None before the first composition."""
    starts = [composition.start for composition in compositions]
    return lambda day: sorted(compositions[place - 1].weights) if (place := bisect_right(starts, day)) else None


def _ends(*lines: Line) -> list[date]:
    return [line.end for line in lines if line.end is not None]
