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
        CompositionError: CYCLE, WEIGHT (a weight through nodes has more than three places, or is too heavy) or
            TOO_MANY.
    """
    found = {line: weight for line, weight in _added_up(nodes, node, day, ()).items() if weight}
    if len(found) > MOST_LINES:
        raise CompositionError("TOO_MANY", f"node {node} comes to {len(found):,} lines: at most {MOST_LINES:,}")
    return found


def _added_up(nodes: Mapping[str, Node], node: str, day: date, way: tuple[str, ...]) -> dict[str, int]:
    if node in way:
        words = f"{' > '.join((*way[way.index(node) :], node))}: a node cannot hold itself"
        raise CompositionError("CYCLE", words)
    composition = nodes[node].composition_on(day) if node in nodes else None
    found: dict[str, int] = defaultdict(int)
    if composition is None:
        return found
    for line, weight in composition.weights:
        found[line] += thousandths(weight)
    for inner, weight in composition.nodes:
        for line, part in _added_up(nodes, inner, day, (*way, node)).items():
            found[line] += _product(part, weight, line, inner)
    return found


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
