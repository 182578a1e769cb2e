"""Nodes by example: what a change makes of them, what they come to, and why they may be refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from shared.domain.node_weights import MOST_LEVELS, MOST_LINES, Span, spans, weights_on
from shared.domain.register import Register
from shared.domain.topology import Change, Code, Composition, Line, Node, Station, Terms

STATION = Station("S", "Station")
JANUARY, MARCH, JUNE, AUGUST = date(2026, 1, 1), date(2026, 3, 1), date(2026, 6, 1), date(2026, 8, 1)
LINES = tuple(Line(f"L{name}", STATION.id, (Terms(JANUARY, f"Line {name}"),)) for name in "ABC")


def _node(name: str, start: date = JANUARY, *, end: date | None = None, **weights: str) -> Node:
    """Return a node of lines LA, LB ... and of nodes with other names, with their weights."""
    told = [(member, Decimal(weight)) for member, weight in weights.items()]
    lines = tuple(one for one in told if one[0].startswith("L"))
    nodes = tuple(one for one in told if not one[0].startswith("L"))
    return Node(name, f"Node {name}", (Composition(start, lines, nodes),), end)


def _after(register: Register, *nodes: Node, **more: object) -> Register:
    change = replace(Change("op", "test", nodes=nodes), **more)  # type: ignore[arg-type]  # each test names real fields of Change
    after = register.applied(change)
    assert isinstance(after, Register), after
    return after


def _issues(register: Register, *nodes: Node, open_from: date = JANUARY, **more: object) -> list[tuple[str, str]]:
    change = replace(Change("op", "test", nodes=nodes), **more)  # type: ignore[arg-type]  # as above
    issues = register.applied(change, open_from)
    assert isinstance(issues, tuple), issues
    assert all(issue.message for issue in issues)
    return [(issue.code, issue.position) for issue in issues]


@pytest.fixture
def register() -> Register:
    """Return a register of three lines, and a node of two of them."""
    return _after(Register(), _node("N", LA="1", LB="-0.5"), stations=(STATION,), lines=LINES)


def test_a_node_adds_up_lines_and_nodes(register: Register) -> None:
    """Through a node within it, a line counts with the product of the weights."""
    nodes = _after(register, _node("M", N="0.5", LC="2"), _node("TOP", M="-1", LA="1")).nodes
    assert weights_on(nodes, "M", JANUARY) == {"LA": 500, "LB": -250, "LC": 2000}
    assert weights_on(nodes, "TOP", JANUARY) == {"LA": 500, "LB": 250, "LC": -2000}
    assert weights_on(nodes, "N", date(2025, 12, 31)) == {}


def test_what_cancels_out_is_not_in_a_node(register: Register) -> None:
    """And a node that is not known comes to nothing."""
    nodes = _after(register, _node("M", N="1", LA="-1")).nodes
    assert weights_on(nodes, "M", JANUARY) == {"LB": -500}
    alone = {"M": nodes["M"]}
    assert spans(alone, "M", JANUARY, MARCH) == [Span(JANUARY, MARCH, (("LA", -1000),))]


def test_weights_of_a_past_day_are_those_of_that_day(register: Register) -> None:
    """Also where a node within has changed; days with the same lines and weights are one span."""
    register = _after(register, _node("M", N="1"), _node("N", MARCH, LA="1", LB="-0.5"))
    register = _after(register, _node("N", JUNE, LC="1", end=AUGUST), _node("M", JUNE, LA="1", end=AUGUST))
    assert spans(register.nodes, "M", date(2025, 12, 1), date(2026, 12, 1)) == [
        Span(date(2025, 12, 1), JANUARY, ()),
        Span(JANUARY, JUNE, (("LA", 1000), ("LB", -500))),
        Span(JUNE, AUGUST, (("LA", 1000),)),
        Span(AUGUST, date(2026, 12, 1), ()),
    ]


def test_a_node_ends_and_goes_on(register: Register) -> None:
    """From the day on which it ended; a change of its past leaves its end alone."""
    ended = _after(register, _node("N", MARCH, LA="1", end=JUNE))
    assert [ended.nodes["N"].composition_on(day) is not None for day in (date(2026, 5, 31), JUNE)] == [True, False]
    assert _after(ended, _node("N", LA="1")).nodes["N"].end == JUNE
    assert _after(ended, _node("N", MARCH, LB="1")).nodes["N"].end == JUNE
    assert _after(ended, _node("N", JUNE, LB="1")).nodes["N"].end is None
    assert _after(ended, _node("N", JUNE, LB="1"), _node("N", AUGUST, LC="1")).nodes["N"].end is None
    assert _issues(ended, _node("N", AUGUST, LB="1")) == [("GAP", "nodes[0].from")]


def test_names_are_those_of_the_day(register: Register) -> None:
    """Outside of the node's life the nearest; without one of its own the node's."""
    renamed = Node("N", "", (Composition(JUNE, ((LINES[0].id, Decimal(1)),), (), "Ghent south"),))
    node = _after(register, renamed).nodes["N"]
    assert node.name == "Ghent south"
    days = [date(2025, 1, 1), JANUARY, JUNE]
    assert [node.name_on(day) for day in days] == ["Ghent south", "Ghent south", "Ghent south"]
    named = replace(node, compositions=(replace(node.compositions[0], name="Ghent"), node.compositions[1]))
    assert [named.name_on(day) for day in days] == ["Ghent", "Ghent", "Ghent south"]


@pytest.mark.parametrize("end", [JANUARY, date(2025, 12, 1)])
def test_a_composition_does_not_end_before_it_begins(register: Register, end: date) -> None:
    """Not on its first day either."""
    assert _issues(register, _node("N", LA="1", end=end)) == [("ENDS_BEFORE_START", "nodes[0].until")]


def test_compositions_meet(register: Register) -> None:
    """One that ends before the next begins leaves a gap, one that ends later overlaps it."""
    later = _node("N", JUNE, LA="1")
    assert _issues(register, _node("N", LA="1", end=MARCH), later) == [("GAP", "nodes[0].until")]
    assert _issues(register, _node("N", LA="1", end=AUGUST), later) == [("OVERLAP", "nodes[0].until")]
    assert len(_after(register, _node("N", LA="1", end=JUNE), later).nodes["N"].compositions) == 2
    twice = [("OVERLAP", "nodes[0]"), ("OVERLAP", "nodes[1]")]
    assert _issues(register, _node("N", JUNE, LA="1"), _node("N", JUNE, LB="1")) == twice


def test_members_are_told_once_and_are_known(register: Register) -> None:
    """All that is wrong is told at once."""
    one = ("LA", Decimal(1))
    composition = Composition(JUNE, (one, one, ("LX", Decimal(0))), (("X", Decimal(1)),))
    assert _issues(register, Node("N", "N", (composition,))) == [
        ("OVERLAP", "nodes[0].lines[0].line"),
        ("OVERLAP", "nodes[0].lines[1].line"),
        ("UNKNOWN_LINE", "nodes[0].lines[2].line"),
        ("WEIGHT", "nodes[0].lines[2].weight"),
        ("UNKNOWN_NODE", "nodes[0].nodes[0].node"),
    ]


def test_a_node_cannot_hold_itself(register: Register) -> None:
    """Neither at once nor through others, told with the way and the day; one after the other it may."""
    assert _issues(register, _node("N", JUNE, N="1")) == [("CYCLE", "nodes[0]")]
    through = _after(register, _node("M", N="1"), _node("O", M="1"))
    issues = through.applied(Change("op", "test", nodes=(_node("N", JUNE, O="1"),)))
    assert isinstance(issues, tuple)
    told = {issue.position: issue.message for issue in issues}
    assert told["nodes[0]"] == "from 2026-06-01 on: N > O > M > N: a node cannot hold itself"
    assert set(told) == {"node M", "nodes[0]", "node O"}
    _after(through, _node("N", JUNE, O="1"), _node("M", JUNE, LA="1"))


def test_weights_through_nodes_have_three_places_too(register: Register) -> None:
    """And are no heavier than any other; a node that holds the changed one is looked at as well."""
    assert _issues(register, _node("M", N="0.125"), _node("O", N="0.001")) == [
        ("WEIGHT", "nodes[0]"),
        ("WEIGHT", "nodes[1]"),
    ]
    assert _issues(register, _node("M", LA="1000"), _node("O", M="2")) == [("WEIGHT", "nodes[1]")]
    held = _after(register, _node("M", N="0.5"))
    assert _issues(held, _node("N", JUNE, LA="0.125")) == [("WEIGHT", "node M")]


def test_members_are_there_as_long_as_the_node_counts_them(register: Register) -> None:
    """A line that ends leaves a gap in each node that still counts it, unless the same change says how it goes on."""
    ending = (replace(LINES[0], terms=(), end=JUNE),)
    assert _issues(register, lines=ending) == [("GAP", "node N")]
    _after(register, _node("N", JUNE, LB="1"), lines=ending)
    ended = _after(register, _node("N", LA="1", end=JUNE), lines=ending)
    assert _issues(ended, _node("M", LA="1", end=AUGUST)) == [("GAP", "nodes[0]")]
    assert _issues(ended, _node("M", N="1")) == [("GAP", "nodes[0]")]
    assert _issues(ended, _node("M", date(2025, 6, 1), N="1", end=JUNE)) == [("GAP", "nodes[0]")]
    _after(ended, _node("M", MARCH, N="1", end=JUNE))


def test_a_node_comes_to_so_many_lines() -> None:
    """More than that is a mistake."""
    lines = tuple(Line(f"L{place}", STATION.id, (Terms(JANUARY, "L"),)) for place in range(MOST_LINES + 1))
    halves = (lines[: MOST_LINES // 2], lines[MOST_LINES // 2 :])
    made = [Composition(JANUARY, tuple((line.id, Decimal(1)) for line in half)) for half in halves]
    parts = tuple(Node(f"P{place}", "part", (one,)) for place, one in enumerate(made))
    register = _after(Register(), *parts, stations=(STATION,), lines=lines)
    assert _issues(register, _node("ALL", P0="1", P1="1")) == [("TOO_MANY", "nodes[0]")]


def test_closed_months_change_by_a_correction_alone(register: Register) -> None:
    """What is new may begin in the past; what begins in an open month changes no closed one."""
    closed = {"open_from": JUNE}
    assert _issues(register, _node("N", MARCH, LA="1"), **closed) == [("CLOSED", "nodes[0]")]
    ended = _node("N", LA="1", LB="-0.5", end=MARCH)
    assert _issues(register, ended, **closed) == [("CLOSED", "nodes[0]")]
    renamed = (replace(LINES[1], terms=(Terms(MARCH, "New name"),)),)
    assert _issues(register, lines=renamed, **closed) == [("CLOSED", "lines[0]")]
    assert _issues(register, lines=(replace(LINES[2], terms=(), end=MARCH),), **closed) == [("CLOSED", "lines[0]")]
    allowed = (
        Change("op", "test", nodes=(_node("N", MARCH, LA="1"),), lines=renamed, correction="weights were swapped"),
        Change("op", "test", nodes=(_node("M", LA="1"),), lines=(replace(LINES[0], id="LNEW"),)),
        Change("op", "test", nodes=(_node("N", JUNE, LA="1"),), lines=(replace(LINES[2], terms=(), end=JUNE),)),
    )
    for change in allowed:
        assert isinstance(register.applied(change, JUNE), Register)


def test_a_code_is_of_one_line_or_node_at_a_time(register: Register) -> None:
    """An old code may become another's when it has ended."""
    old = (replace(LINES[0], codes=(Code("01789/1", end=JUNE),)),)
    known = _after(register, lines=old)
    taken = replace(LINES[1], codes=(Code("01789/1", MARCH), Code("01789/2")))
    assert _issues(known, lines=(taken,)) == [("CODE_TAKEN", "lines[0].aliases")]
    node = replace(_node("N", LA="1", LB="-0.5"), codes=(Code("01789/1"),))
    assert _issues(known, node) == [("CODE_TAKEN", "nodes[0].aliases")]
    after = _after(known, lines=(replace(LINES[1], codes=(Code("01789/1", JUNE),)), *old))
    assert after.lines["LB"].codes == (Code("01789/1", JUNE),)


