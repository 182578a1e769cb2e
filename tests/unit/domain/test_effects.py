"""What a change of the register changed, from which gas day, and which nodes that concerns."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from shared.domain import gas_time
from shared.domain.attribution import Attribution, Chromatograph
from shared.domain.effects import ChangedPart, NodeEffect, changed_parts
from shared.domain.register import Register
from shared.domain.topology import Change, Code, Composition, Line, Node, Station, Terms

JANUARY, MARCH, JUNE, JULY = date(2026, 1, 1), date(2026, 3, 1), date(2026, 6, 1), date(2026, 7, 1)
STATION = Station("S", "Station")
FIRST, SECOND = (Line(name, "S", (Terms(JANUARY, name),)) for name in ("A", "B"))
ONE, HALF = Decimal(1), Decimal("0.5")
BOTH = Node("BOTH", "Both", (Composition(JANUARY, (("A", ONE), ("B", ONE))),))
LATER = Node("LATER", "Later", (Composition(JUNE, (("A", ONE),)),))
EARLIER = Node("EARLIER", "Earlier", (Composition(JANUARY, (("A", ONE),)), Composition(MARCH, (("B", ONE),))))
BEFORE = Register(
    {"S": STATION},
    {"A": FIRST, "B": SECOND},
    {node.id: node for node in (BOTH, LATER, EARLIER)},
    {"C": Chromatograph("C", "C")},
)


def changed(**what: object) -> list[ChangedPart]:
    """Return what a change of the register changes."""
    after = BEFORE.applied(replace(Change("op", "test"), **what))  # type: ignore[arg-type]  # fields of Change
    assert isinstance(after, Register), after
    return changed_parts(BEFORE, after)


def changed_as_told(**lines: Line) -> list[ChangedPart]:
    """Return what is changed where lines are told otherwise, whatever a check would say of it."""
    return changed_parts(BEFORE, replace(BEFORE, lines={**BEFORE.lines, **lines}))


def test_everything_of_a_first_change_is_new() -> None:
    """By kind, in the order of the ids; lines and nodes from their first gas day on."""
    parts = changed_parts(Register(), BEFORE)
    assert [(part.kind, part.id, part.is_new, part.start) for part in parts] == [
        ("station", "S", True, None),
        ("chromatograph", "C", True, None),
        ("line", "A", True, JANUARY),
        ("line", "B", True, JANUARY),
        ("node", "BOTH", True, JANUARY),
        ("node", "EARLIER", True, JANUARY),
        ("node", "LATER", True, JUNE),
    ]
    assert parts[0].lines == ("A", "B")
    assert parts[-1].nodes == (NodeEffect("LATER", JUNE),)


def test_what_says_the_same_is_not_told() -> None:
    """A change that repeats what stands changes nothing."""
    assert changed(stations=(STATION,), lines=(FIRST,), nodes=(BOTH,)) == []


def test_a_name_holds_for_all_time() -> None:
    """Of a station without a day, of a node from its first one on; no node is another sum."""
    parts = changed(stations=(Station("S", "Other"),), nodes=(replace(BOTH, name="Other"),))
    assert parts == [
        ChangedPart("station", "S", is_new=False, lines=("A", "B")),
        ChangedPart("node", "BOTH", is_new=False, start=JANUARY),
    ]


def test_terms_of_a_line_concern_no_node() -> None:
    """Its name or capacity makes no node another sum."""
    assert changed(lines=(Line("A", "S", (Terms(MARCH, "New name"),)),)) == [
        ChangedPart("line", "A", is_new=False, start=MARCH)
    ]


def test_a_line_that_ends_concerns_the_nodes_that_hold_it_then() -> None:
    """From its end on, or from when they begin to hold it; not those that let go of it before."""
    effects = (NodeEffect("BOTH", MARCH), NodeEffect("LATER", JUNE))
    assert changed_as_told(A=replace(FIRST, end=MARCH)) == [
        ChangedPart("line", "A", is_new=False, start=MARCH, nodes=effects)
    ]


def test_lines_that_end_together_are_told_each() -> None:
    """A node that holds both is named by both."""
    parts = changed_as_told(A=replace(FIRST, end=JUNE), B=replace(SECOND, end=JULY))
    effects = [(part.id, [(effect.node, effect.start) for effect in part.nodes]) for part in parts]
    assert effects == [
        ("A", [("BOTH", JUNE), ("LATER", JUNE)]),
        ("B", [("BOTH", JULY), ("EARLIER", JULY)]),
    ]


def test_a_line_that_begins_earlier_concerns_its_nodes() -> None:
    """Only from when they hold it."""
    (part,) = changed(lines=(Line("B", "S", (Terms(date(2025, 1, 1), "B"),)),))
    assert part == ChangedPart(
        "line",
        "B",
        is_new=False,
        start=date(2025, 1, 1),
        nodes=(NodeEffect("BOTH", JANUARY), NodeEffect("EARLIER", MARCH)),
    )


def test_another_gas_concerns_the_line_and_its_nodes() -> None:
    """From the gas day of the hour from which it is carried."""
    told = Attribution(gas_time.hours_of_day(JUNE).start + 5, "C")
    (part,) = changed(attributions=(("A", told),))
    assert (part.start, part.nodes) == (JUNE, (NodeEffect("BOTH", JUNE), NodeEffect("LATER", JUNE)))


def test_another_code_of_a_line_has_no_day() -> None:
    """Nothing that is dated changes."""
    assert changed(lines=(replace(FIRST, codes=(Code("001"),)),)) == [ChangedPart("line", "A", is_new=False)]


@pytest.mark.parametrize(
    ("composition", "start"),
    [
        (Composition(JANUARY, (("B", ONE), ("A", ONE))), None),
        (Composition(JANUARY, (("A", HALF), ("B", ONE))), JANUARY),
        (Composition(JULY, (("A", HALF), ("B", ONE))), JULY),
        (Composition(JULY, (("A", ONE), ("B", ONE))), None),
    ],
)
def test_a_node_is_another_sum_from_the_first_day_on_which_its_weights_differ(
    composition: Composition, start: date | None
) -> None:
    """Whatever the order in which they are told, and however often."""
    (part,) = changed(nodes=(replace(BOTH, compositions=(composition,)),))
    assert (part.start, part.nodes) == (start, (NodeEffect("BOTH", start),) if start else ())


def test_a_node_within_others_concerns_them_too() -> None:
    """From when they hold it, through as many as there are; the same through a line that it holds."""
    outer = Node("OUTER", "Outer", (Composition(MARCH, (), (("BOTH", ONE),)),))
    top = Node("TOP", "Top", (Composition(JANUARY, (("A", ONE),), (("OUTER", ONE), ("BOTH", ONE))),))
    before = replace(BEFORE, nodes={**BEFORE.nodes, "OUTER": outer, "TOP": top})
    halved = replace(BOTH, compositions=(Composition(JANUARY, (("A", HALF), ("B", ONE))),))
    (part,) = changed_parts(before, replace(before, nodes={**before.nodes, "BOTH": halved}))
    assert part.nodes == (NodeEffect("BOTH", JANUARY), NodeEffect("OUTER", MARCH), NodeEffect("TOP", JANUARY))
    (part,) = changed_parts(before, replace(before, lines={**before.lines, "B": replace(SECOND, end=JUNE)}))
    assert part.nodes == tuple(NodeEffect(name, JUNE) for name in ("BOTH", "EARLIER", "OUTER", "TOP"))


def test_a_node_that_ends_is_another_sum_from_then_on() -> None:
    """It is none."""
    (part,) = changed_parts(BEFORE, replace(BEFORE, nodes={**BEFORE.nodes, "LATER": replace(LATER, end=JULY)}))
    assert (part.start, part.nodes) == (JULY, (NodeEffect("LATER", JULY),))
