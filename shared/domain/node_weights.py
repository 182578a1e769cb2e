"""What a node comes to: the lines that it adds up, through all nodes within it, with the weights of each gas day.

Weights are whole thousandths, so that Σ weight · line is exact. A weight through a node is the product of the weights
on the way; the register refuses those of more than three places.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from shared.domain.topology import HEAVIEST, Node

ONE = 1_000
"""The weight 1, in thousandths."""
MOST_LINES = 1_000
"""Lines that a node may come to."""
MOST_LEVELS = 10
"""Levels of nodes within nodes, the outermost included."""


class CompositionError(ValueError):
    """What a node is made of does not add up: a code, and the words for it."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


@dataclass(frozen=True, slots=True)
class Span:
    """Gas days (`first` inclusive, `end` exclusive) on which a node comes to the same lines and weights (thousandths).

    The lines are in the order of their ids; those that cancel each other out are left out.
    """

    first: date
    end: date
    weights: tuple[tuple[str, int], ...]


def thousandths(weight: Decimal) -> int:
    """Return a weight in thousandths."""
    return int(weight * ONE)


def weights_on(nodes: Mapping[str, Node], node: str, day: date) -> dict[str, int]:
    """Return what a node comes to on a gas day: the weight of each line, thousandths.

    Args:
        nodes: All nodes that may be met on the way; one that is not among them comes to nothing.
        node: Its id.
        day: A gas day.

    Raises:
        CompositionError: CYCLE, TOO_DEEP, TOO_MANY, or WEIGHT (one through nodes has more than three places, or is too
            heavy).
    """
    found = {line: weight for line, weight in _Walk(nodes, day).down(node, ()).weights.items() if weight}
    if len(found) > MOST_LINES:
        raise CompositionError("TOO_MANY", f"node {node} comes to {len(found):,} lines: at most {MOST_LINES:,}")
    heaviest = max(found, key=lambda line: abs(found[line]), default="")
    if abs(found.get(heaviest, 0)) > HEAVIEST * ONE:
        words = f"line {heaviest} would count {found[heaviest] / ONE:g} times in node {node}: at most {HEAVIEST}"
        raise CompositionError("WEIGHT", words)
    return found


@dataclass(frozen=True, slots=True)
class _Below:
    """What a node comes to, and how many levels of nodes there are, itself included."""

    weights: dict[str, int]
    levels: int


class _Walk:
    """Goes down from nodes on a gas day; into each node once, however many ways lead to it."""

    def __init__(self, nodes: Mapping[str, Node], day: date) -> None:
        self._nodes, self._day = nodes, day
        self._known: dict[str, _Below] = {}

    def down(self, node: str, way: tuple[str, ...]) -> _Below:
        """Return what is below a node to which a way leads."""
        if node in way:
            words = f"{' > '.join((*way[way.index(node) :], node))}: a node cannot hold itself"
            raise CompositionError("CYCLE", words)
        if node not in self._known:
            self._known[node] = self._added_up(node, way)
        below = self._known[node]
        if len(way) + below.levels > MOST_LEVELS:
            top = way[0] if way else node
            raise CompositionError("TOO_DEEP", f"node {top} holds nodes over more than {MOST_LEVELS} levels")
        return below

    def _added_up(self, node: str, way: tuple[str, ...]) -> _Below:
        found, levels = defaultdict[str, int](int), 1
        composition = self._nodes[node].composition_on(self._day) if node in self._nodes else None
        if composition is None or len(way) >= MOST_LEVELS:
            return _Below(found, levels)
        for line, weight in composition.weights:
            found[line] += thousandths(weight)
        for inner, weight in composition.nodes:
            below = self.down(inner, (*way, node))
            levels = max(levels, below.levels + 1)
            for line, part in below.weights.items():
                found[line] += _product(part, weight, line, inner)
        return _Below(found, levels)


def _product(part: int, weight: Decimal, line: str, inner: str) -> int:
    product, rest = divmod(part * thousandths(weight), ONE)
    if rest or abs(product) > HEAVIEST * ONE:
        exact = Decimal(part) / ONE * weight
        words = f"through node {inner}, line {line} would count {exact}: at most {HEAVIEST}, at most three places"
        raise CompositionError("WEIGHT", words)
    return product


def inside(nodes: Mapping[str, Node], node: str) -> set[str]:
    """Return the ids of a node and of all nodes that are ever within it."""
    found, waiting = {node}, [node]
    while waiting:
        for inner in members(nodes.get(waiting.pop())):
            if inner not in found:
                found.add(inner)
                waiting.append(inner)
    return found


def members(node: Node | None) -> Iterator[str]:
    """Give the ids of the nodes that a node ever holds itself."""
    if node is not None:
        yield from (inner for composition in node.compositions for inner, _ in composition.nodes)


def days_of_change(nodes: Mapping[str, Node], node: str) -> list[date]:
    """Return the gas days on which a node, or one within it, begins to be made of something else, or ends."""
    met = [nodes[name] for name in inside(nodes, node) if name in nodes]
    starts = {composition.start for one in met for composition in one.compositions}
    return sorted(starts | {one.end for one in met if one.end is not None})


def spans(nodes: Mapping[str, Node], node: str, first: date, end: date) -> list[Span]:
    """Return what a node comes to over gas days (`end` exclusive), in order and without gap.

    Raises:
        CompositionError: as for `weights_on`.
    """
    edges = [first, *(day for day in days_of_change(nodes, node) if first < day < end), end]
    found: list[Span] = []
    for begin, stop in pairwise(edges):
        weights = tuple(sorted(weights_on(nodes, node, begin).items()))
        if found and found[-1].weights == weights:
            found[-1] = Span(found[-1].first, stop, weights)
        else:
            found.append(Span(begin, stop, weights))
    return found
