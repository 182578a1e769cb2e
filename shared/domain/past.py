"""Changes of the past: what a change of the register says anew of months that are closed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from shared.domain.topology import Change, Issue, Line, Node

Parts = tuple[Mapping[str, Line], Mapping[str, Node]]
"""Lines and nodes by their ids."""


def past_issues(change: Change, before: Parts, after: Parts, open_from: date) -> Iterator[Issue]:
    """Give what a change without a correction's reason may not change: gas days of closed months.

    What is new may begin in the past: it changes nothing that anybody has read.
    """
    (lines_before, nodes_before), (lines, nodes) = before, after
    for place, line in enumerate(change.lines):
        was = lines_before.get(line.id)
        if was is not None and _terms_before(was, open_from) != _terms_before(lines[line.id], open_from):
            yield _closed(f"lines[{place}]", f"line {line.id}", open_from)
    for place, node in enumerate(change.nodes):
        known = nodes_before.get(node.id)
        if known is not None and _made_before(known, open_from) != _made_before(nodes[node.id], open_from):
            yield _closed(f"nodes[{place}]", f"node {node.id}", open_from)


def _terms_before(line: Line, day: date) -> tuple[object, ...]:
    ended = line.end if line.end is not None and line.end < day else None
    return (*(terms for terms in line.terms if terms.start < day), ended)


def _made_before(node: Node, day: date) -> tuple[object, ...]:
    ended = node.end if node.end is not None and node.end < day else None
    return (*(composition for composition in node.compositions if composition.start < day), ended)


def _closed(position: str, what: str, open_from: date) -> Issue:
    text = f"this changes {what} before {open_from}, in months that are closed: say why under `correction`"
    return Issue("CLOSED", position, text)