def test_nodes_hold_nodes_over_so_many_levels(register: Register) -> None:
    """However long the chain that is told, and however many ways lead down: each node is gone into once."""
    chain = [_node("C0", LA="1"), *(_node(f"C{place}", **{f"C{place - 1}": "1"}) for place in range(1, MOST_LEVELS))]  # type: ignore[arg-type]  # weights by name
    held = _after(register, *chain)
    assert weights_on(held.nodes, chain[-1].id, JANUARY) == {"LA": 1000}
    deeper = _node("DEEP", **{chain[-1].id: "1"})  # type: ignore[arg-type]  # as above
    assert _issues(held, deeper) == [("TOO_DEEP", "nodes[0]")]
    endless = [_node("D0", LA="1"), *(_node(f"D{place}", **{f"D{place - 1}": "1"}) for place in range(1, 400))]  # type: ignore[arg-type]  # as above
    assert {code for code, _ in _issues(register, *endless)} == {"TOO_DEEP"}
    wide = [_node("A0", LA="1"), _node("B0", LB="1")]
    for level in range(1, MOST_LEVELS):
        both = {f"A{level - 1}": "1", f"B{level - 1}": "-1"}
        wide += [_node(f"A{level}", **both), _node(f"B{level}", **both)]  # type: ignore[arg-type]  # as above
    assert weights_on(_after(register, *wide).nodes, wide[-1].id, JANUARY) == {}


