"""Why a node cannot be made as a change says: overlaps, gaps, unknown members, cycles, weights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from shared.domain.codes import merged_codes
from shared.domain.node_weights import CompositionError, days_of_change, members, weights_on
from shared.domain.topology import HEAVIEST, Change, Composition, Issue, Line, Node


def merged_node(before: Node | None, asked: Node) -> Node:
    """Return a node with what a change says of it: its compositions in place of those that began on the same days.

    The node ends where the change says so after its last composition; one that ended goes on with a later composition.
    """
    earlier = before.compositions if before else ()
    found = {one.start: one for one in earlier} | {one.start: one for one in asked.compositions}
    compositions = tuple(found[start] for start in sorted(found))
    is_last = any(one.start == compositions[-1].start for one in asked.compositions)
    end = asked.end if is_last else None
    if end is None and before is not None and before.end is not None and compositions[-1].start < before.end:
        end = before.end
    codes = merged_codes(before.codes if before else (), asked.codes)
    return replace(asked, name=compositions[-1].name or asked.name, compositions=compositions, end=end, codes=codes)


def node_issues(
    change: Change, before: Mapping[str, Node], after: Mapping[str, Node], lines: Mapping[str, Line]
) -> list[Issue]:
    """Return why a change makes nodes that cannot be; `after` and `lines` are as the change leaves them."""
    issues, positions = [], {node.id: f"nodes[{place}]" for place, node in enumerate(change.nodes)}
    twice = Counter((node.id, composition.start) for node in change.nodes for composition in node.compositions)
    for place, node in enumerate(change.nodes):
        position = f"nodes[{place}]"
        issues += [issue for one in node.compositions for issue in _member_issues(one, after, lines, position)]
        issues += _order_issues(node, before.get(node.id), after[node.id], position)
        for one in node.compositions:
            if twice[node.id, one.start] > 1:
                issues.append(_overlap(position, f"node {node.id} is told twice from {one.start} on: say it once"))
    if issues:
        return issues  # what follows would only repeat them
    touched = _touched(change, after)
    return [
        issue
        for name in sorted(touched)
        for issue in (
            *_gap_issues(after[name], after, lines, positions.get(name, f"node {name}")),
            *_sum_issues(name, after, positions.get(name, f"node {name}")),
        )
    ]


def _member_issues(
    composition: Composition, nodes: Mapping[str, Node], lines: Mapping[str, Line], position: str
) -> Iterator[Issue]:
    for kind, told, known in (("line", composition.weights, lines), ("node", composition.nodes, nodes)):
        names = Counter(name for name, _ in told)
        for place, (name, weight) in enumerate(told):
            where = f"{position}.{kind}s[{place}]"
            if name not in known:
                yield Issue(f"UNKNOWN_{kind.upper()}", f"{where}.{kind}", f"{kind} {name} is not registered")
            if not _is_weight(weight):
                text = f"weight {weight}: not 0, at most {HEAVIEST}, at most three places"
                yield Issue("WEIGHT", f"{where}.weight", text)
            if names[name] > 1:
                yield _overlap(f"{where}.{kind}", f"{kind} {name} is told twice: give it one weight")


def _is_weight(weight: Decimal) -> bool:
    return weight.is_finite() and 0 < abs(weight) <= HEAVIEST and weight == round(weight, 3)


def _order_issues(asked: Node, before: Node | None, after: Node, position: str) -> Iterator[Issue]:
    """Say where a composition ends before the next one begins, or after; or begins when the node has ended."""
    last = max(one.start for one in asked.compositions)
    following = next((one.start for one in after.compositions if one.start > last), None)
    if asked.end is not None and asked.end <= last:
        yield Issue("ENDS_BEFORE_START", f"{position}.until", f"this composition begins on {last}")
    elif asked.end is not None and following is not None and asked.end < following:
        text = f"from {asked.end} to {following} node {asked.id} would be made of nothing: let them meet"
        yield Issue("GAP", f"{position}.until", text)
    elif asked.end is not None and following is not None and asked.end > following:
        text = f"from {following} on node {asked.id} is made of something else: end this composition there"
        yield _overlap(f"{position}.until", text)
    if before is not None and before.end is not None and last > before.end and not _goes_on(after, before.end):
        text = f"node {asked.id} ended on {before.end}: let it go on from that day"
        yield Issue("GAP", f"{position}.from", text)


def _goes_on(node: Node, day: date) -> bool:
    return any(composition.start == day for composition in node.compositions)


def _overlap(position: str, text: str) -> Issue:
    return Issue("OVERLAP", position, text)


def _touched(change: Change, nodes: Mapping[str, Node]) -> set[str]:
    """Return the nodes that a change makes otherwise: those it names, those that hold them, and those of its lines."""
    lines = {line.id for line in change.lines}
    found = {node.id for node in change.nodes}
    if lines:
        found |= {node.id for node in nodes.values() for one in node.compositions if lines & dict(one.weights).keys()}
    grown = bool(found)
    while grown:
        more = {node.id for node in nodes.values() if node.id not in found and found & set(members(node))}
        found, grown = found | more, bool(more)
    return found


def _gap_issues(node: Node, nodes: Mapping[str, Node], lines: Mapping[str, Line], position: str) -> Iterator[Issue]:
    """Say which members are not there on all gas days on which the node counts them."""
    for composition, end in node.periods:
        lives = [("line", name, lines[name].terms[0].start, lines[name].end) for name, _ in composition.weights]
        lives += [("node", name, nodes[name].compositions[0].start, nodes[name].end) for name, _ in composition.nodes]
        for kind, name, first, last in lives:
            if first > composition.start or (last is not None and (end is None or last < end)):
                until = "" if last is None else f" until {last}"
                counted = f"node {node.id} counts it {_words(composition, end)}: change what it is made of there"
                yield Issue("GAP", position, f"{kind} {name} is there from {first}{until}, and {counted}")


def _words(composition: Composition, end: date | None) -> str:
    return f"from {composition.start} on" if end is None else f"from {composition.start} until {end}"


def _sum_issues(name: str, nodes: Mapping[str, Node], position: str) -> list[Issue]:
    """Say on which first gas day a node holds itself, or comes to weights that cannot be."""
    for day in days_of_change(nodes, name):
        try:
            weights_on(nodes, name, day)
        except CompositionError as fault:
            return [Issue(fault.code, position, f"from {day} on: {fault.words}")]
    return []
