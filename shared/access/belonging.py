"""Which lines belong to a node, through all nodes within it, and on which gas days, as known now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from shared.access.days import Days, Run
from shared.domain.node_weights import spans
from shared.domain.topology import Node


def lines_of(nodes: Mapping[str, Node], node: str) -> dict[str, Days]:
    """Return the lines that count in a node on some gas day, with the gas days on which they do.

    A line that is taken in once and taken off once on the same day counts for nothing, and does not belong to it then.

    Args:
        nodes: The node and all that are ever within it.
        node: Its id.
    """
    found: defaultdict[str, list[Run]] = defaultdict(list)
    for span in spans(nodes, node, date.min, date.max):
        for line, _ in span.weights:
            found[line].append((span.first, span.end))
    return {line: Days.of(runs) for line, runs in found.items()}