def test_a_line_is_not_too_heavy_by_all_ways_together(register: Register) -> None:
    """Each way for itself may be light enough."""
    assert _issues(register, _node("M", LA="600"), _node("O", LA="600", M="1")) == [("WEIGHT", "nodes[1]")]


def test_terms_begin_before_a_line_ends(register: Register) -> None:
    """What begins later can never hold; what begins again is a new line."""
    register = Register(register.stations, register.lines)
    late = replace(LINES[0], terms=(Terms(AUGUST, "late"),), end=JUNE)
    assert _issues(register, lines=(late,)) == [("ENDS_BEFORE_START", "lines[0].from")]
    ended = _after(register, lines=(replace(LINES[0], end=JUNE),))
    assert _issues(ended, lines=(replace(late, end=None),)) == [("ENDS_BEFORE_START", "lines[0].from")]


def test_a_code_has_one_period_and_one_kind_of_owner(register: Register) -> None:
    """A node and a line of the same id are two owners."""
    twice = (replace(LINES[0], codes=(Code("X", end=MARCH), Code("X", JUNE))),)
    assert _issues(register, lines=twice) == [("OVERLAP", "lines[0].aliases")]
    same_id = replace(_node("LA", LB="1"), codes=(Code("X"),))
    assert _issues(register, same_id, lines=(replace(LINES[0], codes=(Code("X"),)),)) == [
        ("CODE_TAKEN", "lines[0].aliases"),
        ("CODE_TAKEN", "nodes[0].aliases"),
    ]


