"""Nodes as laws: what a node comes to is the plain sum along all ways to its lines, on every gas day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.node_weights import spans, weights_on
from shared.domain.topology import Composition, Node

START = date(2026, 1, 1)
DAYS = 12
weights = st.integers(-3, 3).filter(bool).map(Decimal)


@st.composite
def layered(draw: st.DrawFn) -> dict[str, Node]:
    """Return nodes of which each holds lines, and nodes of lower numbers, with several compositions."""
    nodes: dict[str, Node] = {}
    for number in range(draw(st.integers(1, 4))):
        starts = sorted(draw(st.sets(st.integers(0, DAYS - 1), min_size=1, max_size=3)))
        made = tuple(
            Composition(
                START + timedelta(days=start),
                tuple(draw(st.dictionaries(st.sampled_from("ABC"), weights)).items()),
                tuple(draw(st.dictionaries(st.sampled_from(sorted(nodes)), weights)).items()) if nodes else (),
            )
            for start in starts
        )
        end = draw(st.none() | st.integers(starts[-1] + 1, DAYS))
        nodes[f"N{number}"] = Node(f"N{number}", "", made, None if end is None else START + timedelta(days=end))
    return nodes


def _along_all_ways(nodes: dict[str, Node], node: str, day: date, line: str) -> Decimal:
    composition = nodes[node].composition_on(day)
    if composition is None:
        return Decimal(0)
    inner = sum((weight * _along_all_ways(nodes, name, day, line) for name, weight in composition.nodes), Decimal(0))
    return inner + dict(composition.weights).get(line, Decimal(0))


@settings(max_examples=50)
@given(layered())
def test_a_node_comes_to_the_sum_along_all_ways(nodes: dict[str, Node]) -> None:
    """On every gas day; spans follow each other without gap, tell each day's weights, and differ."""
    name, end = f"N{len(nodes) - 1}", START + timedelta(days=DAYS + 2)
    found = spans(nodes, name, START - timedelta(days=1), end)
    assert [span.first for span in found[1:]] == [span.end for span in found[:-1]]
    assert (found[0].first, found[-1].end) == (START - timedelta(days=1), end)
    for span in found:
        day = span.first
        while day < span.end:
            told = {line: Decimal(weight) / 1000 for line, weight in weights_on(nodes, name, day).items()}
            expected = {line: _along_all_ways(nodes, name, day, line) for line in "ABC"}
            assert told == {line: weight for line, weight in expected.items() if weight}
            assert dict(span.weights) == {line: int(weight * 1000) for line, weight in told.items()}
            day += timedelta(days=1)
    assert all(one.weights != other.weights for one, other in pairwise(found))