def test_no_code_is_the_id_of_another_part(register: Register) -> None:
    """Of no line, node or station, whenever it is valid, and whichever of both comes first; its own id it may be."""
    for name in ("LB", "N", STATION.id):
        old = replace(LINES[0], codes=(Code(name, end=MARCH),))
        assert _issues(register, lines=(old,)) == [("CODE_TAKEN", "lines[0].aliases")]
    in_node = replace(_node("M", LA="1"), codes=(Code("LA"),))
    assert _issues(register, in_node) == [("CODE_TAKEN", "nodes[0].aliases")]
    known = _after(register, lines=(replace(LINES[0], codes=(Code("OLD"), Code("LA"))),))
    station = replace(STATION, id="OLD")
    line = replace(LINES[1], id="OLD")
    assert _issues(known, _node("OLD", LA="1"), lines=(line,), stations=(station,)) == [
        ("CODE_TAKEN", "lines[0].id"),
        ("CODE_TAKEN", "nodes[0].id"),
        ("CODE_TAKEN", "stations[0].id"),
    ]


def test_what_an_earlier_build_took_may_be_told_again(register: Register) -> None:
    """A register that holds such a code already is not locked by it."""
    held = replace(LINES[0], codes=(Code("LB"),))
    old = Register(register.stations, {**register.lines, held.id: held}, register.nodes)
    told = _after(old, lines=(held, LINES[1]))
    assert told.lines["LA"].codes == (Code("LB"),)
